"""What a pattern finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.history.entries import Entry
from curses_client.history.matching import Finder

PAST = (
    "import numpy as np",
    "df = pd.read_csv('rides.csv')",
    "df.groupby('station').size()",
    "for epoch in range(3):\n    train(epoch)",
    "DF = None",
    "import os",
    "df.groupby('station').size()",
)


def entries(*texts: str) -> list[Entry]:
    return [Entry(text, float(number)) for number, text in enumerate(texts)]


def found(finder: Finder) -> list[str]:
    while not finder.is_complete:
        finder.work(2)
    return [entry.text for entry in finder.found(0, finder.count)]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", [6, 5, 4, 3, 1, 0]),
        ("   ", [6, 5, 4, 3, 1, 0]),
        ("import", [5, 0]),
        ("df", [6, 4, 1]),
        ("DF", [4]),
        ("size group", [6]),
        ("train epoch", [3]),
        ("os import", [5]),
        # no entry has these words: their letters in this order
        ("dfgrsi", [6]),
        ("fr trn", [3]),
        ("DFGRSI", [6]),
        ("[^", []),
        ("zzz", []),
        ("(3):\n", [3]),
    ],
)
def test_what_is_found(pattern: str, expected: list[int]) -> None:
    assert found(Finder(entries(*PAST), pattern)) == [PAST[number] for number in expected]


def test_the_newest_of_the_same_text_stands_for_all() -> None:
    finder = Finder(entries("a", "b", "a"), "a")
    assert found(finder) == ["a"]
    assert finder.found(0, 1)[0].time == 2.0
    assert finder.place(Entry("a", 2.0)) == 0
    assert finder.place(Entry("a", 0.0)) is None


def test_only_within() -> None:
    finder = Finder([Entry("ab", 1.0, "here"), Entry("ab", 2.0, "there")], "a", lambda entry: entry.session == "here")
    assert found(finder) == ["ab"]
    assert found(finder.again("ab")) == ["ab"]


@pytest.mark.parametrize(
    ("pattern", "line", "expected"),
    [
        ("df", "df = DF", [(0, 2), (5, 7)]),
        ("DF", "df = DF", [(5, 7)]),
        ("size station", "station.size", [(0, 7), (8, 12)]),
        ("", "df", []),
        ("s", "\u0130s", []),
    ],
)
def test_where_it_is_in_a_line(pattern: str, line: str, expected: list[tuple[int, int]]) -> None:
    assert Finder(entries(line), pattern).spans(line) == expected


def test_where_letters_are_in_a_line() -> None:
    finder = Finder(entries("group(size)"), "gsz")
    assert found(finder) == ["group(size)"]
    assert finder.spans("group(size)") == [(0, 1), (6, 7), (8, 9)]


LETTERS = st.text("aB c^-]", max_size=8)


@given(st.lists(LETTERS.filter(bool)), st.lists(LETTERS, max_size=5), st.integers(0, 5))
def test_typing_on_finds_the_same_as_beginning_anew(texts: list[str], patterns: list[str], looked_at: int) -> None:
    finder = Finder(entries(*texts), "")
    for pattern in patterns:
        for end in range(len(pattern) + 1):
            finder.work(looked_at)
            if looked_at % 2:
                found(finder)
            finder = finder.again(pattern[:end])
    assert found(finder) == found(Finder(entries(*texts), finder.pattern))


def test_letters_are_looked_for_in_all_entries() -> None:
    finder = Finder(entries("d.f(g)", "df"), "df")
    assert found(finder) == ["df"]
    assert found(finder.again("dfg")) == ["d.f(g)"]
    assert found(finder.again("dfg").again("dfgx")) == []


@given(st.lists(st.text(max_size=20).filter(bool)), st.text(max_size=6))
def test_what_is_found_has_the_words_or_the_letters(texts: list[str], pattern: str) -> None:
    for text in found(Finder(entries(*texts), pattern)):
        rest = iter(text.lower())
        has_words = all(word in text or word in text.lower() for word in pattern.split())
        assert has_words or all(letter in rest for letter in "".join(pattern.split()).lower())


def test_every_text_of_many_is_looked_at_in_a_time_that_grows_with_it() -> None:
    # letters in an order are found without going back, however often the first one is there
    finder = Finder(entries("a" * 50_000), "aaaaaaaaab")
    assert found(finder) == []
