"""Rows of lines, also of very long ones, and of the writing of the world."""

import time
from collections.abc import Callable, Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.text import breaks, memory, wrapping
from curses_client.text import clusters as tables
from curses_client.text.ansi import PLAIN, Style, encode, runs
from curses_client.text.clusters import JOINS, WIDTHS, clusters, lone_width
from curses_client.text.memory import LONG
from curses_client.text.width import ELLIPSIS, columns, rows_needed, wrap_line, wrap_runs
from curses_client.text.wrapping import Row
from tests.curses_client.text.fuzzing import SECONDS, examples, repeated

pytestmark = pytest.mark.timeout(SECONDS + 120)
RED, LINK = Style(fg=1), Style(link="http://x")
FAMILY, SKIN, GERMANY, KEYCAP = "👩\u200d👩\u200d👧", "👍🏽", "🇩🇪", "1\ufe0f\u20e3"

characters = st.one_of(
    st.sampled_from("abc 漢字é\u0301\u0302\u200d\ufe0f\ufe0e👩👍🏽🇩🇪🇫❤⌚क\u094dष한ᄀ\u1161\u11ab\u0600\u0e33שلا\xad"),
    st.sampled_from([FAMILY, SKIN, GERMANY, KEYCAP, "e\u0301", "⌚\u0301\ufe0e", "क\u094dषि"]),
    st.characters(exclude_categories=["Cc", "Cs"]),
)
texts = st.one_of(
    st.lists(characters, min_size=1, max_size=40).map("".join),
    st.text("漢字かな한글абв ab", min_size=1, max_size=60),
    st.text("abc ", min_size=1, max_size=40),
)
styles = st.sampled_from([PLAIN, RED, LINK])
styled_texts = st.lists(st.tuples(styles, texts), max_size=5)
widths = st.one_of(st.integers(1, 12), st.just(80))


def by_clusters(styled: Iterable[tuple[Style, str]], cols: int) -> list[Row]:
    """Return the rows, one cluster after the other."""
    rows: list[Row] = [[]]
    used = 0
    for style, text in styled:
        begins = True
        for cluster, width in clusters(text):
            if width > cols:
                cluster, width = ELLIPSIS, 1
            if used + width > cols:
                rows.append([])
                used, begins = 0, True
            if begins:
                rows[-1].append((style, ""))
                begins = False
            rows[-1][-1] = (style, rows[-1][-1][1] + cluster)
            used += width
    return rows


def test_rows_are_those_found_cluster_by_cluster() -> None:
    @examples(300)
    @given(styled_texts, widths)
    def check(styled: list[tuple[Style, str]], cols: int) -> None:
        expected = by_clusters(styled, cols)
        assert list(wrap_runs(styled, cols)) == expected
        if all(one[0] != other[0] for one, other in pairwise(styled)):
            line = encode(styled)
            assert list(wrap_line(line, cols)) == expected
            assert rows_needed(line, cols) == len(expected)

    repeated(check)


def test_long_lines_have_the_same_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrapping, "LONG", 20)

    @examples(200)
    @given(styled_texts, st.lists(st.sampled_from(["\x1b[0m", "\x1b[31m", "\x1b[m\x1b[31m", "\x1b[39m"])), widths)
    def check(styled: list[tuple[Style, str]], codes: list[str], cols: int) -> None:
        # with codes that change nothing, which split no cluster
        line = "".join(
            code + encode([(PLAIN, text)]) for code, (_, text) in zip([*codes, *[""] * 9], styled, strict=False)
        )
        for stored in (line, encode(styled)):
            expected = by_clusters(runs(stored), cols)
            for _ in range(2):
                rows = wrap_line(stored, cols)
                assert len(rows) == rows_needed(stored, cols) == len(expected)
                assert [rows[number] for number in range(len(rows))] == list(rows) == expected
                assert rows[-1] == expected[-1]
                assert rows[1:3] == expected[1:3]
                with pytest.raises(IndexError):
                    rows[len(rows)]

    repeated(check)


def test_a_growing_line_has_the_rows_of_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaks, "LONG", 1)

    @examples(200)
    @given(st.lists(texts, min_size=1, max_size=6), widths)
    def check(parts: list[str], cols: int) -> None:
        line = ""
        for part in parts:
            line += part
            assert list(wrap_runs([(PLAIN, line)], cols)) == by_clusters([(PLAIN, line)], cols)

    repeated(check)


def test_the_last_row_of_a_growing_line_may_join_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaks, "LONG", 1)
    for line, rows in (
        ("abc⌚", ["abc", "⌚"]),
        ("abc⌚\ufe0e", ["abc⌚\ufe0e"]),
        ("abc⌚\ufe0ed", ["abc⌚\ufe0e", "d"]),
    ):
        assert ["".join(part for _, part in row) for row in wrap_runs([(PLAIN, line)], 4)] == rows


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "ENOUGH", 5 * LONG)
    for number in range(20):
        rows_needed(f"{number}" + "é" * LONG, 80)
    found = breaks.MEMORY
    assert found.size == sum(len(key[0]) for key in found) <= 5 * LONG
    rows_needed("é" * 9 * LONG, 80)
    assert len(found) == 1


def test_characters_that_are_known_to_stand_alone() -> None:
    step = 1 if SECONDS else 37
    for first, last in tables._UNJOINED:
        for code in {first, last, *range(first, last, step)}:
            assert WIDTHS[chr(code)] == lone_width(chr(code)), hex(code)
    assert WIDTHS["漢"] == 2
    assert [WIDTHS[character] for character in "a\u0301é\u200d\ufe0f🇩ᄀ\u0600\u094d🏽"] == [1, 0, 1] + [JOINS] * 7


