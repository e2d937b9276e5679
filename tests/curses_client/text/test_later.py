"""Regular expressions that are compiled when they are first used."""

import re

import pytest

from curses_client.text.later import later


def test_it_is_used_like_a_pattern() -> None:
    pattern = later(r"(?P<letter>[a-z])(\d)", re.IGNORECASE)
    assert pattern.pattern == r"(?P<letter>[a-z])(\d)"
    match = pattern.match("B2")
    assert match is not None
    assert match["letter"] == "B"
    assert pattern.sub(r"\2", "a1 b2") == "1 2"
    assert [found[2] for found in pattern.finditer("a1 b2")] == ["1", "2"]
    assert pattern.groups == 2
    assert later(rb"\d+").findall(b"1 22") == [b"1", b"22"]


def test_it_is_compiled_once_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    original = re.compile

    def counting(pattern: str, flags: int = 0) -> re.Pattern[str]:
        compiled.append(pattern)
        return original(pattern, flags)

    monkeypatch.setattr(re, "compile", counting)
    pattern = later("a")
    assert compiled == []
    assert pattern.search("ba") is not None
    assert pattern.search("ba") is not None
    assert compiled == ["a"]


def test_an_error_is_raised_when_it_is_used() -> None:
    pattern = later("(")
    with pytest.raises(re.error):
        pattern.search("x")
