"""The mouse on what lies over the panes, and in a text that is longer than the editor: matches, the queue, lines."""

from dataclasses import replace

from curses_client.commanding import Result, moved
from curses_client.commands import COMMANDS
from curses_client.events import MousePressed
from curses_client.layout import Layout, layout
from curses_client.offers import Completion
from curses_client.panel import settled_panel
from curses_client.places import editor_cursor, popup_place, signature_side
from curses_client.queued import panel_cells, queue_window
from curses_client.state import State
from curses_client.variables.commands import moved_by, pressed_row

# lines that the wheel goes at once
_STEP = 3


def over(event: MousePressed, state: State) -> Result | None:
    """Take a button for what lies over the panes, or for a long text; None if it is meant for something else."""
    if state.help_top is not None or state.question is not None or state.picture is not None:
        return None
    where = layout(state)
    step = {4: -1, 5: +1}.get(event.button, 0)
    if where.pane_at(event.col, event.row) == "queue":
        return _in_queue(event, state, where, step)
    if where.pane_at(event.col, event.row) == "variables":
        return _in_variables(event, state, where, step)
    if state.recall is not None or state.cursor is not None or state.answer is not None:
        return None
    if state.completion is not None:
        return _in_popup(event, state, state.completion, where, step)
    if step and where.editor.has(event.col, event.row) and where.editor.rows < len(state.editor.buffer.lines):
        return _along(state, step), ()
    return None


def _along(state: State, step: int) -> State:
    buffer = state.editor.buffer
    for _ in range(_STEP):
        buffer = buffer.down() if step > 0 else buffer.up()
    return moved(state, buffer)


def _in_queue(event: MousePressed, state: State, where: Layout, step: int) -> Result | None:
    """Select a cell of the queue; a press on its title moves the pane's edge."""
    area = where.pane("queue")
    cells = panel_cells(state)
    if area is None or not cells:
        return None
    first, _ = queue_window(state, area.rows - 1)
    chosen = next((place for place, cell in enumerate(cells) if cell.msg_id == state.panel), 0)
    place = min(max(chosen + step, 0), len(cells) - 1) if step else first + event.row - area.row - 1
    if not step and (event.row == area.row or event.button != 1 or place >= len(cells)):
        return None
    panes = replace(state.panes, focus="queue")
    return settled_panel(replace(state, panes=panes, panel=cells[place].msg_id)), ()


def _in_variables(event: MousePressed, state: State, where: Layout, step: int) -> Result | None:
    """Select a row of the variables, or open the one that is selected; a press on the title moves the edge."""
    area = where.pane("variables")
    if area is None or state.palette is not None or state.asking is not None:
        return None
    if step:
        return moved_by(state, step * _STEP)
    if event.row == area.row or event.button != 1:
        return None
    return pressed_row(replace(state, panes=replace(state.panes, focus="variables")), event.row - area.row)


def _in_popup(event: MousePressed, state: State, completion: Completion, where: Layout, step: int) -> Result | None:
    """Select a match; the one that is selected is taken."""
    rows, (col, row) = where.rows - where.status, editor_cursor(state, where)
    col, row = col + where.editor.col, row + where.editor.row
    place = popup_place(state, completion, (col, row), rows, signature_side(state, row, rows))
    if place is None or not place.top <= event.row < place.top + place.count:
        return None
    if step:
        selected = min(max((completion.selected or 0) + step, 0), len(completion.matches) - 1)
        return replace(state, completion=replace(completion, selected=selected)), ()
    if event.button != 1 or event.col < min(place.left, where.cols - 1):
        return None
    pressed = place.first + event.row - place.top
    if pressed == completion.selected:
        return COMMANDS["match-accept"](state)
    return replace(state, completion=replace(completion, selected=pressed)), ()
