"""A session to read in: cells of every kind, and what must hold while somebody reads them."""

from itertools import islice
from typing import Any, Final

from curses_client import keymap
from curses_client.binding import Context
from curses_client.layout import layout
from curses_client.scrolling import downwards, top_anchor
from curses_client.state import State
from curses_client.text.ansi import plain
from curses_client.text.width import index_at
from tests.curses_client.drawing import drawn
from tests.curses_client.support import Client, Journal

NUMBERS: Final = "".join(f"{number}\n" for number in range(1000))
LIBRARY: Final = "File /usr/lib/python3.11/site-packages/numpy/core.py:{}, in f(x)\n---> {} return x"
TRACEBACK: Final = [
    "-" * 20,
    "ValueError   Traceback (most recent call last)",
    "Cell In[2], line 1\n----> 1 boom()",
    LIBRARY.format(5, 5),
    LIBRARY.format(7, 7),
    "File /home/ada/own.py:12, in g()\n---> 12 f(x)",
    "ValueError: why",
]


def session(*texts: str) -> Journal:
    """Write a session in which each text was printed by a cell of its own."""
    journal = Journal().session()
    for number, text in enumerate(texts):
        journal.cell(f"c{number}", f"cell {number}", text, count=number + 1)
    return journal


def fail(journal: Journal, cell: str, count: int = 1, traceback: list[str] = TRACEBACK) -> Journal:
    """Have a whole cell fail."""
    journal.submit(cell, "boom()").start(cell, count)
    journal.add("error", cell, ename="ValueError", evalue="why", traceback=traceback)
    return journal.end(cell, "error")


def line_of(state: State) -> str:
    """Return the text of the line that the cursor is in."""
    cursor = state.cursor
    assert cursor is not None
    return plain(state.transcript.items[cursor.item].line(cursor.line)[1])


def keys_of(*contexts: Context) -> list[str]:
    """Return all keys that mean something in these contexts, as the screen names them."""
    found = [key for binding in keymap.BINDINGS if binding.context in contexts for key in binding.keys]
    return [" " if key == "space" else key for key in found]


def check_cursor(user: Client) -> None:
    """Check that the cursor is on a line that there is, and in the pane."""
    state = user.state
    cursor = state.cursor
    if cursor is None:
        return
    items = state.transcript.items
    assert 0 <= cursor.item < len(items), cursor
    assert 0 <= cursor.line < items[cursor.item].height, cursor
    assert 0 <= cursor.col <= len(line_of(state)) + 1, cursor
    where = layout(state)
    if where.output:
        rows: Any = islice(downwards(state, where, top_anchor(state, where)), where.output)
        assert (cursor.item, cursor.line) in {(row.item, row.line) for row in rows}, cursor


def under_cursor(user: Client) -> str | None:
    """Return what the screen shows from the cursor on, in the row that it is in; None where there is no cursor."""
    canvas = drawn(user)
    if canvas.cursor is None:
        return None
    col, row = canvas.cursor
    text = b"".join(part for _, _, part in list(canvas.content())[row]).decode()
    return text[index_at(text, col) :]
