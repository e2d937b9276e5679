"""Styled text broken between words."""

import pytest

from curses_client.rendering.wrapping import collapsed, padded, stored, wrapped
from curses_client.text.ansi import PLAIN, Style
from curses_client.text.width import Row

BOLD = Style(bold=True)


def lines(row: Row, cols: int) -> list[str]:
    return ["".join(text for _, text in line) for line in wrapped(row, cols)]


@pytest.mark.parametrize(
    ("text", "cols", "expected"),
    [
        ("", 5, [""]),
        ("ab cd ef", 5, ["ab cd", "ef"]),
        ("ab cd", 4, ["ab", "cd"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("a bcdefgh i", 3, ["a", "bcd", "efg", "h i"]),
        ("a\nb", 5, ["a", "b"]),
        ("a  b", 9, ["a  b"]),
        ("日本 語", 4, ["日本", "語"]),
        ("ab", 0, ["a", "b"]),
    ],
)
def test_lines(text: str, cols: int, expected: list[str]) -> None:
    assert lines([(PLAIN, text)], cols) == expected


def test_a_word_of_two_styles_stays_whole() -> None:
    assert wrapped([(PLAIN, "abc de"), (BOLD, "f")], 6) == [[(PLAIN, "abc")], [(PLAIN, "de"), (BOLD, "f")]]


def test_blanks_are_collapsed() -> None:
    assert collapsed([(PLAIN, "  a  "), (BOLD, "  b "), (PLAIN, " \n  c ")]) == [
        (PLAIN, "a"),
        (PLAIN, " "),
        (BOLD, "b"),
        (PLAIN, "\n"),
        (PLAIN, "c"),
    ]


@pytest.mark.parametrize(("align", "text"), [("left", "ab   "), ("right", "   ab"), ("center", " ab  ")])
def test_padding(align: str, text: str) -> None:
    assert stored(padded([(PLAIN, "ab")], 5, align)) == text
