"""Scripts of what clients and worker say, and what follows; the worker's process is played by the test."""

import os
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.messages import (
    Content,
    DropRequest,
    ExecuteReply,
    ExecuteRequest,
    InputReply,
    InterruptRequest,
    Json,
    KernelInfoRequest,
    RestartRequest,
    ShutdownRequest,
    encode,
)
from kernel.protocol.wire import EMPTY, Author, Message
from kernel.supervisor.dispatch import Dispatcher, Policy
from kernel.supervisor.process import Death, Launch, Worker
from kernel.worker.channel import (
    BEGUN,
    HELLO,
    INPUT,
    IOPUB,
    READY,
    REPLY,
    FrameReader,
    Markers,
)
from tests.kernel.supervisor.fakes import Bench, FakeClient
from tests.kernel.support import wait_for

SESSION = Policy(manager=False, restart_by_itself=False)
MANAGED = Policy(manager=True, restart_by_itself=True)
COMPLETION = {"code": "a", "cursor_pos": 1}


class FakeForkServer:
    """Keeps the descriptors that a worker would have got."""

    def __init__(self) -> None:
        self.descriptors: list[int] = []
        self.token = b""
        self.broken = False
        self.words: str | None = None
        self.is_own = True
        self.runs = False
        self.notice: str | None = None

    def launch(self, assignment: dict[str, str], descriptors: Sequence[int]) -> None:
        if self.broken:
            raise BrokenPipeError(32, "Broken pipe")
        self.close()
        self.token = bytes.fromhex(assignment["token"])
        self.descriptors = [os.dup(descriptor) for descriptor in descriptors]

    def complaint(self) -> str | None:
        return self.words

    def close(self) -> None:
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors = []


class Play:
    """A dispatcher, its clients, and the worker's side of the channels."""

    def __init__(self, bench: Bench, policy: Policy) -> None:
        self.bench = bench
        self.server = FakeForkServer()
        self.dispatcher = Dispatcher(
            bench.publisher,
            self.server,  # type: ignore[arg-type]
            Launch("/", "user", "/history"),
            policy,
        )
        self.client = FakeClient()
        self._author = Author("worker")

    # ---- clients -----------------------------------------------------------------------------------------

    def send(self, channel: str, msg_type: str, content: Content | Json) -> Message:
        message = self.client.message(msg_type, content)
        self.dispatcher.client_sent(channel, message)
        return message

    def execute(self, code: str, **options: bool) -> Message:
        return self.send("shell", "execute_request", ExecuteRequest(code, **options))

    def replies(self) -> list[tuple[str, Json]]:
        self.bench.publisher.flush()
        return [(msg_type, content) for _, _, msg_type, content in self.bench.sockets.take("shell", "control")]

    def states(self) -> list[str]:
        self.bench.publisher.flush()
        return [content["execution_state"] for _, to, _, content in self.bench.sockets.take("iopub") if to == "status"]

    # ---- the worker --------------------------------------------------------------------------------------

    @property
    def worker(self) -> Worker:
        assert self.dispatcher.worker is not None
        return self.dispatcher.worker

    def start(self) -> None:
        """Have a worker made and be ready."""
        self.dispatcher.start_worker()
        self.come_up()

    def come_up(self) -> None:
        self._markers = Markers(self.server.token, tuple(self.server.descriptors[2:4]))
        self.dispatcher.worker_said([HELLO, b"0", b"%d" % os.getpid(), b'{"python":"3.12.0"}'], self.worker)
        self.say(READY)

    def say(self, kind: bytes, msg_type: str = "", content: Content | Json | None = None) -> None:
        """Say something in its place among the output, about the cell that runs."""
        running = self.dispatcher.queue.running
        parent = running.message.raw_header if running is not None else EMPTY
        parts: list[bytes] = [parent] if kind == BEGUN else []
        if msg_type:
            values = content.as_dict() if isinstance(content, Content) else content
            parts += [encode(self._author.header(msg_type).as_dict()), parent, EMPTY, encode(values)]
        self.dispatcher.worker_said([kind, self._markers.write(), *parts], self.worker)
        self.worker.read_pipes()
        self.dispatcher.deliver()

    def reply(self, status: str = "ok") -> None:
        self.say(REPLY, "execute_reply", ExecuteReply(status, 1))  # type: ignore[arg-type]

    def heard(self) -> list[str]:
        """The kinds of frames that the worker got: in its main thread, then in its helper thread."""
        found = []
        for descriptor in self.server.descriptors[:2]:
            sock = socket.socket(fileno=os.dup(descriptor))
            sock.setblocking(False)
            try:
                found += [frame[0].decode() for frame in FrameReader().feed(sock.recv(1 << 20))]
            except BlockingIOError:
                pass
            sock.close()
        return found

    def die(self, death: Death) -> None:
        self.worker.death = death
        self.dispatcher.worker_ended()


