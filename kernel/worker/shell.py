"""IPython's shell with our outputs: results, displays, errors and pages become messages."""

from __future__ import annotations

import builtins
import getpass
import os
import signal
import sys
import tempfile
import threading
import warnings
from base64 import b64encode
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import format_exception
from typing import Any, Final

import IPython
from IPython.core import page, payloadpage
from IPython.core.async_helpers import get_asyncio_loop
from IPython.core.autocall import ZMQExitAutocall
from IPython.core.completer import ProvisionalCompleterWarning
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.payload import PayloadManager
from IPython.paths import get_ipython_dir
from traitlets import Any as AnyTrait
from traitlets import Type, default

from kernel.protocol.messages import decode
from kernel.worker.cellfiles import CellCompiler, find_at_once, is_cell
from kernel.worker.comms import Comms
from kernel.worker.gui import Windows
from kernel.worker.history import SessionHistory, open_history
from kernel.worker.interrupts import Interrupts, without_worker
from kernel.worker.magics import ClientMagics
from kernel.worker.owners import NOBODY, Owner
from kernel.worker.profile import Profile
from kernel.worker.static import StaticAnalysis
from kernel.worker.streams import flush
from kernel.worker.tables import MIME as TYPES
from kernel.worker.tables import TypesFormatter

AskForLine = Callable[[str, bool], str]

_IPYTHON_FILES: Final = os.path.dirname(IPython.__file__) + os.sep
# how many calls lie between a debugger and its input()
_DEBUGGER_DEPTH: Final = 8
_GROUPS: Final = (builtins.BaseExceptionGroup,) if hasattr(builtins, "BaseExceptionGroup") else ()


def jsonable(bundle: dict[str, Any]) -> dict[str, Any]:
    """Return a MIME bundle as JSON can carry it: bytes in base64 (specification: display_data)."""
    return {mime: b64encode(data).decode("ascii") if isinstance(data, bytes) else data for mime, data in bundle.items()}


def _has_group(error: BaseException | None) -> bool:
    """Whether an exception, or one that it came from, is a group (PEP 654; Python 3.11)."""
    while error is not None:
        if isinstance(error, _GROUPS):
            return True
        error = error.__cause__ or error.__context__
    return False


class MessageDisplayHook(DisplayHook):  # type: ignore[misc]
    """The value of a cell's last expression as an `execute_result`."""

    def write_output_prompt(self) -> None:
        """Write none: clients draw their own."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        """Publish the value's representations."""
        self.shell.outbox.publish(
            "execute_result",
            {
                "execution_count": self.prompt_count,
                "data": jsonable(format_dict),
                "metadata": md_dict or {},
            },
        )

    def finish_displayhook(self) -> None:
        """Nothing was written, so nothing ends."""
        self._is_active = False


class MessageDisplayPublisher(DisplayPublisher):  # type: ignore[misc]
    """`display(...)` and its relatives as messages."""

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_ignored: Any,
    ) -> None:
        """Publish a MIME bundle, or a new value for the display that `transient` names."""
        self.shell.outbox.publish(
            "update_display_data" if update else "display_data",
            {"data": jsonable(data), "metadata": metadata or {}, "transient": transient or {}},
        )

    def clear_output(self, wait: bool = False) -> None:
        """Clear the running cell's output."""
        self.shell.outbox.publish("clear_output", {"wait": bool(wait)})


class OwnPayloads(PayloadManager):  # type: ignore[misc]
    """What a cell wants its client to do, kept apart for cells that run at the same time."""

    def write_payload(self, data: dict[str, Any], single: bool = True) -> None:
        """Add a payload; with `single` it replaces an earlier one of the same source."""
        payload = self.parent.running.payload
        if single:
            payload[:] = [item for item in payload if item.get("source") != data.get("source")]
        payload.append(data)

    def read_payload(self) -> list[dict[str, Any]]:
        """Return what there is."""
        return list(self.parent.running.payload)

    def clear_payload(self) -> None:
        """Forget it."""
        self.parent.running.payload.clear()


