"""Kernels without a client: started from a connection file, spoken to through plain zmq sockets."""

import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final, Literal

import zmq

from kernel.protocol.connection import CHANNELS, Connection
from kernel.protocol.messages import Content, ExecuteReply, ExecuteRequest, RestartRequest, ShutdownRequest
from kernel.protocol.wire import Author, Message, Wire
from tests.benchmarks.home import Home, Process, private_home
from tests.benchmarks.programs import CSHELL, IPYKERNEL
from tests.benchmarks.readings import Failure, TimeLimit

Transport = Literal["tcp", "ipc"]
SECONDS: Final = 20.0
_RECONNECT_MS: Final = 2


class Client:
    """The client's ends of shell, control and iopub."""

    def __init__(self, connection: Connection) -> None:
        self._wire = Wire(connection.key)
        self._author = Author("benchmark")
        self._context = zmq.Context()
        self._sockets = {
            channel: self._connected(connection.endpoint(channel), zmq.SUB if channel == "iopub" else zmq.DEALER)
            for channel in ("shell", "control", "iopub")
        }

    def _connected(self, endpoint: str, kind: int) -> "zmq.Socket[bytes]":
        sock = self._context.socket(kind)
        # it is connected before there is a kernel, and must not lose time when there is one
        sock.setsockopt(zmq.RECONNECT_IVL, _RECONNECT_MS)
        sock.setsockopt(zmq.RCVHWM, 0)
        sock.linger = 0
        if kind == zmq.SUB:
            sock.setsockopt(zmq.SUBSCRIBE, b"")
        sock.connect(endpoint)
        return sock

    def send(self, channel: str, msg_type: str, content: Content) -> str:
        """Send a request; return its identifier."""
        header, parts = self._author.parts(msg_type, content)
        self._sockets[channel].send_multipart(self._wire.frames((), parts))
        return header.msg_id

    def reply(self, channel: str, msg_id: str, seconds: float = SECONDS) -> Message:
        """Wait for the reply to a request.  Raises TimeLimit."""
        end = time.perf_counter() + seconds
        sock = self._sockets[channel]
        while sock.poll(_left(end)):
            message = self._wire.message(sock.recv_multipart())
            if message.parent is not None and message.parent.msg_id == msg_id:
                return message
        raise TimeLimit(f"reply on {channel}", seconds)

    def ask(self, channel: str, msg_type: str, content: Content, seconds: float = SECONDS) -> float:
        """Send a request and wait for its reply; return the seconds between."""
        before = time.perf_counter()
        self.reply(channel, self.send(channel, msg_type, content), seconds)
        return time.perf_counter() - before

    def execute(self, code: str, expressions: dict[str, str] | None = None) -> ExecuteReply:
        """Run code to its reply.  Raises Failure if it fails."""
        request = ExecuteRequest(code, user_expressions=expressions or {}, allow_stdin=False)
        content = self.reply("shell", self.send("shell", "execute_request", request)).content
        if not isinstance(content, ExecuteReply) or content.status != "ok":
            raise Failure("a cell failed")
        return content

    def output_until_idle(self, msg_id: str, seconds: float = SECONDS) -> int:
        """Read output until a request has been dealt with; return how many line ends it had.  Raises TimeLimit."""
        end = time.perf_counter() + seconds
        sock = self._sockets["iopub"]
        mine, lines = msg_id.encode(), 0
        while sock.poll(_left(end)):
            # not checked and not parsed, for that takes longer than to publish it
            _, _, _, header, parent, _, content, *_ = sock.recv_multipart()
            if mine in parent:
                lines += content.count(b"\\n") if b'"stream"' in header else 0
                if b'"status"' in header and b'"idle"' in content:
                    return lines
        raise TimeLimit("idle", seconds)

    def first_output(self, code: str) -> float:
        """Run code that prints; return the seconds until its first output came."""
        before = time.perf_counter()
        cell = self.send("shell", "execute_request", ExecuteRequest(code, allow_stdin=False))
        self.wait_for_output(cell)
        took = time.perf_counter() - before
        self.reply("shell", cell)
        return took

    def wait_for_output(self, msg_id: str) -> None:
        """Read until a request has printed something.  Raises TimeLimit."""
        end = time.perf_counter() + SECONDS
        sock = self._sockets["iopub"]
        while sock.poll(_left(end)):
            _, _, _, header, parent, *_ = sock.recv_multipart()
            if msg_id.encode() in parent and b'"stream"' in header:
                return
        raise TimeLimit("output", SECONDS)

    def wait_until_subscribed(self) -> None:
        """Run empty cells until their output comes; what is published before is lost (PUB and SUB)."""
        end = time.perf_counter() + SECONDS
        while time.perf_counter() < end:
            self.execute("pass")
            if self._sockets["iopub"].poll(20):
                self.forget_output()
                return
        raise TimeLimit("output", SECONDS)

    def forget_output(self) -> None:
        """Read and drop what has been published."""
        while self._sockets["iopub"].poll(20):
            self._sockets["iopub"].recv_multipart()

    def close(self) -> None:
        """Close the sockets."""
        self._context.destroy(linger=0)


