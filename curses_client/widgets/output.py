"""The output pane: the transcript with its gutter."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from curses_client.cells import Linked
from curses_client.layout import Layout
from curses_client.outputs import Rich
from curses_client.quantities import duration
from curses_client.scrolling import downwards, has_progress, line_at, top_anchor
from curses_client.shown import ALL_COLUMNS, Fold, Transmission
from curses_client.state import Anchor, State
from curses_client.text.ansi import LIMIT, Style, plain, runs
from curses_client.text.highlight import Highlighter
from curses_client.text.measured import plain_text
from curses_client.text.width import ELLIPSIS, column_of, columns, fit, wrap_runs
from curses_client.text.window import seen, seen_of
from curses_client.text.wrapping import rows_of, rows_of_runs
from curses_client.transcript import Cell, LineKind, Notice
from curses_client.widgets.gutter import gutter_of, times_of
from curses_client.widgets.line import Line, Marks
from curses_client.widgets.palette import lesson_rows
from curses_client.widgets.rows import Attr, Row, Run, padded, with_right
from curses_client.widgets.theme import attr_of, legible

# a longer source is shown without colours: they would keep a frame waiting
_COLOURED_LINES: Final = 500
_COLOURED_CHARACTERS: Final = 50_000


# what is shown in one colour
_PLAIN: Final[dict[LineKind, str]] = {"source": "text", "input": "prompt", "fold": "fold"}


class OutputView:
    """Draws the pane, and keeps what it drew until something in it changes."""

    def __init__(self, colors: int) -> None:
        self.colors = colors
        self._drawn_of: object = None
        self._drawn: tuple[list[Row], tuple[int, int] | None] = ([], None)
        self._highlighter: Highlighter | None = None
        # the pictures that placeholders in the last frame stand for
        self.transmissions: dict[int, Transmission] = {}
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
            state.cursor,
            state.search,
            state.wraps,
            state.left_col,
            state.session.state,
            state.session.waiting,
            _stands_at(state),
            state.signs,
            int(state.now) if state.session.running else 0,
            self._highlighter is not None,
            state.options,
        )
        if key != self._drawn_of:
            self.transmissions = {}
            self._drawn = self._draw(state, where)
            self._drawn_of = key
        return self._drawn

    def _draw(self, state: State, where: Layout) -> tuple[list[Row], tuple[int, int] | None]:
        rows: list[Row] = []
        cursor = None
        for row, in_cursor in islice(self._lines(state, where), where.output.rows):
            if in_cursor is not None:
                cursor = (in_cursor, len(rows))
            rows.append(row)
        self._hold_header(state, where, rows, cursor)
        rows += _lessons(state, where, where.output.rows - len(rows))
        blank: Row = [(None, " " * where.output.cols)]
        rows.extend(blank for _ in range(where.output.rows - len(rows)))
        if rows and (progress := _progress_row(state, where)) is not None:
            rows[-1] = progress
        return rows, cursor

    def _lines(self, state: State, where: Layout) -> Iterator[tuple[Row, int | None]]:
        """Yield rows from the top of the pane on, each with the cursor's column if it is there."""
        wrapped: Sequence[Sequence[Run]] = []
        kind: LineKind = "source"
        last = None
        for place in downwards(state, where, top_anchor(state, where)):
            item = state.transcript.items[place.item]
            if (place.item, place.line) != last:
                last = (place.item, place.line)
                kind, text = line_at(state, place.item, place.line)
                if _is_own(item, place.line, kind):
                    text = state.signs.said(text)
                wrapped = self._wrapped(state, where, place, kind, text)
                if state.look.pictures == "kitty" and kind in ("display", "result"):
                    self._note_picture(item, place.line)
            body = wrapped[place.row] if place.row < len(wrapped) else []
            if isinstance(item, Notice):
                is_lead = place.line == 0
                row = _notice_row(item, body, state, where, first=place.row == 0) if is_lead else _below(body, where)
                is_here = state.cursor is not None and (state.cursor.item, state.cursor.line) == last
                yield row, 0 if is_here else None
                continue
            first = place.row == 0
            stands_at = _stands_at(state) if item.msg_id == state.session.running else None
            gutter = gutter_of(item, place.line, where, kind, state.signs, first=first, stands_at=stands_at)
            right = times_of(state, item, where) if first and place.line == 0 else ()
            if kind == "fold" or _is_closed(item, place.line, text):
                right = [("dim", f"{'Enter' if state.cursor is not None else 'click'} opens ")]
            row = with_right([*gutter, *body], right, where.output.cols)
            yield row, _cursor_column(state, place, wrapped, where)

    def _hold_header(self, state: State, where: Layout, rows: list[Row], cursor: tuple[int, int] | None) -> None:
        """Show the header of a table at the top of the pane while its lines below are read."""
        top = top_anchor(state, where)
        item = state.transcript.items[top.item] if top.item < len(state.transcript.items) else None
        if state.scroll is None or not isinstance(item, Cell):
            return
        part, shown = item.at(top.line)
        header = part.header(shown) if part is not None else []
        end = item.begin(part) + part.height - top.line if part is not None else 0
        if not header or len(header) >= min(end, len(rows)) or (cursor is not None and cursor[1] < len(header)):
            return
        assert part is not None
        for number, line in enumerate(header):
            styled = [(self._attr(style, text, item, "display"), text) for style, text in runs(state.signs.said(line))]
            body = seen(styled, state.left_col, where.text, part.held_cols(shown), state.signs.more)
            rows[number] = padded([(None, " " * where.gutter), *body], where.output.cols)

    def _note_picture(self, item: Cell | Notice, line: int) -> None:
        part, _ = item.at(line) if isinstance(item, Cell) else (None, 0)
        transmission = part.transmission() if part is not None else None
        if transmission is not None:
            self.transmissions[transmission.number] = transmission

    def _wrapped(
        self, state: State, where: Layout, place: Anchor, kind: LineKind, text: str
    ) -> Sequence[Sequence[Run]]:
        """Return the rows of a line, with what is found and selected in it."""
        item = state.transcript.items[place.item]
        if isinstance(item, Notice):
            return wrap_runs([("dim" if place.line else _notice_attr(item), text)], where.text)
        wraps = state.wraps and item.wraps(place.line)
        marks = Marks(state, place, kind, text)
        held = item.held_cols(place.line)
        left = state.left_col if held < ALL_COLUMNS else 0
        if kind in _PLAIN:
            is_source = kind == "source"
            coloured = self._source(item, item.source_index(place.line)) if is_source else [(_PLAIN[kind], text)]
            look = marks.look(lambda attr, _: attr)
            if wraps:
                return Line(rows_of_runs(coloured, where.text), look)
            return [seen(look(coloured, 0), left, where.text, held, state.signs.more)]
        look = marks.look(lambda style, part: self._attr(style, part, item, kind))
        if wraps:
            return Line(rows_of(text, where.text), look)
        return [seen_of(text, look, left, where.text, held, state.signs.more)]

    def _attr(self, style: Style, text: str, cell: Cell, kind: LineKind) -> Attr:
        """Return how text of the output in a style looks."""
        base = "lost" if cell.state == "lost" else "stderr" if kind == "stderr" else None
        attr = attr_of(legible(style, text, self.colors), self.colors) or base
        return Linked(attr, style.link) if style.link else attr

    def _source(self, cell: Cell, line: int) -> list[Run]:
        if cell.state == "lost":
            return [("lost", cell.source[line])]
        is_long = len(cell.source) > _COLOURED_LINES or len(cell.code) > _COLOURED_CHARACTERS
        if self._highlighter is None or is_long:
            return [("text", cell.source[line])]
        source, tokens = self._sources.get(cell.msg_id, ((), []))
        if source is not cell.source:
            # most recently drawn cells only: the pane shows a few at a time
            if len(self._sources) > 500:
                self._sources.clear()
            tokens = [list(row) for row in self._highlighter.tokens(cell.source, 0, len(cell.source))]
            self._sources[cell.msg_id] = cell.source, tokens
        return tokens[line]


