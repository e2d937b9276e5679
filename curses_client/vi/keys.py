"""The help: the keys of all tables in sections, for the help screen and the manual page."""

from typing import Final

from curses_client.vi.actions import ACTIONS, SELECTING
from curses_client.vi.block import BLOCKS
from curses_client.vi.inserting import INSERTS
from curses_client.vi.lines import LINES
from curses_client.vi.motions import MOTIONS
from curses_client.vi.objects import OBJECTS
from curses_client.vi.operators import OPERATORS

_SHORT: Final = (
    ("x", "delete the character"),
    ("X", "delete the character before"),
    ("D", "delete to the end of the line"),
    ("C", "change to the end of the line"),
    ("s", "change the character"),
    ("S", "change the line"),
    ("Y", "yank the line"),
)
_OTHERS: Final = (
    (".", "make the last change again"),
    ('"', "name a register for what follows: a-z, A-Z to append, 0-9, -, + the clipboard, _ none"),
)

# a heading, and the rows: keys in urwid's names, and what they do
Section = tuple[str, tuple[tuple[tuple[str, ...], str], ...]]


def sections() -> tuple[Section, ...]:
    """Return all keys of the modes with their help."""
    return (
        ("Vi: typing text", tuple(((row.key,), row.help) for row in INSERTS)),
        ("Vi: moving, also behind an operator", tuple((row.keys, row.help) for row in MOTIONS)),
        ("Vi: operators; doubled, they take lines", tuple(((row.key,), row.help) for row in OPERATORS)),
        ("Vi: what an operator or a selection takes", tuple((row.keys, row.help) for row in OBJECTS)),
        (
            "Vi: normal mode",
            (
                *((row.keys, row.help) for row in ACTIONS),
                *(((key,), text) for key, text in _SHORT),
                *(((key,), text) for key, text in _OTHERS),
            ),
        ),
        ("Vi: with a selection", tuple((row.keys, row.help) for row in SELECTING)),
        ("Vi: with columns selected", tuple((row.keys, row.help) for row in BLOCKS)),
        ("Vi: behind a colon", tuple(((row.usage,), row.help) for row in LINES)),
    )
