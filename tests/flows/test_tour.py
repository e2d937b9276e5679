"""The tour of the README, as it is written there: in a shell, with the real program."""

import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.home import Home
from tests.keyboard import sent
from tests.tables import README
from tests.terminal import Terminal

SHELL = ("-c", "import os; os.execvp('sh', ['sh', '-i'])")
HEADING = "| type | see |"
SPAN = re.compile(r"(?P<gone>\bno )?`(?P<text>[^`]+)`")


class Step(NamedTuple):
    """What is typed, what is on the screen then, and what no longer is."""

    keys: str
    there: tuple[str, ...]
    gone: tuple[str, ...]


def keys_of(cell: str) -> str:
    """Return what the left side of a row sends: text between backticks, and keys by their names."""
    return "".join(text or sent(name) for text, name in re.findall(r"`([^`]+)`|(\S+)", cell))


def steps(text: str) -> Iterator[Step]:
    """Yield the rows of all tables of the tour."""
    section = text.partition("\n## Tour\n")[2].partition("\n## ")[0]
    for table in section.split(f"{HEADING}\n|---|---|\n")[1:]:
        for line in table.partition("\n\n")[0].splitlines():
            typed, seen = line.removeprefix("| ").removesuffix(" |").split(" | ")
            spans = [(match["gone"], match["text"]) for match in SPAN.finditer(seen)]
            there = tuple(shown for gone, shown in spans if not gone)
            yield Step(keys_of(typed), there, tuple(shown for gone, shown in spans if gone))


STEPS = list(steps(README.text))


@pytest.fixture
def terminal(home: Home) -> Iterator[Terminal]:
    """A shell that has the command."""
    programs = home.path / "bin"
    programs.mkdir()
    command = programs / "cshell"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m curses_client "$@"\n')
    command.chmod(0o755)
    environ = {"PATH": f"{programs}:{home.environ['PATH']}", "PS1": "$ ", "ENV": ""}
    with Terminal(home, command=SHELL, environ=environ) as made:
        made.see_line("$")
        yield made


def seen(terminal: Terminal) -> str:
    """Return the screen as Markdown would show it: blanks are one."""
    return re.sub(" +", " ", terminal.text)


def play(terminal: Terminal, step: Step) -> None:
    """Do what a step says; each has to change what its right side speaks of."""
    before = seen(terminal)
    assert any(text not in before for text in step.there) or any(text in before for text in step.gone), step
    terminal.type(step.keys)

    def is_true() -> bool:
        shown = seen(terminal)
        return all(text in shown for text in step.there) and not any(text in shown for text in step.gone)

    terminal.wait(is_true, str(step))


def test_the_tour_is_true(terminal: Terminal) -> None:
    assert len(STEPS) > 30
    for step in STEPS:
        play(terminal, step)


def test_what_is_typed_is_read_of_a_row() -> None:
    assert keys_of("Alt-O `tour.py` Enter") == "\x1botour.py\r"
    assert keys_of("`/` `line 0` Enter") == "/line 0\r"


def test_what_is_seen_is_read_of_a_row() -> None:
    text = f"\n## Tour\n\n{HEADING}\n|---|---|\n| F5 | `a`, and no `b` |\n\n## Use\n"
    assert list(steps(text)) == [Step("\x1b[15~", ("a",), ("b",))]
