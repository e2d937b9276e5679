"""Whole lines and words: (text with cursor and mark, change) -> text with cursor and mark."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.text import changes
from curses_client.text.buffer import Buffer

Change = Callable[[Buffer], Buffer]


def buffer(marked: str) -> Buffer:
    """Return a buffer with the cursor at the bar, and the mark at the caret if there is one."""
    text = marked.replace("|", "").replace("^", "")
    found = Buffer.of(text).at(marked.replace("^", "").index("|"))
    if "^" not in marked:
        return found
    return replace(found, mark=found.at(marked.replace("|", "").index("^")).position)


def shown(found: Buffer) -> str:
    """Return a buffer as it is written above."""
    places = [(found.position, "|")] + ([(found.mark, "^")] if found.mark is not None else [])
    lines = list(found.lines)
    for (row, col), sign in sorted(places, reverse=True):
        lines[row] = lines[row][:col] + sign + lines[row][col:]
    return "\n".join(lines)


def up(found: Buffer) -> Buffer:
    return changes.move_lines(found, -1)


def down(found: Buffer) -> Buffer:
    return changes.move_lines(found, +1)


def comment(found: Buffer) -> Buffer:
    return changes.toggle_comment(found, "#")


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("a|\nb", changes.duplicate, "a\na|\nb"),
        ("^a\nb|\nc", changes.duplicate, "a\nb\n^a\nb|\nc"),
        ("^a\n|b", changes.duplicate, "a\n^a\n|b"),
        ("a\nb|\nc", up, "b|\na\nc"),
        ("a\nb|\nc", down, "a\nc\nb|"),
        ("|a", up, "|a"),
        ("|a", down, "|a"),
        ("x\n^a\nb|", up, "^a\nb|\nx"),
        ("^a\n|b\nc", down, "b\n^a\n|c"),
        ("a|\nb", changes.join, "a| b"),
        ("a(|\n  b)", changes.join, "a(|b)"),
        ("a|\n  , b", changes.join, "a|, b"),
        ("a  |\n\nb", changes.join, "a|\nb"),
        ("^a\nb\nc|", changes.join, "a b| c"),
        ("a\nb|", changes.join, "a\nb|"),
        ("|x", comment, "# |x"),
        ("# |x", comment, "|x"),
        ("#x|", comment, "x|"),
        ("^if x:\n\n    y|", comment, "^# if x:\n\n#     y|"),
        ("^# a\nb|", comment, "^# # a\n# b|"),
        ("^\n|", comment, "^# \n|"),
        ("^\n\n|", comment, "^\n\n|"),
        ("  # x = '#'|", comment, "  x = '#'|"),
    ],
)
def test_changes(before: str, change: Change, after: str) -> None:
    assert shown(change(buffer(before))) == after


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("|ab cd", str.upper, "AB| cd"),
        ("ab |cd", str.title, "ab Cd|"),
        ("a^b c|d", str.upper, "aB C|d"),
        ("ß|", str.upper, "ß|"),
        ("|ß", str.upper, "SS|"),
    ],
)
def test_case(before: str, change: Callable[[str], str], after: str) -> None:
    assert shown(changes.change_case(buffer(before), change)) == after


@pytest.mark.parametrize(("number", "row"), [(1, 0), (2, 1), (99, 2), (0, 0), (-3, 0)])
def test_a_line_by_its_number(number: int, row: int) -> None:
    assert changes.to_line(Buffer.of("a\n  b\nc"), number).position == (row, 2 if row == 1 else 0)


@given(st.text("ab #\n(", max_size=20), st.integers(0, 20), st.integers(0, 20))
@settings(max_examples=200, deadline=None)
def test_no_text_is_lost_and_cursor_and_mark_are_in_it(text: str, at: int, mark: int) -> None:
    before = replace(Buffer.of(text).at(at), mark=Buffer.of(text).at(mark).position)
    for change in (changes.duplicate, up, down, changes.join, comment):
        after = change(before)
        for row, col in (after.position, after.mark or (0, 0)):
            assert 0 <= col <= len(after.lines[row])
        letters = sorted(after.text.replace(" ", "").replace("#", "").replace("\n", ""))
        assert len(letters) >= len([letter for letter in text if letter in "ab("])
    assert sorted(up(before).lines) == sorted(down(before).lines) == sorted(before.lines)
    if any(line.strip() for line in before.lines[before.touched().start : before.touched().stop]):
        assert comment(comment(before)).lines == before.lines or "#" in text
