"""A screen as an SVG picture: text in rows, nothing from elsewhere, and the same bytes for the same screen."""

from itertools import groupby
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

import pyte
from pyte.screens import Char

from curses_client.themes.theme import Theme

_WIDTH: Final = 8.4
_HEIGHT: Final = 18
_MARGIN: Final = 12
_FONT: Final = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"
# pyte's names of the 16 colours, for dark and for light paper
_NAMES: Final = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
_ON_DARK: Final = [
    "#3a3a3a",
    "#e06c75",
    "#7fbf6a",
    "#d7af5f",
    "#6ca0e8",
    "#c586d8",
    "#4fb8b8",
    "#c6c6c6",
    "#767676",
    "#ff8787",
    "#a5e075",
    "#ffd75f",
    "#87bfff",
    "#e5a0ff",
    "#7fe0e0",
    "#ffffff",
]
_ON_LIGHT: Final = [
    "#1c1c1c",
    "#af0000",
    "#1f6f1f",
    "#875f00",
    "#005faf",
    "#8700af",
    "#006f7f",
    "#585858",
    "#6c6c6c",
    "#d70000",
    "#2f8f2f",
    "#af8700",
    "#0087d7",
    "#af00d7",
    "#00878f",
    "#262626",
]


class Look(NamedTuple):
    """What a run of characters looks like."""

    ink: str
    paper: str
    bold: bool
    italic: bool
    underline: bool


def picture(screen: pyte.Screen, theme: Theme, *, title: str) -> str:
    """Return the picture of a screen in a theme's colours."""
    width, height = screen.columns * _WIDTH + 2 * _MARGIN, screen.lines * _HEIGHT + 2 * _MARGIN
    rows = [part for y in range(screen.lines) for part in _row(screen, theme, y)]
    x, y = screen.cursor.x, screen.cursor.y
    cursor = (
        f'<rect x="{_left(x)}" y="{_MARGIN + y * _HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" '
        f'fill="none" stroke="{theme.ink}"/>'
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
            f'viewBox="0 0 {width:g} {height:g}" role="img">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{width:g}" height="{height:g}" rx="6" fill="{theme.paper}"/>',
            f'<g font-family="{_FONT}" font-size="14" shape-rendering="crispEdges">',
            *rows,
            "</g>",
            *([] if screen.cursor.hidden else [cursor]),
            "</svg>\n",
        ]
    )


def _left(x: int) -> str:
    return f"{_MARGIN + x * _WIDTH:g}"


def _row(screen: pyte.Screen, theme: Theme, y: int) -> list[str]:
    cells = [(x, screen.buffer[y][x]) for x in range(screen.columns)]
    found = []
    for look, group in groupby(cells, lambda cell: _look(cell[1], theme)):
        run = list(group)
        x, text = run[0][0], "".join(char.data for _, char in run)
        top, width = _MARGIN + y * _HEIGHT, f"{len(run) * _WIDTH:g}"
        if look.paper != theme.paper:
            found.append(f'<rect x="{_left(x)}" y="{top}" width="{width}" height="{_HEIGHT}" fill="{look.paper}"/>')
        if text.strip():
            found.append(
                f'<text x="{_left(x)}" y="{top + 13}" textLength="{width}" fill="{look.ink}"{_settings(look)}>'
                f"{escape(text.replace(' ', chr(0xA0)))}</text>"
            )
    return found


def _settings(look: Look) -> str:
    return (
        ' font-weight="bold"' * look.bold
        + ' font-style="italic"' * look.italic
        + ' text-decoration="underline"' * look.underline
    )


def _look(char: Char, theme: Theme) -> Look:
    ink, paper = _colour(char.fg, theme, theme.ink), _colour(char.bg, theme, theme.paper)
    if char.reverse:
        ink, paper = paper, ink
    return Look(ink, paper, char.bold, char.italics, char.underscore)


def _colour(name: str, theme: Theme, own: str) -> str:
    if name == "default":
        return own
    basic = name.removeprefix("bright")
    if basic in _NAMES:
        shades = _ON_LIGHT if theme.is_light else _ON_DARK
        return shades[_NAMES.index(basic) + 8 * (basic != name)]
    return f"#{name}"
