"""A kernel that is started for us, as its kernelspec says."""

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import zmq

from kernel.protocol.connection import Connection, ConnectionFileError
from kernel.protocol.session import Session
from kernel.supervisor.foreign import Ended, Event, Failed, Launched
from kernel.supervisor.last_words import without_a_word
from kernel.supervisor.process import Death
from kernel.supervisor.start import StartError

_LIMIT: Final = 1 << 16
_READ: Final = int(zmq.POLLIN)
# seconds in which a kernel that cannot use the transport ipc would say so by ending
_SOON: Final = 5.0
# seconds that a kernel has to bind its sockets, and to answer through them
_BIND: Final = 30.0
_ANSWER: Final = 60.0
# bytes at the end of the kernel's output that are looked at for the last lines
_TAIL: Final = 1 << 14


class SpecKernel:
    """A kernel of a kernelspec, started by a process of its own (`kernel.supervisor.foreign_keeper`).

    Nobody else may connect to it, or read what it publishes.  One that knows how gets ports with encryption (CURVE):
    a port's buffers hold seconds of output for which this process is not given the processor, and a kernel drops what
    they do not hold (of 20,000 displays on a busy machine, a local socket lost up to 1,600).  All others get local
    sockets in a directory that is closed to others (ipc), which all that are made with ipykernel or xeus, IRkernel and
    IJulia know.  A kernel that ends at once with these, or never binds them, is started again with the next transport.
    """

    owned = True

    def __init__(self, name: str) -> None:
        """Begin to look for the kernelspec.  Raises OSError."""
        self.name = name
        self.label = f"the kernel {name!r}"
        self.language = ""
        self.by_message = False
        self.pid: int | None = None
        self._place: Callable[[], Session] | None = None
        # the transports to be tried, the best one first, and which one is
        self._transports = ("ipc", "tcp")
        self._transport = 0
        # what is known by now of the kernel that was started last
        self._connection: Connection | None = None
        self._launched = 0.0
        self._answers = False
        # why it was given up, and whether it gets another chance when it ends
        self._complaint: str | None = None
        self._again = False
        self._events: list[Event] = []
        self._socket: socket.socket | None = self._keeper()

    def _keeper(self) -> socket.socket:
        """Start the process that keeps the kernel; return the socket to it.  Raises OSError."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        theirs.set_inheritable(True)
        # -P: a module of the user's in the working directory must not take the place of ours
        command = [sys.executable, "-P", "-m", "kernel.supervisor.foreign_keeper", str(theirs.fileno()), self.name]
        try:
            # what this process ignores is not to be ignored by the kernel
            os.posix_spawn(
                sys.executable,
                command,
                os.environ,
                file_actions=[(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)],
                setsigdef=[signal.SIGHUP, signal.SIGINT, signal.SIGTERM],
            )
        finally:
            theirs.close()
        return ours

    def wait_for_spec(self) -> None:
        """Wait until the kernelspec is read.  Raises StartError when there is none."""
        assert self._socket is not None
        said = _said(self._socket.recv(_LIMIT))
        self._socket.setblocking(False)
        if said.get("said") != "spec":
            self.close()
            raise StartError(said.get("reason") or without_a_word("the process that starts kernels"))
        self.language, self.by_message = str(said["language"]), bool(said["by_message"])
        if said["encrypts"]:
            self._transports = ("curve", "ipc")

    def live_in(self, place: Callable[[], Session]) -> None:
        """Take in whose session this is: in its directories are the sockets and the output."""
        self._place = place

    # ---- its life ----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Have a kernel started."""
        assert self._place is not None
        session = self._place()
        if self._socket is None:
            try:
                self._socket = self._keeper()
                self._socket.setblocking(False)
            except OSError as error:
                self._events.append(Failed(f"cannot run {sys.executable}: {error.strerror}"))
                return
        self._connection, self._answers, self.pid = None, False, None
        self._complaint, self._again = None, self._transport + 1 < len(self._transports)
        self._launched = time.monotonic()
        for path in session.runtime.glob("k-[0-9]*"):
            # of the kernel before, which had no time to clean up
            path.unlink(missing_ok=True)
        transport = self._transports[self._transport]
        self._tell(do="launch", transport=transport, directory=str(session.runtime), log=str(_log_of(session)))

    def answered(self) -> None:
        """Take in that it has answered: the transport is the right one."""
        self._answers = True

    @property
    def deadline(self) -> float | None:
        """When the kernel is given up that does not answer (monotonic seconds)."""
        if self._connection is None or self._answers or self.pid is None:
            return None
        return self._launched + (_ANSWER if self._bound else _BIND)

    @property
    def _bound(self) -> bool:
        """Whether it has bound its sockets, as far as that can be seen."""
        connection = self._connection
        return connection is None or connection.transport == "tcp" or os.path.exists(f"{connection.ip}-1")

    def watched(self) -> Mapping[object, int]:
        """Return the descriptor through which the other process speaks."""
        return {self._socket.fileno(): _READ} if self._socket is not None else {}

    def serve(self) -> list[Event]:
        """Return what the other process has said, and give up a kernel that has had its time."""
        while self._socket is not None and not self._events:
            try:
                data = self._socket.recv(_LIMIT)
            except BlockingIOError:
                break
            except OSError:
                data = b""
            self._came(_said(data))
        deadline = self.deadline
        if deadline is not None and time.monotonic() >= deadline:
            self._give_up()
        events, self._events = self._events, []
        return events

    def _came(self, said: dict[str, Any]) -> None:
        match said.get("said"):
            case "launched":
                self.pid = said["pid"]
                try:
                    self._connection = Connection.read(Path(said["file"]))
                    self._events.append(Launched(self._connection))
                except ConnectionFileError as error:
                    self._complaint = str(error)
                    self.kill()
            case "spec":
                self.by_message = bool(said["by_message"])
            case "failed":
                self._events.append(Failed(said["reason"]))
            case "ended":
                status = said["status"]
                death = Death(None, None) if status is None else Death.from_status(status, said["peak"])
                self._ended(death)
            case _:
                self._keeper_ended()

    def _give_up(self) -> None:
        """End a kernel that does not answer; it gets another chance if it has bound nothing."""
        if self._bound or not self._again:
            seconds = round(time.monotonic() - self._launched)
            self._complaint = f"{self.label} runs, but has not answered in {seconds} seconds"
            self._answers = True
            self.kill()
        else:
            self._launched = time.monotonic()
            self.signal(signal.SIGKILL)

    def _ended(self, death: Death) -> None:
        self.pid = None
        if self._again and not self._answers and time.monotonic() - self._launched < _SOON:
            self._transport += 1
            self.start()
            return
        if not self._answers:
            self._transport = 0
        self._events.append(Failed(self._complaint) if self._complaint is not None else Ended(death))

    def _keeper_ended(self) -> None:
        """Take in that the process that keeps the kernel is gone: nobody else could end it in order."""
        self.close()
        if self.pid is not None:
            _kill(self.pid)
            self._events.append(Ended(Death(None, None)))
            self.pid = None
        else:
            self._events.append(Failed(without_a_word("the process that starts kernels")))

    def signal(self, number: int) -> None:
        """Send the kernel a signal, with what it started."""
        self._tell(do="signal", number=int(number))

    def kill(self) -> None:
        """End the kernel, with what it started."""
        self._again = False
        self.signal(signal.SIGKILL)

    def _tell(self, **command: object) -> None:
        if self._socket is not None:
            try:
                self._socket.send(json.dumps(command).encode())
            except OSError:
                # its end is read from the socket
                pass

    def output(self) -> str:
        """Return the end of what it has written to its own standard output and error."""
        return _end_of(_log_of(self._place())) if self._place is not None else ""

    def close(self) -> None:
        """Let the process that keeps the kernel end it, if it runs, and itself."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _log_of(session: Session) -> Path:
    return session.state / "kernel.log"


def _end_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(os.fstat(file.fileno()).st_size - _TAIL, 0))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def _said(data: bytes) -> dict[str, Any]:
    """Read what the other process said; its end is an empty object, and so is nonsense, as it could say no more."""
    try:
        said = json.loads(data) if data else {}
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _kill(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        pass
