"""What the worker says to its supervisor, each message in its place among the output."""

import sys
import threading
from collections.abc import Sequence
from typing import Any

from kernel.protocol.messages import encode
from kernel.protocol.wire import EMPTY, Author
from kernel.worker.channel import BEGUN, INPUT, IOPUB, READY, REPLY, SYNC, Channel, Markers
from kernel.worker.interrupts import Interrupts
from kernel.worker.streams import flush, flush_stdout


class Outbox:
    """Sends outputs and replies in the order in which they happened.

    `parent` is the raw header of the last cell, the parent of everything published from then on.
    """

    def __init__(self, channel: Channel, markers: Markers, author: Author, interrupts: Interrupts) -> None:
        self._channel: Channel | None = channel
        self._markers = markers
        self._author = author
        self._interrupts = interrupts
        self._lock = threading.RLock()
        self.parent: bytes = EMPTY

    def begin(self, content: dict[str, Any] | None) -> None:
        """Say that the cell begins, and can be interrupted from here on; show it unless it is silent."""
        self._send(BEGUN, [] if content is None else self._parts("execute_input", content))

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
        """Reply to a request that ran in the main thread, after everything that it printed."""
        self._send(REPLY, [self._header(msg_type), parent, EMPTY, encode(content)])

    def reply_aside(self, channel: Channel, msg_type: str, parent: bytes, content: dict[str, Any]) -> None:
        """Reply at once through the helper thread's channel, whatever the main thread prints."""
        channel.send([REPLY, b"0", self._header(msg_type), parent, EMPTY, encode(content)])

    def ask(self, content: dict[str, Any]) -> None:
        """Ask for a line of input for the request that runs."""
        self._send(INPUT, self._parts("input_request", content))

    def ready(self) -> None:
        """Say that requests can be run."""
        self._send(READY, [])

    def sync(self) -> None:
        """Mark that what was printed so far comes before what is printed next, whatever pipe it goes to."""
        if self._channel is not None:
            self._interrupts.shield(self._mark)

    def detach(self) -> None:
        """Become a forked child's: what is published is printed, for nobody waits for its messages."""
        self._channel = None
        # another thread of the parent's may have held it
        self._lock = threading.RLock()

    def _parts(self, msg_type: str, content: dict[str, Any], metadata: dict[str, Any] | None = None) -> list[bytes]:
        return [
            self._header(msg_type),
            self.parent,
            encode(metadata) if metadata else EMPTY,
            encode(content),
        ]

    def _header(self, msg_type: str) -> bytes:
        return encode(self._author.header(msg_type).as_dict())

    def _send(self, kind: bytes, parts: Sequence[bytes]) -> None:
        self._interrupts.shield(lambda: self._write(kind, parts))

    def _write(self, kind: bytes, parts: Sequence[bytes]) -> None:
        with self._lock:
            flush()
            if self._channel is not None:
                self._channel.send([kind, self._markers.write(), *parts])

    def _mark(self) -> None:
        with self._lock:
            flush_stdout()
            self._markers.write(SYNC)


def _print(content: dict[str, Any]) -> None:
    """Show a message as plain text."""
    if "traceback" in content:
        print("\n".join(content["traceback"]), file=sys.stderr)
    elif "data" in content:
        print(content["data"].get("text/plain", ""))