class Facade:
    """What libraries find as `get_ipython().kernel`."""

    def __init__(self, shell: ZMQInteractiveShell) -> None:
        self.shell = shell

    @property
    def comm_manager(self) -> Any:
        """The manager of comms.  Raises ImportError when the package `comm` is not installed."""
        return self.shell.comms.manager

    def get_parent(self, channel: str | None = None) -> dict[str, Any]:
        """Return the request that this thread works on, as far as libraries look at it: its header."""
        return {"header": decode(self.shell.outbox.owners.current().header), "content": {}, "metadata": {}}


class ZMQInteractiveShell(InteractiveShell):  # type: ignore[misc]
    """The shell that runs in a worker.

    The name is the one that libraries look for to tell a Jupyter kernel from a terminal.
    """

    displayhook_class = Type(MessageDisplayHook)
    display_pub_class = Type(MessageDisplayPublisher)
    compiler_class = Type(CellCompiler)
    history_manager: Any
    outbox: Any = AnyTrait(None)
    interrupts: Interrupts | None = AnyTrait(None)
    ask_for_line: AskForLine = AnyTrait()
    comms: Comms = AnyTrait()
    kernel: Facade = AnyTrait()
    _local: threading.local = AnyTrait()
    windows: Windows = AnyTrait()
    static: StaticAnalysis = AnyTrait()
    # whether the exit() that is asked for leaves the kernel running
    keepkernel_on_exit: bool = AnyTrait(False)
    # told the event loop that a cell runs in the main thread, and None when it does not any more
    awaiting: Callable[[Any], None] | None = AnyTrait(None)
    # the debuggers that wait for a line now, the last one asked last
    debuggers: list[Any] = AnyTrait()
    _opened: threading.Event = AnyTrait()
    _opened_history: SessionHistory | None = AnyTrait()
    _adopting: threading.Lock = AnyTrait()
    # the numbers of cells that are in no file of the history
    _unkept: set[int] = AnyTrait()
    _cancelling: bool = AnyTrait(False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._local = threading.local()
        self.windows = Windows()
        self.debuggers = []
        super().__init__(*args, **kwargs)
        self.kernel = Facade(self)
        self.static = StaticAnalysis()

    @property
    def running(self) -> Owner:
        """The cell that this thread runs, or was started by."""
        return self.outbox.owners.current() if self.outbox is not None else NOBODY

    def attach(self, outbox: Any, interrupts: Interrupts | None, ask_for_line: AskForLine) -> None:
        """Send what the user's code shows to `outbox`, and let `input()` ask through `ask_for_line`."""
        self.outbox = outbox
        self.interrupts = interrupts
        self.comms = Comms(outbox.publish)
        self.ask_for_line = ask_for_line
        self._adopting = threading.Lock()
        self._opened = threading.Event()
        self._unkept = set()

    def take_input(self) -> None:
        """Stand in for Python's own `input()`, `getpass.getpass()` and `breakpoint()`."""
        builtins.input = self.raw_input
        getpass.getpass = self.getpass
        if sys.breakpointhook is sys.__breakpointhook__ and "PYTHONBREAKPOINT" not in os.environ:
            sys.breakpointhook = _set_trace

    def open_history(self, path: Path) -> None:
        """Begin to open the history in the file `path`; cells need not wait for a slow disk."""
        threading.Thread(target=self._keep_history, args=[path], name="cshell history", daemon=True).start()

    def _keep_history(self, path: Path) -> None:
        self._opened_history = open_history(self, path)
        self._opened_history.unkept = self._unkept
        self._opened.set()
        self._opened_history.keep()

    def leave_out_of_history(self) -> None:
        """Have the next cell be in no file."""
        self._unkept.add(self.execution_count)

    def adopt_history(self, wait: float = 0.0) -> None:
        """Use the history that was opened meanwhile, having waited for it up to `wait` seconds."""
        with self._adopting:
            opened = self._opened_history if self._opened.wait(wait) else None
            if opened is None or opened is self.history_manager:
                return
            opened.continue_from(self.history_manager)
            self.history_manager = opened
            self.configurables.append(opened)

    def close_history(self, within: float) -> None:
        """Write the history, and have nobody use its file from here on, so that exit handlers can close it."""
        # what was run before the file was open is in none yet
        self.adopt_history(within)
        if self._opened_history is not None:
            self._opened_history.stop(within)

    async def run_code(self, *args: Any, **kwargs: Any) -> bool:
        """Run a statement of the user's, which an interrupt can end from here on."""
        if self.interrupts is not None:
            self.interrupts.allow()
        return bool(await super().run_code(*args, **kwargs))

    # ---- await -------------------------------------------------------------------------------------------

    def run_awaiting(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run a cell with `await` in it; interrupted, it ends, and does not go on inside a later cell."""
        loop = self._event_loop()
        task = loop.create_task(coroutine)
        in_main = threading.current_thread() is threading.main_thread()
        if in_main and self.awaiting is not None:
            self.awaiting(loop)
        try:
            return self._run_task(loop, task)
        finally:
            if in_main and self.awaiting is not None:
                self.awaiting(None)

    def _run_task(self, loop: Any, task: Any) -> Any:
        try:
            return loop.run_until_complete(task)
        except KeyboardInterrupt:
            self._cancelling = True
            task.cancel()
            try:
                result = loop.run_until_complete(task)
            finally:
                self._cancelling = False
        result.error_in_exec = KeyboardInterrupt()
        return result

    def _event_loop(self) -> Any:
        """Return the main thread's event loop, or a subshell's own."""
        if threading.current_thread() is threading.main_thread():
            return get_asyncio_loop()
        if not hasattr(self._local, "loop"):
            import asyncio  # takes 60 ms; it is there once a loop is wanted

            self._local.loop = asyncio.new_event_loop()
        return self._local.loop

    def showtraceback(self, exc_tuple: Any = None, *args: Any, **kwargs: Any) -> None:
        """Publish the exception that is handled now; what the user interrupted was not "cancelled"."""
        if self._cancelling:
            traceback = sys.exc_info()[2]
            exc_tuple = (KeyboardInterrupt, KeyboardInterrupt().with_traceback(traceback), traceback)
        found = exc_tuple or sys.exc_info()
        if _has_group(found[1]):
            self._show_group(found)
        else:
            super().showtraceback(exc_tuple, *args, **kwargs)

    def _show_group(self, found: Any) -> None:
        """Show a group of exceptions (PEP 654), which IPython would print to standard error."""
        etype, value, frame = self._get_exc_info(found)
        while frame is not None and frame.tb_frame.f_code.co_filename.startswith(_IPYTHON_FILES):
            frame = frame.tb_next
        # format_exception takes the frames from the exception
        lines = format_exception(etype, value.with_traceback(frame), frame)
        self._showtraceback(etype, value, [line.rstrip("\n") for line in lines])

    # ---- input -------------------------------------------------------------------------------------------

    def raw_input(self, prompt: object = "") -> str:
        """Stand in for `input()`."""
        return self._ask(str(prompt), password=False)

    def getpass(self, prompt: str = "Password: ", stream: object = None, **_ignored: Any) -> str:
        """Stand in for `getpass.getpass()`; Python 3.14's `echo_char` changes nothing here."""
        return self._ask(str(prompt), password=True)

    def _ask(self, prompt: str, password: bool) -> str:
        if not self.running.allow_stdin:
            raise StdinNotImplementedError("this client does not answer input(), so it was not asked")
        flush()
        debugger = _asking_debugger()
        if debugger is not None:
            self.debuggers.append(debugger)
        try:
            return self.ask_for_line(prompt, password)
        finally:
            if debugger is not None:
                self.debuggers.remove(debugger)

    @property
    def asking_debugger(self) -> Any:
        """The debugger that waits for a line now, the last one if there are several; None if there is none."""
        return self.debuggers[-1] if self.debuggers else None

    # ---- output ------------------------------------------------------------------------------------------

    @contextmanager
    def _tee(self, channel: str) -> Iterator[None]:
        # IPython would keep all that is printed in memory: 80 to 120 MB a million lines
        yield

    def show_interrupt(self, interrupt: KeyboardInterrupt) -> None:
        """Show an interrupt that came outside the user's code, where a traceback would tell nothing."""
        self._showtraceback(KeyboardInterrupt, interrupt, ["KeyboardInterrupt"])

    def _get_exc_info(self, exc_tuple: Any = None) -> tuple[Any, Any, Any]:
        etype, value, traceback = super()._get_exc_info(exc_tuple)
        find_at_once(traceback)
        return etype, value, without_worker(traceback)

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        self.running.traceback = [str(line) for line in stb]
        self.outbox.publish(
            "error",
            {"ename": etype.__name__, "evalue": text_of(evalue), "traceback": self.running.traceback},
        )

    def _format_exception_for_storage(self, exception: BaseException, *_args: Any, **_kwargs: Any) -> Any:
        # the traceback was formatted a moment ago for its message; IPython would do it again for %notebook
        return {
            "output_type": "error",
            "ename": type(exception).__name__,
            "evalue": text_of(exception),
            "traceback": self.running.traceback,
        }

    def init_display_formatter(self) -> None:
        """Add a form that tells what HTML does not."""
        super().init_display_formatter()
        self.display_formatter.formatters[TYPES] = TypesFormatter(parent=self.display_formatter)

    def init_hooks(self) -> None:
        """Send what would go to a pager to the client."""
        super().init_hooks()
        self.set_hook("show_in_pager", page.as_hook(payloadpage.page), 99)

    def set_next_input(self, text: str, replace: bool = False) -> None:
        """Put text into the client's editor."""
        self.payload_manager.write_payload({"source": "set_next_input", "text": text, "replace": replace})

    @default("exiter")
    def _exiter_default(self) -> ZMQExitAutocall:
        # the one that can leave the kernel running: exit(True)
        return ZMQExitAutocall(self)

    def ask_exit(self) -> None:
        """Ask the client to leave and to end the session, for `exit` and `quit`."""
        self.payload_manager.write_payload({"source": "ask_exit", "keepkernel": self.keepkernel_on_exit})
        self.keepkernel_on_exit = False

    def init_payload(self) -> None:
        """Keep payloads for each cell."""
        self.payload_manager = OwnPayloads(parent=self)
        self.configurables.append(self.payload_manager)

    def init_magics(self) -> None:
        """Add the magics that are different here."""
        super().init_magics()
        self.register_magics(ClientMagics)
        # IPython's application loads it at each start
        self.magics_manager.register_lazy("store", "IPython.extensions.storemagic")

    def enable_gui(self, gui: str | None = None) -> None:
        """Run the event loop of a library for windows while no cell runs.  Raises UsageError if it cannot run here."""
        self.windows.choose(gui)

    # a subprocess writes to the worker's own pipes, in order with everything else
    def system(self, cmd: str) -> None:
        """Run a shell command; an interrupt ends the cell with it, where IPython would go on behind it."""
        handled = self._interrupts_handled
        # here, because IPython looks for the variables in the frame that calls it
        expanded = self.var_expand(cmd, depth=1)
        setattr(self, "var_expand", lambda text, **_: text)  # noqa: B010 (IPython's has no type)
        try:
            self.system_raw(expanded)
        finally:
            delattr(self, "var_expand")
        self._end_if_interrupted(handled)

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """Run a shell command and return what it printed; an interrupt ends the cell with it."""
        handled = self._interrupts_handled
        # the caller's variables are one frame further up than where IPython looks for them
        printed = super().getoutput(cmd, split, depth + 1)
        self._end_if_interrupted(handled)
        return printed

    @property
    def _interrupts_handled(self) -> int:
        return self.interrupts.handled if self.interrupts is not None else 0

    def _end_if_interrupted(self, handled: int) -> None:
        if self._interrupts_handled != handled:
            raise KeyboardInterrupt


def text_of(exception: BaseException) -> str:
    """Return what an exception says, or that it cannot say it.

    A syntax error in a cell does not say the name that the cell was compiled under: the traceback says which one it is.
    """
    try:
        if type(exception).__str__ is SyntaxError.__str__ and is_cell(getattr(exception, "filename", None)):
            return str(exception.msg)  # type: ignore[attr-defined]
        return str(exception)
    except Exception:
        return f"<{type(exception).__name__} whose str() failed>"


@contextmanager
def borrowed(shell: ZMQInteractiveShell) -> Iterator[None]:
    """Let a shell be the process's one shell for a while, in a program that has another use for itself."""
    shells = [(kind, kind._instance) for kind in ZMQInteractiveShell._walk_mro()]
    before = builtins.input, getpass.getpass, sys.displayhook, sys.breakpointhook
    # Python's debugger takes SIGINT and keeps it
    handler = signal.getsignal(signal.SIGINT) if threading.current_thread() is threading.main_thread() else None
    shell.take_input()
    for kind, _ in shells:
        # IPython's display() goes to the one shell
        kind._instance = shell
    try:
        yield
    finally:
        for kind, instance in shells:
            kind._instance = instance
        builtins.input, getpass.getpass, sys.displayhook, sys.breakpointhook = before
        if handler is not None:
            signal.signal(signal.SIGINT, handler)


def _set_trace(*_args: Any, **_kwargs: Any) -> None:
    """Stop where `breakpoint()` was called, in IPython's debugger instead of Python's own (PEP 553)."""
    from IPython.core.debugger import Pdb  # takes a while, and is rarely needed

    frame = sys._getframe().f_back
    # behind the last line of a cell there is nothing of the user's
    Pdb(skip=["IPython.*", "kernel.worker.*"]).set_trace(frame)


def _asking_debugger() -> Any:
    """Return the debugger that asks for its next command, if it is one that asks."""
    bdb = sys.modules.get("bdb")
    frame = sys._getframe(2) if bdb is not None else None
    for _ in range(_DEBUGGER_DEPTH):
        if frame is None:
            break
        asking = frame.f_locals.get("self")
        if isinstance(asking, bdb.Bdb):  # type: ignore[union-attr]
            return asking
        frame = frame.f_back
    return None


def _ipython_dir() -> str:
    """Return IPython's own directory, or an empty one where that cannot be made."""
    try:
        return str(get_ipython_dir())
    except OSError:
        return tempfile.mkdtemp(prefix="ipython-")


def make_shell(
    profile_name: str = "default", *, own: bool = False, namespace: dict[str, Any] | None = None
) -> tuple[ZMQInteractiveShell, Profile]:
    """Return the shell, ready but for what belongs to one worker, and the profile that it was configured by.

    It is the process's one shell, unless it is to be somebody's `own`; its variables are in `namespace`.
    """
    ipython_dir = _ipython_dir()
    profile = Profile(ipython_dir, profile_name)
    config = profile.config
    config.HistoryManager.enabled = False
    config.Completer.use_jedi = False
    # some libraries look for this section to tell a kernel from a terminal
    config.IPKernelApp.cshell = True
    given = {"profile_dir": profile.directory} if profile.directory is not None else {}
    make = ZMQInteractiveShell if own else ZMQInteractiveShell.instance
    shell = make(config=config, ipython_dir=ipython_dir, user_ns=namespace, **given)
    shell.loop_runner = shell.run_awaiting
    # provisionalcompleter() would set and reset the filters while user code runs in another thread
    warnings.filterwarnings("ignore", category=ProvisionalCompleterWarning)
    return shell, profile
