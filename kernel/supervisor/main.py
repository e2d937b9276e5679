"""The supervisor's loop, and how it begins and ends."""

import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import zmq

from kernel.protocol.connection import Connection
from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.messages import (
    IopubWelcome,
    OkReply,
    ReadRequest,
    RenameRequest,
    SessionEnded,
    SessionRenamed,
    SessionStarted,
)
from kernel.protocol.session import Session, SessionError, SessionInfo, xdg_directory
from kernel.protocol.wire import Author, Message
from kernel.supervisor.board import Board
from kernel.supervisor.config import Config, ConfigError, read_config
from kernel.supervisor.dispatch import Dispatcher, Policy
from kernel.supervisor.engine import Engine
from kernel.supervisor.forking import ForkServer
from kernel.supervisor.journal import Journal
from kernel.supervisor.own import OwnKernel
from kernel.supervisor.patience import Patience
from kernel.supervisor.process import Launch, adopt_orphans, reap_children
from kernel.supervisor.publisher import Publisher
from kernel.supervisor.renaming import renamed
from kernel.supervisor.sockets import BindError, Sockets
from kernel.supervisor.start import StartError

if TYPE_CHECKING:
    from kernel.supervisor.foreign import Foreign

# plain numbers: to join members of an enumeration costs a microsecond
_READ: Final = int(zmq.POLLIN)
# seconds between two statuses
_SHOW_EVERY: Final = 0.05


class Supervisor:
    """One kernel: its sockets, its journal, and what takes care of it."""

    def __init__(
        self, connection: Connection, session: Session | None, environ: Mapping[str, str], config: Config
    ) -> None:
        """Bind and open everything; without a session this is a manager's kernel.  Raises StartError."""
        self.session = session
        self._environ = environ
        self._started = time.time()
        self.username = environ.get("USER") or environ.get("LOGNAME") or "user"
        try:
            self._journal = Journal(session.journal, bounds=config.journal) if session else None
            self._board = Board(session.status_file) if session else None
            self._sockets = Sockets(connection)
        except (BindError, ValueError) as error:
            raise StartError(str(error)) from None
        except OSError as error:
            raise StartError(f"cannot write the journal: {error.strerror}") from None
        self.publisher = Publisher(self._sockets, self._journal, Author(self.username))
        self._poller = zmq.Poller()
        self._channels = self._sockets.register(self._poller)
        # the kernel's descriptors that are watched now, and for what
        self._watched: dict[object, int] = {}
        self._age = config.journal.age
        self._patience = Patience(config.idle if session is not None else None)
        # when the status was shown, and when it is to be shown again (monotonic seconds)
        self._shown = 0.0
        self._show_at: float | None = None
        self._wakeup = _catch_signals()
        self._poller.register(self._wakeup, _READ)
        self._parent = _parent_descriptor(environ) if session is None else None
        if self._parent is not None:
            self._poller.register(self._parent, _READ)

    def run(self, engine: Engine) -> int:
        """Serve a kernel until told to end; return the exit status."""
        self._begin(engine)
        while engine.exit_status is None:
            self.publisher.flush()
            self._show(engine)
            if self._patience.ends and self._patience.is_over(engine.status, self._sockets.clients, time.monotonic()):
                engine.end()
            self._watch(engine)
            self._pass(engine, dict(self._poller.poll(self._timeout(engine))))
        return self._end(engine, engine.exit_status)

    def _begin(self, engine: Engine) -> None:
        if self.session is not None:
            started = SessionStarted(
                self.session.name, engine.kernel_name, engine.language, os.getcwd(), os.getpid(), engine.lexer
            )
            self.publisher.record("session_started", started)
            try:
                self._write_info(engine)
            except OSError as error:
                raise StartError(f"cannot write in {self.session.runtime}: {error.strerror}") from None
        engine.begin()
        if self.session is not None and self._age is not None:
            self._tidy(self._age)

    def _tidy(self, age: float) -> None:
        """Remove what is kept of sessions that ended too long ago, while the kernel starts."""
        from kernel.protocol.ended import remove_older  # only who has configured an age waits for it

        try:
            remove_older(age, self._environ)
        except SessionError as error:
            # to the log: it does not concern this session
            print(error, file=sys.stderr, flush=True)

    def _write_info(self, engine: Engine) -> None:
        """Write what `ls` shows of the session.  Raises OSError."""
        assert self.session is not None
        info = SessionInfo(self.session.name, engine.kernel_name, os.getpid(), self._started, os.getcwd())
        self.session.write_info(info)

    def _end(self, engine: Engine, status: int) -> int:
        engine.abort_waiting()
        reason = engine.failure or self._patience.reason or "it was shut down"
        self.publisher.record("session_ended", SessionEnded(reason, engine.status.count))
        self.publisher.flush()
        if self._sockets.refused:
            print(f"dropped {self._sockets.refused} messages of a wrong signature or shape", file=sys.stderr)
        self._sockets.close()
        if self._journal is not None:
            self._journal.close()
        if self._board is not None:
            self._board.close()
        if engine.failure is not None:
            raise StartError(engine.failure)
        return status

    def _timeout(self, engine: Engine) -> int | None:
        """Return how long to wait at most, in milliseconds."""
        deadlines = (engine.deadline, self.publisher.deadline, self._show_at, self._patience.deadline)
        times = [moment for moment in deadlines if moment is not None]
        if not times:
            return None
        return max(0, int((min(times) - time.monotonic()) * 1000) + 1)

    def _show(self, engine: Engine) -> None:
        """Say how the session is, to those who list sessions; not a thousand times a second."""
        self._show_at = None
        if self._board is None:
            return
        now = time.monotonic()
        if now < self._shown + _SHOW_EVERY:
            self._show_at = self._shown + _SHOW_EVERY
        else:
            self._shown = now
            status = replace(engine.status, clients=self._sockets.clients, recording=self.publisher.recording)
            self._board.show(status)

    def _watch(self, engine: Engine) -> None:
        wanted = dict(engine.watched())
        if wanted == self._watched:
            return
        for item in self._watched.keys() - wanted.keys():
            self._poller.unregister(item)
        for item, events in wanted.items():
            self._poller.register(item, events)
        self._watched = wanted

    # ---- one pass ----------------------------------------------------------------------------------------

    def _pass(self, engine: Engine, ready: dict[object, int]) -> None:
        if self._wakeup.fileno() in ready:
            self._signals(engine)
        if self._parent is not None and self._parent in ready:
            self._parent_ended(self._parent)
            engine.end()
        for sock, channel in self._channels.items():
            if sock in ready:
                self._clients(engine, channel)
        engine.serve(ready)

    def _parent_ended(self, parent: int) -> None:
        """Look at the manager's process no more: it stays ended."""
        self._poller.unregister(parent)
        os.close(parent)
        self._parent = None

    def _clients(self, engine: Engine, channel: str) -> None:
        if channel == "iopub":
            for topic in self._sockets.subscriptions():
                self.publisher.welcome(topic, IopubWelcome(topic.decode("utf-8", "replace")))
        elif channel == "hb":
            self._sockets.beat()
        elif channel == "connections":
            self._sockets.count_clients()
        else:
            for message in self._sockets.receive(channel):
                try:
                    self._sent(engine, channel, message)
                except RemoteProtocolError as error:
                    self.publisher.reject(channel, message, str(error))

    def _sent(self, engine: Engine, channel: str, message: Message) -> None:
        if channel == "feed":
            content = message.content
            if isinstance(content, ReadRequest):
                self.publisher.read(message, content)
        elif message.header.msg_type == "rename_request" and channel == "control" and self.session is not None:
            content = message.content
            assert isinstance(content, RenameRequest)
            self._rename(engine, message, content.name)
        else:
            engine.client_sent(channel, message)

    def _rename(self, engine: Engine, message: Message, name: str) -> None:
        assert self.session is not None
        assert self._journal is not None
        former = self.session
        try:
            self.session = renamed(former, name, self._environ)
        except (SessionError, OSError) as error:
            self.publisher.refuse("control", message, "SessionError", str(error))
            return
        self._journal.move(self.session.journal)
        self._sockets.move(former.runtime, self.session.runtime)
        self.publisher.record("session_renamed", SessionRenamed(name))
        try:
            self._write_info(engine)
        except OSError as error:
            # the session has its name, whatever lists of sessions say
            print(f"cannot write in {self.session.runtime}: {error.strerror}", file=sys.stderr, flush=True)
        self.publisher.answer("control", message, "rename_reply", OkReply())

    def _signals(self, engine: Engine) -> None:
        numbers = self._wakeup.recv(64)
        if signal.SIGINT in numbers:
            engine.interrupt()
        if signal.SIGTERM in numbers:
            engine.end()
        # children are also what user code left behind, which this process adopted
        for pid, death in reap_children():
            engine.child_ended(pid, death)


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


