"""What a theme is made of."""

from kernel.protocol.value import Value


class Tint(Value):
    """How a meaning looks; colours are "foreground on background", either of which may be left out."""

    # of 24 bits: "#rrggbb"; what is left out is the terminal's own
    colours: str
    # of the 16, as urwid calls them; at 16 and 8 colours
    basic: str
    # bold, underline, italics: wherever there are colours
    settings: str = ""
    # what stands for it where there are none
    mono: str = "default"


# 24-bit and basic colours of what differs from the parent
Changes = dict[str, tuple[str, str]]


class Theme(Value):
    """Tints by meaning, and the background that they are made for."""

    name: str
    tints: dict[str, Tint]
    ink: str
    paper: str
    is_light: bool = False
    # drawn over the terminal's own background, rather than on it; the basic colours for that
    paints: bool = False
    basic_ink: str = ""
    basic_paper: str = ""


def derived(parent: Theme, changes: Changes) -> dict[str, Tint]:
    """Return the tints of a theme that differs from its parent in some colours.  Raises KeyError for a new meaning."""
    tints = dict(parent.tints)
    for meaning, (colours, basic) in changes.items():
        old = tints[meaning]
        tints[meaning] = Tint(colours, basic, old.settings, old.mono)
    return tints


def parts(colours: str) -> tuple[str, str]:
    """Return foreground and background, empty where they are left out."""
    foreground, _, background = f" {colours}".partition(" on ")
    return foreground.strip(), background
