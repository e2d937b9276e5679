"""The editor pane: the text being written, highlighted, with its cursor and selection."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from time import perf_counter
from typing import Final, NamedTuple

from curses_client.breakpoints.stopping import stopped_row
from curses_client.document import Document
from curses_client.files.sections import is_mark
from curses_client.helping.suggesting import suggestion
from curses_client.layout import Layout, Place, editor_rows, editor_shift
from curses_client.places import editor_cursor
from curses_client.state import State
from curses_client.text.ansi import in_place, sanitise
from curses_client.text.brackets import bracket_at, masked, pair_of
from curses_client.text.buffer import Buffer
from curses_client.text.highlight import Highlighter
from curses_client.text.hits import hits_of_line
from curses_client.text.pattern import Pattern, compiled
from curses_client.text.width import ELLIPSIS, columns, cut, fit, wrap_runs
from curses_client.text.window import Mark, with_marks
from curses_client.widgets.rows import Row, Run, padded

# seconds after which a frame is drawn without colours, and lines that are coloured between two looks at the clock: one
# costs 50 to 300 us
BUDGET: Final = 0.005
_AT_ONCE: Final = 16
# lines above the window from which on it is coloured at first
_NEAR: Final = 20
# in the margin of a row that goes on with the line above
WRAPPED: Final = "↪"


class _Made(NamedTuple):
    """What the rows of a line are made of: its runs, what is marked in it, columns out of sight if it is not broken.

    `begins` tells that a cell of a file begins with it, `rest` is what is suggested behind it,
    `rule` what a rule is drawn with, `sign` what stands in the margin.
    """

    runs: Sequence[tuple[str, str]]
    marks: list[list[Mark[str]]]
    ends_selected: bool
    shift: int | None
    cols: int
    begins: bool
    rest: str
    rule: str
    sign: Run | None


_Drawn = tuple[_Made, Row]


class EditorView:
    """Draws the editor; its highlighter keeps what it knows from one key to the next."""

    def __init__(self) -> None:
        # by the path of a file, empty for the scratch buffer
        self._highlighters: dict[str, Highlighter] | None = None
        self._language = ""
        self._highlighter: Highlighter | None = None
        # of the lines near the window, as long as those above are not all coloured
        self._near: Highlighter | None = None
        self._seen: tuple[str, ...] = ()
        self._drawn: dict[Place, _Drawn] = {}
        # whether colours are still missing: another frame brings more of them
        self.is_unfinished = False

    def use(self, language: str) -> None:
        """Colour source from now on, in the language of the session where a file has no other."""
        self._language = language
        self._highlighters = {}
        self._highlighter = self._near = None

    def _turn_to(self, document: Document | None) -> None:
        """Colour the file that is shown, or the scratch buffer."""
        if self._highlighters is None:
            return
        path = document.path if document is not None else ""
        if path not in self._highlighters:
            self._highlighters[path] = Highlighter(document.lexer if document is not None else self._language)
        if self._highlighters[path] is not self._highlighter:
            self._highlighter, self._near = self._highlighters[path], None

    def draw(self, state: State, where: Layout) -> tuple[list[Row], tuple[int, int]]:
        """Return the rows, and the place of the cursor (column, row)."""
        buffer = state.editor.buffer
        self._turn_to(state.document)
        places = editor_rows(state, where)
        first, last = places[0][0], places[-1][0] + 1
        lines = dict(zip(range(first, last), self._runs(buffer, first, last), strict=True))
        looks = self._looks(state, first, last)
        shift = None if state.options.wrap else editor_shift(buffer, where)
        marked, signs = _marked(state), _signs(state)
        drawn: dict[Place, _Drawn] = {}
        for number, parts in groupby(places, itemgetter(0)):
            marks = [found for look in looks if (found := look.get(number))]
            begins = state.document is not None and is_mark(buffer.lines[number])
            rest, rule = suggestion(state) if number == buffer.row else "", state.signs.rule
            made = _Made(
                lines[number],
                marks,
                _ends_selected(marked, number),
                shift,
                where.editor.cols,
                begins,
                rest,
                rule,
                signs.get(number),
            )
            drawn |= self._line(number, [part for _, part in parts], made, where)
        self._drawn = drawn
        rows = [row for _, row in drawn.values()]
        rows.extend([(None, " " * where.editor.cols)] for _ in range(where.editor.rows - len(rows)))
        return rows, editor_cursor(state, where)

    def _line(self, number: int, parts: list[int], made: _Made, where: Layout) -> dict[Place, _Drawn]:
        """Return rows of one line; most lines are as they were one key before."""
        known = {(number, part): self._drawn.get((number, part)) for part in parts}
        again = {place: drawn for place, drawn in known.items() if drawn is not None and drawn[0] == made}
        if len(again) == len(parts):
            return again
        rows = _rows(made, where)
        return {(number, part): (made, _in_margin(rows[part], part, where, made.sign)) for part in parts}

    def _looks(self, state: State, first: int, last: int) -> list[dict[int, list[Mark[str]]]]:
        """Return what is marked in the visible lines, by line; what comes later lies above."""
        buffer = state.editor.buffer
        selection = _selection(state, first, last)
        brackets = self._brackets(state)
        stopped: dict[int, list[Mark[str]]] = {}
        if (row := stopped_row(state)) is not None and buffer.lines[row]:
            stopped[row] = [(0, len(buffer.lines[row]), "title")]
        sought = _sought(state)
        if not sought:
            return [stopped, brackets, selection]
        pattern = compiled(sought)
        hits = {row: _hits(buffer, row, pattern) for row in range(first, last)}
        return [stopped, brackets, selection, hits]

    def _brackets(self, state: State) -> dict[int, list[Mark[str]]]:
        """Return the bracket at the cursor and the one that belongs to it, by line."""
        lines, highlighter = state.editor.buffer.lines, self._highlighter
        place = bracket_at(lines, *state.editor.buffer.position)
        if place is None:
            return {}

        def code(row: int) -> str | None:
            if highlighter is None:
                return lines[row]
            runs = highlighter.known(lines, row)
            return None if runs is None else masked(runs)

        pair = pair_of(lines, place, code)
        if pair is None or (pair.other is None and not pair.is_wrong):
            return {}
        found: dict[int, list[Mark[str]]] = {}
        look = "bracket wrong" if pair.is_wrong else "bracket"
        for row, col in sorted(one for one in (pair.place, pair.other) if one is not None):
            found.setdefault(row, []).append((col, col + 1, look))
        return found

    def _runs(self, buffer: Buffer, top: int, last: int) -> Sequence[Sequence[tuple[str, str]]]:
        """Return the coloured lines of the window; in a long text that was just put there, as they look from near."""
        highlighter = self._highlighter
        if highlighter is None:
            return [[("text", line)] for line in buffer.lines[top:last]]
        # a key does not wait for lines that are out of sight
        waits = self.is_unfinished and buffer.lines is not self._seen
        self._seen = buffer.lines
        self.is_unfinished = waits or not _advanced(highlighter, buffer, last)
        if not self.is_unfinished:
            self._near = None
            return highlighter.tokens(buffer.lines, top, last)
        start = _start_near(buffer.lines, top)
        if self._near is None:
            self._near = highlighter.another()
        return self._near.tokens(buffer.lines[start:last], top - start, last - start)


def _start_near(lines: Sequence[str], top: int) -> int:
    """Return a line above the window from which on it can be coloured by itself: what stands in column one, at best."""
    first = max(top - _NEAR, 0)
    return next((row for row in range(first, top) if lines[row][:1].isalpha()), top)


def _advanced(highlighter: Highlighter, buffer: Buffer, last: int) -> bool:
    """Colour lines for a short time; whether all before the last one now are."""
    end = perf_counter() + BUDGET
    while not highlighter.advance(buffer.lines, last, _AT_ONCE, buffer.change):
        if perf_counter() >= end:
            return False
    return True


def _rows(made: _Made, where: Layout) -> Sequence[list[Run]]:
    """Return the rows of a line without the margin: broken, or one that is moved to the left."""
    runs: list[Run] = [(kind, in_place(text)) for kind, text in made.runs]
    for marks in made.marks:
        runs = with_marks(runs, marks)
    if made.ends_selected:
        # shows as a blank
        runs.append(("selection", " "))
    if made.begins:
        runs = _ruled(runs, where.editor_cols, made.rule)
    if made.rest:
        # never more than fits: it must not break the line that is typed
        room = where.editor_cols - sum(columns(text) for _, text in runs)
        runs.append(("suggestion", fit(_first_line(made.rest), room) if room > 0 else ""))
    if made.shift is None:
        return wrap_runs(runs, where.editor_cols)
    return [_shifted(runs, made.shift) if made.shift else runs]


def _in_margin(runs: list[Run], part: int, where: Layout, sign: Run | None) -> Row:
    """Return a row of the screen: a margin, which tells a row that goes on with the line above, and what is in it."""
    margin: Run = ("dim", WRAPPED) if part and where.margin else (None, " " * where.margin)
    if sign is not None and not part and where.margin:
        margin = sign
    return padded([margin, *runs], where.editor.cols)


def _signs(state: State) -> dict[int, Run]:
    """Return what stands in the margin, by line: breakpoints, and before which line the kernel has stopped."""
    signs = state.signs
    found: dict[int, Run] = {mark.row: ("gutter error", signs.running) for mark in state.editor.breakpoints}
    row = stopped_row(state)
    if row is not None:
        found[row] = ("gutter running", signs.closed)
    return found


def _marked(state: State) -> Buffer:
    """Return the text with what is selected in it, also by the keys of vi."""
    buffer, vi = state.editor.buffer, state.editor.vi
    if not (state.is_modal and vi.is_selecting) or vi.mode == "visual block":
        return buffer
    # who does not select so does not wait for it
    from curses_client.vi.selection import shown_span

    start, end = shown_span(vi, buffer.text, buffer.offset)
    return buffer.at(start).to(buffer.at(end).position, select=True)


def _selection(state: State, first: int, last: int) -> dict[int, list[Mark[str]]]:
    """Return what is selected in rows."""
    buffer, vi = state.editor.buffer, state.editor.vi
    if not (state.is_modal and vi.mode == "visual block"):
        marked = _marked(state)
        return {row: found for row in range(first, last) if (found := _selected(marked, row))}
    from curses_client.vi.block import parts_of

    parts = parts_of(vi, buffer.text, buffer.offset, buffer.goal).items()
    return {row: [(start, end, "selection")] for row, (start, end) in parts if end > start}


def _sought(state: State) -> str:
    """Return the pattern whose hits are marked."""
    if state.find is not None:
        return state.find.pattern
    return state.editor.vi.sought if state.is_modal and state.editor.vi.shows_hits else ""


def _hits(buffer: Buffer, number: int, pattern: Pattern) -> list[Mark[str]]:
    """Return the hits in a line; the one that the cursor is behind is the current one."""
    return [
        (start, end, "hit current" if (number, end) == buffer.position else "hit")
        for start, end in hits_of_line(buffer.lines[number], pattern)
    ]


def _ruled(runs: list[Run], width: int, sign: str) -> list[Run]:
    """Return a line that begins a cell with a rule behind it."""
    rest = width - sum(columns(text) for _, text in runs) - 1
    return [*runs, ("rule", f" {sign * rest}")] if rest > 0 else runs


def _first_line(rest: str) -> str:
    """Return what is shown of a suggestion: its first line, and whether there are more."""
    line, more, _ = rest.partition("\n")
    return sanitise(line) + (f" {ELLIPSIS}" if more else "")


def _shifted(runs: list[Run], shift: int) -> list[Run]:
    """Return the runs without their first `shift` columns."""
    result: list[Run] = []
    for attr, text in runs:
        width = columns(text)
        if shift >= width:
            shift -= width
            continue
        head, kept = cut(text, shift)
        # a wide character that lies across the edge leaves a blank
        result.append((attr, " " * (shift - columns(head)) + kept))
        shift = 0
    return result


def _selected(buffer: Buffer, number: int) -> list[Mark[str]]:
    """Return the selected part of a line."""
    if buffer.selection is None:
        return []
    (first_row, first_col), (last_row, last_col) = buffer.selection
    if not first_row <= number <= last_row:
        return []
    start = first_col if number == first_row else 0
    end = last_col if number == last_row else len(buffer.lines[number])
    return [(start, end, "selection")] if end > start else []


def _ends_selected(buffer: Buffer, number: int) -> bool:
    """Whether the end of a line is selected."""
    selection = buffer.selection
    return selection is not None and selection[0][0] <= number < selection[1][0]
