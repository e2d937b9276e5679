"""The worker's life: take over the descriptors, then serve requests until told to stop."""

import atexit
import builtins
import contextlib
import ctypes
import faulthandler
import getpass
import os
import queue
import signal
import socket
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from kernel.protocol.messages import Content, ExecuteRequest, InputReply, decode, parse
from kernel.protocol.wire import Author
from kernel.worker import requests
from kernel.worker.channel import HELLO, INPUT, REQUEST, SHUTDOWN, Channel, ChannelClosed, Markers
from kernel.worker.interrupts import Interrupts
from kernel.worker.outbox import Outbox
from kernel.worker.shell import ZMQInteractiveShell, make_shell
from kernel.worker.streams import ErrorStream, flush, open_streams, repair
from kernel.worker.width import Width

_PR_SET_PDEATHSIG: Final = 1
_LINE_BUFFERED: Final = 1
# seconds between two looks at text that was printed without a newline
_FLUSH_INTERVAL: Final = 0.05
# seconds after which a worker loads what it does not need at once
_REST_SECONDS: Final = 0.3
# seconds for which exit handlers wait for other threads to be done with what the handlers close
_LAST_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Assignment:
    """What makes a warm process one session's worker.

    `descriptors` are the ends of the request and the helper socketpair, and the writing ends of the
    pipes for standard output and standard error, in this order.
    """

    descriptors: tuple[int, int, int, int]
    token: str
    cwd: str
    username: str
    session: str
    history: str


@dataclass(slots=True)
class Warm:
    """What is made before the worker is assigned, once for all workers of a fork server."""

    shell: ZMQInteractiveShell
    libc: ctypes.CDLL


def warm_up() -> Warm:
    """Make everything that does not belong to one worker.  No thread is started and no file kept open."""
    shell = make_shell()
    # the first cell and the first completion import what the later ones use
    shell.run_cell("pass", silent=True)
    return Warm(shell, ctypes.CDLL(None))


def warm_up_further() -> None:
    """Load what IPython loads when it shows the first error, which takes 100 ms."""
    with contextlib.suppress(ImportError):
        import pygments.formatters.terminal256
        import pygments.lexers.python
        import stack_data  # noqa: F401

        # the first instance compiles the lexer's expressions
        pygments.lexers.python.PythonLexer()


