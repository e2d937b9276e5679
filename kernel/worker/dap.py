"""One connection to pydevd, debugpy's core: requests and their responses, and events (Debug Adapter Protocol)."""

from __future__ import annotations

import itertools
import json
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

Json = dict[str, Any]
OnEvent = Callable[[Json], None]
OnEnd = Callable[["Link"], None]

# seconds to wait for what pydevd does at once, and for what may run the user's code
SOON: Final = 10.0
LONG: Final = 60.0
# pydevd asks for these by the thread's attributes
_UNTRACED: Final = ("pydev_do_not_trace", "is_pydev_daemon_thread")
_BROKEN: Final = "the connection to debugpy broke; the kernel goes on, and debugging can begin again"


class DebuggerError(Exception):
    """A request cannot be answered; the message is one sentence for the user."""


def spare_thread(thread: threading.Thread) -> None:
    """Have pydevd neither show nor stop a thread."""
    for name in _UNTRACED:
        setattr(thread, name, True)


class Link:
    """Requests to pydevd and their responses, and its events, on one connection.

    In the thread that reads, `on_event` is called with each event, and `on_end` with the link when it has ended.
    """

    def __init__(self, sock: socket.socket, on_end: OnEnd) -> None:
        self.on_event: OnEvent | None = None
        self._socket = sock
        self._on_end = on_end
        self._numbers = itertools.count(1)
        self._open = True
        self._waiting: dict[int, queue.SimpleQueue[Json | None]] = {}
        reader = threading.Thread(target=self._read, name="cshell debugger", daemon=True)
        spare_thread(reader)
        reader.start()

    def request(self, command: str, arguments: Json | None = None, within: float = SOON) -> Json:
        """Return the body of the response.

        Raises:
            DebuggerError: the request failed, or there was no response within that many seconds.
        """
        seq = next(self._numbers)
        waiting = self._waiting[seq] = queue.SimpleQueue()
        message = {"type": "request", "seq": seq, "command": command, "arguments": arguments or {}}
        data = json.dumps(message).encode()
        try:
            if not self._open:
                raise DebuggerError(_BROKEN)
            self._socket.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
            response = waiting.get(timeout=within)
        except OSError:
            raise DebuggerError(_BROKEN) from None
        except queue.Empty:
            raise DebuggerError(f"debugpy has not answered {command} within {within:.0f} s") from None
        finally:
            del self._waiting[seq]
        if response is None:
            raise DebuggerError(_BROKEN)
        if not response.get("success"):
            raise DebuggerError(response.get("message") or f"debugpy could not do {command}")
        return response.get("body") or {}

    def close(self) -> None:
        """End the connection."""
        self._open = False
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def _read(self) -> None:
        with self._socket, self._socket.makefile("rb") as file:
            try:
                for message in _messages(file):
                    if message.get("event") == "terminated":
                        # pydevd waits for us to close
                        break
                    self._take(message)
            except (OSError, ValueError):
                pass
        self._open = False
        for waiting in list(self._waiting.values()):
            waiting.put(None)
        self._on_end(self)

    def _take(self, message: Json) -> None:
        message.pop("pydevd_cmd_id", None)
        if message.get("type") == "event":
            if self.on_event is not None:
                self.on_event(message)
        elif waiting := self._waiting.get(message.get("request_seq", 0)):
            waiting.put(message)


def _messages(file: Any) -> Iterator[Json]:
    """Cut a stream into messages (DAP: Base Protocol).  Raises ValueError when it is no such stream."""
    length = 0
    while line := file.readline():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        elif line == b"\r\n":
            yield json.loads(file.read(length))


def accept(listener: socket.socket, token: str, on_end: OnEnd) -> Link:
    """Return the link on the connection that knows the token, which nobody but pydevd in this process does."""
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        connection, _ = listener.accept()
        link = Link(connection, on_end)
        try:
            if link.request("pydevdAuthorize").get("clientAccessToken") == token:
                return link
        except DebuggerError:
            # somebody else who saw the port
            pass
        link.close()
    raise DebuggerError("debugpy did not connect")
