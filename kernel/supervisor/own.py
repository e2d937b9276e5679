"""The kernel of this program: its worker's descriptors, read in the order that keeps output and messages together."""

import time
from collections.abc import Mapping
from typing import Final

import zmq

from kernel.protocol.session import SessionStatus
from kernel.protocol.wire import Message
from kernel.supervisor.dispatch import Dispatcher
from kernel.supervisor.forking import ForkServer
from kernel.supervisor.process import Death, Worker, reap_children
from kernel.supervisor.start import DISPLAY_NAME
from kernel.worker.channel import ChannelClosed

# seconds for which output is left to gather in the pipes after some was read
_GATHER: Final = 0.01
# what the pipes hold when gathering would make the worker wait
_FULL: Final = 1 << 19
# plain numbers: to join members of an enumeration costs a microsecond
_READ: Final = int(zmq.POLLIN)
_WRITE: Final = int(zmq.POLLOUT)


class OwnKernel:
    """A worker made by the fork server, and what the dispatcher makes of what it says."""

    kernel_name = DISPLAY_NAME
    language = "python"
    lexer = "ipython3"

    def __init__(self, dispatcher: Dispatcher, fork_server: ForkServer) -> None:
        self._dispatcher = dispatcher
        self._fork_server = fork_server
        # when the pipes are looked at again (monotonic seconds); None while they are watched
        self._gather_until: float | None = None
        self._gathered_for: Worker | None = None

    @property
    def exit_status(self) -> int | None:
        """With what the process is to end, once it is to."""
        return self._dispatcher.exit_status

    @property
    def failure(self) -> str | None:
        """Why no kernel could be started: one sentence."""
        return self._dispatcher.failure

    @property
    def deadline(self) -> float | None:
        """When `serve` has something to do in any case (monotonic seconds)."""
        times = (self._gather_until, self._dispatcher.deadline)
        return min((moment for moment in times if moment is not None), default=None)

    @property
    def status(self) -> SessionStatus:
        """How the kernel is."""
        return self._dispatcher.status

    def begin(self) -> None:
        """Start the worker."""
        self._dispatcher.start_worker()

    def watched(self) -> Mapping[object, int]:
        """Return the descriptors of the worker and of the fork server; the pipes not while output gathers in them."""
        wanted: dict[object, int] = {}
        if self._fork_server.socket is not None:
            wanted[self._fork_server.socket.fileno()] = _READ
        worker = self._dispatcher.worker
        if worker is None:
            return wanted
        for sock in worker.sockets:
            wanted[sock.fileno()] = _READ | _WRITE if worker.has_unsent(sock) else _READ
        if worker.pidfd is not None:
            wanted[worker.pidfd] = _READ
        if self._dispatcher.wants_stack:
            wanted[worker.faults] = _READ
        if self._gather_until is None:
            for descriptor in worker.pipes.values():
                wanted[descriptor] = _READ
        return wanted

    def serve(self, ready: Mapping[object, int]) -> None:
        """Take in what the worker said and printed, and do what is due."""
        sock = self._fork_server.socket
        if sock is not None and sock.fileno() in ready:
            self._dispatcher.fork_server_spoke()
        if self._dispatcher.worker is not None:
            self._worker(self._dispatcher.worker, ready)
        self._dispatcher.tick()
        if self._dispatcher.worker is not self._gathered_for:
            self._gather_until, self._gathered_for = None, self._dispatcher.worker

    def _worker(self, worker: Worker, ready: Mapping[object, int]) -> None:
        closed = False
        spoke = False
        for sock in worker.sockets:
            if sock.fileno() in ready:
                try:
                    for frame in worker.receive(sock):
                        spoke = True
                        self._dispatcher.worker_said(frame, worker)
                except ChannelClosed:
                    closed = True
        worker.send_unsent()
        if worker.faults in ready:
            self._dispatcher.faults_came()
        self._output(worker, spoke=spoke)
        self._dispatcher.deliver()
        gone = worker.pidfd in ready
        if closed or gone or worker.death is not None:
            for pid, death in reap_children():
                worker.child_ended(pid, death)
            self._dispatcher.worker_ended(gone=gone)

    def _output(self, worker: Worker, *, spoke: bool) -> None:
        """Read the pipes when a message needs what is in them, or when they have gathered long enough."""
        now = time.monotonic()
        gathering = self._gather_until is not None and now < self._gather_until
        if gathering and not spoke:
            return
        count = worker.read_pipes()
        self._gather_until = now + _GATHER if 0 < count < _FULL else None

    def client_sent(self, channel: str, message: Message) -> None:
        """Do what a client asks.  Raises RemoteProtocolError when the request makes no sense."""
        self._dispatcher.client_sent(channel, message)

    def child_ended(self, pid: int, death: Death) -> None:
        """Take in that a child of this process ended, which may be the worker."""
        if self._dispatcher.worker is not None:
            self._dispatcher.worker.child_ended(pid, death)

    def interrupt(self) -> None:
        """Interrupt what runs."""
        self._dispatcher.interrupt()

    def end(self) -> None:
        """End the worker and then the process."""
        self._dispatcher.end_worker(restart=False)

    def abort_waiting(self) -> None:
        """Answer all cells that wait: they will not run."""
        self._dispatcher.abort_waiting()
