"""A line to another machine that is lost, as it is shown, and what the keys do meanwhile."""

import pytest

from curses_client.events import Control, Edit, Leave, LineBack, LineLost, Resized, Submit, SupervisorEnded
from tests.curses_client.drawing import attributes, lines
from tests.curses_client.support import Client

LOST = LineLost("line lost · retrying in 4 s · No route to host")


def status(user: Client, cols: int = 80) -> str:
    return lines(user.send(Resized(cols, 24)))[-1]


def busy() -> Client:
    user = Client()
    user.journal.submit("c", "work()").start("c")
    return user.read()


def test_it_stands_in_the_place_of_the_state() -> None:
    user = busy().send(LOST)
    assert status(user).startswith(" ✗ line lost · retrying in 4 s · No route to host  [1]")
    assert attributes(user, -1)[0][0] == "status dead"
    assert status(user.send(LineBack())).startswith(" ● busy")


@pytest.mark.parametrize("cols", [80, 60, 40, 20, 8, 2])
def test_it_fits(cols: int) -> None:
    user = busy().send(LineLost("line lost · retrying in 4 s · " + "a long reason " * 10))
    text = status(user, cols)
    assert text.startswith(" ✗ line lost"[:cols].rstrip()[: cols - 1])
    assert len(text) <= cols


def test_what_the_other_side_says_is_harmless() -> None:
    assert "\x1b" not in status(Client().send(LineLost("line lost · \x1b[2J\x07")))


def test_cells_are_written_and_submitted_and_counted() -> None:
    user = Client("1 + 1").send(LOST).press("meta enter")
    assert [submit.source for submit in user.took(Submit)] == ["1 + 1"]
    assert status(user).startswith(" ✗ line lost · 1 cell to send · retrying in 4 s")
    user.write("2").press("meta enter")
    assert "2 cells to send" in status(user)
    assert user.state.unsent == ("1 + 1", "2")
    user.journal.submit("a", "1 + 1")
    user.send(LineBack()).read().send(LOST)
    assert "1 cell to send" in status(user)
    user.journal.submit("b", "2")
    assert "to send" not in status(user.read())


def test_a_cell_counts_that_was_submitted_before_anybody_knew() -> None:
    """That a line is lost shows seconds later; until a cell is in the session it is not safe."""
    user = Client("1 + 1").press("meta enter")
    assert "to send" not in status(user)
    assert "1 cell to send" in status(user.send(LOST))


def test_an_interrupt_is_for_now_and_not_for_later() -> None:
    user = busy().send(LOST).press("ctrl c")
    assert user.took(Control) == []
    assert "the kernel was not reached" in status(user)
    user.send(LineBack()).press("ctrl c")
    assert [control.msg_type for control in user.took(Control)] == ["interrupt_request"]


def test_an_interrupt_that_is_under_way_is_spoken_of_no_longer() -> None:
    user = busy().press("ctrl c")
    assert "interrupting" in status(user)
    assert user.send(LOST).message == ""


def test_a_restart_is_for_now_and_not_for_later() -> None:
    user = Client().send(LOST).press("f9", "y")
    assert user.took(Control) == []
    assert "the kernel was not reached" in status(user)


@pytest.mark.parametrize(("key", "how"), [("d", "detach"), ("q", "quit")])
def test_one_can_leave(key: str, how: str) -> None:
    user = Client().send(LOST).press("ctrl d")
    assert "Leave?" in status(user)
    assert [leave.how for leave in user.press(key).took(Leave)] == [how]


def test_a_session_that_ended_meanwhile() -> None:
    user = busy().send(LOST, SupervisorEnded())
    assert status(user).startswith(" ✗ ended")
    assert "the session ended" in status(user)


def test_the_end_is_known_before_the_line_is_lost() -> None:
    user = Client()
    user.journal.add("session_ended", reason="x")
    user.read().send(LOST, SupervisorEnded())
    assert status(user).startswith(" ✗ ended")


def test_the_machine_is_named() -> None:
    assert "main@gpu" in status(Client().set(host="gpu"))


def test_a_file_over_there_is_not_opened_here() -> None:
    def edits(user: Client) -> list[Edit]:
        own = f"{user.state.client}_1"
        payload = [{"source": "edit_magic", "filename": "/there/x.py", "line_number": 1}]
        user.journal.submit(own, "%edit x.py").start(own).end(own, payload=payload)
        return user.read().took(Edit)

    assert edits(Client()) == [Edit("/there/x.py", 1)]
    user = Client().set(host="gpu")
    assert edits(user) == []
    assert "on gpu" in status(user)
