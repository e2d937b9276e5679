"""What keys do in the pane of the variables."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.commanding import Command, Result, say, tell
from curses_client.inspected import Grid, Inspected, Look, Node, Question, Sort, Text, Tree, View
from curses_client.layout import layout
from curses_client.panes import closed, toggled
from curses_client.state import Asking, State
from curses_client.text.buffer import Buffer
from curses_client.variables.asking import asked_next, is_python, sized, want
from curses_client.viewed import body_rows, selected_place, shown_variables, widths, window

_SORTS: Final[tuple[Sort, ...]] = ("name", "type", "size")
# further than any list or table goes
_END: Final = 10**15


def open_pane(state: State) -> Result:
    """Show the variables, or leave them open."""
    if not is_python(state):
        return tell(state, "only Python's kernels tell their variables")
    if state.session.state == "ended":
        return tell(state, "the session has ended, and its variables with it")
    return toggled(state, "variables"), ()


def back(state: State) -> Result:
    """Close what is opened, then the filter, then the pane."""
    inspected = state.inspected
    if inspected.views:
        return _with(state, replace(inspected, views=inspected.views[:-1], wanted=None)), ()
    if inspected.filter:
        return _with(state, replace(inspected, filter="")), ()
    return closed(state, "variables"), ()


def _with(state: State, inspected: Inspected) -> State:
    return replace(state, inspected=inspected)


def _with_view(state: State, view: View) -> State:
    return _with(state, replace(state.inspected, views=(*state.inspected.views[:-1], view)))


def page(state: State) -> int:
    """Return how many rows of what is shown there is room for."""
    area = layout(state).pane("variables")
    rows = body_rows(area.rows, state.inspected.view) if area is not None else 1
    # the list has a heading
    return rows if state.inspected.view is not None else max(rows - 1, 1)


# ---- moving ------------------------------------------------------------------------------------------------


def moved_by(state: State, step: int) -> Result:
    """Go so many rows down in what is shown."""
    view = state.inspected.view
    if view is None:
        shown = shown_variables(state)
        if not shown:
            return state, ()
        place = min(max(selected_place(state.inspected, shown) + step, 0), len(shown) - 1)
        return _with(state, replace(state.inspected, selected=shown[place].name)), ()
    if isinstance(view.body, Grid):
        look = _newest(state, view)
        last = max(view.body.count - page(state), 0)
        first = min(max(look.first + step, 0), last)
        return (state, ()) if first == look.first else want(state, Question(0, replace(look, first=first)))
    if isinstance(view.body, Tree):
        last = max(len(view.body.nodes) - 1, 0)
    else:
        last = max(len(view.body.lines) - page(state), 0) if isinstance(view.body, Text) else 0
    return _with_view(state, replace(view, selected=min(max(view.selected + step, 0), last))), ()


def _newest(state: State, view: View) -> Look:
    """Return the question for the table that was asked last, also if its answer is still to come."""
    for question in (state.inspected.wanted, state.inspected.asked):
        if question is not None and question.look is not None and question.look.name == view.look.name:
            return view.look if question.unfolds or question.look.path != view.look.path else question.look
    return view.look


def _step(rows: Callable[[State], int]) -> Command:
    return lambda state: moved_by(state, rows(state))


def _sideways(step: int) -> Command:
    """Select the next column of a table; open or close what is selected in a tree."""

    def command(state: State) -> Result:
        view = state.inspected.view
        if view is None or isinstance(view.body, Text):
            return state, ()
        if isinstance(view.body, Tree):
            node = _node(view)
            if node is None:
                return state, ()
            return enter(state) if node.is_box and node.is_open != (step > 0) else (state, ())
        return _to_column(state, view, view.selected + step)

    return command


def _to_column(state: State, view: View, column: int) -> Result:
    """Select a column, and have it in sight."""
    grid, area = view.body, layout(state).pane("variables")
    if not isinstance(grid, Grid) or area is None:
        return state, ()
    column = min(max(column, 0), max(grid.cols - 1, 0))
    state = _with_view(state, replace(view, selected=column))
    look = _newest(state, view)
    seen = len(widths(grid, area.cols))
    first = min(column, look.first_col) if column < look.first_col + seen else column - seen + 1
    return (state, ()) if first == look.first_col else want(state, Question(0, replace(look, first_col=first)))


# ---- opening -----------------------------------------------------------------------------------------------


def enter(state: State) -> Result:
    """Open what is selected."""
    view = state.inspected.view
    if view is None:
        shown = shown_variables(state)
        if not shown:
            return state, ()
        name = shown[selected_place(state.inspected, shown)].name
        return _opened(state, Look(name), name)
    node = _node(view)
    if node is None or node.path[-1] < 0:
        return state, ()
    if not node.is_box:
        return _opened(state, Look(view.look.name, node.path), f"{view.title} {state.signs.closed} {node.key}")
    if node.is_open:
        return _with_view(state, replace(view, body=_folded(view.body, node))), ()
    return want(state, Question(0, Look(view.look.name, node.path), unfolds=True))


def _opened(state: State, look: Look, title: str) -> Result:
    views = (*state.inspected.views, View(look, title))
    state = _with(state, replace(state.inspected, views=views))
    look = sized(state, look)
    return want(_with_view(state, View(look, title)), Question(0, look))


def pressed_row(state: State, row: int) -> Result:
    """Select what is shown in a row of the pane, from 1 below the title; open what was selected already."""
    view, count, place = state.inspected.view, 0, 0
    if view is None:
        shown = shown_variables(state)
        # below the heading
        count, place, row = len(shown), selected_place(state.inspected, shown), row - 1
    elif isinstance(view.body, Tree):
        count, place = len(view.body.nodes), view.selected
    chosen = window(place, count, page(state)) + row - 1
    if row < 1 or chosen >= count:
        return state, ()
    return enter(state) if chosen == place else moved_by(state, chosen - place)


def _node(view: View) -> Node | None:
    if not isinstance(view.body, Tree) or not view.body.nodes:
        return None
    return view.body.nodes[min(view.selected, len(view.body.nodes) - 1)]


def _folded(body: object, node: Node) -> Tree:
    assert isinstance(body, Tree)
    depth = len(node.path)
    left = [other for other in body.nodes if other.path == node.path or other.path[:depth] != node.path]
    return Tree(tuple(replace(other, is_open=False) if other.path == node.path else other for other in left))


# ---- order and choice --------------------------------------------------------------------------------------


def sort(state: State) -> Result:
    """Sort the list by what comes next, or a table by the selected column: up, down, not at all."""
    inspected, view = state.inspected, state.inspected.view
    if view is None:
        following = _SORTS[(_SORTS.index(inspected.sort) + 1) % len(_SORTS)]
        return say(_with(state, replace(inspected, sort=following)), f"sorted by {following}"), ()
    if not isinstance(view.body, Grid):
        return tell(state, "only lists and tables are sorted")
    look = _newest(state, view)
    if look.sort != view.selected:
        look = replace(look, sort=view.selected, descending=False)
    else:
        look = replace(look, sort=None if look.descending else look.sort, descending=not look.descending)
    return want(state, Question(0, replace(look, first=0)))


def choose(state: State) -> Result:
    """Ask for what the list is to contain, or which rows of a table."""
    view = state.inspected.view
    if view is None:
        asking = Asking("variables", Buffer.of(state.inspected.filter))
    elif isinstance(view.body, Grid):
        asking = Asking("rows", Buffer.of(view.look.where))
    else:
        return tell(state, "only lists and tables are filtered")
    return replace(state, asking=asking, completion=None, message=None), ()


def chosen(state: State, text: str) -> Result:
    """Take what the list is to contain."""
    return _with(state, replace(state.inspected, filter=text.strip())), ()


def rows_chosen(state: State, text: str) -> Result:
    """Take the expression that chooses rows; with none, all are shown."""
    view = state.inspected.view
    if view is None or not isinstance(view.body, Grid):
        return state, ()
    return want(state, Question(0, replace(_newest(state, view), where=text.strip(), first=0)))


def show_all(state: State) -> Result:
    """Show also modules, functions, classes and IPython's own names, or hide them."""
    shows = not state.inspected.shows_all
    state = _with(state, replace(state.inspected, shows_all=shows, is_stale=True))
    return asked_next(say(state, "all names" if shows else "without modules, functions, classes"))


VARIABLES_COMMANDS: Final[dict[str, Command]] = {
    "variables": open_pane,
    "variables-back": back,
    "variables-open": enter,
    "variables-next": _step(lambda _: +1),
    "variables-previous": _step(lambda _: -1),
    "variables-page-down": _step(page),
    "variables-page-up": _step(lambda state: -page(state)),
    "variables-top": _step(lambda _: -_END),
    "variables-bottom": _step(lambda _: +_END),
    "variables-left": _sideways(-1),
    "variables-right": _sideways(+1),
    "variables-sort": sort,
    "variables-filter": choose,
    "variables-all": show_all,
}
