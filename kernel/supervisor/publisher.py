"""Journal first, then everybody: the one place where something is recorded, published or answered."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kernel.protocol.messages import Content, OkReply, ReadRequest, Status, encode
from kernel.protocol.wire import EMPTY, Author, Message
from kernel.supervisor.journal import Journal
from kernel.supervisor.sockets import Sockets

# bounds of what a client may ask for at once, in bytes
_READ_LIMITS: Final = (1, 1 << 24)


@dataclass(frozen=True, slots=True)
class _Reader:
    """A client that waits for records."""

    message: Message
    after: int
    limit: int


class Publisher:
    """Collects what one pass of the loop has to say; `flush` writes it down and then sends it."""

    def __init__(self, sockets: Sockets, journal: Journal | None, author: Author) -> None:
        self._sockets = sockets
        self._journal = journal
        self._author = author
        self._unsent: deque[Callable[[], object]] = deque()
        self._readers: list[_Reader] = []

    def record(self, msg_type: str, content: Content, parent: bytes = EMPTY) -> None:
        """Write down what the supervisor itself knows."""
        if self._journal is not None:
            _, parts = self._author.parts(msg_type, content, parent)
            self._journal.append(b"supervisor", parts)

    def record_parts(self, channel: bytes, parts: Sequence[bytes]) -> None:
        """Write a message down as it came."""
        if self._journal is not None:
            self._journal.append(channel, parts)

    def publish(self, msg_type: str, content: Content, parent: bytes = EMPTY, *, record: bool = True) -> None:
        """Publish a message of the supervisor's on iopub."""
        _, parts = self._author.parts(msg_type, content, parent)
        self.publish_parts(msg_type, parts, record=record)

    def publish_parts(
        self, msg_type: str, parts: Sequence[bytes], buffers: Sequence[bytes] = (), *, record: bool = True
    ) -> None:
        """Publish a message on iopub as it came from the worker."""
        if record:
            self.record_parts(b"iopub", parts)
        topic = msg_type.encode()
        self._unsent.append(lambda: self._sockets.send("iopub", [topic], parts, buffers))

    def welcome(self, topic: bytes, content: Content) -> None:
        """Greet a new subscriber (JEP 65): the topic is its subscription, so that it gets the message."""
        _, parts = self._author.parts("iopub_welcome", content)
        self._unsent.append(lambda: self._sockets.send("iopub", [topic], parts))

    def reply(self, channel: str, request: Message, msg_type: str, content: Content) -> list[bytes]:
        """Answer a request with a message of the supervisor's; return its parts."""
        _, parts = self._author.parts(msg_type, content, request.raw_header)
        self.send(channel, request.identities, parts)
        return parts

    def answer(self, channel: str, request: Message, msg_type: str, content: Content) -> None:
        """Answer a request that takes no time, with busy and idle around it."""
        self.publish("status", Status("busy"), request.raw_header, record=False)
        self.reply(channel, request, msg_type, content)
        self.publish("status", Status("idle"), request.raw_header, record=False)

    def refuse(self, channel: str, request: Message, ename: str, evalue: str) -> None:
        """Answer a request with an error."""
        msg_type = request.header.msg_type.removesuffix("_request") + "_reply"
        self.answer(channel, request, msg_type, OkReply("error", ename, evalue, []))

    def send(self, channel: str, identities: Sequence[bytes], parts: Sequence[bytes]) -> None:
        """Send a message to one client."""
        self._unsent.append(lambda: self._sockets.send(channel, identities, parts))

    def deliver(
        self, channel: str, identities: Sequence[bytes], parts: Sequence[bytes], unreached: Callable[[], None]
    ) -> None:
        """Send a message to one client; `unreached` is called when that is not connected."""

        def attempt() -> None:
            if not self._sockets.send(channel, identities, parts):
                unreached()

        self._unsent.append(attempt)

    def read(self, message: Message, request: ReadRequest) -> None:
        """Let a client wait for records; it is answered when there are some."""
        low, high = _READ_LIMITS
        # one request a client: a new one takes the place of what it asked before
        self._readers = [reader for reader in self._readers if reader.message.identities != message.identities]
        self._readers.append(_Reader(message, request.after, min(max(request.limit, low), high)))

    def flush(self) -> None:
        """Write the journal, then send what waits, then serve the feed."""
        if self._journal is not None:
            self._journal.flush()
        while self._unsent:
            self._unsent.popleft()()
        if self._journal is not None and self._readers:
            self._serve(self._journal)

    def _serve(self, journal: Journal) -> None:
        ready = [reader for reader in self._readers if reader.after < journal.head]
        for reader in ready:
            records = journal.read(reader.after, reader.limit)
            header = encode(self._author.header("read_reply").as_dict())
            content = b'{"head":%d,"records":[%b]}' % (journal.head, records)
            parts = [header, reader.message.raw_header, EMPTY, content]
            self._sockets.send("feed", reader.message.identities, parts)
            self._readers.remove(reader)
