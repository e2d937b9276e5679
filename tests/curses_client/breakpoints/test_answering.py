"""What the debugger answers, also what makes no sense."""

import pytest

from curses_client.debugger import Breakpoint
from curses_client.events import Control, Expired, Replied, SetTimer, Submit
from kernel.protocol.messages import DebugReply, OkReply
from tests.curses_client.breakpoints.support import CELL, Kernel, script, started
from tests.curses_client.drawing import check, lines
from tests.curses_client.support import Client


def pane(client: Client) -> list[str]:
    """Return the rows of the debugger's pane."""
    rows = lines(client)
    first = next((number for number, row in enumerate(rows) if row.startswith((" Stopped at", " Called at"))), None)
    return [] if first is None else [row for row in rows[first : first + 7] if row]


def test_without_a_debugger_nothing_runs_and_what_was_typed_is_there_again() -> None:
    kernel = Kernel(Client("x = 1").press("meta *", "meta enter"))
    kernel.refuses["initialize"] = "debugging needs debugpy in the kernel's Python"
    kernel.answer()
    client = kernel.client
    assert client.took(Submit) == []
    assert client.text == "x = 1"
    assert client.state.editor.breakpoints == (Breakpoint(0),)
    assert client.message == "not run: debugging needs debugpy in the kernel's Python"


def test_a_kernel_that_knows_no_such_request() -> None:
    client = script(2).client.press("ctrl enter")
    (request,) = client.took(Control)
    client.send(Replied(request.tag, OkReply("error", "NotSupported", "bash has no debugger")))
    assert client.took(Submit) == []
    assert client.message == "not run: bash has no debugger"


def test_one_that_does_not_answer() -> None:
    client = script(2).client.press("ctrl enter")
    client.send(Expired(client.took(SetTimer)[-1].tag))
    assert client.took(Submit) == []
    assert client.message == "not run: the kernel's debugger does not answer"


def test_what_comes_too_late_changes_nothing() -> None:
    client = script(2).client.press("ctrl enter")
    tag = client.took(SetTimer)[-1].tag
    client.send(Expired(tag))
    before = client.state
    client.send(Replied(tag, DebugReply("response", "initialize")))
    assert client.state.debugger == before.debugger


@pytest.mark.parametrize("body", [{}, {"stackFrames": 3}, {"stackFrames": [{}]}, {"stackFrames": [{"id": "x"}]}])
def test_nonsense(body: dict[str, object]) -> None:
    kernel = script(2)
    kernel.client.press("ctrl enter")
    client = started(kernel)
    client.journal.add("debug_event", "c", event="stopped", body={"threadId": 1, "reason": "breakpoint"})
    client.read()
    (request,) = client.took(Control)
    client.send(Replied(request.tag, DebugReply("response", "stackTrace", body=body)))
    assert client.message == "the debugger's answer makes no sense"
    check(client)


def test_calls_and_variables() -> None:
    kernel = script(2)
    kernel.client.press("ctrl enter")
    client = started(kernel)
    kernel.stop(("mean", CELL.format(0), 2), ("<module>", "/w/other.py", 7))
    assert pane(client) == [
        " Stopped at a.py:3                n next  s in  r out  c go on  e evaluate  Esc",
        " ▾ a.py:3  mean",
        "   ▸ values: list  [1, 2]",
        "     total: int  3",
        "   ▸ special variables",
        " ▸ other.py:7",
    ]
    check(client)


def test_a_cell_that_had_run_before_the_debugger_began() -> None:
    kernel = script(2)
    client = kernel.client
    client.journal.cell("b", "mean([4])", count=3)
    client.read().press("ctrl enter")
    started(kernel)
    # the first that was set in is the script's
    kernel.stop(("<module>", CELL.format(1), 1))
    assert pane(client)[1] == " ▾ In [3]:1"
    # what is no cell of this session is told once
    kernel.stop(("<module>", CELL.format(9), 1))
    assert pane(client)[1] == " ▾ 9.py:1"


def test_hostile_names_and_values_are_shown_harmlessly() -> None:
    kernel = script(2)
    kernel.client.press("ctrl enter")
    client = started(kernel)
    kernel.stop(("f\x1b]0;x\x07\u202e", "/w/\x1b[2J.py", 1))
    check(client)


def test_an_expression() -> None:
    kernel = script(2)
    kernel.client.press("ctrl enter")
    client = started(kernel)
    kernel.stop(("mean", CELL.format(0), 2))
    client.press("e").write("total / 2").press("enter")
    assert kernel.answer() == ["evaluate"]
    assert kernel.asked[-1][1] == {"expression": "total / 2", "frameId": 1, "context": "watch"}
    assert pane(client)[2] == "     total / 2: float  1.5"
    kernel.refuses["evaluate"] = "NameError: name 'x' is not defined"
    client.press("e").write("x").press("enter")
    kernel.answer()
    assert client.message == "NameError: name 'x' is not defined"
