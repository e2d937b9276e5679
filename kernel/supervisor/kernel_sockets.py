"""Our ends of the sockets of somebody else's kernel.

A kernel of Jupyter's drops output for a subscriber that reads slowly, and nobody but the kernel can change that: what
is published is taken out of its hands at once, without a bound, and waits here.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import zmq

from kernel.protocol.connection import Connection
from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.wire import Message, Wire, new_id

_KINDS: Final = {"control": zmq.DEALER, "shell": zmq.DEALER, "stdin": zmq.DEALER, "iopub": zmq.SUB, "hb": zmq.DEALER}
# messages of a channel that are taken in before others have their turn
_AT_ONCE: Final = 200
# milliseconds until a connection is tried again: a kernel that starts has not bound its sockets yet
_RECONNECT_MS: Final = 10
_RECONNECT_AT_MOST_MS: Final = 500
# milliseconds that the last messages get
_LINGER_MS: Final = 200
_MONITORED: Final = zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED
_READ: Final = int(zmq.POLLIN)
_BEAT: Final = [b"", b"beat"]


class ConnectError(Exception):
    """A kernel cannot be connected to as its connection file says; the text is one sentence."""


class KernelSockets:
    """The five sockets of one kernel, under one identity: it asks its questions on stdin where it was asked on shell.

    `connected` is whether what it publishes reaches us, `beats` whether its heart was ever heard, and `unanswered` how
    many beats in a row it has not returned.
    """

    def __init__(self, connection: Connection) -> None:
        """Connect, also when the kernel does not listen yet.  Raises ConnectError."""
        self._context = zmq.Context()
        self._sockets: dict[str, zmq.Socket[bytes]] = {}
        self._monitor: zmq.Socket[bytes] | None = None
        self.connected = False
        # how often a connection came about
        self.connections = 0
        self.beats = False
        self.unanswered = 0
        # what arrived in a shape nobody should send
        self.refused = 0
        try:
            self._wire = Wire(connection.key, connection.signature_scheme)
            self._open(connection)
        # what is no text of ours, of Z85 or of an address
        except (ValueError, zmq.ZMQError) as error:
            self.close()
            raise ConnectError(f"its connection file cannot be used: {error}") from None

    def _open(self, connection: Connection) -> None:
        # each time another one: a kernel that has not seen our former sockets go takes no others of the same identity
        identity = new_id().encode()
        for channel, kind in _KINDS.items():
            self._sockets[channel] = sock = self._context.socket(kind)
            sock.linger = 0
            sock.rcvhwm = sock.sndhwm = 0
            sock.reconnect_ivl, sock.reconnect_ivl_max = _RECONNECT_MS, _RECONNECT_AT_MOST_MS
            if kind == zmq.DEALER and channel != "hb":
                sock.identity = identity
            if kind == zmq.SUB:
                sock.subscribe(b"")
            if connection.curve_publickey:
                sock.curve_publickey, sock.curve_secretkey = zmq.curve_keypair()
                sock.curve_serverkey = connection.curve_publickey.encode()
        self._monitor = self._sockets["iopub"].get_monitor_socket(_MONITORED)
        for channel, sock in self._sockets.items():
            sock.connect(connection.endpoint(channel))

    @property
    def watched(self) -> Mapping[object, int]:
        """The sockets, each with zmq's flags of what for."""
        return dict.fromkeys((*self._sockets.values(), self._monitor), _READ)

    def serve(self, ready: Mapping[object, int]) -> None:
        """Take in heartbeats, and whether there is a connection."""
        while self._sockets["hb"] in ready and self._frames("hb") is not None:
            self.beats, self.unanswered = True, 0
        while self._monitor is not None and self._monitor in ready:
            try:
                event, _ = self._monitor.recv_multipart(zmq.DONTWAIT)
            except zmq.Again:
                return
            # zmq_socket_monitor(3): 16 bits of event, 32 bits of value
            kind, _ = struct.unpack("=hi", event)
            self.connected = kind == zmq.EVENT_HANDSHAKE_SUCCEEDED
            self.connections += self.connected

    def beat(self) -> None:
        """Ask the kernel whether it lives."""
        self.unanswered += 1
        self._sockets["hb"].send_multipart(_BEAT, zmq.DONTWAIT)

    def send(self, channel: str, parts: Sequence[bytes], buffers: Sequence[bytes] = ()) -> None:
        """Sign a message with the kernel's key, and send it."""
        self._sockets[channel].send_multipart(self._wire.frames([], parts, buffers), zmq.DONTWAIT)

    def waits(self, channel: str, ready: Mapping[object, int]) -> bool:
        """Whether something may have come on a channel, of which those in `ready` were seen to have something.

        What is published is looked for whenever there is anything: it was said before what came on the others.
        """
        return self._sockets[channel] in ready or (
            channel == "iopub" and any(sock in ready for sock in self._sockets.values())
        )

    def receive(self, channel: str, *, whole: bool = False) -> Iterator[Message]:
        """Yield the messages that wait on a channel, some of them or all; what has a wrong shape is dropped."""
        count = 0
        while (whole or count < _AT_ONCE) and (frames := self._frames(channel)) is not None:
            count += 1
            try:
                yield self._wire.message(frames)
            except RemoteProtocolError:
                self.refused += 1

    def _frames(self, channel: str) -> list[bytes] | None:
        try:
            return self._sockets[channel].recv_multipart(zmq.DONTWAIT)
        except zmq.Again:
            return None

    def close(self) -> None:
        """Close all; what was just said on control still goes out, if there is somebody to take it."""
        if self.connected:
            self._sockets["control"].linger = _LINGER_MS
        if self._monitor is not None:
            self._sockets["iopub"].disable_monitor()
            self._monitor.close()
        for sock in self._sockets.values():
            sock.close()
        self._context.term()
