"""What a client says to one supervisor and hears from it: requests out, replies and journal records in."""

import os
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Final

from curses_client.events import Event, Record, RecordsRead, Replied
from curses_client.origin import Origin
from curses_client.reading import Part, Reading
from curses_client.transport import READ_LIMIT, Transport
from kernel.protocol.errors import ProtocolError, RemoteProtocolError
from kernel.protocol.messages import (
    Content,
    ExecuteRequest,
    Header,
    InputDone,
    InputReply,
    Json,
    decode,
    encode,
    parse,
)
from kernel.protocol.value import made
from kernel.protocol.wire import EMPTY, Author, Message, Wire

__all__ = ["READ_LIMIT", "Link", "record_of", "username"]

# requests that are kept until they are known to have arrived
_UNCONFIRMED: Final = 1000
# what is meant for this moment, and would hit something else when a lost line is back
_FOR_NOW: Final = frozenset({"interrupt_request", "restart_request"})

Emit = Callable[[Event], None]


class _Backlog:
    """What was read at once beyond `READ_LIMIT`, in pieces that the loop takes in one by one, keys between them."""

    def __init__(self, emit: Callable[[Part], None]) -> None:
        self._emit = emit
        self._pieces: deque[Part] = deque()

    def add(self, part: Part, size: int) -> None:
        """Add records whose JSON has `size` bytes."""
        records = part.records
        count = -(-len(records) // -(-size // READ_LIMIT)) or 1
        cuts = range(0, len(records) or 1, count)
        for first in cuts:
            piece = replace(part, records=records[first : first + count])
            if first:
                piece = replace(piece, preface=None, dropped=0)
            self._pieces.append(piece if first == cuts[-1] else replace(piece, complete=False))

    def fileno(self) -> int:
        """Say that there is no descriptor."""
        return -1

    def __len__(self) -> int:
        return len(self._pieces)

    def pending(self) -> bool:
        """Whether there is a piece left."""
        return bool(self._pieces)

    def serve(self) -> None:
        """Take in the next piece."""
        self._emit(self._pieces.popleft())


class Link:
    """Sends requests and turns what comes back into events.

    Replies are matched by the parent's message identifier only; what matches nothing is dropped.  A request is kept
    until something shows that it arrived, and sent once more when the line was lost in between: a supervisor
    recognises a message that it has by its signature.
    """

    def __init__(self, transport: Transport, wire: Wire, author: Author, emit: Emit) -> None:
        self._transport = transport
        self._wire = wire
        self._author = author
        self._emit = emit
        self._tags: dict[str, int] = {}
        self._where = Reading()
        # the read request whose reply is awaited; others were asked before the line was lost
        self._reading = ""
        # whether the next read waits for the end of the backlog
        self._is_behind = False
        # whether the last record of the session was read
        self._is_over = False
        self._backlog = _Backlog(self._took)
        # by message identifier, in the order of sending: channel and frames
        self._unconfirmed: dict[str, tuple[str, list[bytes]]] = {}
        # the answers among them, by the question
        self._answers: dict[str, str] = {}
        self.sources = [self._backlog, *transport.open(self._received, self._resumed)]

    @property
    def session(self) -> str:
        """The identifier of this client."""
        return self._author.session

    # ---- out ---------------------------------------------------------------------------------------------

    def start_reading(self) -> None:
        """Read the journal, its newest records first, and go on for as long as the link lives."""
        self._is_behind = False
        self._reading = self._send("feed", "read_request", self._where.request(self._transport.limit)).msg_id

    def submit(self, source: str, columns: int, origin: Origin | None = None, subshell: str | None = None) -> None:
        """Have a cell run whose output is shown in so many columns, and that may come from a file, or in a subshell."""
        where = {"file": origin.path, "line": origin.line} if origin is not None else {}
        metadata = encode({"cshell": {"columns": columns, **where}})
        self._send("shell", "execute_request", ExecuteRequest(source), metadata=metadata, subshell=subshell)

    def ask(self, channel: str, msg_type: str, content: Content, tag: int, subshell: str | None = None) -> None:
        """Send a request whose reply is to come back with `tag`, perhaps to a subshell."""
        header = self._send(channel, msg_type, content, subshell=subshell)
        self._tags[header.msg_id] = tag

    def answer_input(self, request: str, value: str) -> None:
        """Answer a question of `input()`, whoever caused it."""
        parent = encode(Header(request, "input_request").as_dict())
        self._answers[request] = self._send("stdin", "input_reply", InputReply(value), parent).msg_id

    def _send(
        self,
        channel: str,
        msg_type: str,
        content: Content,
        parent: bytes = EMPTY,
        metadata: bytes = EMPTY,
        subshell: str | None = None,
    ) -> Header:
        header, parts = self._author.parts(msg_type, content, parent, metadata, subshell)
        frames = self._wire.frames((), parts)
        if channel != "feed" and msg_type not in _FOR_NOW:
            self._unconfirmed[header.msg_id] = channel, frames
            if len(self._unconfirmed) > _UNCONFIRMED:
                del self._unconfirmed[next(iter(self._unconfirmed))]
        self._transport.send(channel, frames)
        return header

    def _resumed(self) -> None:
        """Say again what may have been lost with the line, and go on reading."""
        for channel, frames in self._unconfirmed.values():
            self._transport.send(channel, frames)
        self._where.again()
        self.start_reading()

    # ---- in ----------------------------------------------------------------------------------------------

    def _received(self, channel: str, frames: list[bytes]) -> None:
        if channel == "feed":
            self._read(frames)
        elif channel != "stdin":
            # a question of input() is in the journal, which every client reads
            self._replied(frames)

    def _message(self, frames: list[bytes]) -> Message | None:
        try:
            return self._wire.message(frames)
        except RemoteProtocolError:
            return None

    def _replied(self, frames: list[bytes]) -> None:
        message = self._message(frames)
        if message is None:
            return
        try:
            parent = message.parent
            if parent is None:
                return
            self._unconfirmed.pop(parent.msg_id, None)
            tag = self._tags.pop(parent.msg_id, None)
            if tag is not None:
                self._emit(Replied(tag, self._content(message)))
        except ProtocolError:
            pass

    def _content(self, message: Message) -> Content:
        values = decode(message.raw_content)
        if values.get("status") == "error" and "ename" in values:
            # whatever was asked, this says why it was refused
            return parse("interrupt_reply", values)
        return parse(message.header.msg_type, values)

    def _read(self, frames: list[bytes]) -> None:
        message = self._message(frames)
        if message is None or message.header.msg_type != "read_reply":
            return
        try:
            if message.parent is None or message.parent.msg_id != self._reading:
                return
            values = decode(message.raw_content)
        except RemoteProtocolError:
            self._where.unreadable()
            self.start_reading()
            return
        part = self._where.answered(values)
        self._is_over = self._is_over or (bool(part.records) and _is_end(part.records[-1]))
        self._is_behind = self._backlog.pending()
        if self._is_over and not self._where.has_older:
            self._is_behind = False
            self.end()
        elif not self._is_behind:
            # the next ones are on their way while these are taken in
            self.start_reading()
        self._backlog.add(part, len(message.raw_content))
        if len(self._backlog) == 1:
            self._backlog.serve()

    def _took(self, part: Part) -> None:
        """Tell of a piece of what was read; read on when it was the last one."""
        found = _records(part.records)
        self._confirm(found)
        if self._is_behind and not self._backlog.pending():
            self.start_reading()
        preface = _records(part.preface) if part.preface is not None else None
        self._emit(RecordsRead(found, part.head, preface, part.dropped, part.older, part.complete))

    def _confirm(self, records: Iterable[Record]) -> None:
        """Forget what has arrived."""
        if not self._unconfirmed:
            return
        for record in records:
            self._unconfirmed.pop(record.parent, None)
            if isinstance(record.content, InputDone):
                self._unconfirmed.pop(self._answers.pop(record.content.request, ""), None)

    def end(self) -> None:
        """Take in that the supervisor has ended, and that all it has said is here."""
        self._transport.end()

    def close(self) -> None:
        """Close the line; what was sent a moment ago still goes out."""
        self._transport.close()


def _records(found: Iterable[Json]) -> tuple[Record, ...]:
    """Read records, leaving out what this client does not understand."""
    return tuple(record for values in found if (record := record_of(values)) is not None)


def _is_end(values: Json) -> bool:
    """Whether a record is the last one of a session."""
    header = values.get("header")
    return isinstance(header, dict) and header.get("msg_type") == "session_ended"


def record_of(values: dict[str, Any]) -> Record | None:
    """Read one record of the journal; None for one that this client does not understand."""
    try:
        header, parent = values["header"], values["parent_header"]
        # there may be hundreds of thousands to read
        return made(
            Record,
            {
                "seq": int(values["seq"]),
                "time": float(values["time"]),
                "msg_type": header["msg_type"],
                "msg_id": header["msg_id"],
                "parent": parent.get("msg_id", ""),
                "by": parent.get("username", ""),
                "subshell": parent.get("subshell_id") or "",
                "username": header.get("username", ""),
                "content": parse(header["msg_type"], values["content"]),
                "metadata": values["metadata"],
            },
        )
    except (KeyError, TypeError, ValueError, AttributeError, ProtocolError):
        return None


def username() -> str:
    """Return the name that messages are signed with."""
    named = os.environ.get("USER") or os.environ.get("LOGNAME")
    if named:
        return named
    try:
        # needed where the environment says nothing, as in containers
        from pwd import getpwuid

        return getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return "user"
