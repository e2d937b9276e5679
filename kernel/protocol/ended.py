"""Sessions that have ended: what is kept of them, until when it is known, and how it gets another name or goes.

What is kept is a directory with a journal.  One whose name was used again is called NAME.20261122-135959.
"""

import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

from kernel.protocol.records import CURRENT, JournalFiles, number_of
from kernel.protocol.session import NAME, Session, SessionError, claim, running, state_root
from kernel.protocol.value import Value

_TIME: Final = re.compile(rb'\{"seq":[0-9]+,"time":([0-9.]+),')
# in what is printed, quotes would be escaped; what is shown as JSON may still have it
_LAST: Final = b'"msg_type":"session_ended"'
# what has the count of cells, and the bytes at the end of a journal in which it is looked for
_COUNTED: Final = re.compile(rb'"msg_type": ?"(?:execute_input|session_ended)"')
_COUNT: Final = re.compile(rb'"execution_count": ?([0-9]{1,9})[,}]')
_NEAR: Final = 1 << 18


class Report(Value):
    """What is known of a session that has ended; times are in seconds since the epoch.

    The state is `lost` when nothing says that it ended: it is known up to then.  A journal that nothing says the end
    of perhaps does not say how many cells ran.
    """

    state: Literal["ended", "lost"]
    reason: str
    ended: float
    size: int
    kernel: str = ""
    cwd: str = ""
    started: float | None = None
    count: int | None = None


class Ended(Value):
    """What is kept of one session."""

    name: str
    state: Path

    @property
    def journal(self) -> Path:
        """The newest part of what was shown."""
        return self.state / CURRENT

    @property
    def changed(self) -> float:
        """When something was recorded last."""
        for path in (self.journal, self.state):
            try:
                return path.stat().st_mtime
            except OSError:
                continue
        return 0.0

    def report(self) -> Report:
        """Read how the session began and ended."""
        files = JournalFiles(self.state)
        started = _started(files)
        return Report(
            *self.end(files),
            files.size,
            started.get("kernel", ""),
            started.get("cwd", ""),
            started.get("time"),
            _count(files),
        )

    def end(self, files: JournalFiles) -> tuple[Literal["ended", "lost"], str, float]:
        """Return whether the session ended in order, the reason in words, and the time of the last record."""
        last = files.last
        line = files.read(last - 1, 1) if last else b""
        match = _TIME.match(line)
        moment = float(match[1]) if match else self.changed
        if _LAST in line:
            try:
                record = json.loads(line)
                if record["header"]["msg_type"] == "session_ended":
                    return "ended", str(record["content"]["reason"]), moment
            except (ValueError, KeyError, TypeError, RecursionError):
                pass
        until = f"recorded until {clock(moment)}" if last else "nothing is recorded"
        return "lost", f"its supervisor ended without a word; {until}", moment


def _started(files: JournalFiles) -> dict[str, Any]:
    """Return what the first record says, and its time; nothing if that is not known."""
    try:
        record = json.loads(next(iter(files.preface), b"") or files.read(0, 1))
        if record["header"]["msg_type"] == "session_started":
            content = {name: value for name, value in record["content"].items() if isinstance(value, str)}
            return {**content, "time": float(record["time"])}
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    return {}


def _count(files: JournalFiles) -> int | None:
    """Return the execution count that was said last, as far as it stands near the end."""
    found = None if files.first > 1 or files.size > _NEAR else 0
    after = files.tail(_NEAR)
    while data := files.read(after, _NEAR):
        for line in data.splitlines():
            after = number_of(line)
            match = _COUNT.search(line)
            if match and _COUNTED.search(line):
                found = int(match[1])
    return found


def clock(moment: float) -> str:
    """Return a time of day, with the date if it was not today."""
    then, now = time.localtime(moment), time.localtime()
    return time.strftime("%H:%M:%S" if then[:3] == now[:3] else "%Y-%m-%d %H:%M:%S", then)


def ended(environ: Mapping[str, str]) -> list[Ended]:
    """Return the sessions that have ended, the one that did last at the end.

    Raises:
        SessionError: the directories are not private.
    """
    # first these: what ends meanwhile is among them, and what begins meanwhile is not
    found = [
        Ended(directory.name, directory)
        for directory in state_root(environ).iterdir()
        if not directory.name.startswith(".") and directory.is_dir() and not directory.is_symlink()
    ]
    alive = {session.name for session in running(environ)}
    return sorted((each for each in found if each.name not in alive), key=lambda each: (each.changed, each.name))


def find_ended(name: str | None, environ: Mapping[str, str]) -> Ended:
    """Return an ended session, or the one that ended last.  Raises SessionError when there is none."""
    sessions = ended(environ)
    if name is None:
        if not sessions:
            raise SessionError("nothing is kept of an ended session")
        return sessions[-1]
    for session in sessions:
        if session.name == name:
            return session
    # for mistakes only
    from kernel.protocol.settings import nearest

    near = nearest(name, [session.name for session in sessions])
    raise SessionError(f"there is no ended session {name!r}; {near or 'see: cshell ls --all'}")


def rename(session: Ended, name: str, environ: Mapping[str, str]) -> Ended:
    """Give an ended session another name.

    Raises:
        SessionError: the name is taken or unfit, or the directory cannot be moved; nothing was changed.
    """
    if name == session.name:
        return session
    renamed = Ended(name, Session.named(name, environ).state)
    with _held(session.name, environ), _held(name, environ):
        if renamed.state.exists():
            raise SessionError(f"there is an ended session {name} already; remove it with: cshell rm {name}")
        _move(session.state, renamed.state)
    return renamed


def remove(session: Ended, environ: Mapping[str, str]) -> None:
    """Remove what is kept of an ended session.  Raises SessionError."""
    # takes a while to import, and is needed here only
    from shutil import rmtree

    # out of the way at once: a session of this name may begin while the files go
    going = session.state.with_name(f".{session.name}.{os.getpid()}")
    with _held(session.name, environ):
        _move(session.state, going)
    rmtree(going, ignore_errors=True)
    if going.exists():
        raise SessionError(f"what was kept of {session.name} could not be removed as a whole; the rest is in {going}")


def remove_older(age: float, environ: Mapping[str, str]) -> None:
    """Remove what is kept of sessions in which nothing was recorded for `age` seconds.

    Raises:
        SessionError: some of it could not be removed; what could be is.
    """
    failed = []
    for session in ended(environ):
        if time.time() - session.changed > age:
            try:
                remove(session, environ)
            except SessionError as error:
                failed.append(str(error))
    if failed:
        raise SessionError("; ".join(failed))


def _move(directory: Path, to: Path) -> None:
    try:
        directory.rename(to)
    except OSError as error:
        raise SessionError(f"cannot move the directory {directory}: {error.strerror}; nothing was changed") from None


@contextmanager
def _held(name: str, environ: Mapping[str, str]) -> Iterator[None]:
    """Keep sessions from beginning under a name.  Raises SessionError when one runs under it."""
    if not NAME.fullmatch(name):
        # a former session's: too long for one that runs
        yield
        return
    session = Session.named(name, environ)
    lock = claim(session)
    if lock is None:
        raise SessionError(f"the session {name} is running; nothing was changed")
    try:
        yield
    finally:
        session.remove_runtime()
        os.close(lock)
