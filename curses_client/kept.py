"""What is kept of a session: finding it by its name, and its journal in pieces as records."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from curses_client.events import Record
from curses_client.link import record_of
from kernel.protocol.ended import Ended, find_ended
from kernel.protocol.messages import RecordsDropped
from kernel.protocol.records import JournalFiles, number_of
from kernel.protocol.session import Session, SessionError, running

_CHUNK: Final = 1 << 20


def found(name: str | None, environ: Mapping[str, str]) -> tuple[Ended, Session | None]:
    """Return what is kept of a session, and the session if it runs; the one started last without a name.

    Raises:
        SessionError: there is no such session.
    """
    for session in reversed(running(environ)):
        if name is None or session.name == name:
            return Ended(session.name, session.state), session
    try:
        return find_ended(name, environ), None
    except SessionError:
        what = f"session {name!r}; see: cshell ls --all" if name is not None else "session, running or ended"
        raise SessionError(f"there is no {what}") from None


def records(files: JournalFiles, after: int = 0, last: int | None = None) -> Iterator[list[Record]]:
    """Yield the records behind a number, many at once, until there are no more or `last` has come."""
    while (last is None or after < last) and (data := files.read(after, _CHUNK)):
        many = [_record(line) for line in data.splitlines()]
        after = many[-1].seq
        yield many


def preface(files: JournalFiles) -> list[Record]:
    """Return the records that one needs to understand those that are there, of those that were dropped."""
    return [_record(line) for line in files.preface]


def _record(line: bytes) -> Record:
    """Read a record; what is none to this client stands as one that is passed over."""
    try:
        read = record_of(json.loads(line))
    except (ValueError, RecursionError):
        read = None
    number = number_of(line)
    passed = RecordsDropped(number, number)
    return read or Record(number, 0.0, "records_dropped", msg_id="", parent="", username="", content=passed)
