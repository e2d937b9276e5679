"""Whole lines, comments, blocks, brackets, prompts: (text with the cursor, keys) -> text with the cursor."""

import pytest

from curses_client.options import Options
from tests.curses_client.editing.typed import editing
from tests.curses_client.support import Client


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("a\nb|", "shift meta up", "b|\na"),
        ("|a\nb\nc", "shift ctrl down/shift ctrl down/shift ctrl down", "b\nc\n|a"),
        ("a\nb\nc|", "shift up/shift meta up", "b|\nc\na"),
        ("ab|\ncd", "meta D", "ab\nab|\ncd"),
        ("f(\n    x,\n|    y)", "up/meta j", "f(\n    x,| y)"),
        ("f(|\n    x)", "meta j", "f(|x)"),
        ("one|", "meta j", "one|"),
        ("a|\nb", "meta ;", "# a|\nb"),
        ("# a|", "meta ;", "a|"),
        ("if x:\n    y\n    z|", "shift up/meta ;", "if x:\n    # y|\n    # z"),
        ("|", "meta ;", "# |"),
        ("x|", "meta i", "    x|"),
        ("|ab cd", "meta U", "AB| cd"),
        ("Ab|", "shift left/meta U", "AB|"),
        ("|AB CD", "meta L/meta C", "ab Cd|"),
    ],
)
def test_changes(before: str, keys: str, after: str) -> None:
    assert editing(before).press(*keys.split("/")).marked == after


@pytest.mark.parametrize(
    ("lexer", "after"), [("javascript", "// x|"), ("sql", "-- x|"), ("octave", "% x|"), ("nobody-knows", "# x|")]
)
def test_comments_are_those_of_the_language(lexer: str, after: str) -> None:
    user = editing("x|", lexer).press("meta ;")
    assert user.marked == after
    assert user.press("meta ;").marked == "x|"


def test_a_cell_magic_names_another_language() -> None:
    assert editing("%%javascript\nx|").press("meta ;").marked == "%%javascript\n// x|"
    assert editing("%%!\nx|").press("meta ;").marked == "%%!\n# x|"


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("|a\nb\n\nc\nd", "meta }", "a\nb\n\n|c\nd"),
        ("a\nb\n\nc\nd|", "meta {", "a\nb\n\n|c\nd"),
        ("a\nb\n\n|c\nd", "meta {", "|a\nb\n\nc\nd"),
        ("|if x:\n    y\nz", "meta }", "if x:\n    y\n|z"),
        ("a|", "meta }", "a|"),
        ("f(|a)", "ctrl ]", "f(a)|"),
        ("f(a)|", "ctrl ]", "f|(a)"),
        ("f|(a)", "ctrl ]/ctrl ]", "f|(a)"),
        ("f|(')', # )\n)", "ctrl ]", "f(')', # )\n)|"),
        ("f|(a)", "meta ]/delete", "f|"),
        ("a\nb\nc|", "meta g/2/enter", "a\n|b\nc"),
        ("a\n    b\nc|", "meta g/9/9/enter", "a\n    b\n|c"),
        ("a\nb|", "meta g/0/enter", "|a\nb"),
        ("a\nb|", "meta g/1/esc", "a\nb|"),
        ("a\nb|", "meta g/enter", "a\nb|"),
    ],
)
def test_places(before: str, keys: str, after: str) -> None:
    assert editing(before).press(*keys.split("/")).marked == after


def test_what_cannot_be_done_is_told() -> None:
    assert editing("a|").press("ctrl ]").message == "there is no bracket at the cursor"
    assert editing("f(|").press("ctrl ]").message == "no bracket near here belongs to this one"
    assert editing("a|").press("meta g", "x", "enter").message == "that is not a number"
    assert editing("a|").press("meta P").message.startswith("there is no prompt")


def test_prompts_are_taken_out_in_one_step() -> None:
    user = Client(">>> x = 1\n>>> x\n1\n").press("meta P")
    assert user.text == "x = 1\nx"
    assert user.message == "2 lines without a prompt dropped"
    assert user.press("ctrl _").text == ">>> x = 1\n>>> x\n1\n"


def test_only_what_is_selected_loses_its_prompts() -> None:
    user = editing(">>> a\n>>> b|").press("shift home", "shift home", "meta P")
    assert user.text == ">>> a\nb"


@pytest.mark.parametrize(("key", "wrap"), [("meta W", False)])
def test_long_lines(key: str, wrap: bool) -> None:
    user = Client("x").press(key)
    assert user.state.options == Options(wrap=wrap)
    assert user.press(key).state.options == Options()


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("a\nb|", "meta up", "b|\na"),
        ("a|\nb", "meta down", "b\na|"),
        ("a|", "ctrl _", "# a|"),
        ("a|\nb", "shift meta down", "a\na|\nb"),
        ("a\nb|", "ctrl g/1/enter", "|a\nb"),
    ],
)
def test_modern_keys(before: str, keys: str, after: str) -> None:
    assert editing(before, keys="modern").press(*keys.split("/")).marked == after
