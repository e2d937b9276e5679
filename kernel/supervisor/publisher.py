"""Journal first, then everybody: the one place where something is recorded, published or answered."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kernel.protocol.messages import Content, OkReply, ReadRequest, Recording, Status, encode
from kernel.protocol.reading import read_reply
from kernel.protocol.wire import EMPTY, Author, Message
from kernel.supervisor.journal import Journal
from kernel.supervisor.sockets import Sockets

# seconds after which a disk that took nothing is tried again
_TRY_AGAIN: Final = 1.0
# what a status says about its cell
_PHASES: Final = {"busy": "cell_begun", "idle": "cell_ended"}


@dataclass(frozen=True, slots=True)
class _Reader:
    """A client that waits for records."""

    message: Message
    request: ReadRequest


class Publisher:
    """Collects what one pass of the loop has to say; `flush` writes it down and then sends it."""

    def __init__(self, sockets: Sockets, journal: Journal | None, author: Author) -> None:
        self._sockets = sockets
        self._journal = journal
        self._author = author
        self._unsent: deque[Callable[[], object]] = deque()
        self._readers: list[_Reader] = []
        # whether the readers know that the disk takes nothing
        self._told = False
        # when the disk is tried again (monotonic seconds)
        self.deadline: float | None = None

    @property
    def recording(self) -> bool:
        """Whether what is recorded reaches the disk."""
        return not self._told

    def record(self, msg_type: str, content: Content, parent: bytes = EMPTY) -> None:
        """Write down what the supervisor itself knows."""
        if self._journal is not None:
            _, parts = self._author.parts(msg_type, content, parent)
            self._journal.append(b"supervisor", parts, msg_type)

    def record_parts(self, channel: bytes, parts: Sequence[bytes], kind: str = "") -> None:
        """Write a message down as it came; `kind` says what it is, if that matters to who begins to read behind it."""
        if self._journal is not None:
            self._journal.append(channel, parts, kind)

    def publish(self, msg_type: str, content: Content, parent: bytes = EMPTY, *, record: bool = True) -> None:
        """Publish a message of the supervisor's on iopub."""
        _, parts = self._author.parts(msg_type, content, parent)
        if record:
            kind = _PHASES.get(content.execution_state, "") if isinstance(content, Status) else msg_type
            self.record_parts(b"iopub", parts, kind)
        self.publish_parts(msg_type, parts, record=False)

    def publish_parts(
        self, msg_type: str, parts: Sequence[bytes], buffers: Sequence[bytes] = (), *, record: bool = True
    ) -> None:
        """Publish a message on iopub as it came from the worker."""
        if record:
            self.record_parts(b"iopub", parts, msg_type)
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

    def reject(self, channel: str, message: Message, reason: str) -> None:
        """Answer a request that makes no sense; what is no request is dropped."""
        if message.header.msg_type.endswith("_request"):
            self.refuse(channel, message, "RemoteProtocolError", reason)

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
        # one request a client: a new one takes the place of what it asked before
        self._readers = [reader for reader in self._readers if reader.message.identities != message.identities]
        self._readers.append(_Reader(message, request))

    def flush(self) -> None:
        """Write the journal, then send what waits, then serve the feed."""
        if self._journal is not None:
            self._write(self._journal)
        while self._unsent:
            self._unsent.popleft()()
        if self._journal is not None and self._readers:
            self._serve(self._journal)

    def _write(self, journal: Journal) -> None:
        """Have the journal written; a disk that took nothing is left alone for a while."""
        if self.deadline is not None and time.monotonic() < self.deadline:
            journal.drop_what_is_too_much()
            return
        journal.flush()
        self._tell_of_the_disk(journal)

    def _tell_of_the_disk(self, journal: Journal) -> None:
        """Record that the disk takes nothing, which readers see at once, or that it does again."""
        failing = journal.error is not None
        self.deadline = time.monotonic() + _TRY_AGAIN if failing else None
        if failing == self._told:
            return
        self._told = failing
        reason = journal.error.strerror or str(journal.error) if journal.error is not None else ""
        self.record("recording", Recording(not failing, reason))
        if not failing:
            journal.flush()

    def _serve(self, journal: Journal) -> None:
        ready = [reader for reader in self._readers if reader.request.after < journal.head]
        for reader in ready:
            request = reader.request
            content = read_reply(journal, request.after, request.limit, request.tail)
            if content is None:
                # what it has not read is gone: it would ask again at once, and for ever
                continue
            header = encode(self._author.header("read_reply").as_dict())
            parts = [header, reader.message.raw_header, EMPTY, content]
            self._sockets.send("feed", reader.message.identities, parts)
            self._readers.remove(reader)
