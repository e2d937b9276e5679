"""The worker's output pipes and messages, put back into one order by the markers in the pipes."""

import codecs
import os
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from kernel.worker.channel import OWNER, SYNC

StreamName = Literal["stdout", "stderr"]

STREAMS: Final[tuple[StreamName, ...]] = ("stdout", "stderr")
READ_SIZE: Final = 1 << 20
# longest text of one stream message, so that one record never keeps a client from its keys
TEXT_LIMIT: Final = 1 << 16

_Decoder: Final = codecs.getincrementaldecoder("utf-8")


@dataclass(frozen=True, slots=True)
class Text:
    """Text that was written to a stream, by the request of this number if not by the one in the main thread."""

    name: StreamName
    text: str
    owner: int | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """A message of the worker's, its kind and its number first."""

    parts: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class _Marker:
    """A place in the output; `sync` when no message belongs to it."""

    number: int
    sync: bool


@dataclass(slots=True)
class _Pipe:
    """One pipe's bytes, cut at the markers."""

    name: StreamName
    token: bytes
    ended: bool = False
    _rest: bytes = b""
    _items: deque[Text | _Marker] = field(default_factory=deque)
    _decoder: codecs.IncrementalDecoder = field(default_factory=lambda: _Decoder("replace"))
    # whose text comes next, and its decoder: it may stand between two halves of a character
    _owner: int | None = None
    _owners_decoder: codecs.IncrementalDecoder = field(default_factory=lambda: _Decoder("replace"))

    def feed(self, data: bytes) -> None:
        """Take bytes in.  Bytes that could be the beginning of a marker wait for the next ones."""
        data = self._rest + data
        start = 0
        while (at := data.find(self.token, start)) >= 0:
            end = data.find(self.token, at + len(self.token))
            if end < 0:
                break
            self._text(data[start:at])
            self._marker(data[at + len(self.token) : end])
            start = end + len(self.token)
        keep = at if at >= 0 else len(data) - _overlap(data, self.token, start)
        self._text(data[start:keep])
        self._rest = data[keep:]

    def end(self) -> None:
        """Take the end of the pipe in."""
        self._text(self._rest, final=True)
        self._rest = b""
        self.ended = True

    def _text(self, data: bytes, final: bool = False) -> None:
        decoder = self._decoder if self._owner is None else self._owners_decoder
        text = decoder.decode(data, final)
        if text:
            self._items.append(Text(self.name, text, self._owner))

    def _marker(self, label: bytes) -> None:
        if label.startswith(OWNER):
            owner = label.removeprefix(OWNER)
            self._owner = int(owner) if owner.isdigit() else None
            return
        number = label.removesuffix(SYNC)
        if number.isdigit():
            self._items.append(_Marker(int(number), sync=number != label))

    def text(self) -> Iterator[Text]:
        """Yield the text up to the next marker."""
        while self._items and isinstance(text := self._items[0], Text):
            self._items.popleft()
            yield text

    @property
    def marker(self) -> _Marker | None:
        """The marker that comes next, once the text before it is taken."""
        first = self._items[0] if self._items else None
        return first if isinstance(first, _Marker) else None

    def pass_marker(self, marker: _Marker) -> None:
        """Go on behind a marker, if it is the next one here."""
        if self.marker == marker:
            self._items.popleft()


def _overlap(data: bytes, token: bytes, start: int) -> int:
    """Return how many bytes at the end of `data` could begin the token."""
    for length in range(min(len(token) - 1, len(data) - start), 0, -1):
        if data.endswith(token[:length]):
            return length
    return 0


class Ordered:
    """Two pipes and a row of numbered messages in; text and messages in the order of the worker out.

    A marker is passed when every pipe that has not ended has come to it, and its message is there.
    """

    def __init__(self, token: bytes) -> None:
        self._pipes: dict[StreamName, _Pipe] = {name: _Pipe(name, token) for name in STREAMS}
        self._frames: deque[Sequence[bytes]] = deque()

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
        return _merged(self._take(final=False))

    def rest(self) -> Iterator[Text | Frame]:
        """Yield everything that is left when the worker has ended, markers or not."""
        for pipe in self._pipes.values():
            if not pipe.ended:
                pipe.end()
        return _merged(self._take(final=True))

    def _take(self, *, final: bool) -> Iterator[Text | Frame]:
        pipes = self._pipes.values()
        while True:
            for pipe in pipes:
                yield from pipe.text()
            ahead = [pipe.marker for pipe in pipes if pipe.marker is not None]
            if any(pipe.marker is None and not pipe.ended for pipe in pipes):
                return
            first = min(ahead, key=lambda marker: marker.number, default=None)
            number = int(self._frames[0][1]) if self._frames else None
            if number is not None and (first is None or number <= first.number):
                yield Frame(self._frames.popleft())
            elif first is None or not (first.sync or final or number is not None):
                return
            if first is not None and (number is None or number >= first.number):
                self._pass(first)

    def _pass(self, marker: _Marker) -> None:
        for pipe in self._pipes.values():
            pipe.pass_marker(marker)


def _merged(items: Iterator[Text | Frame]) -> Iterator[Text | Frame]:
    """Join neighbouring texts of one stream and owner, and cut them to the length of one stream message."""
    texts: list[Text] = []
    for item in items:
        if texts and not (isinstance(item, Text) and (item.name, item.owner) == (texts[0].name, texts[0].owner)):
            yield from _cut(texts)
            texts = []
        if isinstance(item, Text):
            texts.append(item)
        else:
            yield item
    if texts:
        yield from _cut(texts)


def _cut(texts: list[Text]) -> Iterator[Text]:
    first = texts[0]
    whole = "".join(text.text for text in texts)
    for at in range(0, len(whole), TEXT_LIMIT):
        yield Text(first.name, whole[at : at + TEXT_LIMIT], first.owner)


def read_available(descriptor: int) -> bytes | None:
    """Read what a pipe holds; empty at its end, None when it holds nothing now."""
    try:
        return os.read(descriptor, READ_SIZE)
    except BlockingIOError:
        return None
    except OSError:
        return b""
