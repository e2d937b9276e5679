"""What is selected among the variables, or shown of one, in lines."""

from curses_client.inspected import Grid, Text, Tree, View
from curses_client.state import State
from curses_client.viewed import selected_place, shown_variables

# lines of a text that are said at once
_MOST = 20


def inspected_lines(state: State) -> list[str]:
    """Return the variable that is selected, or what is opened."""
    inspected = state.inspected
    if inspected.view is not None:
        return _view_lines(inspected.view)
    shown = shown_variables(state)
    if not shown:
        return [inspected.failure] if inspected.failure else []
    place = selected_place(inspected, shown)
    chosen = shown[place]
    told = filter(None, (chosen.name, chosen.type, chosen.shape, chosen.value))
    return [f"{place + 1} of {len(shown)}: {', '.join(told)}"]


def _view_lines(view: View) -> list[str]:
    match view.body:
        case Grid() as grid:
            rows = zip(grid.index, grid.rows, strict=True)
            return [f"{name}: {', '.join(map(' '.join, zip(grid.columns, row, strict=True)))}" for name, row in rows]
        case Tree(nodes) if nodes:
            place = min(view.selected, len(nodes) - 1)
            node = nodes[place]
            return [f"{place + 1} of {len(nodes)}: {', '.join(filter(None, (node.key, node.type, node.value)))}"]
        case Text(lines):
            return list(lines[view.selected : view.selected + _MOST])
    return [view.failure] if view.failure else []
