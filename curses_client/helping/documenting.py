"""The pane with the documentation of the name at the cursor, or its source: its size and its commands."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from curses_client.commanding import Command, Result, say
from curses_client.helping.asking import ask, inspection, is_typing
from curses_client.helping.calls import name_at
from curses_client.layout import layout
from curses_client.offers import Document, Query
from curses_client.state import State
from curses_client.text.width import wrap_line
from curses_client.text.wrapping import Row
from kernel.protocol.value import Value

# columns from which the pane stands beside the output
_BESIDE: Final = 160
_WIDEST: Final = 90


class PaneSize(Value):
    """Where the pane is: its first column, its columns, and its rows below the title."""

    left: int
    cols: int
    rows: int


def pane_size(state: State) -> PaneSize:
    """Return how large the pane is: beside the output on a wide screen, else over its last rows, half of them."""
    where = layout(state)
    if where.cols >= _BESIDE:
        cols = min(where.cols // 2, _WIDEST)
        return PaneSize(where.cols - cols, cols, max(where.output - 1, 0))
    rows = min(len(pane_rows(state, where.cols - 2)), max(where.output // 2 - 1, 1))
    return PaneSize(0, where.cols, rows if where.output > 1 else 0)


def pane_rows(state: State, cols: int) -> Sequence[Row]:
    """Return the rows of the documentation, broken to columns."""
    return _wrapped(state.document.lines, cols) if state.document is not None else ()


@lru_cache(maxsize=2)
def _wrapped(lines: tuple[str, ...], cols: int) -> tuple[Row, ...]:
    return tuple(row for line in lines for row in wrap_line(line, max(cols, 1)))


def covers(state: State, col: int, row: int) -> bool:
    """Whether the pane is at a place of the screen."""
    if state.document is None or not state.document.lines:
        return False
    size, where = pane_size(state), layout(state)
    return size.rows > 0 and col >= size.left and where.output - size.rows - 1 <= row < where.output


def last_top(state: State) -> int:
    """Return the first row that is shown when the last one is."""
    size = pane_size(state)
    return max(len(pane_rows(state, size.cols - 2)) - size.rows, 0)


def document(state: State) -> Result:
    """Show what the kernel knows of the name at the cursor; of the one that is shown, its source, and back."""
    named, shown = name_at(state.editor.buffer), state.document
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
    return _asked(state, Document(named[0], request), named[0])


def _asked(state: State, shown: Document, name: str = "") -> Result:
    name = name or shown.name
    query = Query("document", state.editor.buffer, "inspect_request", shown.request, name)
    return ask(replace(state, document=shown, completion=None), query)


def follow(state: State) -> Result:
    """Have the pane stay open and follow the cursor, or let it go; open it if it is closed."""
    shown = state.document
    if shown is not None:
        return replace(state, document=replace(shown, follows=not shown.follows)), ()
    state, effects = document(state)
    if state.document is None:
        return state, effects
    return replace(state, document=replace(state.document, follows=True)), effects


def close_document(state: State) -> Result:
    """Close the pane."""
    return replace(state, document=None), ()


def after_run(shown: Document | None) -> Document | None:
    """Return what is left of the pane when the cell is run: one that follows the cursor stays."""
    return shown if shown is not None and shown.follows else None


def _scroll(rows: Callable[[State], int]) -> Command:
    return lambda state: scroll(state, rows(state))


def scroll(state: State, rows: int) -> Result:
    """Show what is so many rows further down."""
    shown = state.document
    if shown is None:
        return state, ()
    top = min(max(shown.top + rows, 0), last_top(state))
    return replace(state, document=replace(shown, top=top)), ()


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
    "document-page-down": _scroll(lambda state: max(pane_size(state).rows - 1, 1)),
    "document-page-up": _scroll(lambda state: -max(pane_size(state).rows - 1, 1)),
    "signature-close": close_signature,
}
