"""What the user has chosen for this client: a value with a default for each setting of ``config.toml``."""

from typing import Literal

from curses_client.binding import KeySet
from kernel.protocol.value import Value


class Options(Value):
    """The user's choices, all of them with their defaults."""

    # which keys edit
    keys: KeySet = "emacs"
    # brackets and quotes are typed in pairs
    pairs: bool = False
    # long lines in the editor are broken at its edge; else they move under the cursor
    wrap: bool = True
    # whether the completion pop-up waits for Tab, or also opens by itself when typing pauses
    completion: Literal["tab", "typing"] = "tab"
    # whether the signature of the function whose arguments are typed is shown
    signatures: bool = True
    # whether the rest of an earlier entry is shown in grey behind what begins like it
    suggestions: bool = True
    # entries of the history that are kept and offered, the newest; with 0 nothing is written or read
    history_size: int = 100_000
    # the colours: a name of `curses_client.themes`; auto, high-contrast and solarized follow the terminal's background
    theme: str = "auto"
    # a style of Pygments for the colours of code; none: those of the theme
    code_style: str = ""
    # the signs beside text: auto is Unicode where the locale and the terminal have it
    signs: Literal["auto", "unicode", "ascii"] = "auto"
    # lines that are printed one below the other, for screen readers; so it is in any case where TERM is dumb
    flat: bool = False
