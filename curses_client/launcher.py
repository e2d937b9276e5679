"""Starts supervisors, finds those that run, and waits for their end."""

import os
import select
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from kernel.protocol.connection import Connection, ConnectionFileError
from kernel.protocol.session import Session, SessionError, create, find
from kernel.protocol.wire import new_id

__all__ = [
    "Outcome",
    "SessionError",
    "Started",
    "end_descriptor",
    "enter",
    "farewell",
    "kill",
    "start",
    "wait_for_end",
]

# seconds that a supervisor has to end in order
END_SECONDS: Final = 5.0

Outcome = Literal["detach", "quit", "ended", "failed"]


@dataclass(frozen=True, slots=True)
class Started:
    """A session that this client is to enter; `pid` is its supervisor's, `is_new` whether it was made for it."""

    session: Session
    connection: Connection
    pid: int
    is_new: bool

    @property
    def log(self) -> str:
        """Where what libraries print in this client goes."""
        return str(self.session.state / "client.log")


def start(name: str | None, environ: Mapping[str, str]) -> Started:
    """Make a session and start its supervisor, which outlives this process.  Raises SessionError."""
    session, lock = create(name, environ, os.getcwd())
    try:
        connection = Connection.local(session.runtime, new_id(), "")
        connection.write(session.connection_file)
        pid = _spawn(session, lock, environ)
    except (OSError, ConnectionFileError) as error:
        session.remove()
        raise SessionError(f"the session cannot be started: {error}") from None
    finally:
        os.close(lock)
    return Started(session, connection, pid, is_new=True)


def _spawn(session: Session, lock: int, environ: Mapping[str, str]) -> int:
    log = os.open(session.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    os.set_inheritable(lock, True)
    # -P: a module of the user's in the working directory must not take the place of ours
    command = [sys.executable, "-P", "-m", "kernel", "--session", session.name, "--lock", str(lock)]
    try:
        return os.posix_spawn(
            sys.executable,
            command,
            environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, log, 1),
                (os.POSIX_SPAWN_DUP2, log, 2),
            ],
            setsid=True,
        )
    finally:
        os.close(log)


def enter(name: str | None, environ: Mapping[str, str]) -> Started:
    """Find a running session, the one started last without a name.  Raises SessionError."""
    session = find(name, environ)
    info = session.info()
    if info is None:
        raise SessionError(f"the session {session.name} is still starting; try again in a moment")
    return Started(session, session.connection(), info.pid, is_new=False)


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
        reason = failure or last_words(session) or "its supervisor ended without a word"
        session.remove()
        return 1, f"cshell: the kernel could not be started: {reason}"
    if outcome == "detach":
        return 0, f"[detached from {session.name}; come back with: cshell attach {session.name}]"
    if outcome == "quit" and not wait_for_end(started.pid, 0):
        return 1, f"cshell: the session {session.name} does not end; end it with: cshell kill {session.name}"
    return 0, f"[{session.name} ended]"


def last_words(session: Session) -> str:
    """Return the last line that a supervisor wrote to its log."""
    try:
        lines = session.log.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
