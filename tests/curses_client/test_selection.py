"""Which part of the output is selected."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.selection import Place, selected, selected_columns
from curses_client.state import Cursor

HERE = Cursor(1, 2, 3)


@pytest.mark.parametrize(
    ("mark", "bounds"),
    [
        (None, None),
        ((1, 2, 3), ((1, 2, 3), (1, 2, 3))),
        ((0, 9, 9), ((0, 9, 9), (1, 2, 3))),
        ((1, 2, 4), ((1, 2, 3), (1, 2, 4))),
        ((1, 1, 9), ((1, 1, 9), (1, 2, 3))),
        ((2, 0, 0), ((1, 2, 3), (2, 0, 0))),
    ],
)
def test_both_ends_in_order(mark: Place | None, bounds: tuple[Place, Place] | None) -> None:
    assert selected(replace(HERE, mark=mark)) == bounds


TEXT = "0123456789"


@pytest.mark.parametrize(
    ("unit", "mark", "line", "columns"),
    [
        ("character", (1, 2, 5), (1, 2), (3, 6)),
        ("character", (1, 2, 3), (1, 2), (3, 4)),
        ("character", (1, 2, 10), (1, 2), (3, 10)),
        ("character", (1, 2, 99), (1, 2), (3, 10)),
        ("character", (1, 4, 1), (1, 2), (3, 10)),
        ("character", (1, 4, 1), (1, 3), (0, 10)),
        ("character", (1, 4, 1), (1, 4), (0, 2)),
        ("character", (1, 4, 1), (1, 5), None),
        ("character", (1, 4, 1), (1, 1), None),
        ("character", (0, 4, 1), (0, 5), (0, 10)),
        ("character", (0, 4, 1), (1, 2), (0, 4)),
        ("line", (1, 2, 5), (1, 2), (0, 10)),
        ("line", (1, 4, 5), (1, 3), (0, 10)),
        ("line", (1, 4, 5), (1, 5), None),
        ("line", (0, 4, 5), (0, 3), None),
        ("cell", (1, 4, 5), (1, 99), (0, 10)),
        ("cell", (1, 4, 5), (1, 0), (0, 10)),
        ("cell", (0, 4, 5), (0, 0), (0, 10)),
        ("cell", (0, 4, 5), (2, 0), None),
    ],
)
def test_what_of_a_line_is_selected(
    unit: str, mark: Place, line: tuple[int, int], columns: tuple[int, int] | None
) -> None:
    cursor = replace(HERE, mark=mark, unit=unit)
    assert selected_columns(cursor, *line, TEXT) == columns


def test_nothing_is_selected_without_a_mark() -> None:
    assert selected_columns(HERE, 1, 2, TEXT) is None


@pytest.mark.parametrize(
    ("text", "end"), [("ae\u0301b", 3), ("a👩\u200d👩\u200d👧b", 6), ("a漢b", 2), ("a", 1), ("", 0)]
)
def test_a_cluster_is_selected_whole(text: str, end: int) -> None:
    assert selected_columns(Cursor(0, 0, 1, mark=(0, 0, 0)), 0, 0, text) == (0, end)


places = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 12))


@given(places, places, st.sampled_from(["character", "line", "cell"]))
def test_it_is_the_same_from_either_end(a: Place, b: Place, unit: str) -> None:
    one = Cursor(*a, mark=b, unit=unit)  # type: ignore[arg-type]
    other = Cursor(*b, mark=a, unit=unit)  # type: ignore[arg-type]
    for item in range(4):
        for line in range(4):
            found = selected_columns(one, item, line, TEXT)
            assert found == selected_columns(other, item, line, TEXT)
            assert found is None or 0 <= found[0] <= found[1] <= len(TEXT)
