"""A session that has ended, shown as one that runs: its journal is read here, and nobody else hears what is said."""

import json
import os
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Self

from curses_client.events import Event
from curses_client.launcher import Outcome, Started
from curses_client.transport import READ_LIMIT, Receive, Source, Transport, Watcher
from kernel.protocol.connection import Connection
from kernel.protocol.ended import Ended, find_ended
from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.messages import ReadRequest, SessionEnded, encode
from kernel.protocol.reading import SESSION_KINDS, as_line, read_reply
from kernel.protocol.records import JournalFiles, number_of
from kernel.protocol.session import Session, SessionError, running
from kernel.protocol.wire import EMPTY, Author, Wire

# records among which the beginning of a cell is looked for first; then among ever more
_NEAR: Final = 256
# of other kernels, headers may have blanks; what is looked for stands in the first of them
_KIND: Final = re.compile(rb'"msg_type":\s*"([a-z_]+)"')
_HEAD: Final = 2048
_CHUNK: Final = 1 << 20
# of these all matter as long as their cell has not ended
_CELL: Final = frozenset({"submitted", "cell_edited", "execute_input"})
_NOWHERE: Final = Connection("ipc", "", 0, 0, 0, 0, 0, key="")


class EndedSession(Started):
    """A session that has ended: this process reads its journal in its supervisor's place."""

    __slots__ = ()

    @property
    def way_back(self) -> str:
        """The command that shows it again."""
        return f"cshell open {self.session.name}"

    def transport(self, identity: str) -> Transport:
        """Return what reads the journal."""
        return JournalTransport(Ended(self.session.name, self.session.state), self.wire())

    def follow(self, loop: Watcher, told: Callable[[Event], None]) -> None:
        """Follow nothing: how the session ended is in the journal."""

    def called(self, name: str) -> Self:
        """Return the session itself: its records may name it otherwise than its directory."""
        return self

    def farewell(self, outcome: Outcome, failure: str | None) -> tuple[int, str]:
        """Return the exit status and what is said when the client is left."""
        return 0, f"[{self.session.name} has ended; show it again with: {self.way_back}]"


def find(name: str | None, environ: Mapping[str, str]) -> EndedSession:
    """Find an ended session, the one that ended last without a name.  Raises SessionError."""
    if name is not None and any(session.name == name for session in running(environ)):
        raise SessionError(f"the session {name} is running; show it with: cshell attach --read-only {name}")
    found = find_ended(name, environ)
    # there are no sockets, and a former session's name may be too long for one that runs
    session = Session(found.name, found.state, found.state)
    return EndedSession(session, _NOWHERE, pid=0, is_new=False, read_only=True)


class JournalTransport:
    """Answers what is asked on the feed as a supervisor would; everything else is lost."""

    limit = READ_LIMIT

    def __init__(self, session: Ended, wire: Wire) -> None:
        self._journal = EndedJournal(session)
        self._wire = wire
        self._author = Author("cshell")
        self._answers: deque[list[bytes]] = deque()
        # readable at the other end as long as there is an answer
        self._reading, self._writing = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._receive: Receive | None = None

    def open(self, receive: Receive, resumed: Callable[[], None]) -> list[Source]:
        """Return the answers as the loop wants them; the line is never lost."""
        self._receive = receive
        return [self]

    def send(self, channel: str, frames: list[bytes]) -> None:
        """Answer a `read_request`, if there is something behind what was read."""
        if channel != "feed":
            return
        try:
            message = self._wire.message(frames)
            request = message.content
        except RemoteProtocolError:
            return
        if not isinstance(request, ReadRequest):
            return
        answer = read_reply(self._journal, request.after, request.limit, request.tail)
        if answer is not None:
            header = encode(self._author.header("read_reply").as_dict())
            parts = [header, message.raw_header, EMPTY, answer]
            if not self._answers:
                os.write(self._writing, b"!")
            self._answers.append(self._wire.frames((), parts))

    def end(self) -> None:
        """Do nothing: there is nobody at the other end."""

    def close(self) -> None:
        """Close the descriptors."""
        os.close(self._reading)
        os.close(self._writing)

    # ---- as the loop wants it ----------------------------------------------------------------------------

    def fileno(self) -> int:
        """Return the descriptor that is ready when an answer waits."""
        return self._reading

    def pending(self) -> bool:
        """Whether an answer waits."""
        return bool(self._answers)

    def serve(self) -> None:
        """Deliver one answer."""
        if not self._answers:
            return
        frames = self._answers.popleft()
        if not self._answers:
            os.read(self._reading, 1)
        assert self._receive is not None
        self._receive("feed", frames)


