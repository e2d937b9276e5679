"""The supervisor's loop, and how it begins and ends."""

import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from typing import Final

import zmq

from kernel.protocol.connection import Connection
from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.messages import IopubWelcome, SessionEnded, SessionStarted
from kernel.protocol.session import Session, SessionError, SessionInfo, xdg_directory
from kernel.protocol.wire import Author
from kernel.supervisor.dispatch import Dispatcher, Policy
from kernel.supervisor.forking import ForkServer
from kernel.supervisor.journal import Journal
from kernel.supervisor.process import Launch, Worker, adopt_orphans, reap_children
from kernel.supervisor.publisher import Publisher
from kernel.supervisor.sockets import BindError, Sockets
from kernel.supervisor.start import DISPLAY_NAME, StartError
from kernel.worker.channel import ChannelClosed

# seconds for which output is left to gather in the pipes after some was read
_GATHER: Final = 0.01
# what the pipes hold when gathering would make the worker wait
_FULL: Final = 1 << 19
# plain numbers: to join members of an enumeration costs a microsecond
_READ: Final = int(zmq.POLLIN)
_WRITE: Final = int(zmq.POLLOUT)


class Supervisor:
    """One kernel: its sockets, its journal, its worker."""

    def __init__(
        self,
        connection: Connection,
        session: Session | None,
        fork_server: ForkServer,
        environ: Mapping[str, str],
        *,
        embedded: bool = False,
    ) -> None:
        """Bind and open everything; without a session this is a manager's kernel.  Raises StartError."""
        self._session = session
        username = environ.get("USER") or environ.get("LOGNAME") or "user"
        try:
            journal = Journal(self._session.journal) if self._session else None
            self._sockets = Sockets(connection)
        except (BindError, ValueError) as error:
            raise StartError(str(error)) from None
        except OSError as error:
            raise StartError(f"cannot write the journal: {error.strerror}") from None
        author = Author(username)
        self._journal = journal
        self._publisher = Publisher(self._sockets, journal, author)
        history = xdg_directory("XDG_STATE_HOME", ".local/state", environ) / "cshell" / "history.sqlite"
        managed = session is None
        self._dispatcher = Dispatcher(
            self._publisher,
            fork_server,
            Launch(os.getcwd(), username, str(history)),
            Policy(manager=managed, restart_by_itself=managed, embedded=embedded),
            self._watch,
            self._unwatch,
        )
        self._fork_server = fork_server
        self._poller = zmq.Poller()
        self._channels = self._sockets.register(self._poller)
        # the worker's descriptors that are watched now, and for what
        self._worker_fds: dict[int, int] = {}
        self._watched_fork_server: int | None = None
        # when the pipes are looked at again (monotonic seconds); None while they are watched
        self._gather_until: float | None = None
        self._wakeup = _catch_signals()
        self._poller.register(self._wakeup, _READ)
        self._parent = _parent_descriptor(environ) if managed else None
        if self._parent is not None:
            self._poller.register(self._parent, _READ)

    def run(self) -> int:
        """Serve until told to end; return the exit status."""
        self._begin()
        dispatcher = self._dispatcher
        while dispatcher.exit_status is None:
            self._publisher.flush()
            self._watch_fork_server()
            ready = dict(self._poller.poll(self._timeout()))
            self._pass(ready)
        return self._end(dispatcher.exit_status)

    def _begin(self) -> None:
        if self._session is not None:
            started = SessionStarted(self._session.name, DISPLAY_NAME, "python", os.getcwd(), os.getpid(), "ipython3")
            self._publisher.record("session_started", started)
            info = SessionInfo(self._session.name, DISPLAY_NAME, os.getpid(), time.time(), os.getcwd())
            try:
                self._session.write_info(info)
            except OSError as error:
                raise StartError(f"cannot write in {self._session.runtime}: {error.strerror}") from None
        self._dispatcher.start_worker()

    def _end(self, status: int) -> int:
        dispatcher = self._dispatcher
        dispatcher.abort_waiting()
        self._publisher.record("session_ended", SessionEnded(dispatcher.failure or "it was shut down"))
        self._publisher.flush()
        if self._sockets.refused:
            print(f"dropped {self._sockets.refused} messages of a wrong signature or shape", file=sys.stderr)
        self._sockets.close()
        if self._journal is not None:
            self._journal.close()
        if dispatcher.failure is not None:
            raise StartError(dispatcher.failure)
        return status

    def _timeout(self) -> int | None:
        """Return how long to wait at most, in milliseconds."""
        deadlines = (self._gather_until, self._dispatcher.deadline, self._publisher.deadline)
        times = [moment for moment in deadlines if moment is not None]
        if not times:
            return None
        return max(0, int((min(times) - time.monotonic()) * 1000) + 1)

    # ---- one pass ----------------------------------------------------------------------------------------

    def _pass(self, ready: dict[object, int]) -> None:
        if self._wakeup.fileno() in ready:
            self._signals()
        if self._parent is not None and self._parent in ready:
            self._dispatcher.end_worker(restart=False)
        if self._watched_fork_server in ready:
            self._dispatcher.fork_server_spoke()
        for sock, channel in self._channels.items():
            if sock in ready:
                self._clients(channel)
        self._worker(ready)
        self._dispatcher.tick()

    def _clients(self, channel: str) -> None:
        if channel == "iopub":
            for topic in self._sockets.subscriptions():
                self._publisher.welcome(topic, IopubWelcome(topic.decode("utf-8", "replace")))
        elif channel == "hb":
            self._sockets.beat()
        else:
            for message in self._sockets.receive(channel):
                try:
                    self._dispatcher.client_sent(channel, message)
                except RemoteProtocolError as error:
                    self._dispatcher.refuse(channel, message, str(error))

    def _worker(self, ready: dict[object, int]) -> None:
        worker = self._dispatcher.worker
        if worker is None:
            return
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
            self._reap()
            self._dispatcher.worker_ended(gone=gone)
        if self._dispatcher.worker is worker:
            self._watch(worker)

    def _output(self, worker: Worker, *, spoke: bool) -> None:
        """Read the pipes when a message needs what is in them, or when they have gathered long enough."""
        now = time.monotonic()
        gathering = self._gather_until is not None and now < self._gather_until
        if gathering and not spoke:
            return
        count = worker.read_pipes()
        self._gather_until = now + _GATHER if 0 < count < _FULL else None

    def _signals(self) -> None:
        numbers = self._wakeup.recv(64)
        if signal.SIGINT in numbers:
            self._dispatcher.interrupt()
        if signal.SIGTERM in numbers:
            self._dispatcher.end_worker(restart=False)
        self._reap()

    def _reap(self) -> None:
        """Collect the children that ended, also what user code left behind, which this process adopted."""
        for pid, death in reap_children():
            if self._dispatcher.worker is not None:
                self._dispatcher.worker.child_ended(pid, death)

    # ---- what is watched ---------------------------------------------------------------------------------

    def _watch(self, worker: Worker) -> None:
        """Watch what the worker has by now; its pipes not while output gathers in them."""
        wanted: dict[int, int] = {}
        for sock in worker.sockets:
            wanted[sock.fileno()] = _READ | _WRITE if worker.has_unsent(sock) else _READ
        if worker.pidfd is not None:
            wanted[worker.pidfd] = _READ
        if self._dispatcher.wants_stack:
            wanted[worker.faults] = _READ
        if self._gather_until is None:
            for descriptor in worker.pipes.values():
                wanted[descriptor] = _READ
        if wanted == self._worker_fds:
            return
        for descriptor in self._worker_fds.keys() - wanted.keys():
            self._poller.unregister(descriptor)
        for descriptor, events in wanted.items():
            self._poller.register(descriptor, events)
        self._worker_fds = wanted

    def _unwatch(self, worker: Worker) -> None:
        for descriptor in self._worker_fds:
            self._poller.unregister(descriptor)
        self._worker_fds = {}
        self._gather_until = None

    def _watch_fork_server(self) -> None:
        sock = self._fork_server.socket
        descriptor = sock.fileno() if sock is not None else None
        if descriptor == self._watched_fork_server:
            return
        if self._watched_fork_server is not None:
            self._poller.unregister(self._watched_fork_server)
        if descriptor is not None:
            self._poller.register(descriptor, _READ)
        self._watched_fork_server = descriptor


def _catch_signals() -> socket.socket:
    """Turn signals into bytes on a socket; a hang-up concerns only the terminal."""
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.detach(), warn_on_full_buffer=False)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return reader


def _parent_descriptor(environ: Mapping[str, str]) -> int | None:
    """Return a descriptor that is ready when the manager that started this process ends.

    jupyter_client names it in JPY_PARENT_PID, unless the kernel is to outlive it.  Raises StartError.
    """
    given = environ.get("JPY_PARENT_PID", "")
    if not given.isdigit() or int(given) <= 1:
        return None
    try:
        return os.pidfd_open(int(given))
    except ProcessLookupError:
        raise StartError("the program that started this kernel has ended already") from None
    except (OSError, AttributeError):
        return None


def supervise(connection: Connection, session: Session | None, fork_server: ForkServer, *, embedded: bool) -> int:
    """Run a supervisor, of a session or without one of a manager's kernel; return its exit status.

    If it is `embedded`, the worker is a program that lives on after the session.
    """
    adopt_orphans()
    try:
        return Supervisor(connection, session, fork_server, os.environ, embedded=embedded).run()
    except (StartError, SessionError) as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    finally:
        if session is not None:
            # however it ended, its sockets are of no use any more; the journal stays
            session.remove_runtime()
