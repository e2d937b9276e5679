"""Which bracket belongs to which: a text, a place, what is found."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.text.brackets import REACH, Pair, bracket_at, masked, pair_of
from curses_client.text.buffer import Position


def pair(text: str, place: Position) -> Pair | None:
    lines = text.split("\n")
    return pair_of(lines, place, lambda row: lines[row])


@pytest.mark.parametrize(
    ("text", "place", "other", "is_wrong"),
    [
        ("(a)", (0, 0), (0, 2), False),
        ("(a)", (0, 2), (0, 0), False),
        ("([)]", (0, 0), (0, 3), True),
        ("(()", (0, 0), None, False),
        ("())", (0, 2), None, True),
        ("f(\n  [1,\n   2])", (0, 1), (2, 5), False),
        ("f(\n  [1,\n   2])", (2, 4), (1, 2), False),
        ("(]", (0, 1), (0, 0), True),
        ("{" + "\n" * (REACH + 5) + "}", (0, 0), None, False),
        ("{" + "\n" * (REACH + 5) + "}", (REACH + 5, 0), None, False),
    ],
)
def test_pairs(text: str, place: Position, other: Position | None, is_wrong: bool) -> None:
    assert pair(text, place) == Pair(place, other, is_wrong)


@pytest.mark.parametrize(
    ("line", "col", "found"),
    [("(a)", 0, 0), ("(a)", 3, 2), ("(a)", 2, 2), ("(a)", 1, 0), ("a", 1, None), ("", 0, None), ("()", 1, 1)],
)
def test_which_bracket_a_cursor_is_at(line: str, col: int, found: int | None) -> None:
    assert bracket_at([line], 0, col) == (None if found is None else (0, found))


def test_what_is_no_code_counts_for_nothing() -> None:
    lines = ["f(')')"]
    code = masked([("name", "f"), ("operator", "("), ("string", "')'"), ("operator", ")")])
    assert code == "f(   )"
    assert pair_of(lines, (0, 1), lambda _: code) == Pair((0, 1), (0, 5))
    assert pair_of(lines, (0, 3), lambda _: code) is None


def test_where_the_code_is_not_known_nothing_is_said_to_be_wrong() -> None:
    lines = ["(", ")", ")"]
    assert pair_of(lines, (2, 0), lambda row: lines[row] if row else None) == Pair((2, 0))


@given(st.text("([{}])a\n", max_size=30))
@settings(max_examples=200, deadline=None)
def test_it_goes_both_ways(text: str) -> None:
    lines = text.split("\n")
    for row, line in enumerate(lines):
        for col, character in enumerate(line):
            if character in "([{}])":
                found = pair(text, (row, col))
                assert found is not None
                if found.other is not None:
                    back = pair(text, found.other)
                    assert back is not None
                    assert (back.other, back.is_wrong) == ((row, col), found.is_wrong)
