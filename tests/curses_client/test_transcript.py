"""Errors as IPython formats them, values as MIME bundles, cells as lines."""

import json
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest

from curses_client.bundle import text_of
from curses_client.outputs import HEAD, TAIL
from curses_client.shown import Fold
from curses_client.text.ansi import plain
from curses_client.text.lines import LineStore
from curses_client.tracebacks import error_text
from curses_client.transcript import Cell, Prompt, Transcript
from tests.curses_client.support import NOON

# runs each source in an IPython of its own process and prints what an error message would hold
_SHELL = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config
config = Config()
config.HistoryManager.enabled = False
config.InteractiveShell.colors = "Linux"
shell = InteractiveShell(config=config, ipython_dir=sys.argv[1])
found = []
shell._showtraceback = lambda etype, value, lines: found.append([etype.__name__, str(value), lines])
for source in json.load(sys.stdin):
    shell.run_cell(source, store_history=True)
print("\\x00" + json.dumps(found))
"""

SOURCES = {
    "division": "1/0",
    "no message": "raise ValueError",
    "empty message": "raise ValueError('')",
    "message of lines": "raise ValueError('one\\ntwo\\nthree')",
    "nested call": "def f():\n    g()\ndef g():\n    raise KeyError('k')\nf()",
    "syntax": "x = = 1",
    "indentation": "if 1:\n    x\n  y",
    # no signal: one that comes in the middle of IPython's own code is dropped
    "interrupt": "import builtins\nraise getattr(builtins, 'Keyboard' + 'Interrupt')",
    "cause": "try:\n    1/0\nexcept ZeroDivisionError as e:\n    raise RuntimeError('after') from e",
    "note": "e = ValueError('x')\ne.add_note('the note')\nraise e",
    "escape": "raise ValueError('\\x1b[2J\\x1b]0;title\\x07gone')",
    "module": "import json\njson.loads('{')",
    "bytes": "raise ValueError('漢字 \\u202e \\x00')",
    "long": "raise ValueError('x' * 5000)",
}


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    directory: Path = tmp_path_factory.mktemp("ipython")
    run = subprocess.run(
        [sys.executable, "-c", _SHELL, str(directory)],
        input=json.dumps(list(SOURCES.values())),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found = json.loads(run.stdout.rpartition("\x00")[2])
    return dict(zip(SOURCES, found, strict=True))


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("division", "ZeroDivisionError: division by zero"),
        ("no message", "ValueError"),
        ("empty message", "ValueError"),
        ("message of lines", "ValueError: one"),
        ("nested call", "KeyError: 'k'"),
        ("syntax", "SyntaxError: invalid syntax"),
        ("indentation", "IndentationError: unindent does not match any outer indentation level"),
        ("interrupt", "KeyboardInterrupt"),
        ("cause", "RuntimeError: after"),
        ("note", "ValueError: x"),
        ("module", "JSONDecodeError: Expecting property name enclosed in double quotes"),
    ],
)
def test_the_last_line_comes_first(errors: dict[str, list[Any]], name: str, first: str) -> None:
    lines = error_text(*errors[name]).split("\n")
    assert plain(lines[0]).startswith(first)
    assert lines[0].startswith("\x1b[1;31m")


@pytest.mark.parametrize("name", ["division", "nested call", "syntax", "interrupt", "module", "cause"])
def test_nothing_is_said_twice(errors: dict[str, list[Any]], name: str) -> None:
    ename, evalue, frames = errors[name]
    text = plain(error_text(ename, evalue, frames))
    message = f"{ename}: {evalue}".rstrip(": ").split("\n")[0].split(" (")[0]
    # of a long traceback the pane shows the end, so the message is there too
    assert text.count(message) == (2 if name == "module" else 1)
    assert "-----" not in text
    assert "Traceback (most recent call last)" not in text.split("The above exception")[0].split("During")[0]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("division", ["1/0"]),
        ("nested call", ["f()", "g()", "raise KeyError"]),
        ("syntax", ["x = = 1", "^"]),
        ("indentation", ["y"]),
        ("message of lines", ["two", "three"]),
        ("cause", ["1/0", "raise RuntimeError", "ZeroDivisionError: division by zero"]),
        ("note", ["the note"]),
        ("module", ["json.loads"]),
    ],
)
def test_where_it_came_from_is_kept(errors: dict[str, list[Any]], name: str, kept: list[str]) -> None:
    text = plain(error_text(*errors[name]))
    assert [part for part in kept if part not in text] == []


def test_an_exception_group_keeps_its_parts() -> None:
    try:
        raise ExceptionGroup("many", [ValueError("a"), TypeError("b")])
    except ExceptionGroup as group:
        lines = traceback.format_exception(group)
        text = plain(error_text("ExceptionGroup", str(group), lines))
    assert text.startswith("ExceptionGroup: many (2 sub-exceptions)\n")
    assert "1. ValueError: a" in text
    assert "2. TypeError: b" in text


def test_what_an_exception_says_cannot_command_the_terminal(errors: dict[str, list[Any]]) -> None:
    for name in ("escape", "bytes"):
        store = LineStore()
        store.feed(error_text(*errors[name]))
        assert "\x1b[2J" not in store.text()
        assert "\x1b]0" not in store.text()
        assert all(plain(line).isprintable() for line in store.slice(0, len(store)))


@pytest.mark.parametrize(
    ("ename", "evalue", "frames", "text"),
    [
        ("E", "why", [], "E: why"),
        ("E", "", [], "E"),
        ("E", "why", ["E: why"], "E: why"),
        ("E", "why", ["---", "E   Traceback", "frame", "E: why"], "E: why\nframe"),
        ("E", "why", ["frame\n", "", "E: why"], "E: why\nframe"),
        ("E", "a\nb", ["frame", "E: a\nb"], "E: a\nb\nframe"),
        ("", "", [], ""),
        ("E", "w", ["---"], "E: w\n---"),
        ("SIGKILL", "the kernel died", ["last words"], "SIGKILL: the kernel died\nlast words"),
    ],
)
def test_errors_of_other_kernels(ename: str, evalue: str, frames: list[str], text: str) -> None:
    assert plain(error_text(ename, evalue, frames)) == text


@pytest.mark.parametrize(
    ("bundle", "text"),
    [
        ({"text/plain": "42"}, "42"),
        ({"text/plain": ["a\n", "b"]}, "a\nb"),
        ({"text/plain": "<Figure>", "image/png": "A" * 4096}, "<Figure>  image/png, 3 KB"),
        ({"image/png": "A" * 400}, "image/png, 300 B"),
        ({"image/svg+xml": "<svg/>"}, "image/svg+xml, 6 B"),
        ({"application/x-thing": {}, "text/html": "<b>"}, "application/x-thing, text/html"),
        ({"text/plain": "", "text/html": "<b>"}, ""),
        ({"text/plain": 5}, "5"),
        ({}, ""),
    ],
)
def test_a_value_is_its_text_and_a_word_about_its_picture(bundle: dict[str, Any], text: str) -> None:
    assert plain(text_of(bundle)) == text


def test_the_lines_of_a_cell() -> None:
    cell = Cell("c", ("a", "b"), NOON)
    cell.write("stdout", "1\n2\n")
    cell.write("stderr", "e\n")
    cell.show("result", {"text/plain": "r"})
    cell.prompt = Prompt("r", "? ", password=False)
    assert [cell.line(index) for index in range(cell.height)] == [
        ("source", "a"),
        ("source", "b"),
        ("stdout", "1"),
        ("stdout", "2"),
        ("stderr", "e"),
        ("result", "r"),
        ("input", "? "),
    ]


def test_source_is_made_harmless() -> None:
    cell = Transcript().add_cell("c", "a\tb\n\x1b[2Jx\u202e\x07", NOON)
    assert cell.source == ("a   b", "x<U+202E>␇")


def test_a_notice_is_made_harmless() -> None:
    transcript = Transcript()
    transcript.add_notice("a\x1b[2J\nb")
    assert transcript.items[0].line(0) == ("notice", "a⏎b")


def test_a_hundred_thousand_lines_are_added_quickly() -> None:
    cell = Cell("c", ("x",), NOON)
    for _ in range(100):
        cell.write("stdout", "some line of text\n" * 1000)
    assert cell.height == 1 + HEAD + 1 + TAIL
    assert cell.line(1 + HEAD) == ("fold", f"… {100_000 - HEAD - TAIL:,} lines")
    assert cell.line(cell.height - 1) == ("stdout", "some line of text")
    assert cell.target(1 + HEAD) == Fold("middle")
    cell.toggle(1 + HEAD, Fold("middle"))
    assert cell.height == 100_001
    assert cell.line(100_000) == ("stdout", "some line of text")


def test_lines_of_many_outputs_are_found() -> None:
    transcript = Transcript()
    cell = transcript.add_cell("c", "source", 0.0)
    for number in range(100):
        cell.write("stdout" if number % 2 else "stderr", f"{number}\n")
        assert cell.height == 2 + number
    cell.show("display", {"text/plain": "a\nb\nc"})
    transcript.keep_display("d", cell)
    cell.write("stdout", "last\n")
    assert [cell.line(index)[1] for index in (0, 1, 100, 101, 103, 104)] == ["source", "0", "99", "a", "c", "last"]
    transcript.update_display("d", {"text/plain": "x"}, {})
    assert [cell.line(index)[1] for index in (101, 102)] == ["x", "last"]
    assert cell.height == 103
    cell.clear(wait=False)
    assert cell.height == 1
    transcript.update_display("d", {"text/plain": "y"}, {})
    assert cell.height == 1
