"""Which theme is meant: by its name, or by that of a family whose light or dark one suits the terminal."""

from dataclasses import replace
from typing import Final

from curses_client.themes.dark import DARK
from curses_client.themes.light import LIGHT
from curses_client.themes.theme import Theme

NAMES: Final = (
    "dark",
    "light",
    "high-contrast-dark",
    "high-contrast-light",
    "solarized-dark",
    "solarized-light",
)
# the dark and the light one
_FAMILIES: Final = {
    "auto": ("dark", "light"),
    "high-contrast": ("high-contrast-dark", "high-contrast-light"),
    "solarized": ("solarized-dark", "solarized-light"),
}
CHOICES: Final = (*_FAMILIES, *NAMES)


def named(name: str) -> Theme:
    """Return the theme of a name; raises KeyError for one that is unknown."""
    if name in ("dark", "light"):
        return LIGHT if name == "light" else DARK
    # most users see none of these, and need not wait for them
    from curses_client.themes.contrast import HIGH_CONTRAST_DARK, HIGH_CONTRAST_LIGHT
    from curses_client.themes.solarized import SOLARIZED_DARK, SOLARIZED_LIGHT

    others = (HIGH_CONTRAST_DARK, HIGH_CONTRAST_LIGHT, SOLARIZED_DARK, SOLARIZED_LIGHT)
    return {theme.name: theme for theme in others}[name]


def chosen(name: str, *, is_light: bool) -> Theme:
    """Return the theme that a name means on a light or a dark terminal; for an unknown name that of ``auto``.

    One that does not suit the terminal's background brings its own.
    """
    theme = named(name if name in NAMES else _FAMILIES.get(name, _FAMILIES["auto"])[is_light])
    return theme if theme.is_light is is_light else replace(theme, paints=True)


def after(name: str) -> str:
    """Return the choice that follows one, and after the last one the first."""
    place = CHOICES.index(name) if name in CHOICES else -1
    return CHOICES[(place + 1) % len(CHOICES)]


def unknown(what: str, name: str, known: tuple[str, ...], used: str) -> str:
    """Return the sentence that says which known name is the nearest, and what is used instead."""
    # only who mistypes waits for it
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1, 0.3)
    hint = f": the nearest is {near[0]!r}, and" if near else ","
    return f"no {what} {name!r}{hint} {used} is used"
