"""The editor pane: the text being written, highlighted, with its cursor and selection."""

from typing import Final

from curses_client.layout import Layout, Place, editor_rows, editor_shift
from curses_client.state import State
from curses_client.text.ansi import in_place
from curses_client.text.brackets import bracket_at, masked, pair_of
from curses_client.text.buffer import Buffer
from curses_client.text.highlight import Highlighter
from curses_client.text.hits import hits_of_line
from curses_client.text.pattern import Pattern, compiled
from curses_client.text.width import column_of, columns, cut, wrap_runs
from curses_client.text.window import Mark, row_at, row_of, with_marks
from curses_client.widgets.rows import Row, Run, padded

# lines that are coloured at most before a frame is drawn without: 10 ms of work
LINES_A_FRAME: Final = 200
# in the margin of a row that goes on with the line above
WRAPPED: Final = "↪"


class EditorView:
    """Draws the editor; its highlighter keeps what it knows from one key to the next."""

    def __init__(self) -> None:
        self._highlighter: Highlighter | None = None
        # whether colours are still missing: another frame brings more of them
        self.is_unfinished = False

    def use(self, highlighter: Highlighter) -> None:
        """Colour source from now on."""
        self._highlighter = highlighter

    def draw(self, state: State, where: Layout) -> tuple[list[Row], tuple[int, int]]:
        """Return the rows, and the place of the cursor (column, row)."""
        buffer = state.editor.buffer
        places = editor_rows(state, where)
        first, last = places[0][0], places[-1][0] + 1
        lines = dict(zip(range(first, last), self._runs(buffer, first, last), strict=True))
        looks = self._looks(state, first, last)
        for number, runs in lines.items():
            for marks in looks:
                runs = with_marks(runs, marks.get(number, []))
            lines[number] = _with_end(buffer, number, runs)
        shift = 0 if state.options.wrap else editor_shift(buffer, where)
        rows = [self._row(lines[line], part, shift, state, where) for line, part in places]
        rows.extend([(None, " " * where.cols)] for _ in range(where.editor - len(rows)))
        return rows, _cursor(state, where, places, shift)

    def _row(self, runs: list[Run], part: int, shift: int, state: State, where: Layout) -> Row:
        """Return one row of the screen: a line moved to the left, or the part of it that stands in this row."""
        margin: Run = (None, " " * where.margin)
        if not state.options.wrap:
            return padded([margin, *(_shifted(runs, shift) if shift else runs)], where.cols)
        if part and where.margin:
            margin = ("dim", WRAPPED)
        wrapped = wrap_runs(runs, where.editor_cols)
        return padded([margin, *wrapped[part]], where.cols)

    def _looks(self, state: State, first: int, last: int) -> list[dict[int, list[Mark[str]]]]:
        """Return what is marked in the visible lines, by line; what comes later lies above."""
        buffer = state.editor.buffer
        selection = {row: found for row in range(first, last) if (found := _selected(buffer, row))}
        brackets = self._brackets(state)
        if state.find is None or not state.find.pattern:
            return [brackets, selection]
        pattern = compiled(state.find.pattern)
        hits = {row: _hits(buffer, row, pattern) for row in range(first, last)}
        return [brackets, selection, hits]

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

    def _runs(self, buffer: Buffer, top: int, last: int) -> list[list[Run]]:
        highlighter = self._highlighter
        self.is_unfinished = highlighter is not None and not highlighter.advance(buffer.lines, last, LINES_A_FRAME)
        if highlighter is None or self.is_unfinished:
            return [[("text", in_place(line))] for line in buffer.lines[top:last]]
        rows = highlighter.tokens(buffer.lines, top, last)
        return [[(kind, in_place(text)) for kind, text in row] for row in rows]


def _cursor(state: State, where: Layout, places: list[Place], shift: int) -> tuple[int, int]:
    """Return the column and the row of the cursor."""
    buffer = state.editor.buffer
    line = in_place(buffer.lines[buffer.row])
    if not state.options.wrap:
        return where.margin + column_of(line, buffer.col) - shift, places.index((buffer.row, 0))
    part = row_of(line, buffer.col, where.editor_cols)
    begin, shown = row_at(line, part, where.editor_cols)
    return where.margin + column_of(shown, buffer.col - begin), places.index((buffer.row, part))


def _hits(buffer: Buffer, number: int, pattern: Pattern) -> list[Mark[str]]:
    """Return the hits in a line; the one that the cursor is behind is the current one."""
    return [
        (start, end, "hit current" if (number, end) == buffer.position else "hit")
        for start, end in hits_of_line(buffer.lines[number], pattern)
    ]


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


def _with_end(buffer: Buffer, number: int, runs: list[Run]) -> list[Run]:
    """Return the runs of a line, with a blank where its end is selected."""
    selection = buffer.selection
    if selection is None or not selection[0][0] <= number < selection[1][0]:
        return runs
    return [*runs, ("selection", " ")]
