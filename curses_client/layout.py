"""Which part of the screen is what: areas in columns and rows, from the state alone."""

from typing import Final, Literal

from curses_client.arrangement import PaneName
from curses_client.debugging import SOURCE_ROWS
from curses_client.documentation import documentation_rows, has_documentation
from curses_client.queued import panel_cells
from curses_client.standing import STANDING_ROWS
from curses_client.state import State
from curses_client.text.ansi import in_place
from curses_client.text.buffer import Buffer
from curses_client.text.width import column_of, rows_needed
from curses_client.text.window import row_of
from kernel.protocol.value import Value

# columns from which the gutter is wide and the times of cells are shown
WIDE: Final = 100
# columns from which panes stand beside each other unless the user wants it otherwise, and that each of them has
BESIDE: Final = 160
LEAST_COLS: Final = 30
# rows of a pane below the output, its title among them
LEAST_ROWS: Final = 3
# what the editor has beside the output, and a column of panes beside both, of the columns
_EDITOR_SHARE: Final = 0.5
_SIDE_SHARE: Final = 0.33
# what panes below the output have of its rows while a cell has stopped
_STOPPED_SHARE: Final = 0.75
_MARGIN: Final = 1
# rows of the completion pop-up at most
MATCHES_SHOWN: Final = 8
# rows of the pane of the debugger below its title, unless the user wants more
DEBUGGER_ROWS: Final = 9
# rows of the output from which the history's panel shows the text of the selected entry
_WITH_TEXT: Final = 10
# a line of the editor, and which of the rows that it is broken into
Place = tuple[int, int]


class Area(Value):
    """A part of the screen: its first column and row, from 0, and its size."""

    col: int
    row: int
    cols: int
    rows: int

    def has(self, col: int, row: int) -> bool:
        """Whether a place of the screen is in it."""
        return 0 <= col - self.col < self.cols and 0 <= row - self.row < self.rows


# what one moves when one drags a rule: the editor's edge, or that of the panes beside or below the output
Edge = Literal["editor", "side"]


class Rule(Value):
    """A line between parts: the one above the editor has its `title`, one from top to bottom has one column."""

    area: Area
    edge: Edge | None = None
    titled: bool = False


class Layout(Value):
    """The parts of the screen, and the columns of the gutter and of the text beside it in the output."""

    cols: int
    rows: int
    output: Area
    editor: Area
    panes: tuple[tuple[PaneName, Area], ...]
    rules: tuple[Rule, ...]
    status: int
    digits: int
    gutter: int
    text: int

    def pane(self, name: PaneName) -> Area | None:
        """Return where a pane is, if it is to be seen."""
        return next((area for other, area in self.panes if other == name), None)

    def pane_at(self, col: int, row: int) -> PaneName | None:
        """Return the pane at a place of the screen."""
        return next((name for name, area in self.panes if area.has(col, row)), None)

    def edge_at(self, col: int, row: int) -> Edge | None:
        """Return what is moved when a place of the screen is dragged: a rule, or the title of the first pane below."""
        for rule in self.rules:
            if rule.area.has(col, row):
                return rule.edge
        top = self.panes[0][1] if self.panes else None
        is_title = top is not None and top.has(col, row) and row == top.row
        return "side" if is_title and top is not None and top.row == self.output.rows else None

    @property
    def margin(self) -> int:
        """Columns to the left of the editor's text."""
        return _margin(self.editor.cols)

    @property
    def editor_cols(self) -> int:
        """Columns of the editor's text; behind them there is room for the cursor."""
        return _editor_cols(self.editor.cols)


