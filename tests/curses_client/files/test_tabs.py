"""What is open: the scratch buffer and files."""

from dataclasses import replace

import pytest

from curses_client.arrangement import Panes
from curses_client.events import FileRead, TabChosen
from curses_client.files.tabs import all_tabs, scratch, unsaved
from curses_client.widgets.root import Root
from tests.curses_client.drawing import check, lines
from tests.curses_client.files.support import document, opened
from tests.curses_client.support import Client


def two() -> Client:
    return opened("a", "/w/a.py").send(FileRead("/w/b.py", document("b", "/w/b.py")))


def paths(client: Client) -> list[str]:
    return [tab.document.path if tab.document is not None else "" for tab in all_tabs(client.state)]


def test_a_file_opens_behind_the_others() -> None:
    client = two()
    assert paths(client) == ["", "/w/a.py", "/w/b.py"]
    assert (client.text, client.state.tab) == ("b", 2)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (["meta 1"], ""),
        (["meta 2"], "a"),
        (["meta 9"], "b"),
        (["meta ,"], "a"),
        (["meta ."], ""),
        (["meta .", "meta ,"], "b"),
    ],
)
def test_going_from_one_to_another(keys: list[str], text: str) -> None:
    assert two().press(*keys).text == text


def test_each_keeps_its_text_its_cursor_and_its_undo() -> None:
    client = two().write("x").press("meta 2").write("y").press("meta 1").write("z")
    assert client.press("meta 3").marked == "x|b"
    assert client.press("ctrl _").text == "b"
    assert client.press("meta 2").marked == "y|a"
    assert client.press("meta 1").marked == "z|"


def test_with_no_file_there_is_nowhere_to_go() -> None:
    client = Client().press("meta .")
    assert client.message == "no file is open · Alt-O opens one"


def test_the_titles_say_which_is_shown_and_which_is_not_saved() -> None:
    client = two().write("x").press("meta 2")
    assert lines(client)[-4].startswith("──── 1 scratch │ [a.py] │ 3 b.py + ───")
    check(client)
    assert [tab.document.name for tab in unsaved(client.state) if tab.document] == ["b.py"]


@pytest.mark.parametrize(
    ("text", "index"),
    [("1 scratch", 0), ("scratch", 0), ("2 a.py", 1), ("[b.py]", 2), (" │ ", None), ("───", None), ("Alt-Enter", None)],
)
@pytest.mark.parametrize("cols", [80, 170])
def test_a_click_on_a_name_is_for_that_tab(text: str, index: int | None, cols: int) -> None:
    client = two().set(cols=cols)
    row = next(number for number, line in enumerate(lines(client)) if text in line)
    assert Root(client.state, 256).tab_at(lines(client)[row].index(text), row) == index


@pytest.mark.parametrize(("keys", "cols"), [(["f1"], 80), (["f5"], 80), (["f10"], 80), (["meta o"], 80), ([], 12)])
def test_where_something_else_is_shown_or_typed_no_tab_is_named(keys: list[str], cols: int) -> None:
    client = two()
    client.journal.cell("c", "1", "x\n")
    client.read().press(*keys).set(cols=cols)
    root = Root(client.state, 256)
    assert {root.tab_at(col, row) for col in range(cols) for row in range(client.state.rows)} == {None}


def test_a_tab_that_is_clicked_on_has_the_keys() -> None:
    client = two().set(panes=Panes(open=("queue",), focus="queue")).send(TabChosen(1)).write("x")
    assert client.text == "xa"


def test_the_scratch_buffer_is_there_whatever_is_shown() -> None:
    client = Client("draft").send(FileRead("/w/a.py", document("a")))
    assert scratch(client.state).buffer.text == "draft"
    assert client.press("meta 1").text == "draft"


@pytest.mark.parametrize(("shown", "left", "text"), [("meta 2", ["", "/w/b.py"], ""), ("meta 3", ["", "/w/a.py"], "a")])
def test_closing_one_shows_the_one_before(shown: str, left: list[str], text: str) -> None:
    client = two().press(shown, "meta k")
    assert (paths(client), client.text) == (left, text)
    check(client)


def test_the_last_one_closed_leaves_the_scratch_buffer() -> None:
    client = two().press("meta k", "meta k")
    assert (client.state.tabs, client.state.tab, client.state.document) == ((), 0, None)
    assert client.press("meta k").message == "this is the scratch buffer · Ctrl-D leaves"


def test_what_was_cut_goes_from_one_to_the_other() -> None:
    client = opened("one\ntwo").press("meta <", "ctrl k", "meta 1").write("x = ").press("ctrl y")
    assert client.text == "x = one"
    client.press("ctrl u", "meta 2", "ctrl y")
    assert client.text == "x = one\ntwo"


def test_so_do_the_registers_and_the_last_change_of_vi() -> None:
    client = Client()
    client.set(options=replace(client.state.options, keys="vi"))
    client.send(FileRead("/w/a.py", document("one\ntwo")))
    client.press("f1").write("tab-1").press("enter").write("abc").press("esc", "0", "y", "w", "x")
    client.press("f1").write("tab-2").press("enter", ".")
    assert client.text == "ne\ntwo"
    client.press('"', "0", "p")
    assert client.text == "nabce\ntwo"
