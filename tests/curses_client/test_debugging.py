"""What a debugger's prompt looks like, and the place that it prints."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.debugging import Debugging, Stop, is_debuggers, source_lines, stop_of
from curses_client.text.ansi import sanitise
from curses_client.transcript import Prompt


@pytest.mark.parametrize(
    "text", ["ipdb> ", "(Pdb) ", "ipdb (1)> ", "ipdb [2]> ", "((Pdb)) ", "(ipdb>) ", "(Pdb++) ", "ipdb>", "(com) "]
)
def test_prompts_of_debuggers(text: str) -> None:
    assert is_debuggers(Prompt("r", text, password=False))


@pytest.mark.parametrize("text", ["", "> ", "name: ", "use pdb> ", "ipdb> really? ", "pdbx> ", "(y/n) "])
def test_other_questions(text: str) -> None:
    assert not is_debuggers(Prompt("r", text, password=False))


def test_a_password_is_never_a_debuggers() -> None:
    assert not is_debuggers(Prompt("r", "ipdb> ", password=True))
    assert not is_debuggers(None)


@pytest.mark.parametrize(
    ("line", "stop", "place"),
    [
        ("> /tmp/dbg.py(3)inner()", Stop("/tmp/dbg.py", 3, "inner"), "dbg.py:3 in inner"),
        ("> ~/a b/dbg.py(3)<module>()->None", Stop("~/a b/dbg.py", 3, "<module>"), "dbg.py:3"),
        ("> <ipython-input-12-ab>(1)<module>()", Stop("<ipython-input-12-ab>", 1, "<module>"), "In [12]:1"),
        ("> \x1b[32m/x/a(1).py\x1b[39m(7)\x1b[36mf\x1b[39m(y=1)", Stop("/x/a(1).py", 7, "f"), "a(1).py:7 in f"),
        ("> /a.py(2)f.<locals>.<lambda>()", Stop("/a.py", 2, "f.<locals>.<lambda>"), "a.py:2 in f.<locals>.<lambda>"),
    ],
)
def test_the_place_that_is_printed(line: str, stop: Stop, place: str) -> None:
    found = stop_of([line])
    assert found == stop
    assert found is not None
    assert found.place == place


def test_the_newest_place_counts() -> None:
    assert stop_of(["(Pdb) p x", "-> y = 1", "> /a.py(2)f()", "> /a.py(1)f()"]) == Stop("/a.py", 2, "f")
    assert stop_of(["1", "->", " > /a.py(2)f()"]) is None


def test_source_is_shown_harmless() -> None:
    assert source_lines(["\tx = 1", "\x1b[31mred\x07", "y" * 900]) == ("        x = 1", "red␇", "y" * 500)


@pytest.mark.parametrize(("line", "is_known"), [(9, False), (10, True), (11, True), (12, False)])
def test_which_lines_are_known(line: int, is_known: bool) -> None:
    debugging = Debugging(stop=Stop("/a.py", line), file="/a.py", first=10, lines=("a", "b"))
    assert debugging.is_shown is is_known


@given(st.lists(st.text() | st.from_regex(r"[^\s]{1,9}\([0-9]{1,3}\)\w[<>.\w]{0,5}\(", fullmatch=True)))
def test_whatever_is_printed_is_read(lines: list[str]) -> None:
    stop = stop_of(f"> {line}" for line in lines)
    assert stop is None or sanitise(stop.place) == stop.place
    assert all(sanitise(line) == line for line in source_lines(lines))
