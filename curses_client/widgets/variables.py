"""The pane of the variables: the list, a table, a tree or a text."""

from typing import Final

from curses_client.inspected import Grid, Inspected, Node, Text, Tree, Variable, View
from curses_client.layout import Area
from curses_client.quantities import size
from curses_client.state import State
from curses_client.text.width import columns, fit
from curses_client.viewed import GAP, body_rows, filter_of, index_width, selected_place, shown_variables, widths, window
from curses_client.widgets.rows import Row, padded, with_right

_KEYS: Final = {
    "list": (
        "Enter opens  / filter  s sort  a all names  Esc close",
        "Enter  / filter  s sort  Esc",
        "Esc close",
    ),
    "grid": ("s sort  f filter  PageDown  Esc back", "s sort  f filter  Esc", "Esc back"),
    "tree": ("Enter opens  Esc back", "Esc back"),
    "text": ("PageDown  Esc back", "Esc back"),
}
# while the keys are elsewhere
_WATCHED: Final = ("Alt-Shift-E goes there",)
_NUMBERS: Final = ("int", "uint", "float", "complex")
# columns from which there is room for type, shape and size of a variable
_WITH_TYPE: Final = 24
_WITH_SHAPE: Final = 44
_WITH_SIZE: Final = 58
_SIZE: Final = 7


def variables_rows(state: State, area: Area) -> list[Row]:
    """Return the rows of the pane: its title, and what there is room for."""
    view = state.inspected.view
    rows = _list_rows(state, area) if view is None else _view_rows(state, view, area)
    rows += [padded([], area.cols, "popup") for _ in range(area.rows - len(rows))]
    return rows[: area.rows]


def _title_row(state: State, title: str, kind: str, cols: int) -> Row:
    title = fit(f" {state.signs.said(title)}", cols, state.signs.more)
    offered = _KEYS[kind] if state.panes.focus == "variables" else _WATCHED
    keys = next((keys for keys in offered if len(keys) <= cols - columns(title) - 3), "")
    return with_right([("status", title)], [("status dim", f"{keys} ")], cols, "status")


def _said(state: State, text: str, cols: int) -> Row:
    return padded([("popup dim", f" {fit(state.signs.said(text), cols - 1, state.signs.more)}")], cols, "popup")


def _cell(state: State, text: str, width: int, *, right: bool = False) -> str:
    """Return a text in exactly so many columns."""
    text = fit(state.signs.said(text), width, state.signs.more)
    blank = " " * (width - columns(text))
    return blank + text if right else text + blank


# ---- the list ----------------------------------------------------------------------------------------------


def _list_rows(state: State, area: Area) -> list[Row]:
    inspected, shown = state.inspected, shown_variables(state)
    rows = [_title_row(state, _list_title(inspected, len(shown), filter_of(state)), "list", area.cols)]
    if not shown:
        return [*rows, _said(state, _why_none(state), area.cols)]
    parts = _list_widths(shown, area.cols)
    heading = Variable("name", "type", "shape", None, "value")
    rows.append([("popup dim", _line(state, heading, parts, area.cols, "size"))])
    place = selected_place(inspected, shown)
    room = max(area.rows - 2, 1)
    first = window(place, len(shown), room)
    for number, variable in enumerate(shown[first : first + room], first):
        is_chosen = number == place and state.panes.focus == "variables"
        told = size(variable.size) if variable.size is not None else ""
        attr = "popup selected" if is_chosen else "popup"
        rows.append([(attr, _line(state, variable, parts, area.cols, told))])
    # a pane of two rows shows what is selected
    return rows if area.rows > 2 else [rows[0], *rows[2:]]


def _list_title(inspected: Inspected, shown: int, wanted: str) -> str:
    told = len(inspected.variables or ())
    count = f"{shown:,} of {inspected.count:,}" if shown < inspected.count else f"{shown:,}"
    title = f"Variables: {count} by {inspected.sort}" if told else "Variables"
    return f"{title} · with {wanted.strip()}" if wanted.strip() else title


def _why_none(state: State) -> str:
    inspected = state.inspected
    if inspected.failure:
        return inspected.failure
    if inspected.variables is None:
        is_late = inspected.is_refused and state.session.state == "busy"
        return "the kernel tells them when it is idle" if is_late else "asking the kernel …"
    return "none has that in its name or type" if inspected.variables else "there are none yet"


