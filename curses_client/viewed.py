"""What of the variables is shown: those that fit the filter, in their order, and the part around what is selected."""

from collections.abc import Callable
from typing import Any, Final

from curses_client.inspected import Grid, Inspected, Sort, Variable, View
from curses_client.state import State
from curses_client.text.width import columns

# columns of a table's column at most, and between two of them
_WIDEST: Final = 24
GAP: Final = 2

_ORDERS: Final[dict[Sort, Callable[[Variable], Any]]] = {
    "name": lambda variable: variable.name.lower(),
    "type": lambda variable: (variable.type.lower(), variable.name.lower()),
    # the largest first
    "size": lambda variable: (-(variable.size or 0), variable.name.lower()),
}


def filter_of(state: State) -> str:
    """Return what names or types are to contain: what is typed now, or was taken."""
    asking = state.asking
    return asking.buffer.text if asking is not None and asking.purpose == "variables" else state.inspected.filter


def shown_variables(state: State) -> list[Variable]:
    """Return the variables of the list in their order."""
    wanted = filter_of(state).strip().lower()
    found = [v for v in state.inspected.variables or () if wanted in v.name.lower() or wanted in v.type.lower()]
    return sorted(found, key=_ORDERS[state.inspected.sort])


def selected_place(inspected: Inspected, shown: list[Variable]) -> int:
    """Return the place of the variable that is selected; the first one when it is gone."""
    return next((place for place, variable in enumerate(shown) if variable.name == inspected.selected), 0)


def window(place: int, count: int, rows: int) -> int:
    """Return the first of so many that are shown in so many rows, what is selected among them."""
    return min(max(place - rows // 2, 0), max(count - rows, 0))


def body_rows(rows: int, view: View | None) -> int:
    """Return how many rows of a pane there are for what it shows, without titles."""
    return max(rows - (3 if view is not None and isinstance(view.body, Grid | None) else 1), 1)


def index_width(grid: Grid) -> int:
    """Return the columns of the names of a table's rows."""
    return max((min(columns(name), _WIDEST) for name in grid.index), default=0)


def widths(grid: Grid, cols: int) -> list[int]:
    """Return how wide the columns of a table are that have room, the first one in any case."""
    room, found = cols - index_width(grid) - 1, list[int]()
    for number, name in enumerate(grid.columns):
        texts = (name, grid.dtypes[number], *(row[number] for row in grid.rows))
        width = min(max(map(columns, texts), default=1), _WIDEST)
        if found and room < width + GAP:
            break
        found.append(max(min(width, room - GAP), 1))
        room -= width + GAP
    return found
