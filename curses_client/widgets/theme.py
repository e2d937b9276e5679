"""Colours by meaning: the palette of a theme, and how the colours of output become what the terminal has."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal

from urwid.display.common import AttrSpec

from curses_client.text.ansi import PLAIN, Style
from curses_client.text.later import later
from curses_client.themes.theme import Theme, Tint, parts

# name, foreground and background for 16 colours, monochrome settings, foreground and background for more
Entry = tuple[str | None, str, str, str, str, str]
# what a theme leaves out is as the text around it: the terminal's own, or what a theme paints over that
_OWN: Final = "inherit"


def palette(theme: Theme, colors: int, code: Mapping[str, Tint] | None = None) -> tuple[Entry, ...]:
    """Return urwid's palette of a theme for a terminal of so many colours, source perhaps in those of a style."""
    entries = (_entry(name, tint, colors) for name, tint in {**theme.tints, **(code or {})}.items())
    return (_ground(theme, colors), *entries)


def _ground(theme: Theme, colors: int) -> Entry:
    """Return what text has that has no colours of its own."""
    if not theme.paints:
        return None, "default", "default", "default", "default", "default"
    tint = Tint(f"{theme.ink} on {theme.paper}", f"{theme.basic_ink} on {theme.basic_paper}")
    return _entry(None, tint, colors)


def _entry(name: str | None, tint: Tint, colors: int) -> Entry:
    settings = tint.settings.split(",") if tint.settings else []
    high, high_paper = (_named(colour, max(colors, 256)) for colour in parts(tint.colours))
    basic, basic_paper = (_named(colour, min(colors, 16)) for colour in parts(tint.basic))
    bright: tuple[str, ...] = ()
    if colors == 8:
        basic, bright = _of_8(basic, on_own=basic_paper == _OWN)
        basic_paper, _ = _of_8(basic_paper, on_own=True)
    low = ",".join(dict.fromkeys([basic, *settings, *bright]))
    return name, low, basic_paper, tint.mono, ",".join([high, *settings]), high_paper


def _named(colour: str, colors: int) -> str:
    """Return urwid's name for a colour of a theme: "#rrggbb", one of the basic ones, or none."""
    if not colour.startswith("#"):
        return colour or _OWN
    return _name((int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)), colors)


def _of_8(name: str, *, on_own: bool) -> tuple[str, tuple[str, ...]]:
    """Return what stands for one of the 16 colours where there are 8: bold makes brighter, except black."""
    if name not in _BASIC[8:]:
        return name, ()
    if name == "dark gray":
        return (_OWN, ("faint",)) if on_own else ("black", ())
    return _BASIC[_BASIC.index(name) - 8], ("bold",)


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
_LETTER: Final = later(r"\w")
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
    names = _name(style.fg, colors), _name(style.bg, colors)
    if colors == 8:
        ink, bright = _of_8(names[0], on_own=names[1] == _OWN)
        names = ink, _of_8(names[1], on_own=True)[0]
        settings = list(dict.fromkeys([*settings, *bright]))
    return AttrSpec(",".join([names[0], *settings]), names[1], _depth(colors))


def legible(style: Style, text: str, colors: int) -> Style:
    """Return a style in which text can be read: letters in the colour of their background are shown in reverse.

    What has no letters may be a picture.
    """
    return style._replace(fg=None, bg=None, inverse=True) if _hides(style, colors) and _LETTER.search(text) else style


@lru_cache(maxsize=4096)
def _hides(style: Style, colors: int) -> bool:
    """Whether foreground and background are one colour, or nearly."""
    colors = min(colors, 256)
    return _name(style.fg, colors) == _name(style.bg, colors) != _OWN


def _depth(colors: int) -> Literal[16, 256, 16777216]:
    """Return urwid's number of colours for a terminal that has `colors`."""
    if colors > 256:
        return 16777216
    return 256 if colors == 256 else 16


def _name(colour: _Colour, colors: int) -> str:
    """Return urwid's name of a colour, or of the nearest one that the terminal has."""
    if colour is None or colors == 1:
        return _OWN
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
    """Return the nearest of the colours that are the same everywhere: the cube, and 24 shades of grey."""
    levels = [min(range(6), key=lambda index, part=part: abs(_CUBE[index] - part)) for part in rgb]  # type: ignore[misc]
    cube = 16 + 36 * levels[0] + 6 * levels[1] + levels[2]
    grey = 232 + min(max(round((sum(rgb) / 3 - 8) / 10), 0), 23)
    return min(cube, grey, key=lambda index: _distance(_rgb(index), rgb))


def _distance(a: tuple[int, int, int], b: tuple[int, int, int]) -> int:
    return sum((x - y) ** 2 for x, y in zip(a, b, strict=True))
