"""The worker's life: take over the descriptors, then serve requests until told to stop."""

from __future__ import annotations

import atexit
import builtins
import contextlib
import ctypes
import faulthandler
import getpass
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NoReturn

import IPython

from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.messages import Content, ExecuteRequest, decode, read
from kernel.protocol.wire import Author
from kernel.worker import requests
from kernel.worker.beside import Beside
from kernel.worker.channel import COLUMNS, HELLO, REQUEST, SHUTDOWN, Channel, ChannelClosed, Markers
from kernel.worker.comms import message_of
from kernel.worker.imports import when_imported
from kernel.worker.interrupts import Interrupts
from kernel.worker.outbox import Outbox
from kernel.worker.owners import Owner, follow_threads
from kernel.worker.profile import Profile
from kernel.worker.shell import ZMQInteractiveShell, make_shell
from kernel.worker.streams import Streams, flush, repair
from kernel.worker.tasks import Tasks
from kernel.worker.width import Width

_OLDEST_IPYTHON: Final = (8,)
_PR_SET_PDEATHSIG: Final = 1
_LINE_BUFFERED: Final = 1
# seconds between two looks at text that was printed without a newline
_FLUSH_INTERVAL: Final = 0.05
# seconds after which a worker loads what it does not need at once
_REST_SECONDS: Final = 0.3
# seconds for which exit handlers wait for other threads to be done with what the handlers close
_LAST_SECONDS: Final = 1.0


@dataclass(frozen=True)
class Assignment:
    """What makes a warm process one session's worker.

    `descriptors` are the ends of the request and the helper socketpair, and the writing ends of the pipes for
    standard output, standard error and the text of faulthandler, in this order.
    """

    descriptors: tuple[int, int, int, int, int]
    token: str
    cwd: str
    username: str
    session: str
    history: str


@dataclass
class Warm:
    """What is made before the worker is assigned, once for all workers of a fork server."""

    shell: ZMQInteractiveShell
    profile: Profile
    libc: ctypes.CDLL


def warm_up(profile: str = "default") -> Warm:
    """Make everything that does not belong to one worker.  No thread is started and no file kept open.

    Raises:
        ImportError: IPython is too old.
    """
    if IPython.version_info < _OLDEST_IPYTHON:
        raise ImportError(f"IPython {IPython.__version__} of {sys.executable} is too old; it should be 8 or newer")
    # read by matplotlib when it is imported, which may be before there is a worker
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    shell, found = make_shell(profile)
    # the first cell and the first completion import what the later ones use
    shell.run_cell("pass", silent=True)
    return Warm(shell, found, ctypes.CDLL(None))


def warm_up_further() -> None:
    """Load what IPython loads when it shows the first error, which takes 100 ms."""
    # in a thread it may meet modules that the user's code is importing at the same time, half made
    with contextlib.suppress(ImportError, AttributeError):
        import pygments.formatters.terminal256  # noqa: F401
        import stack_data  # noqa: F401
        from pygments.lexers.python import PythonLexer

        # the first instance compiles the lexer's expressions
        PythonLexer()


