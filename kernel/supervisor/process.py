"""The worker's process: how it is made, reached, interrupted, ended, and how it died."""

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from kernel.protocol.wire import Message, new_id
from kernel.supervisor.forking import ForkServer
from kernel.supervisor.streams import STREAMS, Frame, Ordered, StreamName, Text, read_available
from kernel.worker.channel import COLUMNS, INTERRUPT, REQUEST, SHUTDOWN, ChannelClosed, FrameReader, pack

_PR_SET_CHILD_SUBREAPER: Final = 36
_PIPE_SIZE: Final = 1 << 20
_RECEIVE: Final = 1 << 18
# how many requests back output can be told apart
_OWNERS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Death:
    """How a process ended: by a signal, by its name, or with an exit status; None for both: nobody knows."""

    signal: str | None
    exit_status: int | None
    # the most memory that it had, in bytes
    peak: int | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """Say it in a few words."""
        if self.signal is not None:
            return self.signal
        if self.exit_status is not None:
            return f"exit status {self.exit_status}"
        return "an unknown cause"

    @classmethod
    def from_status(cls, status: int, peak: int | None = None) -> Self:
        """Read what wait4(2) tells."""
        if not os.WIFSIGNALED(status):
            return cls(None, os.WEXITSTATUS(status), peak)
        number = os.WTERMSIG(status)
        try:
            return cls(signal.Signals(number).name, None, peak)
        except ValueError:
            return cls(f"signal {number}", None, peak)


@dataclass(frozen=True, slots=True)
class Launch:
    """What every worker of a session is told."""

    cwd: str
    username: str
    history: str


