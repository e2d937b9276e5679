"""The worker's output pipes and messages, put back into one order by the markers in the pipes."""

import codecs
import os
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

StreamName = Literal["stdout", "stderr"]

STREAMS: Final[tuple[StreamName, ...]] = ("stdout", "stderr")
READ_SIZE: Final = 1 << 20
# longest text of one stream message, so that one record never keeps a client from its keys
TEXT_LIMIT: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Text:
    """Text that was written to a stream."""

    name: StreamName
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A message of the worker's, its kind and its number first."""

    parts: Sequence[bytes]


@dataclass(slots=True)
class _Pipe:
    """One pipe's bytes, cut at the markers."""

    name: StreamName
    token: bytes
    rest: bytes = b""
    # text, or the number of a marker
    items: deque[str | int] = field(default_factory=deque)
    reached: int = 0
    ended: bool = False
    decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace")
    )

    def feed(self, data: bytes) -> None:
        """Take bytes in.  Bytes that could be the beginning of a marker wait for the next ones."""
        data = self.rest + data
        start = 0
        while (at := data.find(self.token, start)) >= 0:
            end = data.find(self.token, at + len(self.token))
            if end < 0:
                break
            self._text(data[start:at])
            self.items.append(int(data[at + len(self.token) : end]))
            start = end + len(self.token)
        keep = at if at >= 0 else len(data) - _overlap(data, self.token, start)
        self._text(data[start:keep])
        self.rest = data[keep:]

    def end(self) -> None:
        """Take the end of the pipe in."""
        self._text(self.rest, final=True)
        self.rest = b""
        self.ended = True

    def _text(self, data: bytes, final: bool = False) -> None:
        text = self.decoder.decode(data, final)
        if text:
            self.items.append(text)

    def leading(self) -> Iterator[Text]:
        """Yield the text up to the next marker, cut to the length of one stream message."""
        while self.items and isinstance(text := self.items[0], str):
            self.items.popleft()
            for at in range(0, len(text), TEXT_LIMIT):
                yield Text(self.name, text[at : at + TEXT_LIMIT])

    def until(self, number: int) -> Iterator[Text]:
        """Yield the text before the marker `number`, and stop there."""
        while self.reached < number:
            yield from self.leading()
            if not self.items:
                return
            self.reached = int(self.items.popleft())


def _overlap(data: bytes, token: bytes, start: int) -> int:
    """Return how many bytes at the end of `data` could begin the token."""
    for length in range(min(len(token) - 1, len(data) - start), 0, -1):
        if data.endswith(token[:length]):
            return length
    return 0


class Ordered:
    """Two pipes and a row of numbered messages in; text and messages in the order of the worker out."""

    def __init__(self, token: bytes) -> None:
        self._pipes: dict[StreamName, _Pipe] = {name: _Pipe(name, token) for name in STREAMS}
        self._frames: deque[Sequence[bytes]] = deque()

    @property
    def waits(self) -> bool:
        """Whether a message waits for its markers."""
        return bool(self._frames)

    def feed(self, name: StreamName, data: bytes) -> None:
        """Take bytes of a pipe in; none means that it ended."""
        if data:
            self._pipes[name].feed(data)
        else:
            self._pipes[name].end()

    def add(self, parts: Sequence[bytes]) -> None:
        """Take a message in: its kind, its number, and the rest."""
        self._frames.append(parts)

    def take(self) -> Iterator[Text | Frame]:
        """Yield all that has its place now."""
        while self._frames:
            number = int(self._frames[0][1])
            for pipe in self._pipes.values():
                yield from pipe.until(number)
            if not all(pipe.reached >= number or pipe.ended for pipe in self._pipes.values()):
                return
            yield Frame(self._frames.popleft())
        # text behind a marker whose message has not come waits for that message
        for pipe in self._pipes.values():
            yield from pipe.leading()

    def rest(self) -> Iterator[Text | Frame]:
        """Yield everything that is left when the worker has ended, markers or not."""
        for pipe in self._pipes.values():
            if not pipe.ended:
                pipe.end()
        yield from self.take()
        for pipe in self._pipes.values():
            while pipe.items:
                yield from pipe.leading()
                if pipe.items:
                    pipe.items.popleft()


def read_available(descriptor: int) -> bytes | None:
    """Read what a pipe holds; empty at its end, None when it holds nothing now."""
    try:
        return os.read(descriptor, READ_SIZE)
    except BlockingIOError:
        return None
    except OSError:
        return b""
