"""Every hit in the transcript, in order, counted: against a search of all of its lines one by one."""

import re
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from curses_client.finding import Finder, Spot
from curses_client.outputs import Pane, part_of
from curses_client.shown import EVERYTHING, Line, Look, Rendered
from curses_client.text.ansi import plain
from curses_client.text.lines import BLOCK
from curses_client.transcript import Cell, Transcript
from tests.curses_client.reading import NUMBERS, TRACEBACK

checked = settings(max_examples=60, deadline=None)

BEGIN = Spot(0, 0, 0, -1)


def rendered(bundle: Any, metadata: Any, look: Look, opened: frozenset[str]) -> Rendered:
    """Break text at the pane's edge, and fold it away."""
    text = bundle["text/html"] if opened >= EVERYTHING else bundle["text/html"][:3]
    return Rendered(tuple(Line(text[at : at + look.cols]) for at in range(0, len(text), look.cols)))


def pane(*, folds: bool = True) -> Pane:
    return Pane(rendered, folds=folds)


def printing(*texts: str) -> Transcript:
    transcript = Transcript(pane())
    for number, text in enumerate(texts):
        transcript.add_cell(f"c{number}", f"cell {number}", 0.0).write("stdout", text)
    return transcript


def naive(transcript: Transcript, pattern: str) -> list[Spot]:
    """Return all hits, from all lines."""
    letters = re.sub(r"\\.", "", pattern)
    flags = re.IGNORECASE if letters == letters.lower() else 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            regex = re.compile(pattern, flags)
    except re.error:
        regex = re.compile(re.escape(pattern), flags)
    return [
        Spot(item, place, line, match.start())
        for item, one in enumerate(transcript.items)
        for place, part in enumerate(one.parts)
        for line, text in enumerate(part.all_lines())
        for match in regex.finditer(plain(text))
        if match.end() > match.start()
    ]


def after(pieces: int) -> Callable[[], bool]:
    """Say that the time is over after so many pieces of work."""
    left = iter(range(1, pieces))
    return lambda: next(left, None) is None


def found(finder: Finder, transcript: Transcript, start: Spot, step: int, blocks: int = 3) -> list[Spot]:
    """Return the hits from a place to the end, as somebody who presses n sees them."""
    hits: list[Spot] = []
    place: Spot | None = start
    for _ in range(100_000):
        if place is None:
            return hits
        hit, place = finder.seek(transcript, place, step, after(blocks))
        if hit is not None:
            hits.append(hit)
            place = hit
    raise AssertionError("it does not end")


def counted(finder: Finder, transcript: Transcript, blocks: int = 1000) -> int:
    for _ in range(100_000):
        finder.work(transcript, after(blocks))
        if finder.is_complete:
            return finder.count
    raise AssertionError("it does not end")


def end(transcript: Transcript) -> Spot:
    return Spot(len(transcript.items), 0, 0, 0)


# ---- patterns ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "line", "spans"),
    [
        ("ab", "xabAB", [(1, 3), (3, 5)]),
        ("Ab", "xabAb", [(3, 5)]),
        ("a.c", "abc a.c", [(0, 3), (4, 7)]),
        (r"a\.c", "abc a.c", [(4, 7)]),
        ("^a", "aa", [(0, 1)]),
        ("a$", "aa", [(1, 2)]),
        (r"\Aa", "aa", [(0, 1)]),
        ("x*", "axxb", [(1, 3)]),
        ("(a", "(a (b", [(0, 2)]),
        ("[", "a[b", [(1, 2)]),
        ("a{2", "a{2", [(0, 3)]),
        ("*", "a*b", [(1, 2)]),
        ("a(?=b)", "abac", [(0, 1)]),
        ("a(?i)", "a(?i)", [(0, 5)]),
        ("[[a]", "[a", [(0, 1), (1, 2)]),
        ("(?P<n>a)(?P<n>b)", "(?P<n>a)(?P<n>b)", [(0, 16)]),
        ("漢", "a漢漢", [(1, 2), (2, 3)]),
        ("é", "É", [(0, 1)]),
        ("ß", "ß", [(0, 1)]),
    ],
)
def test_patterns(pattern: str, line: str, spans: list[tuple[int, int]]) -> None:
    with warnings.catch_warnings():
        # nothing is written over the screen
        warnings.simplefilter("error")
        assert Finder(pattern).spans(line) == spans


