"""The output pane: the transcript with its gutter."""

from collections.abc import Iterator
from itertools import islice
from time import localtime, strftime
from typing import Final

from curses_client.keymap import key_name
from curses_client.layout import WIDE, Layout
from curses_client.scrolling import downwards, line_at, shown_answer, top_anchor
from curses_client.state import State, is_own
from curses_client.text.ansi import runs
from curses_client.text.highlight import Highlighter
from curses_client.text.width import columns, wrap_runs
from curses_client.transcript import Cell, CellState, LineKind, Notice
from curses_client.widgets.rows import Attr, Row, Run, padded, with_right
from curses_client.widgets.theme import attr_of

# sign and attribute of the gutter for each state of a cell
SIGNS: Final[dict[CellState, tuple[str, str]]] = {
    "queued": ("┊", "gutter queued"),
    "running": ("●", "gutter running"),
    "done": ("│", "gutter"),
    "error": ("✗", "gutter error"),
    "skipped": ("┊", "gutter lost"),
    "lost": ("╳", "gutter lost"),
}
# a longer source is shown without colours: they would keep a frame waiting
_COLOURED_LINES: Final = 500
_WELCOME: Final = (
    ("enter", "run what is typed below; a line that is not complete goes on"),
    ("meta enter", "run it as it is"),
    ("ctrl c", "interrupt what runs"),
    ("ctrl d", "leave: detach, and come back with cshell attach, or quit"),
    ("f1", "everything else"),
)


class OutputView:
    """Draws the pane, and keeps what it drew until something in it changes."""

    def __init__(self, colors: int) -> None:
        self.colors = colors
        self._drawn_of: object = None
        self._drawn: tuple[list[Row], tuple[int, int] | None] = ([], None)
        self._highlighter: Highlighter | None = None
        # by the cell's request: its source, and that in colour
        self._sources: dict[str, tuple[tuple[str, ...], list[Row]]] = {}

    def use(self, highlighter: Highlighter) -> None:
        """Colour source from now on."""
        self._highlighter = highlighter
        self._sources = {}
        self._drawn_of = None

    def draw(self, state: State, where: Layout) -> tuple[list[Row], tuple[int, int] | None]:
        """Return the rows, and the place of the cursor if it is in the pane (column, row)."""
        key = (
            state.transcript.version,
            state.scroll,
            where,
            state.answer,
            state.session.state,
            state.session.waiting,
            int(state.now) if state.session.running else 0,
            self._highlighter is not None,
        )
        if key != self._drawn_of:
            self._drawn = self._draw(state, where)
            self._drawn_of = key
        return self._drawn

    def _draw(self, state: State, where: Layout) -> tuple[list[Row], tuple[int, int] | None]:
        if not any(item.height for item in state.transcript.items):
            return _welcome(where), None
        rows: list[Row] = []
        cursor = None
        for row, in_cursor in islice(self._lines(state, where), where.output):
            if in_cursor is not None:
                cursor = (in_cursor, len(rows))
            rows.append(row)
        blank: Row = [(None, " " * where.cols)]
        rows.extend(blank for _ in range(where.output - len(rows)))
        return rows, cursor if state.answer is not None else None

    def _lines(self, state: State, where: Layout) -> Iterator[tuple[Row, int | None]]:
        """Yield rows from the top of the pane on, each with the cursor's column if it is there."""
        wrapped: list[list[Run]] = []
        kind: LineKind = "source"
        last = None
        for place in downwards(state, where, top_anchor(state, where)):
            item = state.transcript.items[place.item]
            if (place.item, place.line) != last:
                last = (place.item, place.line)
                kind, text = line_at(state, place.item, place.line)
                wrapped = self._wrapped(state, where, item, place.line, kind, text)
            if isinstance(item, Notice):
                body = wrapped[place.row] if place.row < len(wrapped) else []
                yield (_notice_row(item, where) if place.line == 0 else padded(body, where.cols)), None
                continue
            first = place.row == 0
            gutter = _gutter(item, place.line, where, kind, first=first)
            body = wrapped[place.row] if place.row < len(wrapped) else []
            right = _times(state, item, where) if first and place.line == 0 else ()
            row = with_right([*gutter, *body], right, where.cols)
            yield row, _cursor_column(state, item, place.line, place.row, wrapped, where)

    def _wrapped(
        self, state: State, where: Layout, item: Cell | Notice, line: int, kind: LineKind, text: str
    ) -> list[list[Run]]:
        if isinstance(item, Notice):
            dim: list[Run] = [("dim", text)]
            return wrap_runs(dim, where.text) if kind == "detail" else []  # type: ignore[arg-type, return-value]
        if kind == "source":
            styled = self._source(item, line)
        elif kind == "input":
            styled = [("prompt", text)]
        else:
            base: Attr = {"stderr": "stderr"}.get(kind)
            if item.state == "lost":
                base = "lost"
            styled = [(attr_of(style, self.colors) or base, part) for style, part in runs(text)]
        return wrap_runs(styled, where.text)  # type: ignore[arg-type, return-value]

    def _source(self, cell: Cell, line: int) -> list[Run]:
        if cell.state == "lost":
            return [("lost", cell.source[line])]
        if self._highlighter is None or len(cell.source) > _COLOURED_LINES:
            return [("text", cell.source[line])]
        source, tokens = self._sources.get(cell.msg_id, ((), []))
        if source is not cell.source:
            # most recently drawn cells only: the pane shows a few at a time
            if len(self._sources) > 500:
                self._sources.clear()
            tokens = [list(row) for row in self._highlighter.tokens(cell.source, 0, len(cell.source))]
            self._sources[cell.msg_id] = cell.source, tokens
        return tokens[line]


