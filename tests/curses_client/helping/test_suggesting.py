"""What is suggested behind the text, and what takes it: (history, text with the cursor) -> the rest."""

import pytest

from curses_client.helping.suggesting import suggestion
from curses_client.history.entries import Entry, History
from curses_client.options import Options
from tests.curses_client.drawing import attributes, check, lines
from tests.curses_client.support import Client, Journal


def client(text: str, *history: str) -> Client:
    return Client(text).set(history=past(*history))


def past(*texts: str) -> History:
    """A history of these entries."""
    return History(tuple(Entry(text, float(place)) for place, text in enumerate(texts)))


@pytest.mark.parametrize(
    ("history", "text", "rest"),
    [
        (["import os"], "im", "port os"),
        (["import os"], "i", ""),
        (["import os"], " ", ""),
        (["import os", "import re"], "import", " re"),
        (["import os"], "import os", ""),
        (["import os"], "x", ""),
        ([], "im", ""),
        (["for x in y:\n    print(x)"], "for", " x in y:\n    print(x)"),
        (["for x in y:\n    print(x)"], "if 1:\n    pr", "int(x)"),
        (["if 1:\n    a()\n    b()"], "if 1:\n    a", "()\n    b()"),
        (["print(1)"], "x\n  ", ""),
        (["aaaa"], "x\naa", "aa"),
    ],
)
def test_the_rest(history: list[str], text: str, rest: str) -> None:
    assert suggestion(client(text, *history).state) == rest


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("right", "import os, re"),
        ("end", "import os, re"),
        ("ctrl e", "import os, re"),
        ("ctrl f", "import os, re"),
        ("meta f", "import"),
        ("ctrl right", "import"),
        ("meta f, meta f", "import os"),
        ("meta f, right", "import os, re"),
        ("right, ctrl _", "im"),
        ("left, right, right", "import os, re"),
        ("left, end", "im"),
        ("meta enter", ""),
    ],
)
def test_what_takes_it(keys: str, text: str) -> None:
    assert client("im", "import os, re").press(*keys.split(", ")).text == text


def test_it_is_never_run_unless_it_was_taken() -> None:
    user = client("im", "import os").press("meta enter")
    assert user.state.history.entries[-1].text == "im"


def test_it_is_shown_in_grey_and_moves_nothing() -> None:
    user = client("im", "import os\nimport re")
    row = user.state.rows - 3
    assert lines(user)[row] == " import os …"
    assert ("suggestion", "port os …") in attributes(user, row)
    check(user)


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (20, 5), (80, 24)])
def test_it_ends_at_the_edge(size: tuple[int, int]) -> None:
    user = Client("ab" * 9, cols=size[0], rows=size[1]).set(history=past("ab" * 90 + "漢字\x1b[31m\u202e"))
    assert suggestion(user.state)
    check(user)


def test_where_there_is_none() -> None:
    assert suggestion(client("im", "import os").press("left").state) == ""
    assert suggestion(client("im", "import os").press("shift left").state) == ""
    assert suggestion(client("im", "import os").press("tab").offer("imag", "import").state) == ""
    assert suggestion(client("im", "import os").set(read_only=True).state) == ""
    assert suggestion(client("im", "import os").set(options=Options(suggestions=False)).state) == ""


def test_input_has_none() -> None:
    journal = Journal().session().submit("c", "input()").start("c").add("input_wanted", "c", request="r", prompt="? ")
    user = Client(journal=journal).set(history=past("import os")).write("im")
    assert user.answer == "im"
    assert suggestion(user.state) == ""
    assert user.press("end").answer == "im"