@pytest.mark.parametrize(
    ("pattern", "literal"), [("abc", True), ("a.c", False), ("(a", True), ("a b", True), ("", True)]
)
def test_what_is_plain_text(pattern: str, literal: bool) -> None:
    assert Finder(pattern).is_literal is literal


@pytest.mark.parametrize(
    "pattern",
    [
        *("a", "A", "^", "$", "^$", "x*", ".", ".*", r"\s", r"a\sb", r"[^x]+", r"\n", r"b\s*c", r"a|\n|b", "^b", "a$"),
        *(
            r"\Aa",
            r"c\Z",
            "(?s)a.b",
            "a(?=.b)",
            r"(?<=\n)b",
            "(?m:^b)",
            r"\bb",
            r"\Bb",
            r"a\s*+$",
            r"(?>a\s*)$",
            "(a)?",
            "s",
        ),
        *("ſ", "k", "i", "σ", "ς", "İ", "ß", "ﬁ"),
    ],
)
def test_lines_are_searched_one_by_one(pattern: str) -> None:
    """Also where the expression could match across lines, and for letters with more than two cases."""
    transcript = printing(
        "a\nb\n\na b\nab\n  \nabc\nc  \nA\n", "ſs S K k İ i ı I σ ς Σ ß ẞ ﬁ fi\n", "a  \nb\nxa\na\u0301"
    )
    finder = Finder(pattern)
    expected = naive(transcript, pattern)
    assert counted(finder, transcript) == len(expected)
    assert found(finder, transcript, BEGIN, 1) == expected


# ---- against all lines -------------------------------------------------------------------------------------

texts = st.sampled_from(
    [
        *("a\n", "ab ab\n", "b", "\n", "\n\n", "\x1b[31mab\x1b[0m\n", "x\rab", "b\x1b[A\ra", "漢ab\n", "aab\n" * 150),
        *("b\n" * (BLOCK - 1), "\n" * BLOCK + "ab\n", NUMBERS * 3),
    ]
)
KINDS: list[Any] = ["stdout", "stderr"]
HTML = "ab" * 7


def _cell(transcript: Transcript, which: int) -> Cell | None:
    cells = list(transcript.cells())
    return cells[which % len(cells)] if cells else None


def write(transcript: Transcript, which: int, text: str) -> None:
    # threads of earlier cells go on printing
    cell = _cell(transcript, -1 if which else 0)
    if cell is not None:
        cell.write(KINDS[which % 2], text)


def add(transcript: Transcript, which: int, text: str) -> None:
    former = _cell(transcript, -1)
    if former is not None:
        former.state = "done"
    transcript.add_cell(f"c{len(transcript.items)}", text if which % 3 else "ab\n" * 80, 0.0).state = "running"


def fail(transcript: Transcript, which: int, text: str) -> None:
    cell = _cell(transcript, -1)
    if cell is not None:
        cell.fail("Error", text, TRACEBACK)


def show(transcript: Transcript, which: int, text: str) -> None:
    cell = _cell(transcript, -1)
    if cell is not None:
        cell.show("display", {"text/plain": text} if which % 2 else {"text/html": HTML})
        transcript.keep_display(f"d{which % 2}", cell)


def update(transcript: Transcript, which: int, text: str) -> None:
    transcript.update_display(f"d{which % 2}", {"text/plain": text} if which % 3 else {"text/html": HTML}, {})


def clear(transcript: Transcript, which: int, text: str) -> None:
    cell = _cell(transcript, -1)
    if cell is not None:
        cell.clear(wait=which % 2 > 0)


