"""The pane with the documentation of the name at the cursor, or its source: its commands."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.commanding import Command, Result, say
from curses_client.documentation import documentation_rows
from curses_client.helping.asking import ask, inspection, is_typing
from curses_client.helping.calls import name_at
from curses_client.layout import layout
from curses_client.offers import Documentation, Query
from curses_client.state import State


def pane_height(state: State) -> int:
    """Return how many rows of the documentation there is room for."""
    area = layout(state).pane("documentation")
    return max(area.rows - 1, 0) if area is not None else 0


def last_top(state: State) -> int:
    """Return the first row that is shown when the last one is."""
    area = layout(state).pane("documentation")
    cols = area.cols if area is not None else state.cols
    return max(len(documentation_rows(state, cols - 2)) - pane_height(state), 0)


def document(state: State) -> Result:
    """Show what the kernel knows of the name at the cursor; of the one that is shown, its source, and back."""
    named, shown = name_at(state.editor.buffer), state.documentation
    if shown is not None and shown.lines and (named is None or named[0] == shown.name):
        level = 0 if shown.request.detail_level else 1
        return _asked(state, replace(shown, request=replace(shown.request, detail_level=level)))
    if named is None:
        return say(state, "there is no name at the cursor"), ()
    if not is_typing(state):
        return say(state, "there is no kernel that could tell"), ()
    request = inspection(state, *named)
    if shown is not None:
        return _asked(state, replace(shown, request=request), named[0])
    return _asked(state, Documentation(named[0], request), named[0])


def _asked(state: State, shown: Documentation, name: str = "") -> Result:
    name = name or shown.name
    query = Query("document", state.editor.buffer, "inspect_request", shown.request, name)
    return ask(replace(state, documentation=shown, completion=None), query)


def follow(state: State) -> Result:
    """Have the pane stay open and follow the cursor, or let it go; open it if it is closed."""
    shown = state.documentation
    if shown is not None:
        return replace(state, documentation=replace(shown, follows=not shown.follows)), ()
    state, effects = document(state)
    if state.documentation is None:
        return state, effects
    return replace(state, documentation=replace(state.documentation, follows=True)), effects


def close_document(state: State) -> Result:
    """Close the pane."""
    return replace(state, documentation=None), ()


def after_run(shown: Documentation | None) -> Documentation | None:
    """Return what is left of the pane when the cell is run: one that follows the cursor stays."""
    return shown if shown is not None and shown.follows else None


def _scroll(rows: Callable[[State], int]) -> Command:
    return lambda state: scroll(state, rows(state))


def scroll(state: State, rows: int) -> Result:
    """Show what is so many rows further down."""
    shown = state.documentation
    if shown is None:
        return state, ()
    top = min(max(shown.top + rows, 0), last_top(state))
    return replace(state, documentation=replace(shown, top=top)), ()


def close_signature(state: State) -> Result:
    """Show no signature for this call any more."""
    signature = state.signature
    return (state, ()) if signature is None else (replace(state, signature=replace(signature, is_shown=False)), ())


DOCUMENTING_COMMANDS: Final[dict[str, Command]] = {
    "document": document,
    "document-follow": follow,
    "document-close": close_document,
    "document-down": _scroll(lambda _: +1),
    "document-up": _scroll(lambda _: -1),
    "document-page-down": _scroll(lambda state: max(pane_height(state) - 1, 1)),
    "document-page-up": _scroll(lambda state: -max(pane_height(state) - 1, 1)),
    "signature-close": close_signature,
}
