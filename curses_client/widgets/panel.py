"""The panel of the queue, over the end of the output pane."""

from curses_client.layout import Layout
from curses_client.panel import panel_cells, selected_cell
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


def with_panel(rows: list[Row], state: State, where: Layout) -> list[Row]:
    """Return the pane's rows with the queue over the last ones: half of them at most."""
    cells = panel_cells(state)
    chosen = selected_cell(state)
    count = min(len(cells), max(len(rows) // 2 - 1, 1))
    if chosen is None or len(rows) < 2:
        return rows
    place = cells.index(chosen)
    first = min(max(place - count // 2, 0), len(cells) - count)
    shown = [_cell_row(state, cell, where, chosen=cell is chosen) for cell in cells[first : first + count]]
    return [*rows[: len(rows) - count - 1], _title_row(state, len(cells), where), *shown]


def _title_row(state: State, count: int, where: Layout) -> Row:
    waiting = len(state.session.waiting)
    title = f" Queue: {waiting} waiting" + (f", {count - waiting} skipped" if count > waiting else "")
    room = where.cols - columns(title) - 3
    offered: tuple[str, ...] = _KEYS if waiting else _SKIPPED
    if state.read_only or state.session.state == "ended":
        offered = _LOOKING
    keys = next((keys for keys in offered if len(keys) <= room), "")
    return with_right([("status", title)], [("status dim", f"{keys} ")], where.cols, "status")


def _cell_row(state: State, cell: Cell, where: Layout, *, chosen: bool) -> Row:
    attr, dim = ("popup selected", "popup selected") if chosen else ("popup", "popup dim")
    waiting = state.session.waiting
    number = str(waiting.index(cell.msg_id) + 1) if cell.msg_id in waiting else "-"
    lines = [line for line in cell.source if line.strip()]
    source = lines[0] if lines else ""
    more = f"  +{len(cell.source) - 1} lines" if len(cell.source) > 1 else ""
    by = "" if is_own(state, cell.msg_id, cell.by) else f"{sender(state, cell) or 'another client'} "
    room = max(where.cols - columns(by) - columns(more) - 7, 4)
    row: Row = [(attr, f" {number:>2}  {fit(source, room)}"), (dim, more)]
    return with_right(row, [(dim, by)], where.cols, attr) if by else padded(row, where.cols, attr)
