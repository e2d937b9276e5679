"""How signed messages travel between a client and one supervisor: through local sockets, if nothing else is said."""

from collections.abc import Callable
from typing import Any, Final, Protocol

import zmq

from kernel.protocol.connection import Connection

# in the order in which the loop is to serve them: what people wait for comes before output
CHANNELS: Final = ("control", "stdin", "shell", "feed")
# bytes of records that are asked for at once: about two milliseconds of work, for which a key has to wait
READ_LIMIT: Final = 1 << 16
_RECONNECT_MS: Final = 5
_LINGER_MS: Final = 200

Receive = Callable[[str, list[bytes]], None]


class Source(Protocol):
    """Something that the loop serves (see `curses_client.loop`)."""

    def fileno(self) -> int:
        """Return the descriptor that is ready when there may be something."""

    def pending(self) -> bool:
        """Whether there is something now, whatever the descriptor says."""

    def serve(self) -> None:
        """Take one thing in."""


class Watcher(Protocol):
    """The loop, as far as lines to sessions need it."""

    def watch(self, source: Source, events: int = ...) -> None:
        """Serve a source when its descriptor is ready."""

    def unwatch(self, source: Source) -> None:
        """Serve it no longer."""

    def alarm(self, seconds: float, callback: Callable[[], Any]) -> object:
        """Call back once after some time."""


class Transport(Protocol):
    """Carries frames (`kernel.protocol.wire`) on the channels, in order and whole or not at all."""

    @property
    def limit(self) -> int:
        """How many bytes of records are to be asked for at once, by now: at least `READ_LIMIT`."""

    def open(self, receive: Receive, resumed: Callable[[], None]) -> list[Source]:
        """Return what the loop is to serve.

        `receive` gets the channel and the frames of each message; `resumed` is called when the line is there
        again after it was lost, with whatever was sent or under way meanwhile.
        """

    def send(self, channel: str, frames: list[bytes]) -> None:
        """Send a message; what cannot be sent now is sent later, or lost with the line."""

    def end(self) -> None:
        """Take in that the other side has ended: nothing is sent from here on, and nobody connected to again."""

    def close(self) -> None:
        """Close the line; what was sent a moment ago still goes out."""


class ZmqSource:
    """A zmq socket as the loop wants it."""

    def __init__(self, sock: "zmq.Socket[bytes]", handle: Callable[[list[bytes]], None]) -> None:
        self._socket = sock
        self._handle = handle
        self._descriptor = int(sock.getsockopt(zmq.FD))

    def fileno(self) -> int:
        """Return the descriptor; it is edge-triggered, so `pending` decides."""
        return self._descriptor

    def pending(self) -> bool:
        """Whether a message waits."""
        return bool(int(self._socket.getsockopt(zmq.EVENTS)) & zmq.POLLIN)

    def serve(self) -> None:
        """Take one message in."""
        try:
            frames = self._socket.recv_multipart(zmq.DONTWAIT)
        except zmq.Again:
            return
        self._handle(frames)


class ZmqTransport:
    """The sockets of a session on this machine, or of a kernel on TCP with CURVE."""

    limit = READ_LIMIT

    def __init__(self, connection: Connection, identity: str) -> None:
        """Connect; one `identity` on all channels, so that a question reaches the socket of the one who caused it."""
        self._context = zmq.Context()
        self._endpoints = {channel: connection.endpoint(channel) for channel in CHANNELS}
        self._has_ended = False
        self._sockets = {channel: self._connected(channel, connection, identity.encode()) for channel in CHANNELS}

    def _connected(self, channel: str, connection: Connection, identity: bytes) -> "zmq.Socket[bytes]":
        sock = self._context.socket(zmq.DEALER)
        if connection.curve_publickey:
            # keys of our own that nobody else has seen; the kernel is known by its own
            sock.curve_publickey, sock.curve_secretkey = zmq.curve_keypair()
            sock.curve_serverkey = connection.curve_publickey.encode()
        sock.setsockopt(zmq.IDENTITY, identity)
        sock.setsockopt(zmq.RECONNECT_IVL, _RECONNECT_MS)
        sock.setsockopt(zmq.SNDHWM, 0)
        sock.setsockopt(zmq.RCVHWM, 0)
        sock.linger = _LINGER_MS
        sock.connect(self._endpoints[channel])
        return sock

    def open(self, receive: Receive, resumed: Callable[[], None]) -> list[Source]:
        """Return the sockets; zmq itself reconnects them and loses nothing but with the supervisor."""

        def handler(channel: str) -> Callable[[list[bytes]], None]:
            return lambda frames: receive(channel, frames)

        return [ZmqSource(self._sockets[channel], handler(channel)) for channel in CHANNELS]

    def send(self, channel: str, frames: list[bytes]) -> None:
        """Send a message."""
        if not self._has_ended:
            self._sockets[channel].send_multipart(frames, zmq.DONTWAIT)

    def end(self) -> None:
        """Disconnect: zmq would try for ever, and enter another session that has the name by now."""
        if not self._has_ended:
            self._has_ended = True
            for channel, sock in self._sockets.items():
                sock.disconnect(self._endpoints[channel])

    def close(self) -> None:
        """Close the sockets, giving what was sent a moment ago 0.2 seconds."""
        for sock in self._sockets.values():
            sock.close()
        self._context.term()
