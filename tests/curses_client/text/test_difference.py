"""What two texts have in common, with and without what is known of the edit that made one of the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.text.buffer import Buffer
from curses_client.text.difference import difference

texts = st.lists(st.sampled_from("ab"), min_size=1, max_size=8).map(tuple)


def compared(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[int, int]:
    """Return the same, line by line."""
    size = min(len(old), len(new))
    head = next((row for row in range(size) if old[row] != new[row]), size)
    tail = next((row for row in range(size - head) if old[-1 - row] != new[-1 - row]), size - head)
    return head, tail


@given(texts, texts)
def test_it_is_what_comparing_line_by_line_finds(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    assert difference(old, new) == compared(old, new)


@pytest.mark.parametrize("size", [255, 256, 257, 1000])
@pytest.mark.parametrize("row", [0, 1, 254, 255, 256, 500, 999])
def test_long_texts(size: int, row: int) -> None:
    old = ("same",) * size
    row = min(row, size - 1)
    assert difference(old, old) == (size, 0)
    assert difference(old, (*old[:row], "other", *old[row + 1 :])) == (row, size - row - 1)
    assert difference(old, (*old[:row], "other", *old[row:])) == (row, size - row)
    assert difference((*old[:row], "other", *old[row:]), old) == (row, size - row)


@given(texts, st.data())
def test_what_is_known_of_an_edit_changes_nothing(old: tuple[str, ...], data: st.DataObject) -> None:
    text = "\n".join(old)
    places = st.integers(0, len(text))
    before = Buffer.of(text)
    after = before.at(data.draw(places)).to(before.at(data.draw(places)).position, select=True)
    after = after.insert("\n".join(data.draw(texts)))
    if after.lines is not before.lines:
        assert after.change is not None
    assert difference(before.lines, after.lines, after.change) == compared(before.lines, after.lines)


def test_lines_that_an_edit_has_left_alone_are_not_looked_at() -> None:
    class Untouched(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            raise AssertionError("compared")

    old = (Untouched("head"), "old", Untouched("tail"))
    new = (Untouched("head"), "new", Untouched("tail"))
    assert difference(old, new, (old, 1, 1)) == (1, 1)


def test_an_edit_of_another_text_tells_nothing() -> None:
    old, new = ("a", "b"), ("c", "b")
    assert difference(old, new, (("a", "b", "b"), 1, 1)) == (0, 1)