def layout(state: State) -> Layout:
    """Divide the screen.

    The output is above the editor, which grows with its text up to a third of the screen, or beside it.  Other panes
    have a column of their own at the right, or where there is no room for one the rows between the two.  Small screens
    lose the rules first.
    """
    cols, rows = max(state.cols, 1), max(state.rows, 1)
    status = 1 if rows > 1 else 0
    screen = Area(0, 0, cols, rows - status)
    zoomed = state.panes.zoomed
    open_panes = () if zoomed is not None else _open_panes(state)
    panes: tuple[tuple[PaneName, Area], ...] = ()
    rules: list[Rule] = []
    if open_panes and has_column(state):
        column_cols = round(cols * (state.panes.side_cols or _SIDE_SHARE))
        # editor and output fit beside each other at the left of it
        screen, rule, column = _split(screen, max(cols - 1 - column_cols, 2 * LEAST_COLS + 1), "side")
        rules.append(rule)
        panes, open_panes = _stacked(open_panes, column), ()
    if stands_beside(state):
        editor_share = round(screen.cols * (state.panes.editor_cols or _EDITOR_SHARE))
        editor, rule, output = _split(screen, editor_share, "editor")
        rules += [rule, Rule(Area(editor.col, 0, editor.cols, 1), titled=True)]
        editor = Area(editor.col, 1, editor.cols, editor.rows - 1)
    else:
        output, editor, stacked = _above(state, screen)
        rules += stacked
    if zoomed is not None and zoomed != "output" and zoomed != "editor":
        output, panes = Area(output.col, output.row, output.cols, 0), ((zoomed, output),)
    elif open_panes:
        output, panes = _below(state, output, open_panes)
    wide = output.cols >= WIDE
    digits = max(len(str(state.session.count)), 3 if wide else 2)
    gutter = digits + (3 if wide else 2) if output.cols > LEAST_COLS else 2
    text = max(output.cols - gutter, 1)
    return Layout(cols, rows, output, editor, panes, tuple(rules), status, digits, gutter, text)


def _open_panes(state: State) -> tuple[PaneName, ...]:
    is_open = has_documentation(state) or state.debugging.is_shown
    return (*state.panes.open, "documentation") if is_open else state.panes.open


def has_column(state: State) -> bool:
    """Whether panes stand in a column of their own."""
    return state.cols >= BESIDE and state.rows >= LEAST_ROWS


def stands_beside(state: State) -> bool:
    """Whether the editor is beside the output."""
    panes = state.panes
    room = state.cols >= 2 * LEAST_COLS + 1 and state.rows > LEAST_ROWS
    wanted = _is_beside_by_default(state) if panes.beside is None else panes.beside
    return wanted and room and panes.zoomed is None


def _is_beside_by_default(state: State) -> bool:
    if state.options.panes != "auto":
        return state.options.panes == "beside"
    return len(state.tabs) > 1 and state.cols >= BESIDE


def _split(area: Area, left: int, edge: Edge) -> tuple[Area, Rule, Area]:
    """Divide an area into a left one of so many columns, if they fit, and a right one, with a rule between them."""
    left = min(max(left, LEAST_COLS), area.cols - LEAST_COLS - 1)
    rule = Rule(Area(area.col + left, area.row, 1, area.rows), edge)
    right = Area(area.col + left + 1, area.row, area.cols - left - 1, area.rows)
    return Area(area.col, area.row, left, area.rows), rule, right


