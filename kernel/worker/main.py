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
import queue
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NoReturn

import IPython

from kernel.protocol.messages import Content, ExecuteRequest, decode, read
from kernel.protocol.wire import Author
from kernel.worker import requests
from kernel.worker.channel import (
    AWAITING,
    CLOSE_SUBSHELL,
    HELLO,
    INPUT,
    INTERRUPTED,
    OPEN_SUBSHELL,
    REQUEST,
    RETURNED,
    SHUTDOWN,
    Channel,
    ChannelClosed,
    Markers,
)
from kernel.worker.imports import when_imported
from kernel.worker.interrupts import Interrupts
from kernel.worker.outbox import Outbox
from kernel.worker.owners import Owner, context_of, follow_threads, own_thread
from kernel.worker.profile import Profile
from kernel.worker.questions import Questions
from kernel.worker.shell import ZMQInteractiveShell, make_shell
from kernel.worker.streams import Streams, flush, repair
from kernel.worker.subshells import Subshells
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
    with contextlib.suppress(ImportError):
        import pygments.formatters.terminal256
        import pygments.lexers.python
        import stack_data  # noqa: F401

        # the first instance compiles the lexer's expressions
        pygments.lexers.python.PythonLexer()


class Worker:
    """One worker: a shell, and the two channels to its supervisor."""

    def __init__(self, warm: Warm, assignment: Assignment, streams: Streams) -> None:
        requests_fd, helper_fd, stdout_fd, stderr_fd, _ = assignment.descriptors
        self._shell = warm.shell
        self._profile = warm.profile
        self._streams = streams
        self._interrupts = Interrupts()
        self._main = Channel(socket.socket(fileno=requests_fd))
        self._helper = Channel(socket.socket(fileno=helper_fd))
        # its own descriptors of the pipes: user code may point 1 and 2 elsewhere
        self._pipes = (stdout_fd, stderr_fd)
        markers = Markers(bytes.fromhex(assignment.token), self._pipes)
        author = Author(assignment.username, assignment.session)
        self._busy = False
        self._unflushed = threading.Event()
        self._outbox = Outbox(self._main, markers, author, self._interrupts, self._unflushed.set)
        self._owners = self._outbox.owners
        streams.mark(self._outbox)
        self._questions = Questions()
        self._subshells = Subshells(self._answer_in_subshell)
        self._tasks = Tasks(streams.share)
        # the debugger has a thread of its own from its first request on
        self._debug: queue.SimpleQueue[list[bytes]] | None = None
        self._aside: queue.SimpleQueue[list[bytes]] = queue.SimpleQueue()
        self._answering = threading.Lock()
        # the event loop that runs the cell in the main thread
        self._loop: Any = None
        self._looping = threading.Lock()
        self._history = Path(assignment.history)
        self._width = Width(warm.shell)
        self._forked = False

    def run(self) -> None:
        """Serve until the supervisor says to stop or is gone."""
        self._interrupts.install()
        self._shell.attach(self._outbox, self._interrupts, self._ask)
        self._shell.take_input()
        self._shell.awaiting = self._awaiting
        when_imported("pdb", self._interrupts.take_from_pdb)
        os.register_at_fork(before=flush, after_in_child=self._become_child)
        with contextlib.suppress(ChannelClosed):
            self._main.send([HELLO, b"0", b"%d" % os.getpid(), versions()])
            self._interrupts.watch(self._interrupted)
            for name in ("helper", "aside", "flush"):
                serve = getattr(self, f"_serve_{name}")
                threading.Thread(target=serve, name=f"cshell {name}", daemon=True).start()
            follow_threads(self._owners, self._streams.share)
            # startup files may take long or go wrong in every way
            self._runs_through(lambda: self._profile.run(self._shell))
            self._outbox.ready()
            self._shell.open_history(self._history)
            later = threading.Timer(_REST_SECONDS, warm_up_further)
            later.daemon = True
            later.start()
            self._main.wait = self._rest
            self._serve_main()
        self._end()

    def _serve_main(self) -> None:
        while True:
            kind, *parts = self._main.receive()
            if kind == SHUTDOWN:
                return
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
        if self._forked:
            # a child that came to the end of its parent's cell; reply and exit handlers are the parent's
            flush()
            os._exit(0 if reply.as_dict().get("status") == "ok" else 1)
        # before another file gets the number of a stream that user code closed
        repair(*self._pipes)
        self._reply(reply_type, raw_header, reply)

    def _reply(self, reply_type: str, raw_header: bytes, reply: Content) -> None:
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

    def _answer_comm(self, parts: list[bytes]) -> None:
        """Let the callbacks of a comm run in the main thread, where nothing else runs."""
        self._tasks.enter_cell()
        self._runs_through(lambda: self._handle_comm(parts))
        self._tasks.leave_cell()
        self._outbox.done(parts[1])

    def _handle_comm(self, parts: list[bytes]) -> None:
        _, raw_header, _, raw_metadata, raw_content, *buffers = parts
        header = decode(raw_header)
        message = {
            "header": header,
            "msg_type": header["msg_type"],
            "metadata": decode(raw_metadata),
            "content": decode(raw_content),
            "buffers": [memoryview(buffer) for buffer in buffers],
        }
        self._shell.comms.handle(header["msg_type"], message)

    def _awaiting(self, loop: Any) -> None:
        """Tell the supervisor whether messages of comms can be handled while the cell runs."""
        with self._looping:
            self._loop = loop
        with contextlib.suppress(ChannelClosed):
            self._helper.send([AWAITING, b"0", b"0" if loop is None else b"1"])

    def _handle_comm_in_loop(self, parts: list[bytes]) -> None:
        try:
            self._handle_comm(parts)
        except Exception:
            self._shell.showtraceback()
        self._outbox.done(parts[1])

    def _ask_loop(self, parts: list[bytes]) -> None:
        """Have a comm's callbacks run beside the cell that awaits; give the message back if none does any more."""
        with self._looping:
            if self._loop is not None:
                context = context_of(Owner(parts[0], parts[1]))
                self._loop.call_soon_threadsafe(self._handle_comm_in_loop, parts, context=context)
                return
        self._helper.send([RETURNED, b"0", parts[1]])

    # ---- other threads -----------------------------------------------------------------------------------

    def _serve_helper(self) -> None:
        """Take what must not wait for the main thread, nor for an answer that takes long."""
        with contextlib.suppress(ChannelClosed):
            while True:
                kind, *parts = self._helper.receive()
                if kind == INPUT:
                    self._questions.answer(parts[1].decode(), decode(parts[0]))
                elif kind == OPEN_SUBSHELL:
                    self._subshells.open(parts[0])
                elif kind == CLOSE_SUBSHELL:
                    self._subshells.close(parts[0])
                elif kind == REQUEST:
                    self._ask_aside(parts)
        # the supervisor is gone, and with it everybody who could see or stop this process
        os.killpg(os.getpgrp(), signal.SIGKILL)

    def _ask_aside(self, parts: list[bytes]) -> None:
        header = decode(parts[1])
        if header["msg_type"] == "execute_request":
            self._subshells.ask(header["subshell_id"].encode(), parts)
        elif header["msg_type"] in requests.COMM_TYPES:
            self._ask_loop(parts)
        elif header["msg_type"] == "debug_request":
            self._ask_debugger(parts)
        else:
            self._aside.put(parts)

    def _ask_debugger(self, parts: list[bytes]) -> None:
        if self._debug is None:
            self._debug = queue.SimpleQueue()
            threading.Thread(
                target=self._serve_debugger, args=[self._debug], name="cshell debugger", daemon=True
            ).start()
        self._debug.put(parts)

    def _serve_debugger(self, asked: queue.SimpleQueue[list[bytes]]) -> None:
        """Answer the debugger's requests one at a time, also while the main thread stands at a breakpoint."""
        from kernel.worker.debugger import Debugger  # nobody else needs it

        debugger = Debugger(self._shell, self._publish_debug_event)
        # the files of cells, which nobody else removes
        atexit.register(debugger.close)
        with contextlib.suppress(ChannelClosed):
            while True:
                _, raw_header, _, _, raw_content = asked.get()[:5]
                reply = debugger.answer(decode(raw_content))
                self._outbox.reply_aside(self._helper, "debug_reply", raw_header, reply)

    def _publish_debug_event(self, event: dict[str, Any]) -> None:
        with contextlib.suppress(ChannelClosed):
            self._outbox.publish("debug_event", event)

    def _serve_aside(self) -> None:
        """Answer requests while the main thread is busy."""
        with contextlib.suppress(ChannelClosed):
            while True:
                _, raw_header, _, _, raw_content = self._aside.get()[:5]
                msg_type = decode(raw_header)["msg_type"]
                with self._answering:
                    reply_type, reply = requests.answer(self._shell, msg_type, read(msg_type, decode(raw_content)))
                self._outbox.reply_aside(self._helper, reply_type, raw_header, reply.as_dict())

    def _answer_in_subshell(self, parts: list[bytes]) -> None:
        """Run a cell in a subshell's thread."""
        number, raw_header, _, _, raw_content = parts[:5]
        own_thread(Owner(number, raw_header))
        self._streams.share()
        request = read("execute_request", decode(raw_content))
        assert isinstance(request, ExecuteRequest)
        with contextlib.suppress(ChannelClosed):
            try:
                reply: Content = requests.execute_here(self._shell, request)
            # sys.exit in a thread, and what else IPython lets through
            except BaseException as error:
                reply = requests.failure(error)
            flush()
            self._reply("execute_reply", raw_header, reply)

    def _serve_flush(self) -> None:
        """Show text without a newline at its end soon: standard output is line-buffered."""
        pause = threading.Event()
        while True:
            self._unflushed.wait()
            pause.wait(_FLUSH_INTERVAL)
            if not self._busy:
                self._unflushed.clear()
            flush()

    def _interrupted(self) -> None:
        """Tell the supervisor that the main thread takes interrupts."""
        with contextlib.suppress(ChannelClosed):
            self._helper.send([INTERRUPTED, b"0"])

    def _ask(self, prompt: str, password: bool) -> str:
        """Ask the client for a line.  Raises KeyboardInterrupt, and EOFError when the line is Ctrl-D."""
        content = {"prompt": prompt, "password": password}
        return self._questions.ask(lambda asked: self._outbox.ask(content, asked))

    # ---- the end -----------------------------------------------------------------------------------------

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
