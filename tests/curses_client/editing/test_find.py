"""Finding and replacing in the editor: (text with the cursor, keys) -> text with the cursor, and what is said."""

import pytest

from tests.curses_client.drawing import attributes, check, lines
from tests.curses_client.editing.typed import editing
from tests.curses_client.support import Client


def keys_of(script: str) -> list[str]:
    return script.split("/")


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("|one two one", "ctrl s/o/n/e/enter", "one| two one"),
        ("|one two one", "ctrl s/o/n/e/ctrl s/enter", "one two one|"),
        ("|one two one", "ctrl s/o/n/e/ctrl s/ctrl s/enter", "one| two one"),
        ("|one two one", "ctrl s/o/n/e/ctrl r/enter", "one two one|"),
        ("|one two", "ctrl s/t/w/backspace/enter", "one t|wo"),
        ("|one two", "ctrl s/t/esc", "|one two"),
        ("|one two", "ctrl s/z/enter", "|one two"),
        ("a|\nab\nb", "ctrl s/b/down/enter", "a\nab\nb|"),
        ("|aXx", "ctrl s/x/enter", "aX|x"),
        ("|axX", "ctrl s/X/enter", "axX|"),
        ("|a1 b22", "ctrl s/\\/d/+/down/enter", "a1 b22|"),
        ("|f(x", "ctrl s/(/enter", "f(|x"),
        ("|a b a", "ctrl s/a/enter/meta N", "a b a|"),
        ("|a b a", "ctrl s/a/enter/meta N/meta V", "a| b a"),
        ("|a b a", "ctrl s/a/enter/esc/meta N", "a b a|"),
        ("|a b a", "ctrl s/a/enter/ctrl s/enter", "a b a|"),
        ("|a b a", "ctrl s/a/enter/ctrl s/ctrl s/enter", "a b a|"),
        ("|a b a", "shift right/ctrl s/ctrl s/enter", "a b a|"),
    ],
)
def test_finding(before: str, keys: str, after: str) -> None:
    assert editing(before).press(*keys_of(keys)).marked == after


def test_all_hits_are_marked_until_escape() -> None:
    user = editing("|one two one").press("ctrl s", *"one")
    row = next(number for number, line in enumerate(lines(user)) if line == " one two one")
    assert [run for run in attributes(user, row) if run[0] in ("hit", "hit current")] == [
        ("hit current", "one"),
        ("hit", "one"),
    ]
    assert "1 of 2" in lines(user)[-1]
    user.press("enter", "left")
    assert [attr for attr, _ in attributes(user, row) if attr in ("hit", "hit current")] == ["hit", "hit"]
    assert "hit" not in dict(attributes(user.press("esc"), row))


@pytest.mark.parametrize(
    ("keys", "says"),
    [("z", "no hits"), ("(", "no hits · as plain text"), ("a", "1 of 1")],
)
def test_how_many_there_are(keys: str, says: str) -> None:
    assert says in lines(editing("|a").press("ctrl s", *keys))[-1]


def test_an_expression_that_takes_too_long_is_told() -> None:
    user = Client("a" * 40).press("ctrl s", *"(a+)+$x")
    assert "too long" in user.message
    check(user)


@pytest.mark.parametrize(
    ("before", "keys", "after", "says"),
    [
        ("|a b a", "meta %/a/enter/x/enter/y/y", "x b x|", "replaced 2"),
        ("|a b a", "meta %/a/enter/x/enter/y/n", "x b a|", "replaced 1"),
        ("|a b a", "meta %/a/enter/x/enter/n/y", "a b x|", "replaced 1"),
        ("|a b a", "meta %/a/enter/x/enter/esc", "a| b a", ""),
        ("|a b a", "meta %/a/enter/x/enter/y/esc", "x b a|", ""),
        ("|a b a", "meta %/a/enter/x/enter/n/a", "a b x|", "replaced 1"),
        ("a a\na a|", "meta %/a/enter/b/b/enter/a", None, "replaced 4"),
        ("a b a|", "meta %/a/enter/x/enter/y/y", "x b x|", "replaced 2"),
        ("|a", "meta %/a/enter/a/a/enter/y", "aa|", "replaced 1"),
        ("|ab", "meta %/(/a/)/(/b/)/enter/\\/2/\\/1/enter/y", "ba|", "replaced 1"),
        ("|a.b", "meta %/\\/./enter/\\/7/enter/y", "a\\7|b", "replaced 1"),
        ("|a", "meta %/z/enter", "|a", "no hits"),
        ("|a", "meta %/esc", "|a", ""),
        ("|a b", "meta %/a/enter/esc", "|a b", ""),
        ("|aa", "meta %/a/enter/enter/a", "|", "replaced 2"),
    ],
)
def test_replacing(before: str, keys: str, after: str | None, says: str) -> None:
    user = editing(before).press(*keys_of(keys))
    if after is None:
        assert user.text == "bb bb\nbb bb"
    else:
        marked = user.marked
        assert marked.replace("|", "") == after.replace("|", "")
    assert user.message == says
    check(user)


@pytest.mark.parametrize("key", ["y", "a"])
def test_an_expression_may_put_a_new_line(key: str) -> None:
    client = Client("x = 6\nx = 7").press("meta <", "meta %").write("x( =)").press("enter").write(r"y\n\1")
    client.press("enter", key)
    lines = ("y", " = 6", "y", " = 7") if key == "a" else ("y", " = 6", "x = 7")
    assert client.state.editor.buffer.lines == lines
    assert client.press("esc", "ctrl _").text == "x = 6\nx = 7"


def test_all_of_them_are_one_step_of_undo() -> None:
    user = Client("a\na\na").press("meta %", "a", "enter", "x", "enter", "a")
    assert user.text == "x\nx\nx"
    assert user.press("ctrl _").text == "a\na\na"


def test_of_several_selected_lines_only_these_are_changed() -> None:
    user = Client("a a\na\na\na").press("ctrl home", "shift down", "shift down", "meta %", "a", "enter", "x", "enter")
    assert user.state.question is not None
    assert user.press("a").text == "x x\nx\na\na"


def test_the_question_tells_what_becomes_of_what() -> None:
    user = Client("a a").press("meta %", "a", "enter", "enter")
    assert user.state.question is not None
    assert user.state.question.text == "Replace a by nothing?"
    assert [choice.label for choice in user.state.question.choices] == ["yes", "no", "all 2"]


def test_nothing_to_go_on_with_is_told() -> None:
    assert Client("a").press("meta N").message == "nothing was looked for yet"


@pytest.mark.parametrize("size", [(80, 24), (20, 5), (10, 3), (5, 2), (1, 1)])
def test_it_fits_every_screen(size: tuple[int, int]) -> None:
    user = Client("one two\none " + "three " * 30, cols=size[0], rows=size[1])
    for key in (
        "ctrl s",
        *"one",
        "down",
        "enter",
        "meta %",
        *"th",
        "enter",
        *"漢字",
        "enter",
        "y",
        "n",
        "a",
        "meta g",
        "1",
    ):
        check(user.press(key))


def test_what_is_asked_about_is_harmless() -> None:
    user = Client("a\u202eb").press("meta a", "meta %", "enter", "enter")
    assert user.state.question is not None
    check(user)
