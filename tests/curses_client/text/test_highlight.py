"""Highlighting: what each kind looks like, and that lexing by lines, after any edits, is lexing the whole."""

import argparse
import inspect
import subprocess
import sys
import textwrap
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments.lexer import RegexLexer
from pygments.lexers.python import PythonLexer

from curses_client.text import highlight
from curses_client.text.highlight import KINDS, Highlighter


def marked(line_runs: list[tuple[Any, str]]) -> str:
    """Write runs as `kind:text`, without plain text and blanks."""
    return " ".join(f"{kind}:{text.strip()}" for kind, text in line_runs if kind != "text" and text.strip())


def rows_of(source: str, name: str = "ipython3") -> list[str]:
    lines = source.split("\n")
    return [marked(runs) for runs in Highlighter(name).tokens(lines, 0, len(lines))]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("@cached", "decorator:@cached"),
        ("def f(x):", "keyword:def function:f name:x"),
        ("class A(ValueError): pass", "keyword:class class:A builtin:ValueError keyword:pass"),
        ("return self.x + 0x1F", "keyword:return builtin:self operator:. name:x operator:+ number:0x1F"),
        ("x = None and print", "name:x operator:= constant:None keyword:and builtin:print"),
        (r"'a\n%s'  # why", r"string:'a escape:\n%s string:' comment:# why"),
        ("f'a{x}'", "string:f'a escape:{ name:x escape:} string:'"),
        ("x = $", "name:x operator:= error:$"),
        ("import os.path as p", "keyword:import name:os.path keyword:as name:p"),
        ("match x:", "keyword:match name:x"),
        ("a %b", "name:a operator:% name:b"),
        ("a != b", "name:a operator:!= name:b"),
        ("%cd (/tmp", "magic:%cd"),
        ("%timeit f(1)", "magic:%timeit name:f number:1"),
        ("!ls 'a", "magic:!"),
        ("x = !ls", "name:x operator:= magic:!"),
        ("x = %pwd", "name:x operator:= magic:%pwd"),
        ("?print", "magic:?"),
        ("a.b??", "name:a operator:. name:b magic:??"),
    ],
)
def test_kinds_of_a_line(source: str, expected: str) -> None:
    assert rows_of(source) == [expected]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = '''a\nif 1'''\nif", ["name:x operator:= string:'''a", "string:if 1'''", "keyword:if"]),
        ("'''a %s\n{}\n''' + 1", ["string:'''a %s", "string:{}", "string:''' operator:+ number:1"]),
        ("x = 'a\nif", ["name:x operator:= string:'a", "keyword:if"]),
        ("x = 'a\\\nif'", ["name:x operator:= string:'a escape:\\", "string:if'"]),
        ("import\nif", ["keyword:import", "keyword:if"]),
        ("class \nif", ["keyword:class", "keyword:if"]),
        ("import \\\n    os", ["keyword:import", "name:os"]),
        ("%%time\nif", ["magic:%%time", "keyword:if"]),
        ("\n%%bash -e\nif x; then", ["", "magic:%%bash", "keyword:if keyword:then"]),
        ("%%unknown\nif", ["magic:%%unknown", ""]),
        ("if x:\n    %%time", ["keyword:if name:x", "magic:%%time"]),
        ("'''\n%cd\n'''", ["string:'''", "string:%cd", "string:'''"]),
    ],
)
def test_kinds_across_lines(source: str, expected: list[str]) -> None:
    # Punctuation is plain text and left out here.
    assert rows_of(source) == expected


def test_plain_python_has_no_magics() -> None:
    assert rows_of("%%time\n!ls", "python") == ["operator:%% name:time", "error:! name:ls"]


@pytest.mark.parametrize("name", ["no-such-language", "", "text", "html+jinja", "yaml"])
def test_a_language_without_a_state_for_each_line_is_plain_text(name: str) -> None:
    assert Highlighter(name).tokens(["a: 'b"], 0, 1) == [[("text", "a: 'b")]]


@pytest.mark.parametrize(
    "name", ["ipython", "R", "julia", "bash", "javascript", "c++", "markdown", "ruby", "sql", "rust"]
)
def test_other_languages_keep_the_text(name: str) -> None:
    lines = ["if (x) { /* '''", "```python", "function f() # `", "é \x0c \u2028 \x00 \ud800", "# Head <<EOF"]
    rows = Highlighter(name).tokens(lines, 0, len(lines))
    assert ["".join(text for _, text in runs) for runs in rows] == lines


def test_lexing_by_lines_is_lexing_the_whole_for_real_source() -> None:
    source = "".join(inspect.getsource(module) for module in (argparse, textwrap))
    whole = [
        highlight._kind(token)
        for _, token, text in RegexLexer.get_tokens_unprocessed(PythonLexer(), source)
        for char in text
        if char != "\n"
    ]
    lines = source.split("\n")
    rows = Highlighter("python").tokens(lines, 0, len(lines))
    by_line = [kind for runs in rows for kind, text in runs for _ in text]
    assert len(by_line) == len(whole)
    different = sum(mine != theirs for mine, theirs in zip(by_line, whole, strict=True))
    assert different < len(whole) / 1_000