class Worker:
    """One worker: a shell, and the two channels to its supervisor."""

    def __init__(self, warm: Warm, assignment: Assignment, streams: Streams) -> None:
        requests_fd, helper_fd, stdout_fd, stderr_fd, _ = assignment.descriptors
        self._shell = warm.shell
        self._profile = warm.profile
        self._streams = streams
        self._interrupts = Interrupts()
        self._main = Channel(socket.socket(fileno=requests_fd))
        # its own descriptors of the pipes: user code may point 1 and 2 elsewhere
        self._pipes = (stdout_fd, stderr_fd)
        markers = Markers(bytes.fromhex(assignment.token), self._pipes)
        author = Author(assignment.username, assignment.session)
        self._busy = False
        self._unflushed = threading.Event()
        self._outbox = Outbox(self._main, markers, author, self._interrupts, self._unflushed.set)
        self._owners = self._outbox.owners
        streams.mark(self._outbox)
        self._width = Width(warm.shell)
        helper = Channel(socket.socket(fileno=helper_fd))
        self._beside = Beside(helper, warm.shell, self._outbox, streams, self._width)
        self._tasks = Tasks(streams.share)
        self._history = Path(assignment.history)
        self._forked = False

    def run(self) -> None:
        """Serve until the supervisor says to stop or is gone."""
        self._interrupts.install()
        self._shell.attach(self._outbox, self._interrupts, self._beside.ask)
        self._shell.take_input()
        self._shell.awaiting = self._beside.awaiting
        when_imported("pdb", self._interrupts.take_from_pdb)
        self._width.watch()
        os.register_at_fork(before=flush, after_in_child=self._become_child)
        with contextlib.suppress(ChannelClosed):
            self._main.send([HELLO, b"0", b"%d" % os.getpid(), versions()])
            self._interrupts.watch(self._beside.interrupted)
            self._beside.start()
            threading.Thread(target=self._serve_flush, name="cshell flush", daemon=True).start()
            follow_threads(self._owners, self._streams.share)
            # startup files may take long or go wrong in every way
            self._runs_through(lambda: self._profile.run(self._shell))
            self._outbox.ready()
            self._shell.open_history(self._history)
            later = threading.Timer(_REST_SECONDS, warm_up_further)
            later.daemon = True
            # by which the debugger knows that it is none of the user's, to be stopped and shown
            later.name = "cshell warm-up"
            later.start()
            self._main.wait = self._rest
            self._serve_main()
        self._end()

    def _serve_main(self) -> None:
        while True:
            kind, *parts = self._main.receive()
            if kind == SHUTDOWN:
                return
            if kind == COLUMNS:
                self._width.take(int(parts[0]))
            if kind == REQUEST:
                self._busy = True
                self._unflushed.set()
                self._answer_main(parts)
                self._busy = False

    def _rest(self, sock: socket.socket) -> None:
        """Let tasks and windows run until the next request comes."""
        windows = self._shell.windows
        while windows.are_open or self._tasks.are_possible:
            wait = windows.wait if windows.are_open else self._tasks.wait
            if self._runs_through(partial(wait, sock)):
                return
            # a window's event loop that fails would do so again at once
            windows.choose(None)

    def _runs_through(self, action: Callable[[], None]) -> bool:
        """Run user code for which nobody waits, interruptibly; show what it raises, and return whether it did not."""
        self._interrupts.install()
        try:
            try:
                self._interrupts.allowed = True
                action()
            finally:
                self._interrupts.allowed = False
        except KeyboardInterrupt as interrupt:
            self._shell.show_interrupt(interrupt)
            return False
        except BaseException:
            self._shell.showtraceback()
            return False
        return True

    def _answer_main(self, parts: list[bytes]) -> None:
        number, raw_header, _, raw_metadata, raw_content = parts[:5]
        msg_type = decode(raw_header)["msg_type"]
        content = decode(raw_content)
        if msg_type == "execute_request":
            self._owners.begin(Owner(number, raw_header))
            self._width.follow(raw_metadata)
            request = read(msg_type, content)
            assert isinstance(request, ExecuteRequest)
            if request.code.startswith(" ") and _is_of_our_client(raw_metadata):
                # as its user wants it, and users of others do not expect
                self._shell.leave_out_of_history()
            self._tasks.enter_cell()
            reply_type = "execute_reply"
            reply: Content = requests.execute(self._shell, request, self._interrupts)
            self._tasks.leave_cell()
        elif msg_type in requests.COMM_TYPES:
            self._owners.begin(Owner(number, raw_header))
            self._answer_comm(parts)
            return
        else:
            reply_type, reply = self._answer_interruptibly(msg_type, read(msg_type, content))
        self._end_child(reply.as_dict().get("status") == "ok")
        # before another file gets the number of a stream that user code closed
        repair(*self._pipes)
        requests.send(self._outbox, reply_type, raw_header, reply)

    def _answer_interruptibly(self, msg_type: str, request: Content) -> tuple[str, Content]:
        interrupts = self._interrupts
        interrupts.install()
        try:
            try:
                interrupts.allowed = True
                return requests.answer(self._shell, msg_type, request)
            finally:
                interrupts.allowed = False
        except KeyboardInterrupt as error:
            return requests.ANSWERS[msg_type][0], requests.failure(error)

    def _answer_comm(self, parts: list[bytes]) -> None:
        """Let the callbacks of a comm run in the main thread, where nothing else runs."""
        self._tasks.enter_cell()
        self._runs_through(lambda: self._shell.comms.handle(message_of(parts)))
        self._tasks.leave_cell()
        self._end_child(True)
        self._outbox.done(parts[1])

    def _end_child(self, succeeded: bool) -> None:
        """End a forked child that came to the end of its parent's cell: reply and exit handlers are the parent's."""
        if self._forked:
            flush()
            os._exit(0 if succeeded else 1)

    def _serve_flush(self) -> None:
        """Show text without a newline at its end soon: standard output is line-buffered."""
        pause = threading.Event()
        while True:
            self._unflushed.wait()
            pause.wait(_FLUSH_INTERVAL)
            if not self._busy:
                self._unflushed.clear()
            flush()

    # ---- the end -----------------------------------------------------------------------------------------

    def _become_child(self) -> None:
        """Let go of the supervisor in a forked child: it has output, and nothing else."""
        self._forked = True
        self._outbox.detach()
        self._main.close()
        self._beside.close()
        builtins.input = getpass.getpass = _no_input

    def _end(self) -> NoReturn:
        """End in order: exit handlers, output, and no waiting for threads that user code left behind."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        self._beside.answering.acquire(timeout=_LAST_SECONDS)
        self._shell.close_history(_LAST_SECONDS)
        try:
            atexit._run_exitfuncs()
            flush()
        finally:
            os._exit(0)


def versions() -> bytes:
    """Return what the supervisor tells clients of this interpreter."""
    versions = {
        "python": ".".join(map(str, sys.version_info[:3])),
        "ipython": IPython.__version__,
        "debugger": find_spec("debugpy") is not None,
    }
    return json.dumps(versions).encode()


def become_worker(warm: Warm, assignment: Assignment) -> None:
    """Turn this process, which has one thread, into a worker; this does not return."""
    _lead(warm.libc)
    _, _, stdout_fd, stderr_fd, faults_fd = assignment.descriptors
    null = os.open(os.devnull, os.O_RDONLY)
    for descriptor, standard in ((null, 0), (stdout_fd, 1), (stderr_fd, 2)):
        os.dup2(descriptor, standard)
    os.close(null)
    streams = Streams()
    # printf() of C code into a pipe would wait for a full buffer
    warm.libc.setvbuf(ctypes.c_void_p.in_dll(warm.libc, "stdout"), None, _LINE_BUFFERED, 0)
    # the thread that crashed says it all; the other ones are mostly ours
    faulthandler.enable(file=faults_fd, all_threads=False)
    faulthandler.register(signal.SIGUSR2, file=faults_fd, all_threads=True)
    _enter(assignment.cwd)
    Worker(warm, assignment, streams).run()


def _lead(libc: ctypes.CDLL) -> None:
    """Lead a process group of our own, and be killed when the supervisor dies (Linux: prctl(2))."""
    os.setsid()
    if sys.platform == "linux":
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _no_input(*_args: object, **_kwargs: object) -> NoReturn:
    """Fail at once in a forked child: the answer would reach its parent."""
    raise EOFError("a child process of the kernel has no input")


def _enter(cwd: str) -> None:
    """Make this an interactive Python in the directory `cwd`."""
    with contextlib.suppress(OSError):
        os.chdir(cwd)
    sys.argv = [""]
    # modules beside the user's work can be imported
    if "" not in sys.path:
        sys.path.insert(0, "")
    random = sys.modules.get("numpy.random")
    if random is not None:
        random.seed()


def _is_of_our_client(raw_metadata: bytes) -> bool:
    try:
        return "cshell" in decode(raw_metadata)
    except RemoteProtocolError:
        return False
