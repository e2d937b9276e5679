"""What is known of languages: every expression compiles, and every level has a width."""

import re

import pytest

from curses_client.text import languages
from curses_client.text.languages import code_of_line, indent_after, language_of, suffix_of, title_of


def test_every_language_is_usable() -> None:
    for name, language in languages._LANGUAGES.items():
        assert name == name.lower()
        re.compile(language.opens)
        assert language.width in (2, 4)
        assert code_of_line("x (y) [z]", language).count("(") == 1


@pytest.mark.parametrize(
    ("lexer", "title"),
    [
        ("ipython3", "Python"),
        ("r", "R"),
        ("R", "R"),
        ("sh", "Bash"),
        ("cpp", "C++"),
        ("sql", "SQL"),
        ("julia", "Julia"),
    ],
)
def test_what_people_call_a_language(lexer: str, title: str) -> None:
    assert title_of(lexer) == title


@pytest.mark.parametrize(
    ("lexer", "line", "indent"),
    [
        ("julia", "  for i in 1:3", "      "),
        ("julia", "x -> begin", "    "),
        ("julia", "map(x) do y", "    "),
        ("ruby", "[1].each do |x|", "  "),
        ("ruby", "if x then y end", ""),
        ("bash", "if x; then", "  "),
        ("bash", "echo then", "  "),
        ("octave", "function y = f(x)", "    "),
        ("lua", "local f = function(x)", "  "),
        ("haskell", "main = do", "  "),
        ("scala", "def f(x: Int) =", "  "),
        ("elixir", "def f do", "  "),
        ("r", "c(1, '('", "  "),
        ("r", "# (", ""),
        ("r", "f(x)", ""),
        ("c++", "int f() {", "    "),
        ("sql", "SELECT (", "  "),
        ("nobody-knows", "x {", "    "),
        ("go", "\tfunc f() {", "\t\t"),
    ],
)
def test_indentation(lexer: str, line: str, indent: str) -> None:
    assert indent_after(line, len(line), language_of(lexer)) == indent


def test_only_what_is_left_of_the_cursor_counts() -> None:
    assert indent_after("    f(x", 2, language_of("r")) == "  "
    assert indent_after("f(x", 1, language_of("r")) == ""


def test_files() -> None:
    assert suffix_of("ipython3") == ".py"
    assert suffix_of("nobody-knows") == ".txt"
