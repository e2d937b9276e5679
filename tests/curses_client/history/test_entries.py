"""Entries, their lines and their order."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.history.entries import Entry, Forgotten, Item, is_kept, items_of, line_of, ordered, with_items

TEXTS = st.text(st.characters(codec=None), min_size=1)
TIMES = st.floats(0, 4e9)
ENTRIES = st.builds(Entry, TEXTS, TIMES, st.text(), st.text(), st.text(), st.sampled_from(["", "bash", "ipython3"]))
FORGOTTEN = st.builds(Forgotten.of, TEXTS, TIMES)
FEW = st.builds(Entry, st.sampled_from("abc"), st.integers(0, 9).map(float))
FEW_ITEMS = st.lists(FEW | st.builds(Forgotten.of, st.sampled_from("abc"), st.integers(0, 9).map(float)))


@given(st.lists(ENTRIES | FORGOTTEN))
def test_what_is_written_is_read(items: list[Item]) -> None:
    lines = [line_of(item) for item in items]
    assert all(line.count(b"\n") == 1 and line.endswith(b"\n") for line in lines)
    assert items_of([line[:-1] for line in lines]) == items


@given(st.lists(st.binary().map(lambda data: data.replace(b"\n", b"")), max_size=5))
def test_what_is_none_of_ours_costs_nothing_else(garbage: list[bytes]) -> None:
    mine = Entry("x = 1", 1.0, "s", "/", "h", "bash")
    line = line_of(mine)[:-1]
    assert [item for item in items_of([line, *garbage, line]) if item == mine] == [mine, mine]


VALUES: dict[str, Any] = {"text": "x", "time": 1.0, "session": "s", "directory": "/", "host": "h", "lexer": "bash"}


@pytest.mark.parametrize(
    "change",
    [
        {"text": 1},
        {"text": ""},
        {"text": None},
        {"time": "now"},
        {"time": -1.0},
        {"time": True},
        {"time": float("inf")},
    ],
    ids=str,
)
def test_an_entry_that_cannot_be_one_is_passed_over(change: dict[str, Any]) -> None:
    assert items_of([json.dumps(VALUES | change).encode()]) == []


@pytest.mark.parametrize(
    "line", [b'{"text":"x","time":NaN}', b"[" * 100_000, b'{"text":"x"', b"{},{}", b"", b"[]", b"7"]
)
def test_a_line_that_cannot_be_one(line: bytes) -> None:
    assert items_of([line]) == []


def test_of_another_version_there_is_what_can_be_read() -> None:
    line = json.dumps({"text": "x", "time": 7, "session": ["s"], "mood": "good"}).encode()
    assert items_of([line]) == [Entry("x", 7.0)]


@pytest.mark.parametrize(("source", "kept"), [("x", True), ("\tx", True), (" x", False), ("", False), ("\n", False)])
def test_what_is_kept(source: str, kept: bool) -> None:
    assert is_kept(source) is kept


def test_what_is_deleted_can_be_run_again() -> None:
    items = [Entry("a", 1.0), Entry("b", 2.0), Forgotten.of("a", 3.0), Entry("a", 4.0)]
    assert ordered(items, 9) == (Entry("b", 2.0), Entry("a", 4.0))


def test_a_deletion_does_not_repeat_what_it_deletes() -> None:
    assert b"sesame" not in line_of(Forgotten.of("open sesame", 1.0))


@given(FEW_ITEMS, st.integers(0, 5))
def test_they_are_ordered_by_time_and_bounded(items: list[Item], size: int) -> None:
    found = ordered(items, size)
    assert len(found) <= size
    assert [entry.time for entry in found] == sorted(entry.time for entry in found)
    assert len(set(found)) == len(found)
    assert not any(item.covers(entry) for item in items if isinstance(item, Forgotten) for entry in found)


@given(st.lists(FEW), FEW_ITEMS)
def test_bit_by_bit_it_is_the_same_as_at_once(entries: list[Entry], items: list[Item]) -> None:
    first = ordered(entries, 100)
    both = with_items(first, items, 100)
    assert sorted(both) == sorted(ordered((*entries, *items), 100))
    assert [entry.time for entry in both] == sorted(entry.time for entry in both)


def test_nothing_new_is_the_same() -> None:
    entries = (Entry("a", 1.0), Entry("b", 2.0))
    assert with_items(entries, entries[:1], 10) is entries
