"""What the worker says to its supervisor, each message in its place among the output."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from kernel.protocol.messages import encode
from kernel.protocol.wire import EMPTY, Author
from kernel.worker.channel import BEGUN, DONE, INPUT, IOPUB, READY, REPLY, SYNC, Channel, Markers
from kernel.worker.interrupts import Interrupts
from kernel.worker.owners import Owner, Owners
from kernel.worker.streams import flush, flush_stdout


class Outbox:
    """Sends outputs and replies in the order in which they happened, each for the request that it belongs to."""

    def __init__(
        self,
        channel: Channel,
        markers: Markers,
        author: Author,
        interrupts: Interrupts,
        flush_later: Callable[[], None],
    ) -> None:
        self._channel: Channel | None = channel
        self._markers = markers
        self._author = author
        self._interrupts = interrupts
        self.owners = Owners()
        # what the streams call, so that text without the end of its line is written a moment later
        self.flush_later = flush_later
        self.lock = threading.RLock()
        self._waiting: deque[tuple[bytes, Sequence[bytes]]] = deque()
        self._writing = False

    def begin(self, content: dict[str, Any] | None) -> None:
        """Say that the cell begins, and can be interrupted from here on; show it unless it is silent."""
        header = self.owners.current().header
        self._send(BEGUN, [header] if content is None else [header, *self._parts("execute_input", content)])

    def publish(
        self,
        msg_type: str,
        content: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        buffers: Sequence[bytes] = (),
    ) -> None:
        """Publish an iopub message after everything that was printed before."""
        if self._channel is None:
            _print(content)
        else:
            self._send(IOPUB, [*self._parts(msg_type, content, metadata), *buffers])

    def reply(self, msg_type: str, parent: bytes, content: dict[str, Any]) -> None:
        """Reply to a request, after everything that was printed before."""
        self._send(REPLY, [self._header(msg_type), parent, EMPTY, encode(content)])

    def reply_aside(self, channel: Channel, msg_type: str, parent: bytes, content: dict[str, Any]) -> None:
        """Reply at once through the helper thread's channel, whatever the main thread prints."""
        channel.send([REPLY, b"0", self._header(msg_type), parent, EMPTY, encode(content)])

    def ask(self, content: dict[str, Any], asked: Callable[[str], None]) -> None:
        """Ask for a line of input; `asked` is told the question's identifier first, which the answer names."""
        header = self._author.header("input_request")
        asked(header.msg_id)
        self._send(INPUT, [encode(header.as_dict()), self.owners.current().header, EMPTY, encode(content)])

    def done(self, parent: bytes) -> None:
        """Say that what needs no reply has been done."""
        self._send(DONE, [parent])

    def ready(self) -> None:
        """Say that requests can be run."""
        self._send(READY, [])

    # ---- what the streams need ---------------------------------------------------------------------------

    def sync(self) -> None:
        """Mark that what was printed so far comes before what is printed next, whatever pipe it goes to."""
        if self._channel is not None:
            self._interrupts.shield(self._mark)

    def foreign(self) -> Owner | None:
        """Return the request that this thread or task writes for, unless it is the main thread's."""
        owner = self.owners.current()
        return None if owner is self.owners.main or self._channel is None else owner

    def write_foreign(self, descriptor: int, text: str, owner: Owner) -> None:
        """Write text for a request that is not the main thread's."""
        self._interrupts.shield(lambda: self._write_owned(descriptor, text, owner))

    def _write_owned(self, descriptor: int, text: str, owner: Owner) -> None:
        with self.lock:
            flush_stdout()
            self._markers.write_owned(descriptor, text.encode("utf-8", "backslashreplace"), owner.number)

    # ---- in a child ----------------------------------------------------------------------------------------

    def detach(self) -> None:
        """Become a forked child's: what is published is printed, for nobody waits for its messages."""
        self._channel = None
        # another thread of the parent's may have held it
        self.lock = threading.RLock()
        self._writing = False

    def _parts(self, msg_type: str, content: dict[str, Any], metadata: dict[str, Any] | None = None) -> list[bytes]:
        return [
            self._header(msg_type),
            self.owners.current().header,
            encode(metadata) if metadata else EMPTY,
            encode(content),
        ]

    def _header(self, msg_type: str) -> bytes:
        return encode(self._author.header(msg_type).as_dict())

    def _send(self, kind: bytes, parts: Sequence[bytes]) -> None:
        self._interrupts.shield(lambda: self._write(kind, parts))

    def _write(self, kind: bytes, parts: Sequence[bytes]) -> None:
        with self.lock:
            self._waiting.append((kind, parts))
            if self._writing:
                # a finalizer that runs in the middle of a message closes its comm, say
                return
            self._writing = True
            try:
                while self._waiting:
                    self._write_next(*self._waiting.popleft())
            finally:
                self._writing = False

    def _write_next(self, kind: bytes, parts: Sequence[bytes]) -> None:
        flush()
        if self._channel is not None:
            self._channel.send([kind, self._markers.write(), *parts])

    def _mark(self) -> None:
        with self.lock:
            flush_stdout()
            self._markers.write(SYNC)


def _print(content: dict[str, Any]) -> None:
    """Show a message as plain text."""
    if "traceback" in content:
        print("\n".join(content["traceback"]), file=sys.stderr)
    elif "data" in content:
        print(content["data"].get("text/plain", ""))
