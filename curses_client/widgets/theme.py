"""Colours by meaning: the palette, and how the colours of output become what the terminal has."""

import re
from functools import lru_cache
from typing import Final, Literal

from urwid.display.common import AttrSpec

from curses_client.text.ansi import PLAIN, Style

# name, foreground and background for 16 colours, monochrome settings, foreground and background for 256 colours
Entry = tuple[str, str, str, str, str, str]

PALETTE: Final[tuple[Entry, ...]] = (
    # ---- what is not content -------------------------------------------------------------------------------
    ("dim", "dark gray", "", "default", "h245", ""),
    ("rule", "dark gray", "", "default", "h240", ""),
    ("title", "default", "", "bold", "default,bold", ""),
    ("gutter", "dark gray", "", "default", "h243", ""),
    ("gutter running", "light green", "", "bold", "h71,bold", ""),
    ("gutter queued", "dark cyan", "", "default", "h37", ""),
    ("gutter error", "light red", "", "bold", "h167,bold", ""),
    ("gutter lost", "dark gray", "", "default", "h239", ""),
    ("lost", "dark gray", "", "default", "h242", ""),
    ("stderr", "brown", "", "default", "h173", ""),
    ("notice", "dark cyan", "", "bold", "h37", ""),
    ("alarm", "light red", "", "bold,standout", "h167,bold", ""),
    ("prompt", "default,bold", "", "bold", "default,bold", ""),
    # ---- status line ---------------------------------------------------------------------------------------
    ("status", "default", "", "default", "h250", "h236"),
    ("status dim", "dark gray", "", "default", "h245", "h236"),
    ("status idle", "dark green", "", "default", "h71", "h236"),
    ("status busy", "light green", "", "bold", "h113,bold", "h236"),
    ("status starting", "brown", "", "default", "h179", "h236"),
    ("status dead", "light red", "", "bold", "h203,bold", "h236"),
    ("question", "black", "brown", "standout", "h232", "h179"),
    # ---- pop-up --------------------------------------------------------------------------------------------
    ("popup", "black", "light gray", "default", "h252", "h237"),
    ("popup dim", "dark gray", "light gray", "default", "h246", "h237"),
    ("popup selected", "white", "dark blue", "standout", "h231", "h25"),
    ("fold", "dark cyan", "", "default", "h37", ""),
    ("hit", "black", "brown", "underline", "h232", "h179"),
    ("hit current", "black", "light magenta", "standout", "h232", "h213"),
    ("progress", "default", "dark gray", "default", "h250", "h234"),
    ("progress running", "light green", "dark gray", "bold", "h113,bold", "h234"),
    ("selection", "black", "light gray", "standout", "default", "h239"),
    # ---- code ----------------------------------------------------------------------------------------------
    ("text", "default", "", "default", "default", ""),
    ("keyword", "light blue", "", "bold", "h68,bold", ""),
    ("builtin", "dark cyan", "", "default", "h37", ""),
    ("name", "default", "", "default", "default", ""),
    ("function", "light blue", "", "default", "h68", ""),
    ("class", "dark cyan", "", "bold", "h37,bold", ""),
    ("decorator", "dark magenta", "", "default", "h133", ""),
    ("string", "dark green", "", "default", "h71", ""),
    ("escape", "brown", "", "default", "h173", ""),
    ("number", "brown", "", "default", "h173", ""),
    ("operator", "default", "", "default", "h245", ""),
    ("comment", "dark gray", "", "default", "h245,italics", ""),
    ("magic", "dark magenta", "", "bold", "h133,bold", ""),
    ("error", "light red", "", "underline", "h167", ""),
    ("constant", "brown", "", "default", "h173", ""),
)

_BASIC: Final = (
    "black",
    "dark red",
    "dark green",
    "brown",
    "dark blue",
    "dark magenta",
    "dark cyan",
    "light gray",
    "dark gray",
    "light red",
    "light green",
    "yellow",
    "light blue",
    "light magenta",
    "light cyan",
    "white",
)
# red, green and blue of the 16 colours as xterm has them
_BASIC_RGB: Final = (
    (0, 0, 0),
    (205, 0, 0),
    (0, 205, 0),
    (205, 205, 0),
    (0, 0, 238),
    (205, 0, 205),
    (0, 205, 205),
    (229, 229, 229),
    (127, 127, 127),
    (255, 0, 0),
    (0, 255, 0),
    (255, 255, 0),
    (92, 92, 255),
    (255, 0, 255),
    (0, 255, 255),
    (255, 255, 255),
)
_LETTER: Final = re.compile(r"\w")
_CUBE: Final = (0, 95, 135, 175, 215, 255)

_Colour = int | tuple[int, int, int] | None


@lru_cache(maxsize=4096)
def attr_of(style: Style, colors: int) -> AttrSpec | None:
    """Return the attribute for a style of output on a terminal with so many colours; None for plain text.

    What is to be concealed is shown in reverse: whoever reads untrusted output wants to see all of it.
    """
    style = style._replace(link="")
    if style == PLAIN:
        return None
    settings = [
        name
        for name, wanted in (
            ("bold", style.bold),
            ("faint", style.faint),
            ("italics", style.italic),
            ("underline", style.underline),
            ("standout", style.inverse or style.conceal),
            ("strikethrough", style.strike),
        )
        if wanted
    ]
    return AttrSpec(",".join([_name(style.fg, colors), *settings]), _name(style.bg, colors), _depth(colors))


def legible(style: Style, text: str, colors: int) -> Style:
    """Return a style in which text can be read: letters in the colour of their background are shown in reverse.

    What has no letters may be a picture.
    """
    return style._replace(fg=None, bg=None, inverse=True) if _hides(style, colors) and _LETTER.search(text) else style


@lru_cache(maxsize=4096)
def _hides(style: Style, colors: int) -> bool:
    """Whether foreground and background are one colour, or nearly."""
    colors = min(colors, 256)
    return _name(style.fg, colors) == _name(style.bg, colors) != "default"


def _depth(colors: int) -> Literal[16, 256, 16777216]:
    """Return urwid's number of colours for a terminal that has `colors`."""
    if colors > 256:
        return 16777216
    return 256 if colors == 256 else 16


def _name(colour: _Colour, colors: int) -> str:
    """Return urwid's name of a colour, or of the nearest one that the terminal has."""
    if colour is None or colors == 1:
        return "default"
    if isinstance(colour, int) and colour < 16:
        return _BASIC[colour]
    if isinstance(colour, int) and colors >= 256:
        return f"h{colour}"
    red, green, blue = rgb = _rgb(colour) if isinstance(colour, int) else colour
    if colors > 256:
        return f"#{red:02x}{green:02x}{blue:02x}"
    if colors == 256:
        return f"h{_nearest_of_256(rgb)}"
    return _BASIC[min(range(16), key=lambda index: _distance(_BASIC_RGB[index], rgb))]


def _rgb(index: int) -> tuple[int, int, int]:
    """Return red, green and blue of one of the 256 colours."""
    if index < 16:
        return _BASIC_RGB[index]
    if index >= 232:
        grey = 8 + 10 * (index - 232)
        return grey, grey, grey
    index -= 16
    return _CUBE[index // 36], _CUBE[index // 6 % 6], _CUBE[index % 6]


def _nearest_of_256(rgb: tuple[int, int, int]) -> int:
    return min(range(16, 256), key=lambda index: _distance(_rgb(index), rgb))


def _distance(a: tuple[int, int, int], b: tuple[int, int, int]) -> int:
    return sum((x - y) ** 2 for x, y in zip(a, b, strict=True))
