"""Running something beside the cell that runs: keys and replies in, requests and screen out."""

from dataclasses import replace

import pytest

from curses_client.arrangement import Panes
from curses_client.events import Control, Leave, Record, RecordsRead, Replied, Submit
from kernel.protocol.messages import CreateSubshellReply, DeleteSubshellRequest, OkReply
from tests.curses_client.drawing import check, lines
from tests.curses_client.support import Client, Journal, record


def busy(text: str = "x + 1") -> Client:
    """A client of a session in which a cell runs, and another one waits."""
    journal = Journal().session().submit("c", "run()").start("c").submit("w", "later()")
    return Client(text, journal=journal)


def made(user: Client, subshell: str = "s1") -> Client:
    """Answer the request for a subshell."""
    (asked,) = user.took(Control)
    assert asked.msg_type == "create_subshell_request"
    return user.send(Replied(asked.tag, CreateSubshellReply(subshell)))


def runs(user: Client) -> list[tuple[str, str | None]]:
    """Take out what is to run, and in which subshell."""
    return [(effect.source, effect.subshell) for effect in user.took(Submit)]


def submitted(user: Client) -> Record:
    """Return the record of a cell for a subshell."""
    return replace(record(100, "submitted", "a", code="x + 1"), subshell="s1")


def test_the_first_time_a_subshell_is_made() -> None:
    user = busy().press("meta &")
    assert (user.text, runs(user)) == ("x + 1", [])
    made(user)
    assert (user.text, runs(user)) == ("", [("x + 1", "s1")])


def test_then_it_is_there() -> None:
    user = made(busy().press("meta &"))
    user.took(Submit)
    user.write("y").press("meta &")
    assert (runs(user), user.took(Control)) == ([("y", "s1")], [])


def test_two_keys_ask_once() -> None:
    user = busy().press("meta &", "meta &")
    assert len(user.took(Control)) == 1
    assert user.message == "the kernel has not answered yet"


def test_what_is_selected_is_run_and_stays() -> None:
    user = made(busy("a = 1").press("shift home", "meta &"))
    assert (runs(user), user.text) == ([("a = 1", "s1")], "a = 1")


def test_with_nothing_that_runs_it_is_a_cell_as_ever() -> None:
    user = Client("x").press("meta &")
    assert (runs(user), user.took(Control)) == ([("x", None)], [])


def test_an_empty_editor() -> None:
    user = busy("").press("meta &")
    assert (user.took(Control), user.message) == ([], "there is nothing to run here")


def test_a_kernel_that_refuses_loses_nothing() -> None:
    user = busy().press("meta &")
    user.send(Replied(user.took(Control)[0].tag, OkReply("error", "DeadKernelError", "the kernel is \x07dead", [])))
    assert (user.text, runs(user), user.message) == ("x + 1", [], "the kernel is ␇dead")


def test_kernels_of_others_have_none() -> None:
    journal = Journal().session()
    journal.add("kernel_started", pid=2, language="R").submit("c", "1").start("c")
    user = Client("x", journal=journal).press("meta &")
    assert (user.message, user.took(Control)) == ("only a kernel of cshell's own runs something beside its cell", [])


def test_it_is_a_cell_of_its_own_and_the_queue_is_as_it_was() -> None:
    user = busy("")
    user.send(RecordsRead((submitted(user),), 100))
    assert (user.state.session.running, user.state.session.waiting) == ("c", ("w",))
    user.send(RecordsRead((record(101, "status", "a", execution_state="busy"),), 101))
    assert any("x + 1" in row and "beside" in row for row in lines(user))
    assert (user.state.session.running, user.state.session.state) == ("c", "busy")
    user.send(RecordsRead((record(102, "execute_reply", "a", status="error", ename="E", evalue=""),), 102))
    assert (user.state.session.running, user.state.session.waiting) == ("c", ("w",))
    check(user)


def test_it_is_never_the_main_cell() -> None:
    user = Client()
    user.send(RecordsRead((submitted(user), record(101, "status", "a", execution_state="busy")), 101))
    assert (user.state.session.running, user.state.session.state) == (None, "idle")


@pytest.mark.parametrize("what", ["kernel_started", "kernel_died"])
def test_it_ends_with_its_kernel(what: str) -> None:
    user = made(busy().press("meta &"))
    about = {"reason": "SIGKILL"} if what == "kernel_died" else {"restarted": True}
    user.journal.add(what, pid=3, **about)
    assert user.read().state.subshell == ""


def test_it_is_deleted_when_the_client_leaves() -> None:
    user = made(busy().press("meta &")).press("f10", "d")
    assert [effect.content for effect in user.took(Control)] == [DeleteSubshellRequest("s1")]
    assert [effect.how for effect in user.took(Leave)] == ["detach"]


@pytest.mark.parametrize("key", ["d", "q"])
def test_so_is_that_of_the_variables(key: str) -> None:
    user = made(busy().press("meta &"))
    user.set(panes=Panes(open=("variables",)), inspected=replace(user.state.inspected, subshell="s2"))
    user.press("f10", key)
    deleted = [effect.content for effect in user.took(Control) if effect.msg_type == "delete_subshell_request"]
    assert deleted == [DeleteSubshellRequest("s1"), DeleteSubshellRequest("s2")]
