"""The colours of Pygments' styles for source."""

import pytest
from pygments.styles import get_all_styles

from curses_client.text.highlight import KINDS
from curses_client.themes.code import UnknownStyleError, tints
from curses_client.themes.dark import DARK
from curses_client.widgets.theme import palette


@pytest.mark.parametrize("name", sorted(get_all_styles()))
def test_every_style_has_colours_for_every_kind_of_source(name: str) -> None:
    found = tints(name, DARK.tints)
    assert set(found) == set(KINDS)
    for colors in (1, 8, 16, 256, 1 << 24):
        assert len(palette(DARK, colors, found)) == len(DARK.tints) + 1


def test_the_colours_are_those_of_the_style() -> None:
    found = tints("monokai", DARK.tints)
    assert found["keyword"].colours == "#66d9ef"
    assert found["string"].colours == "#e6db74"
    assert tints("default", DARK.tints)["keyword"].settings == "bold"


def test_an_unknown_style_is_said_with_the_nearest() -> None:
    with pytest.raises(
        UnknownStyleError, match=r"no style of code 'monokia': the nearest is 'monokai', and the theme's is used"
    ):
        tints("monokia", DARK.tints)


@pytest.mark.parametrize("name", ["../x", "os", "\x1b[2J", "", "é" * 300])
def test_any_name_is_either_known_or_refused(name: str) -> None:
    with pytest.raises(UnknownStyleError):
        tints(name, DARK.tints)
