"""The mouse on what lies over the panes, and in a text that is longer than the editor: matches, the queue, lines."""

from dataclasses import replace

from curses_client.commanding import Result, moved
from curses_client.commands import COMMANDS
from curses_client.events import MousePressed
from curses_client.layout import Layout, layout
from curses_client.panel import panel_cells, panel_window, settled_panel
from curses_client.places import editor_cursor, popup_place
from curses_client.state import Completion, State

# lines that the wheel goes at once
_STEP = 3


def over(event: MousePressed, state: State) -> Result | None:
    """Take a button for what lies over the panes, or for a long text; None if it is meant for something else."""
    if state.help_top is not None or state.question is not None or state.picture is not None:
        return None
    where = layout(state)
    step = {4: -1, 5: +1}.get(event.button, 0)
    if state.panel is not None:
        return _in_panel(event, state, where, step)
    if state.completion is not None and state.cursor is None and state.answer is None:
        return _in_popup(event, state, state.completion, where, step)
    row = event.row - where.editor_top
    if step and 0 <= row < where.editor < len(state.editor.buffer.lines):
        return _along(state, step), ()
    return None


def _along(state: State, step: int) -> State:
    buffer = state.editor.buffer
    for _ in range(_STEP):
        buffer = buffer.down() if step > 0 else buffer.up()
    return moved(state, buffer)


def _in_panel(event: MousePressed, state: State, where: Layout, step: int) -> Result | None:
    """Select a cell of the queue."""
    first, count = panel_window(state, where.output)
    top = where.output - count
    if not top - 1 <= event.row < where.output:
        return None
    cells = panel_cells(state)
    chosen = next((place for place, cell in enumerate(cells) if cell.msg_id == state.panel), 0)
    place = min(max(chosen + step, 0), len(cells) - 1) if step else first + event.row - top
    if (not step and event.row < top) or not cells:
        return state, ()
    return settled_panel(replace(state, panel=cells[place].msg_id)), ()


def _in_popup(event: MousePressed, state: State, completion: Completion, where: Layout, step: int) -> Result | None:
    """Select a match; the one that is selected is taken."""
    rows = where.editor_top + where.editor + where.lower_rule
    place = popup_place(state, completion, editor_cursor(state, where), rows)
    if place is None or not place.top <= event.row < place.top + place.count:
        return None
    if step:
        selected = min(max(completion.selected + step, 0), len(completion.matches) - 1)
        return replace(state, completion=replace(completion, selected=selected)), ()
    if event.button != 1 or event.col < min(place.left, where.cols - 1):
        return None
    pressed = place.first + event.row - place.top
    if pressed == completion.selected:
        return COMMANDS["match-accept"](state)
    return replace(state, completion=replace(completion, selected=pressed)), ()
