"""Jupyter's five sockets and the feed: bound, read without blocking, signed and checked."""

import contextlib
import os
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import zmq

from kernel.protocol.connection import Connection
from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.wire import Message, Wire

# in the order in which they are served: a restart comes before the cell that was sent behind it
_KINDS: Final = {
    "control": zmq.ROUTER,
    "stdin": zmq.ROUTER,
    "shell": zmq.ROUTER,
    "iopub": zmq.XPUB,
    # a REP waits for ever for a request whose sender is gone in the middle of it
    "hb": zmq.ROUTER,
    "feed": zmq.ROUTER,
}
_IPC: Final = "ipc://"
# the channels whose connections tell how many clients there are
_COUNTED: Final = ("iopub", "feed")
_LINGER_MS: Final = 500
# signatures against which a message is compared (jupyter_client: Session.digest_history_size)
_REMEMBERED: Final = 1 << 16
# plain numbers: to join members of an enumeration costs a microsecond a frame
_LAST: Final = int(zmq.DONTWAIT)
_MORE: Final = int(zmq.DONTWAIT | zmq.SNDMORE)


class BindError(Exception):
    """A socket cannot be bound; the text is one sentence."""


class Sockets:
    """All sockets of one connection."""

    def __init__(self, connection: Connection) -> None:
        """Bind them.  Raises BindError."""
        self.wire = Wire(connection.key, connection.signature_scheme)
        self._context = zmq.Context()
        self._sockets: dict[str, zmq.Socket[bytes]] = {}
        self._files: list[str] = []
        # of the messages that were received, the oldest first
        self._signatures: dict[bytes, None] = {}
        # connections to the channels that every client of a kind reads: ours the feed, Jupyter's iopub
        self._monitors: list[zmq.Socket[bytes]] = []
        self._connected: set[tuple[int, int]] = set()
        # what arrived in a shape nobody should send; dropped, and counted for the log
        self.refused = 0
        previous = os.umask(0o077)
        try:
            for channel, kind in _KINDS.items():
                if channel != "feed" or connection.feed_port:
                    self._bind(channel, kind, connection)
        except BindError:
            self.close()
            raise
        finally:
            os.umask(previous)

    def _bind(self, channel: str, kind: int, connection: Connection) -> None:
        endpoint = connection.endpoint(channel)
        sock = self._context.socket(kind)
        self._sockets[channel] = sock
        sock.linger = _LINGER_MS
        # a subscriber that reads slowly must not lose output silently
        sock.sndhwm = 0
        if kind == zmq.ROUTER:
            # a client that comes back under its old identity takes its old place
            sock.setsockopt(zmq.ROUTER_HANDOVER, 1)
            # what cannot be sent is an error: a question is asked again, all else is dropped
            sock.setsockopt(zmq.ROUTER_MANDATORY, 1)
        if kind == zmq.XPUB:
            # tell of every subscriber, not only of the first one to a topic
            sock.setsockopt(zmq.XPUB_VERBOSE, 1)
        if channel in _COUNTED:
            self._monitors.append(sock.get_monitor_socket(zmq.EVENT_ACCEPTED | zmq.EVENT_DISCONNECTED))
        try:
            if connection.curve_secretkey:
                sock.curve_server = True
                sock.curve_publickey = connection.curve_publickey.encode()
                sock.curve_secretkey = connection.curve_secretkey.encode()
            sock.bind(endpoint)
            if endpoint.startswith(_IPC):
                self._files.append(endpoint.removeprefix(_IPC))
        except zmq.ZMQError as error:
            reason = zmq.strerror(error.errno or 0)
            raise BindError(f"cannot listen on {endpoint}: {reason}") from None

    def register(self, poller: zmq.Poller) -> dict[object, str]:
        """Have all sockets watched; return the channel of each."""
        channels: dict[object, str] = {sock: channel for channel, sock in self._sockets.items()}
        channels |= dict.fromkeys(self._monitors, "connections")
        for sock in channels:
            poller.register(sock, zmq.POLLIN)
        return channels

    @property
    def clients(self) -> int:
        """How many clients are connected."""
        return len(self._connected)

    def count_clients(self) -> None:
        """Take in who has come and gone."""
        for index, monitor in enumerate(self._monitors):
            while True:
                try:
                    event, _ = monitor.recv_multipart(zmq.DONTWAIT)
                except zmq.Again:
                    break
                # zmq_socket_monitor(3): 16 bits of event, 32 bits of value, which is the connection's descriptor
                kind, descriptor = struct.unpack("=hi", event)
                if kind == zmq.EVENT_DISCONNECTED:
                    self._connected.discard((index, descriptor))
                else:
                    self._connected.add((index, descriptor))

    def move(self, former: Path, directory: Path) -> None:
        """Take in that the directory of the sockets has another name."""
        self._files = [path.replace(f"{former}{os.sep}", f"{directory}{os.sep}", 1) for path in self._files]

    def receive(self, channel: str) -> Iterator[Message]:
        """Yield the messages that wait on a channel; those with a wrong signature or shape are dropped."""
        while (frames := self._frames(channel)) is not None:
            try:
                message = self.wire.message(frames)
            except RemoteProtocolError:
                self.refused += 1
                continue
            # to read twice does no harm
            if channel == "feed" or self._is_new(message):
                yield message
            else:
                self.refused += 1

    def _is_new(self, message: Message) -> bool:
        """Whether a message was never received before; who repeats one has recorded it."""
        signature = message.signature
        if not signature:
            return True
        if signature in self._signatures:
            return False
        self._signatures[signature] = None
        if len(self._signatures) > _REMEMBERED:
            del self._signatures[next(iter(self._signatures))]
        return True

    def subscriptions(self) -> Iterator[bytes]:
        """Yield the topics that were subscribed to since the last look."""
        while (frames := self._frames("iopub")) is not None:
            if frames[0][:1] == b"\x01":
                yield frames[0][1:]

    def beat(self) -> None:
        """Answer the heartbeat."""
        while (frames := self._frames("hb")) is not None:
            with contextlib.suppress(zmq.ZMQError):
                self._sockets["hb"].send_multipart(frames, zmq.DONTWAIT)

    def _frames(self, channel: str) -> list[bytes] | None:
        try:
            return self._sockets[channel].recv_multipart(zmq.DONTWAIT)
        except zmq.Again:
            return None

    def send(
        self,
        channel: str,
        identities: Sequence[bytes],
        parts: Sequence[bytes],
        buffers: Sequence[bytes] = (),
    ) -> bool:
        """Sign and send a message; return False when the client is not connected, or gone by now."""
        sock = self._sockets[channel]
        *first, last = self.wire.frames(identities, parts, buffers)
        try:
            for frame in first:
                sock.send(frame, _MORE)
            sock.send(last, _LAST)
        except zmq.ZMQError:
            return False
        return True

    def close(self) -> None:
        """Close all, giving the last messages half a second."""
        for sock in (*self._sockets.values(), *self._monitors):
            sock.close()
        self._context.term()
        for path in self._files:
            # zmq leaves them behind
            with contextlib.suppress(OSError):
                os.unlink(path)
