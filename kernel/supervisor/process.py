"""The worker's process: how it is made, reached, interrupted, ended, and how it died."""

import ctypes
import fcntl
import json
import os
import secrets
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kernel.supervisor.streams import STREAMS, Frame, Ordered, StreamName, Text, read_available
from kernel.worker.channel import REQUEST, SHUTDOWN, ChannelClosed, FrameReader, pack

_PR_SET_CHILD_SUBREAPER: Final = 36
_PIPE_SIZE: Final = 1 << 20
_RECEIVE: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Death:
    """How a process ended: by a signal, by its name, or with an exit status; None for both: nobody knows."""

    signal: str | None
    exit_status: int | None

    def __str__(self) -> str:
        """Say it in a few words."""
        if self.signal is not None:
            return self.signal
        if self.exit_status is not None:
            return f"exit status {self.exit_status}"
        return "an unknown cause"


@dataclass(frozen=True, slots=True)
class Launch:
    """What every worker of a session is told."""

    cwd: str
    username: str
    session: str
    history: str


class ForkServer:
    """The warm process that workers come from (`kernel.forkserver`)."""

    def __init__(self, python: str = sys.executable) -> None:
        self._python = python
        self._mode = "fork" if sys.platform == "linux" else "spare"
        self.socket: socket.socket | None = None

    def start(self) -> None:
        """Start it if it does not run; it warms up by itself."""
        if self.socket is not None:
            return
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        theirs.set_inheritable(True)
        # -P: a module of the user's in the working directory must not take the place of ours
        command = [self._python, "-P", "-m", "kernel.forkserver", str(theirs.fileno()), self._mode]
        os.posix_spawn(
            self._python, command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
        )
        theirs.close()
        ours.setblocking(False)
        self.socket = ours

    def launch(self, launch: Launch) -> "Worker":
        """Ask for a worker; it says when it is ready.  Raises OSError when the fork server is gone."""
        self.start()
        assert self.socket is not None
        worker = Worker()
        values = {
            "token": worker.token.hex(),
            "cwd": launch.cwd,
            "username": launch.username,
            "session": launch.session,
            "history": launch.history,
            "supervisor": os.getpid(),
        }
        socket.send_fds(self.socket, [json.dumps(values).encode()], worker.theirs)
        for descriptor in worker.theirs:
            os.close(descriptor)
        if self._mode == "spare":
            # that process is the worker now; the next one warms up while this one runs
            self.socket.close()
            self.socket = None
            self.start()
        return worker

    def complaint(self) -> str | None:
        """Return what it said before it ended, and forget it; None if it has not ended."""
        if self.socket is None:
            return None
        try:
            said = self.socket.recv(1 << 16)
        except BlockingIOError:
            return None
        except OSError:
            said = b""
        self.socket.close()
        self.socket = None
        return said.decode("utf-8", "replace") or "the fork server ended without a word; see the log"


