"""Enters sessions, new ones and those that run, and ends them."""

import json
import os
import select
import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Self

from curses_client.events import Event, SupervisorEnded
from curses_client.spawn import Spawned
from curses_client.text.ansi import sanitise
from kernel.protocol.connection import Connection
from kernel.protocol.session import NAME, Session, SessionError, find
from kernel.protocol.value import Value
from kernel.protocol.wire import Wire

if TYPE_CHECKING:
    from curses_client.transport import Transport, Watcher

__all__ = [
    "Outcome",
    "SessionError",
    "Started",
    "end_descriptor",
    "enter",
    "farewell",
    "join",
    "kill",
    "wait_for_end",
]

# seconds that a supervisor has to end in order
END_SECONDS: Final = 5.0

Outcome = Literal["detach", "quit", "ended", "failed"]


class Started(Value):
    """A session that this client is to enter; `pid` is its supervisor's, `is_new` whether it was made for it.

    One that is `read_only` is watched: nothing is run, answered or interrupted.
    """

    session: Session
    connection: Connection
    pid: int
    is_new: bool
    read_only: bool

    @property
    def log(self) -> str:
        """Where what libraries print in this client goes."""
        return str(self.session.state / "client.log")

    @property
    def keeping(self) -> Path | None:
        """Where clients keep what is typed and not run; None for one that only looks."""
        return self.session.state / "clients" if not self.read_only else None

    @property
    def host(self) -> str:
        """The machine that it is on, if it is another one."""
        return ""

    @property
    def way_back(self) -> str:
        """The command that shows it again."""
        return f"cshell attach {self.session.name}"

    def wire(self) -> Wire:
        """Return what signs and checks this session's messages."""
        return Wire(self.connection.key, self.connection.signature_scheme)

    def transport(self, identity: str) -> "Transport":
        """Connect to the session under an identity."""
        # it loads zmq, which a new session's first frame does not wait for
        from curses_client.transport import ZmqTransport

        return ZmqTransport(self.connection, identity)

    def follow(self, loop: "Watcher", told: Callable[[Event], None]) -> None:
        """Have `told` what becomes of the line to the session, and of its supervisor."""
        descriptor = end_descriptor(self.pid)
        if descriptor is None:
            told(SupervisorEnded())
        else:
            loop.watch(_ProcessEnd(descriptor, loop, told))

    def called(self, name: str) -> Self:
        """Return this session under the name that it has now, as far as that can be one."""
        if name == self.session.name or not NAME.fullmatch(name):
            return self
        former = self.session
        session = Session(name, former.runtime.with_name(name), former.state.with_name(name))
        return replace(self, session=session)

    def farewell(self, outcome: Outcome, failure: str | None) -> tuple[int, str]:
        """Return the exit status and what is said when the client is left."""
        return farewell(self, outcome, failure)


class _ProcessEnd(Value):
    """The end of a supervisor's process as the loop wants it."""

    descriptor: int
    loop: "Watcher"
    told: Callable[[Event], None]

    def fileno(self) -> int:
        """Return the descriptor."""
        return self.descriptor

    def pending(self) -> bool:
        """Say that only the descriptor knows."""
        return False

    def serve(self) -> None:
        """Take the end in."""
        self.loop.unwatch(self)
        os.close(self.descriptor)
        self.told(SupervisorEnded())


def join(spawned: Spawned, environ: Mapping[str, str]) -> Started:
    """Wait until a new supervisor has made its session.  Raises SessionError with what it reports."""
    with os.fdopen(spawned.report, encoding="utf-8") as report:
        line = report.readline()
    try:
        told = json.loads(line) if line else {"error": _last_line(Path(spawned.log)) or "it ended without a word"}
    except ValueError:
        told = {"error": "the kernel's supervisor reports nonsense"}
    if "error" in told:
        Path(spawned.log).unlink(missing_ok=True)
        raise SessionError(sanitise(str(told["error"])))
    session = Session.named(told["name"], environ)
    try:
        return Started(session, session.connection(), spawned.pid, is_new=True, read_only=False)
    except SessionError:
        # it has ended since and taken its sockets along: what it said last is the reason
        wait_for_end(spawned.pid, END_SECONDS)
        reason = _last_line(session.log) or "its supervisor ended without a word"
        _remove(session)
        raise SessionError(f"the kernel could not be started: {reason}") from None


def enter(name: str | None, environ: Mapping[str, str], *, read_only: bool = False) -> Started:
    """Find a running session, the one started last without a name.  Raises SessionError."""
    try:
        session = find(name, environ)
    except SessionError:
        # rarely needed
        from kernel.protocol.ended import ended

        if any(session.name == name and session.journal.exists() for session in ended(environ)):
            raise SessionError(f"the session {name} has ended; show it with: cshell open {name}") from None
        raise
    info = session.info()
    if info is None:
        raise SessionError(f"the session {session.name} is still starting; try again in a moment")
    return Started(session, session.connection(), info.pid, is_new=False, read_only=read_only)


def end_descriptor(pid: int) -> int | None:
    """Return a descriptor that is ready when the process ends; None where the system has none."""
    try:
        return os.pidfd_open(pid)
    except (OSError, AttributeError):
        return None


def wait_for_end(pid: int, seconds: float) -> bool:
    """Wait for a process that need not be a child; return whether it ended."""
    descriptor = end_descriptor(pid)
    if descriptor is None:
        return True
    try:
        ready, _, _ = select.select([descriptor], [], [], seconds)
        return bool(ready)
    finally:
        os.close(descriptor)


def kill(name: str, environ: Mapping[str, str]) -> None:
    """End a session: in order, or by force when it does not end.  Raises SessionError."""
    session = find(name, environ)
    info = session.info()
    if info is None:
        raise SessionError(f"the session {name} is still starting; try again in a moment")
    try:
        os.kill(info.pid, signal.SIGTERM)
        if not wait_for_end(info.pid, END_SECONDS):
            os.kill(info.pid, signal.SIGKILL)
            wait_for_end(info.pid, END_SECONDS)
    except ProcessLookupError:
        pass
    if not session.is_running:
        session.remove_runtime()


def farewell(started: Started, outcome: Outcome, failure: str | None) -> tuple[int, str]:
    """Return the exit status and what is said when a client is left; what failed leaves nothing behind."""
    session = started.session
    if outcome == "failed":
        reason = failure or _last_line(session.log) or "its supervisor ended without a word"
        _remove(session)
        return 1, f"cshell: the kernel could not be started: {reason}"
    if outcome == "detach":
        return 0, f"[detached from {session.name}; come back with: {started.way_back}]"
    if outcome == "quit" and not wait_for_end(started.pid, 0):
        return 1, f"cshell: the session {session.name} does not end; end it with: cshell kill {session.name}"
    return 0, f"[{session.name} ended]"


def _remove(session: Session) -> None:
    """Remove every trace of a session that never began, unless another one has its name by now."""
    if not session.is_running:
        session.remove()


def _last_line(path: Path) -> str:
    """Return the last line of a log that says something."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return ""
    return next((sanitise(line.strip()) for line in reversed(lines) if line.strip()), "")
