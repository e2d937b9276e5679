"""How a client and the relay beside its session talk through a pipe: one greeting, then messages.

The relay begins with a line of its own, ``cshell-relay `` and a JSON object (see `Greeting`).  Lines before it are
somebody else's, such as those of a login shell's start-up file, and are passed over.  From there on, in both
directions, a message is its length without these four bytes, the number of its channel, and its frames, each behind
its own length; numbers are big-endian, of four bytes, the channel's of one.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Any, Final, Self

# what is said differently from here on gets another number
PROTOCOL: Final = 1
# those of Jupyter that requests travel on, and the feed; a `ping` is sent back, `ended` tells the end of the supervisor
CHANNELS: Final = ("control", "stdin", "shell", "feed", "ping", "ended")

_MAGIC: Final = b"cshell-relay "
# what may stand before the greeting, and how long it may be itself, in bytes
_NOISE_LIMIT: Final = 1 << 18
# of one message: the largest record that a journal is read by
_MESSAGE_LIMIT: Final = 1 << 30
_LENGTH: Final = Struct(">I")
_HEAD: Final = Struct(">IB")
_NUMBERS: Final = {channel: number for number, channel in enumerate(CHANNELS)}


class FramingError(Exception):
    """What came is not what a relay says; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a relay says first: the session, what its messages are signed with, its supervisor, or why there is none."""

    protocol: int
    version: str = ""
    name: str = ""
    key: str = ""
    scheme: str = ""
    pid: int = 0
    is_new: bool = False
    error: str = ""
    # whether the session that was asked for has ended, rather than that something is wrong
    is_gone: bool = False

    def line(self) -> bytes:
        """Return what goes through the pipe; it begins a line even behind text without an end."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return b"\n" + _MAGIC + json.dumps(values).encode() + b"\n"

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Read a greeting; what a later version adds is passed over.  Raises FramingError."""
        try:
            values = json.loads(text)
            known = {name: values[name] for name in cls.__slots__ if name in values}
            greeting = cls(**known)
        except (ValueError, TypeError, RecursionError):
            raise FramingError("it greets with nonsense") from None
        if any(type(getattr(greeting, name)) is not type(value) for name, value in _SHAPE.items()):
            raise FramingError("it greets with nonsense")
        return greeting


_SHAPE: Final[dict[str, Any]] = {name: getattr(Greeting(0), name) for name in Greeting.__slots__}


def packed(channel: str, frames: Sequence[bytes]) -> bytes:
    """Return a message as it goes through the pipe."""
    parts = [part for frame in frames for part in (_LENGTH.pack(len(frame)), frame)]
    return b"".join((_HEAD.pack(1 + sum(map(len, parts)), _NUMBERS[channel]), *parts))


class Unpacker:
    """Takes in bytes as they come, and gives out whole messages."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[str, list[bytes]]]:
        """Yield channel and frames of each message that is complete by now.  Raises FramingError."""
        self._bytes += data
        at = 0
        try:
            while len(self._bytes) - at >= _HEAD.size:
                length, number = _HEAD.unpack_from(self._bytes, at)
                if not 1 <= length <= _MESSAGE_LIMIT or number >= len(CHANNELS):
                    raise FramingError("what comes through the line is no message")
                end = at + _LENGTH.size + length
                if len(self._bytes) < end:
                    break
                frames = _frames(bytes(self._bytes[at + _HEAD.size : end]))
                at = end
                yield CHANNELS[number], frames
        finally:
            del self._bytes[:at]


def _frames(data: bytes) -> list[bytes]:
    frames = []
    at = 0
    while at < len(data):
        if len(data) - at < _LENGTH.size:
            raise FramingError("a message ends within a frame")
        (length,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        if length > len(data) - at:
            raise FramingError("a message ends within a frame")
        frames.append(data[at : at + length])
        at += length
    return frames


class GreetingReader:
    """Looks for the greeting in what comes first."""

    def __init__(self) -> None:
        self._bytes = b""
        self._passed_over = 0

    def feed(self, data: bytes) -> tuple[Greeting, bytes] | None:
        """Take in bytes; return the greeting, once it is there, and what came behind it.  Raises FramingError."""
        *lines, self._bytes = (self._bytes + data).split(b"\n")
        for number, line in enumerate(lines):
            if line.startswith(_MAGIC):
                rest = b"\n".join((*lines[number + 1 :], self._bytes))
                return Greeting.read(line.removeprefix(_MAGIC)), rest
            self._passed_over += len(line) + 1
        if self._passed_over + len(self._bytes) > _NOISE_LIMIT:
            raise FramingError("something else than cshell answers there")
        return None
