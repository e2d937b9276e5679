"""Colours of terminals and of style sheets."""

import pytest

from curses_client.rendering.colours import Rgb, code_style, css_colour, reduced
from curses_client.rendering.css import declarations, is_hidden, rules, styled
from curses_client.text.ansi import PLAIN, Style


@pytest.mark.parametrize(
    ("rgb", "colors", "colour"),
    [
        ((1, 2, 3), 1 << 24, (1, 2, 3)),
        ((255, 255, 255), 256, 231),
        ((0, 0, 0), 256, 16),
        ((128, 128, 128), 256, 244),
        ((255, 0, 0), 256, 196),
        ((96, 134, 176), 256, 67),
        ((255, 255, 255), 16, 15),
        ((10, 10, 10), 16, 0),
        # of viridis: a grey of 16 would be nearer
        ((59, 82, 139), 16, 12),
        ((33, 145, 140), 16, 6),
        ((255, 0, 0), 1, None),
    ],
)
def test_the_nearest_colour(rgb: Rgb, colors: int, colour: object) -> None:
    assert reduced(rgb, colors) == colour


@pytest.mark.parametrize(
    ("text", "rgb"),
    [
        ("red", (255, 0, 0)),
        (" Steelblue ", (70, 130, 180)),
        ("#0f8", (0, 255, 136)),
        ("#0F8a", (0, 255, 136)),
        ("#01020380", (1, 2, 3)),
        ("rgb(1, 2, 300)", (1, 2, 255)),
        ("rgba(1,2,3,.5)", (1, 2, 3)),
        ("rgb(1 2 3 / 50%)", (1, 2, 3)),
        ("inherit", None),
        ("#12", None),
        ("", None),
    ],
)
def test_colours_of_style_sheets(text: str, rgb: Rgb | None) -> None:
    assert css_colour(text) == rgb


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("color: #d00", Style(fg=160)),
        ("font-weight: 700; font-style: italic", Style(bold=True, italic=True)),
        ("text-decoration: underline line-through", Style(underline=True, strike=True)),
        # text for a white page is not to vanish on a black one
        ("color: black", PLAIN),
        ("color: #222; background: white", PLAIN),
        ("background-color: #ff0", Style(fg=16, bg=226)),
        ("background-color: #008", Style(fg=231, bg=18)),
        ("color: #000; background-color: #ff0", Style(fg=16, bg=226)),
        ("nonsense", PLAIN),
    ],
)
def test_styles(text: str, style: Style) -> None:
    assert styled(PLAIN, declarations(text), 256) == style


def test_without_colours_text_has_none() -> None:
    assert styled(PLAIN, declarations("color: red; background: yellow"), 1) == PLAIN
    assert code_style("string", 1) == PLAIN
    assert code_style("keyword", 1) == Style(bold=True)


def test_what_is_hidden() -> None:
    assert is_hidden(declarations("Display: None"))
    assert not is_hidden(declarations("display: block"))


def test_rules_for_single_elements() -> None:
    sheet = "#a, #b { color: red }\n.c {x: y} #a { font-weight: bold } #d > td {x: y} /* #e {} */"
    assert rules(sheet) == {"a": "; color: red ; font-weight: bold ", "b": "; color: red "}
