"""Messages on the wire: signed multipart frames (specification: The wire protocol)."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Final

from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.messages import Content, Header, decode, encode, parse

DELIMITER: Final = b"<IDS|MSG>"
EMPTY: Final = b"{}"
SCHEME: Final = "hmac-sha256"


@dataclass(frozen=True)
class Message:
    """A message whose signature held: its parts as they came, read when asked for."""

    identities: tuple[bytes, ...]
    header: Header
    raw_header: bytes
    raw_parent: bytes
    raw_metadata: bytes
    raw_content: bytes
    buffers: tuple[bytes, ...] = ()
    # empty where the connection has no key
    signature: bytes = b""

    @property
    def content(self) -> Content:
        """The content.  Raises RemoteProtocolError if it does not fit its message type."""
        return parse(self.header.msg_type, decode(self.raw_content))

    @property
    def parent(self) -> Header | None:
        """The header of the message that this one belongs to, if any.  Raises RemoteProtocolError."""
        values = decode(self.raw_parent)
        return Header.from_dict(values) if values.get("msg_id") else None


class Wire:
    """Signs and checks messages with one connection's key; an empty key means no signatures."""

    def __init__(self, key: str, scheme: str = SCHEME) -> None:
        """Raises ValueError for a signature scheme other than hmac with a hash that every Python has."""
        method, _, name = scheme.partition("-")
        # the hashes named shake have no length of their own
        if method != "hmac" or name not in hashlib.algorithms_guaranteed or name.startswith("shake"):
            raise ValueError(f"unknown signature scheme {scheme!r}")
        self._base = hmac.new(key.encode(), digestmod=name) if key else None

    def sign(self, parts: Sequence[bytes]) -> bytes:
        """Return the signature of header, parent header, metadata and content as hexadecimal digits."""
        if self._base is None:
            return b""
        digest = self._base.copy()
        for part in parts:
            digest.update(part)
        return digest.hexdigest().encode("ascii")

    def frames(self, identities: Sequence[bytes], parts: Sequence[bytes], buffers: Sequence[bytes] = ()) -> list[bytes]:
        """Return the frames to send for the four parts header, parent header, metadata, content."""
        return [*identities, DELIMITER, self.sign(parts), *parts, *buffers]

    def message(self, frames: Sequence[bytes]) -> Message:
        """Check and read frames that arrived.

        Raises:
            RemoteProtocolError: no delimiter, too few frames, a wrong signature, or a broken header.
        """
        try:
            at = frames.index(DELIMITER)
        except ValueError:
            raise RemoteProtocolError("a message without delimiter") from None
        if len(frames) < at + 6:
            raise RemoteProtocolError("a message with too few frames")
        parts = frames[at + 2 : at + 6]
        if self._base is not None and not hmac.compare_digest(self.sign(parts), frames[at + 1]):
            raise RemoteProtocolError("a message with a wrong signature")
        header = Header.from_dict(decode(parts[0]))
        raw_header, raw_parent, raw_metadata, raw_content = parts
        return Message(
            tuple(frames[:at]),
            header,
            raw_header,
            raw_parent,
            raw_metadata,
            raw_content,
            tuple(frames[at + 6 :]),
            frames[at + 1] if self._base is not None else b"",
        )


class Author:
    """Writes headers: one session identifier, one user name, message identifiers that never repeat."""

    def __init__(self, username: str, session: str | None = None) -> None:
        self.username = username
        self.session = session or new_id()
        self._count = 0

    def header(self, msg_type: str) -> Header:
        """Return the header of a new message, dated now in UTC (ISO 8601)."""
        self._count += 1
        return Header(
            msg_id=f"{self.session}_{self._count}",
            msg_type=msg_type,
            session=self.session,
            username=self.username,
            date=datetime.now(timezone.utc).isoformat(),
        )

    def parts(
        self,
        msg_type: str,
        content: Content,
        parent: bytes = EMPTY,
        metadata: bytes = EMPTY,
        subshell: str | None = None,
    ) -> tuple[Header, list[bytes]]:
        """Return a new header, perhaps of a message to a subshell, and the four parts that go on the wire."""
        header = self.header(msg_type)
        header = header if subshell is None else replace(header, subshell_id=subshell)
        return header, [encode(header.as_dict()), parent, metadata, encode(content.as_dict())]


def new_id() -> str:
    """Return an identifier of 128 random bits as hexadecimal digits."""
    return os.urandom(16).hex()