class Worker:
    """The supervisor's end of one worker."""

    def __init__(self, *, embedded: bool = False) -> None:
        # whether it is a program that lives on: it gets no signals, and ends the session by closing its channel
        self.embedded = embedded
        # no text in UTF-8 has the first byte, so no end of a text is kept back as the beginning of a marker
        self.token = b"\xff" + os.urandom(16)
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
        self.faults, faults = os.pipe()
        os.set_blocking(self.faults, False)
        # to be given away: the worker's ends
        self._theirs = [main.detach(), helper.detach(), *writing, faults]
        for ours in (self._main, self._helper):
            ours.setblocking(False)
        self._readers = {self._main: FrameReader(), self._helper: FrameReader()}
        self._unsent: dict[socket.socket, bytearray] = {self._main: bytearray(), self._helper: bytearray()}
        self._ordered = Ordered(self.token)
        self.pid: int | None = None
        self.pidfd: int | None = None
        self.death: Death | None = None
        # what it said of its interpreter
        self.versions: dict[str, Any] = {}
        # the headers of the requests that its output can belong to, by their number
        self._headers: dict[int, bytes] = {}
        self._count = 0
        # children that ended before it was known which one the worker is
        self._early: dict[int, Death] = {}

    @classmethod
    def launched(cls, fork_server: ForkServer, launch: Launch, *, embedded: bool = False) -> Self:
        """Have a worker made; it says when it is ready.  Raises OSError when the fork server is gone."""
        worker = cls(embedded=embedded)
        assignment = {
            "token": worker.token.hex(),
            "cwd": launch.cwd,
            "username": launch.username,
            # a new one for each worker, or its message identifiers would be those of the one before
            "session": new_id(),
            "history": launch.history,
        }
        try:
            fork_server.launch(assignment, worker._theirs)
        except OSError:
            worker.close()
            raise
        finally:
            for descriptor in worker._theirs:
                os.close(descriptor)
        return worker

    @property
    def sockets(self) -> tuple[socket.socket, socket.socket]:
        """The request and the helper socket, to be watched."""
        return self._main, self._helper

    def has_unsent(self, sock: socket.socket) -> bool:
        """Whether something is still to be sent through a socket that takes no more now."""
        return bool(self._unsent[sock])

    # ---- to the worker -----------------------------------------------------------------------------------

    def request(self, message: Message, *, aside: bool = False) -> None:
        """Hand a request to the main thread, or to the helper thread."""
        self._count += 1
        self._headers[self._count] = message.raw_header
        # a thread that prints for a request older than these prints for the one that runs
        self._headers.pop(self._count - _OWNERS, None)
        parts = [message.raw_header, message.raw_parent, message.raw_metadata, message.raw_content]
        self._send(self._helper if aside else self._main, [REQUEST, b"%d" % self._count, *parts, *message.buffers])

    def header_of(self, number: int | None) -> bytes | None:
        """Return the header of the request that a text belongs to; None for the one in the main thread."""
        return self._headers.get(number) if number is not None else None

    def tell(self, kind: bytes, *parts: bytes) -> None:
        """Hand something to the helper thread that has no reply."""
        self._send(self._helper, [kind, *parts])

    def resize(self, columns: int) -> None:
        """Say how wide the output is shown: to the helper thread for what runs, and in its turn for what runs next."""
        for sock in self.sockets:
            self._send(sock, [COLUMNS, b"%d" % columns])

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
        if self.embedded:
            self.tell(INTERRUPT)
        else:
            self._signal(signal.SIGINT)

    def shut_down(self) -> None:
        """Ask the worker to end as soon as it is idle."""
        self._send(self._main, [SHUTDOWN])

    def dump_stack(self) -> None:
        """Have faulthandler write down where all threads stand; `faults_text` has it a moment later."""
        if self.pid is not None and not self.embedded:
            with contextlib.suppress(OSError):
                os.kill(self.pid, signal.SIGUSR2)

    def faults_text(self) -> str:
        """Return what faulthandler has written since the last look."""
        found = bytearray()
        while data := read_available(self.faults):
            found += data
        return found.decode("utf-8", "replace")

    def kill(self) -> None:
        """End the worker and what it started, now."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self.pid is None or self.embedded:
            return
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            pass

    # ---- from the worker ---------------------------------------------------------------------------------

    def hello(self, pid: int, versions: bytes) -> None:
        """Learn who the worker is, and what its interpreter is."""
        self.pid = pid
        self.versions = json.loads(versions)
        self.death = self._early.get(pid)
        self._early.clear()
        try:
            self.pidfd = os.pidfd_open(pid)
        except (OSError, AttributeError):
            # it is gone already, or this is no Linux: SIGCHLD tells
            self.pidfd = None

    def child_ended(self, pid: int, death: Death) -> None:
        """Take in that a child of this process ended, which may be the worker."""
        if self.pid is None:
            self._early[pid] = death
        elif self.pid == pid:
            self.death = death

    def receive(self, sock: socket.socket) -> list[list[bytes]]:
        """Return the frames that a socket holds now.  Raises ChannelClosed at its end."""
        data = _received(sock)
        if data == b"":
            raise ChannelClosed
        return list(self._readers[sock].feed(data or b""))

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
        """Yield everything that is left of a worker that has ended.

        Its children may still hold the pipes and write: what the pipes hold now is all that it wrote.
        """
        try:
            while data := _received(self._main):
                for frame in self._readers[self._main].feed(data):
                    if frame[1] != b"0":
                        self._ordered.add(frame)
        except ChannelClosed:
            pass
        self.read_pipes()
        yield from self._ordered.rest()

    # ---- the end -----------------------------------------------------------------------------------------

    def close(self) -> None:
        """Give the descriptors back."""
        for sock in self.sockets:
            sock.close()
        for descriptor in self.pipes.values():
            os.close(descriptor)
        self.pipes.clear()
        os.close(self.faults)
        if self.pidfd is not None:
            os.close(self.pidfd)
            self.pidfd = None


def adopt_orphans() -> None:
    """Become the parent of workers that the fork server made, so that their end can be known (prctl(2))."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_children() -> Iterator[tuple[int, Death]]:
    """Yield every child that ended: workers, and what they started and left behind."""
    while True:
        try:
            pid, status, used = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        # Linux counts in kilobytes, macOS in bytes (getrusage(2))
        unit = 1 if sys.platform == "darwin" else 1024
        yield pid, Death.from_status(status, used.ru_maxrss * unit)


def _received(sock: socket.socket) -> bytes | None:
    """Return what a socket holds now; empty at its end, None when it holds nothing."""
    try:
        return sock.recv(_RECEIVE)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def _enlarge(pipe: int) -> None:
    """Let a pipe hold enough that a worker is not kept waiting between two looks at it."""
    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
    except (OSError, AttributeError):
        # the default, 64 KB, only makes more wake-ups
        pass
