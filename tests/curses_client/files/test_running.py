"""Cells of a file are run, and found again in the output and in the file."""

import pytest

from curses_client.events import FileRead, ReadFile, Submit
from curses_client.origin import Origin
from tests.curses_client.drawing import check, lines
from tests.curses_client.files.support import CELLS, document, opened
from tests.curses_client.support import Client


def ran(client: Client) -> list[tuple[str, int]]:
    """The cells that were submitted, with the line that they came from."""
    return [(effect.source, effect.origin.line) for effect in client.took(Submit)]


@pytest.mark.parametrize(
    ("keys", "cells", "marked"),
    [
        (["meta enter"], [("a = 1", 1)], "# %% one\na = 1\n\n# %% [markdown]\n|# text"),
        (["ctrl enter"], [("a = 1", 1)], "|# %% one\na = 1"),
        (["down", "meta l"], [("a = 1", 2)], "# %% one\na = 1\n|\n"),
        (["meta R"], [("a = 1", 1), ("b = 2\nprint(b)", 7)], "|# %%"),
        (["meta t"], [("a = 1", 1)], "|# %%"),
        (["meta >", "meta t"], [("a = 1", 1), ("b = 2\nprint(b)", 7)], "print(b)|"),
        (["meta >", "meta enter"], [("b = 2\nprint(b)", 7)], "print(b)|"),
        (["meta >", "shift up", "meta l"], [("print(b)", 8)], "b = 2"),
        (["ctrl page down"], [], "# %% [markdown]\n|# text"),
        (["ctrl page down", "ctrl page down", "ctrl page up"], [], "# %% [markdown]\n|# text"),
    ],
)
def test_keys(keys: list[str], cells: list[tuple[str, int]], marked: str) -> None:
    client = opened().press(*keys)
    assert [source for source, _ in cells] == [effect.source for effect in client.effects if isinstance(effect, Submit)]
    if keys != ["meta >", "shift up", "meta l"]:
        assert ran(client) == cells
    assert marked in client.marked


def test_enter_is_a_new_line() -> None:
    assert opened("x = 1").press("end", "enter").text == "x = 1\n"


def test_text_is_not_run() -> None:
    client = opened().press("ctrl page down", "ctrl enter")
    assert (ran(client), client.message) == ([], "there is nothing to run in this cell")


def test_what_is_selected_is_run_without_its_indentation() -> None:
    client = opened("if x:\n    a = 1\n    b = 2").press("down", "shift down", "shift end", "ctrl enter")
    assert ran(client) == [("a = 1\nb = 2", 2)]


def test_history_and_clearing_are_not_for_files() -> None:
    client = Client("1").press("meta enter").send(FileRead("/w/a.py", document("a")))
    assert client.press("up").text == "a"
    assert client.press("ctrl c").text == "a"
    assert client.message == "nothing runs"


def with_output(client: Client, *lines_of: int) -> Client:
    """Have cells of the file run, from these lines."""
    for number, line in enumerate(lines_of):
        code = {1: "a = 1", 7: "b = 2\nprint(b)"}[line]
        client.journal.add("submitted", f"c{number}", code=code, file="/w/a.py", line=line)
        client.journal.start(f"c{number}", number + 1).print(f"c{number}", f"out {number}\n").end(f"c{number}")
    return client.read()


def test_from_a_cell_to_its_newest_output_and_back() -> None:
    client = with_output(opened(), 1, 7, 1).press("meta G")
    assert client.state.cursor is not None
    assert client.state.cursor.item == 2
    assert client.press("f").marked == CELLS.replace("a = 1", "|a = 1")
    check(client)


def test_a_cell_that_has_moved_is_found() -> None:
    client = with_output(opened(), 7).press("meta <", "enter", "enter", "meta 1", "f5", "f")
    assert client.state.tab == 1
    assert client.marked.endswith("# %% three\n|b = 2\nprint(b)")


def test_a_cell_that_was_changed_is_found_by_its_place() -> None:
    client = with_output(opened(), 7).press("meta >").write("  # new").press("meta G")
    assert client.state.cursor is not None
    assert client.press("f").marked.endswith("|b = 2\nprint(b)  # new")


def test_a_file_that_is_not_open_is_opened() -> None:
    client = with_output(opened(), 7).press("meta k", "f5", "f")
    assert client.took(ReadFile) == [ReadFile("/w/a.py", 7)]


def test_what_came_from_no_file() -> None:
    client = Client()
    client.journal.cell("c", "1", "one\n")
    assert client.read().press("f5", "f").message == "this cell came from no file"
    assert opened().press("meta G").message == "this cell has not run in this session"


def test_run_again_knows_where_it_came_from() -> None:
    client = with_output(opened(), 1).press("f5", "r")
    assert client.took(Submit)[-1].origin == Origin("/w/a.py", 1)


def test_a_rule_stands_behind_the_mark_of_a_cell() -> None:
    client = opened(cols=60)
    assert any(row.startswith(" # %% one ────") for row in lines(client, lexer="python"))
    check(client, lexer="python")
