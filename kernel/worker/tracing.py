"""What pydevd, debugpy's core, does to this process: what it watches, and what it must not see."""

from __future__ import annotations

import importlib
import os
import re
import secrets
import socket
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from IPython.core.inputtransformer2 import leading_empty_lines
from IPython.core.interactiveshell import InteractiveShell

from kernel.protocol.installing import pip_install
from kernel.worker.dap import SOON, DebuggerError, Json, Link, OnEnd, accept, spare_thread
from kernel.worker.shell import ZMQInteractiveShell

_HOST: Final = "127.0.0.1"
_NO_DEBUGPY: Final = f"debugging needs debugpy in the kernel's Python: {pip_install('debugpy')}"
_OWN_THREADS: Final = re.compile(r"cshell (?!subshell)|IPythonHistorySavingThread")
_OWN_FILES: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# packages and modules that stand between a cell and its display
_MACHINERY: Final = ("IPython", "traitlets", "decorator", "comm", "matplotlib_inline")


class Tracing:
    """pydevd in this process: when it watches which thread, and what it must not see."""

    def __init__(self, shell: ZMQInteractiveShell) -> None:
        self._shell = shell
        self._pydevd: Any = None
        self._constants: Any = None
        self._api: Any = None
        self._core: Any = None
        self._on = False
        # what breakpoint() does without the debugger
        self._usual_hook = sys.breakpointhook
        # where the shell's list had the function that drops empty lines
        self._transform = 0
        # the shell has these events call us
        self._events = {"pre_execute": self._before_cell, "post_execute": self._after_cell}

    def begin(self, on_end: OnEnd) -> Link:
        """Have pydevd watch this process; return the link to it.

        Raises:
            DebuggerError: debugpy is missing or failed, or a debugger is at work already.
        """
        self.load()
        if self._pydevd.get_global_debugger() is not None:
            raise DebuggerError("a debugger that the user's code started is at work in this kernel")
        try:
            return self._connect(on_end)
        except Exception as error:
            self.end()
            raise DebuggerError(f"debugpy could not be started ({type(error).__name__}: {error})") from error

    def load(self) -> None:
        """Import debugpy.  Raises DebuggerError when it is missing or failed."""
        if self._pydevd is not None:
            return
        usual_hook = sys.breakpointhook
        try:
            with _settings(self._shell):
                importlib.import_module("debugpy.server.api")
                self._constants = importlib.import_module("_pydevd_bundle.pydevd_constants")
                self._api = importlib.import_module("_pydevd_bundle.pydevd_api").PyDevdAPI()
                self._pydevd = importlib.import_module("pydevd")
        except ImportError:
            raise DebuggerError(_NO_DEBUGPY) from None
        # what fails in here is debugpy's own, and may be anything
        except Exception as error:
            raise DebuggerError(f"debugpy could not be loaded ({type(error).__name__}: {error})") from error
        finally:
            # without a session it would make breakpoint() do nothing
            sys.breakpointhook = usual_hook
        os.register_at_fork(after_in_child=self._become_child)

    def _connect(self, on_end: OnEnd) -> Link:
        spare_own_threads()
        token = secrets.token_hex(32)
        self._usual_hook = sys.breakpointhook
        with socket.create_server((_HOST, 0), backlog=1) as listener:
            listener.settimeout(SOON)
            self._pydevd.settrace(
                host=_HOST,
                port=listener.getsockname()[1],
                protocol="dap",
                client_access_token=token,
                suspend=False,
                wait_for_ready_to_run=False,
                # children are not debugged: there is nobody who could go on with one that is stopped
                patch_multiprocessing=False,
                notify_stdin=False,
                dont_trace_start_patterns=(os.path.dirname(sys.modules["debugpy"].__file__ or ""),),
            )
            self._on = True
            core = self._pydevd.get_global_debugger()
            # what is kept about code objects is of an older time; their breakpoints are gone
            core.mtime = 1 + getattr(self._core, "mtime", 0)
            core.do_wait_suspend = self._interruptible(core.do_wait_suspend)
            self._core = core
            # it writes each message in two parts, of which the second would wait for 40 ms
            core.writer.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # this thread is none of the user's
            core.disable_tracing()
            sys.breakpointhook = sys.modules["debugpy"].breakpoint
            self._watch_cells()
            return accept(listener, token, on_end)

    def _interruptible(self, wait: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that waits as pydevd does at a stop, but leaves nothing stopped when it is interrupted."""

        def wait_at_stop(*args: Any, **kwargs: Any) -> Any:
            try:
                return wait(*args, **kwargs)
            except KeyboardInterrupt:
                self._api.request_resume_thread("*")
                raise

        return wait_at_stop

    def _watch_cells(self) -> None:
        for event, function in self._events.items():
            self._shell.events.register(event, function)
        # lines count from the first one that the front end shows
        transforms = self._shell.input_transformer_manager.cleanup_transforms
        if leading_empty_lines in transforms:
            self._transform = transforms.index(leading_empty_lines)
            transforms.remove(leading_empty_lines)

    def end(self) -> None:
        """Have pydevd watch no more, and let go what it stopped."""
        on, self._on = self._on, False
        if on:
            # stoptrace would wait half a second for its threads, one of which waits for stoptrace
            self._core.dispose_and_kill_all_pydevd_threads(wait=False)
        # where the connection was lost, pydevd is at that already, but may not be done
        self._pydevd.set_global_debugger(None)
        self._pydevd.stoptrace()
        if on:
            sys.breakpointhook = self._usual_hook
            transforms = self._shell.input_transformer_manager.cleanup_transforms
            if leading_empty_lines not in transforms:
                transforms.insert(self._transform, leading_empty_lines)

    def _before_cell(self) -> None:
        """Watch this thread, where another one could not see to it; watch it no more after the end."""
        if self._on and sys.gettrace() is None and sys.version_info < (3, 12):
            self._pydevd.settrace(suspend=False, trace_only_current_thread=True)
        elif not self._on:
            if "pydevd" in type(sys.gettrace()).__module__:
                sys.settrace(None)
            for event, function in self._events.items():
                if function in self._shell.events.callbacks[event]:
                    self._shell.events.unregister(event, function)

    def _after_cell(self) -> None:
        """Have this thread run freely again after a cell.

        A step past its end would stop in IPython or in the next cell, and so would what an interrupt ended at a stop.
        """
        if self._on:
            self._api.request_resume_thread(self._constants.get_current_thread_id(threading.current_thread()))

    def _become_child(self) -> None:
        """Let a forked child run: the threads that could go on with what is stopped are its parent's."""
        if self._on:
            # the threads that would be ended are not in this process
            self._on = False
            self._pydevd.set_global_debugger(None)
            self._pydevd.stoptrace()
            sys.breakpointhook = self._usual_hook


@contextmanager
def _settings(shell: ZMQInteractiveShell) -> Iterator[None]:
    """Set what pydevd takes from the environment when it is imported, and keep it from the user's processes."""
    caller = "run_ast_nodes" if type(shell).run_code is InteractiveShell.run_code else "run_code"
    before = dict(os.environ)
    os.environ.update(
        # each statement of a cell has a frame of its own, which a step over must not end in
        PYDEVD_IPYTHON_COMPATIBLE_DEBUGGING="1",
        PYDEVD_IPYTHON_CONTEXT=f"interactiveshell.py, run_code, {caller}",
        # it would print a warning about modules that are frozen into Python
        PYDEVD_DISABLE_FILE_VALIDATION="1",
    )
    try:
        yield
    finally:
        for name in [name for name in os.environ if name.startswith("PYDEVD_") and name not in before]:
            del os.environ[name]
        os.environ.update((name, value) for name, value in before.items() if name.startswith("PYDEVD_"))


def spare_own_threads() -> None:
    """Have pydevd neither show nor stop the worker's threads, but for those that run cells."""
    for thread in threading.enumerate():
        if _OWN_THREADS.match(thread.name):
            spare_thread(thread)


def path_rules(just_my_code: bool) -> list[Json]:
    """Return which files' frames are neither shown nor stepped into: what runs the cells, and Python's own.

    pydevd stops at no breakpoint in them either.
    """
    python = {os.path.dirname(os.__file__), sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    files = [vars(sys.modules[name]).get("__file__") or "" for name in _MACHINERY if name in sys.modules]
    # a package is its directory
    packages = [os.path.dirname(file) if file.endswith("__init__.py") else file for file in files]
    rules: list[Json] = [{"path": path, "include": False} for path in {_OWN_FILES, *python, *packages}]
    if not just_my_code:
        # of directories in each other, pydevd takes the inner one first
        libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        rules += [{"path": path, "include": True} for path in libraries]
    return rules
