"""The worker's life: take over the descriptors, then serve requests until told to stop."""

import atexit
import builtins
import contextlib
import ctypes
import faulthandler
import os
import queue
import signal
import socket
import sys
import threading
from dataclasses import dataclass
from io import TextIOWrapper
from typing import Any, Final

from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.messages import ExecuteRequest, InputReply, decode, parse
from kernel.protocol.wire import Author
from kernel.worker import requests
from kernel.worker.channel import HELLO, INPUT, REQUEST, SHUTDOWN, Channel, ChannelClosed, Markers
from kernel.worker.interrupts import Interrupts
from kernel.worker.outbox import Outbox, flush
from kernel.worker.shell import ZMQInteractiveShell, make_shell

_PR_SET_PDEATHSIG: Final = 1
_LINE_BUFFERED: Final = 1
# seconds between two looks at text that was printed without a newline
_FLUSH_INTERVAL: Final = 0.05


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
    supervisor: int


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


class Worker:
    """One worker: a shell, and the two channels to its supervisor."""

    def __init__(self, warm: Warm, assignment: Assignment) -> None:
        requests_fd, helper_fd, stdout_fd, stderr_fd = assignment.descriptors
        self._shell = warm.shell
        self._interrupts = Interrupts()
        self._main = Channel(socket.socket(fileno=requests_fd))
        self._helper = Channel(socket.socket(fileno=helper_fd))
        # its own descriptors of the pipes: user code may point 1 and 2 elsewhere
        markers = Markers(bytes.fromhex(assignment.token), (stdout_fd, stderr_fd))
        author = Author(assignment.username, assignment.session)
        self._outbox = Outbox(self._main, markers, author, self._interrupts)
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._asking = threading.Lock()
        self._busy = threading.Event()
        self._history = assignment.history

    def run(self) -> None:
        """Serve until the supervisor says to stop or is gone."""
        self._interrupts.install()
        self._shell.attach(self._outbox, self._ask)
        with contextlib.suppress(ChannelClosed):
            self._main.send([HELLO, b"%d" % os.getpid()])
            self._outbox.ready({})
            self._shell.open_history(self._history)
            threading.Thread(target=self._serve_helper, name="cshell helper", daemon=True).start()
            threading.Thread(target=self._flush_often, name="cshell flush", daemon=True).start()
            self._serve_main()
        self._end()

    def _serve_main(self) -> None:
        while True:
            kind, *parts = self._main.receive()
            if kind == SHUTDOWN:
                return
            if kind == REQUEST:
                self._busy.set()
                try:
                    self._answer_main(parts)
                finally:
                    self._busy.clear()

    def _answer_main(self, parts: list[bytes]) -> None:
        raw_header, _, _, raw_content = parts[:4]
        msg_type = decode(raw_header)["msg_type"]
        self._outbox.parent = raw_header
        content = parse(msg_type, decode(raw_content))
        if isinstance(content, ExecuteRequest):
            reply = requests.execute(self._shell, content, self._interrupts)
            self._outbox.reply("execute_reply", raw_header, reply.as_dict())
        else:
            reply_type, values = self._answer(msg_type, content)
            self._outbox.reply(reply_type, raw_header, values)

    def _answer(self, msg_type: str, content: Any) -> tuple[str, dict[str, Any]]:
        reply_type, answer = requests.ANSWERS[msg_type]
        try:
            return reply_type, answer(self._shell, content).as_dict()
        # user code runs in here: __getattr__, __dir__ and __repr__ may raise anything
        except Exception as error:
            return reply_type, {"status": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": []}

    def _serve_helper(self) -> None:
        with contextlib.suppress(ChannelClosed):
            while True:
                kind, *parts = self._helper.receive()
                if kind == INPUT:
                    self._take_line(parts[0])
                elif kind == REQUEST:
                    self._answer_aside(parts)
        # the supervisor is gone, and with it everybody who could see or stop this process
        os.killpg(os.getpgrp(), signal.SIGKILL)

    def _answer_aside(self, parts: list[bytes]) -> None:
        raw_header, _, _, raw_content = parts[:4]
        msg_type = decode(raw_header)["msg_type"]
        with contextlib.suppress(RemoteProtocolError):
            reply_type, values = self._answer(msg_type, parse(msg_type, decode(raw_content)))
            self._outbox.reply_aside(self._helper, reply_type, raw_header, values)

    def _take_line(self, raw_content: bytes) -> None:
        content = parse("input_reply", decode(raw_content))
        if isinstance(content, InputReply):
            self._lines.put(content.value)

    def _ask(self, prompt: str, password: bool) -> str:
        """Ask the client for a line.  Raises KeyboardInterrupt, and EOFError when the line is Ctrl-D."""
        with self._asking:
            while not self._lines.empty():
                # the answer to a question that was interrupted
                self._lines.get()
            self._outbox.ask({"prompt": prompt, "password": password})
            line = self._lines.get()
        if line == "\x04":
            raise EOFError
        return line

    def _flush_often(self) -> None:
        """Show text without a newline at its end soon: standard output is line-buffered."""
        pause = threading.Event()
        while True:
            self._busy.wait()
            pause.wait(_FLUSH_INTERVAL)
            flush()

    def _end(self) -> None:
        """End in order: exit handlers, output, and no waiting for threads that user code left behind."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        atexit._run_exitfuncs()
        flush()
        os._exit(0)


def become_worker(warm: Warm, assignment: Assignment) -> None:
    """Turn this process, which has one thread, into a worker; this does not return."""
    _follow_supervisor(warm.libc, assignment.supervisor)
    stdout_fd, stderr_fd = assignment.descriptors[2:]
    os.dup2(stdout_fd, 1)
    os.dup2(stderr_fd, 2)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = _text_stream(1)
    sys.stderr = _text_stream(2)
    # libraries that save and restore the streams look for these
    vars(sys).update(__stdin__=sys.stdin, __stdout__=sys.stdout, __stderr__=sys.stderr)
    # printf() of C code into a pipe would wait for a full buffer
    warm.libc.setvbuf(ctypes.c_void_p.in_dll(warm.libc, "stdout"), None, _LINE_BUFFERED, 0)
    faulthandler.enable(file=stderr_fd, all_threads=True)
    faulthandler.register(signal.SIGUSR2, file=stderr_fd, all_threads=True)
    os.register_at_fork(before=flush, after_in_child=_restore_input)
    _enter(assignment.cwd)
    Worker(warm, assignment).run()


def _follow_supervisor(libc: ctypes.CDLL, supervisor: int) -> None:
    """Lead a process group of our own, and be killed when the supervisor dies (Linux: prctl(2))."""
    os.setsid()
    if sys.platform == "linux":
        while os.getppid() not in (supervisor, 1):
            os.sched_yield()
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _text_stream(descriptor: int) -> TextIOWrapper:
    # a lone surrogate in what is printed must not raise
    return open(  # noqa: SIM115
        descriptor, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False
    )


def _restore_input() -> None:
    """Let `input()` in a forked child fail at once: the answer would reach the parent."""
    builtins.input = _no_input


def _no_input(prompt: object = "") -> str:
    raise EOFError("a child process of the kernel has no input")


def _enter(cwd: str) -> None:
    with contextlib.suppress(OSError):
        os.chdir(cwd)
    # as in an interactive Python: modules beside the user's work can be imported
    if "" not in sys.path:
        sys.path.insert(0, "")
    random = sys.modules.get("numpy.random")
    if random is not None:
        random.seed()
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")


