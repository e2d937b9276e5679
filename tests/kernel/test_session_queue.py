"""What can be done to a session as a whole: its queue, its name, its recording; and how it says that it is well."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from kernel.protocol import session as sessions
from kernel.protocol.messages import (
    ColumnsRequest,
    EditRequest,
    ExecuteRequest,
    Json,
    MoveRequest,
    ReadRequest,
    RenameRequest,
    RestartRequest,
)
from tests.kernel.support import Client, SessionProcess, kind_of, parent_of, wait_for

WAITS = "input()"


@pytest.fixture
def busy(client: Client) -> Client:
    """A client whose session waits for a line."""
    client.submit(WAITS)
    client.record("input_wanted")
    return client


def go_on(client: Client) -> None:
    """Let the cell that waits for a line end."""
    client.answer("", client.records("input_wanted")[-1]["content"]["request"])


def waiting(client: Client, *codes: str) -> list[str]:
    """Submit cells; return their identifiers once they wait."""
    msg_ids = [client.submit(code) for code in codes]
    client.record("submitted", parent=msg_ids[-1])
    return msg_ids


def began(client: Client, *msg_ids: str) -> list[str]:
    """Wait for the end of cells; return them in the order in which they began."""
    for msg_id in msg_ids:
        client.cell(msg_id)
    inputs = [parent_of(record) for record in client.records("execute_input")]
    return [msg_id for msg_id in inputs if msg_id in msg_ids]


class TestQueue:
    def test_a_cell_is_moved_before_another(self, busy: Client) -> None:
        first, second, third = waiting(busy, "1", "2", "3")
        assert busy.ask("control", "move_request", MoveRequest(third, first)) == {"status": "ok"}
        assert busy.record("queue_ordered")["content"]["order"] == [third, first, second]
        go_on(busy)
        assert began(busy, first, second, third) == [third, first, second]

    def test_a_cell_is_moved_to_the_end(self, busy: Client) -> None:
        first, second = waiting(busy, "1", "2")
        assert busy.ask("control", "move_request", MoveRequest(first)) == {"status": "ok"}
        go_on(busy)
        assert began(busy, first, second) == [second, first]

    def test_a_cell_is_edited_in_its_place(self, busy: Client) -> None:
        first, second = waiting(busy, "print('typo')", "print('second')")
        assert busy.ask("control", "edit_request", EditRequest(first, "print('right')")) == {"status": "ok"}
        assert busy.record("cell_edited", parent=first)["content"] == {"code": "print('right')"}
        go_on(busy)
        assert busy.cell(first).text() == "right\n"
        assert busy.record("execute_input", parent=first)["content"]["code"] == "print('right')"
        assert began(busy, first, second) == [first, second]

    @pytest.mark.parametrize(
        "asked",
        [
            lambda running: ("move_request", MoveRequest(running)),
            lambda running: ("move_request", MoveRequest("nobody's")),
            lambda running: ("edit_request", EditRequest(running, "1")),
        ],
    )
    def test_what_does_not_wait_stays_as_it_is(self, busy: Client, asked: object) -> None:
        running = str(parent_of(busy.records("input_wanted")[-1]))
        msg_type, content = asked(running)  # type: ignore[operator]
        assert busy.ask("control", msg_type, content)["ename"] == "NotWaiting"
        go_on(busy)
        assert busy.cell(running).reply["status"] == "ok"

    def test_a_place_before_a_cell_that_does_not_wait(self, busy: Client) -> None:
        first, second = waiting(busy, "1", "2")
        running = str(parent_of(busy.records("input_wanted")[-1]))
        assert busy.ask("control", "move_request", MoveRequest(second, running))["ename"] == "NotWaiting"
        go_on(busy)
        assert began(busy, first, second) == [first, second]


class TestRestartAndRunAgain:
    def test_cells_run_again_before_what_waits(self, client: Client) -> None:
        client.run("x = 1")
        client.run("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
        client.record("kernel_died")
        (kept,) = waiting(client, "print('x is', x)")
        after = client.read_on()
        again = ["x = 40", "x += 2"]
        assert client.ask("control", "restart_request", RestartRequest(again)) == {"status": "ok"}
        assert client.cell(kept).text() == "x is 42\n"
        ran = [record["content"]["code"] for record in client.records("execute_input") if record["seq"] > after]
        assert ran == [*again, "print('x is', x)"]
        order = client.records("queue_ordered")[-1]["content"]["order"]
        assert order[2] == kept
        assert all(msg_id.startswith(client.author.session) for msg_id in order)

    def test_the_client_that_asked_gets_their_replies(self, client: Client) -> None:
        assert client.ask("control", "restart_request", RestartRequest(["6 * 7"])) == {"status": "ok"}
        assert client.receive("shell").header.msg_type == "execute_reply"


class TestColumns:
    SHOW = (
        "import shutil, time, os\n"
        "before = shutil.get_terminal_size().columns\n"
        "print('began with', before, flush=True)\n"
        "while (columns := shutil.get_terminal_size().columns) == before: time.sleep(0.005)\n"
        "print('goes on with', columns)\n"
    )

    def resize(self, client: Client, columns: int) -> None:
        assert client.ask("control", "columns_request", ColumnsRequest(columns)) == {"status": "ok"}

    def test_the_running_cell_follows(self, client: Client) -> None:
        self.resize(client, 91)
        msg_id = client.submit(self.SHOW)
        client.record("stream", lambda content: content["text"] == "began with 91\n", parent=msg_id)
        self.resize(client, 133)
        assert client.cell(msg_id).text() == "began with 91\ngoes on with 133\n"

    def test_libraries_in_it_follow(self, client: Client) -> None:
        pytest.importorskip("numpy")
        msg_id = client.submit(
            "import numpy\nprint('runs', flush=True)\n"
            "while (width := numpy.get_printoptions()['linewidth']) == 75: pass\nprint(width)"
        )
        client.record("stream", lambda content: content["text"] == "runs\n", parent=msg_id)
        self.resize(client, 133)
        assert client.cell(msg_id).text() == "runs\n133\n"
        # and in the next one, which says another width with it
        self.resize(client, 50)
        assert client.run("print(numpy.get_printoptions()['linewidth'])").text() == "50\n"

    def test_what_waits_has_the_newest_width(self, busy: Client) -> None:
        code = "import shutil; print(shutil.get_terminal_size().columns)"
        metadata = b'{"cshell":{"columns":70},"more":1}'
        msg_id = busy.send("shell", "execute_request", ExecuteRequest(code), metadata=metadata)
        busy.record("submitted", parent=msg_id)
        self.resize(busy, 120)
        go_on(busy)
        assert busy.cell(msg_id).text() == "120\n"

    def test_a_dead_kernel_has_no_width(self, client: Client) -> None:
        client.submit("import os; os._exit(3)")
        client.record("kernel_died")
        self.resize(client, 120)

    @pytest.mark.parametrize("content", [{}, {"columns": "wide"}, {"columns": None}])
    def test_nonsense(self, client: Client, content: Json) -> None:
        assert client.ask("control", "columns_request", content)["status"] == "error"
        assert client.run("print(1)").text() == "1\n"


class TestName:
    def test_a_running_session_gets_another_name(self, session: SessionProcess) -> None:
        with session.client() as client:
            client.run("1")
            began = session.session.info()
            assert client.ask("control", "rename_request", RenameRequest("other")) == {"status": "ok"}
            assert client.record("session_renamed")["content"] == {"name": "other"}
            assert client.run("print('still here')").text() == "still here\n"
        other = sessions.Session.named("other", session.environ)
        assert [found.name for found in sessions.running(session.environ)] == ["other"]
        info = other.info()
        assert info is not None
        assert info.name == "other"
        assert began is not None
        assert info.started == began.started
        with Client(other.connection()) as again:
            assert again.run("6 * 7").outputs[-1][1]["data"]["text/plain"] == "42"
            assert again.journal[0]["seq"] == 1
        session.stop()
        assert not other.runtime.exists()
        assert not session.session.state.exists()
        assert '"session_ended"' in other.journal.read_text().splitlines()[-1]

    def test_a_name_that_is_taken(self, session: SessionProcess) -> None:
        taken = SessionProcess.start(session.environ, "taken")
        try:
            with session.client() as client:
                reply = client.ask("control", "rename_request", RenameRequest("taken"))
                assert reply["evalue"] == "the session 'taken' is running already; nothing was renamed"
                assert client.run("print(1)").text() == "1\n"
        finally:
            taken.stop()

    def test_a_directory_in_the_way_that_is_no_session(self, session: SessionProcess) -> None:
        left = sessions.Session.named("left", session.environ).state
        left.mkdir(mode=0o700)
        (left / "supervisor.log").touch()
        with session.client() as client:
            # all its channels are connected then
            client.run("1")
            assert client.ask("control", "rename_request", RenameRequest("left")) == {"status": "ok"}
            assert client.run("print(1)").text() == "1\n"

    def test_a_list_of_sessions_that_cannot_be_written(self, session: SessionProcess) -> None:
        with session.client() as client:
            client.run("1")
            # a directory in the place of the file that would become session.json
            (session.session.runtime / "session.part").mkdir()
            assert client.ask("control", "rename_request", RenameRequest("other")) == {"status": "ok"}
            assert client.record("session_renamed")["content"] == {"name": "other"}
            assert client.run("print('still here')").text() == "still here\n"
        other = sessions.Session.named("other", session.environ)
        assert "cannot write in" in other.log.read_text()
        session.stop()
        assert '"session_ended"' in other.journal.read_text().splitlines()[-1]

    @pytest.mark.parametrize("name", ["", "a/b", "..", "x" * 41, ".hidden"])
    def test_an_unfit_name(self, client: Client, name: str) -> None:
        assert client.ask("control", "rename_request", RenameRequest(name))["ename"] == "SessionError"
        assert client.run("print(1)").text() == "1\n"

    def test_the_journal_of_an_ended_session_of_that_name_is_kept(self, session: SessionProcess) -> None:
        ended = SessionProcess.start(session.environ, "ended")
        with ended.client() as client:
            client.run("1")
        ended.stop()
        with session.client() as client:
            assert client.ask("control", "rename_request", RenameRequest("ended")) == {"status": "ok"}
        kept = [path for path in session.session.state.parent.iterdir() if path.name.startswith("ended.")]
        assert len(kept) == 1
        assert (kept[0] / "journal.jsonl").exists()


class TestStatus:
    def shown(self, session: SessionProcess, holds: str) -> sessions.SessionStatus:
        def looked() -> sessions.SessionStatus | None:
            status = session.session.status()
            return status if status is not None and eval(holds, {"s": status}) else None

        return wait_for(looked, holds)

    def test_it_follows_the_session(self, session: SessionProcess) -> None:
        with session.client() as client:
            client.run("1")
            assert self.shown(session, "s.state == 'idle'").count == 1
            first = client.submit("\n\nx = input('? ')\nmore")
            client.record("input_wanted", parent=first)
            client.submit("2")
            status = self.shown(session, "s.waiting == 1 and s.asks")
            assert (status.state, status.cell, status.count) == ("busy", "x = input('? ')", 2)
            assert status.since is not None
            assert status.pid == client.records("kernel_started")[-1]["content"]["pid"]
            os.kill(status.pid, signal.SIGKILL)
            assert self.shown(session, "s.state == 'dead'").pid is None

    def test_clients_are_counted(self, session: SessionProcess) -> None:
        assert self.shown(session, "s.clients == 0")
        with session.client(), session.client():
            # each has a feed and an iopub connection
            self.shown(session, "s.clients == 4")
        self.shown(session, "s.clients == 0")


class TestTail:
    def test_the_newest_records_and_what_they_need(self, session: SessionProcess) -> None:
        with session.client() as client:
            client.run("for number in range(20000): print('line', number)")
            cell = client.submit(f"for number in range(5000): print('more', number)\n{WAITS}")
            client.record("input_wanted", parent=cell)
            head = client.read_on()
            reply = client.ask("feed", "read_request", ReadRequest(0, tail=20_000))
        kinds = [kind_of(record) for record in reply["preface"]]
        assert kinds == ["session_started", "kernel_starting", "kernel_started", "submitted", "status", "execute_input"]
        assert {parent_of(record) for record in reply["preface"][3:]} == {cell}
        assert reply["records"][-1]["seq"] == reply["head"] >= head
        assert reply["records"][0]["seq"] > reply["preface"][-1]["seq"]
        assert len(json.dumps(reply["records"])) < 40_000

    def test_a_short_session_is_read_from_its_beginning(self, session: SessionProcess) -> None:
        with session.client() as client:
            client.run("1")
            reply = client.ask("feed", "read_request", ReadRequest(0, tail=1 << 20))
        assert "preface" not in reply
        assert reply["records"][0]["seq"] == 1


class TestAge:
    def test_sessions_that_ended_too_long_ago_are_removed(self, session: SessionProcess) -> None:
        kept = session.session.state.parent
        for name, days in (("old", 40), ("young", 20)):
            (kept / name).mkdir(mode=0o700)
            (kept / name / "journal.jsonl").write_text("")
            then = time.time() - days * 86400
            os.utime(kept / name / "journal.jsonl", (then, then))
        config = Path(session.environ["HOME"]) / "config" / "cshell"
        config.mkdir(parents=True)
        (config / "config.toml").write_text('[journal]\nage = "30 days"\n')
        another = SessionProcess.start(session.environ | {"XDG_CONFIG_HOME": str(config.parent)}, "another")
        try:
            with another.client() as client:
                client.run("1")
            assert sorted(path.name for path in kept.iterdir()) == ["another", "s", "young"]
        finally:
            another.stop()
