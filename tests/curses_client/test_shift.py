"""What moved, how far, and what a scroll makes of rows."""

import pytest

from curses_client.shift import Shift, applied, find


def found(old: str, new: str) -> Shift | None:
    """Look for a shift of rows of one letter each; a dot is a blank row."""
    return find(old, new, [0 if row == "." else 50 for row in new])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("abcdef", "bcdefg", Shift(0, 5, 1)),
        ("abcdef", "zabcde", Shift(0, 5, -1)),
        ("abcdef", "efghij", Shift(0, 5, 4)),
        ("abcdefS", "cdefghS", Shift(0, 5, 2)),
        ("Tabcdef", "Txyabcd", Shift(1, 6, -2)),
        ("abcdef", "abcdef", None),
        ("abcdef", "uvwxyz", None),
        ("abc...", "abcd..", None),
        ("......", "a.....", None),
        # what stays is worth more than what moved
        ("abcdefgX", "abcdefgY", None),
        ("aaaaaa", "aaaaab", None),
    ],
)
def test_found(old: str, new: str, expected: Shift | None) -> None:
    assert found(old, new) == expected


@pytest.mark.parametrize(
    ("shift", "expected"),
    [
        (Shift(0, 5, 1), "bcdef."),
        (Shift(0, 5, -1), ".abcde"),
        (Shift(1, 4, 2), "ade..f"),
        (Shift(1, 4, -3), "a...bf"),
        (Shift(1, 4, 4), "a....f"),
    ],
)
def test_applied(shift: Shift, expected: str) -> None:
    assert "".join(applied("abcdef", shift, ".")) == expected