@dataclass(frozen=True, slots=True)
class KernelProgram:
    """A kernel: its column, how it is started from a connection file, whether it restarts what it runs itself."""

    name: str
    command: tuple[str, ...]
    restarts: bool


SUPERVISOR: Final = KernelProgram(CSHELL.name, (sys.executable, "-P", "-m", "kernel", "-f"), restarts=True)
PLAIN: Final = KernelProgram(IPYKERNEL, (sys.executable, "-m", "ipykernel_launcher", "-f"), restarts=False)


class Kernel:
    """A kernel that was started, and a client of it that was there before."""

    def __init__(self, program: KernelProgram, home: Home, connection: Connection) -> None:
        self.program = program
        self.home = home
        self.client = Client(connection)
        file = home.path / "connection.json"
        connection.write(file)
        self._command = (*program.command, str(file))
        self._process, self.started = self._start()

    def _start(self) -> tuple["subprocess.Popen[bytes]", float]:
        """Start it; return when it was executed, which is what Popen waits for."""
        process = subprocess.Popen(
            self._command,
            env=self.home.environ,
            cwd=self.home.work,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return process, time.perf_counter()

    def restart(self) -> float:
        """Replace what runs the user's code; return the seconds until it has run an empty cell."""
        before = time.perf_counter()
        if self.program.restarts:
            self.client.ask("control", "restart_request", RestartRequest())
        else:
            self.client.send("control", "shutdown_request", ShutdownRequest(restart=True))
            self._process.wait(SECONDS)
            self._process, _ = self._start()
        self.client.execute("pass")
        return time.perf_counter() - before

    def by_role(self) -> dict[str, Process]:
        """Return the processes: the kernel, and where there are such the supervisor and the fork server."""
        expressions = self.client.execute("", {"pid": "__import__('os').getpid()"}).user_expressions or {}
        pid = int(expressions["pid"]["data"]["text/plain"])
        roles = {}
        for process in self.home.processes():
            if process.pid == pid:
                roles["kernel"] = process
            elif "kernel.forkserver" in process.command:
                roles["fork server"] = process
            else:
                roles["supervisor"] = process
        return roles

    def close(self) -> None:
        """End it."""
        self.client.close()
        self._process.kill()
        self._process.wait(SECONDS)


@contextmanager
def started(program: KernelProgram, transport: Transport, config: str = "") -> Iterator[Kernel]:
    """Start a kernel in a new home with this configuration of cshell's; end it and all that it started."""
    with private_home() as home:
        if config:
            directory = home.path / "config" / "cshell"
            directory.mkdir(parents=True)
            (directory / "config.toml").write_text(config)
        kernel = Kernel(program, home, _connection(transport, home))
        try:
            yield kernel
        finally:
            kernel.close()


def _left(end: float) -> int:
    """Return the milliseconds until a moment."""
    return max(int((end - time.perf_counter()) * 1000), 0)


def _connection(transport: Transport, home: Home) -> Connection:
    key = secrets.token_hex(16)
    if transport == "ipc":
        return Connection("ipc", str(home.path / "run" / "k"), 1, 2, 3, 4, 5, key)
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in CHANNELS]
        ports = [sock.getsockname()[1] for sock in sockets]
    shell, iopub, stdin, control, hb = ports
    return Connection("tcp", "127.0.0.1", shell, iopub, stdin, control, hb, key)