class EndedJournal:
    """A journal that nobody writes any more; where the end is missing, a record says until when it is known."""

    def __init__(self, session: Ended) -> None:
        self._files = JournalFiles(session.state)
        self.first = self._files.first
        self._written = self._files.last
        state, reason, moment = session.end(self._files)
        self._end = _end_line(self._written + 1, moment, reason) if state == "lost" else b""
        self.head = self._written + bool(self._end)

    def read(self, after: int, limit: int) -> bytes:
        """Return the records behind `after` joined by commas: what fits in `limit` bytes, at least one."""
        data = self._files.read(after, limit) if after < self._written else b""
        has_more = after < self._written and number_of(data[data.rfind(b"\n", 0, -1) + 1 :]) < self._written
        return _joined([data if has_more or after >= self.head else data + self._end])

    def tail(self, limit: int) -> int:
        """Return the number behind which the newest records have about `limit` bytes; 0 when that is all of them."""
        return self._files.tail(limit)

    def preface_of(self, after: int) -> bytes:
        """Return the records up to `after` that one needs to understand those behind it, joined by commas."""
        return _joined(self._preface(after))

    def _preface(self, after: int) -> list[bytes]:
        """Return the records up to `after` that one needs to understand those behind it.

        They are the session's first one, the newest about its kernel, and those of the cells that had not ended.
        """
        start, step = after, _NEAR
        while True:
            start = max(after - step, self.first - 1)
            kept = _Kept()
            is_whole = start < self.first
            for line in (*(self._files.preface if is_whole else ()), *self._lines(start, after)):
                kept.note(line)
            if kept.is_complete or is_whole:
                break
            step *= 4
        beginning = next(iter(self._files.preface), b"") or self._files.read(0, 1)
        is_missing = not is_whole and _kind(beginning) == "session_started"
        return [beginning, *kept.lines()] if is_missing else kept.lines()

    def _lines(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the records behind `start` up to `end`."""
        while start < end and (data := self._files.read(start, _CHUNK)):
            for line in data.splitlines(keepends=True):
                start = number_of(line)
                if start > end:
                    return
                yield line


def _end_line(number: int, moment: float, reason: str) -> bytes:
    """Return the record that says until when a session is known."""
    header = encode({"msg_id": "end", "msg_type": "session_ended"})
    content = encode(SessionEnded(reason).as_dict())
    return as_line(number, moment, b"client", header, EMPTY, EMPTY, content)


class _Kept:
    """Notes of some records those that are needed to understand what follows them (see the supervisor's preface)."""

    def __init__(self) -> None:
        self._session: dict[str, bytes] = {}
        # by the identifier of their request: the cells that have not ended
        self._cells: dict[str, list[bytes]] = {}
        self._submitted: set[str] = set()
        # the cell that began last
        self._begun = ""
        self._beginning = b""

    @property
    def is_complete(self) -> bool:
        """Whether the cell that ran last is known, and with it those that waited."""
        return self._begun in self._submitted

    def note(self, line: bytes) -> None:
        """Take in a record."""
        kind = _kind(line)
        if kind in SESSION_KINDS:
            self._session[kind] = line
        elif kind in _CELL or kind == "status":
            self._note_cell(kind, line)

    def _note_cell(self, kind: str, line: bytes) -> None:
        try:
            record = json.loads(line)
            parent = record["parent_header"].get("msg_id", "")
            if kind == "status":
                if record["content"].get("execution_state") == "idle":
                    self._cells.pop(parent, None)
                return
        except (ValueError, KeyError, AttributeError, RecursionError):
            return
        self._cells.setdefault(parent, []).append(line)
        if kind == "submitted":
            self._submitted.add(parent)
        elif kind == "execute_input":
            self._begun, self._beginning = parent, line

    def lines(self) -> list[bytes]:
        """Return the records that are needed, in their order."""
        found = {*self._session.values(), *(line for lines in self._cells.values() for line in lines)}
        return sorted(found | {self._beginning} - {b""}, key=number_of)


def _kind(line: bytes) -> str:
    """Return the message type of a record."""
    match = _KIND.search(line, 0, _HEAD)
    return match[1].decode() if match else ""


def _joined(lines: list[bytes]) -> bytes:
    """Return lines as the members of a list in JSON."""
    return b"".join(lines).rstrip(b"\n").replace(b"\n", b",")
