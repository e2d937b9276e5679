"""What is remembered of long texts."""

import pytest

from curses_client.text import memory
from curses_client.text.memory import Memory, remembered


def test_it_is_found_out_once() -> None:
    asked: list[tuple[str, int]] = []

    @remembered
    def count(text: str, more: int) -> int:
        asked.append((text, more))
        return len(text) + more

    assert [count("abc", 1), count("abc", 1), count("abc", 2), count("ab", 1)] == [4, 4, 5, 3]
    assert asked == [("abc", 1), ("abc", 2), ("ab", 1)]


def test_what_was_not_asked_for_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "ENOUGH", 10)
    found: Memory[int] = Memory()
    for number, text in enumerate(("aaaa", "bbbb")):
        found.put((text,), number)
    assert found.get(("aaaa",)) == 0
    found.put(("cccc",), 2)
    assert list(found) == [("aaaa",), ("cccc",)]
    assert found.size == 8
    assert found.last() == ("cccc",)


def test_one_text_may_be_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "ENOUGH", 10)
    found: Memory[int] = Memory()
    found.put(("a" * 99,), 1)
    assert found.get(("a" * 99,)) == 1
    found.put(("b" * 99,), 2)
    assert list(found) == [("b" * 99,)]
    assert found.take(("b" * 99,)) == 2
    assert (len(found), found.size) == (0, 0)
