"""``cshell log``: what was run and shown in a session, as text, also while it goes on."""

import json
import os
import select
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from curses_client.events import Record
from curses_client.launcher import end_descriptor
from curses_client.link import record_of
from curses_client.printout import Printout
from kernel.protocol.ended import Ended, find_ended
from kernel.protocol.messages import RecordsDropped
from kernel.protocol.records import JournalFiles, number_of
from kernel.protocol.session import Session, SessionError, running

_CHUNK: Final = 1 << 20
# seconds between two looks at a journal that is written
_LOOK_SECONDS: Final = 0.1


def show(name: str | None, environ: Mapping[str, str], *, follow: bool) -> None:
    """Print a session's transcript and, if told to `follow`, what is added until the session ends.

    Raises:
        SessionError: there is no such session.
    """
    session, alive = _found(name, environ)
    is_terminal = sys.stdout.isatty()
    colours = is_terminal and not environ.get("NO_COLOR")
    cols = os.get_terminal_size(sys.stdout.fileno()).columns or None if is_terminal else None
    if alive is not None and follow:
        printout = Printout(sys.stdout.write, live=True, colours=colours, cols=cols)
        _follow(session, alive, printout)
    else:
        printout = Printout(sys.stdout.write, colours=colours)
        files = JournalFiles(session.state)
        printout.begin(files.first)
        for records in _records(files, 0):
            printout.take(records)
        printout.end("" if alive is not None else _last_words(session, printout))


def _found(name: str | None, environ: Mapping[str, str]) -> tuple[Ended, Session | None]:
    """Return what is kept of a session, and the session if it runs.  Raises SessionError."""
    alive = running(environ)
    for session in reversed(alive):
        if name is None or session.name == name:
            return Ended(session.name, session.state), session
    try:
        return find_ended(name, environ), None
    except SessionError:
        what = f"session {name!r}; see: cshell ls --all" if name is not None else "session, running or ended"
        raise SessionError(f"there is no {what}") from None


def _last_words(session: Ended, printout: Printout) -> str:
    return "" if printout.has_ended else session.end(JournalFiles(session.state))[1]


def _records(files: JournalFiles, after: int) -> Iterator[list[Record]]:
    """Yield the records behind a number, many at once."""
    while data := files.read(after, _CHUNK):
        records = [_record(line) for line in data.splitlines()]
        after = records[-1].seq
        yield records


def _record(line: bytes) -> Record:
    """Read a record; what is none to this client stands as one that is passed over."""
    try:
        found = record_of(json.loads(line))
    except (ValueError, RecursionError):
        found = None
    number = number_of(line)
    passed = RecordsDropped(number, number)
    return found or Record(number, 0.0, "records_dropped", msg_id="", parent="", username="", content=passed)


def _follow(session: Ended, alive: Session, printout: Printout) -> None:
    info = alive.info()
    if info is None:
        raise SessionError(f"the session {session.name} is still starting; try again in a moment")
    end = end_descriptor(info.pid)
    # the directory may get another name meanwhile
    directory = os.open(session.state, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        held = Path(f"/proc/self/fd/{directory}")
        here = held if held.exists() else session.state
        files = JournalFiles(here)
        printout.begin(files.first)
        after, wait = 0, 0.0
        while True:
            has_ended = end is None or bool(select.select([end], [], [], wait)[0])
            wait = _LOOK_SECONDS
            for records in _records(files, after):
                printout.take(records)
                after = records[-1].seq
                sys.stdout.flush()
            if has_ended or printout.has_ended:
                break
        printout.end("" if printout.has_ended else Ended(session.name, here).end(files)[1])
    finally:
        os.close(directory)
        if end is not None:
            os.close(end)