def _stacked(names: tuple[PaneName, ...], area: Area) -> tuple[tuple[PaneName, Area], ...]:
    """Give panes the same part of a column each, as many as there is room for: those that were opened last."""
    names = names[-max(area.rows // LEAST_ROWS, 1) :]
    found = []
    row = area.row
    for number, name in enumerate(names):
        rows = (area.rows - (row - area.row)) // (len(names) - number)
        found.append((name, Area(area.col, row, area.cols, rows)))
        row += rows
    return tuple(found)


def _above(state: State, screen: Area) -> tuple[Area, Area, list[Rule]]:
    """Divide an area into the output, the editor below it, and the rules around that."""
    rows, cols = screen.rows + (state.rows > 1), screen.cols
    rule = 1 if rows > 3 else 0
    lower = 1 if rows >= 16 else 0
    editor = min(_editor_rows(state, rows, cols), screen.rows - rule - lower)
    output = screen.rows - rule - lower - editor
    rules = []
    if rule:
        rules.append(Rule(Area(screen.col, output, cols, 1), "editor", titled=True))
    if lower:
        rules.append(Rule(Area(screen.col, output + rule + editor, cols, 1)))
    where = Area(screen.col, output + rule, cols, editor)
    return Area(screen.col, 0, cols, output), where, rules


def _editor_rows(state: State, rows: int, cols: int) -> int:
    # a file is worked in, what is typed into the scratch buffer is soon run
    most = max(1, rows // 3 if state.document is None else rows // 2)
    if state.panes.zoomed == "editor":
        return rows
    if state.panes.zoomed is not None:
        return 1
    if state.panes.editor_rows is not None:
        return max(1, min(round(rows * state.panes.editor_rows), rows - LEAST_ROWS))
    return _editor_height(state, _editor_cols(cols), most)


def _below(state: State, output: Area, names: tuple[PaneName, ...]) -> tuple[Area, tuple[tuple[PaneName, Area], ...]]:
    """Take the rows of panes from the output: no more than they need, and half of them unless the user wants more."""
    # who steps through code looks at where it stands
    share = state.panes.side_rows or (_STOPPED_SHARE if "debugger" in names else 0.5)
    most = round(output.rows * share)
    if output.rows < 2 or most < 2:
        return output, ()
    names = names[-max(most // LEAST_ROWS, 1) :]
    rows = min(most, sum(_rows_of(state, name) for name in names))
    area = Area(output.col, output.row + output.rows - rows, output.cols, rows)
    return Area(output.col, output.row, output.cols, output.rows - rows), _stacked(names, area)


def _rows_of(state: State, name: PaneName) -> int:
    """Return how many rows a pane has to show, with its title."""
    if name == "queue":
        return 1 + len(panel_cells(state))
    if name == "where":
        # always as many: what changes twice a second moves nothing else
        return 1 + STANDING_ROWS
    if name == "debugger":
        # what is stepped through has more or fewer variables: that moves nothing else
        return 1 + DEBUGGER_ROWS
    if name == "variables":
        # as many as it may have: a page has a size that does not depend on what is in it
        return state.rows
    if state.debugging.is_shown:
        return 1 + SOURCE_ROWS
    return 1 + len(documentation_rows(state, state.cols - 2))


def _margin(cols: int) -> int:
    return _MARGIN if cols > 20 else 0


def _editor_cols(cols: int) -> int:
    return max(cols - _margin(cols) - 1, 1)


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
    top = min(state.editor.top, _row_above(buffer, cols, end, where.editor.rows))
    cursor = buffer.row, row_of(in_place(buffer.lines[buffer.row]), buffer.col, cols) if cols else 0
    return min(max(top, _row_above(buffer, cols, cursor, where.editor.rows)), cursor)


def editor_rows(state: State, where: Layout) -> list[Place]:
    """Return what stands in the rows of the editor, from top to bottom; behind the text's end there is nothing."""
    line, row = editor_top(state, where)
    lines, cols = state.editor.buffer.lines, _broken_at(state, where)
    found: list[Place] = []
    while len(found) < where.editor.rows and line < len(lines):
        stop = min(_rows(lines[line], cols), row + where.editor.rows)
        found += [(line, number) for number in range(row, stop)]
        line, row = line + 1, 0
    return found[: where.editor.rows]


def editor_shift(buffer: Buffer, where: Layout) -> int:
    """Return how many columns of lines that are not broken are out of sight: all lines move alike."""
    cursor = column_of(in_place(buffer.lines[buffer.row]), buffer.col)
    return max(cursor - max(where.editor.cols - where.margin, 1) + 1, 0)


def _broken_at(state: State, where: Layout) -> int:
    """Return the columns that lines are broken at; 0 if they are not."""
    return where.editor_cols if state.options.wrap else 0


def _rows(line: str, cols: int) -> int:
    # most lines are short
    return 1 if not cols or (len(line) <= cols and line.isascii()) else rows_needed(in_place(line), cols)


def _row_above(buffer: Buffer, cols: int, place: Place, rows: int) -> Place:
    """Return the row at the top when a place is in the last of so many."""
    line, row = place
    left = rows - 1
    while left > row and line:
        left -= row + 1
        line -= 1
        row = _rows(buffer.lines[line], cols) - 1
    return line, max(row - left, 0)


# ---- the panel of the history ------------------------------------------------------------------------------


def recall_rows(state: State) -> tuple[int, int]:
    """Return the rows of the history's panel for entries, and for the whole text of the selected one.

    They do not depend on what is found: nothing jumps while one types.
    """
    rows = layout(state).output.rows
    if rows < _WITH_TEXT:
        return max(rows - 1, 0), 0
    return rows // 2 - 1, rows // 4