def notice(transcript: Transcript, which: int, text: str) -> None:
    transcript.add_notice(f"ab {text[:9]}", details=("a", "ab") if which % 2 else ())


def toggle(transcript: Transcript, which: int, text: str) -> None:
    cell = _cell(transcript, which)
    if cell is not None:
        part = cell.parts[which % len(cell.parts)]
        part.fold(transcript.pane, opened=not part.is_open)
        cell.parts_changed()


def narrow(transcript: Transcript, which: int, text: str) -> None:
    transcript.pane.fit(Look(cols=which % 9 + 1))


def read_further_up(transcript: Transcript, which: int, text: str) -> None:
    transcript.pane.follow(bool(which % 2))


Step = Callable[[Transcript, int, str], None]
STEPS: list[Step] = [write, write, write, add, fail, show, update, clear, notice, toggle, narrow, read_further_up]
stories = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 9), texts), max_size=15)
patterns = st.sampled_from(["ab", "a", "AB", "b$", "^a", "[ab]", "a+b?", "99", "x y", ".", r"a\sb", "why"])


@given(stories, patterns, st.integers(1, 4))
# the time is over before a block that is not full
@example([(add, 0, "a\n"), *[(notice, 0, "a\n")] * 4], "ab", 1)
@checked
def test_all_hits_forwards_and_backwards(story: list[tuple[Step, int, str]], pattern: str, blocks: int) -> None:
    transcript = Transcript(pane())
    for step, which, text in story:
        step(transcript, which, text)
    finder = Finder(pattern)
    expected = naive(transcript, pattern)
    some = expected[:: max(len(expected) // 20, 1)]
    if len(expected) < 300:
        assert found(finder, transcript, BEGIN, 1, blocks) == expected
        assert found(finder, transcript, end(transcript), -1, blocks) == expected[::-1]
    assert counted(finder, transcript, blocks) == len(expected)
    for hit in some:
        number = expected.index(hit) + 1
        assert finder.number(transcript, hit) == number
        # with what is counted, blocks without a hit are passed over
        after, before = (found_next(finder, transcript, hit, step, blocks) for step in (1, -1))
        assert after == (expected[number] if number < len(expected) else None)
        assert before == (expected[number - 2] if number > 1 else None)


def found_next(finder: Finder, transcript: Transcript, start: Spot, step: int, blocks: int) -> Spot | None:
    place: Spot | None = start
    while place is not None:
        hit, place = finder.seek(transcript, place, step, after(blocks))
        if hit is not None:
            return hit
    return None


@given(stories, patterns, st.integers(1, 4), st.booleans())
@checked
def test_the_count_follows_what_grows(
    story: list[tuple[Step, int, str]], pattern: str, blocks: int, works: bool
) -> None:
    transcript = Transcript(pane())
    finder = Finder(pattern)
    for step, which, text in story:
        step(transcript, which, text)
        finder.changed(transcript)
        if works or which % 3 == 0:
            finder.work(transcript, after(blocks))
        if finder.is_complete and which % 2:
            check_numbers(finder, transcript, pattern)
    assert counted(finder, transcript, blocks) == len(naive(transcript, pattern))
    check_numbers(finder, transcript, pattern)


def check_numbers(finder: Finder, transcript: Transcript, pattern: str) -> None:
    hits = naive(transcript, pattern)
    places = [*range(0, len(hits), max(len(hits) // 5, 1)), *range(len(hits) - 1, -1, -max(len(hits) // 3, 1))]
    assert [finder.number(transcript, hits[place]) for place in places] == [place + 1 for place in places]


# ---- bounds ------------------------------------------------------------------------------------------------


def test_a_step_looks_at_so_many_blocks_only() -> None:
    transcript = printing("x\n" * BLOCK * 50)
    finder = Finder("y")
    looked_at = []
    part = transcript.items[0].parts[1]
    original = type(part).block
    try:
        type(part).block = lambda self, number: looked_at.append(number) or original(self, number)  # type: ignore
        hit, place = finder.seek(transcript, BEGIN, 1, after(8))
        assert (hit, len(looked_at)) == (None, 8)
        assert place is not None
        looked_at.clear()
        finder.work(transcript, after(8))
        assert len(looked_at) == 8
        assert not finder.is_complete
        counted(finder, transcript)
        looked_at.clear()
        # what is known to hold nothing is not looked at again
        assert found(finder, transcript, BEGIN, 1) == []
        assert looked_at == []
    finally:
        type(part).block = original  # type: ignore[method-assign]


def test_only_what_is_new_is_counted_again() -> None:
    transcript = printing("x\n" * BLOCK * 50)
    transcript.items[0].state = "running"  # type: ignore[union-attr]
    finder = Finder("x")
    counted(finder, transcript)
    cell = transcript.cell("c0")
    assert cell is not None
    cell.write("stdout", "x\n")
    finder.changed(transcript)
    assert not finder.is_complete
    finder.work(transcript, after(4))
    assert finder.is_complete
    assert finder.count == BLOCK * 50 + 1


def test_the_number_of_a_hit_is_not_known_before_what_is_above_is_counted() -> None:
    transcript = printing("ab\n", "ab\n")
    finder = Finder("ab")
    hit = Spot(1, 1, 0, 0)
    assert finder.number(transcript, hit) == 0
    counted(finder, transcript)
    assert finder.number(transcript, hit) == 2


@pytest.mark.parametrize("blocks", [0, 3])
def test_a_hit_that_was_cleared_has_no_number(blocks: int) -> None:
    transcript = printing("ab\n" * 5000)
    finder = Finder("ab")
    counted(finder, transcript)
    cell = transcript.cell("c0")
    assert cell is not None
    cell.clear(wait=False)
    finder.changed(transcript)
    for hit in (Spot(0, 1, 4000, 0), Spot(0, 7, 0, 0)):
        assert finder.number(transcript, hit) == 0
    cell.write("stdout", "ab\n")
    finder.changed(transcript)
    finder.work(transcript, after(blocks))
    assert finder.number(transcript, Spot(0, 1, 4000, 0)) == 0


def test_what_is_new_is_found_before_it_is_counted() -> None:
    transcript = printing("x\n")
    finder = Finder("ab")
    assert counted(finder, transcript) == 0
    cell = transcript.cell("c0")
    assert cell is not None
    cell.write("stdout", "ab\n")
    assert found(finder, transcript, BEGIN, 1) == [Spot(0, 1, 1, 0)]


def test_numbers_follow_what_is_printed_above() -> None:
    transcript = printing("ab\n", "ab\n", "ab\n")
    finder = Finder("ab")
    counted(finder, transcript)
    hit = Spot(2, 1, 0, 0)
    assert finder.number(transcript, hit) == 3
    cell = transcript.cell("c0")
    assert cell is not None
    cell.write("stdout", "ab\n")
    finder.changed(transcript)
    counted(finder, transcript)
    assert [finder.number(transcript, spot) for spot in (hit, Spot(1, 1, 0, 0), hit)] == [4, 3, 4]


def test_an_empty_transcript() -> None:
    transcript = Transcript()
    finder = Finder("a")
    assert finder.seek(transcript, BEGIN, 1, after(8)) == (None, None)
    assert finder.seek(transcript, BEGIN, -1, after(8)) == (None, None)
    assert counted(finder, transcript) == 0


def test_a_value_in_a_narrower_pane_has_other_lines() -> None:
    transcript = Transcript(pane())
    cell = transcript.add_cell("c", "", 0.0)
    cell.outputs.append(part_of("display", {"text/html": "abcxabc"}, {}, transcript.pane))
    finder = Finder("abc")
    assert counted(finder, transcript) == 2
    transcript.pane.fit(Look(cols=3))
    finder.changed(transcript)
    assert counted(finder, transcript) == 1