def _gutter(cell: Cell, line: int, where: Layout, kind: LineKind, *, first: bool) -> list[Run]:
    """Return the count and the sign in front of a row."""
    space = where.gutter - 2
    sign, attr = SIGNS[cell.state]
    if line >= len(cell.source):
        return [(None, " " * (where.gutter - 2)), *_output_sign(cell, line, kind, first=first)]
    count = str(cell.count) if cell.count is not None and line == 0 and first and space > 0 else ""
    number = f"{count:>{where.digits}}"[:space] if space > 0 else ""
    if where.gutter - where.digits == 3:
        number = f"{number} "
    return [("gutter", f"{number:<{space}}"), (attr, sign), (None, " ")]


def _output_sign(cell: Cell, line: int, kind: LineKind, *, first: bool) -> list[Run]:
    if kind == "stderr" and first:
        return [("stderr", "!"), (None, " ")]
    if line == len(cell.source) and first and cell.source:
        return [("gutter", "╰"), (None, " ")]
    return [(None, "  ")]


def _times(state: State, cell: Cell, where: Layout) -> list[Run]:
    """Return what stands at the right of a cell's first line: how long it took, and when it ran."""
    return [*_sender(state, cell), *_progress(state, cell, where)]


def _sender(state: State, cell: Cell) -> list[Run]:
    """Return who submitted a cell, if it was another client."""
    return [] if is_own(state, cell.msg_id, cell.by) or not cell.by else [("title", f"{cell.by}  ")]


def _progress(state: State, cell: Cell, where: Layout) -> list[Run]:
    if cell.state == "running" and cell.started is not None:
        return [("gutter running", f"● {duration(max(state.now - cell.started, 0), whole=True)} ")]
    if cell.state == "queued":
        waiting = state.session.waiting
        place = waiting.index(cell.msg_id) + 1 if cell.msg_id in waiting else 0
        return [("gutter queued", f"queued {place} of {len(waiting)} " if place else "queued ")]
    if cell.state == "skipped":
        return [("gutter lost", "skipped ")]
    if cell.started is None or cell.finished is None:
        return []
    took = cell.finished - cell.started
    text = duration(took) if took >= 0.1 else ""
    if where.cols >= WIDE:
        text = f"{text}  {strftime('%H:%M', localtime(cell.started))}"
    return [("dim", f"{text} ")] if text else []


def duration(seconds: float, *, whole: bool = False) -> str:
    """Return a length of time as people write it: 0.8s, 12s, 1m12s, 3h05m."""
    if seconds < 9.95 and not whole:
        return f"{seconds:.1f}s"
    total = int(seconds + (0 if whole else 0.05))
    if total < 60:
        return f"{total}s"
    if total < 3600:
        return f"{total // 60}m{total % 60:02d}s"
    return f"{total // 3600}h{total // 60 % 60:02d}m"


def _notice_row(notice: Notice, where: Layout) -> Row:
    attr = "alarm" if notice.alarming else "notice"
    text = f"── {notice.text} "
    rest = where.cols - columns(text)
    return padded([(attr, text), (attr, "─" * max(rest, 0))], where.cols)


def _cursor_column(
    state: State, cell: Cell, line: int, row: int, wrapped: list[list[Run]], where: Layout
) -> int | None:
    """Return the column of the cursor if it is in this row: `input()` is answered where it asks."""
    if state.answer is None or cell.prompt is None or line != cell.height - 1:
        return None
    before = columns(cell.prompt.text) + columns(shown_answer(state)[: state.answer.col])
    for number, part in enumerate(wrapped):
        width = sum(columns(text) for _, text in part)
        if before < width or number == len(wrapped) - 1:
            return min(where.gutter + before, where.cols - 1) if number == row else None
        before -= width
    return None


def _welcome(where: Layout) -> list[Row]:
    lines = [[("dim", f"  {key_name(key):>9}  {text}")] for key, text in _WELCOME]
    shown = lines if where.output >= len(lines) and where.cols >= 40 else []
    rows = [padded(line, where.cols) for line in shown]
    rows.extend([(None, " " * where.cols)] for _ in range(where.output - len(rows)))
    return rows
