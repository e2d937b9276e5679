"""Real kernels for tests: a home of their own, a supervisor process, and a small client of its sockets."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

import zmq

from kernel.protocol import session as sessions
from kernel.protocol.connection import Connection
from kernel.protocol.messages import (
    Content,
    ExecuteRequest,
    InputReply,
    InterruptRequest,
    Json,
    ReadRequest,
    RestartRequest,
    decode,
    encode,
)
from kernel.protocol.wire import EMPTY, Author, Message, Wire

# what normally takes milliseconds may take this many seconds on a loaded machine
DEADLINE = 30.0

T = TypeVar("T")


def wait_for(condition: Callable[[], T], what: str = "the condition", within: float = DEADLINE) -> T:
    """Return the first true value of `condition`; fail when there is none in time."""
    end = time.monotonic() + within
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come true in {within} s")
        time.sleep(0.002)
    return value


def is_running(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextlib.contextmanager
def private_home() -> Iterator[dict[str, str]]:
    """Make a home whose paths are short enough for sockets; yield the environment to live in it."""
    directory = Path(tempfile.mkdtemp(prefix="cs-"))
    run, state = directory / "run", directory / "state"
    run.mkdir(mode=0o700)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("JPY_", "PYTEST"))}
    # code is to be run by the Python that runs the tests, whatever environment is active
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        inherited.pop(name, None)
    environ = inherited | {
        "HOME": str(directory),
        "XDG_RUNTIME_DIR": str(run),
        "XDG_STATE_HOME": str(state),
        "IPYTHONDIR": str(directory / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(run),
        "JUPYTER_DATA_DIR": str(directory / "jupyter"),
        "TERM": "xterm",
    }
    environ.pop("PYTHONPATH", None)
    try:
        yield environ
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@dataclass(slots=True)
class Cell:
    """What became of an executed cell."""

    reply: Json
    outputs: list[tuple[str, Json]] = field(default_factory=list)

    def text(self, *names: str) -> str:
        """What was written to the named streams, or to both."""
        wanted = names or ("stdout", "stderr")
        return "".join(c["text"] for kind, c in self.outputs if kind == "stream" and c["name"] in wanted)

    @property
    def kinds(self) -> list[str]:
        """The types of its outputs."""
        return [kind for kind, _ in self.outputs]


class Client:
    """A client of all channels, which reads the journal through the feed."""

    def __init__(self, connection: Connection, channels: Sequence[str] = ("shell", "control", "stdin", "feed")) -> None:
        self.wire = Wire(connection.key)
        self.author = Author("tester")
        self._connection = connection
        self._context = zmq.Context()
        self.sockets: dict[str, zmq.Socket[bytes]] = {}
        for channel in channels:
            if channel != "feed" or connection.feed_port:
                self.connect(channel)
        iopub = self._context.socket(zmq.SUB)
        iopub.subscribe(b"")
        iopub.rcvhwm = 0
        self._connect("iopub", iopub)
        self._seen = 0
        self.journal: list[Json] = []

    def connect(self, channel: str) -> None:
        """Connect a channel of requests."""
        sock = self._context.socket(zmq.DEALER)
        sock.identity = self.author.session.encode()
        self._connect(channel, sock)

    def _connect(self, channel: str, sock: "zmq.Socket[bytes]") -> None:
        sock.linger = 0
        # the default of 100 ms would be most of the time that a start takes
        sock.reconnect_ivl = 5
        sock.connect(self._connection.endpoint(channel))
        self.sockets[channel] = sock

    def close(self) -> None:
        for sock in self.sockets.values():
            sock.close()
        self._context.term()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(
        self,
        channel: str,
        msg_type: str,
        content: Content | Json | bytes,
        parent: bytes = EMPTY,
        metadata: bytes = EMPTY,
    ) -> str:
        """Send a message, whose content may be broken; return its identifier."""
        header = self.author.header(msg_type)
        values = content.as_dict() if isinstance(content, Content) else content
        raw = values if isinstance(values, bytes) else encode(values)
        parts = [encode(header.as_dict()), parent, metadata, raw]
        self.sockets[channel].send_multipart(self.wire.frames([], parts))
        return header.msg_id

    def receive(self, channel: str, within: float = DEADLINE) -> Message:
        """Wait for the next message of a channel."""
        if not self.sockets[channel].poll(int(within * 1000)):
            last = [(record["seq"], kind_of(record), str(record["content"])[:60]) for record in self.journal[-8:]]
            raise AssertionError(f"nothing came on {channel} in {within} s; the last records were {last}")
        return self.wire.message(self.sockets[channel].recv_multipart())

    def reply_to(self, channel: str, msg_id: str, within: float = DEADLINE) -> Json:
        """Wait for the reply to a request; replies to others are dropped."""
        while True:
            message = self.receive(channel, within)
            if decode(message.raw_parent).get("msg_id") == msg_id:
                return decode(message.raw_content)

    def ask(self, channel: str, msg_type: str, content: Content | Json | bytes) -> Json:
        """Send a request and return the content of its reply."""
        return self.reply_to(channel, self.send(channel, msg_type, content))

    # ---- cells -------------------------------------------------------------------------------------------

    def submit(self, code: str, **options: Any) -> str:
        """Have a cell run; return the identifier of its request."""
        return self.send("shell", "execute_request", ExecuteRequest(code, **options))

    def run(self, code: str, **options: Any) -> Cell:
        """Run a cell to its end; return what the journal has of it."""
        return self.cell(self.submit(code, **options))

    def cell(self, msg_id: str) -> Cell:
        """Wait for the end of a cell; return what the journal has of it."""
        self.record("status", lambda c: c["execution_state"] == "idle", parent=msg_id)
        reply = self.record("execute_reply", parent=msg_id)["content"]
        mine = [r for r in self.journal if parent_of(r) == msg_id and r["channel"] == "iopub"]
        hidden = ("status", "execute_input")
        return Cell(reply, [(kind_of(r), r["content"]) for r in mine if kind_of(r) not in hidden])

    def begun(self, msg_id: str) -> None:
        """Wait until a cell runs."""
        self.record("execute_input", parent=msg_id)

    def interrupt(self) -> None:
        assert self.ask("control", "interrupt_request", InterruptRequest()) == {"status": "ok"}

    def restart(self) -> int:
        """Replace the worker; return the new one's process id."""
        after = self.read_on()
        assert self.ask("control", "restart_request", RestartRequest()) == {"status": "ok"}
        return int(self.record("kernel_started", after=after)["content"]["pid"])

    def answer(self, line: str, request: str) -> None:
        """Answer input() like a client that knows the question from the journal."""
        parent = encode({"msg_id": request, "msg_type": "input_request"})
        self.send("stdin", "input_reply", InputReply(line), parent)

    # ---- the journal -------------------------------------------------------------------------------------

    def read(self, after: int, limit: int = 1 << 24, within: float = DEADLINE) -> Json:
        """Read records behind `after`, waiting for some."""
        return self.reply_to("feed", self.send("feed", "read_request", ReadRequest(after, limit)), within)

    def read_on(self) -> int:
        """Take in the records that are there; return the number of the last one."""
        self.ask("control", "interrupt_request", b"[]")
        while True:
            reply = self.read(self._seen - 1 if self._seen else 0)
            self._take(reply)
            if self._seen == reply["head"]:
                return self._seen

    def skip(self) -> None:
        """Begin with what comes from here on."""
        self._seen = int(self.read(0, limit=1)["head"])

    def _take(self, reply: Json) -> None:
        fresh = [record for record in reply["records"] if record["seq"] > self._seen]
        self.journal += fresh
        if fresh:
            self._seen = fresh[-1]["seq"]

    def record(
        self,
        msg_type: str,
        holds: Callable[[Json], bool] = lambda content: True,
        *,
        parent: str | None = None,
        after: int = 0,
    ) -> Json:
        """Wait for the first record of a type with this content and parent."""
        looked = 0
        while True:
            for found in self.journal[looked:]:
                right = kind_of(found) == msg_type and parent in (None, parent_of(found))
                if right and found["seq"] > after and holds(found["content"]):
                    return found
            looked = len(self.journal)
            self._take(self.read(self._seen))

    def records(self, msg_type: str) -> list[Json]:
        """All records of a type that were read so far."""
        return [record for record in self.journal if kind_of(record) == msg_type]


