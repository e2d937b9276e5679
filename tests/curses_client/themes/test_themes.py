"""Every theme: complete, readable at every number of colours, and nothing told by colour alone."""

import pytest

from curses_client.text.highlight import KINDS
from curses_client.themes.choice import CHOICES, NAMES, after, chosen, named
from curses_client.themes.dark import DARK
from curses_client.themes.theme import Theme, derived, parts
from curses_client.widgets import theme as drawn_theme
from curses_client.widgets.gutter import SIGNS
from curses_client.widgets.theme import palette

THEMES = {name: named(name) for name in NAMES}
DEPTHS = (1, 8, 16, 256, 1 << 24)
# what is no content, or of a cell that is gone
DIMMED = frozenset({"dim", "rule", "gutter", "gutter lost", "lost", "status dim", "popup dim"})
# the shades of grey and the accents that a terminal with the palette of Solarized shows for the 16 names
_SOLARIZED = [
    "#073642",
    "#dc322f",
    "#859900",
    "#b58900",
    "#268bd2",
    "#d33682",
    "#2aa198",
    "#eee8d5",
    "#002b36",
    "#cb4b16",
    "#586e75",
    "#657b83",
    "#839496",
    "#6c71c4",
    "#93a1a1",
    "#fdf6e3",
]

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


def rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: tuple[int, int, int]) -> float:
    """Return the relative luminance (WCAG 2.2)."""
    parts_of_one = [part / 255 for part in colour]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts_of_one)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def wanted(theme: Theme, meaning: str) -> float:
    if theme.name.startswith("high-contrast"):
        return 7.0
    return 3.0 if meaning in DIMMED else 4.5


@themes
def test_every_meaning_is_there(theme: Theme) -> None:
    assert theme.tints.keys() == DARK.tints.keys() >= set(KINDS)


@themes
def test_what_stands_for_colours_is_the_same_everywhere(theme: Theme) -> None:
    for meaning, tint in theme.tints.items():
        assert (tint.settings, tint.mono) == (DARK.tints[meaning].settings, DARK.tints[meaning].mono)


@themes
@pytest.mark.parametrize("meaning", DARK.tints)
def test_it_can_be_read_in_24_bits_and_with_256_colours(theme: Theme, meaning: str) -> None:
    ink, paper = (
        rgb(own or given)
        for own, given in zip(parts(theme.tints[meaning].colours), (theme.ink, theme.paper), strict=True)
    )
    assert contrast(ink, paper) >= wanted(theme, meaning)
    ink, paper = (drawn_theme._rgb(drawn_theme._nearest_of_256(colour)) for colour in (ink, paper))
    assert contrast(ink, paper) >= wanted(theme, meaning) - 0.05


def basic_rgb(theme: Theme, name: str) -> tuple[int, int, int]:
    index = drawn_theme._BASIC.index(name)
    return rgb(_SOLARIZED[index]) if theme.name.startswith("solarized") else drawn_theme._BASIC_RGB[index]


@themes
@pytest.mark.parametrize("meaning", DARK.tints)
def test_it_can_be_read_with_16_colours(theme: Theme, meaning: str) -> None:
    """With the palette of xterm, or for Solarized its own: its accents have 2.9 to 1 at least."""
    ink, paper = (
        basic_rgb(theme, name) if name else rgb(own)
        for name, own in zip(parts(theme.tints[meaning].basic), (theme.ink, theme.paper), strict=True)
    )
    assert contrast(ink, paper) >= 2.7


@themes
def test_with_8_colours_nothing_needs_bright_ones(theme: Theme) -> None:
    for name, low, paper, *_ in palette(theme, 8):
        ink = low.split(",")[0]
        assert ink not in drawn_theme._BASIC[8:], name
        assert paper not in drawn_theme._BASIC[8:], name
        assert ink in ("inherit", "default") or ink != paper, name


@themes
@pytest.mark.parametrize("colors", DEPTHS)
def test_every_entry_is_understood(theme: Theme, colors: int) -> None:
    from urwid.display.raw import Screen

    screen = Screen()
    screen.register_palette(palette(theme, colors))
    for name in theme.tints:
        mono = screen.resolve_attr(name, 1)
        assert (mono.foreground_number, mono.background_number) == (0, 0)


# what happens, and what is there when it does not: both have a sign or a word of their own, or differ without colours
_LOUD = (
    ("question", "status"),
    ("alarm", "notice"),
    ("popup selected", "popup"),
    ("selection", "text"),
    ("hit", "text"),
    ("hit current", "hit"),
    ("error", "text"),
    ("gutter error", "gutter"),
    ("status dead", "status idle"),
    ("status busy", "status idle"),
)


@pytest.mark.parametrize(("loud", "quiet"), _LOUD)
def test_nothing_is_told_by_colour_alone(loud: str, quiet: str) -> None:
    assert DARK.tints[loud].mono != DARK.tints[quiet].mono


def test_states_of_cells_have_signs_of_their_own() -> None:
    shown = {(sign, DARK.tints[attr].mono) for sign, attr in SIGNS.values()}
    assert len({sign for sign, _ in shown}) >= len(SIGNS) - 1


def test_a_theme_names_no_meaning_that_the_first_one_does_not() -> None:
    with pytest.raises(KeyError):
        derived(DARK, {"staus": ("#ffffff", "")})


@pytest.mark.parametrize(
    ("name", "is_light", "theme"),
    [
        ("auto", False, "dark"),
        ("auto", True, "light"),
        ("solarized", True, "solarized-light"),
        ("high-contrast", False, "high-contrast-dark"),
        ("dark", True, "dark"),
        ("nonsense", True, "light"),
    ],
)
def test_a_name_means_a_theme(name: str, is_light: bool, theme: str) -> None:
    assert chosen(name, is_light=is_light).name == theme


def test_all_choices_come_in_turn() -> None:
    name, seen = "auto", []
    for _ in CHOICES:
        seen.append(name)
        name = after(name)
    assert name == "auto"
    assert sorted(seen) == sorted(CHOICES)
    assert after("nonsense") == "auto"