PIECES = st.sampled_from(
    [
        "'''",
        '"""',
        "'",
        '"',
        "f'{",
        "}",
        "(",
        "\\",
        "#",
        " ",
        "x",
        "if",
        "import",
        "%%bash",
        "%cd",
        "!",
        "?",
        "é\u0301",
        "1",
    ]
)
LINES = st.lists(PIECES, max_size=4).map("".join)
TEXTS = st.lists(LINES, max_size=8)
# Replace the lines from one place to another by others, then ask for the rows up to a third.
EDITS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3), st.lists(LINES, max_size=3), st.integers(0, 15)))


@settings(deadline=None, max_examples=200)
@given(TEXTS, EDITS)
def test_after_any_edits_the_rows_are_those_of_a_new_highlighter(text: list[str], edits: list[Any]) -> None:
    kept = Highlighter("ipython3")
    for start, removed, inserted, last in edits:
        text = [*text[:start], *inserted, *text[start + removed :]]
        rows = kept.tokens(text, 0, last)
        assert rows == Highlighter("ipython3").tokens(text, 0, last)
        assert ["".join(part for _, part in runs) for runs in rows] == text[:last]
        assert {kind for runs in rows for kind, _ in runs} <= set(KINDS)


class Counting:
    """Counts the lines that a highlighter lexes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lines: list[str] = []
        original = highlight._Language.line

        def line(language: highlight._Language, line: str, stack: list[str]) -> Any:
            self.lines.append(line)
            return original(language, line, stack)

        monkeypatch.setattr(highlight._Language, "line", line)

    def taken(self) -> int:
        count = len(self.lines)
        self.lines.clear()
        return count


def test_only_what_an_edit_changes_is_lexed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Counting(monkeypatch)
    kept = Highlighter("ipython3")
    lines = ["x = 1"] * 100
    kept.tokens(lines, 0, 40)
    assert counting.taken() == 40
    kept.tokens(lines, 0, 100)
    assert counting.taken() == 60
    lines[5] = "y"
    lines.insert(7, "z")
    kept.tokens(lines, 60, 101)
    assert counting.taken() == 3, "the rows from the first to the last change"
    lines[0] = "'''"
    kept.tokens(lines, 0, 20)
    assert counting.taken() == 20
    lines[0] = "''''''"
    kept.tokens(lines, 0, 20)
    assert counting.taken() == 20
    kept.tokens(lines, 0, 101)
    assert counting.taken() == 0, "the rows below were never lexed as a string"


def test_an_edit_below_rows_still_to_be_lexed_again_is_not_lost() -> None:
    kept = Highlighter("ipython3")
    lines = ["x = 1"] * 100
    lines[30] = """y = "'''" """
    kept.tokens(lines, 0, 100)
    lines[0] = "'''"
    kept.tokens(lines, 0, 10)
    lines[50] = "if y: pass"
    kept.tokens(lines, 0, 10)
    assert kept.tokens(lines, 0, 100) == Highlighter("ipython3").tokens(lines, 0, 100)


def test_a_distant_row_is_reached_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Counting(monkeypatch)
    kept = Highlighter("python")
    lines = ("x = 1",) * 100
    assert not kept.advance(lines, 90, limit=60)
    assert kept.advance(lines, 90, limit=60)
    assert counting.taken() == 90
    assert kept.advance(lines, 90, limit=0)


def test_a_line_too_long_and_a_lexer_that_fails_give_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "x = 1;" * 2_000
    assert Highlighter("python").tokens([long], 0, 1) == [[("text", long)]]
    kept = Highlighter("python")
    monkeypatch.setattr(type(highlight._language("python")._lexer), "get_tokens_unprocessed", lambda *_, **__: 1 / 0)
    assert kept.tokens(["x = 1", ""], 0, 2) == [[("text", "x = 1")], []]


def test_rows_outside_of_the_text_are_none() -> None:
    kept = Highlighter("python")
    assert kept.tokens([], 0, 5) == []
    assert kept.tokens(["x"], -3, 5) == [[("name", "x")]]
    assert kept.tokens(["x"], 4, 5) == []


@pytest.mark.parametrize("first", [0, 9_960])
def test_a_key_on_the_first_of_ten_thousand_lines_costs_less_than_a_millisecond(first: int) -> None:
    kept = Highlighter("ipython3")
    lines = ("x = 'text'",) * 10_000
    kept.tokens(lines, 0, 10_000)
    best = 1.0
    for count in range(10):
        lines = ("x" * count, *lines[1:])
        start = time.perf_counter()
        kept.tokens(lines, first, first + 40)
        best = min(best, time.perf_counter() - start)
    assert best < 0.001


def test_importing_the_module_imports_no_pygments() -> None:
    code = "import sys, curses_client.text.highlight; sys.exit('pygments' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
