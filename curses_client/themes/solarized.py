"""Solarized (Ethan Schoonover); an accent that has less contrast than 4.5 to 1 is moved away from the background.

With 16 colours, the names mean what a terminal with the palette of Solarized shows for them: the bright ones are its
shades of grey.
"""

from typing import Final

from curses_client.themes.dark import DARK
from curses_client.themes.light import LIGHT
from curses_client.themes.theme import Changes, Theme, derived

_DARK: Final[Changes] = {
    "dim": ("#839499", "light cyan"),
    "rule": ("#64787f", "light green"),
    "gutter": ("#839499", "light cyan"),
    "gutter running": ("#94a51f", "dark green"),
    "gutter queued": ("#2aa198", "dark cyan"),
    "gutter error": ("#e66b69", "dark red"),
    "gutter lost": ("#64787f", "light green"),
    "lost": ("#64787f", "light green"),
    "stderr": ("#d7764e", "brown"),
    "notice": ("#2aa198", "dark cyan"),
    "alarm": ("#e66b69", "dark red"),
    "status": ("#93a1a1 on #073642", "light cyan on black"),
    "status dim": ("#839496 on #073642", "light blue on black"),
    "status idle": ("#94a51f on #073642", "dark green on black"),
    "status busy": ("#94a51f on #073642", "dark green on black"),
    "status starting": ("#be971f on #073642", "brown on black"),
    "status dead": ("#e97c7a on #073642", "dark red on black"),
    "question": ("#002b36 on #b68a03", "black on brown"),
    "popup": ("#93a1a1 on #073642", "light cyan on black"),
    "popup dim": ("#839496 on #073642", "light blue on black"),
    "popup selected": ("#002b36 on #54a3db", "black on dark blue"),
    "fold": ("#2aa198", "dark cyan"),
    "hit": ("#002b36 on #b68a03", "black on brown"),
    "hit current": ("#002b36 on #de68a1", "black on dark magenta"),
    "progress": ("#93a1a1 on #073642", "light cyan on black"),
    "progress running": ("#94a51f on #073642", "dark green on black"),
    "selection": ("#002b36 on #93a1a1", "black on light cyan"),
    "keyword": ("#94a51f", "dark green"),
    "builtin": ("#3c97d6", "dark blue"),
    "function": ("#3c97d6", "dark blue"),
    "class": ("#b68a03", "brown"),
    "decorator": ("#868bcf", "dark magenta"),
    "string": ("#2aa198", "dark cyan"),
    "escape": ("#d7764e", "dark magenta"),
    "number": ("#de68a1", "dark magenta"),
    "operator": ("#839496", ""),
    "comment": ("#839499", "light cyan"),
    "magic": ("#868bcf", "dark magenta"),
    "error": ("#e66b69", "dark red"),
    "constant": ("#de68a1", "dark magenta"),
}

_LIGHT: Final[Changes] = {
    "dim": ("#586e75", "light green"),
    "rule": ("#7c8d8e", "yellow"),
    "gutter": ("#586e75", "light green"),
    "gutter running": ("#5d6b00", "dark green"),
    "gutter queued": ("#1d716a", "dark cyan"),
    "gutter error": ("#cf2f2c", "dark red"),
    "gutter lost": ("#7c8d8e", "yellow"),
    "lost": ("#7c8d8e", "yellow"),
    "stderr": ("#bf4615", "light red"),
    "notice": ("#1d716a", "dark cyan"),
    "alarm": ("#cf2f2c", "dark red"),
    "status": ("#54686f on #eee8d5", "light green on light gray"),
    "status dim": ("#54686f on #eee8d5", "light green on light gray"),
    "status idle": ("#5d6b00 on #eee8d5", "light green on light gray"),
    "status busy": ("#5d6b00 on #eee8d5", "light green on light gray"),
    "status starting": ("#816100 on #eee8d5", "light red on light gray"),
    "status dead": ("#bf2c29 on #eee8d5", "dark red on light gray"),
    "question": ("#002b36 on #b58900", "black on brown"),
    "popup": ("#54686f on #eee8d5", "light green on light gray"),
    "popup dim": ("#54686f on #eee8d5", "light green on light gray"),
    "popup selected": ("#fdf6e3 on #1d6aa0", "white on dark blue"),
    "fold": ("#1d716a", "dark cyan"),
    "hit": ("#002b36 on #b58900", "black on brown"),
    "hit current": ("#fdf6e3 on #b52e70", "white on dark magenta"),
    "progress": ("#54686f on #eee8d5", "light green on light gray"),
    "progress running": ("#5d6b00 on #eee8d5", "light green on light gray"),
    "selection": ("#fdf6e3 on #586e75", "white on light green"),
    "keyword": ("#5d6b00", "dark green"),
    "builtin": ("#1d6aa0", "dark blue"),
    "function": ("#1d6aa0", "dark blue"),
    "class": ("#816100", "brown"),
    "decorator": ("#5b5fa5", "light magenta"),
    "string": ("#1d716a", "dark cyan"),
    "escape": ("#bf4615", "light red"),
    "number": ("#b52e70", "dark magenta"),
    "operator": ("#586e75", ""),
    "comment": ("#586e75", "light green"),
    "magic": ("#5b5fa5", "light magenta"),
    "error": ("#cf2f2c", "dark red"),
    "constant": ("#b52e70", "dark magenta"),
}

SOLARIZED_DARK: Final = Theme(
    "solarized-dark",
    derived(DARK, _DARK),
    ink="#839496",
    paper="#002b36",
    paints=True,
)
SOLARIZED_LIGHT: Final = Theme(
    "solarized-light",
    derived(LIGHT, _LIGHT),
    ink="#586e75",
    paper="#fdf6e3",
    is_light=True,
    paints=True,
)
