"""The light theme; of the basic colours only those that are dark enough in every palette."""

from typing import Final

from curses_client.themes.dark import DARK
from curses_client.themes.theme import Changes, Theme, derived

_CHANGES: Final[Changes] = {
    "dim": ("#626262", "dark gray"),
    "suggestion": ("#626262", "dark gray"),
    "rule": ("#878787", "dark gray"),
    "gutter": ("#6c6c6c", "dark gray"),
    "gutter running": ("#005f00", "dark blue"),
    "gutter queued": ("#005f87", "dark magenta"),
    "gutter error": ("#af0000", "dark red"),
    "gutter lost": ("#767676", "dark gray"),
    "lost": ("#6c6c6c", "dark gray"),
    "stderr": ("#875f00", "dark red"),
    "notice": ("#005f87", "dark blue"),
    "alarm": ("#af0000", "dark red"),
    "status": ("#303030 on #dadada", ""),
    "status dim": ("#585858 on #dadada", "dark gray"),
    "status idle": ("#005f00 on #dadada", "dark blue"),
    "status busy": ("#005f00 on #dadada", "dark blue"),
    "status starting": ("#5f5f00 on #dadada", "dark magenta"),
    "status dead": ("#af0000 on #dadada", "dark red"),
    "popup": ("#262626 on #e4e4e4", "light gray on black"),
    "popup dim": ("#585858 on #e4e4e4", "light gray on black"),
    "popup selected": ("#ffffff on #005faf", "white on dark blue"),
    "popup mark": ("#262626 on #e4e4e4", "light gray on black"),
    "popup selected mark": ("#ffffff on #005faf", "white on dark blue"),
    "popup current": ("#262626 on #e4e4e4", "light gray on black"),
    "bracket": ("#ffffff on #005faf", "white on dark blue"),
    "fold": ("#005f87", "dark blue"),
    "progress": ("#303030 on #eeeeee", ""),
    "progress running": ("#005f00 on #eeeeee", "dark blue"),
    "selection": ("on #c6c6c6", "light gray on black"),
    "keyword": ("#005faf", "dark blue"),
    "builtin": ("#005f87", "dark blue"),
    "function": ("#005faf", "dark blue"),
    "class": ("#005f87", "dark blue"),
    "decorator": ("#8700af", "dark magenta"),
    "string": ("#005f00", "dark magenta"),
    "escape": ("#875f00", "dark red"),
    "number": ("#875f00", "dark red"),
    "operator": ("#585858", ""),
    "comment": ("#626262", "dark gray"),
    "magic": ("#8700af", "dark magenta"),
    "error": ("#af0000", "dark red"),
    "constant": ("#875f00", "dark red"),
}

LIGHT: Final = Theme(
    "light",
    derived(DARK, _CHANGES),
    ink="#1c1c1c",
    paper="#ffffff",
    is_light=True,
    basic_ink="black",
    basic_paper="white",
)
