"""What a user finds who comes back."""

import json

import pytest

from curses_client.coming_back import Kept, came_back
from curses_client.events import RecordsRead
from curses_client.state import Left, State, new_state
from curses_client.transcript import Notice
from tests.curses_client.support import NOON, Client, Journal


def session() -> Journal:
    """A session with a cell that ran, and one that runs, when the user leaves."""
    return Journal().session().cell("a", "1").submit("b", "2").start("b", 2)


def notices(user: Client) -> list[str]:
    return [item.text for item in user.state.transcript.items if isinstance(item, Notice)]


def back(journal: Journal, seconds: float, seen: int = 5) -> Client:
    """Return a client that reads a session which was left so many seconds ago."""
    user = Client(journal=Journal())
    user.journal = journal
    user.set(left=Left(seen, NOON), now=NOON + seconds)
    return user.send(journal.read(again=True))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (7260.0, "you were away 2 h: 1 cell finished, 1 failed"),
        (61.0, "you were away 1 min: 1 cell finished, 1 failed"),
    ],
)
def test_what_has_happened(seconds: float, text: str) -> None:
    journal = session()
    journal.now = NOON + 10
    journal.end("b").submit("c", "3").start("c", 3).add("error", "c", ename="E", evalue="", traceback=[]).end(
        "c", "error"
    )
    user = back(journal, seconds)
    assert notices(user) == [text]
    assert user.message == ""


def test_what_runs_still() -> None:
    assert notices(back(session(), 300.0)) == ["you were away 5 min: cell 2 still runs"]


@pytest.mark.parametrize(
    ("death", "said"),
    [
        ({"signal": "SIGABRT", "cell": "b"}, "the kernel died of SIGABRT"),
        ({"exit_status": 3}, "the kernel died of exit status 3"),
        ({"owned": False}, "the kernel died"),
    ],
)
def test_a_kernel_that_died(death: dict[str, object], said: str) -> None:
    journal = Journal().session().cell("a", "1")
    journal.now = NOON + 10
    journal.add("kernel_died", reason="r", **death)
    assert notices(back(journal, 65.0))[-1] == f"you were away 1 min: {said}"
    # before its end, and after the next one's beginning
    journal.submit("b", "2").add("kernel_starting").add("kernel_started", pid=5, restarted=True).start("b", 1)
    journal.add("error", "b", ename="E", evalue="", traceback=[]).end("b", "error")
    assert notices(back(journal, 65.0))[-1] == f"you were away 1 min: 1 cell failed; {said}"


def test_a_kernel_that_had_died_before() -> None:
    journal = Journal().session().cell("a", "1").add("kernel_died", reason="r", signal="SIGKILL")
    assert notices(back(journal, 65.0))[-1] == "you were away 1 min: nothing happened"


def test_skipped_cells() -> None:
    journal = session().submit("c", "3")
    journal.now = NOON + 10
    journal.add("error", "b", ename="E", evalue="", traceback=[]).end("b", "error").end("c", "aborted")
    assert notices(back(journal, 300.0)) == ["you were away 5 min: 1 cell failed, 1 skipped"]


def test_a_moment_without_events_is_not_worth_a_line() -> None:
    journal = Journal().session().cell("a", "1")
    assert notices(back(journal, 20.0)) == []
    assert notices(back(journal, 100.0)) == ["you were away 1 min: nothing happened"]


def test_it_is_said_once_and_when_all_is_read() -> None:
    journal = session()
    user = Client(journal=Journal()).set(left=Left(5, NOON), now=NOON + 300)
    part = journal.read(again=True)
    user.send(RecordsRead(part.records[:4], part.head))
    assert notices(user) == []
    user.send(RecordsRead(part.records[4:], part.head))
    assert len(notices(user)) == 1
    user.journal = journal
    journal.print("b", "more")
    assert len(notices(user.read())) == 1


class TestKept:
    def state(self, kept: Kept | None) -> State:
        return came_back(new_state(80, 24, NOON, "me"), kept)

    def test_the_text_and_its_cursor(self) -> None:
        state = self.state(Kept("ab\ncd", 1, 1, 7, NOON, ("former",)))
        assert (state.editor.buffer.text, state.editor.buffer.row, state.editor.buffer.col) == ("ab\ncd", 1, 1)
        assert state.left == Left(7, NOON)
        assert state.former == {"former"}

    def test_who_is_there_in_another_terminal_was_not_away(self) -> None:
        state = came_back(new_state(80, 24, NOON, "me"), Kept("x", 0, 1, 7, NOON), was_away=False)
        assert (state.editor.buffer.text, state.left) == ("x", None)

    def test_a_cursor_that_is_nowhere(self) -> None:
        buffer = self.state(Kept("ab\ncd", 9, 9)).editor.buffer
        assert (buffer.row, buffer.col) == (1, 2)

    def test_nothing(self) -> None:
        assert self.state(None).left is None

    @pytest.mark.parametrize("name", ["row", "col", "seen", "time"])
    @pytest.mark.parametrize("value", [b"Infinity", b"-Infinity", b"NaN", b"1e999", b"[" * 100_000])
    def test_numbers_that_are_none(self, name: str, value: bytes) -> None:
        whole = {"text": "x", "row": 0, "col": 1, "seen": 2, "time": 3, "clients": []}
        data = json.dumps(whole | {name: "here"}).encode().replace(b'"here"', value)
        assert Kept.read(data) is None

    @pytest.mark.parametrize(
        "data", [b"", b"{", b"[]", b"5", b'{"text":"x"}', b"\xff", b'{"text":"x","row":"a","col":0,"seen":0,"time":0}']
    )
    def test_no_file_of_ours(self, data: bytes) -> None:
        assert Kept.read(data) is None

    def test_what_a_longer_text_left_behind(self) -> None:
        data = b'{"text":"x","row":0,"col":1,"seen":2,"time":3,"clients":["a"]}er"]}'
        assert Kept.read(data) == Kept("x", 0, 1, 2, 3.0, ("a",))