def _list_widths(shown: list[Variable], cols: int) -> tuple[int, int, int, int]:
    """Return the columns of name, type, shape and size; the value has the rest."""
    name = min(max(max(columns(variable.name) for variable in shown), 4), max(cols // 4, 8))
    kind = min(max(max(columns(variable.type) for variable in shown), 4), max(cols // 6, 8))
    shape = min(max(max(columns(variable.shape) for variable in shown), 5), 14)
    return name, kind * (cols >= _WITH_TYPE), shape * (cols >= _WITH_SHAPE), _SIZE * (cols >= _WITH_SIZE)


def _line(state: State, variable: Variable, parts: tuple[int, int, int, int], cols: int, told: str) -> str:
    pairs = zip((variable.name, variable.type, variable.shape, told), parts, strict=True)
    cells = [_cell(state, text, width, right=at > 1) for at, (text, width) in enumerate(pairs) if width]
    line = " " + "  ".join(cells) + "  "
    return _cell(state, line + variable.value, cols)


# ---- what is opened ----------------------------------------------------------------------------------------


def _view_rows(state: State, view: View, area: Area) -> list[Row]:
    match view.body:
        case Grid() as grid:
            return _grid_rows(state, view, grid, area)
        case Tree() as tree:
            return _tree_rows(state, view, tree, area)
        case Text() as text:
            return _text_rows(state, view, text, area)
    why = view.failure or "asking the kernel …"
    return [_title_row(state, view.title, "text", area.cols), _said(state, why, area.cols)]


def _grid_rows(state: State, view: View, grid: Grid, area: Area) -> list[Row]:
    first, room, left = view.look.first, body_rows(area.rows, view), index_width(grid)
    parts = list(enumerate(widths(grid, area.cols)))
    chosen = view.selected - view.look.first_col
    heads: tuple[Row, Row] = ([("popup", " " * (left + 1))], [("popup", " " * (left + 1))])
    for head, names, attr in zip(heads, (grid.columns, grid.dtypes), ("popup", "popup dim"), strict=True):
        for number, width in parts:
            is_chosen = number == chosen and attr == "popup" and state.panes.focus == "variables"
            text = _cell(state, names[number], width, right=_is_number(grid, number))
            head += [(attr, " " * GAP), ("popup selected" if is_chosen else attr, text)]
    rows = [_title_row(state, _grid_title(view, grid, min(room, len(grid.rows))), "grid", area.cols)]
    rows += [padded(head, area.cols, "popup") for head in heads]
    if not grid.rows:
        rows.append(_said(state, "no row" if first == 0 else "no more rows", area.cols))
    for name, texts in list(zip(grid.index, grid.rows, strict=True))[:room]:
        row: Row = [("popup dim", f" {_cell(state, name, left)}")]
        row += [
            ("popup", " " * GAP + _cell(state, texts[number], width, right=_is_number(grid, number)))
            for number, width in parts
        ]
        rows.append(padded(row, area.cols, "popup"))
    return rows


def _is_number(grid: Grid, number: int) -> bool:
    return grid.dtypes[number].lower().startswith(_NUMBERS)


def _grid_title(view: View, grid: Grid, seen: int) -> str:
    look = view.look
    title = f"{view.title} · {view.about}"
    if grid.count:
        title += f" · rows {look.first + 1:,}-{look.first + seen:,}"
    if look.where:
        title += f" of {grid.count:,} with {look.where}"
    if look.sort is not None:
        title += " · sorted down" if look.descending else " · sorted up"
        place = look.sort - look.first_col
        if 0 <= place < len(grid.columns):
            title += f" by {grid.columns[place]}"
    return title


def _tree_rows(state: State, view: View, tree: Tree, area: Area) -> list[Row]:
    room, depth = body_rows(area.rows, view), len(view.look.path)
    first = window(view.selected, len(tree.nodes), room)
    rows = [_title_row(state, f"{view.title} · {view.about}", "tree", area.cols)]
    for number, node in enumerate(tree.nodes[first : first + room], first):
        is_chosen = number == view.selected and state.panes.focus == "variables"
        text = _cell(state, _branch(state, node, len(node.path) - depth - 1), area.cols)
        rows.append([("popup selected" if is_chosen else "popup", text)])
    return rows if tree.nodes else [*rows, _said(state, "it is empty", area.cols)]


def _branch(state: State, node: Node, depth: int) -> str:
    sign = (state.signs.opened if node.is_open else state.signs.closed) if node.is_box else " "
    key = f"{node.key}: {node.type}  " if node.type else ""
    return f" {'  ' * depth}{sign} {key}{node.value}"


def _text_rows(state: State, view: View, text: Text, area: Area) -> list[Row]:
    room = body_rows(area.rows, view)
    more = f" · lines {view.selected + 1:,}-{min(view.selected + room, len(text.lines)):,} of {len(text.lines):,}"
    title = f"{view.title} · {view.about}{more if len(text.lines) > room else ''}"
    shown = text.lines[view.selected : view.selected + room]
    lines = [
        padded([("popup", f" {fit(line, area.cols - 1, state.signs.more)}")], area.cols, "popup") for line in shown
    ]
    return [_title_row(state, title, "text", area.cols), *lines]
