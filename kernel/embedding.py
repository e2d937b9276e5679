"""A session inside a running program: its namespace can be entered by `cshell attach` and by any Jupyter client.

The supervisor is a process of its own, as ever; the program takes the place of the worker.  It keeps its standard
streams, its signal handlers and its event loop: only what a cell prints goes to the session.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from kernel.forkserver import receive_launch
from kernel.protocol.connection import Connection
from kernel.protocol.messages import Content, ExecuteRequest, decode, read
from kernel.protocol.session import Session, SessionError, state_root
from kernel.protocol.wire import Author
from kernel.worker import requests
from kernel.worker.channel import (
    HELLO,
    INPUT,
    INTERRUPT,
    INTERRUPTED,
    REQUEST,
    SHUTDOWN,
    Channel,
    ChannelClosed,
    Markers,
)
from kernel.worker.interrupts import Interrupts
from kernel.worker.main import versions
from kernel.worker.outbox import Outbox
from kernel.worker.owners import Owner
from kernel.worker.questions import Questions
from kernel.worker.shell import borrowed, make_shell
from kernel.worker.streams import TEXT, ErrorStream, OutputStream


class EmbedError(Exception):
    """No session can be embedded; the text is one sentence."""


def embed(namespace: dict[str, Any] | None = None, *, name: str | None = None, wait: bool = True) -> Embedded:
    """Make a session in which code runs in this process, in `namespace`; by default in the caller's variables.

    Called in a module, cells have the module's own variables.  Called in a function, they have those of the module,
    and what they assign to one is the module's when the cell ends; of the function's own variables they have copies,
    because Python lets nobody set them from outside: what a list has in it can be changed there, but not which list
    it is.  New names are the session's own.

    With `wait` the caller stands still until somebody ends the session, by `exit`, say; Ctrl-C in this program's
    terminal ends it too.  Otherwise the session lives in a thread of its own and ends with the program.

    Raises:
        EmbedError: the session cannot be made, for instance because its name is taken.
    """
    shared = None
    if namespace is None:
        frame = sys._getframe(1)
        namespace = frame.f_globals
        if frame.f_locals is not frame.f_globals:
            shared = _Shared(frame.f_globals, frame.f_locals)
            namespace = shared.namespace
    embedded = Embedded(namespace, name, shared)
    if wait:
        print(f"[embedded as {embedded.name}; enter with: cshell attach {embedded.name}]", file=sys.stderr, flush=True)
        try:
            embedded.serve()
        except KeyboardInterrupt:
            pass
        finally:
            embedded.close()
    else:
        threading.Thread(target=embedded.serve, name="cshell embedded", daemon=True).start()
    return embedded


class _Shared:
    """The variables of a module as cells have them that run in one of its functions, whose variables hide some.

    Cells have one dictionary of their own: with two, a function that they define would not see what they assign.
    """

    def __init__(self, module: dict[str, Any], local: Mapping[str, Any]) -> None:
        self.namespace = {**module, **local}
        self._module = module
        self._known = {name: value for name, value in module.items() if name not in local}
        self._local = frozenset(local)

    def take(self) -> None:
        """Before a cell: have what the program has changed."""
        for name, value in list(self._module.items()):
            if name not in self._local and self._known.get(name, _UNKNOWN) is not value:
                self.namespace[name] = self._known[name] = value

    def give(self) -> None:
        """After a cell: change what the program has; names with an underline are IPython's."""
        for name, known in self._known.items():
            value = self.namespace.get(name, _UNKNOWN)
            if value is not known and value is not _UNKNOWN and not name.startswith("_"):
                self._module[name] = self._known[name] = value


_UNKNOWN: Final = object()


