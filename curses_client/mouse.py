"""The mouse: it scrolls, opens, puts a cursor somewhere and selects; nothing needs it."""

from dataclasses import replace
from typing import Final

from curses_client.arrangement import PaneName
from curses_client.breakpoints.marking import toggled
from curses_client.commanding import Result
from curses_client.commands import COMMANDS
from curses_client.events import KeepPanes, MouseDragged, MousePressed
from curses_client.helping.documenting import scroll
from curses_client.layout import Edge, Layout, editor_rows, editor_shift, has_column, layout, stands_beside
from curses_client.opening import open_target, target_at
from curses_client.output_cursor import enter, in_sight, place_at, rows_seen
from curses_client.palette import entry_at, select
from curses_client.panes import sized
from curses_client.pointing import over
from curses_client.scrolling import scrolled, top_anchor
from curses_client.shown import Figure, Fold
from curses_client.state import Cursor, Press, State
from curses_client.text.ansi import in_place
from curses_client.text.buffer import Position
from curses_client.text.width import index_at
from curses_client.text.window import row_at

# seconds within which a second press belongs to the first
_AT_ONCE: Final = 0.4

# rows of the documentation that the wheel moves
_WHEEL: Final = 3


def pressed(event: MousePressed, state: State) -> Result:
    """Take a button of the mouse, or its wheel."""
    if (taken := over(event, state)) is not None:
        return taken
    if event.button in (4, 5):
        return _turned(event, state)
    is_covered = state.help_top is not None or state.picture is not None or state.recall is not None
    if event.button != 1 or is_covered or state.question is not None:
        return state, ()
    if state.palette is not None:
        return _press_palette(state, event.row)
    return _press_part(event, state)


def _turned(event: MousePressed, state: State) -> Result:
    """Take the wheel for what lies over all, for the documentation, or for the output."""
    up = event.button == 4
    if state.help_top is not None:
        return COMMANDS["help-up" if up else "help-down"](state)
    if state.palette is not None:
        return COMMANDS["palette-previous" if up else "palette-next"](state)
    if state.recall is not None:
        return COMMANDS["recall-newer" if up else "recall-older"](state)
    if layout(state).pane_at(event.col, event.row) == "documentation":
        return scroll(state, -_WHEEL if up else _WHEEL)
    return COMMANDS["wheel-up" if up else "wheel-down"](state)


def _press_part(event: MousePressed, state: State) -> Result:
    """Take the first button for a part of the screen, or for a rule between two."""
    where = layout(state)
    state = replace(state, dragged=where.edge_at(event.col, event.row))
    if state.dragged is not None:
        return state, ()
    if where.output.has(event.col, event.row):
        return _press_output(_with_focus(state, None), where, event.col - where.output.col, event.row)
    name = where.pane_at(event.col, event.row)
    if name is not None:
        return (_with_focus(state, name) if name in state.panes.open else state), ()
    if not where.editor.has(event.col, event.row):
        return state, ()
    return _press_editor(_with_focus(state, None), where, event)


def _with_focus(state: State, name: PaneName | None) -> State:
    return replace(state, panes=replace(state.panes, focus=name))


def _press_editor(state: State, where: Layout, event: MousePressed) -> Result:
    """Put the cursor there, or a breakpoint into the margin.

    Pressed again in the same place at once, select the word, then the line.
    """
    if state.cursor is not None:
        state, _ = COMMANDS["read-leave"](state)
    line, col = _editor_place(state, where, event.col, event.row)
    if event.col - where.editor.col < where.margin:
        return toggled(state, line)
    times, last = 1, state.press
    if last is not None and (last.line, last.col) == (line, col) and state.now - last.time < _AT_ONCE:
        times = last.times % 3 + 1
    buffer = state.editor.buffer.to((line, col))
    if times > 1:
        buffer = buffer.select_word() if times == 2 else buffer.select_line()
    editor = replace(state.editor, buffer=buffer, is_marking=False)
    unanswered = state.answer or state.unanswered
    press = Press(line, col, state.now, times)
    state = replace(state, answer=None, unanswered=unanswered, completion=None, editor=editor, press=press)
    return state, ()


