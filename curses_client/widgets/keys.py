"""Names of keys that are on the screen, so that the mouse can press them."""

from typing import Final

from curses_client.keymap import BINDINGS, key_name
from curses_client.text.width import columns
from curses_client.widgets.rows import Row

# the attributes in which keys are offered: "F9 restart  ^D leave  F1 help"
_OFFERING: Final = frozenset({"status dim", "question", "dim"})
_KEYS: Final = {key_name(key): key for binding in BINDINGS for key in binding.keys}


def key_in(row: Row, col: int) -> str | None:
    """Return the key whose name and meaning are at a column of a row; two blanks are between one and the next."""
    at = 0
    for attr, text in row:
        width = columns(text)
        if at <= col < at + width:
            return _key(text, col - at) if attr in _OFFERING else None
        at += width
    return None


def _key(text: str, col: int) -> str | None:
    at = 0
    for part in text.split("  "):
        if at <= col < at + columns(part):
            return _named(part.split(" ")[0] or part.strip().split(" ")[0])
        at += columns(part) + 2
    return None


def _named(name: str) -> str | None:
    if name.startswith("^") and len(name) == 2:
        return f"ctrl {name[1].lower()}"
    if len(name) == 1:
        return name if name.isalpha() or name == "/" else None
    return _KEYS.get(name)
