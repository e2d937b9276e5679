"""What the terminal can show beside text, as far as it can be known before it has answered anything."""

import fcntl
import struct
import termios
from collections.abc import Mapping
from typing import Final

from curses_client.shown import Look, Pictures
from curses_client.text.later import later

# what these say of themselves: TERM, or TERM_PROGRAM
_KITTY: Final = frozenset({"xterm-kitty", "xterm-ghostty", "ghostty"})
_SIXEL: Final = frozenset(
    {"foot", "foot-extra", "mlterm", "yaft-256color", "contour", "WezTerm", "mintty", "iTerm.app"}
)
_CHARACTER: Final = (8, 16)
# terminals, and ways to name them, that have no colours
_COLOURLESS: Final = later(r"vt\d|dumb|unknown|.*-(m|mono|nc)$")
# the number of colours is the last field, that of the background; light are white, light grey and what is bright
_DARK: Final = frozenset({"0", "1", "2", "3", "4", "5", "6", "8"})


def depth_of(environ: Mapping[str, str], colors: int, *, bright_is_bold: bool) -> int:
    """Return how many colours are used of the `colors` that urwid takes the terminal to have: 1, 8, 16, 256, 1 << 24.

    Where bold stands for bright, a terminal has no more than 8.  NO_COLOR: https://no-color.org
    """
    if environ.get("NO_COLOR"):
        return 1
    if not environ.get("COLORTERM") and _COLOURLESS.match(environ.get("TERM", "")):
        return 1
    if colors in (16, 88):
        return 8 if bright_is_bold else 16
    return colors


def says_light(environ: Mapping[str, str]) -> bool:
    """Whether the terminal says of itself that its background is light (rxvt's COLORFGBG, which others have too)."""
    ground = environ.get("COLORFGBG", "").rpartition(";")[2]
    return ground.isdecimal() and ground not in _DARK


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
