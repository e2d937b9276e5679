"""The broker before a kernel that the test plays: messages in every order, and kernels that do not keep to the rules."""

import json
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zmq

from kernel.protocol.connection import Connection
from kernel.protocol.messages import (
    Content,
    ExecuteRequest,
    InputReply,
    InterruptRequest,
    Json,
    KernelInfoRequest,
    RestartRequest,
    ShutdownRequest,
    encode,
)
from kernel.protocol.session import Session
from kernel.protocol.wire import EMPTY, Author, Message, Wire
from kernel.supervisor.broker import Broker
from kernel.supervisor.foreign import Ended, Event, Failed, Launched
from kernel.supervisor.process import Death
from tests.kernel.supervisor.fakes import Bench, FakeClient
from tests.kernel.support import DEADLINE, kind_of, parent_of

KEY = "k"
INFO: Json = {
    "status": "ok",
    "protocol_version": "5.3",
    "implementation": "played",
    "implementation_version": "1",
    "language_info": {"name": "Play", "pygments_lexer": {"name": "playful"}},
    "banner": "a played kernel",
    "help_links": [{"text": "Help", "url": "https://example.org"}, "no link"],
    "supported_features": ["kernel subshells"],
}


class PlayedProcess:
    """A kernel's process of which nothing is there but the events that the test puts in."""

    name = "played"
    label = "the kernel 'played'"
    language = "play"
    by_message = False
    deadline: float | None = None

    def __init__(self, connection: Connection, *, owned: bool) -> None:
        self.owned = owned
        self.pid: int | None = 4711 if owned else None
        self.events: list[Event] = []
        self.done: list[str] = []
        self.printed = self.failure = ""
        self._connection = connection

    def live_in(self, place: Callable[[], Session]) -> None: ...

    def start(self) -> None:
        self.done.append("start")
        self.events.append(Failed(self.failure) if self.failure else Launched(self._connection))

    def answered(self) -> None:
        self.done.append("answered")

    def watched(self) -> Mapping[object, int]:
        return {}

    def serve(self) -> list[Event]:
        events, self.events = self.events, []
        return events

    def signal(self, number: int) -> None:
        self.done.append(signal.Signals(number).name)

    def kill(self) -> None:
        self.done.append("kill")

    def output(self) -> str:
        return self.printed

    def close(self) -> None:
        self.done.append("close")


