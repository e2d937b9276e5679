"""Where sessions live: a private directory for the sockets, another for the journal, and who holds them.

A session is running while its supervisor holds the lock on the file `lock` in its runtime directory (flock(2)).
"""

import fcntl
import json
import os
import re
import stat
import time
from collections.abc import Mapping
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Final, Self

from kernel.protocol.connection import Connection, ConnectionFileError
from kernel.protocol.value import Value

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_UNFIT: Final = re.compile(r"[^A-Za-z0-9._-]+")
# seconds for which a directory without a lock may be one that is being made
_NEW_SECONDS: Final = 2.0
# seconds for which somebody who looks for stale directories may hold a lock
_LOOK_SECONDS: Final = 0.01
_LOOKS: Final = 10
# where systemd-logind makes the runtime directories of users
_OF_LOGINS: Final = "/run/user"
# a status is written and read as a whole
_PAGE: Final = 4096


class SessionError(Exception):
    """A session cannot be made, found or entered; the text is one sentence for the user."""


class SessionInfo(Value):
    """What a supervisor writes about itself: names, process id and start (seconds since the epoch)."""

    name: str
    kernel: str
    pid: int
    started: float
    cwd: str


class SessionStatus(Value):
    """What a supervisor says all the time of how it is; times are in seconds since the epoch."""

    # starting, idle, busy or dead
    state: str
    # the execution count, and the first line of the cell that runs
    count: int = 0
    cell: str = ""
    since: float | None = None
    waiting: int = 0
    asks: bool = False
    clients: int = 0
    # the kernel's process, while it has one on this machine
    pid: int | None = None
    recording: bool = True

    def encode(self) -> bytes:
        """Return a page that is written over the one before."""
        return json.dumps(asdict(self)).encode().ljust(_PAGE)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read a page.  Raises ValueError or TypeError when it is none."""
        return cls(**json.loads(data))


class Session(Value):
    """The files of one session."""

    name: str
    runtime: Path
    state: Path

    @property
    def connection_file(self) -> Path:
        """The connection file, for any Jupyter client."""
        return self.runtime / "connection.json"

    @property
    def journal(self) -> Path:
        """Everything that was ever shown, one JSON record a line."""
        return self.state / "journal.jsonl"

    @property
    def log(self) -> Path:
        """What the supervisor and the libraries in it print."""
        return self.state / "supervisor.log"

    @property
    def status_file(self) -> Path:
        """Where the supervisor keeps its `SessionStatus`."""
        return self.runtime / "status.json"

    @property
    def _lock_file(self) -> Path:
        return self.runtime / "lock"

    @property
    def _info_file(self) -> Path:
        return self.runtime / "session.json"

    @classmethod
    def named(cls, name: str, environ: Mapping[str, str]) -> Self:
        """Return the files of the session `name`, which need not exist.

        Raises:
            SessionError: the name cannot be one, or the directories are not private.
        """
        if not NAME.fullmatch(name):
            raise SessionError(
                f"{name!r} cannot name a session; use up to 40 letters, digits, dots, dashes and underlines"
            )
        return cls(name, runtime_root(environ) / name, state_root(environ) / name)

    def lock(self, *, make: bool = False) -> int | None:
        """Take the session's lock; return the descriptor that holds it, or None while another holds it.

        With `make` the lock is made if there is none.

        Raises:
            OSError: there is no such session.
        """
        flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | (os.O_CREAT if make else 0)
        descriptor = os.open(self._lock_file, flags, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor

    def hold(self) -> None:
        """Keep the runtime directory from being tidied away for its age, as long as this process lives.

        systemd-tmpfiles, which tidies temporary directories, leaves alone what is locked (tmpfiles.d(5), Age).
        """
        descriptor = os.open(self.runtime, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)

    def owns(self, lock: int) -> bool:
        """Whether a lock that was taken is that of the file in the directory now."""
        return os.fstat(lock).st_ino == self._lock_file.stat().st_ino

    @property
    def is_new(self) -> bool:
        """Whether the runtime directory was made a moment ago, perhaps by somebody who is about to lock it."""
        try:
            return time.time() - self.runtime.stat().st_ctime < _NEW_SECONDS
        except OSError:
            return False

    @property
    def is_running(self) -> bool:
        """Whether a supervisor holds the session."""
        try:
            check_private(self.runtime)
            descriptor = self.lock()
        except (OSError, SessionError):
            return False
        if descriptor is None:
            return True
        os.close(descriptor)
        return False

    def write_info(self, info: SessionInfo) -> None:
        """Write what `ls` shows of this session."""
        part = self._info_file.with_suffix(".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(asdict(info)))
        part.replace(self._info_file)

    def info(self) -> SessionInfo | None:
        """Return what the supervisor wrote about itself, or None before it did."""
        try:
            return SessionInfo(**json.loads(self._info_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def status(self) -> SessionStatus | None:
        """Return how the session is now, or None before it said so."""
        try:
            return SessionStatus.decode(self.status_file.read_bytes())
        except (OSError, ValueError, TypeError):
            return None

    def connection(self) -> Connection:
        """Read the connection file.  Raises SessionError."""
        try:
            return Connection.read(self.connection_file)
        except ConnectionFileError as error:
            raise SessionError(str(error)) from None

    def remove_runtime(self) -> None:
        """Remove the sockets and the connection file; the journal stays."""
        _remove(self.runtime)

    def remove(self) -> None:
        """Remove every trace of a session that never began."""
        self.remove_runtime()
        _remove(self.state)


def _remove(directory: Path) -> None:
    """Remove a directory, as far as it can be removed; shutil would cost milliseconds at each start."""
    try:
        for entry in directory.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                _remove(entry)
            else:
                entry.unlink(missing_ok=True)
        directory.rmdir()
    except OSError:
        pass


def runtime_root(environ: Mapping[str, str]) -> Path:
    """Return the private directory of all sessions' sockets, made if need be.  Raises SessionError.

    It is not the one that systemd-logind makes for the time of a login: with the last login that is removed, and
    every session's sockets would be gone that is to be come back to (pam_systemd(8): XDG_RUNTIME_DIR).
    """
    given = environ.get("XDG_RUNTIME_DIR")
    if given and os.path.isabs(given) and os.path.isdir(given) and os.path.dirname(given.rstrip("/")) != _OF_LOGINS:
        return _private(Path(given) / "cshell")
    return _private(Path(environ.get("TMPDIR") or "/tmp") / f"cshell-{os.getuid()}")


def state_root(environ: Mapping[str, str]) -> Path:
    """Return the private directory of all sessions' journals, made if need be.  Raises SessionError."""
    return _private(_private(xdg_directory("XDG_STATE_HOME", ".local/state", environ) / "cshell") / "sessions")


