"""The pane of the queue."""

from curses_client.layout import Area
from curses_client.queued import panel_cells, queue_window, selected_cell
from curses_client.state import State, is_own, sender
from curses_client.text.width import columns, fit
from curses_client.transcript import Cell
from curses_client.widgets.rows import Row, padded, with_right

_KEYS = (
    "Enter edit  d drop  J K move  r run skipped again  Esc close",
    "Enter edit  d drop  J K move  r run skipped again  Esc",
    "Enter edit  d drop  J K move  Esc",
    "Esc close",
)
# what can be done where nothing waits, and where nothing can be done
_SKIPPED = ("r run them again  d forget one  Esc close", "r run again  d forget  Esc", "r  d  Esc")
_LOOKING = ("Esc close",)
# while the keys are elsewhere
_WATCHED = ("F3 goes there",)


def queue_rows(state: State, area: Area) -> list[Row]:
    """Return the rows of the pane: its title, and the cells around the one that is selected."""
    cells, chosen = panel_cells(state), selected_cell(state)
    first, count = queue_window(state, area.rows - 1)
    has_keys = state.panes.focus == "queue"
    shown = [
        _cell_row(state, cell, area.cols, chosen=has_keys and cell is chosen) for cell in cells[first : first + count]
    ]
    return [_title_row(state, len(cells), area.cols), *shown]


def _title_row(state: State, count: int, cols: int) -> Row:
    waiting = len(state.session.waiting)
    title = f" Queue: {waiting} waiting" + (f", {count - waiting} skipped" if count > waiting else "")
    room = cols - columns(title) - 3
    offered: tuple[str, ...] = _KEYS if waiting else _SKIPPED
    if state.read_only or state.session.state == "ended":
        offered = _LOOKING
    if state.panes.focus != "queue":
        offered = _WATCHED
    keys = next((keys for keys in offered if len(keys) <= room), "")
    return with_right([("status", title)], [("status dim", f"{keys} ")], cols, "status")


def _cell_row(state: State, cell: Cell, cols: int, *, chosen: bool) -> Row:
    attr, dim = ("popup selected", "popup selected") if chosen else ("popup", "popup dim")
    waiting = state.session.waiting
    number = str(waiting.index(cell.msg_id) + 1) if cell.msg_id in waiting else "-"
    lines = [line for line in cell.source if line.strip()]
    source = lines[0] if lines else ""
    more = f"  +{len(cell.source) - 1} lines" if len(cell.source) > 1 else ""
    by = "" if is_own(state, cell.msg_id, cell.by) else f"{sender(state, cell) or 'another client'} "
    room = max(cols - columns(by) - columns(more) - 7, 4)
    row: Row = [(attr, f" {number:>2}  {fit(source, room, state.signs.more)}"), (dim, more)]
    return with_right(row, [(dim, by)], cols, attr) if by else padded(row, cols, attr)
