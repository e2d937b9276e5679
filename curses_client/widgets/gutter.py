"""What stands beside a cell: its number and state at the left, how long it took and when at the right."""

from time import localtime, strftime
from typing import Final

from curses_client.layout import WIDE, Layout
from curses_client.quantities import duration
from curses_client.signs import Signs
from curses_client.state import State, sender
from curses_client.transcript import Cell, CellState, LineKind
from curses_client.widgets.rows import Run

# meaning of the sign, and attribute of the gutter, for each state of a cell
SIGNS: Final[dict[CellState, tuple[str, str]]] = {
    "queued": ("queued", "gutter queued"),
    "running": ("running", "gutter running"),
    "done": ("done", "gutter"),
    "error": ("error", "gutter error"),
    "skipped": ("skipped", "gutter lost"),
    "lost": ("lost", "gutter lost"),
}


def gutter_of(
    cell: Cell, line: int, where: Layout, kind: LineKind, signs: Signs, *, first: bool, stands_at: int | None = None
) -> list[Run]:
    """Return the count and the sign in front of a row; the line of the source that runs now has another one."""
    space = where.gutter - 2
    sign, attr = SIGNS[cell.state]
    if line >= cell.source_height:
        return [(None, " " * (where.gutter - 2)), *_output_sign(cell, line, kind, signs, first=first)]
    count = str(cell.count) if cell.count is not None and line == 0 and first and space > 0 else ""
    number = f"{count:>{where.digits}}"[:space] if space > 0 else ""
    if where.gutter - where.digits == 3:
        number = f"{number} "
    if stands_at is not None and first and cell.source_index(line) + 1 == stands_at:
        sign = "closed"
    return [("gutter", f"{number:<{space}}"), (attr, signs.of(sign)), (None, " ")]


def _output_sign(cell: Cell, line: int, kind: LineKind, signs: Signs, *, first: bool) -> list[Run]:
    if kind == "stderr" and first:
        return [("stderr", "!"), (None, " ")]
    if line == cell.source_height and first and cell.source:
        return [("gutter", signs.output), (None, " ")]
    return [(None, "  ")]


def times_of(state: State, cell: Cell, where: Layout) -> list[Run]:
    """Return what stands at the right of a cell's first line: how long it took, and when it ran."""
    beside: list[Run] = [("gutter queued", "beside  ")] if cell.beside else []
    return [*_sender(state, cell), *beside, *_progress(state, cell, where)]


def _sender(state: State, cell: Cell) -> list[Run]:
    """Return who submitted a cell, if it was another client."""
    name = sender(state, cell)
    return [("title", f"{name}  ")] if name else []


def _progress(state: State, cell: Cell, where: Layout) -> list[Run]:
    if cell.state == "running" and cell.started is not None:
        return [("gutter running", f"{state.signs.running} {duration(max(state.now - cell.started, 0), whole=True)} ")]
    if cell.state == "queued":
        waiting = state.session.waiting
        place = waiting.index(cell.msg_id) + 1 if cell.msg_id in waiting else 0
        return [("gutter queued", f"queued {place} of {len(waiting)} " if place else "queued ")]
    if cell.state == "skipped":
        return [("gutter lost", "dropped " if cell.dropped == "waiting" else "skipped ")]
    if cell.started is None or cell.finished is None:
        return []
    took = cell.finished - cell.started
    text = duration(took) if took >= 0.1 else ""
    if where.output.cols >= WIDE:
        text = f"{text}  {strftime('%H:%M', localtime(cell.started))}"
    return [("dim", f"{text} ")] if text else []