def _stands_at(state: State) -> int | None:
    """Return the line of the running cell's source, from 1, that runs now, while that is looked at."""
    running = state.session.running
    if running is None or running != state.standing.cell or "where" not in state.panes.open:
        return None
    cell = state.transcript.cell(running)
    return state.standing.line_of(cell.count) if cell is not None else None


def _is_own(item: Cell | Notice, line: int, kind: LineKind) -> bool:
    """Whether the form of a line is this program's: what a cell prints is shown as it is."""
    if isinstance(item, Notice) or kind in ("fold", "error"):
        return True
    part, _ = item.at(line)
    return part is not None and (bool(part.model_id) or (isinstance(part.body, Rich) and len(part.body.bundle) > 1))


def _notice_attr(notice: Notice) -> Attr:
    return "alarm" if notice.alarming else "notice"


def _below(body: Sequence[Run], where: Layout) -> Row:
    return padded(body, where.output.cols)


def _notice_row(notice: Notice, body: Sequence[Run], state: State, where: Layout, *, first: bool) -> Row:
    """Return a row of a rule; a text that is longer goes on below it."""
    attr, rule = _notice_attr(notice), state.signs.rule
    lead = f"{rule * 2} " if where.gutter > 3 else f"{rule} "
    said = [(style, state.signs.said(text)) for style, text in body]
    row: Row = [(attr, lead if first else " " * len(lead)), *said, (attr, " ")]
    used = sum(columns(text) for _, text in row)
    return padded([*row, (attr, (rule if first else " ") * max(where.output.cols - used, 0))], where.output.cols)