@pytest.fixture
def signals(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be sent to the worker's process group, which is the test's own here."""
    sent: list[str] = []
    monkeypatch.setattr(Worker, "_signal", lambda self, number: sent.append(number.name))
    return sent


@pytest.fixture
def play(tmp_path: Path, signals: list[str]) -> Iterator[Play]:
    found = Play(Bench(tmp_path), SESSION)
    yield found
    found.server.close()


@pytest.fixture
def managed(tmp_path: Path, signals: list[str]) -> Iterator[Play]:
    (tmp_path / "managed").mkdir()
    found = Play(Bench(tmp_path / "managed"), MANAGED)
    yield found
    found.server.close()


class TestStart:
    def test_states(self, play: Play) -> None:
        play.start()
        assert play.states() == ["starting", "idle"]
        assert play.bench.kinds() == ["kernel_starting", "kernel_started"]

    def test_cells_wait_for_the_worker(self, play: Play) -> None:
        play.dispatcher.start_worker()
        play.execute("1")
        assert play.heard() == []
        play.come_up()
        assert play.heard() == ["request"]

    def test_questions_do_not(self, play: Play) -> None:
        play.dispatcher.start_worker()
        play.send("shell", "kernel_info_request", KernelInfoRequest())
        assert [msg_type for msg_type, _ in play.replies()] == ["kernel_info_reply"]

    @pytest.mark.parametrize("words", ["IPython is not installed", None])
    def test_a_fork_server_that_is_gone(self, play: Play, words: str | None) -> None:
        play.server.broken = True
        play.server.words = words
        play.dispatcher.start_worker()
        assert play.dispatcher.exit_status == 1
        assert (words or "cannot be started") in str(play.dispatcher.failure)
        assert play.bench.kinds()[-1] == "kernel_failed"

    def test_a_failure_later_leaves_the_session(self, play: Play) -> None:
        play.start()
        play.server.broken = True
        play.send("control", "restart_request", RestartRequest())
        play.die(Death(None, 0))
        assert play.dispatcher.exit_status is None
        assert play.bench.kinds()[-1] == "kernel_failed"
        play.server.broken = False
        play.send("control", "restart_request", RestartRequest())
        play.come_up()
        assert play.bench.kinds()[-1] == "kernel_started"


class TestCells:
    def test_one_at_a_time(self, play: Play) -> None:
        play.start()
        play.execute("1")
        play.execute("2")
        assert play.heard() == ["request"]
        play.reply()
        assert play.heard() == ["request"]
        play.reply()
        assert [msg_type for msg_type, _ in play.replies()] == ["execute_reply"] * 2
        assert play.states()[-4:] == ["busy", "idle", "busy", "idle"]

    def test_an_error_aborts_what_waits_unless_it_is_told_not_to(self, play: Play) -> None:
        play.start()
        for stop_on_error, statuses in ((True, ["error", "aborted", "aborted"]), (False, ["error"])):
            play.execute("1", stop_on_error=stop_on_error)
            play.execute("2")
            play.execute("3")
            play.reply("error")
            assert [content["status"] for _, content in play.replies()] == statuses

    def test_output_has_the_running_cell_as_its_parent(self, play: Play) -> None:
        play.start()
        first, second = play.execute("1"), play.execute("2")
        os.write(play.server.descriptors[2], b"of the first")
        play.reply()
        os.write(play.server.descriptors[3], b"of the second")
        play.say(IOPUB, "display_data", {"data": {}})
        streams = [record for record in play.bench.records() if record["header"]["msg_type"] == "stream"]
        assert [record["parent_header"]["msg_id"] for record in streams] == [
            first.header.msg_id,
            second.header.msg_id,
        ]

    def test_drop(self, play: Play) -> None:
        play.start()
        play.execute("1")
        waiting = play.execute("2")
        play.send("control", "drop_request", DropRequest(waiting.header.msg_id))
        assert [(kind, content["status"]) for kind, content in play.replies()] == [
            ("execute_reply", "aborted"),
            ("drop_reply", "ok"),
        ]
        play.reply()
        assert play.heard() == ["request"]


class TestInterrupt:
    def test_an_idle_worker_is_left_alone(self, play: Play, signals: list[str]) -> None:
        play.start()
        play.send("control", "interrupt_request", InterruptRequest())
        assert signals == []
        assert play.replies() == [("interrupt_reply", {"status": "ok"})]

    def test_it_waits_until_the_cell_has_begun(self, play: Play, signals: list[str]) -> None:
        play.start()
        play.execute("1")
        play.send("control", "interrupt_request", InterruptRequest())
        assert signals == []
        play.say(BEGUN, "execute_input", {"code": "1", "execution_count": 1})
        assert signals == ["SIGINT"]
        play.send("control", "interrupt_request", InterruptRequest())
        assert signals == ["SIGINT"] * 2

    def test_it_is_not_for_the_next_cell(self, play: Play, signals: list[str]) -> None:
        play.start()
        play.execute("1")
        play.send("control", "interrupt_request", InterruptRequest())
        play.reply()
        play.execute("2")
        play.say(BEGUN)
        assert signals == []

    def test_a_completion_in_the_main_thread(self, play: Play, signals: list[str]) -> None:
        play.start()
        play.send("shell", "complete_request", COMPLETION)
        play.send("control", "interrupt_request", InterruptRequest())
        assert signals == ["SIGINT"]


class TestAside:
    def test_a_free_main_thread_answers(self, play: Play) -> None:
        play.start()
        play.send("shell", "complete_request", COMPLETION)
        play.say(REPLY, "complete_reply", {"matches": ["abc"]})
        assert play.replies() == [("complete_reply", {"matches": ["abc"]})]

    def test_the_helper_answers_while_a_cell_runs(self, play: Play) -> None:
        play.start()
        play.execute("1")
        message = play.send("shell", "complete_request", COMPLETION)
        header = encode(Author("worker").header("complete_reply").as_dict())
        parts = [REPLY, b"0", header, message.raw_header, EMPTY, b'{"matches":[]}']
        play.dispatcher.worker_said(parts, play.worker)
        assert play.replies() == [("complete_reply", {"matches": []})]
        play.reply()
        assert [msg_type for msg_type, _ in play.replies()] == ["execute_reply"]

    def test_both_are_answered_when_the_worker_dies(self, play: Play) -> None:
        play.start()
        play.send("shell", "complete_request", COMPLETION)
        play.send("shell", "inspect_request", COMPLETION)
        play.die(Death("SIGKILL", None))
        replies = play.replies()
        assert sorted(msg_type for msg_type, _ in replies) == ["complete_reply", "inspect_reply"]
        assert {content["ename"] for _, content in replies} == {"DeadKernelError"}


class TestDeath:
    def test_the_running_cell_fails_and_the_queue_stays(self, play: Play) -> None:
        play.start()
        cell = play.execute("1")
        play.execute("2")
        play.say(BEGUN)
        os.write(play.server.descriptors[2], b"last words")
        play.die(Death("SIGSEGV", None))
        ((_, reply),) = play.replies()
        assert reply["evalue"] == "the kernel was ended by SIGSEGV"
        assert play.bench.kinds()[-5:] == ["stream", "kernel_died", "error", "execute_reply", "status"]
        (died,) = [record for record in play.bench.records() if record["header"]["msg_type"] == "kernel_died"]
        assert died["content"]["cell"] == cell.header.msg_id
        play.send("control", "restart_request", RestartRequest())
        play.come_up()
        assert play.heard() == ["request"]

    def test_a_cell_that_has_not_begun_is_the_next_workers(self, play: Play) -> None:
        play.start()
        first, second = play.execute("1"), play.execute("2")
        play.die(Death("SIGKILL", None))
        assert play.replies() == []
        play.start()
        assert play.dispatcher.queue.running is not None
        assert play.dispatcher.queue.running.msg_id == first.header.msg_id
        # the second time it may be to blame
        play.die(Death("SIGKILL", None))
        assert [content["status"] for _, content in play.replies()] == ["error"]
        play.start()
        assert play.dispatcher.queue.running is not None
        assert play.dispatcher.queue.running.msg_id == second.header.msg_id

    def test_a_managed_worker_is_replaced_and_the_queue_aborted(self, managed: Play) -> None:
        managed.start()
        managed.execute("1")
        managed.execute("2")
        managed.say(BEGUN)
        managed.die(Death(None, 3))
        assert [content["status"] for _, content in managed.replies()] == ["error", "aborted"]
        managed.come_up()
        assert managed.states()[-4:] == ["dead", "restarting", "starting", "idle"]

    def test_a_password_that_nobody_gave(self, play: Play) -> None:
        play.start()
        play.execute("1")
        play.say(INPUT, "input_request", {"prompt": "?", "password": True})
        play.die(Death("SIGKILL", None))
        assert "input_done" in play.bench.kinds()

    def test_a_channel_that_user_code_closed(self, play: Play, signals: list[str]) -> None:
        play.start()
        play.dispatcher.worker_ended()
        assert signals == ["SIGKILL"]
        assert play.dispatcher.worker is not None
        play.dispatcher.worker_ended(gone=True)
        assert play.bench.records()[-1]["content"]["reason"].endswith("an unknown cause")


class TestInput:
    def test_the_answer_goes_to_the_worker(self, play: Play) -> None:
        play.start()
        play.execute("1")
        play.say(INPUT, "input_request", {"prompt": "?", "password": False})
        play.heard()
        play.send("stdin", "input_reply", InputReply("line"))
        assert play.heard() == ["input"]
        done = play.bench.records()[-1]
        assert done["content"]["value"] == "line"

    def test_a_question_is_asked_until_somebody_is_there(self, play: Play) -> None:
        play.start()
        play.execute("1")
        play.bench.sockets.deserted.add("stdin")
        play.say(INPUT, "input_request", {"prompt": "?", "password": False})
        for _ in range(3):
            play.bench.publisher.flush()
            asked_again = play.dispatcher.deadline
            assert asked_again is not None
            wait_for(lambda due=asked_again: time.monotonic() >= due)
            play.dispatcher.tick()
        play.bench.sockets.deserted.clear()
        play.bench.publisher.flush()
        assert [message[2] for message in play.bench.sockets.take("stdin")] == ["input_request"]
        assert play.dispatcher.deadline is None

    def test_an_answer_to_nothing(self, play: Play) -> None:
        play.start()
        play.send("stdin", "input_reply", InputReply("line"))
        assert play.heard() == []


class TestEnd:
    def test_an_idle_worker_is_asked_and_a_busy_one_killed(self, play: Play, signals: list[str]) -> None:
        play.start()
        play.dispatcher.end_worker(restart=True)
        assert play.heard() == ["shutdown"]
        assert signals == []
        play.die(Death(None, 0))
        play.come_up()
        signals.clear()
        play.execute("1")
        play.dispatcher.end_worker(restart=True)
        assert signals == ["SIGKILL"]
        assert "kernel_died" not in play.bench.kinds()

    def test_a_worker_that_does_not_end_in_time(
        self, play: Play, signals: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = 100.0
        monkeypatch.setattr("kernel.supervisor.dispatch.time.monotonic", lambda: now)
        play.start()
        play.dispatcher.end_worker(restart=False)
        deadline = play.dispatcher.deadline
        assert deadline is not None
        play.dispatcher.tick()
        assert signals == []
        now = deadline
        play.dispatcher.tick()
        assert signals == ["SIGKILL"]
        play.die(Death("SIGKILL", None))
        assert play.dispatcher.exit_status == 0

    @pytest.mark.parametrize("channel", ["shell", "control"])
    def test_shutdown(self, play: Play, channel: str) -> None:
        play.start()
        play.send(channel, "shutdown_request", ShutdownRequest())
        assert play.replies() == [("shutdown_reply", {"restart": False, "status": "ok"})]
        play.die(Death(None, 0))
        assert play.dispatcher.exit_status == 0

    def test_who_asks_again_gives_it_no_more_time(self, play: Play, signals: list[str]) -> None:
        play.start()
        play.dispatcher.end_worker(restart=True)
        first = play.dispatcher.deadline
        play.dispatcher.end_worker(restart=False)
        assert play.dispatcher.deadline == first
        play.die(Death(None, 0))
        assert play.dispatcher.exit_status == 0

    def test_shutdown_before_a_restart(self, play: Play, managed: Play) -> None:
        for each, status in ((play, None), (managed, 0)):
            each.start()
            each.send("control", "shutdown_request", ShutdownRequest(restart=True))
            each.die(Death(None, 0))
            assert each.dispatcher.exit_status == status

    def test_before_the_worker_is_ready(self, play: Play) -> None:
        play.dispatcher.start_worker()
        play.dispatcher.end_worker(restart=True)
        play.come_up()
        play.execute("1")
        assert play.heard() == ["request"]
        play.dispatcher.end_worker(restart=False)

    def test_no_worker_at_all(self, play: Play) -> None:
        play.start()
        play.die(Death("SIGKILL", None))
        play.dispatcher.end_worker(restart=False)
        assert play.dispatcher.exit_status == 0


class TestRefusals:
    @pytest.mark.parametrize(
        ("channel", "msg_type", "content"),
        [
            ("shell", "interrupt_request", {}),
            ("shell", "status", {"execution_state": "busy"}),
            ("control", "execute_request", {"code": "1"}),
            ("control", "unknown_request", {}),
            ("shell", "execute_request", {}),
        ],
    )
    def test_what_makes_no_sense(self, play: Play, channel: str, msg_type: str, content: Json) -> None:
        play.start()
        message = play.client.message(msg_type, content)
        with pytest.raises(RemoteProtocolError) as caught:
            play.dispatcher.client_sent(channel, message)
        play.bench.publisher.reject(channel, message, str(caught.value))
        replies = play.replies()
        if msg_type.endswith("_request"):
            ((_, reply),) = replies
            assert reply["status"] == "error"
        else:
            assert replies == []