def xdg_directory(variable: str, default: str, environ: Mapping[str, str]) -> Path:
    """Return a directory of the XDG Base Directory Specification, which ignores relative values."""
    given = environ.get(variable)
    if given and os.path.isabs(given):
        return Path(given)
    return Path(environ.get("HOME") or os.path.expanduser("~")) / default


def _private(directory: Path) -> Path:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SessionError(f"cannot make the directory {directory}: {error.strerror}") from None
    check_private(directory)
    return directory


def check_private(directory: Path) -> None:
    """Check that a directory is the user's own and closed to everybody else.

    Raises:
        SessionError: it is missing, a link, somebody else's, or open to others.
    """
    try:
        found = directory.lstat()
    except OSError as error:
        raise SessionError(f"cannot use the directory {directory}: {error.strerror}") from None
    if not stat.S_ISDIR(found.st_mode):
        raise SessionError(f"{directory} is not a directory; remove it, then start again")
    if found.st_uid != os.getuid():
        raise SessionError(f"the directory {directory} belongs to another user; nothing in it was used")
    if found.st_mode & 0o077:
        raise SessionError(f"the directory {directory} is open to others; close it with: chmod 700 {directory}")


def create(name: str | None, environ: Mapping[str, str], cwd: str) -> tuple[Session, int]:
    """Make the directories of a new session and take its lock; without a name, one is made from `cwd`.

    Returns:
        The session and the descriptor that holds its lock, until it is closed.

    Raises:
        SessionError: the name is taken or unfit, or a directory cannot be made.
    """
    candidates = [name] if name is not None else _names(cwd)
    for candidate in candidates:
        session = Session.named(candidate, environ)
        lock = claim(session)
        if lock is not None:
            keep_former(session)
            _private(session.state)
            return session, lock
    raise SessionError(f"the session {name!r} is running already; enter it with: cshell attach {name}")


