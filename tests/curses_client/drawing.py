"""A client's state on a canvas, and what must hold of every canvas."""

import re
import unicodedata
from typing import Any

import urwid.util
from urwid.canvas import Canvas
from urwid.display.common import AttrSpec
from urwid.str_util import calc_width

from curses_client.cells import Linked
from curses_client.drawing import uri_of
from curses_client.themes.dark import DARK
from curses_client.widgets.root import Root
from tests.curses_client.support import Client

urwid.util.set_encoding("utf-8")

NAMES = set(DARK.tints)
# what orders text anew or hides it; joiners and selectors of pictures are harmless
_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff]")


def drawn(user: Client, colors: int = 256, lexer: str = "") -> Canvas:
    """Draw a client, with colours for source when a lexer is named."""
    root = Root(user.state, colors)
    if lexer:
        root.use_lexer(lexer)
    return root.render((user.state.cols, user.state.rows))


def lines(user: Client, lexer: str = "") -> list[str]:
    """Return the rows of the screen without blanks at their ends."""
    return [b"".join(part for _, _, part in row).decode().rstrip() for row in drawn(user, lexer=lexer).content()]


def attributes(user: Client, row: int, lexer: str = "") -> list[tuple[Any, str]]:
    """Return the runs of a row."""
    return [(attr, part.decode()) for attr, _, part in list(drawn(user, lexer=lexer).content())[row]]


def check(user: Client, colors: int = 256, lexer: str = "") -> None:
    """Check that every row is as wide as the screen, harmless, and in attributes that there are."""
    cols, rows = user.state.cols, user.state.rows
    canvas = drawn(user, colors, lexer)
    content = list(canvas.content())
    assert (canvas.cols(), canvas.rows(), len(content)) == (cols, rows, rows)
    for number, row in enumerate(content):
        text = b"".join(part for _, _, part in row).decode()
        # run by run, as urwid counts
        width = sum(calc_width(part, 0, len(part)) for _, _, part in row)
        assert width == cols, f"row {number} has {width} columns of {cols}: {text!r}"
        found = _HARMFUL.search(text)
        assert found is None, f"row {number} holds {unicodedata.name(found[0], repr(found[0]))}: {text!r}"
        for attr, charset, _ in row:
            assert charset is None
            if isinstance(attr, Linked):
                assert uri_of(attr.uri) == attr.uri
                attr = attr.attr
            assert attr is None or isinstance(attr, AttrSpec) or attr in NAMES
    if canvas.cursor is not None:
        col, row_of_cursor = canvas.cursor
        assert 0 <= col <= cols
        assert 0 <= row_of_cursor < rows
