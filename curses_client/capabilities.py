"""What the terminal can show beside text, as far as it can be known before it has answered anything."""

import fcntl
import struct
import termios
from collections.abc import Mapping
from typing import Final

from curses_client.shown import Look, Pictures

# what these say of themselves: TERM, or TERM_PROGRAM
_KITTY: Final = frozenset({"xterm-kitty", "xterm-ghostty", "ghostty"})
_SIXEL: Final = frozenset(
    {"foot", "foot-extra", "mlterm", "yaft-256color", "contour", "WezTerm", "mintty", "iTerm.app"}
)
_CHARACTER: Final = (8, 16)


def look_of(environ: Mapping[str, str], colors: int, descriptor: int) -> Look:
    """Return how rich output is to look on a terminal of so many colours."""
    return Look(colors=colors, pictures=_pictures(environ, colors), character=_character(descriptor))


def _pictures(environ: Mapping[str, str], colors: int) -> Pictures:
    if colors < 16:
        return "none"
    names = {environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")}
    # tmux and screen keep what they do not know from the terminal
    if "TMUX" not in environ and "STY" not in environ:
        if names & _KITTY:
            return "kitty"
        if names & _SIXEL:
            return "sixel"
    return "blocks"


def _character(descriptor: int) -> tuple[int, int]:
    """Return the width and height of a character in pixels, as far as the terminal says so."""
    try:
        rows, cols, width, height = struct.unpack("HHHH", fcntl.ioctl(descriptor, termios.TIOCGWINSZ, b"\0" * 8))
    except OSError:
        return _CHARACTER
    return (width // cols, height // rows) if rows and cols and width >= cols and height >= rows else _CHARACTER
