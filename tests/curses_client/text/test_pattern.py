"""A pattern in pieces of a text: what is found is what a look at each line finds."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.text import pattern as module
from curses_client.text.pattern import Pattern

checked = settings(max_examples=150, deadline=None)
PATTERNS = [
    "a",
    "ab",
    "aa",
    "A",
    "a b",
    "^a",
    "b$",
    r"\Aa",
    r"\bab?",
    "a+",
    "(?<=b)a",
    "a.b",
    r"a\sb",
    "k",
    "s",
    "漢a",
    "(a",
    "a*",
]
texts = st.lists(st.text("ab A漢ſK", max_size=12), max_size=12).map("\n".join)


def naive(pattern: str, text: str) -> list[int]:
    flags = re.IGNORECASE if re.sub(r"\\.", "", pattern).islower() or pattern == pattern.lower() else 0
    try:
        regex = re.compile(pattern, flags)
    except re.error:
        regex = re.compile(re.escape(pattern), flags)
    found, begin = [], 0
    for line in text.split("\n"):
        found += [begin + match.start() for match in regex.finditer(line) if match[0]]
        begin += len(line) + 1
    return found


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("piece", [1, 5, 1 << 15])
def test_pieces_are_no_other_than_lines(monkeypatch: pytest.MonkeyPatch, pattern: str, piece: int) -> None:
    monkeypatch.setattr(module, "_PIECE", piece)
    monkeypatch.setattr(module, "_HITS", 2)

    @checked
    @given(texts)
    def check(text: str) -> None:
        found = Pattern(pattern)
        expected = naive(pattern, text)
        assert [begin for some in found.begins(text) for begin in some] == expected
        assert found.count(text) in (None, len(expected))

    check()


def test_words_are_counted_without_a_search_where_that_is_possible() -> None:
    assert Pattern("ab").count("ab AB aB") == 3
    assert Pattern("aB").count("ab AB aB 漢") == 1
    assert Pattern("k").count("k \u212a") is None
    assert Pattern("a.").count("ab") is None


def test_pieces_are_small_whatever_the_text_is() -> None:
    lines, line = "word word\n" * 300_000, "word " * 600_000
    for text, pattern in (
        (lines, "none"),
        (line, "none"),
        (line, "word"),
        (lines, "w.rd"),
        (line, "w.rd"),
        (lines, "n.ne"),
    ):
        steps = 0
        for found in Pattern(pattern).begins(text):
            steps += 1
            assert len(found) <= max(module._PIECE, module._HITS)
        assert steps > 50


def test_marks_are_looked_for_around_what_is_shown() -> None:
    line = "ab " * 100_000
    assert Pattern("ab").marks(line, 150_000, 150_006) == [(150_000, 150_002), (150_003, 150_005), (150_006, 150_008)]
    marks = Pattern("a[b]").marks(line, 150_000, 150_006)
    assert (150_003, 150_005) in marks
    assert len(marks) < 2000
    assert Pattern("(a+)+$").marks("a" * 40 + "b", 0, 41) == []
