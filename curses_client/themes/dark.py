"""The dark theme: the one that names every meaning, and says what stands for each where there are no colours."""

from typing import Final

from curses_client.themes.theme import Theme, Tint

_TINTS: Final = {
    # ---- what is not content ------------------------------------------------------------------------------------
    "dim": Tint("#8a8a8a", "dark gray"),
    "suggestion": Tint("#8a8a8a", "dark gray", mono="underline"),
    "rule": Tint("#767676", "dark gray"),
    "title": Tint("", "", "bold", "bold"),
    "gutter": Tint("#767676", "dark gray"),
    "gutter running": Tint("#5faf5f", "light green", "bold", "bold"),
    "gutter queued": Tint("#00afaf", "dark cyan"),
    "gutter error": Tint("#d75f5f", "light red", "bold", "bold"),
    "gutter lost": Tint("#6c6c6c", "dark gray"),
    "lost": Tint("#767676", "dark gray"),
    "stderr": Tint("#d7875f", "brown"),
    "notice": Tint("#00afaf", "dark cyan", mono="bold"),
    "alarm": Tint("#d75f5f", "light red", "bold", "bold,standout"),
    "prompt": Tint("", "", "bold", "bold"),
    # ---- status line --------------------------------------------------------------------------------------------
    "status": Tint("#bcbcbc on #303030", ""),
    "status dim": Tint("#8a8a8a on #303030", "dark gray"),
    "status idle": Tint("#5faf5f on #303030", "dark green"),
    "status busy": Tint("#87d75f on #303030", "light green", "bold", "bold"),
    "status starting": Tint("#d7af5f on #303030", "brown"),
    "status dead": Tint("#ff8787 on #303030", "light red", "bold", "bold"),
    "question": Tint("#080808 on #d7af5f", "black on brown", mono="standout"),
    # ---- pop-up -------------------------------------------------------------------------------------------------
    "popup": Tint("#d0d0d0 on #3a3a3a", "black on light gray"),
    "popup dim": Tint("#949494 on #3a3a3a", "dark gray on light gray"),
    "popup selected": Tint("#ffffff on #005faf", "white on dark blue", mono="standout"),
    "popup mark": Tint("#ffffff on #3a3a3a", "black on light gray", "bold", "bold"),
    "popup selected mark": Tint("#ffffff on #005faf", "white on dark blue", "underline", "standout,underline"),
    "popup current": Tint("#ffffff on #3a3a3a", "black on light gray", "bold,underline", "bold,underline"),
    # ---- output -------------------------------------------------------------------------------------------------
    "fold": Tint("#00afaf", "dark cyan"),
    "hit": Tint("#080808 on #d7af5f", "black on brown", mono="underline"),
    "hit current": Tint("#080808 on #ff87ff", "black on light magenta", mono="standout"),
    "progress": Tint("#bcbcbc on #1c1c1c", ""),
    "progress running": Tint("#87d75f on #1c1c1c", "light green", "bold", "bold"),
    "bracket": Tint("#ffffff on #005f87", "white on dark blue", "bold", "bold,underline"),
    "bracket wrong": Tint("#ffffff on #870000", "white on dark red", "bold", "standout"),
    "selection": Tint("on #4e4e4e", "black on light gray", mono="standout"),
    # ---- code ---------------------------------------------------------------------------------------------------
    "text": Tint("", ""),
    "keyword": Tint("#5f87d7", "light blue", "bold", "bold"),
    "builtin": Tint("#00afaf", "dark cyan"),
    "name": Tint("", ""),
    "function": Tint("#5f87d7", "light blue"),
    "class": Tint("#00afaf", "dark cyan", "bold", "bold"),
    "decorator": Tint("#af87d7", "dark magenta"),
    "string": Tint("#5faf5f", "dark green"),
    "escape": Tint("#d7875f", "brown"),
    "number": Tint("#d7875f", "brown"),
    "operator": Tint("#8a8a8a", ""),
    "comment": Tint("#8a8a8a", "dark gray", "italics"),
    "magic": Tint("#af87d7", "dark magenta", "bold", "bold"),
    "error": Tint("#d75f5f", "light red", mono="underline"),
    "constant": Tint("#d7875f", "brown"),
}

DARK: Final = Theme("dark", _TINTS, ink="#d0d0d0", paper="#1c1c1c", basic_ink="light gray", basic_paper="black")
