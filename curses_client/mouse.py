"""The mouse: it scrolls, opens, puts a cursor somewhere and selects; nothing needs it."""

from dataclasses import replace
from typing import Final

from curses_client.commanding import Result
from curses_client.commands import COMMANDS
from curses_client.events import (
    MouseDragged,
    MousePressed,
)
from curses_client.layout import Layout, editor_rows, editor_shift, layout
from curses_client.opening import open_target, target_at
from curses_client.output_cursor import enter, in_sight, place_at, rows_seen
from curses_client.palette import entry_at, select
from curses_client.scrolling import scrolled, top_anchor
from curses_client.shown import Figure, Fold
from curses_client.state import Cursor, Press, State
from curses_client.text.ansi import in_place
from curses_client.text.buffer import Position
from curses_client.text.width import index_at
from curses_client.text.window import row_at

# seconds within which a second press belongs to the first
_AT_ONCE: Final = 0.4


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
    if not 0 <= event.row - where.editor_top < where.editor:
        return state, ()
    return _press_editor(state, where, event), ()


def _press_editor(state: State, where: Layout, event: MousePressed) -> State:
    """Put the cursor there; pressed again in the same place at once, select the word, then the line."""
    if state.cursor is not None:
        state, _ = COMMANDS["read-leave"](state)
    line, col = _editor_place(state, where, event.col, event.row)
    times, last = 1, state.press
    if last is not None and (last.line, last.col) == (line, col) and state.now - last.time < _AT_ONCE:
        times = last.times % 3 + 1
    buffer = state.editor.buffer.to((line, col))
    if times > 1:
        buffer = buffer.select_word() if times == 2 else buffer.select_line()
    editor = replace(state.editor, buffer=buffer, is_marking=False)
    unanswered = state.answer or state.unanswered
    press = Press(line, col, state.now, times)
    return replace(state, answer=None, unanswered=unanswered, completion=None, editor=editor, press=press)


def _editor_place(state: State, where: Layout, col: int, row: int) -> Position:
    """Return the line and the column of the text at a place of the screen, or the nearest one."""
    rows = editor_rows(state, where)
    line, part = rows[min(max(row - where.editor_top, 0), len(rows) - 1)]
    text = in_place(state.editor.buffer.lines[line])
    at = max(col - where.margin, 0)
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
    """Select as far as the mouse was moved."""
    where = layout(state)
    cursor = state.cursor
    if state.palette is not None:
        return state, ()
    if cursor is None and state.press is not None:
        return _drag_editor(state, where, event), ()
    if cursor is None or state.picture is not None:
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


def _drag_editor(state: State, where: Layout, event: MouseDragged) -> State:
    """Select in the editor; past its edge there is more to select."""
    assert state.press is not None
    line, col = _editor_place(state, where, event.col, event.row)
    buffer = state.editor.buffer
    if event.row < where.editor_top:
        line, col = max(buffer.row - 1, 0), 0 if not buffer.row else min(col, len(buffer.lines[buffer.row - 1]))
    elif event.row >= where.editor_top + where.editor:
        line = min(buffer.row + 1, len(buffer.lines) - 1)
        col = min(col, len(buffer.lines[line]))
    mark = buffer.mark if buffer.mark is not None else (state.press.line, state.press.col)
    after = replace(buffer.to((line, col)), mark=mark)
    return replace(state, completion=None, editor=replace(state.editor, buffer=after))
