"""The panel of the queue: the cells that wait, and those that an error skipped; and what can be done with them."""

from collections.abc import Callable
from dataclasses import replace

from curses_client.commanding import Command, Result, edited, say
from curses_client.events import Control, Submit
from curses_client.layout import layout
from curses_client.state import State
from curses_client.text.buffer import Buffer, editable
from curses_client.transcript import Cell
from kernel.protocol.messages import DropRequest, MoveRequest


def waiting_cells(state: State) -> list[Cell]:
    """Return the cells that wait, the next one first."""
    cells = (state.transcript.cell(msg_id) for msg_id in state.session.waiting)
    return [cell for cell in cells if cell is not None]


def skipped_cells(state: State) -> list[Cell]:
    """Return the cells that an error skipped and that nobody has run again or dropped, in the order of the queue."""
    cells = (item for item in state.transcript.items if isinstance(item, Cell))
    return [cell for cell in cells if cell.state == "skipped" and not cell.dropped]


def panel_cells(state: State) -> list[Cell]:
    """Return what the panel shows, from top to bottom."""
    return [*waiting_cells(state), *skipped_cells(state)]


def selected_cell(state: State) -> Cell | None:
    """Return the cell that is selected; the first one when that is gone."""
    cells = panel_cells(state)
    return next((cell for cell in cells if cell.msg_id == state.panel), cells[0] if cells else None)


def panel_window(state: State, rows: int) -> tuple[int, int]:
    """Return the first of the cells that the panel shows over so many rows, half of them at most, and how many."""
    cells, chosen = panel_cells(state), selected_cell(state)
    count = min(len(cells), max(rows // 2 - 1, 1))
    place = cells.index(chosen) if chosen is not None else 0
    return min(max(place - count // 2, 0), len(cells) - count), count


def settled_panel(state: State) -> State:
    """Close the panel when it has nothing more to show."""
    return replace(state, panel=None) if state.panel is not None and not panel_cells(state) else state


def open_panel(state: State) -> Result:
    """Show the queue."""
    cells = panel_cells(state)
    if not cells:
        return say(state, "no cell waits"), ()
    return replace(state, panel=cells[0].msg_id, completion=None), ()


def close_panel(state: State) -> Result:
    """Go back to the editor."""
    return replace(state, panel=None), ()


def _select(step: int) -> Command:
    def command(state: State) -> Result:
        cells, cell = panel_cells(state), selected_cell(state)
        if cell is None:
            return replace(state, panel=None), ()
        place = min(max(cells.index(cell) + step, 0), len(cells) - 1)
        return replace(state, panel=cells[place].msg_id), ()

    return command


def _of_waiting(do: Callable[[State, Cell], Result]) -> Command:
    """Do something with the selected cell if it waits."""

    def command(state: State) -> Result:
        cell = selected_cell(state)
        if cell is None or cell.state != "queued":
            return say(state, "it does not wait any more · r runs what was skipped again"), ()
        return do(state, cell)

    return command


def drop(state: State) -> Result:
    """Take the selected cell out of the queue, or forget that it was skipped."""
    cell = selected_cell(state)
    if cell is None:
        return replace(state, panel=None), ()
    return state, (Control("drop_request", DropRequest(cell.msg_id)),)


def _move(step: int) -> Command:
    def move(state: State, cell: Cell) -> Result:
        order = state.session.waiting
        place = order.index(cell.msg_id) + step
        if not 0 <= place < len(order):
            return state, ()
        behind = place if step < 0 else place + 1
        before = order[behind] if behind < len(order) else None
        return replace(state, panel=cell.msg_id), (Control("move_request", MoveRequest(cell.msg_id, before)),)

    return _of_waiting(move)


def _edit(state: State, cell: Cell) -> Result:
    """Put the code of a waiting cell into the editor; running it there puts it back in its place."""
    if not state.editor.buffer.is_empty:
        return say(state, "the editor is not empty; run or clear what is in it first", alarming=True), ()
    state = edited(state, Buffer.of(editable(cell.code)), "queue")
    return replace(state, panel=None, answer=None, replacing=cell.msg_id), ()


def run_skipped(state: State) -> Result:
    """Run all cells again that an error skipped."""
    cells = skipped_cells(state)
    if not cells:
        return say(state, "no cell was skipped"), ()
    columns = layout(state).text
    # for every client, they are skipped no longer
    dropped = [Control("drop_request", DropRequest(cell.msg_id)) for cell in cells]
    return replace(state, panel=None, scroll=None), (*dropped, *(Submit(cell.code, columns) for cell in cells))


PANEL_COMMANDS = {
    "queue": open_panel,
    "queue-close": close_panel,
    "queue-next": _select(+1),
    "queue-previous": _select(-1),
    "queue-drop": drop,
    "queue-up": _move(-1),
    "queue-down": _move(+1),
    "queue-edit": _of_waiting(_edit),
    "queue-run-skipped": run_skipped,
}
