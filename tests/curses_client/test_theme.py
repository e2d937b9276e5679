"""Attributes: every one has an entry, and colours of output on terminals that have fewer."""

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from urwid.display.common import AttrSpec

from curses_client import widgets
from curses_client.text.ansi import PLAIN, Style, runs
from curses_client.themes.dark import DARK
from curses_client.widgets import status
from curses_client.widgets.gutter import SIGNS
from curses_client.widgets.theme import attr_of, legible

NAMES = set(DARK.tints)
DEPTHS = (1, 8, 16, 256, 16777216)
# attributes begin runs, `("dim", text)`, or stand alone
_SOURCES = [path for path in Path(widgets.__file__).parent.glob("*.py") if path.name != "theme.py"]


def test_every_state_has_an_entry() -> None:
    assert {attr for _, attr in SIGNS.values()} | {attr for _, attr in status._SIGNS.values()} <= NAMES


@pytest.mark.parametrize("path", _SOURCES, ids=lambda path: path.stem)
def test_every_attribute_in_the_source_has_an_entry(path: Path) -> None:
    """A run is a pair whose second part is a text that is computed, or holds a character that is drawn."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {
        node.elts[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Tuple)
        and len(node.elts) == 2
        and isinstance(node.elts[0], ast.Constant)
        and isinstance(node.elts[0].value, str)
        and not isinstance(node.elts[1], ast.Constant)
    }
    assert found <= NAMES


@pytest.mark.parametrize(
    ("sequence", "colors", "foreground", "background"),
    [
        ("31", 16, "dark red", "default"),
        ("91", 256, "light red", "default"),
        ("37", 16, "light gray", "default"),
        ("90", 16, "dark gray", "default"),
        ("44", 16, "default", "dark blue"),
        ("38;5;196", 256, "h196", "default"),
        ("38;5;196", 16, "light red", "default"),
        ("38;5;16", 16, "black", "default"),
        ("38;5;255", 16, "light gray", "default"),
        ("38;2;255;0;0", 256, "h196", "default"),
        ("38;2;0;0;0", 16, "black", "default"),
        ("38;2;254;1;1", 16, "light red", "default"),
        ("48;2;0;0;250", 16, "default", "dark blue"),
        ("90", 8, "default,faint", "default"),
        ("91", 8, "dark red,bold", "default"),
        ("30;100", 8, "black", "default"),
        ("90;41", 8, "black", "dark red"),
        ("107", 8, "default", "light gray"),
        ("31;44", 1, "default", "default"),
        ("38;2;1;2;3", 16777216, "#010203", "default"),
    ],
)
def test_colours_become_what_the_terminal_has(sequence: str, colors: int, foreground: str, background: str) -> None:
    (style, _), *_ = runs(f"\x1b[{sequence}mx\x1b[0m")
    attr = attr_of(style, colors)
    assert attr is not None
    wanted = AttrSpec(foreground, background, attr.colors)
    assert _own(attr.foreground) == wanted.foreground
    assert _own(attr.background) == wanted.background


def _own(colour: str) -> str:
    """Return a colour with what is left to the text around it, the terminal's own."""
    return colour.replace("inherit", "default")


@pytest.mark.parametrize(
    ("sequence", "setting"),
    [("1", "bold"), ("3", "italics"), ("4", "underline"), ("7", "standout"), ("9", "strikethrough")],
)
@pytest.mark.parametrize("colors", DEPTHS)
def test_settings_need_no_colours(sequence: str, setting: str, colors: int) -> None:
    (style, _), *_ = runs(f"\x1b[{sequence}mx\x1b[0m")
    attr = attr_of(style, colors)
    assert attr is not None
    assert getattr(attr, setting)


@pytest.mark.parametrize("colors", DEPTHS)
def test_plain_text_has_no_attribute(colors: int) -> None:
    assert attr_of(PLAIN, colors) is None


@pytest.mark.parametrize("colors", DEPTHS)
def test_what_is_concealed_can_be_read(colors: int) -> None:
    (style, _), *_ = runs("\x1b[8mx\x1b[0m")
    attr = attr_of(style, colors)
    assert attr is not None
    assert attr.standout
    assert attr.foreground.split(",")[0] == attr.background == "inherit"


@pytest.mark.parametrize("text", ["secret", "秘密", "_", " 1 "])
@pytest.mark.parametrize(
    "sequence",
    ["30;40", "97;107", "38;5;21;48;5;21", "38;2;9;9;9;48;2;9;9;9", "38;2;1;0;0;48;2;0;0;0", "38;5;16;48;2;0;0;0"],
)
def test_letters_in_the_colour_of_their_background_can_be_read(sequence: str, text: str) -> None:
    ((style, _),) = runs(f"\x1b[{sequence}mx")
    for colors in (256, 1 << 24):
        shown = attr_of(legible(style, text, colors), colors)
        assert shown is not None
        assert (shown.foreground, shown.background) == ("inherit,standout", "inherit")


@pytest.mark.parametrize(("sequence", "text"), [("31;41", "▀ "), ("31;42", "x"), ("31", "x"), ("41", "x"), ("", "x")])
def test_other_styles_stay(sequence: str, text: str) -> None:
    ((style, _),) = runs(f"\x1b[{sequence}mx")
    assert all(legible(style, text, colors) == style for colors in DEPTHS)


colours = st.one_of(
    st.none(), st.integers(0, 255), st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
)


@given(
    fg=colours,
    bg=colours,
    bold=st.booleans(),
    inverse=st.booleans(),
    conceal=st.booleans(),
    depth=st.sampled_from(DEPTHS),
)
@settings(max_examples=100, deadline=None)
def test_any_style_is_an_attribute_of_urwid(
    fg: object, bg: object, bold: bool, inverse: bool, conceal: bool, depth: int
) -> None:
    style = PLAIN._replace(fg=fg, bg=bg, bold=bold, inverse=inverse, conceal=conceal)  # type: ignore[arg-type]
    assert isinstance(style, Style)
    attr = attr_of(style, depth)
    assert (attr is None) == (style == PLAIN)
    assert attr is None or attr.colors <= max(depth, 16)
