"""Characters as they are typed: (text with the cursor, keys) -> text with the cursor."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.events import Pasted
from tests.curses_client.editing.typed import editing


@pytest.mark.parametrize(
    ("before", "typed", "after"),
    [
        ("f|", "(", "f(|)"),
        ("f|", "(a)", "f(a)|"),
        ("f|", "([{", "f([{|}])"),
        ("|name", "(", "(|name"),
        ("a|, b", "[", "a[|], b"),
        ("f((x|)", ")", "f((x)|)"),
        ("|", "'", "'|'"),
        ("|", "'a'", "'a'|"),
        ("x = f|", "'", "x = f'|'"),
        ("rb|", '"', 'rb"|"'),
        ("don|", "'", "don'|"),
        ("self|", "'", "self'|"),
        ("|", '"""', '"""|"""'),
        ("|", '"""doc"""', '"""doc"""|'),
        ('"abc|', '"', '"abc"|'),
        ("'it\\|", "'", "'it\\'|"),
        ("x|y", "'", "x'|y"),
    ],
)
def test_pairs(before: str, typed: str, after: str) -> None:
    assert editing(before, pairs=True).write(typed).marked == after


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("|", "(/backspace", "|"),
        ("|", '"/backspace', "|"),
        ("|", "(/a/backspace/backspace", "|"),
        ("f(|x)", "backspace", "f|x)"),
        ("ab|", "shift left/(", "a(|b)"),
        ("a b|", "shift home/'", "'|a b'"),
        ("a\nb|", "shift up/[", "a[|\nb]"),
        ("f|", "{/ctrl o", "f{\n    |\n}"),
        ("|", "(/a/ctrl _", "|"),
    ],
)
def test_keys_on_pairs(before: str, keys: str, after: str) -> None:
    assert editing(before, pairs=True).press(*keys.split("/")).marked == after


def test_a_surrounded_selection_stays() -> None:
    buffer = editing("ab|", pairs=True).press("shift home", "(", "[").state.editor.buffer
    assert (buffer.text, buffer.selected_text) == ("([ab])", "ab")


def test_a_paste_never_pairs_nor_does_anything_by_default() -> None:
    assert editing("|", pairs=True).send(Pasted("f(")).marked == "f(|"
    assert editing("|").write("f('").marked == "f('|"
    assert editing("ab|").press("shift left", "(").marked == "a(|"


def test_a_quote_of_another_language_is_a_letter() -> None:
    assert editing("|", "haskell", pairs=True).write("f'").marked == "f'|"
    assert editing("|", "javascript", pairs=True).write("`").marked == "`|`"
    assert editing("|", pairs=True).write("`").marked == "`|"


@pytest.mark.parametrize(
    ("lexer", "before", "keys", "after"),
    [
        ("python", "def f():|", "ctrl o", "def f():\n    |"),
        ("r", "f <- function(x) {|", "ctrl o", "f <- function(x) {\n  |"),
        ("r", "  x|", "ctrl o", "  x\n  |"),
        ("julia", "function f(x)|", "ctrl o", "function f(x)\n    |"),
        ("julia", "if x y end|", "ctrl o", "if x y end\n|"),
        ("bash", "for x in *; do|", "ctrl o", "for x in *; do\n  |"),
        ("lua", "if x then|", "ctrl o", "if x then\n  |"),
        ("ruby", "xs.each do|", "ctrl o", "xs.each do\n  |"),
        ("c++", "  int f() { // (|", "ctrl o", "  int f() { // (\n      |"),
        ("javascript", "f('{')|", "ctrl o", "f('{')\n|"),
        ("javascript", "if (x) {\n  y\n  |", "}", "if (x) {\n  y\n}|"),
        ("python", "f(\n    a,\n    |", ")", "f(\n    a,\n)|"),
        ("python", "    |", ")", "    )|"),
        ("r", "|", "tab", "  |"),
        ("r", "    |", "backspace", "  |"),
        ("r", "  x|", "shift tab", "x|"),
        ("python", "%%bash\nif x; then|", "ctrl o", "%%bash\nif x; then\n  |"),
    ],
)
def test_indentation(lexer: str, before: str, keys: str, after: str) -> None:
    assert editing(before, lexer).press(*keys.split("/")).marked == after


@given(st.text("ab \n()[]'\"\\f", max_size=12), st.text("ab ()[]{}'\"`\\f", max_size=12))
@settings(max_examples=100, deadline=None)
def test_what_is_typed_is_there_and_undo_takes_it_back(text: str, typed: str) -> None:
    user = editing(f"{text}|", pairs=True).write(typed)
    rest = iter(user.text)
    assert all(character in rest for character in text if character not in "()[]'\"")
    user.press(*["ctrl _"] * (len(typed) + 1))
    assert user.text == ""
