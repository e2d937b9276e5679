"""What the user has chosen: a field with its default for each option."""

from typing import Literal

from kernel.protocol.value import Value


class Options(Value):
    """The user's choices, as far as they are not the defaults."""

    # the colours: a name of `curses_client.themes`; auto, high-contrast and solarized follow the terminal's background
    theme: str = "auto"
    # a style of Pygments for the colours of code; none: those of the theme
    code_style: str = ""
    # the signs beside text: auto is Unicode where the locale and the terminal have it
    signs: Literal["auto", "unicode", "ascii"] = "auto"
    # lines that are printed one below the other, for screen readers; so it is in any case where TERM is dumb
    flat: bool = False
