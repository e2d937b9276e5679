"""The journal of one session, read in pieces as records."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from curses_client.events import Record
from curses_client.kept import found, preface, records
from kernel.protocol.ended import Ended
from kernel.protocol.records import JournalFiles
from kernel.protocol.session import SessionError, running
from kernel.protocol.value import Value


class Journal(Value):
    """What is kept of a session in its directory, and whether the session goes on."""

    name: str
    directory: Path
    is_running: bool

    @classmethod
    def named(cls, name: str | None, environ: Mapping[str, str]) -> "Journal":
        """Find a session, running or ended, the one started last without a name.  Raises SessionError."""
        session, alive = found(name, environ)
        return cls(session.name, session.state, is_running=alive is not None)

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

    @property
    def preface(self) -> list[Record]:
        """The records that one needs to understand what is there, of those that were dropped."""
        return preface(JournalFiles(self.directory))

    def records(self) -> Iterator[list[Record]]:
        """Yield all that is recorded by now, many records at once."""
        files = JournalFiles(self.directory)
        # whoever prints may do it faster than anybody reads
        return records(files, last=files.last)

    def last_words(self) -> tuple[str, float] | None:
        """Return why nobody recorded how the session ended, and when something was recorded last."""
        if self.is_running:
            return None
        state, reason, moment = Ended(self.name, self.directory).end(JournalFiles(self.directory))
        return (reason, moment) if state == "lost" else None
