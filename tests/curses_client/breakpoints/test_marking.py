"""Breakpoints in the text: keys in, rows out."""

import pytest

from curses_client.debugger import Breakpoint
from tests.curses_client.breakpoints.support import SCRIPT, Kernel, script, to_row
from tests.curses_client.drawing import check, lines
from tests.curses_client.files.support import opened
from tests.curses_client.support import Client


def rows(client: Client) -> list[int]:
    return [mark.row for mark in client.state.editor.breakpoints]


def test_a_key_puts_one_there_and_takes_it_away() -> None:
    client = script(2).client
    assert rows(client) == [2]
    assert any(line.startswith("●    total = sum") for line in lines(client))
    check(client)
    to_row(client, 1).press("meta *")
    assert rows(client) == [1, 2]
    client.press("meta *")
    assert rows(client) == [2]


@pytest.mark.parametrize("row", [0, 5])
def test_there_is_none_where_there_is_no_code(row: int) -> None:
    client = to_row(opened(SCRIPT), row).press("meta *")
    assert rows(client) == []
    assert client.message == "there is no code in this line to stop at"


def test_a_click_into_the_margin() -> None:
    client = opened(SCRIPT)
    row = next(number for number, line in enumerate(lines(client)) if "total = sum" in line)
    client.click(1, 0, row)
    assert rows(client) == [2]
    client.click(1, 0, row)
    assert rows(client) == []


def test_the_margin_is_ascii_where_the_terminal_is() -> None:
    from curses_client.signs import ASCII

    client = script(2).client.set(signs=ASCII)
    assert any(line.startswith("*    total = sum") for line in lines(client))


def test_a_condition() -> None:
    client = to_row(opened(SCRIPT), 2)
    client.press("f1").write("breakpoint with a condition").press("enter").write("total > 2").press("enter")
    assert client.state.editor.breakpoints == (Breakpoint(2, "total > 2"),)
    client.press("f1").write("breakpoint with a condition").press("enter")
    assert client.state.asking is not None
    assert client.state.asking.buffer.text == "total > 2"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        # a line above, in the middle of it, and taken away
        (["meta <", "enter"], [3]),
        (["meta <", "down", "end", "ctrl o"], [3]),
        (["meta <", "ctrl k", "delete"], [1]),
        # in the line itself
        (["end", "x"], [2]),
        (["home", "home", "ctrl o"], [3]),
        (["end", "ctrl o", "x"], [2]),
        # behind it
        (["meta >", "enter"], [2]),
        (["shift meta up"], [1]),
        (["shift meta down"], [3]),
        # gone with its line
        (["home", "home", "ctrl k", "delete"], []),
        (["meta a", "delete"], []),
    ],
)
def test_it_goes_with_its_line(keys: list[str], expected: list[int]) -> None:
    client = script(2).client
    client.press(*keys)
    assert rows(client) == expected, client.text


def test_each_file_has_its_own() -> None:
    client = script(2).client
    client.press("meta 1").write("x = 1")
    assert rows(client) == []
    client.press("meta *", "meta 2")
    assert rows(client) == [2]


def test_what_was_run_has_taken_its_own_along() -> None:
    client = Client("x = 1").press("meta *")
    assert rows(client) == [0]
    client.press("meta enter")
    Kernel(client).answer()
    assert rows(client) == []


def test_all_of_them_are_taken_away() -> None:
    kernel = script(2)
    client = kernel.client
    client.press("meta 1").write("x = 1").press("meta *", "f1").write("breakpoints-clear").press("enter")
    assert rows(client) == []
    assert rows(client.press("meta 2")) == []
    assert client.message == "there are no breakpoints any more"
