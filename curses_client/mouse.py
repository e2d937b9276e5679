"""The mouse: it scrolls, opens, puts a cursor somewhere and selects; nothing needs it."""

from dataclasses import replace

from curses_client.arrangement import PaneName
from curses_client.commanding import Result
from curses_client.commands import COMMANDS
from curses_client.events import MouseDragged, MousePressed, Remember
from curses_client.layout import Edge, Layout, editor_top_line, has_column, layout, stands_beside
from curses_client.opening import open_target, target_at
from curses_client.output_cursor import enter, in_sight, place_at, rows_seen
from curses_client.panes import sized
from curses_client.scrolling import scrolled, top_anchor
from curses_client.shown import Figure, Fold
from curses_client.state import Cursor, State
from curses_client.text.width import index_at


def pressed(event: MousePressed, state: State) -> Result:
    """Take a button of the mouse, or its wheel."""
    if event.button in (4, 5):
        if state.help_top is not None:
            return COMMANDS["help-up" if event.button == 4 else "help-down"](state)
        return COMMANDS["wheel-up" if event.button == 4 else "wheel-down"](state)
    if event.button != 1 or state.help_top is not None or state.question is not None or state.picture is not None:
        return state, ()
    where = layout(state)
    state = replace(state, dragged=where.edge_at(event.col, event.row))
    if state.dragged is not None:
        return state, ()
    if where.output.has(event.col, event.row):
        return _press_output(_with_focus(state, None), where, event.col - where.output.col, event.row)
    name = where.pane_at(event.col, event.row)
    if name is not None:
        return _with_focus(state, name), ()
    if not where.editor.has(event.col, event.row):
        return state, ()
    return _press_editor(_with_focus(state, None), where, event.col - where.editor.col, event.row - where.editor.row)


def _with_focus(state: State, name: PaneName | None) -> State:
    return replace(state, panes=replace(state.panes, focus=name))


def _press_editor(state: State, where: Layout, col: int, row: int) -> Result:
    """Put the editor's cursor there."""
    if state.cursor is not None:
        state, _ = COMMANDS["read-leave"](state)
    buffer = state.editor.buffer
    line = min(row + editor_top_line(buffer, where.editor.rows), len(buffer.lines) - 1)
    index = index_at(buffer.lines[line], max(col - where.margin, 0))
    moved = replace(buffer, row=line, col=index, mark=None, goal=None)
    unanswered = state.answer or state.unanswered
    editor = replace(state.editor, buffer=moved)
    return replace(state, answer=None, unanswered=unanswered, completion=None, editor=editor), ()


def _press_output(state: State, where: Layout, col: int, row: int) -> Result:
    """Open what was clicked on, or put the cursor there."""
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
        return after, (Remember(after.panes),)
    where = layout(state)
    cursor = state.cursor
    if cursor is None or state.picture is not None:
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
