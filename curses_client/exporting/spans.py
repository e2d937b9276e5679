"""Stored lines as HTML: styles as classes, the colours that are nobody's choice inline, and nothing unescaped."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from typing import Final

from curses_client.text.ansi import ESC, Colour, Style, runs

_FLAGS: Final = {
    "bold": "b",
    "faint": "d",
    "italic": "i",
    "underline": "u",
    "strike": "s",
}
# what is behind them is opened by who reads the page
_LINKABLE: Final = re.compile(r"(?:https?|file|mailto):[!-~]*", re.IGNORECASE)
# xterm's palette: a cube of six levels from 16 on, then 24 greys
_LEVELS: Final = (0, 95, 135, 175, 215, 255)


def line_html(line: str) -> str:
    """Return a stored line."""
    if ESC not in line:
        return escape(line)
    return "".join(_run(style, text) for style, text in runs(line))


def lines_html(lines: Sequence[str]) -> str:
    """Return stored lines, each with its end."""
    return "".join(f"{line_html(line)}\n" for line in lines)


def code_html(rows: Iterable[Iterable[tuple[str, str]]]) -> str:
    """Return highlighted code (`curses_client.text.highlight`), whose kinds are classes."""
    return "\n".join("".join(_piece(kind, text) for kind, text in row) for row in rows)


def _piece(kind: str, text: str) -> str:
    return escape(text) if kind in ("text", "name") else f'<span class="k-{kind}">{escape(text)}</span>'


def _run(style: Style, text: str) -> str:
    html = escape(text)
    attributes = _attributes(style._replace(link=""))
    if attributes:
        html = f"<span{attributes}>{html}</span>"
    if style.link and _LINKABLE.fullmatch(style.link):
        html = f'<a href="{escape(style.link)}" rel="noopener noreferrer">{html}</a>'
    return html


@lru_cache(maxsize=4096)
def _attributes(style: Style) -> str:
    """Return the attributes of a span; all that is in them is written here."""
    classes = [name for flag, name in _FLAGS.items() if getattr(style, flag)]
    styles: list[str] = []
    # what is to be concealed is shown in reverse, as on the screen
    if style.inverse or style.conceal:
        _add(classes, styles, style.bg, "f", "color", "var(--page)")
        _add(classes, styles, style.fg, "g", "background", "var(--text)")
    else:
        _add(classes, styles, style.fg, "f", "color", "")
        _add(classes, styles, style.bg, "g", "background", "")
    found = f' class="{" ".join(classes)}"' if classes else ""
    return found + (f' style="{";".join(styles)}"' if styles else "")


def _add(classes: list[str], styles: list[str], colour: Colour, letter: str, name: str, default: str) -> None:
    if isinstance(colour, int) and colour < 16:
        classes.append(f"{letter}{colour}")
    elif colour is not None:
        styles.append("{}:#{:02x}{:02x}{:02x}".format(name, *_rgb(colour)))
    elif default:
        styles.append(f"{name}:{default}")


def _rgb(colour: int | tuple[int, int, int]) -> tuple[int, int, int]:
    if isinstance(colour, tuple):
        return colour
    if colour >= 232:
        grey = 8 + 10 * (colour - 232)
        return grey, grey, grey
    cube = colour - 16
    return _LEVELS[cube // 36], _LEVELS[cube // 6 % 6], _LEVELS[cube % 6]
