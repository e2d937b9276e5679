"""The cells of the queue: those that wait, and those that an error skipped."""

from curses_client.state import State
from curses_client.transcript import Cell


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


def queue_window(state: State, rows: int) -> tuple[int, int]:
    """Return the first of the cells that are shown in so many rows, and how many are."""
    cells, chosen = panel_cells(state), selected_cell(state)
    count = min(len(cells), rows)
    place = cells.index(chosen) if chosen is not None else 0
    return min(max(place - count // 2, 0), len(cells) - count), count
