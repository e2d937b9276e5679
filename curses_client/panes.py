"""The parts of the screen: which are open, which has the keys, how large they are."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.arrangement import PaneName, Panes
from curses_client.commanding import Command, Result, say
from curses_client.events import KeepPanes
from curses_client.layout import LEAST_COLS, Edge, has_column, layout, stands_beside
from curses_client.output_cursor import enter, leave
from curses_client.state import State

# what a key makes a part larger by
_ROWS: Final = 2
_COLS: Final = 6


def opened(state: State, name: PaneName) -> State:
    """Open a pane, if it is not yet, and give it the keys."""
    names = state.panes.open if name in state.panes.open else (*state.panes.open, name)
    return _focused(replace(state, panes=replace(state.panes, open=names)), name)


def closed(state: State, name: PaneName) -> State:
    """Close a pane; the keys go to the editor if it had them."""
    panes = state.panes
    names = tuple(other for other in panes.open if other != name)
    focus = None if panes.focus == name else panes.focus
    zoomed = None if panes.zoomed == name else panes.zoomed
    return replace(state, panes=replace(panes, open=names, focus=focus, zoomed=zoomed))


def toggled(state: State, name: PaneName) -> State:
    """Open a pane and give it the keys; if it has them, give them back to the editor, and it stays open."""
    return _focused(state, None) if state.panes.focus == name else opened(state, name)


def _focused(state: State, name: PaneName | None) -> State:
    zoomed = state.panes.zoomed
    if zoomed is not None:
        zoomed = name or "editor"
    return replace(state, panes=replace(state.panes, focus=name, zoomed=zoomed), completion=None)


def next_pane(state: State) -> Result:
    """Give the keys to the next part: editor, output, then the other panes."""
    names = state.panes.open
    if state.panes.focus is not None:
        following = names[names.index(state.panes.focus) + 1 :]
        return _focused(state, following[0] if following else None), ()
    if state.cursor is None:
        state, effects = enter(state)
        if state.cursor is not None:
            return _zoomed_with_output(state), effects
    else:
        state, _ = leave(state)
    return _focused(state, names[0] if names else None), ()


def _zoomed_with_output(state: State) -> State:
    is_zoomed = state.panes.zoomed is not None
    return replace(state, panes=replace(state.panes, zoomed="output")) if is_zoomed else state


def zoom(state: State) -> Result:
    """Give the whole screen to the part that has the keys, or divide it again."""
    panes = state.panes
    if panes.zoomed is not None:
        return replace(state, panes=replace(panes, zoomed=None)), ()
    name = panes.focus or ("output" if state.cursor is not None else "editor")
    return say(replace(state, panes=replace(panes, zoomed=name)), f"the {name} alone · Alt-M divides again"), ()


def arrange(state: State) -> Result:
    """Put the editor beside the output, or below it."""
    panes = replace(state.panes, beside=not stands_beside(state), zoomed=None)
    after = replace(state, panes=panes)
    if panes.beside and not stands_beside(after):
        return say(state, f"that takes {2 * LEAST_COLS + 1} columns", alarming=True), ()
    return after, (KeepPanes(panes),)


def _resize(step: int) -> Command:
    """Make the part that has the keys larger or smaller."""

    def command(state: State) -> Result:
        where = layout(state)
        edge: Edge = "side" if state.panes.focus is not None else "editor"
        # the editor's edge is the output's as well
        more = -step if state.cursor is not None and edge == "editor" else step
        if edge == "editor":
            size = where.editor.cols if stands_beside(state) else where.editor.rows
        else:
            area = next((area for name, area in where.panes if name == state.panes.focus), None)
            if area is None:
                return state, ()
            size = area.cols if has_column(state) else sum(area.rows for _, area in where.panes)
        is_wide = stands_beside(state) if edge == "editor" else has_column(state)
        after = sized(state, edge, size + more * (_COLS if is_wide else _ROWS))
        return after, (KeepPanes(after.panes),)

    return command


def sized(state: State, edge: Edge, size: int) -> State:
    """Give the editor, or the panes beside or below the output, so many columns or rows, as far as there is room."""
    where = layout(state)
    panes = replace(state.panes, zoomed=None)
    if edge == "side" and has_column(state):
        panes = replace(panes, side_cols=_share(size, where.cols))
    elif edge == "side":
        rows = where.output.rows + sum(area.rows for _, area in where.panes)
        panes = replace(panes, side_rows=_share(size, rows))
    elif stands_beside(state):
        panes = replace(panes, editor_cols=_share(size, where.output.cols + where.editor.cols + 1))
    else:
        panes = replace(panes, editor_rows=_share(size, where.rows))
    return replace(state, panes=panes)


def _share(size: int, whole: int) -> float:
    return max(min(size, whole - 1), 1) / max(whole, 2)


def reset(state: State) -> Result:
    """Divide the screen as it is by default."""
    panes = Panes(open=state.panes.open, focus=state.panes.focus)
    return replace(state, panes=panes), (KeepPanes(panes),)


def hide(state: State) -> Result:
    """Close the pane that has the keys, or the one opened last."""
    if state.panes.focus is None and state.debugging.is_shown:
        return replace(state, debugging=replace(state.debugging, is_hidden=True)), ()
    name = state.panes.focus or (state.panes.open[-1] if state.panes.open else None)
    return (closed(state, name), ()) if name is not None else (say(state, "no pane is open"), ())


PANES_COMMANDS: Final[dict[str, Callable[[State], Result]]] = {
    "pane-next": next_pane,
    "pane-zoom": zoom,
    "pane-arrange": arrange,
    "pane-grow": _resize(+1),
    "pane-shrink": _resize(-1),
    "pane-reset": reset,
    "pane-hide": hide,
}
