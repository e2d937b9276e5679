"""Frames between supervisor and worker, and the markers that keep them in order with the output.

A frame is a count of parts and their lengths as 32-bit big-endian numbers, then the parts.  The first part
names what it is.  The worker numbers the messages whose place among the output matters, and writes the
number between two copies of a secret token to both of its output pipes before it sends the message.  The
second part of a frame is that number, or 0 where the place does not matter.  A number with `SYNC` behind it
belongs to no message: it only says that what stands before it in either pipe came first.  A number behind `OWNER`
says which request the text after it in the same pipe belongs to; without a number it is the one in the main thread.

A request's frame has a number too, by which it is named as an owner.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Final

READY: Final = b"ready"
HELLO: Final = b"hello"
REQUEST: Final = b"request"
BEGUN: Final = b"begun"
REPLY: Final = b"reply"
DONE: Final = b"done"
IOPUB: Final = b"iopub"
INPUT: Final = b"input"
OPEN_SUBSHELL: Final = b"open"
CLOSE_SUBSHELL: Final = b"close"
AWAITING: Final = b"awaiting"
RETURNED: Final = b"returned"
COLUMNS: Final = b"columns"
INTERRUPT: Final = b"interrupt"
INTERRUPTED: Final = b"interrupted"
SHUTDOWN: Final = b"shutdown"

SYNC: Final = b"s"
OWNER: Final = b"o"

_COUNT: Final = struct.Struct(">I")
_RECEIVE: Final = 1 << 18
# more than any sane message; a broken stream is noticed before memory is
_LIMIT: Final = 1 << 31
_PARTS_LIMIT: Final = 1 << 16
# with its markers less than PIPE_BUF
_OWNED: Final = 3072


class ChannelClosed(Exception):
    """The other side is gone."""


def pack(parts: Sequence[bytes]) -> bytes:
    """Return one frame."""
    lengths = struct.pack(f">{len(parts) + 1}I", len(parts), *map(len, parts))
    return b"".join((lengths, *parts))


class FrameReader:
    """Cuts a byte stream into frames."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> Iterator[list[bytes]]:
        """Take bytes in; yield every frame that is complete with them.

        Raises:
            ChannelClosed: the stream is no stream of frames.
        """
        self._data += data
        while (frame := self._next()) is not None:
            yield frame

    def _next(self) -> list[bytes] | None:
        data = self._data
        if len(data) < 4:
            return None
        (count,) = _COUNT.unpack_from(data)
        if not 0 < count <= _PARTS_LIMIT:
            raise ChannelClosed
        start = 4 + 4 * count
        if len(data) < start:
            return None
        lengths = struct.unpack_from(f">{count}I", data, 4)
        end = start + sum(lengths)
        if end > _LIMIT:
            raise ChannelClosed
        if len(data) < end:
            return None
        parts = []
        for length in lengths:
            parts.append(bytes(data[start : start + length]))
            start += length
        del data[:end]
        return parts


class Channel:
    """The worker's end of a socketpair, blocking."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._reader = FrameReader()
        self._frames: list[list[bytes]] = []
        self._lock = threading.Lock()
        # what is done until something comes
        self.wait: Callable[[socket.socket], None] | None = None

    def send(self, parts: Sequence[bytes]) -> None:
        """Send one frame whole.  Raises ChannelClosed when the supervisor is gone."""
        frame = pack(parts)
        with self._lock:
            try:
                self._socket.sendall(frame)
            except OSError:
                raise ChannelClosed from None

    def receive(self) -> list[bytes]:
        """Wait for the next frame.  Raises ChannelClosed when the supervisor is gone."""
        while not self._frames:
            if self.wait is not None:
                self.wait(self._socket)
            try:
                data = self._socket.recv(_RECEIVE)
            except OSError:
                raise ChannelClosed from None
            if not data:
                raise ChannelClosed
            self._frames.extend(self._reader.feed(data))
        return self._frames.pop(0)

    def end(self) -> None:
        """End the channel for both sides and for whoever waits for a frame here."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def close(self) -> None:
        """Let go of this end, in a forked child."""
        self._socket.close()


class Markers:
    """Writes numbered markers into the output pipes, so that messages keep their place among the output.

    Its caller sees to it that one thread at a time writes.
    """

    def __init__(self, token: bytes, descriptors: tuple[int, ...] = (1, 2)) -> None:
        self._token = token
        self._descriptors = descriptors
        self._number = 0

    def write(self, kind: bytes = b"") -> bytes:
        """Write the next marker to both pipes and return its number as the message carries it."""
        self._number += 1
        number = b"%d" % self._number
        marker = b"".join((self._token, number, kind, self._token))
        for descriptor in self._descriptors:
            try:
                _write_whole(descriptor, marker)
            except OSError:
                # user code closed it: the supervisor sees its end and stops waiting for markers there
                pass
        return number

    def write_owned(self, descriptor: int, text: bytes, owner: bytes) -> None:
        """Write text to a standard descriptor that belongs to another request than the main thread's.

        What a subprocess writes meanwhile may be taken for that request's too.
        """
        pipe = self._descriptors[descriptor - 1]
        before = b"".join((self._token, OWNER, owner, self._token))
        after = b"".join((self._token, OWNER, self._token))
        for at in range(0, len(text), _OWNED):
            # in one piece each, because the main thread does not wait for this one
            _write_whole(pipe, b"".join((before, text[at : at + _OWNED], after)))


def _write_whole(descriptor: int, data: bytes) -> None:
    """Write all of `data`; less than PIPE_BUF bytes go whole or not at all.

    The pipe may be non-blocking, because a child made it so for all who write to it.
    """
    while data:
        try:
            data = data[os.write(descriptor, data) :]
        except BlockingIOError:
            select.select([], [descriptor], [])