def claim(session: Session) -> int | None:
    """Take a session's runtime directory, empty; return its lock, or None if the session is running."""
    for attempt in count():
        _private(session.runtime)
        try:
            lock = session.lock(make=True)
            if lock is None and session.is_new and attempt < _LOOKS:
                # somebody looks whether the new directory is a stale one
                time.sleep(_LOOK_SECONDS)
                continue
            if lock is None or session.owns(lock):
                break
            os.close(lock)
        except FileNotFoundError:
            # somebody took it for a stale one
            continue
    if lock is not None:
        for entry in session.runtime.iterdir():
            if entry.name != "lock":
                entry.unlink(missing_ok=True)
    return lock


def keep_former(session: Session) -> None:
    """Move what is kept of an ended session of the same name aside.  Raises OSError.

    Its journal may be in older files only: the newest one is not there while another is begun.
    """
    if session.state.is_dir() and any(session.state.iterdir()):
        changed = (session.journal if session.journal.exists() else session.state).stat().st_mtime
        ended = time.strftime("%Y%m%d-%H%M%S", time.localtime(changed))
        names = (f"{session.name}.{ended}{suffix}" for suffix in ("", *(f".{n}" for n in range(2, 1000))))
        former = next(path for name in names if not (path := session.state.with_name(name)).exists())
        session.state.rename(former)


def _names(cwd: str) -> list[str]:
    base = _UNFIT.sub("-", os.path.basename(cwd)).strip("-._")[:32] or "main"
    return [base, *(f"{base}-{number}" for number in range(2, 1000))]


def running(environ: Mapping[str, str]) -> list[Session]:
    """Return the running sessions, the one started last at the end; stale directories are removed.

    Raises:
        SessionError: the directories are not private.
    """
    found = []
    for directory in runtime_root(environ).iterdir():
        if not NAME.fullmatch(directory.name) or directory.is_symlink() or not directory.is_dir():
            continue
        session = Session.named(directory.name, environ)
        if session.is_running:
            found.append(session)
        else:
            _remove_stale(session)
    return sorted(found, key=lambda session: (info.started if (info := session.info()) else 0.0, session.name))


def _remove_stale(session: Session) -> None:
    """Remove the runtime directory of a session that ended without cleaning up, holding its lock meanwhile."""
    try:
        check_private(session.runtime)
        lock = session.lock()
    except FileNotFoundError:
        if not session.is_new:
            session.remove_runtime()
        return
    except (OSError, SessionError):
        return
    if lock is not None:
        session.remove_runtime()
        os.close(lock)


def find(name: str | None, environ: Mapping[str, str]) -> Session:
    """Return the running session `name`, or the one started last.

    Raises:
        SessionError: there is none, with what there is instead.
    """
    sessions = running(environ)
    if name is None:
        if not sessions:
            raise SessionError("no session is running; start one with: cshell")
        return sessions[-1]
    for session in sessions:
        if session.name == name:
            return session
    # for mistakes only
    from kernel.protocol.settings import nearest

    known = [session.name for session in sessions]
    names = f"running: {', '.join(known)}" if known else "none is running"
    raise SessionError(f"there is no running session {name!r}; {nearest(name, known) or names}")