def test_what_stands_alone_takes_the_sum_of_its_columns() -> None:
    @examples(200)
    @given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30))
    def check(text: str) -> None:
        alone = "".join(character for character in text if WIDTHS[character] != JOINS)
        found = [sum(WIDTHS[character] for character in cluster) for cluster, _ in clusters(alone)]
        assert found == [width for _, width in clusters(alone)]

    repeated(check)


def test_remembering_characters_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_REMEMBERED", 100)
    WIDTHS.clear()
    assert {WIDTHS[chr(code)] for code in range(0x4E00, 0x5200)} == {2}
    assert len(WIDTHS) <= 100
    WIDTHS.clear()


# What terminals that know grapheme clusters show: the columns of each text, and its rows in four columns.
WRITING: list[tuple[str, str, int, list[str]]] = [
    ("Hebrew", "שלום עולם", 9, ["שלום", " עול", "ם"]),
    ("Hebrew with points", "שָׁלוֹם", 4, ["שָׁלוֹם"]),
    ("Arabic", "مرحبا", 5, ["مرحب", "ا"]),
    ("Arabic with marks", "مَرْحَبًا", 5, ["مَرْحَبً", "ا"]),
    ("left and right", "abשל", 4, ["abשל"]),
    ("combining marks", "e\u0301a\u0308o\u0302\u0323", 3, ["e\u0301a\u0308o\u0302\u0323"]),
    ("marks at the end of a row", "abcd\u0301e", 5, ["abcd\u0301", "e"]),
    ("marks without a character", "\u0301\u0302ab", 2, ["\u0301\u0302ab"]),
    ("ideographs", "漢字漢字漢", 10, ["漢字", "漢字", "漢"]),
    ("ideographs that do not fit", "a漢字", 5, ["a漢", "字"]),
    ("a family", f"abc{FAMILY}d", 6, ["abc", f"{FAMILY}d"]),
    ("families", FAMILY * 3, 6, [FAMILY * 2, FAMILY]),
    ("skin", f"{SKIN}{SKIN}a", 5, [SKIN * 2, "a"]),
    ("flags", GERMANY * 3, 6, [GERMANY * 2, GERMANY]),
    ("half a flag", f"abc{GERMANY}🇫", 7, ["abc", f"{GERMANY}🇫"]),
    ("a heart, wide and narrow", "❤❤\ufe0f❤\ufe0e", 4, ["❤❤\ufe0f❤\ufe0e"]),
    ("a watch, narrow where it just fits", "abc⌚\ufe0ed", 5, ["abc⌚\ufe0e", "d"]),
    ("keycaps", KEYCAP * 3, 6, [KEYCAP * 2, KEYCAP]),
    ("syllables", "한글\u1112\u1161\u11ab", 6, ["한글", "\u1112\u1161\u11ab"]),
    ("a conjunct", "abcक\u094dष", 5, ["abc", "क\u094dष"]),
    ("Thai", "กำลัง", 4, ["กำลัง"]),
]


@pytest.mark.parametrize(("text", "width", "rows"), [case[1:] for case in WRITING], ids=[case[0] for case in WRITING])
def test_writing(text: str, width: int, rows: list[str]) -> None:
    assert columns(text) == width
    assert ["".join(part for _, part in row) for row in wrap_runs([(PLAIN, text)], 4)] == rows
    # the same at the end of a long line, to whose last character marks would belong
    filled = "漢字" * LONG
    if WIDTHS[text[0]]:
        assert wrap_line(filled + text, 4)[LONG:] == [[(PLAIN, row)] for row in rows]
        assert wrap_line(f"\x1b[31m{filled}{text}", 4)[LONG:] == [[(RED, row)] for row in rows]


# ---- lines of megabytes --------------------------------------------------------------------------------------------

MEGABYTES = {
    "ASCII": "0123456789" * 500_000,
    "ideographs": "漢字" * 250_000,
    "mixed": "abc é漢 " * 70_000,
    "emoji": f"{SKIN} {FAMILY} {GERMANY}❤\ufe0f e\u0301" * 30_000,
    "one colour": "\x1b[31m" + "漢字" * 250_000 + "\x1b[0m",
}


def milliseconds(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return (time.process_time() - start) * 1000


@pytest.mark.parametrize("kind", MEGABYTES)
def test_a_frame_of_a_line_of_megabytes_is_quick(kind: str) -> None:
    line = MEGABYTES[kind]

    def frame(cols: int = 97) -> list[Row]:
        count = rows_needed(line, cols)
        rows = wrap_runs(runs(line), cols)
        assert len(rows) == count
        return [rows[number] for number in range(count // 2, count // 2 + 40)]

    # measured: 70 ms for ideographs, 130 for emoji
    assert milliseconds(frame) < 1000
    assert min(milliseconds(frame) for _ in range(5)) < 5
    assert min(milliseconds(lambda: wrap_line(line, 97)[-40:]) for _ in range(5)) < 5


def test_a_line_of_megabytes_grows_quickly() -> None:
    line = "漢字" * 250_000
    rows_needed(line, 97)
    for _ in range(3):
        line += "é漢字"
        assert milliseconds(lambda line=line: rows_needed(line, 97)) < 20


def test_a_line_of_many_colours_is_taken_apart_once() -> None:
    line = "\x1b[31m0123\x1b[0m漢字" * 50_000
    assert milliseconds(lambda: rows_needed(line, 97)) < 3000
    assert min(milliseconds(lambda: wrap_line(line, 97)[1000:1040]) for _ in range(5)) < 5
    assert rows_needed(line, 97) == len(wrap_runs(runs(line), 97))
