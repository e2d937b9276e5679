"""The values behind an error: which line has some, and what a kernel answers to the question for them."""

import sys

import pytest

from curses_client.events import Ask
from tests.curses_client.support import Client, Journal

CELL = "<ipython-input-2-abcdef012345>"


def user_at(line: int, *pieces: str) -> Client:
    """Return a user in whose last cell there was an error, with the cursor on a line of it."""
    journal = Journal().session().submit("c", "code").start("c", 2)
    journal.add("error", "c", ename="E", evalue="why", traceback=[*pieces, "E: why"]).end("c", "error")
    user = Client(journal=journal).press("f5", "g", *["j"] * (line + 1))
    return user.press("d")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (0, "the values are those of a frame: move to a line of one"),
        (3, "Enter opens these frames; each has its values"),
    ],
)
def test_what_has_no_values_says_what_has(line: int, message: str) -> None:
    user = user_at(line, "Cell In[2], line 1\n----> 1 f(x)", "File /x/site-packages/a/b.py:1, in f(x)\n----> 1 g(x)")
    assert user.message == message
    assert user.took(Ask) == []


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_the_values_in_a_group_are_found(depth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    (ask,) = user_at(2, "Cell In[2], line 1\n----> 1 x / 0").took(Ask)
    question = ask.content.user_expressions["cshell_values"]
    try:
        exec(compile("x / 0", CELL, "exec"), {"x": 7})
    except ZeroDivisionError as raised:
        error: Exception = raised
    for _ in range(depth):
        error = ExceptionGroup("g", [KeyError(1), error])
    monkeypatch.setattr(sys, "last_value", error, raising=False)
    monkeypatch.setattr("linecache.getline", lambda name, number: "x / 0" if name == CELL else "")
    assert eval(question) == [("x", "7")]