def _editor_place(state: State, where: Layout, col: int, row: int) -> Position:
    """Return the line and the column of the text at a place of the screen, or the nearest one."""
    rows = editor_rows(state, where)
    line, part = rows[min(max(row - where.editor.row, 0), len(rows) - 1)]
    text = in_place(state.editor.buffer.lines[line])
    at = max(col - where.editor.col - where.margin, 0)
    if not state.options.wrap:
        return line, index_at(text, at + editor_shift(state.editor.buffer, where))
    begin, shown = row_at(text, part, where.editor_cols)
    return line, begin + index_at(shown, at)


def _press_palette(state: State, row: int) -> Result:
    """Run the command that was clicked on."""
    number = entry_at(state, row)
    return (state, ()) if number is None else COMMANDS["palette-run"](select(state, number))


def _press_output(state: State, where: Layout, col: int, row: int) -> Result:
    """Open what was clicked on, or put the cursor there."""
    state = replace(state, press=None)
    place = place_at(state, where, col, row)
    if place is None:
        return state, ()
    item, line, _ = place
    if isinstance(target_at(state, item, line), (Fold, Figure)):
        return open_target(state, item, line)
    state, _ = enter(state)
    if state.cursor is None:
        return state, ()
    return in_sight(replace(state, cursor=Cursor(item, line, place[2]))), ()


def dragged(event: MouseDragged, state: State) -> Result:
    """Move the edge that is held, or select as far as the mouse was moved."""
    if state.dragged is not None:
        after = sized(state, state.dragged, _size(state, state.dragged, event))
        return after, (KeepPanes(after.panes),)
    where = layout(state)
    cursor = state.cursor
    if state.palette is not None:
        return state, ()
    if cursor is None and state.press is not None and state.recall is None:
        return _drag_editor(state, where, event), ()
    if cursor is None or state.picture is not None or state.recall is not None:
        return state, ()
    if event.row >= where.output.rows or event.row == 0:
        # past the edge there is more to select
        state = scrolled(state, 1 if event.row else -1)
        state = state if state.scroll is not None else replace(state, scroll=top_anchor(state, where))
    col = max(event.col - where.output.col, 0)
    place = place_at(state, where, col, min(event.row, rows_seen(state, where) - 1))
    if place is None:
        return in_sight(state), ()
    item, line, index = place
    mark = cursor.mark or (cursor.item, cursor.line, cursor.col)
    return in_sight(replace(state, cursor=Cursor(item, line, index, mark=mark))), ()


def _size(state: State, edge: Edge, event: MouseDragged) -> int:
    """Return how large the part behind an edge is when the edge is where the mouse is."""
    where = layout(state)
    if edge == "editor":
        if stands_beside(state):
            return event.col - where.editor.col
        return where.editor.row + where.editor.rows - event.row - 1
    if has_column(state):
        return where.cols - event.col - 1
    lowest = where.panes[-1][1]
    return lowest.row + lowest.rows - event.row


def _drag_editor(state: State, where: Layout, event: MouseDragged) -> State:
    """Select in the editor; past its edge there is more to select."""
    assert state.press is not None
    line, col = _editor_place(state, where, event.col, event.row)
    buffer = state.editor.buffer
    if event.row < where.editor.row:
        line, col = max(buffer.row - 1, 0), 0 if not buffer.row else min(col, len(buffer.lines[buffer.row - 1]))
    elif event.row >= where.editor.row + where.editor.rows:
        line = min(buffer.row + 1, len(buffer.lines) - 1)
        col = min(col, len(buffer.lines[line]))
    mark = buffer.mark if buffer.mark is not None else (state.press.line, state.press.col)
    after = replace(buffer.to((line, col)), mark=mark)
    return replace(state, completion=None, editor=replace(state.editor, buffer=after))
