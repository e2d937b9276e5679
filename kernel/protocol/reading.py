"""How a journal is told to who reads it, by the supervisor that writes it or by a client when that has ended."""

from typing import Final, Protocol

# bounds of what a reader may ask for at once, in bytes
_READ_LIMITS: Final = (1, 1 << 24)
# of these the newest matters to who begins to read in the middle
SESSION_KINDS: Final = frozenset(
    {
        "session_started",
        "session_renamed",
        "kernel_starting",
        "kernel_started",
        "kernel_failed",
        "kernel_died",
        "queue_ordered",
        "recording",
    }
)


def as_line(
    number: int, now: float, channel: bytes, header: bytes, parent: bytes, metadata: bytes, content: bytes
) -> bytes:
    """Return a record of a message's four parts, joined as they are."""
    return b'{"seq":%d,"time":%.3f,"channel":"%b","header":%b,"parent_header":%b,"metadata":%b,"content":%b}\n' % (
        number,
        now,
        channel,
        header,
        parent,
        metadata,
        content,
    )


class Readable(Protocol):
    """A journal, as far as it is read."""

    @property
    def first(self) -> int:
        """The number of the oldest record."""

    @property
    def head(self) -> int:
        """The number of the newest record."""

    def read(self, after: int, limit: int) -> bytes:
        """Return the records behind `after` joined by commas: what fits in `limit` bytes, at least one."""

    def tail(self, limit: int) -> int:
        """Return the number behind which the newest records have about `limit` bytes; 0 when that is all of them."""

    def preface_of(self, after: int) -> bytes:
        """Return the records up to `after` that one needs to understand those behind it, joined by commas."""


def read_reply(journal: Readable, after: int, limit: int, tail: int) -> bytes | None:
    """Return the content of a `read_reply` in JSON, the records as they are; None when there is nothing to be told."""
    low, high = _READ_LIMITS
    limit, after, first = min(max(limit, low), high), max(after, 0), journal.first
    begins = after + 1 >= first
    if tail and not after:
        tail = min(max(tail, low), high)
        newest = journal.tail(tail)
        if newest >= max(first, 1):
            after, limit, begins = newest, max(limit, tail), False
    records = journal.read(after, limit)
    if not records:
        return None
    preface = b"" if begins else b'"preface":[%b],' % journal.preface_of(max(after, first - 1))
    return b'{"head":%d,"first":%d,%b"records":[%b]}' % (journal.head, first, preface, records)
