"""The client's sockets to one supervisor: requests out, replies and journal records in."""

import os
from collections.abc import Callable
from typing import Any, Final

import zmq

from curses_client.events import Event, Record, RecordsRead, Replied
from kernel.protocol.connection import Connection
from kernel.protocol.errors import ProtocolError, RemoteProtocolError
from kernel.protocol.messages import Content, ExecuteRequest, Header, InputReply, ReadRequest, decode, encode, parse
from kernel.protocol.wire import EMPTY, Author, Message, Wire

# bytes of records asked for at once: about two milliseconds of work, for which a key has to wait
READ_LIMIT: Final = 1 << 16
_RECONNECT_MS: Final = 5

Emit = Callable[[Event], None]


class ZmqSource:
    """A zmq socket as the loop wants it."""

    def __init__(self, sock: "zmq.Socket[bytes]", handle: Callable[[list[bytes]], None]) -> None:
        self._socket = sock
        self._handle = handle
        self._descriptor = int(sock.getsockopt(zmq.FD))

    def fileno(self) -> int:
        """Return the descriptor; it is edge-triggered, so `pending` decides."""
        return self._descriptor

    def pending(self) -> bool:
        """Whether a message waits."""
        return bool(int(self._socket.getsockopt(zmq.EVENTS)) & zmq.POLLIN)

    def serve(self) -> None:
        """Take one message in."""
        try:
            frames = self._socket.recv_multipart(zmq.DONTWAIT)
        except zmq.Again:
            return
        self._handle(frames)


class Link:
    """Sends requests and turns what comes back into events.

    Replies are matched by the parent's message identifier only; what matches nothing is dropped.
    """

    def __init__(self, connection: Connection, username: str, emit: Emit) -> None:
        self._wire = Wire(connection.key, connection.signature_scheme)
        self._author = Author(username)
        self._emit = emit
        self._context = zmq.Context()
        # one identity on all channels, so that a question reaches the socket of the one who caused it
        identity = self._author.session.encode()
        self._sockets = {
            channel: self._connected(channel, connection, identity) for channel in ("control", "shell", "stdin", "feed")
        }
        self._tags: dict[str, int] = {}
        self._seq = 0
        self._limit = READ_LIMIT
        # in the order in which the loop is to serve them: what people wait for comes before output
        self.sources = [
            ZmqSource(self._sockets["control"], self._replied),
            ZmqSource(self._sockets["stdin"], self._ignored),
            ZmqSource(self._sockets["shell"], self._replied),
            ZmqSource(self._sockets["feed"], self._read),
        ]

    def _connected(self, channel: str, connection: Connection, identity: bytes) -> "zmq.Socket[bytes]":
        sock = self._context.socket(zmq.DEALER)
        if connection.curve_publickey:
            # keys of our own that nobody else has seen; the kernel is known by its own
            sock.curve_publickey, sock.curve_secretkey = zmq.curve_keypair()
            sock.curve_serverkey = connection.curve_publickey.encode()
        sock.setsockopt(zmq.IDENTITY, identity)
        sock.setsockopt(zmq.RECONNECT_IVL, _RECONNECT_MS)
        sock.setsockopt(zmq.SNDHWM, 0)
        sock.setsockopt(zmq.RCVHWM, 0)
        sock.linger = 200
        sock.connect(connection.endpoint(channel))
        return sock

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
        self._send("stdin", "input_reply", InputReply(value), parent)

    def _send(
        self, channel: str, msg_type: str, content: Content, parent: bytes = EMPTY, metadata: bytes = EMPTY
    ) -> Header:
        header, parts = self._author.parts(msg_type, content, parent, metadata)
        self._sockets[channel].send_multipart(self._wire.frames((), parts), zmq.DONTWAIT)
        return header

    # ---- in ----------------------------------------------------------------------------------------------

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
            tag = self._tags.pop(parent.msg_id, None) if parent is not None else None
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

    def _ignored(self, frames: list[bytes]) -> None:
        """Drop a question of `input()`: it is in the journal, which every client reads."""

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
        found = [record for values in values["records"] if (record := record_of(values)) is not None]
        if values["records"]:
            self._seq = int(values["records"][-1]["seq"])
        self.start_reading()
        self._emit(RecordsRead(tuple(found), int(values["head"])))

    def _read_around(self) -> None:
        """Go on behind a record that is no JSON to this client, such as one with a number of 5,000 digits."""
        if self._limit == 1:
            self._seq += 1
        # one record at a time until it is passed
        self._limit = 1
        self.start_reading()

    def close(self) -> None:
        """Close the sockets; what was sent a moment ago still goes out."""
        for sock in self._sockets.values():
            sock.close()
        self._context.term()


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
