"""What the worker says to its supervisor, each message in its place among the output."""

import sys
import threading
from collections.abc import Sequence
from typing import Any

from kernel.protocol.messages import encode
from kernel.protocol.wire import EMPTY, Author
from kernel.worker.channel import INPUT, IOPUB, READY, REPLY, Channel, Markers
from kernel.worker.interrupts import Interrupts


class Outbox:
    """Sends outputs and replies in the order in which they happened.

    `parent` is the raw header of the request that runs, the parent of everything published meanwhile.
    """

    def __init__(self, channel: Channel, markers: Markers, author: Author, interrupts: Interrupts) -> None:
        self._channel = channel
        self._markers = markers
        self._author = author
        self._interrupts = interrupts
        self._lock = threading.RLock()
        self.parent: bytes = EMPTY

    def publish(
        self,
        msg_type: str,
        content: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        buffers: Sequence[bytes] = (),
    ) -> None:
        """Publish an iopub message after everything that was printed before."""
        parts = [
            self._header(msg_type),
            self.parent,
            encode(metadata) if metadata else EMPTY,
            encode(content),
        ]
        self._send(IOPUB, [*parts, *buffers])

    def reply(self, msg_type: str, parent: bytes, content: dict[str, Any]) -> None:
        """Reply to a request that ran in the main thread, after everything that it printed."""
        self._send(REPLY, [self._header(msg_type), parent, EMPTY, encode(content)])

    def reply_aside(self, channel: Channel, msg_type: str, parent: bytes, content: dict[str, Any]) -> None:
        """Reply at once through the helper thread's channel, whatever the main thread prints."""
        channel.send([REPLY, b"0", self._header(msg_type), parent, EMPTY, encode(content)])

    def ask(self, content: dict[str, Any]) -> None:
        """Ask for a line of input for the request that runs."""
        self._send(INPUT, [self._header("input_request"), self.parent, EMPTY, encode(content)])

    def ready(self, content: dict[str, Any]) -> None:
        """Say that requests can be run."""
        self._send(READY, [encode(content)])

    def _header(self, msg_type: str) -> bytes:
        return encode(self._author.header(msg_type).as_dict())

    def _send(self, kind: bytes, parts: Sequence[bytes]) -> None:
        with self._interrupts.deferred(), self._lock:
            flush()
            self._channel.send([kind, self._markers.write(), *parts])


def flush() -> None:
    """Write out what Python holds back of standard output and standard error, whatever they are by now."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, ValueError, OSError):
            # user code replaced or closed it
            pass