class Worker:
    """One worker: a shell, and the two channels to its supervisor."""

    def __init__(self, warm: Warm, assignment: Assignment, errors: ErrorStream) -> None:
        requests_fd, helper_fd, stdout_fd, stderr_fd = assignment.descriptors
        self._shell = warm.shell
        self._interrupts = Interrupts()
        self._main = Channel(socket.socket(fileno=requests_fd))
        self._helper = Channel(socket.socket(fileno=helper_fd))
        # its own descriptors of the pipes: user code may point 1 and 2 elsewhere
        self._pipes = (stdout_fd, stderr_fd)
        markers = Markers(bytes.fromhex(assignment.token), self._pipes)
        author = Author(assignment.username, assignment.session)
        self._outbox = Outbox(self._main, markers, author, self._interrupts)
        errors.sync = self._outbox.sync
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._aside: queue.SimpleQueue[list[bytes]] = queue.SimpleQueue()
        self._answering = threading.Lock()
        self._busy = threading.Event()
        self._history = Path(assignment.history)
        self._width = Width(warm.shell)
        self._forked = False

    def run(self) -> None:
        """Serve until the supervisor says to stop or is gone."""
        self._interrupts.install()
        self._shell.attach(self._outbox, self._interrupts, self._ask)
        os.register_at_fork(before=flush, after_in_child=self._become_child)
        with contextlib.suppress(ChannelClosed):
            self._main.send([HELLO, b"0", b"%d" % os.getpid()])
            self._outbox.ready()
            self._interrupts.watch()
            self._shell.open_history(self._history)
            for name in ("helper", "aside", "flush"):
                serve = getattr(self, f"_serve_{name}")
                threading.Thread(target=serve, name=f"cshell {name}", daemon=True).start()
            later = threading.Timer(_REST_SECONDS, warm_up_further)
            later.daemon = True
            later.start()
            self._serve_main()
        self._end()

    def _serve_main(self) -> None:
        while True:
            kind, *parts = self._main.receive()
            if kind == SHUTDOWN:
                return
            if kind == REQUEST:
                self._busy.set()
                self._answer_main(parts)
                self._busy.clear()

    def _answer_main(self, parts: list[bytes]) -> None:
        raw_header, _, raw_metadata, raw_content = parts[:4]
        msg_type = decode(raw_header)["msg_type"]
        request = parse(msg_type, decode(raw_content))
        if isinstance(request, ExecuteRequest):
            self._outbox.parent = raw_header
            self._width.follow(raw_metadata)
            reply_type = "execute_reply"
            reply: Content = requests.execute(self._shell, request, self._interrupts)
        else:
            reply_type, reply = self._answer_interruptibly(msg_type, request)
        if self._forked:
            # a child that came to the end of its parent's cell; reply and exit handlers are the parent's
            flush()
            os._exit(0 if reply.as_dict().get("status") == "ok" else 1)
        # before another file gets the number of a stream that user code closed
        repair(*self._pipes)
        try:
            self._outbox.reply(reply_type, raw_header, reply.as_dict())
        except ChannelClosed:
            raise
        # what user code put into it cannot be written as JSON
        except Exception as error:
            self._outbox.reply(reply_type, raw_header, requests.failure(error).as_dict())

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

    def _serve_helper(self) -> None:
        """Take what must not wait for the main thread, nor for an answer that takes long."""
        with contextlib.suppress(ChannelClosed):
            while True:
                kind, *parts = self._helper.receive()
                if kind == INPUT:
                    self._take_line(parts[0])
                elif kind == REQUEST:
                    self._aside.put(parts)
        # the supervisor is gone, and with it everybody who could see or stop this process
        os.killpg(os.getpgrp(), signal.SIGKILL)

    def _serve_aside(self) -> None:
        """Answer requests while the main thread is busy."""
        with contextlib.suppress(ChannelClosed):
            while True:
                raw_header, _, _, raw_content = self._aside.get()[:4]
                msg_type = decode(raw_header)["msg_type"]
                request = parse(msg_type, decode(raw_content))
                with self._answering:
                    reply_type, reply = requests.answer(self._shell, msg_type, request)
                self._outbox.reply_aside(self._helper, reply_type, raw_header, reply.as_dict())

    def _serve_flush(self) -> None:
        """Show text without a newline at its end soon: standard output is line-buffered."""
        pause = threading.Event()
        while True:
            self._busy.wait()
            pause.wait(_FLUSH_INTERVAL)
            flush()

    def _take_line(self, raw_content: bytes) -> None:
        content = parse("input_reply", decode(raw_content))
        if isinstance(content, InputReply):
            self._lines.put(content.value)

    def _ask(self, prompt: str, password: bool) -> str:
        """Ask the client for a line.  Raises KeyboardInterrupt, and EOFError when the line is Ctrl-D."""
        # a queue of its own for each question: nobody may ever answer one that was interrupted or in a thread
        lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._lines = lines
        self._outbox.ask({"prompt": prompt, "password": password})
        line = lines.get()
        if line == "\x04":
            raise EOFError
        return line

    def _become_child(self) -> None:
        """Let go of the supervisor in a forked child: it has output, and nothing else."""
        self._forked = True
        self._outbox.detach()
        self._main.close()
        self._helper.close()
        builtins.input = getpass.getpass = _no_input

    def _end(self) -> NoReturn:
        """End in order: exit handlers, output, and no waiting for threads that user code left behind."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        self._answering.acquire(timeout=_LAST_SECONDS)
        self._shell.close_history(_LAST_SECONDS)
        try:
            atexit._run_exitfuncs()
            flush()
        finally:
            os._exit(0)


def become_worker(warm: Warm, assignment: Assignment) -> None:
    """Turn this process, which has one thread, into a worker; this does not return."""
    _lead(warm.libc)
    stdout_fd, stderr_fd = assignment.descriptors[2:]
    null = os.open(os.devnull, os.O_RDONLY)
    for descriptor, standard in ((null, 0), (stdout_fd, 1), (stderr_fd, 2)):
        os.dup2(descriptor, standard)
    os.close(null)
    errors = open_streams()
    # printf() of C code into a pipe would wait for a full buffer
    warm.libc.setvbuf(ctypes.c_void_p.in_dll(warm.libc, "stdout"), None, _LINE_BUFFERED, 0)
    # the thread that crashed says it all; the other ones are mostly ours
    faulthandler.enable(file=stderr_fd, all_threads=False)
    faulthandler.register(signal.SIGUSR2, file=stderr_fd, all_threads=True)
    _enter(assignment.cwd)
    Worker(warm, assignment, errors).run()


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
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
