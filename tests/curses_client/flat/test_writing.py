"""The last line on a terminal that only prints."""

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.flat.bottom import Bottom
from curses_client.flat.writing import Shown, shown, written

texts = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30)


@st.composite
def shown_lines(draw: st.DrawFn) -> Shown:
    text = draw(texts)
    return Shown(text, draw(st.integers(0, len(text))))


@given(st.lists(st.tuples(shown_lines(), st.lists(texts, max_size=2), st.booleans()), max_size=6), st.booleans())
@settings(max_examples=60, deadline=None)
def test_the_terminal_shows_what_is_meant(steps: list[tuple[Shown, list[str], bool]], erases: bool) -> None:
    screen = pyte.Screen(40, 30)
    stream = pyte.Stream(screen)
    old = Shown()
    expected: list[str] = []
    for new, lines, leaves in steps:
        stream.feed(written(old, lines, new, leaves=leaves, erases=erases).replace("\n", "\r\n"))
        expected += [old.text] * leaves + lines
        old = new
        assert screen.display[screen.cursor.y].rstrip() == new.text
        assert screen.cursor.x == new.col
    assert [line.rstrip() for line in screen.display[: screen.cursor.y]] == expected


@given(shown_lines(), shown_lines())
def test_without_anything_new_no_line_is_begun(old: Shown, new: Shown) -> None:
    data = written(old, (), new, leaves=False, erases=False)
    assert "\n" not in data
    assert "\x1b" not in data
    assert written(new, (), new, leaves=False, erases=False) == ""


def test_a_key_at_the_end_is_one_character() -> None:
    assert written(Shown("In 1: pri", 9), (), Shown("In 1: prin", 10), leaves=False, erases=True) == "n"


@pytest.mark.parametrize(
    ("text", "col", "cols", "wanted"),
    [
        ("abc", 1, 80, Shown("> abc", 3)),
        ("abcdefghij", 10, 8, Shown("efghij", 6)),
        ("abcdefghij", 0, 8, Shown("> abcde", 2)),
        ("漢字漢字", 4, 7, Shown("漢字", 4)),
        ("", 0, 1, Shown(" ", 1)),
    ],
)
def test_of_a_long_line_the_part_at_the_cursor_is_shown(text: str, col: int, cols: int, wanted: Shown) -> None:
    assert shown(Bottom("> ", text, col), cols) == wanted


@given(st.text(max_size=60), st.integers(0, 60), st.integers(1, 30))
def test_the_cursor_is_in_the_line(text: str, col: int, cols: int) -> None:
    text = "".join(char for char in text if char.isprintable())
    line = shown(Bottom("In 1: ", text, min(col, len(text))), cols)
    assert 0 <= line.col <= max(cols - 1, 1)
