"""The mouse: it scrolls, opens, puts a cursor somewhere and selects; nothing needs it."""

from dataclasses import replace

from curses_client.commanding import Result
from curses_client.commands import COMMANDS
from curses_client.events import (
    MouseDragged,
    MousePressed,
)
from curses_client.layout import Layout, editor_top_line, layout
from curses_client.opening import open_target, target_at
from curses_client.output_cursor import enter, in_sight, place_at, rows_seen
from curses_client.palette import entry_at, select
from curses_client.scrolling import scrolled, top_anchor
from curses_client.shown import Figure, Fold
from curses_client.state import (
    Cursor,
    State,
)
from curses_client.text.width import index_at


def pressed(event: MousePressed, state: State) -> Result:
    """Take a button of the mouse, or its wheel."""
    if event.button in (4, 5):
        if state.help_top is not None:
            return COMMANDS["help-up" if event.button == 4 else "help-down"](state)
        if state.palette is not None:
            return COMMANDS["palette-previous" if event.button == 4 else "palette-next"](state)
        return COMMANDS["wheel-up" if event.button == 4 else "wheel-down"](state)
    if event.button != 1 or state.help_top is not None or state.question is not None or state.picture is not None:
        return state, ()
    if state.palette is not None:
        return _press_palette(state, event.row)
    where = layout(state)
    if event.row < where.output:
        return _press_output(state, where, event.col, event.row)
    row = event.row - where.editor_top
    if not 0 <= row < where.editor:
        return state, ()
    if state.cursor is not None:
        state, _ = COMMANDS["read-leave"](state)
    buffer = state.editor.buffer
    line = min(row + editor_top_line(buffer, where.editor), len(buffer.lines) - 1)
    col = index_at(buffer.lines[line], max(event.col - where.margin, 0))
    moved = replace(buffer, row=line, col=col, mark=None, goal=None)
    unanswered = state.answer or state.unanswered
    editor = replace(state.editor, buffer=moved)
    return replace(state, answer=None, unanswered=unanswered, completion=None, editor=editor), ()


def _press_palette(state: State, row: int) -> Result:
    """Run the command that was clicked on."""
    number = entry_at(state, row)
    return (state, ()) if number is None else COMMANDS["palette-run"](select(state, number))


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
    """Select as far as the mouse was moved."""
    where = layout(state)
    cursor = state.cursor
    if cursor is None or state.picture is not None or state.palette is not None:
        return state, ()
    if event.row >= where.output or event.row == 0:
        # past the edge there is more to select
        state = scrolled(state, 1 if event.row else -1)
        state = state if state.scroll is not None else replace(state, scroll=top_anchor(state, where))
    place = place_at(state, where, event.col, min(event.row, rows_seen(state, where) - 1))
    if place is None:
        return in_sight(state), ()
    item, line, index = place
    mark = cursor.mark or (cursor.item, cursor.line, cursor.col)
    return in_sight(replace(state, cursor=Cursor(item, line, index, mark=mark))), ()
