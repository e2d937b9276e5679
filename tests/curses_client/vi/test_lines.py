"""What is typed behind a colon: (text with the cursor, line) -> text with the cursor, and what is asked for."""

import pytest

from curses_client.vi.lines import LINES
from curses_client.vi.values import Named, Open, Register, Run, Say, Write
from tests.curses_client.vi.typist import Typist


def typed(before: str, line: str) -> Typist:
    """Type a line behind a colon."""
    typist = Typist(before)
    for key in (":", *line, "enter"):
        typist.press(key)
    return typist


@pytest.mark.parametrize(
    ("before", "line", "after"),
    [
        ("|a\nb\n  c", "3", "a\nb\n  |c"),
        ("|a\nb\n  c", "99", "a\nb\n  |c"),
        ("a\n|b\nc", "$", "a\nb\n|c"),
        ("|a\nb\nc", "+", "a\n|b\nc"),
        ("a\nb\n|c", ".-2", "|a\nb\nc"),
        ("a|b", "", "a|b"),
        ("a|b", " : ", "a|b"),
        ("|x x\nx", "s/x/y/", "|y x\nx"),
        ("|x x\nx", "s/x/y/g", "|y y\nx"),
        ("|x x\nx", "%s/x/y/g", "y y\n|y"),
        ("|x x\nx", "2s/x/y", "x x\n|y"),
        ("|ab", "s/(a)(b)/\\2\\1/", "|ba"),
        ("|ab", "s/b/[&]/", "|a[b]"),
        ("|ab", "s/b/[\\&]/", "|a[&]"),
        ("|a/b", "s#/#\\##", "|a#b"),
        ("|a/b", "s/\\//-/", "|a-b"),
        ("|Ab", "s/a/x/i", "|xb"),
        ("|a,b", "s/,/\\n/", "a\n|b"),
        ("|a(b", "s/(/[/", "|a[b"),
        ("a\n|b\nc", "d", "a\n|c"),
        ("a\n|b\nc", "1,2d", "|c"),
        ("|a\nb\nc", ".,$d", "|"),
        ("|a\nb", "2>", "a\n    |b"),
        ("    |a", "<", "|a"),
        ("|a\nb", "2y", "|a\nb"),
    ],
)
def test_lines(before: str, line: str, after: str) -> None:
    assert typed(before, line).marked == after


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("w out.py", Write("out.py")),
        ("w", Run("file-save")),
        ("wq", Run("vi-save-and-leave")),
        ("x", Run("vi-save-and-leave")),
        ("e b.py", Open("b.py")),
        ("e", Run("file-open")),
        ("q", Run("vi-leave")),
        ("set nowrap", Run("vi-no-wrap")),
        ("se wrap", Run("vi-wrap")),
        ("set nu", Say("no option nu · :set has wrap and hlsearch, config.toml others")),
        ("set", Say("few options · :set has wrap and hlsearch, config.toml others")),
        ("q!", Run("vi-leave")),
        ("help", Run("help")),
        ("ask-restart", Named("ask-restart")),
        ("nonsense here", Named("nonsense here")),
        ("s/zz/y/", Say("not found: zz")),
        ("s/a/\\9/", Say("the replacement cannot be used: invalid group reference 9 at position 1")),
        ("s/a/b/x", Say("s has the flags g and i, and not x")),
        ("s", Say(":s/pattern/replacement/ puts one text in the place of another, with g in all places")),
        ("'ad", Say("there are no such lines: 'a")),
        ("'<,'>d", Say("there are no such lines: '<,'>")),
        ("d !", Say("there is no register !")),
        ("%s/a|b/x/g", Say("2 replaced")),
    ],
)
def test_what_is_asked_and_said(line: str, asked: object) -> None:
    typist = typed("a|b", line)
    assert typist.asked[-1] == asked


def test_a_range_is_what_was_selected() -> None:
    typist = Typist("|a\nb\nc").type("Vj:")
    for key in ("s", "/", "$", "/", ";", "/", "enter"):
        typist.press(key)
    assert typist.marked == "a;\n|b;\nc"


def test_a_range_of_marks() -> None:
    assert typed("|a\nb\nc", "d").marked == "|b\nc"
    typist = Typist("|a\nb\nc").type("majmb:'a,'bd<CR>")
    assert typist.marked == "|c"


def test_lines_go_to_a_register() -> None:
    assert typed("|a\nb", "%y x").register("x") == Register("a\nb", linewise=True)


def test_no_hits_are_marked_any_more() -> None:
    typist = Typist("|a b").type("/b<CR>")
    assert typist.scene.vi.shows_hits
    assert not typist.type(":noh<CR>").scene.vi.shows_hits
    assert typist.type(":set hls<CR>").scene.vi.shows_hits
    assert not typist.type(":set nohlsearch<CR>").scene.vi.shows_hits


def test_a_line_that_is_left_drops_the_command() -> None:
    typist = Typist("|a b").type("d/b<Esc>")
    assert typist.type("x").marked == "| b"


@pytest.mark.parametrize("row", LINES, ids=lambda row: row.names[0])
def test_every_row_says_how_it_is_used(row: object) -> None:
    assert row.usage.startswith(":")  # type: ignore[attr-defined]
    assert row.help  # type: ignore[attr-defined]
