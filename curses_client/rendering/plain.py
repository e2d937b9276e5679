"""The text form of a bundle, and lines that say something about one."""

from typing import Any, Final

from curses_client.rendering.colours import DIM
from curses_client.rendering.folds import folded
from curses_client.rendering.wrapping import stored
from curses_client.shown import Line
from curses_client.text.ansi import sanitise
from curses_client.text.lines import LineStore

# of what is longer the end is left out
_CHARACTERS: Final = 1_000_000


def joined(value: Any) -> str:
    """Return a text of a bundle, which may come as a list of its lines (nbformat); empty if it is neither."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(piece for piece in value if isinstance(piece, str))
    return ""


def note(text: str) -> Line:
    """Return a dim line."""
    return Line(stored([(DIM, sanitise(text))]), stays=True)


def size_text(count: int) -> str:
    """Return a number of bytes as one reads it."""
    if count < 1024:
        return f"{count} B"
    return f"{count // 1024} KB" if count < 1 << 20 else f"{count / (1 << 20):.1f} MB"


def text_lines(text: str, opened: frozenset[str]) -> list[Line]:
    """Return untrusted text, which may be made for a terminal, as lines."""
    left_out = len(text) - _CHARACTERS
    text = text[:_CHARACTERS]
    if text.isascii() and text.isprintable():
        lines = [Line(text)]
    else:
        store = LineStore()
        store.feed(text)
        store.end()
        lines = folded(store.slice(0, len(store)), "text", opened)
    return [*lines, note(f"… {size_text(left_out)} more")] if left_out > 0 else lines