def _is_closed(item: Cell, line: int, text: str) -> bool:
    """Whether a line stands for others that it opens."""
    # of a line of megabytes that it begins with is seen at once
    return plain(text[:LIMIT]).startswith(ELLIPSIS) and isinstance(item.target(line), Fold)


def _cursor_column(state: State, place: Anchor, wrapped: Sequence[Sequence[Run]], where: Layout) -> int | None:
    """Return the column of the cursor if it is in this row."""
    cursor = state.cursor
    if cursor is not None:
        if (cursor.item, cursor.line) != (place.item, place.line):
            return None
        if not state.wraps or not state.transcript.items[place.item].wraps(place.line):
            item = state.transcript.items[place.item]
            held = item.held_cols(place.line) if isinstance(item, Cell) else 0
            before = column_of(plain_text(line_at(state, place.item, place.line)[1]), cursor.col)
            moved = before if before < held else max(before - state.left_col, held)
            return min(where.gutter + moved, where.output.cols - 1)
        return _column_in(wrapped, cursor.col, place.row, where)
    cell = state.transcript.items[place.item]
    if state.answer is None or not isinstance(cell, Cell) or cell.prompt is None or place.line != cell.height - 1:
        return None
    # `input()` is answered where it asks
    return _column_in(wrapped, len(cell.prompt.text) + state.answer.col, place.row, where)


def _column_in(line: Sequence[Sequence[Run]], index: int, row: int, where: Layout) -> int | None:
    """Return the column of a character of a line if it is in this row of it."""
    before = line.column(index, row) if isinstance(line, Line) else None
    return min(where.gutter + before, where.output.cols - 1) if before is not None else None


def _lessons(state: State, where: Layout, room: int) -> list[Row]:
    """Return what a new user needs, until there is a cell."""
    if state.cursor is not None or any(isinstance(item, Cell) for item in state.transcript.items):
        return []
    rows = lesson_rows(state, where.output.cols)
    return rows if len(rows) <= room and where.output.cols >= 40 else []


def _progress_row(state: State, where: Layout) -> Row | None:
    """Return what the running cell is at, while other lines are read."""
    if state.scroll is None or state.session.running is None or not has_progress(state, where):
        return None
    cell = state.transcript.cell(state.session.running)
    assert cell is not None
    assert cell.started is not None
    line = cell.outputs[-1].last_line()
    took = duration(max(state.now - cell.started, 0), whole=True)
    left: Row = [("progress running", f" {state.signs.running} [{cell.count or ' '}] {took}  ")]
    room = where.output.cols - sum(columns(text) for _, text in left)
    shown = fit(plain(line), max(room, 0), state.signs.more)
    return padded([*left, ("progress", shown)], where.output.cols, "progress")