class Worker:
    """The supervisor's end of one worker."""

    def __init__(self) -> None:
        self.token = secrets.token_bytes(16)
        self._main, main = socket.socketpair()
        self._helper, helper = socket.socketpair()
        self.pipes: dict[StreamName, int] = {}
        writing = []
        for name in STREAMS:
            reader, writer = os.pipe()
            _enlarge(writer)
            os.set_blocking(reader, False)
            self.pipes[name] = reader
            writing.append(writer)
        self.theirs = [main.detach(), helper.detach(), *writing]
        for ours in (self._main, self._helper):
            ours.setblocking(False)
        self._readers = {self._main: FrameReader(), self._helper: FrameReader()}
        self._unsent: dict[socket.socket, bytearray] = {self._main: bytearray(), self._helper: bytearray()}
        self._ordered = Ordered(self.token)
        self.pid: int | None = None
        self.pidfd: int | None = None

    @property
    def sockets(self) -> tuple[socket.socket, socket.socket]:
        """The request and the helper socket, to be watched."""
        return self._main, self._helper

    @property
    def has_unsent(self) -> bool:
        """Whether a request is still to be sent."""
        return any(self._unsent.values())

    # ---- to the worker -----------------------------------------------------------------------------------

    def request(self, parts: Sequence[bytes], *, aside: bool = False) -> None:
        """Hand a request to the main thread, or to the helper thread."""
        self._send(self._helper if aside else self._main, [REQUEST, *parts])

    def answer(self, kind: bytes, content: bytes) -> None:
        """Hand the helper thread what the main thread waits for."""
        self._send(self._helper, [kind, content])

    def _send(self, sock: socket.socket, parts: Sequence[bytes]) -> None:
        self._unsent[sock] += pack(parts)
        self.send_unsent()

    def send_unsent(self) -> None:
        """Send what the socket takes now; the rest waits, so that a stopped worker stops nobody else."""
        for sock, data in self._unsent.items():
            try:
                while data:
                    del data[: sock.send(data)]
            except BlockingIOError:
                pass
            except OSError:
                data.clear()

    def interrupt(self) -> None:
        """Send SIGINT to the worker and what it started."""
        self._signal(signal.SIGINT)

    def shut_down(self) -> None:
        """Ask the worker to end as soon as it is idle."""
        self._send(self._main, [SHUTDOWN])

    def kill(self) -> None:
        """End the worker and what it started, now."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self.pid is None:
            return
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            pass

    # ---- from the worker ---------------------------------------------------------------------------------

    def hello(self, pid: int) -> None:
        """Learn who the worker is."""
        self.pid = pid
        if hasattr(os, "pidfd_open"):
            try:
                self.pidfd = os.pidfd_open(pid)
            except OSError:
                self.pidfd = None

    def receive(self, sock: socket.socket) -> Iterator[list[bytes]]:
        """Yield the frames that a socket holds now.  Raises ChannelClosed at its end."""
        try:
            data = sock.recv(_RECEIVE)
        except BlockingIOError:
            return
        except OSError:
            raise ChannelClosed from None
        if not data:
            raise ChannelClosed
        yield from self._readers[sock].feed(data)

    def read_pipes(self) -> int:
        """Read what the pipes hold now; return how many bytes."""
        count = 0
        for name, descriptor in list(self.pipes.items()):
            data = read_available(descriptor)
            if data is None:
                continue
            count += len(data)
            self._ordered.feed(name, data)
            if not data:
                os.close(self.pipes.pop(name))
        return count

    def add(self, frame: Sequence[bytes]) -> None:
        """Put a numbered message in its place."""
        self._ordered.add(frame)

    def take(self) -> Iterator[Text | Frame]:
        """Yield output and messages in order, as far as they are complete."""
        yield from self._ordered.take()

    def take_rest(self) -> Iterator[Text | Frame]:
        """Read everything that is left of a worker that has ended, and yield it."""
        try:
            while frames := list(self.receive(self._main)):
                for frame in frames:
                    if len(frame) > 1 and frame[1].isdigit():
                        self._ordered.add(frame)
        except ChannelClosed:
            pass
        while self.read_pipes():
            pass
        yield from self._ordered.rest()

    # ---- the end -----------------------------------------------------------------------------------------

    def reap(self) -> Death | None:
        """Return how the worker ended, or None while it has not.  It must have been `hello`."""
        if self.pid is None:
            return Death(None, None)
        try:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
        except ChildProcessError:
            return Death(None, None)
        if pid == 0:
            return None
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            try:
                return Death(signal.Signals(number).name, None)
            except ValueError:
                return Death(f"signal {number}", None)
        return Death(None, os.WEXITSTATUS(status))

    def close(self) -> None:
        """Give the descriptors back."""
        for sock in self.sockets:
            sock.close()
        for descriptor in self.pipes.values():
            os.close(descriptor)
        self.pipes.clear()
        if self.pidfd is not None:
            os.close(self.pidfd)
            self.pidfd = None


def adopt_orphans() -> None:
    """Become the parent of workers that the fork server made, so that their end can be known (prctl(2))."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _enlarge(pipe: int) -> None:
    """Let a pipe hold enough that a worker is not kept waiting between two looks at it."""
    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
    except (OSError, AttributeError):
        # the default, 64 KB, only makes more wake-ups
        pass
