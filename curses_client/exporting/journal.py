"""The journal of one session, read in pieces as records."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from curses_client.events import Record
from curses_client.link import record_of
from kernel.protocol.ended import Ended, find_ended
from kernel.protocol.messages import RecordsDropped
from kernel.protocol.records import JournalFiles, number_of
from kernel.protocol.session import SessionError, running
from kernel.protocol.value import Value

_CHUNK: Final = 1 << 20


class Journal(Value):
    """What is kept of a session in its directory, and whether the session goes on."""

    name: str
    directory: Path
    is_running: bool

    @classmethod
    def named(cls, name: str | None, environ: Mapping[str, str]) -> "Journal":
        """Find a session, running or ended, the one started last without a name.  Raises SessionError."""
        for session in reversed(running(environ)):
            if name is None or session.name == name:
                return cls(session.name, session.state, is_running=True)
        try:
            ended = find_ended(name, environ)
        except SessionError:
            what = f"session {name!r}; see: cshell ls --all" if name is not None else "session, running or ended"
            raise SessionError(f"there is no {what}") from None
        return cls(ended.name, ended.state, is_running=False)

    @classmethod
    def at(cls, directory: Path, environ: Mapping[str, str]) -> "Journal":
        """Return what is kept in a directory.  Raises SessionError where there is none."""
        if not directory.is_dir():
            raise SessionError(f"nothing is kept of a session in {directory}")
        is_running = any(session.state.resolve() == directory.resolve() for session in running(environ))
        return cls(directory.name, directory, is_running)

    @property
    def first(self) -> int:
        """The number of the oldest record; older ones were dropped if it is not 1."""
        return JournalFiles(self.directory).first

    def records(self) -> Iterator[list[Record]]:
        """Yield all that is recorded by now, many records at once."""
        files = JournalFiles(self.directory)
        after, last = 0, files.last
        # whoever prints may do it faster than anybody reads
        while after < last and (data := files.read(after, _CHUNK)):
            found = [_record(line) for line in data.splitlines()]
            after = found[-1].seq
            yield found

    def last_words(self) -> tuple[str, float] | None:
        """Return why nobody recorded how the session ended, and when something was recorded last."""
        if self.is_running:
            return None
        state, reason, moment = Ended(self.name, self.directory).end(JournalFiles(self.directory))
        return (reason, moment) if state == "lost" else None


def _record(line: bytes) -> Record:
    """Read a record; what is none to this client stands as one that is passed over."""
    try:
        found = record_of(json.loads(line))
    except (ValueError, RecursionError):
        found = None
    number = number_of(line)
    passed = RecordsDropped(number, number)
    return found or Record(number, 0.0, "records_dropped", msg_id="", parent="", username="", content=passed)
