"""What a client says to one supervisor and hears from it: requests out, replies and journal records in."""

import os
from collections.abc import Callable
from typing import Any, Final

from curses_client.events import Event, Record, RecordsRead, Replied
from curses_client.transport import Transport
from kernel.protocol.errors import ProtocolError, RemoteProtocolError
from kernel.protocol.messages import (
    Content,
    ExecuteRequest,
    Header,
    InputDone,
    InputReply,
    ReadRequest,
    decode,
    encode,
    parse,
)
from kernel.protocol.wire import EMPTY, Author, Message, Wire

# bytes of records asked for at once: about two milliseconds of work, for which a key has to wait
READ_LIMIT: Final = 1 << 16
# requests that are kept until they are known to have arrived
_UNCONFIRMED: Final = 1000

Emit = Callable[[Event], None]


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
        self._seq = 0
        self._limit = READ_LIMIT
        # by message identifier, in the order of sending: channel and frames
        self._unconfirmed: dict[str, tuple[str, list[bytes]]] = {}
        # the answers among them, by the question
        self._answers: dict[str, str] = {}
        self.sources = transport.open(self._received, self._resumed)

    @property
    def session(self) -> str:
        """The identifier of this client."""
        return self._author.session

    # ---- out ---------------------------------------------------------------------------------------------

    def start_reading(self) -> None:
        """Read the journal from its beginning, and go on for as long as the link lives."""
        self._send("feed", "read_request", ReadRequest(self._seq, self._limit))

    def submit(self, source: str, columns: int) -> None:
        """Have a cell run whose output is shown in so many columns."""
        metadata = encode({"cshell": {"columns": columns}})
        self._send("shell", "execute_request", ExecuteRequest(source), metadata=metadata)

    def ask(self, channel: str, msg_type: str, content: Content, tag: int) -> None:
        """Send a request whose reply is to come back with `tag`."""
        header = self._send(channel, msg_type, content)
        self._tags[header.msg_id] = tag

    def answer_input(self, request: str, value: str) -> None:
        """Answer a question of `input()`, whoever caused it."""
        parent = encode(Header(request, "input_request").as_dict())
        self._answers[request] = self._send("stdin", "input_reply", InputReply(value), parent).msg_id

    def _send(
        self, channel: str, msg_type: str, content: Content, parent: bytes = EMPTY, metadata: bytes = EMPTY
    ) -> Header:
        header, parts = self._author.parts(msg_type, content, parent, metadata)
        frames = self._wire.frames((), parts)
        if channel != "feed":
            self._unconfirmed[header.msg_id] = channel, frames
            if len(self._unconfirmed) > _UNCONFIRMED:
                del self._unconfirmed[next(iter(self._unconfirmed))]
        self._transport.send(channel, frames)
        return header

    def _resumed(self) -> None:
        """Say again what may have been lost with the line, and go on reading."""
        unconfirmed, self._unconfirmed = self._unconfirmed, {}
        for channel, frames in unconfirmed.values():
            self._transport.send(channel, frames)
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
            values = decode(message.raw_content)
        except RemoteProtocolError:
            self._read_around()
            return
        self._limit = READ_LIMIT
        # what was read twice, because the line was lost in between, is taken once
        new = [record for record in values["records"] if record["seq"] > self._seq]
        found = [record for values in new if (record := record_of(values)) is not None]
        if values["records"]:
            self._seq = int(values["records"][-1]["seq"])
        self._confirm(found)
        self.start_reading()
        self._emit(RecordsRead(tuple(found), int(values["head"])))

    def _confirm(self, records: list[Record]) -> None:
        """Forget what has arrived."""
        if not self._unconfirmed:
            return
        for record in records:
            self._unconfirmed.pop(record.parent, None)
            if isinstance(record.content, InputDone):
                self._unconfirmed.pop(self._answers.pop(record.content.request, ""), None)

    def _read_around(self) -> None:
        """Go on behind a record that is no JSON to this client, such as one with a number of 5,000 digits."""
        if self._limit == 1:
            self._seq += 1
        # one record at a time until it is passed
        self._limit = 1
        self.start_reading()

    def close(self) -> None:
        """Close the line; what was sent a moment ago still goes out."""
        self._transport.close()


def record_of(values: dict[str, Any]) -> Record | None:
    """Read one record of the journal; None for one that this client does not understand."""
    try:
        header = values["header"]
        return Record(
            seq=int(values["seq"]),
            time=float(values["time"]),
            msg_type=header["msg_type"],
            msg_id=header["msg_id"],
            parent=values["parent_header"].get("msg_id", ""),
            username=header.get("username", ""),
            content=parse(header["msg_type"], values["content"]),
            metadata=values["metadata"],
        )
    except (KeyError, TypeError, ValueError, AttributeError, ProtocolError):
        return None


def username() -> str:
    """Return the name that messages are signed with."""
    return os.environ.get("USER") or os.environ.get("LOGNAME") or "user"