class Play:
    """A broker with its clients before it, and behind it the sockets of a kernel that the test speaks for."""

    def __init__(self, bench: Bench, directory: Path, *, owned: bool = True) -> None:
        self.bench = bench
        self.client = FakeClient()
        self.wire = Wire(KEY)
        self.author = Author("kernel")
        self._context = zmq.Context()
        self.sockets = {
            channel: self._context.socket(kind)
            for channel, kind in {
                "shell": zmq.ROUTER,
                "control": zmq.ROUTER,
                "stdin": zmq.ROUTER,
                "iopub": zmq.XPUB,
                "hb": zmq.ROUTER,
            }.items()
        }
        connection = Connection.local(directory, KEY, "played")
        self.sockets["iopub"].setsockopt(zmq.XPUB_VERBOSE, 1)
        for channel, sock in self.sockets.items():
            sock.linger = 0
            sock.bind(connection.endpoint(channel))
        self.process = PlayedProcess(connection, owned=owned)
        self.broker = Broker(bench.publisher, self.process, "user")
        self.identity = b""

    def close(self) -> None:
        if self.broker.exit_status is None:
            self.broker._life.over(0)
        for sock in self.sockets.values():
            sock.close()
        self._context.term()

    def serve(self) -> None:
        """Let the broker take in what its sockets hold, as the loop does."""
        poller = zmq.Poller()
        for item, flags in self.broker.watched().items():
            poller.register(item, flags)
        self.broker.serve(dict(poller.poll(0)))

    # ---- the kernel --------------------------------------------------------------------------------------

    def hears(self, channel: str, msg_type: str) -> Message:
        """The next message of a type that comes to the kernel; the broker is served meanwhile."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            self.serve()
            if self.sockets[channel].poll(5):
                message = self.wire.message(self.sockets[channel].recv_multipart())
                self.identity = message.identities[0]
                if message.header.msg_type == msg_type:
                    return message
        raise AssertionError(f"no {msg_type} came on {channel}")

    def hears_nothing(self, channel: str) -> None:
        for _ in range(5):
            self.serve()
            assert not self.sockets[channel].poll(10)

    def says(self, channel: str, msg_type: str, content: Json | bytes, to: Message | None, **more: Any) -> Message:
        """Say something as the kernel does: with the parent's header written anew."""
        header = self.author.header(msg_type).as_dict() | more.pop("header", {})
        parent = json.dumps(json.loads(to.raw_header)).encode() if to is not None else EMPTY
        raw = content if isinstance(content, bytes) else encode(content)
        parts = [encode(header), more.get("parent", parent), more.get("metadata", EMPTY), raw]
        first = msg_type.encode() if channel == "iopub" else self.identity
        frames = self.wire.frames([first], parts)
        self.sockets[channel].send_multipart(frames)
        return self.wire.message(frames)

    def publishes(self, msg_type: str, content: Json | bytes, to: Message | None, **more: Any) -> Message:
        return self.says("iopub", msg_type, content, to, **more)

    def status(self, state: str, to: Message | None, **more: Any) -> None:
        self.publishes("status", {"execution_state": state}, to, **more)

    def replies(self, to: Message, content: Json | bytes, channel: str = "shell", **more: Any) -> None:
        self.says(channel, to.header.msg_type.replace("_request", "_reply"), content, to, **more)

    def comes_up(self, info: Json = INFO, **more: Any) -> None:
        """Start, and answer the handshake."""
        self.broker.begin()
        self.shakes_hands(info, **more)

    def shakes_hands(self, info: Json = INFO, **more: Any) -> None:
        asked = self.hears("shell", "kernel_info_request")
        self.is_subscribed_to()
        self.publishes("iopub_welcome", {"subscription": ""}, None, **more)
        self.replies(asked, info, **more)
        self.until(lambda: self.broker.status.state in ("idle", "busy"))

    def is_subscribed_to(self) -> None:
        """Wait until what is published reaches the broker."""
        while self.sockets["iopub"].poll(int(DEADLINE * 1000)):
            if self.sockets["iopub"].recv()[:1] == b"\x01":
                return
        raise AssertionError("nobody subscribed")

    def until(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < end
            self.serve()
            time.sleep(0.001)

    # ---- clients -----------------------------------------------------------------------------------------

    def send(self, channel: str, msg_type: str, content: Content | Json) -> Message:
        message = self.client.message(msg_type, content)
        self.broker.client_sent(channel, message)
        return message

    def execute(self, code: str, **options: bool) -> Message:
        return self.send("shell", "execute_request", ExecuteRequest(code, **options))

    def answers(self, *channels: str) -> list[tuple[str, Json]]:
        self.bench.publisher.flush()
        return [(kind, content) for _, _, kind, content in self.bench.sockets.take(*(channels or ("shell", "control")))]

    def records_of(self, message: Message) -> list[str]:
        mine = [record for record in self.bench.records() if parent_of(record) == message.header.msg_id]
        return [c.get("execution_state", kind_of(r)) for r in mine for c in [r["content"]]]

    def ends(self, message: Message) -> Json:
        """Serve until a cell has ended; return its reply's record."""
        self.until(lambda: self.records_of(message)[-1:] == ["idle"])
        records = self.bench.records()
        return next(
            r["content"] for r in records if kind_of(r) == "execute_reply" and parent_of(r) == message.header.msg_id
        )


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    played = Play(Bench(tmp_path), tmp_path)
    yield played
    played.close()


@pytest.fixture
def existing(tmp_path: Path) -> Iterator[Play]:
    """A broker before a kernel that somebody else started."""
    played = Play(Bench(tmp_path), tmp_path, owned=False)
    yield played
    played.close()


OK: Json = {"status": "ok", "execution_count": 1}
WHOLE = ["submitted", "busy", "execute_input", "stream", "execute_reply", "idle"]


class TestHandshake:
    def test_nothing_is_handed_over_before_what_is_published_is_heard(self, play: Play) -> None:
        play.broker.begin()
        play.execute("1")
        asked = play.hears("shell", "kernel_info_request")
        play.replies(asked, INFO)
        again = play.hears("shell", "kernel_info_request")
        assert play.broker.status.state == "starting"
        play.status("busy", again)
        play.replies(again, INFO)
        assert play.hears("shell", "execute_request").content == ExecuteRequest("1")

    def test_what_the_kernel_says_of_itself_is_recorded_and_kept(self, play: Play) -> None:
        early = play.send("control", "kernel_info_request", KernelInfoRequest())
        play.comes_up()
        started = next(r["content"] for r in play.bench.records() if kind_of(r) == "kernel_started")
        assert started == {
            "pid": 4711,
            "restarted": False,
            "language": "Play",
            "lexer": "playful",
            "banner": "a played kernel",
            "help_links": [{"text": "Help", "url": "https://example.org"}],
            "owned": True,
            "embedded": False,
        }
        assert play.answers() == [("kernel_info_reply", INFO)]
        play.send("shell", "kernel_info_request", KernelInfoRequest())
        assert play.answers() == [("kernel_info_reply", INFO)]
        assert (play.broker.language, play.broker.lexer) == ("Play", "playful")
        assert early.header.msg_type == "kernel_info_request"

    def test_a_failure_ends_the_process_with_a_sentence(self, play: Play) -> None:
        play.broker.begin()
        play.process.printed = "first\n\nno such module\n"
        play.process.events.append(Ended(Death(None, 3)))
        play.serve()
        assert play.broker.exit_status == 1
        assert play.broker.failure == (
            "the kernel 'played' was ended by exit status 3 before it was ready; it said: first; no such module"
        )
        failed = play.bench.records()[-1]["content"]
        assert failed["reason"] == "the kernel 'played' was ended by exit status 3 before it was ready"
        assert failed["said"] == "first\n\nno such module"

    def test_a_failure_after_a_restart_leaves_the_session(self, play: Play) -> None:
        play.comes_up()
        play.process.events.append(Ended(Death("SIGKILL", None)))
        play.until(lambda: play.broker.status.state == "dead")
        play.process.failure = "it cannot be started"
        play.send("control", "restart_request", RestartRequest())
        assert play.broker.exit_status is None
        assert play.bench.kinds()[-1] == "kernel_failed"
        play.process.failure = ""
        play.send("control", "restart_request", RestartRequest())
        play.shakes_hands()
        assert play.bench.records()[-1]["content"]["restarted"]


class TestCells:
    def begun(self, play: Play) -> tuple[Message, Message]:
        """Hand a cell over; return the client's request and what came to the kernel."""
        play.comes_up()
        sent = play.execute("print(1)")
        came = play.hears("shell", "execute_request")
        play.status("busy", came)
        play.publishes("execute_input", {"code": "print(1)", "execution_count": 1}, came)
        return sent, came

    def test_the_kernel_gets_the_frames_that_the_client_sent(self, play: Play) -> None:
        sent, came = self.begun(play)
        assert (came.raw_header, came.raw_parent, came.raw_content) == (
            sent.raw_header,
            sent.raw_parent,
            sent.raw_content,
        )

    @pytest.mark.parametrize("reply_first", [True, False])
    def test_output_is_recorded_before_the_reply(self, play: Play, reply_first: bool) -> None:
        sent, came = self.begun(play)
        if reply_first:
            play.replies(came, OK)
            play.until(lambda: play.broker._life.handed.of(sent.header.msg_id).reply)  # type: ignore[union-attr]
        play.publishes("stream", {"name": "stdout", "text": "1\n"}, came)
        play.status("idle", came)
        if not reply_first:
            play.until(lambda: play.broker._life.handed.of(sent.header.msg_id).idle)  # type: ignore[union-attr]
            play.replies(came, OK)
        assert play.ends(sent) == OK
        assert play.records_of(sent) == WHOLE
        assert ("execute_reply", OK) in play.answers("shell")

    def test_all_records_have_the_header_that_the_client_wrote(self, play: Play) -> None:
        sent, came = self.begun(play)
        play.publishes("stream", {"name": "stdout", "text": "1\n"}, came)
        play.status("idle", came)
        play.replies(came, OK)
        play.ends(sent)
        lines = play.bench.journal.read(0, 1 << 20).split(b'"parent_header":')
        assert sum(line.startswith(sent.raw_header) for line in lines) == len(WHOLE)

    def test_an_idle_that_does_not_come_is_not_waited_for(self, play: Play) -> None:
        sent, came = self.begun(play)
        play.replies(came, OK)
        assert play.ends(sent) == OK

    def test_an_idle_is_waited_for_while_output_comes(self, play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("kernel.supervisor.broker_cells._IDLE_LATE", 0.3)
        sent, came = self.begun(play)
        play.replies(came, OK)
        for number in range(20):
            # longer in all than is waited without a sound
            play.publishes("stream", {"name": "stdout", "text": str(number)}, came)
            play.until(lambda count=number: play.records_of(sent).count("stream") == count + 1)
            time.sleep(0.03)
        assert "execute_reply" not in play.records_of(sent)
        play.status("idle", came)
        play.ends(sent)

    def test_a_reply_that_does_not_come_is_made_up(self, play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("kernel.supervisor.broker_cells._REPLY_LATE", 0.1)
        sent, came = self.begun(play)
        play.status("idle", came)
        assert "has not said how" in play.ends(sent)["evalue"]

    def test_a_reply_of_a_wrong_shape(self, play: Play) -> None:
        sent, came = self.begun(play)
        play.replies(came, {"status": 5})
        play.status("idle", came)
        assert play.ends(sent)["ename"] == "RemoteProtocolError"

    def test_what_is_no_json_is_dropped(self, play: Play, capfd: pytest.CaptureFixture[str]) -> None:
        sent, came = self.begun(play)
        play.publishes("stream", b'{"name": "stdout", "text": }', came)
        play.publishes("stream", b"[]", came)
        play.publishes("stream", {"name": "stdout", "text": "whole"}, came, metadata=b"null")
        play.status("idle", came)
        play.replies(came, OK)
        play.ends(sent)
        assert play.records_of(sent) == WHOLE
        assert capfd.readouterr().err.count("dropped what the kernel said") == 2

    def test_what_has_no_parent_is_recorded(self, play: Play) -> None:
        play.comes_up()
        play.publishes("stream", {"name": "stderr", "text": "a warning"}, None, parent=b"null")
        play.until(lambda: play.bench.kinds()[-1] == "stream")

    def test_late_output_keeps_its_parent(self, play: Play) -> None:
        sent, came = self.begun(play)
        play.status("idle", came)
        play.replies(came, OK)
        play.ends(sent)
        play.publishes("stream", {"name": "stdout", "text": "late"}, came)
        play.until(lambda: play.records_of(sent)[-1] == "stream")

    def test_one_cell_at_a_time(self, play: Play) -> None:
        _, came = self.begun(play)
        play.execute("second")
        play.hears_nothing("shell")
        play.status("idle", came)
        play.replies(came, OK)
        assert play.hears("shell", "execute_request").content == ExecuteRequest("second")

    def test_an_error_aborts_what_waits(self, play: Play) -> None:
        _, came = self.begun(play)
        behind = play.execute("second")
        play.status("idle", came)
        play.replies(came, {"status": "error", "execution_count": 1, "ename": "E", "evalue": "", "traceback": []})
        assert play.ends(behind)["status"] == "aborted"
        play.hears_nothing("shell")


class TestLoop:
    def test_what_was_not_seen_to_have_something_is_left_alone(self, play: Play) -> None:
        play.comes_up()
        play.execute("1")
        came = play.hears("shell", "execute_request")
        play.publishes("stream", {"name": "stdout", "text": "x"}, came)
        poller = zmq.Poller()
        for item, flags in play.broker.watched().items():
            poller.register(item, flags)
        assert poller.poll(DEADLINE * 1000)
        play.broker.serve({})
        assert "stream" not in play.bench.kinds()
        play.until(lambda: "stream" in play.bench.kinds())

    def test_a_connection_that_cannot_be(self, play: Play) -> None:
        play.process._connection = replace(play.process._connection, signature_scheme="hmac-foo")
        play.broker.begin()
        assert play.broker.exit_status == 1
        assert play.broker.failure is not None
        assert "cannot be reached" in play.broker.failure
        assert "kill" in play.process.done


class TestAside:
    @pytest.mark.parametrize("has", [{"debugger": True}, {"supported_features": ["debugger"]}, {}])
    def test_a_kernel_without_a_debugger_is_not_asked_for_it(self, play: Play, has: Json) -> None:
        play.comes_up({**INFO, **has})
        play.send("control", "debug_request", {"type": "request", "command": "debugInfo", "seq": 1})
        if has:
            play.hears("control", "debug_request")
            return
        play.hears_nothing("control")
        ((kind, content),) = play.answers("control")
        assert (kind, content["evalue"]) == ("debug_reply", "the kernel 'played' has no debugger")

    @pytest.mark.parametrize(
        "reply", [{"status": "error", "ename": "E", "evalue": "no", "traceback": []}, b"nonsense", b"[]"]
    )
    def test_a_kernel_that_refuses_a_subshell_is_asked_on_shell(self, play: Play, reply: Json | bytes) -> None:
        play.comes_up()
        play.execute("1")
        play.hears("shell", "execute_request")
        for number in range(2):
            play.send("shell", "is_complete_request", {"code": str(number)})
            if number == 0:
                created = play.hears("control", "create_subshell_request")
                assert play.broker._life.requests.waits
                play.replies(created, reply, "control")
            came = play.hears("shell", "is_complete_request")
            assert came.header.subshell_id is None
            play.replies(came, {"status": "complete"})
            play.until(lambda: not play.broker._life.requests.waits)
            assert [kind for kind, _ in play.answers("shell")] == ["is_complete_reply"]
        play.hears_nothing("control")

    def test_beside_a_cell_a_subshell_answers(self, play: Play) -> None:
        play.comes_up()
        play.execute("1")
        play.hears("shell", "execute_request")
        asked = [play.send("shell", "is_complete_request", {"code": str(number)}) for number in range(2)]
        created = play.hears("control", "create_subshell_request")
        play.replies(created, {"status": "ok", "subshell_id": "sub"}, "control")
        for sent in asked:
            came = play.hears("shell", "is_complete_request")
            assert came.header.subshell_id == "sub"
            assert came.header.msg_id == sent.header.msg_id
            play.replies(came, {"status": "complete"})
        play.until(lambda: not play.broker._life.requests.waits)
        answers = [c for kind, c in play.answers("shell") if kind == "is_complete_reply"]
        assert answers == [{"status": "complete"}] * 2

    def test_while_nothing_runs_the_main_shell_answers(self, play: Play) -> None:
        play.comes_up()
        sent = play.send("shell", "is_complete_request", {"code": ""})
        assert play.hears("shell", "is_complete_request").raw_header == sent.raw_header

    def test_what_the_kernel_passes_over_is_refused(self, play: Play) -> None:
        play.comes_up()
        play.send("shell", "comm_info_request", {})
        play.status("idle", play.hears("shell", "comm_info_request"))
        play.until(lambda: any(c.get("ename") == "NoReply" for _, c in play.answers("shell")))


class TestInput:
    def test_the_question_and_its_answer(self, play: Play) -> None:
        play.comes_up()
        sent = play.execute("input()")
        came = play.hears("shell", "execute_request")
        question = play.says("stdin", "input_request", {"prompt": "? ", "password": True}, came)
        play.until(lambda: "input_wanted" in play.records_of(sent))
        assert play.answers("stdin") == [("input_request", {"prompt": "? ", "password": True})]
        parent = encode({"msg_id": question.header.msg_id, "msg_type": "input_request"})
        answer = play.client.message("input_reply", InputReply("secret"), parent)
        play.broker.client_sent("stdin", answer)
        heard = play.hears("stdin", "input_reply")
        assert (heard.raw_content, heard.raw_parent) == (answer.raw_content, question.raw_header)
        assert b"secret" not in play.bench.journal.read(0, 1 << 20)


class TestDeath:
    def test_what_the_kernel_had_is_not_run_twice_and_what_waits_is_run(self, play: Play) -> None:
        play.comes_up()
        sent, behind = play.execute("1"), play.execute("2")
        play.hears("shell", "execute_request")
        play.process.events.append(Ended(Death("SIGKILL", None)))
        assert play.ends(sent)["ename"] == "DeadKernelError"
        assert play.broker.status.waiting == 1
        died = next(r["content"] for r in play.bench.records() if kind_of(r) == "kernel_died")
        assert (died["signal"], died["cell"], died["code"]) == ("SIGKILL", sent.header.msg_id, "1")
        play.send("control", "restart_request", RestartRequest())
        play.shakes_hands()
        assert play.hears("shell", "execute_request").raw_header == behind.raw_header

    def test_the_end_of_its_own_log_is_in_the_report(self, play: Play) -> None:
        play.comes_up()
        play.process.printed = "".join(f"line {number}\n" for number in range(100)) + "Fatal Python error\n"
        play.process.events.append(Ended(Death("SIGSEGV", None, 1 << 20)))
        play.until(lambda: play.broker.status.state == "dead")
        died = next(r["content"] for r in play.bench.records() if kind_of(r) == "kernel_died")
        assert died["stack"].splitlines() == [*(f"line {number}" for number in range(77, 100)), "Fatal Python error"]
        assert died["peak"] == 1 << 20

    def test_last_words_are_recorded_before_the_death(self, play: Play) -> None:
        play.comes_up()
        play.execute("1")
        came = play.hears("shell", "execute_request")
        play.status("busy", came)
        for number in range(500):
            play.publishes("stream", {"name": "stdout", "text": str(number)}, came)
        play.process.events.append(Ended(Death("SIGKILL", None)))
        play.until(lambda: play.broker.status.state == "dead")
        kinds = play.bench.kinds()
        assert kinds.count("stream") == 500
        assert kinds.index("kernel_died") > max(n for n, kind in enumerate(kinds) if kind == "stream")

    @pytest.mark.parametrize("said", [(), ("busy",), ("busy", "number")])
    def test_the_cell_of_a_death_has_begun_and_has_its_number(self, play: Play, said: tuple[str, ...]) -> None:
        """The kernel may have died before it could say so."""
        play.comes_up()
        sent = play.execute("import os; os._exit(3)")
        came = play.hears("shell", "execute_request")
        if "busy" in said:
            play.status("busy", came)
        if "number" in said:
            play.publishes("execute_input", {"code": "import os; os._exit(3)", "execution_count": 1}, came)
        play.process.events.append(Ended(Death(None, 3)))
        play.ends(sent)
        assert play.records_of(sent) == ["submitted", "busy", "execute_input", "error", "execute_reply", "idle"]
        kinds = play.bench.kinds()
        assert kinds.index("execute_input") < kinds.index("kernel_died") < kinds.index("error")
        number = next(r["content"] for r in play.bench.records() if kind_of(r) == "execute_input")
        assert number == {"code": "import os; os._exit(3)", "execution_count": 1}

    def test_what_the_next_kernel_says_while_it_starts_is_for_the_log(
        self, play: Play, capsys: pytest.CaptureFixture[str]
    ) -> None:
        play.comes_up()
        play.process.events.append(Ended(Death("SIGKILL", None)))
        play.until(lambda: play.broker.status.state == "dead")
        play.send("control", "restart_request", RestartRequest())
        asked = play.hears("shell", "kernel_info_request")
        play.is_subscribed_to()
        play.publishes("stream", {"name": "stderr", "text": "frozen modules are being used"}, None)
        play.until(lambda: "stream" in play.bench.kinds() or "frozen" in capsys.readouterr().err)
        play.replies(asked, INFO)
        play.until(lambda: play.broker.status.state == "idle")
        assert "stream" not in play.bench.kinds()
        play.publishes("stream", {"name": "stderr", "text": "of a thread"}, None)
        play.until(lambda: "stream" in play.bench.kinds())

    def test_an_idle_kernel_is_asked_to_end(self, play: Play) -> None:
        play.comes_up()
        play.send("control", "shutdown_request", ShutdownRequest())
        assert play.hears("control", "shutdown_request").content == ShutdownRequest()
        play.process.events.append(Ended(Death(None, 0)))
        play.until(lambda: play.broker.exit_status == 0)
        assert "kernel_died" not in play.bench.kinds()

    def test_one_that_does_not_end_is_killed(self, play: Play) -> None:
        play.comes_up()
        play.send("control", "shutdown_request", ShutdownRequest())
        play.until(lambda: "kill" in play.process.done)

    def test_the_ladder(self, play: Play) -> None:
        play.comes_up()
        sent = play.execute("1")
        play.status("busy", play.hears("shell", "execute_request"))
        play.until(lambda: "busy" in play.records_of(sent))
        for expected in (["SIGINT"], ["SIGINT", "SIGINT"], ["SIGINT", "SIGINT", "kill"]):
            play.broker._ladder._since -= 2
            play.send("control", "interrupt_request", InterruptRequest())
            assert [done for done in play.process.done if done in ("SIGINT", "kill")] == expected
        assert "stream" in play.records_of(sent)


class TestOthers:
    def test_a_kernel_of_somebody_else_s_is_asked_on_control(self, existing: Play) -> None:
        existing.broker.begin()
        asked = existing.hears("control", "kernel_info_request")
        existing.is_subscribed_to()
        existing.status("busy", asked)
        existing.replies(asked, INFO, "control")
        existing.until(lambda: existing.broker.status.state == "busy")
        existing.replies(existing.hears("shell", "kernel_info_request"), INFO)
        existing.until(lambda: existing.broker.status.state == "idle")

    def is_busy_already(self, existing: Play) -> Message:
        """Connect to a kernel that computes; return what it was asked on shell."""
        existing.broker.begin()
        asked = existing.hears("control", "kernel_info_request")
        existing.is_subscribed_to()
        existing.status("busy", asked)
        existing.replies(asked, INFO, "control")
        existing.until(lambda: existing.broker.status.cell == "begun before this session")
        return existing.hears("shell", "kernel_info_request")

    def of_before(self, existing: Play) -> list[str]:
        """What is recorded of a cell whose beginning nobody saw."""
        submitted = next(r for r in existing.bench.records() if kind_of(r) == "submitted" and r["content"]["begun"])
        mine = [r for r in existing.bench.records() if parent_of(r) == parent_of(submitted)]
        return [r["content"].get("execution_state", kind_of(r)) for r in mine]

    def test_what_was_begun_before_is_a_cell_whose_code_nobody_knows(self, existing: Play) -> None:
        asked = self.is_busy_already(existing)
        theirs = FakeClient("theirs").message("execute_request", {"code": "loop()"})
        ours = existing.execute("1")
        assert (existing.broker.status.state, existing.broker.status.waiting) == ("busy", 1)
        assert existing.broker.status.cell == "begun before this session"
        existing.publishes("stream", {"name": "stdout", "text": "0"}, theirs)
        existing.status("idle", theirs)
        existing.replies(asked, INFO)
        existing.status("busy", ours)
        existing.until(lambda: existing.broker.status.cell == "1")
        assert self.of_before(existing) == ["submitted", "busy", "stream", "execute_reply", "idle"]
        assert existing.broker.status.waiting == 0

    def test_what_was_begun_before_and_says_nothing_ends_when_the_kernel_answers(self, existing: Play) -> None:
        asked = self.is_busy_already(existing)
        existing.replies(asked, INFO)
        existing.until(lambda: existing.broker.status.state == "idle")
        assert self.of_before(existing) == ["submitted", "busy", "execute_reply", "idle"]

    def test_what_was_begun_before_is_over_when_another_cell_begins(self, existing: Play) -> None:
        self.is_busy_already(existing)
        theirs = FakeClient("theirs").message("execute_request", {"code": "x"})
        existing.status("busy", theirs)
        existing.publishes("execute_input", {"code": "x", "execution_count": 5}, theirs)
        existing.until(lambda: existing.broker.status.cell == "x")
        assert self.of_before(existing)[-1] == "idle"

    @pytest.mark.parametrize("channel", ["shell", "control"])
    def test_it_is_not_restarted_here(self, existing: Play, channel: str) -> None:
        existing.comes_up()
        existing.send(channel, "shutdown_request", ShutdownRequest(restart=True))
        ((kind, content),) = existing.answers(channel)
        assert (kind, content["status"]) == ("shutdown_reply", "error")
        assert "somebody else" in content["evalue"]
        assert existing.broker.exit_status is None
        existing.send(channel, "shutdown_request", ShutdownRequest())
        assert existing.broker.exit_status == 0

    def test_the_records_say_whose_it_is(self, existing: Play) -> None:
        existing.comes_up()
        (started,) = (r["content"] for r in existing.bench.records() if kind_of(r) == "kernel_started")
        assert (started["pid"], started["owned"]) == (0, False)

    def test_its_width_is_nobody_s_business(self, existing: Play) -> None:
        existing.comes_up()
        existing.send("control", "columns_request", {"columns": 100})
        assert existing.answers("control") == [("columns_reply", {"status": "ok"})]

    def test_a_cell_of_theirs_is_closed_when_the_kernel_is_replaced(self, existing: Play) -> None:
        existing.comes_up()
        theirs = FakeClient("theirs").message("execute_request", {"code": "x"})
        existing.status("busy", theirs)
        existing.publishes("execute_input", {"code": "x", "execution_count": 5}, theirs)
        existing.until(lambda: existing.records_of(theirs) == ["submitted", "busy", "execute_input"])
        assert (existing.broker.status.state, existing.broker.status.cell) == ("busy", "x")
        existing.status("starting", None)
        assert existing.ends(theirs)["ename"] == "DeadKernelError"
        existing.shakes_hands()
        assert existing.bench.records()[-1]["content"]["restarted"]

    def test_interrupts_are_messages(self, existing: Play) -> None:
        existing.process.by_message = True
        existing.comes_up()
        existing.send("control", "interrupt_request", InterruptRequest())
        existing.hears("control", "interrupt_request")
        assert "SIGINT" not in existing.process.done

    def test_a_kernel_that_signs_with_the_session_of_who_asks_is_not_taken_for_another(self, existing: Play) -> None:
        def as_asked(message: Message) -> dict[str, Any]:
            return {"header": {"session": message.header.session}}

        existing.broker.begin()
        asked = existing.hears("shell", "kernel_info_request")
        existing.is_subscribed_to()
        existing.status("busy", asked, **as_asked(asked))
        existing.replies(asked, INFO, **as_asked(asked))
        existing.until(lambda: existing.broker.status.state == "idle")
        for name in ("one", "two"):
            theirs = FakeClient(name).message("execute_request", {"code": name})
            existing.status("busy", theirs, **as_asked(theirs))
            existing.publishes("execute_input", {"code": name, "execution_count": 1}, theirs, **as_asked(theirs))
            existing.status("idle", theirs, **as_asked(theirs))
            assert existing.ends(theirs)["status"] == "ok"
        assert existing.bench.kinds().count("kernel_started") == 1

    def test_the_end_says_nothing_to_the_kernel(self, existing: Play) -> None:
        existing.comes_up()
        existing.hears("control", "kernel_info_request")
        existing.send("control", "shutdown_request", ShutdownRequest())
        assert existing.broker.exit_status == 0
        assert not existing.sockets["control"].poll(100)
        assert existing.process.done == ["start", "answered", "close"]