def supervise(
    connection: Connection, session: Session | None, kernel: "ForkServer | Foreign", *, embedded: bool = False
) -> int:
    """Run a supervisor, of a session or without one of a manager's kernel; return its exit status.

    The kernel is one of our own, from its fork server, or somebody else's.  If it is `embedded`, the worker is a
    program that lives on after the session.
    """
    adopt_orphans()
    environ = os.environ
    supervisor = None
    try:
        supervisor = Supervisor(connection, session, environ, _config(environ))
        if isinstance(kernel, ForkServer):
            return supervisor.run(_own(supervisor, kernel, embedded=embedded))
        return supervisor.run(_broker(supervisor, kernel))
    except (StartError, SessionError) as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    finally:
        # however it ended, its sockets are of no use any more; the journal stays
        if supervisor is not None and supervisor.session is not None:
            supervisor.session.remove_runtime()
        elif session is not None:
            session.remove_runtime()


def _config(environ: Mapping[str, str]) -> Config:
    """Return the user's configuration; what is wrong with it is said elsewhere."""
    try:
        return read_config(environ)
    except ConfigError:
        return Config()


def _own(supervisor: Supervisor, fork_server: ForkServer, *, embedded: bool) -> OwnKernel:
    managed = supervisor.session is None
    history = xdg_directory("XDG_STATE_HOME", ".local/state", os.environ) / "cshell" / "history.sqlite"
    dispatcher = Dispatcher(
        supervisor.publisher,
        fork_server,
        Launch(os.getcwd(), supervisor.username, str(history)),
        Policy(manager=managed, restart_by_itself=managed, embedded=embedded),
    )
    return OwnKernel(dispatcher, fork_server)


def _broker(supervisor: Supervisor, kernel: "Foreign") -> Engine:
    from kernel.supervisor.broker import Broker  # only who has such a kernel waits for it

    def place() -> Session:
        assert supervisor.session is not None
        return supervisor.session

    kernel.live_in(place)
    return Broker(supervisor.publisher, kernel, supervisor.username)
