"""Which part of the screen is what: sizes in rows and columns, from the state alone."""

from typing import Final

from curses_client.state import State
from curses_client.text.ansi import in_place
from curses_client.text.buffer import Buffer
from curses_client.text.width import column_of, rows_needed
from curses_client.text.window import row_of
from kernel.protocol.value import Value

# columns from which the gutter is wide and the times of cells are shown
WIDE: Final = 100
_MARGIN: Final = 1
# rows of the completion pop-up at most
MATCHES_SHOWN: Final = 8
# a line of the editor, and which of the rows that it is broken into
Place = tuple[int, int]


class Layout(Value):
    """Rows of each part from top to bottom, and the columns of the gutter and of the text beside it."""

    cols: int
    output: int
    rule: int
    editor: int
    lower_rule: int
    status: int
    digits: int
    gutter: int
    text: int

    @property
    def editor_top(self) -> int:
        """The first row of the editor."""
        return self.output + self.rule

    @property
    def margin(self) -> int:
        """Columns to the left of the editor's text."""
        return _margin(self.cols)

    @property
    def editor_cols(self) -> int:
        """Columns of the editor's text; behind them there is room for the cursor."""
        return max(self.cols - self.margin - 1, 1)


def layout(state: State) -> Layout:
    """Divide the screen: the editor grows with its text up to a third, small screens lose rules first."""
    cols, rows = max(state.cols, 1), max(state.rows, 1)
    status = 1 if rows > 1 else 0
    rule = 1 if rows > 3 else 0
    lower_rule = 1 if rows >= 16 else 0
    most = max(1, rows // 3)
    editor = _editor_height(state, max(cols - _margin(cols) - 1, 1), most)
    output = max(0, rows - status - rule - lower_rule - editor)
    wide = cols >= WIDE
    digits = max(len(str(state.session.count)), 3 if wide else 2)
    gutter = digits + (3 if wide else 2) if cols > 30 else 2
    return Layout(cols, output, rule, editor, lower_rule, status, digits, gutter, max(cols - gutter, 1))


def _margin(cols: int) -> int:
    return _MARGIN if cols > 20 else 0


def _editor_height(state: State, cols: int, most: int) -> int:
    lines = state.editor.buffer.lines
    if not state.options.wrap:
        return min(len(lines), most)
    return min(sum(_rows(line, cols) for line in lines[:most]), most)


# ---- the rows of the editor --------------------------------------------------------------------------------


def editor_top(state: State, where: Layout) -> Place:
    """Return the first row shown: the one that was, unless the cursor is out of sight or rows would be empty."""
    buffer, cols = state.editor.buffer, _broken_at(state, where)
    last = len(buffer.lines) - 1
    end = last, _rows(buffer.lines[last], cols) - 1
    top = min(state.editor.top, _above(buffer, cols, end, where.editor))
    cursor = buffer.row, row_of(in_place(buffer.lines[buffer.row]), buffer.col, cols) if cols else 0
    return min(max(top, _above(buffer, cols, cursor, where.editor)), cursor)


def editor_rows(state: State, where: Layout) -> list[Place]:
    """Return what stands in the rows of the editor, from top to bottom; behind the text's end there is nothing."""
    line, row = editor_top(state, where)
    lines, cols = state.editor.buffer.lines, _broken_at(state, where)
    found: list[Place] = []
    while len(found) < where.editor and line < len(lines):
        stop = min(_rows(lines[line], cols), row + where.editor)
        found += [(line, number) for number in range(row, stop)]
        line, row = line + 1, 0
    return found[: where.editor]


def editor_shift(buffer: Buffer, where: Layout) -> int:
    """Return how many columns of lines that are not broken are out of sight: all lines move alike."""
    cursor = column_of(in_place(buffer.lines[buffer.row]), buffer.col)
    return max(cursor - max(where.cols - where.margin, 1) + 1, 0)


def _broken_at(state: State, where: Layout) -> int:
    """Return the columns that lines are broken at; 0 if they are not."""
    return where.editor_cols if state.options.wrap else 0


def _rows(line: str, cols: int) -> int:
    # most lines are short
    return 1 if not cols or (len(line) <= cols and line.isascii()) else rows_needed(in_place(line), cols)


def _above(buffer: Buffer, cols: int, place: Place, rows: int) -> Place:
    """Return the row at the top when a place is in the last of so many."""
    line, row = place
    left = rows - 1
    while left > row and line:
        left -= row + 1
        line -= 1
        row = _rows(buffer.lines[line], cols) - 1
    return line, max(row - left, 0)
