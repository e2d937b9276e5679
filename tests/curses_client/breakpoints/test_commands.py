"""The keys where the kernel has stopped."""

import pytest

from curses_client.events import ReadFile
from tests.curses_client.breakpoints.support import CELL, Kernel
from tests.curses_client.breakpoints.test_answering import pane
from tests.curses_client.breakpoints.test_stopping import stopped
from tests.curses_client.drawing import check
from tests.curses_client.support import Client


@pytest.mark.parametrize(
    ("key", "command"), [("n", "next"), ("s", "stepIn"), ("r", "stepOut"), ("o", "stepOut"), ("c", "continue")]
)
def test_going_on(key: str, command: str) -> None:
    kernel = stopped()
    kernel.client.press(key)
    assert kernel.answer() == [command]
    assert kernel.asked[-1] == (command, {"threadId": 1})


def test_after_a_step_the_keys_stay_there() -> None:
    kernel = stopped()
    client = kernel.client.press("n")
    kernel.answer()
    kernel.go_on().stop(("mean", CELL.format(0), 3), reason="step")
    assert client.state.panes.focus == "debugger"
    assert client.state.editor.buffer.row == 3


def test_going_on_gives_them_to_the_editor_until_it_stops_again() -> None:
    kernel = stopped()
    client = kernel.client.press("c")
    kernel.answer()
    assert client.state.panes.focus is None
    kernel.go_on().stop(("mean", CELL.format(0), 2))
    assert client.state.panes.focus == "debugger"


def test_without_breakpoints() -> None:
    kernel = stopped()
    client = kernel.client.press("x")
    assert kernel.answer() == ["disconnect"]
    assert client.state.panes.open == ()
    # they are in the text, and are set again when it runs again
    assert len(client.state.editor.breakpoints) == 1


def test_a_variable_is_opened_and_folded() -> None:
    kernel = stopped()
    client = kernel.client.press("down", "enter")
    assert kernel.answer() == ["variables"]
    assert pane(client)[2:5] == ["   ▾ values: list  [1, 2]", "       0: int  1", "       1: int  2"]
    check(client)
    client.press("down", "left")
    assert client.state.debugger.selected == 1
    client.press("left")
    assert pane(client)[3] == "     total: int  3"
    client.press("right")
    kernel.answer()
    client.press("enter")
    assert pane(client)[3] == "     total: int  3"


def test_the_calls() -> None:
    kernel = stopped()
    client = kernel.client.press("u")
    assert kernel.answer() == ["scopes", "variables"]
    assert kernel.asked[-2][1] == {"frameId": 2}
    assert pane(client)[:3] == [
        " Called at a.py:2                 n next  s in  r out  c go on  e evaluate  Esc",
        " ▸ a.py:3  mean",
        " ▾ a.py:2",
    ]
    assert client.state.editor.buffer.row == 1
    client.press("u")
    assert client.message == "there is no call further out"
    client.press("d")
    kernel.answer()
    client.press("d")
    assert client.message == "this is the innermost call"


def test_enter_looks_at_a_call_and_then_goes_to_its_line() -> None:
    kernel = stopped()
    client = kernel.client.press(*["down"] * 4, "enter")
    kernel.answer()
    assert client.state.debugger.frame == 1
    client.press("enter")
    assert client.state.panes.focus is None
    assert client.state.editor.buffer.row == 1
    kernel = stopped()
    kernel.client.press("c")
    kernel.answer()
    kernel.go_on().stop(("f", "/w/b.py", 4))
    kernel.client.press("enter")
    assert kernel.client.took(ReadFile) == [ReadFile("/w/b.py", 4)]


def test_back_to_the_editor_and_there_again() -> None:
    client = stopped().client.press("esc")
    assert client.state.panes.focus is None
    assert client.state.panes.open == ("debugger",)
    client.press("f1").write("debugger").press("enter")
    assert client.state.panes.focus == "debugger"
    client.press("q", "f12", "f12")
    assert client.state.panes.focus == "debugger"


@pytest.mark.parametrize("name", ["debug-next", "debug-continue", "debugger", "debug-evaluate"])
def test_where_nothing_has_stopped(name: str) -> None:
    from curses_client.commands import COMMANDS

    client = Client()
    client.state, effects = COMMANDS[name](client.state)
    assert effects == ()
    assert client.message == "nothing has stopped at a breakpoint"
    assert Kernel(client).answer() == []