def kind_of(record: Json) -> str:
    return str(record["header"]["msg_type"])


def parent_of(record: Json) -> str | None:
    return record["parent_header"].get("msg_id")


@dataclass(slots=True)
class SessionProcess:
    """A supervisor of a session, started as cshell starts it."""

    session: sessions.Session
    process: "subprocess.Popen[bytes]"
    environ: dict[str, str]

    @classmethod
    def start(cls, environ: dict[str, str], name: str = "s", *more: str) -> Self:
        told, report = os.pipe()
        # where cshell has it: it is moved to the session's directory
        started_log = Path(environ["XDG_STATE_HOME"]) / "cshell" / "starting.log"
        started_log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        options = ["--report", str(report), "--log", str(started_log), "--session", name]
        command = [sys.executable, "-P", "-m", "kernel", *options, *more]
        with os.fdopen(os.open(started_log, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environ,
                cwd=environ["HOME"],
                pass_fds=[report],
                start_new_session=True,
            )
        os.close(report)
        with os.fdopen(told) as answer:
            assert json.loads(answer.readline()) == {"name": name}
        return cls(sessions.Session.named(name, environ), process, environ)

    def client(self, **options: Any) -> Client:
        return Client(self.session.connection(), **options)

    def log(self) -> str:
        return self.session.log.read_text()

    def journal(self) -> list[Json]:
        return [json.loads(line) for line in self.session.journal.read_bytes().splitlines()]

    def stop(self) -> None:
        """End the supervisor, in order if it still can."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait(DEADLINE)


@contextlib.contextmanager
def running_session(name: str = "s", *more: str) -> Iterator[SessionProcess]:
    """Run a session in a home of its own."""
    with private_home() as environ:
        process = SessionProcess.start(environ, name, *more)
        try:
            yield process
        finally:
            process.stop()
