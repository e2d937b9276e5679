"""Whose request a kernel's message belongs to, with the header as the client wrote it."""

from dataclasses import dataclass
from typing import Final

from kernel.protocol.messages import Header, decode
from kernel.protocol.wire import EMPTY, Message

# requests that are remembered: a thread may print for a cell that ended long ago
_KNOWN: Final = 10_000
# what kernels write where there is nothing
_NOTHING: Final = (b"", b"null", b"{}")


@dataclass(frozen=True, slots=True)
class Parent:
    """The request that a message belongs to: its header in JSON; `ours` is whether it went through this process."""

    msg_id: str
    msg_type: str
    session: str
    raw: bytes
    ours: bool = False


class Parents:
    """Remembers the headers of what was sent to the kernel.

    Kernels write JSON anew.  Records are told apart by the bytes of their parent, and clients compare dates, so each
    message gets the header back that was sent.
    """

    def __init__(self) -> None:
        self._sent: dict[str, Parent] = {}
        # many messages have the same parent, one after the other
        self._last: tuple[bytes, Parent] | None = None

    def sent(self, message: Message) -> None:
        """Take in that a request goes to the kernel."""
        header = message.header
        self._sent[header.msg_id] = Parent(header.msg_id, header.msg_type, header.session, message.raw_header, True)
        self._last = None
        if len(self._sent) > _KNOWN:
            del self._sent[next(iter(self._sent))]

    def of(self, message: Message) -> Parent:
        """Return the parent of a kernel's message; one without has an empty identifier.  Raises RemoteProtocolError."""
        raw = message.raw_parent
        if self._last is not None and self._last[0] == raw:
            return self._last[1]
        values = decode(raw) if raw not in _NOTHING else {}
        header = Header.from_dict(values) if values.get("msg_id") else None
        if header is None:
            parent = Parent("", "", "", EMPTY)
        else:
            parent = self._sent.get(header.msg_id) or Parent(header.msg_id, header.msg_type, header.session, raw)
        self._last = raw, parent
        return parent


def checked(message: Message) -> tuple[bytes, bytes, bytes]:
    """Return header, metadata and content of a kernel's message, which are JSON objects.

    Raises:
        RemoteProtocolError: they are not, and cannot be recorded.
    """
    metadata = EMPTY if message.raw_metadata in _NOTHING else message.raw_metadata
    for part in (metadata, message.raw_content):
        if part != EMPTY:
            decode(part)
    return message.raw_header, metadata, message.raw_content
