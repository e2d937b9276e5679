"""Colours as a terminal has them: reduced to its palette, those of code, and those that style sheets name."""

import re
from functools import lru_cache
from typing import Final

from curses_client.text.ansi import Colour, Style

Rgb = tuple[int, int, int]

TRUE_COLOUR: Final = 1 << 24

DIM: Final = Style(faint=True)
BOLD: Final = Style(bold=True)

# xterm's palette: a cube of six levels from 16 on, then 24 greys
_LEVELS: Final = (0, 95, 135, 175, 215, 255)
_BASIC: Final[tuple[Rgb, ...]] = (
    *((0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229)),
    *((127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255)),
    (255, 255, 255),
)
_GREYS: Final = (0, 7, 8, 15)
_HUES: Final = tuple(index for index in range(16) if index not in _GREYS)
_COLOURFUL: Final = 40

_CODE: Final[dict[str, tuple[int, int, bool]]] = {
    # of 256 colours, of 16, bold; those of the editor's theme
    "keyword": (68, 12, True),
    "builtin": (37, 6, False),
    "function": (68, 12, False),
    "class": (37, 6, True),
    "decorator": (133, 5, False),
    "string": (71, 2, False),
    "escape": (173, 3, False),
    "number": (173, 3, False),
    "constant": (173, 3, False),
    "operator": (245, 7, False),
    "comment": (245, 8, False),
    "magic": (133, 5, True),
    "error": (167, 9, False),
    "key": (68, 12, False),
}

_NAMES: Final = """
    black:000000 white:FFFFFF red:FF0000 green:008000 blue:0000FF yellow:FFFF00 cyan:00FFFF aqua:00FFFF magenta:FF00FF
    fuchsia:FF00FF gray:808080 grey:808080 silver:C0C0C0 maroon:800000 olive:808000 lime:00FF00 teal:008080 navy:000080
    purple:800080 orange:FFA500 brown:A52A2A pink:FFC0CB gold:FFD700 indigo:4B0082 violet:EE82EE crimson:DC143C
    coral:FF7F50 salmon:FA8072 tomato:FF6347 khaki:F0E68C darkred:8B0000 darkgreen:006400 darkblue:00008B
    darkorange:FF8C00 lightgreen:90EE90 lightblue:ADD8E6 lightyellow:FFFFE0 lightgray:D3D3D3 lightgrey:D3D3D3
    darkgray:A9A9A9 darkgrey:A9A9A9 steelblue:4682B4 royalblue:4169E1 skyblue:87CEEB turquoise:40E0D0
    forestgreen:228B22 dodgerblue:1E90FF slategray:708090 chocolate:D2691E"""
_NAMED: Final = {name: int(number, 16) for name, _, number in (pair.partition(":") for pair in _NAMES.split())}
_HEX: Final = re.compile(r"#(?:([0-9a-f]{6})(?:[0-9a-f]{2})?|([0-9a-f]{3})[0-9a-f]?)")
_FUNCTION: Final = re.compile(
    r"rgba?\( *([0-9]{1,3}) *,? *([0-9]{1,3}) *,? *([0-9]{1,3}) *(?:[,/] *[0-9.]{1,20}%? *)?\)"
)


@lru_cache(maxsize=1 << 14)
def reduced(rgb: Rgb, colors: int) -> Colour:
    """Return the colour nearest to `rgb` of a terminal that has `colors`, None if it has none."""
    if colors >= TRUE_COLOUR:
        return rgb
    if colors >= 256:
        return _of_256(rgb)
    if colors < 16:
        return None
    # the nearest of 16 would be a grey most of the time: what has a colour keeps it
    among = _GREYS if max(rgb) - min(rgb) < _COLOURFUL else _HUES
    return min(among, key=lambda index: _distance(rgb, _BASIC[index]))


def _of_256(rgb: Rgb) -> int:
    red, green, blue = (min(range(6), key=lambda level: abs(value - _LEVELS[level])) for value in rgb)
    in_cube = (_LEVELS[red], _LEVELS[green], _LEVELS[blue])
    step = min(max((sum(rgb) // 3 - 3) // 10, 0), 23)
    grey = 8 + 10 * step
    if _distance(rgb, (grey, grey, grey)) < _distance(rgb, in_cube):
        return 232 + step
    return 16 + 36 * red + 6 * green + blue


def _distance(one: Rgb, other: Rgb) -> int:
    """Return how different two colours look, roughly: the eye sees green best."""
    red, green, blue = (a - b for a, b in zip(one, other, strict=True))
    return 2 * red * red + 4 * green * green + 3 * blue * blue


def code_style(kind: str, colors: int) -> Style:
    """Return how code of a kind (`curses_client.text.highlight`) looks; a JSON key is one more kind."""
    entry = _CODE.get(kind)
    if entry is None:
        return Style()
    of_256, of_16, bold = entry
    return Style(fg=of_256 if colors >= 256 else of_16 if colors >= 16 else None, bold=bold)


def css_colour(text: str) -> Rgb | None:
    """Return the colour that a style sheet calls `text`, None if it is none or not known here."""
    text = text.strip().lower()
    number = _NAMED.get(text)
    if number is not None:
        return number >> 16, number >> 8 & 255, number & 255
    if found := _HEX.fullmatch(text):
        digits = found[1] or "".join(digit * 2 for digit in found[2])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if found := _FUNCTION.fullmatch(text):
        red, green, blue = (min(int(value), 255) for value in found.groups())
        return red, green, blue
    return None
