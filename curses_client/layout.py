"""Which part of the screen is what: sizes in rows and columns, from the state alone."""

from typing import Final

from curses_client.state import State
from curses_client.text.buffer import Buffer
from kernel.protocol.value import Value

# columns from which the gutter is wide and the times of cells are shown
WIDE: Final = 100
_MARGIN: Final = 1
# rows of the completion pop-up at most
MATCHES_SHOWN: Final = 8
# rows of the output from which the history's panel shows the text of the selected entry
_WITH_TEXT: Final = 10


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
        return _MARGIN if self.cols > 20 else 0


def layout(state: State) -> Layout:
    """Divide the screen: the editor grows with its text up to a third, small screens lose rules first."""
    cols, rows = max(state.cols, 1), max(state.rows, 1)
    status = 1 if rows > 1 else 0
    rule = 1 if rows > 3 else 0
    lower_rule = 1 if rows >= 16 else 0
    most = max(1, rows // 3)
    editor = min(max(len(state.editor.buffer.lines), 1), most)
    output = max(0, rows - status - rule - lower_rule - editor)
    wide = cols >= WIDE
    digits = max(len(str(state.session.count)), 3 if wide else 2)
    gutter = digits + (3 if wide else 2) if cols > 30 else 2
    return Layout(cols, output, rule, editor, lower_rule, status, digits, gutter, max(cols - gutter, 1))


def editor_top_line(buffer: Buffer, rows: int) -> int:
    """Return the first line shown in an editor of `rows` rows: the cursor stays in sight."""
    return min(max(buffer.row - rows + 1, 0), max(len(buffer.lines) - rows, 0))


def recall_rows(state: State) -> tuple[int, int]:
    """Return the rows of the history's panel for entries, and for the whole text of the selected one.

    They do not depend on what is found: nothing jumps while one types.
    """
    rows = layout(state).output
    if rows < _WITH_TEXT:
        return max(rows - 1, 0), 0
    return rows // 2 - 1, rows // 4
