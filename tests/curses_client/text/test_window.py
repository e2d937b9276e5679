"""What of a line is seen: rows, marks, columns."""

from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.text.ansi import PLAIN
from curses_client.text.clusters import graphemes
from curses_client.text.width import ELLIPSIS, columns, wrap_runs
from curses_client.text.window import row_at, row_of, seen, with_marks

checked = settings(max_examples=150, deadline=None)

Runs = list[tuple[str, str]]

texts = st.lists(
    st.sampled_from(["a", "bc ", "漢", "字漢", "e\u0301", "\u0301", "👩\u200d👩\u200d👧", "🇩🇪", "x" * 9, "│"]),
    max_size=12,
).map("".join)
runs = st.lists(st.tuples(st.sampled_from("abc"), texts), max_size=6)


def width(found: Runs) -> int:
    return sum(columns(text) for _, text in found)


def text_of(found: Runs) -> str:
    return "".join(text for _, text in found)


# ---- columns -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "left", "cols", "held", "shown"),
    [
        ("abcdef", 0, 6, 0, "abcdef"),
        ("abcdef", 0, 9, 0, "abcdef"),
        ("abcdef", 0, 5, 0, "abcd…"),
        ("abcdef", 1, 5, 0, "…cdef"),
        ("abcdef", 1, 4, 0, "…cd…"),
        ("abcdef", 2, 9, 0, "…def"),
        ("abcdef", 6, 5, 0, ""),
        ("abcdef", 99, 5, 0, ""),
        ("abcdefgh", 2, 6, 2, "ab…fgh"),
        ("abcdefgh", 1, 6, 2, "ab…ef…"),
        # at most half of the columns are held
        ("abcdefgh", 1, 4, 9, "ab……"),
        ("abcdef", 0, 1, 0, "…"),
        ("漢字", 0, 3, 0, "漢…"),
        ("漢字漢", 1, 4, 0, "…字…"),
        # half of a wide character is a blank
        ("漢字漢字", 2, 5, 0, "… 漢…"),
        ("a漢字漢", 1, 9, 0, "… 字漢"),
        # what is held takes its columns in any case
        ("漢字漢字", 2, 5, 1, " …漢…"),
    ],
)
def test_what_is_seen(line: str, left: int, cols: int, held: int, shown: str) -> None:
    assert text_of(seen([("a", line)], left, cols, held)) == shown


@pytest.mark.parametrize("left", [1, 2, 3])
def test_what_is_held_stays_in_its_columns(left: int) -> None:
    lines = [[("a", "1 漢"), ("b", "0123456789")], [("a", "123"), ("b", "0123456789")]]
    first, second = (text_of(seen(line, left, 9, 3)) for line in lines)
    assert (first[:3], second[:3]) == ("1  ", "123")
    assert second[4:8] == "0123456789"[left + 1 : left + 5]


@given(runs, st.integers(0, 60), st.integers(1, 40), st.integers(0, 20))
@checked
def test_it_fits(line: Runs, left: int, cols: int, held: int) -> None:
    found = seen(line, left, cols, held)
    assert width(found) <= cols
    # columns behind the held ones are full as long as there is more
    held = min(held, cols // 2)
    if width(line) >= left + cols and (left or width(line) > cols):
        assert width(found) == cols
        assert text_of(found).endswith(ELLIPSIS) or width(line) == left + cols


@given(st.text("abcdef", max_size=60), st.integers(0, 60), st.integers(1, 40), st.integers(0, 20))
@checked
def test_columns_are_those_of_the_line(line: str, left: int, cols: int, held: int) -> None:
    shown = text_of(seen([("a", line)], left, cols, held))
    held = min(held, cols // 2) if left > 0 or len(line) > cols else 0
    expected = line[:held] + line[held + left : left + cols]
    assert [a for a, b in zip(shown, expected, strict=True) if a not in (b, ELLIPSIS)] == []
    assert shown.count(ELLIPSIS) <= 2


# ---- marks -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marks", "shown"),
    [
        ([], [("a", "abc"), ("b", "def")]),
        ([(0, 0, "X")], [("a", "abc"), ("b", "def")]),
        ([(1, 2, "X")], [("a", "a"), ("X", "b"), ("a", "c"), ("b", "def")]),
        ([(0, 6, "X")], [("X", "abc"), ("X", "def")]),
        ([(2, 4, "X")], [("a", "ab"), ("X", "c"), ("X", "d"), ("b", "ef")]),
        ([(0, 1, "X"), (1, 2, "Y")], [("X", "a"), ("Y", "b"), ("a", "c"), ("b", "def")]),
        ([(5, 99, "X")], [("a", "abc"), ("b", "de"), ("X", "f")]),
        ([(7, 9, "X")], [("a", "abc"), ("b", "def")]),
    ],
)
def test_marks(marks: list[tuple[int, int, str]], shown: Runs) -> None:
    assert with_marks([("a", "abc"), ("b", "def")], marks) == shown


@given(runs, st.lists(st.integers(0, 60), max_size=8))
@checked
def test_marks_change_looks_only(line: Runs, edges: list[int]) -> None:
    edges = sorted(edges)
    marks = [(start, stop, "X") for start, stop in zip(edges[::2], edges[1::2], strict=False)]
    found = with_marks(line, marks)
    text = text_of(line)
    assert text_of(found) == text
    before = [attr for attr, part in line for _ in part]
    after = [attr for attr, part in found for _ in part]
    marked = {index for start, stop, _ in marks for index in range(start, stop)}
    assert after == ["X" if index in marked else attr for index, attr in enumerate(before)]
    assert all(part for _, part in found) or not all(part for _, part in line)


# ---- rows --------------------------------------------------------------------------------------------------


@given(texts, st.integers(2, 30))
@checked
def test_the_row_of_each_character(line: str, cols: int) -> None:
    rows = wrap_runs([(PLAIN, line)], cols)
    lengths = [sum(len(part) for _, part in row) for row in rows]
    ends = list(accumulate(lengths))
    for row, (end, length) in enumerate(zip(ends, lengths, strict=True)):
        assert {row_of(line, index, cols) for index in range(end - length, end)} <= {row}
        assert row_at(line, row, cols) == (end - length, line[end - length : end])
    assert row_of(line, len(line), cols) == len(rows) - 1


@pytest.mark.parametrize(("line", "cols"), [("", 5), ("abc", 0), ("漢字", 1), ("漢字", 0)])
def test_rows_at_the_limits(line: str, cols: int) -> None:
    last = len(wrap_runs([(PLAIN, line)], cols)) - 1
    assert 0 <= row_of(line, 99, cols) <= max(last, 0)
    assert row_at(line, last + 5, cols)[1] == ""


@given(texts, st.integers(2, 30))
@checked
def test_no_cluster_is_torn(line: str, cols: int) -> None:
    place = 0
    for cluster in graphemes(line, 0):
        assert row_of(line, place, cols) == row_of(line, place + len(cluster) - 1, cols)
        place += len(cluster)