class Embedded:
    """A session that is embedded in this process."""

    def __init__(self, namespace: dict[str, Any], name: str | None, shared: _Shared | None = None) -> None:
        """Start the supervisor and wait until it has made the session.  Raises EmbedError."""
        self._shared = shared
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with control:
            self.name = _start_supervisor(theirs, name)
            launch = receive_launch(control)
        if launch is None:
            raise EmbedError(f"the supervisor of the session {self.name} ended; its log has the reason")
        values, (requests_fd, helper_fd, stdout_fd, stderr_fd, faults_fd) = launch
        os.close(faults_fd)
        self._main = Channel(socket.socket(fileno=requests_fd))
        self._helper = Channel(socket.socket(fileno=helper_fd))
        self._interrupts = Interrupts()
        markers = Markers(bytes.fromhex(values["token"]), (stdout_fd, stderr_fd))
        author = Author(values["username"], values["session"])
        self._outbox = Outbox(self._main, markers, author, self._interrupts, lambda: None)
        errors = ErrorStream(os.fdopen(stderr_fd, "wb"), **TEXT)
        errors.marking = self._outbox
        self._streams = (OutputStream(os.fdopen(stdout_fd, "wb"), **TEXT), errors)
        self._questions = Questions()
        self._shell, _ = make_shell(own=True, namespace=namespace)
        self._shell.attach(self._outbox, self._interrupts, self._ask)
        self._shell.open_history(Path(values["history"]))
        self._thread = 0
        self._running = False
        self._closed = threading.Event()

    @property
    def connection_file(self) -> Path:
        """The connection file, for any Jupyter client."""
        return Session.named(self.name, os.environ).connection_file

    @property
    def connection(self) -> Connection:
        """Where the session listens.  Raises SessionError when it has ended."""
        return Session.named(self.name, os.environ).connection()

    def serve(self) -> None:
        """Run cells in this thread until the session is ended."""
        self._thread = threading.get_ident()
        with suppress(ChannelClosed):
            if self._thread == threading.main_thread().ident:
                self._interrupts.watch(self._taken)
            self._main.send([HELLO, b"0", b"%d" % os.getpid(), versions()])
            threading.Thread(target=self._serve_helper, name="cshell helper", daemon=True).start()
            self._outbox.ready()
            while not self._closed.is_set():
                kind, *parts = self._main.receive()
                if kind == SHUTDOWN:
                    break
                if kind == REQUEST:
                    self._answer(parts)
        self.close()

    def close(self) -> None:
        """End the session; the program goes on."""
        if not self._closed.is_set():
            self._closed.set()
            self._shell.close_history(1.0)
            self._main.end()
            self._helper.end()
            for stream in self._streams:
                with suppress(OSError):
                    stream.close()

    # ---- cells -------------------------------------------------------------------------------------------

    def _answer(self, parts: list[bytes]) -> None:
        number, raw_header, _, _, raw_content = parts[:5]
        msg_type = decode(raw_header)["msg_type"]
        if msg_type in requests.COMM_TYPES:
            self._outbox.done(raw_header)
            return
        request = read(msg_type, decode(raw_content))
        if isinstance(request, ExecuteRequest):
            self._outbox.owners.begin(Owner(number, raw_header))
            if self._shared is not None:
                self._shared.take()
            with self._redirected():
                reply: Content = self._execute(request)
            if self._shared is not None:
                self._shared.give()
            reply_type = "execute_reply"
        else:
            reply_type, reply = requests.answer(self._shell, msg_type, request)
        requests.send(self._outbox, reply_type, raw_header, reply)

    def _execute(self, request: ExecuteRequest) -> Content:
        self._running = True
        try:
            if threading.current_thread() is threading.main_thread():
                return requests.execute(self._shell, request, self._interrupts)
            return requests.execute_here(self._shell, request)
        except BaseException as error:
            return requests.failure(error)
        finally:
            self._running = False

    @contextmanager
    def _redirected(self) -> Iterator[None]:
        """Have what this thread prints, asks for and displays; afterwards all is the program's again."""
        before = sys.stdout, sys.stderr
        split = [_Split(ours, theirs) for ours, theirs in zip(self._streams, before, strict=True)]
        sys.stdout, sys.stderr = split
        try:
            with borrowed(self._shell):
                yield
        finally:
            for stream in self._streams:
                stream.flush()
            sys.stdout, sys.stderr = before
            if threading.current_thread() is threading.main_thread():
                self._interrupts.restore()

    # ---- what does not wait for a cell -------------------------------------------------------------------

    def _serve_helper(self) -> None:
        with suppress(ChannelClosed):
            while True:
                kind, *parts = self._helper.receive()
                if kind == INPUT:
                    self._questions.answer(parts[1].decode(), decode(parts[0]))
                elif kind == INTERRUPT:
                    self._interrupt()
                elif kind == REQUEST:
                    raw_header, raw_content = parts[1], parts[4]
                    msg_type = decode(raw_header)["msg_type"]
                    reply_type, reply = requests.answer(self._shell, msg_type, read(msg_type, decode(raw_content)))
                    self._outbox.reply_aside(self._helper, reply_type, raw_header, reply.as_dict())

    def _interrupt(self) -> None:
        """Raise KeyboardInterrupt in the cell that runs."""
        if not self._running:
            return
        if self._thread == threading.main_thread().ident:
            signal.pthread_kill(self._thread, signal.SIGINT)
        else:
            # no signal reaches another thread than the main one; it is raised at the next line of Python
            with self._outbox.lock:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(self._thread), ctypes.py_object(KeyboardInterrupt)
                )

    def _taken(self) -> None:
        """Say that the main thread has handled an interrupt; of another thread that is not to be known."""
        with suppress(ChannelClosed):
            self._helper.send([INTERRUPTED, b"0"])

    def _ask(self, prompt: str, password: bool) -> str:
        content = {"prompt": prompt, "password": password}
        return self._questions.ask(lambda asked: self._outbox.ask(content, asked))


class _Split:
    """A standard stream that is the session's in the thread that runs its cells, and the program's in all others."""

    def __init__(self, ours: Any, theirs: Any) -> None:
        self._ours = ours
        self._theirs = theirs
        self._thread = threading.get_ident()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ours if threading.get_ident() == self._thread else self._theirs, name)


def _start_supervisor(control: socket.socket, name: str | None) -> str:
    """Start the supervisor of a session whose worker is this process; return the session's name.  Raises EmbedError."""
    told, report = os.pipe()
    log = _starting_log()
    descriptors = (report, control.fileno())
    command = [sys.executable, "-P", "-m", "kernel", "--report", str(report), "--log", log]
    command += ["--embed", str(control.fileno()), *(["--session", name] if name is not None else [])]
    # -P keeps modules of the working directory out; ours may be found nowhere else
    path = os.pathsep.join(filter(None, [str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH", "")]))
    try:
        with open(log, "wb") as file:
            subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                pass_fds=descriptors,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": path},
            )
    except OSError as error:
        raise EmbedError(f"the supervisor cannot be started: {error}") from None
    finally:
        os.close(report)
        control.close()
    with os.fdopen(told, encoding="utf-8") as lines:
        answer = json.loads(lines.readline() or '{"error": "the supervisor ended without a word"}')
    if "error" in answer:
        Path(log).unlink(missing_ok=True)
        raise EmbedError(answer["error"])
    return str(answer["name"])


def _starting_log() -> str:
    try:
        directory = state_root(os.environ).parent
    except (OSError, SessionError) as error:
        raise EmbedError(f"the session cannot be made: {error}") from None
    descriptor, path = tempfile.mkstemp(prefix="starting-", suffix=".log", dir=directory)
    os.close(descriptor)
    return path
