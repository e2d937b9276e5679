"""Rows by columns, which columns differ, and that only characters of one width are trusted."""

import pytest
from wcwidth import wcwidth

from curses_client.cells import PLAIN, Cells, Pen, cells_of, first_difference, spans

RED, BAR = Pen("31"), Pen("48;5;236", erases=False)


def of(text: str, pen: Pen = PLAIN) -> Cells:
    return cells_of(((pen, text),))


@pytest.mark.parametrize("char", "aé─│╰·…✗✓○●█⏎┊•–▾▏╳λжπ→∑␇⣿")
def test_a_narrow_character_is_a_cell(char: str) -> None:
    assert of(char) == ([(PLAIN, char)], ())


@pytest.mark.parametrize("char", "漢あア가Ａ、")
def test_a_wide_character_is_two(char: str) -> None:
    assert of(f"{char}a") == ([(PLAIN, char), (PLAIN, ""), (PLAIN, "a")], ())


def test_what_is_trusted_has_the_width_that_wcwidth_gives_it() -> None:
    for code in (*range(0x20, 0x7F), *range(0xA0, 0x11000)):
        cells = of(chr(code))
        if not cells.tail:
            assert len(cells.cells) == wcwidth(chr(code)), hex(code)


@pytest.mark.parametrize("char", ["🙂", "א", "⌚", "\u00ad", "\u200b", "\ufe0f", "\U000e0100", "▶️"])
def test_from_another_one_on_it_is_the_tail(char: str) -> None:
    cells = of(f"漢ab{char}c")
    shown = "".join(text for _, text in cells.tail)
    assert cells.cells[:2] == [(PLAIN, "漢"), (PLAIN, "")]
    assert "".join(text for _, text in cells.cells) + shown == f"漢ab{char}c"


def test_a_character_that_combines_is_not_cut_from_its_base() -> None:
    assert of("ae\u0301") == ([(PLAIN, "a")], ((PLAIN, "e\u0301"),))
    assert of("a漢\u0301") == ([(PLAIN, "a")], ((PLAIN, "漢\u0301"),))
    assert cells_of(((RED, "e"), (PLAIN, "\u0301"))) == ([], ((RED, "e"), (PLAIN, "\u0301")))
    assert of("\u0301a") == ([], ((PLAIN, "\u0301a"),))


def test_the_tail_goes_on_in_the_next_run() -> None:
    row = ((RED, "a"), (PLAIN, "b🙂"), (RED, "c"))
    assert cells_of(row) == ([(RED, "a")], ((PLAIN, "b🙂"), (RED, "c")))


def test_blanks_that_look_erased_are_all_alike() -> None:
    assert of(" ", RED) == of(" ")
    assert of(" ", BAR) != of(" ")
    assert of("é ", RED).cells[1] == (PLAIN, " ")


@pytest.mark.parametrize(
    ("text", "pen", "column"),
    [("a  ", RED, 1), ("   ", PLAIN, 0), ("abc", PLAIN, 3), ("a  ", BAR, 3), ("a🙂 ", PLAIN, 0)],
)
def test_where_nothing_is_seen(text: str, pen: Pen, column: int) -> None:
    assert of(text, pen).blank_from == column


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("abc", "abc", []),
        ("abc", "axc", [(1, 2)]),
        ("abc", "xbx", [(0, 3)]),
        ("a" * 20, "x" + "a" * 18 + "x", [(0, 1), (19, 20)]),
        ("漢a", "字a", [(0, 2)]),
        ("漢a", "xya", [(0, 2)]),
        ("xya", "漢a", [(0, 2)]),
        ("x漢a", "漢ya", [(0, 3)]),
    ],
)
def test_columns_that_differ(old: str, new: str, expected: list[tuple[int, int]]) -> None:
    assert spans(of(old), of(new)) == expected


def test_the_first_difference() -> None:
    assert first_difference(of("abc"), of("abd")) == 2
    assert first_difference(of("abc"), of("ab")) == 2
    assert first_difference(of("abc"), of("abc", RED)) == 0
