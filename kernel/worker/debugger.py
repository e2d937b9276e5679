"""The debugger: a front end's requests in the Debug Adapter Protocol, answered by debugpy inside this process.

Source: the messaging specification ("Debug request"), JEP 47, and the Debug Adapter Protocol (DAP).

debugpy usually starts an adapter, a process that listens at a TCP port which everybody on the machine can use.
Here its core, pydevd, connects to a socket of ours that listens on 127.0.0.1 until it has; so there is no port and no
process to look after.  What the adapter would do for us is small: it begins a session, and ends it.

`Link` has the requests and events on that connection, `Tracing` what pydevd does to this process, `Explorer` the
variables while nothing is stopped, `Debugger` the answers, one method a command, in the table `_COMMANDS`.
"""

from __future__ import annotations

import importlib
import itertools
import json
import linecache
import os
import queue
import re
import secrets
import socket
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Final

from IPython.core.inputtransformer2 import leading_empty_lines
from IPython.core.interactiveshell import InteractiveShell

from kernel.worker.cellfiles import (
    HASH_METHOD,
    HASH_SEED,
    SUFFIX,
    CellCompiler,
    remove_cells,
    temporary_prefix,
    write_cell,
)
from kernel.worker.shell import ZMQInteractiveShell, jsonable

Json = dict[str, Any]
OnEvent = Callable[[Json], None]
OnEnd = Callable[["Link"], None]

_HOST: Final = "127.0.0.1"
# seconds to wait for what pydevd does at once, and for what may run the user's code
_SOON: Final = 10.0
_LONG: Final = 60.0
# seconds for pydevd to take leave
_LEAVING: Final = 2.0
_NO_DEBUGPY: Final = "debugging needs debugpy in the kernel's Python: pip install debugpy"
_NOT_BEGUN: Final = "debugging has not begun: initialize and attach come first"
_BROKEN: Final = "the connection to debugpy broke; the kernel goes on, and debugging can begin again"
# pydevd asks for these by the thread's attributes
_UNTRACED: Final = ("pydev_do_not_trace", "is_pydev_daemon_thread")
_OWN_THREADS: Final = re.compile(r"cshell (?!subshell)|IPythonHistorySavingThread")
_OWN_FILES: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# packages and modules that stand between a cell and its display
_MACHINERY: Final = ("IPython", "traitlets", "decorator", "comm", "matplotlib_inline")
# what IPython puts into the user's namespace, and what each module has
_HIDDEN: Final = re.compile(
    r"_{1,3}|_i{1,3}|_i?\d+|_[iod]h|In|Out|exit|quit|open|get_ipython|"
    r"__(name|doc|package|loader|spec|annotations|builtins?|display|file|cached|session__file)__"
)
_GROUPS: Final = ("special variables", "function variables", "class variables", "protected variables")
_FILTERS: Final = {
    "raised": "Stop when any exception is raised.",
    "uncaught": "Stop when an exception ends a thread.",
    "userUnhandled": "Stop when an exception leaves the cell's code.",
}
# requests that pydevd answers as they are, and how long that may take
_FORWARDED: Final[Mapping[str, float]] = {
    "completions": _LONG,
    "exceptionInfo": _SOON,
    "goto": _SOON,
    "gotoTargets": _SOON,
    "setExceptionBreakpoints": _SOON,
    "setExpression": _LONG,
    "setFunctionBreakpoints": _SOON,
    "setVariable": _LONG,
    "stepInTargets": _SOON,
}


class DebuggerError(Exception):
    """A request cannot be answered; the message is one sentence for the user."""


class Link:
    """Requests to pydevd and their responses, and its events, on one connection.

    In the thread that reads, `on_event` is called with each event, and `on_end` with the link when it has ended.
    """

    def __init__(self, sock: socket.socket, on_end: OnEnd) -> None:
        self.on_event: OnEvent | None = None
        self._socket = sock
        self._on_end = on_end
        self._numbers = itertools.count(1)
        self._open = True
        self._waiting: dict[int, queue.SimpleQueue[Json | None]] = {}
        reader = threading.Thread(target=self._read, name="cshell debugger", daemon=True)
        spare_thread(reader)
        reader.start()

    def request(self, command: str, arguments: Json | None = None, within: float = _SOON) -> Json:
        """Return the body of the response.

        Raises:
            DebuggerError: the request failed, or there was no response within that many seconds.
        """
        seq = next(self._numbers)
        waiting = self._waiting[seq] = queue.SimpleQueue()
        message = {"type": "request", "seq": seq, "command": command, "arguments": arguments or {}}
        data = json.dumps(message).encode()
        try:
            if not self._open:
                raise DebuggerError(_BROKEN)
            self._socket.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
            response = waiting.get(timeout=within)
        except OSError:
            raise DebuggerError(_BROKEN) from None
        except queue.Empty:
            raise DebuggerError(f"debugpy has not answered {command} within {within:.0f} s") from None
        finally:
            del self._waiting[seq]
        if response is None:
            raise DebuggerError(_BROKEN)
        if not response.get("success"):
            raise DebuggerError(response.get("message") or f"debugpy could not do {command}")
        return response.get("body") or {}

    def close(self) -> None:
        """End the connection."""
        self._open = False
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def _read(self) -> None:
        with self._socket, self._socket.makefile("rb") as file:
            try:
                for message in _messages(file):
                    if message.get("event") == "terminated":
                        # pydevd waits for us to close
                        break
                    self._take(message)
            except (OSError, ValueError):
                pass
        self._open = False
        for waiting in list(self._waiting.values()):
            waiting.put(None)
        self._on_end(self)

    def _take(self, message: Json) -> None:
        message.pop("pydevd_cmd_id", None)
        if message.get("type") == "event":
            if self.on_event is not None:
                self.on_event(message)
        elif waiting := self._waiting.get(message.get("request_seq", 0)):
            waiting.put(message)


def _messages(file: Any) -> Iterator[Json]:
    """Cut a stream into messages (DAP: Base Protocol).  Raises ValueError when it is no such stream."""
    length = 0
    while line := file.readline():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        elif line == b"\r\n":
            yield json.loads(file.read(length))


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
            listener.settimeout(_SOON)
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
            return _accept(listener, token, on_end)

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


def _accept(listener: socket.socket, token: str, on_end: OnEnd) -> Link:
    """Return the link on the connection that knows the token, which nobody but pydevd in this process does."""
    deadline = time.monotonic() + _SOON
    while time.monotonic() < deadline:
        connection, _ = listener.accept()
        link = Link(connection, on_end)
        try:
            if link.request("pydevdAuthorize").get("clientAccessToken") == token:
                return link
        except DebuggerError:
            # somebody else who saw the port
            pass
        link.close()
    raise DebuggerError("debugpy did not connect")


def spare_thread(thread: threading.Thread) -> None:
    """Have pydevd neither show nor stop a thread."""
    for name in _UNTRACED:
        setattr(thread, name, True)


def spare_own_threads() -> None:
    """Have pydevd neither show nor stop the worker's threads, but for those that run cells."""
    for thread in threading.enumerate():
        if _OWN_THREADS.match(thread.name):
            spare_thread(thread)


def _rules(just_my_code: bool) -> list[Json]:
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


class Explorer:
    """Variables of a namespace while no thread is stopped, as pydevd shows them."""

    def __init__(self) -> None:
        self._frames = importlib.import_module("_pydevd_bundle.pydevd_suspended_frames")
        api = importlib.import_module("_pydevd_bundle.pydevd_api")
        self._options = SimpleNamespace(variable_presentation=api.PyDevdAPI.VariablePresentation())
        self._variables: dict[int, Any] = {}

    def __contains__(self, reference: object) -> bool:
        return reference in self._variables

    def _register(self, variable: Any) -> None:
        self._variables[variable.get_variable_reference()] = variable

    def show_namespace(self, namespace: Json) -> list[Json]:
        """Return the variables in a namespace."""
        frame = SimpleNamespace(f_code=SimpleNamespace(co_name="<module>"), f_locals=namespace, f_globals=namespace)
        variable = self._frames._FrameVariable(self._options, frame, self._register)
        return [child.get_var_data() for child in variable.get_children_variables()]

    def show_value(self, name: str, value: object) -> Json:
        """Return a value as a variable."""
        variable = self._frames._ObjectVariable(self._options, name, value, self._register, evaluate_name=name)
        return dict(variable.get_var_data())

    def show_children(self, reference: int) -> list[Json]:
        """Return what a variable consists of."""
        return [child.get_var_data() for child in self._variables[reference].get_children_variables()]


# what is done with a value in a thread that is stopped, when pydevd has it evaluate a call of `visit`
_visitors: Final[list[Callable[[Any], None]]] = []


def visit(value: object) -> None:
    """Do what is to be done with a value; the debugger calls this in the stopped thread."""
    _visitors[-1](value)


class Debugger:
    """Answers the requests of a front end, one at a time, in a thread that is not the main thread.

    `publish_event` is called with the content of each `debug_event`, in any thread.
    """

    def __init__(self, shell: ZMQInteractiveShell, publish_event: Callable[[Json], None]) -> None:
        self._shell = shell
        self._publish_event = publish_event
        self._tracing = Tracing(shell)
        self._explorer: Explorer | None = None
        self._lock = threading.RLock()
        self._forget()

    def _forget(self) -> None:
        """Be as before a session."""
        self._link: Link | None = None
        self._capabilities: Json = {}
        self._attached = False
        self._breakpoints: dict[str, list[Json]] = {}
        self._stopped: dict[int, None] = {}
        # references to lists of variables in which IPython's own are left out
        self._filtered: set[int] = set()

    def answer(self, request: Json) -> Json:
        """Return the response to a request; whatever happens, it is a response."""
        command = str(request.get("command"))
        response = {
            "type": "response",
            "seq": request.get("seq", 0),
            "request_seq": request.get("seq", 0),
            "command": command,
        }
        if threading.current_thread() is not threading.main_thread():
            spare_thread(threading.current_thread())
        if isinstance(self._shell.compile, CellCompiler):
            self._shell.compile.name_by_file()
        try:
            arguments = request.get("arguments") or {}
            if command in _COMMANDS:
                body = _COMMANDS[command](self, arguments)
            elif command in _FORWARDED:
                body = self._begun().request(command, arguments, _FORWARDED[command])
            else:
                raise DebuggerError(f"this debugger does not know the command {command!r}")
        except DebuggerError as error:
            return {**response, "success": False, "message": str(error), "body": {}}
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            return {**response, "success": False, "message": f"{command} has wrong arguments ({error!r})", "body": {}}
        # user code runs in here
        except BaseException as error:
            return {**response, "success": False, "message": f"{type(error).__name__}: {error}", "body": {}}
        return {**response, "success": True, "body": body}

    def close(self) -> None:
        """End the session, and remove the files of cells."""
        self._end()
        remove_cells()

    def _begun(self) -> Link:
        """Return the link.  Raises DebuggerError when there is none."""
        link = self._link
        if link is None:
            raise DebuggerError(_NOT_BEGUN)
        return link

    # ---- the session -------------------------------------------------------------------------------------

    def _debug_info(self, arguments: Json) -> Json:
        return {
            "isStarted": self._link is not None,
            "hashMethod": HASH_METHOD,
            "hashSeed": HASH_SEED,
            "tmpFilePrefix": temporary_prefix(),
            "tmpFileSuffix": SUFFIX,
            "breakpoints": [{"source": file, "breakpoints": set_} for file, set_ in self._breakpoints.items()],
            "stoppedThreads": list(self._stopped),
            "richRendering": True,
            "exceptionPaths": ["Python Exceptions"],
            "copyToGlobals": True,
        }

    def _initialize(self, arguments: Json) -> Json:
        """Begin; a second front end is told the same as the first."""
        if self._link is None:
            self._link = link = self._tracing.begin(self._lost)
            link.on_event = self._take_event
            try:
                self._capabilities = self._describe(link.request("initialize", arguments))
            except DebuggerError:
                self._end()
                raise
        return self._capabilities

    def _describe(self, capabilities: Json) -> Json:
        capabilities.pop("pydevd", None)
        for entry in capabilities.get("exceptionBreakpointFilters", ()):
            entry["description"] = _FILTERS.get(entry["filter"], entry["label"])
        # the kernel's life is its manager's to end
        return {**capabilities, "supportsTerminateDebuggee": False, "supportTerminateDebuggee": False}

    def _attach(self, arguments: Json) -> Json:
        link = self._begun()
        if not self._attached:
            just_my_code = bool(arguments.get("justMyCode", False))
            options = {"justMyCode": just_my_code, "rules": [*arguments.get("rules", ()), *_rules(just_my_code)]}
            # what is printed by code that the front end has evaluated is output like any other
            link.request("attach", {**arguments, **options, "isOutputRedirected": True})
            link.request("configurationDone")
            self._attached = True
        return {}

    def _configuration_done(self, arguments: Json) -> Json:
        """Do nothing: `attach` did it, because front ends send this late or never."""
        return {}

    def _disconnect(self, arguments: Json) -> Json:
        self._end()
        return {}

    def _end(self) -> None:
        with self._lock:
            link = self._link
            if link is None:
                return
            self._forget()
        try:
            link.request("disconnect", {"terminateDebuggee": False}, _LEAVING)
        except DebuggerError:
            # it need not be told, then
            pass
        self._tracing.end()
        link.close()
        self._publish_event({"type": "event", "event": "terminated", "seq": 0, "body": {}})

    def _lost(self, link: Link) -> None:
        """Go on without pydevd when its connection ended by itself."""
        with self._lock:
            if self._link is not link:
                return
            self._forget()
        self._tracing.end()
        self._publish_event({"type": "event", "event": "terminated", "seq": 0, "body": {}})

    def _take_event(self, event: Json) -> None:
        body = event.get("body") or {}
        if event.get("event") == "stopped":
            self._stopped[body.get("threadId", 1)] = None
        elif event.get("event") == "continued":
            if body.get("allThreadsContinued"):
                self._stopped.clear()
            self._stopped.pop(body.get("threadId", 1), None)
        self._publish_event(event)

    # ---- sources and breakpoints -------------------------------------------------------------------------

    def _dump_cell(self, arguments: Json) -> Json:
        try:
            return {"sourcePath": write_cell(arguments["code"])}
        except OSError as error:
            raise DebuggerError(f"the cell cannot be written for the debugger: {error}") from None

    def _set_breakpoints(self, arguments: Json) -> Json:
        """Set the breakpoints in a file, also where it is a cell that was run under other names before."""
        link = self._begun()
        file = arguments["source"]["path"]
        asked = arguments.get("breakpoints") or []
        body = link.request("setBreakpoints", arguments)
        # a line without code has its breakpoint at the one before
        lines = [found.get("line", wanted.get("line")) for found, wanted in zip(body["breakpoints"], asked)]
        moved = [{**wanted, "line": line} for wanted, line in zip(asked, lines)]
        for name in self._names_of(file):
            link.request("setBreakpoints", {**arguments, "source": {"path": name}, "breakpoints": moved})
        if moved:
            self._breakpoints[file] = moved
        else:
            self._breakpoints.pop(file, None)
        return body

    def _names_of(self, file: str) -> Iterable[str]:
        compiler = self._shell.compile
        return compiler.names_of(file) if isinstance(compiler, CellCompiler) else ()

    def _file_of(self, name: str) -> str:
        compiler = self._shell.compile
        return compiler.file_of(name) if isinstance(compiler, CellCompiler) else name

    def _source(self, arguments: Json) -> Json:
        source = arguments.get("source") or {}
        path = source.get("path", "")
        for name in (path, *self._names_of(path)):
            if lines := linecache.getlines(name):
                return {"content": "".join(lines)}
        reference = arguments.get("sourceReference") or source.get("sourceReference")
        if not reference:
            raise DebuggerError(f"there is no source for {path or 'this'}")
        return self._begun().request("source", {**arguments, "sourceReference": reference})

    def _modules(self, arguments: Json) -> Json:
        modules = []
        for number, (name, module) in enumerate(sys.modules.copy().items()):
            path = getattr(getattr(module, "__spec__", None), "origin", None)
            if isinstance(path, str) and path.endswith(".py"):
                modules.append({"id": number, "name": name, "path": path})
        start = arguments.get("startModule") or 0
        count = arguments.get("moduleCount") or len(modules)
        return {"modules": modules[start : start + count], "totalModules": len(modules)}

    # ---- going on ----------------------------------------------------------------------------------------

    def _continue(self, arguments: Json) -> Json:
        link = self._begun()
        # pydevd responds when a thread goes on, which none would if none is stopped
        if self._stopped:
            link.request("continue", {"threadId": "*"})
        return {"allThreadsContinued": True}

    def _pause(self, arguments: Json) -> Json:
        return self._begun().request("pause", {"threadId": "*"})

    def _step(self, command: str, arguments: Json) -> Json:
        if not self._stopped:
            raise DebuggerError(f"no thread is stopped, so there is no {command}")
        return self._begun().request(command, {**arguments, "threadId": self._thread(arguments)})

    def _thread(self, arguments: Json) -> int:
        """Return the thread that is meant: front ends say 1 when they do not know."""
        thread = arguments.get("threadId")
        return thread if thread in self._stopped else next(iter(self._stopped), thread or 1)

    # ---- frames and variables ----------------------------------------------------------------------------

    def _stack_trace(self, arguments: Json) -> Json:
        link = self._begun()
        if not self._stopped:
            return {"stackFrames": [], "totalFrames": 0}
        wanted = {"threadId": self._thread(arguments), "format": arguments.get("format")}
        frames = link.request("stackTrace", wanted)["stackFrames"]
        prefix = temporary_prefix()
        outermost = len(frames)
        for number, frame in enumerate(frames, 1):
            source = frame.get("source") or {}
            source["path"] = self._file_of(source.get("path", ""))
            if source["path"].startswith(prefix):
                outermost = number
                source.pop("sourceReference", None)
        # what called the cell is the kernel, or the program that it is embedded in
        del frames[outermost:]
        start = arguments.get("startFrame") or 0
        levels = arguments.get("levels") or len(frames)
        return {"stackFrames": frames[start : start + levels], "totalFrames": len(frames)}

    def _threads(self, arguments: Json) -> Json:
        found = self._begun().request("threads")["threads"]
        # pydevd keeps a thread that was about to end when it began to watch
        alive = sys._current_frames()
        ended = {thread.name for thread in threading.enumerate() if thread.ident not in alive}
        return {"threads": [thread for thread in found if thread["name"] not in ended]}

    def _scopes(self, arguments: Json) -> Json:
        body = self._begun().request("scopes", arguments)
        self._filtered.update(scope["variablesReference"] for scope in body["scopes"])
        return body

    def _show_variables(self, arguments: Json) -> Json:
        reference = arguments["variablesReference"]
        if self._explorer is not None and reference in self._explorer:
            variables = self._explorer.show_children(reference)
        else:
            variables = self._begun().request("variables", arguments, _LONG)["variables"]
        return {"variables": self._without_own(variables) if reference in self._filtered else variables}

    def _without_own(self, variables: list[Json]) -> list[Json]:
        """Leave out IPython's own variables, now and in the groups that are among them."""
        self._filtered.update(variable["variablesReference"] for variable in variables if variable["name"] in _GROUPS)
        return [variable for variable in variables if not _HIDDEN.fullmatch(variable["name"])]

    def _inspect_variables(self, arguments: Json) -> Json:
        self._explorer = self._explore()
        return {"variables": self._without_own(self._explorer.show_namespace(dict(self._shell.user_ns)))}

    def _explore(self) -> Explorer:
        self._tracing.load()
        return Explorer()

    def _rich_inspect_variables(self, arguments: Json) -> Json:
        """Return a variable as it would be displayed; what is no variable has no data."""
        name = arguments["variableName"]
        shown: list[tuple[Json, Json]] = []
        if name.isidentifier():
            frame = arguments.get("frameId")
            if self._stopped and frame is not None:
                self._visit(frame, name, lambda value: shown.append(self._shell.display_formatter.format(value)))
            elif name in self._shell.user_ns:
                shown.append(self._shell.display_formatter.format(self._shell.user_ns[name]))
        elif name not in _GROUPS:
            raise DebuggerError(f"{name} is no variable")
        data, metadata = shown[0] if shown else ({}, {})
        return {"data": jsonable(data), "metadata": {mime: metadata[mime] for mime in metadata if mime in data}}

    def _copy_to_globals(self, arguments: Json) -> Json:
        source, target = arguments["srcVariableName"], arguments["dstVariableName"]
        if not (source.isidentifier() and target.isidentifier()):
            raise DebuggerError("srcVariableName and dstVariableName must be names of variables")
        return self._visit(
            arguments["srcFrameId"], source, lambda value: self._shell.user_ns.__setitem__(target, value)
        )

    def _visit(self, frame: int, name: str, action: Callable[[Any], None]) -> Json:
        """Do something with the value of a frame's variable, in the frame's own thread."""
        _visitors.append(action)
        try:
            expression = f"__import__('sys').modules[{__name__!r}].visit({name})"
            arguments = {"expression": expression, "frameId": frame, "context": "watch"}
            return self._begun().request("evaluate", arguments, _LONG)
        finally:
            _visitors.pop()

    def _evaluate(self, arguments: Json) -> Json:
        if arguments.get("frameId") is not None:
            return self._begun().request("evaluate", arguments, _LONG)
        if self._stopped:
            frames = self._stack_trace({})["stackFrames"]
            if frames:
                return self._begun().request("evaluate", {**arguments, "frameId": frames[0]["id"]}, _LONG)
        return self._evaluate_at_rest(arguments["expression"])

    def _evaluate_at_rest(self, expression: str) -> Json:
        """Evaluate in the user's namespace, where pydevd would use one of its own."""
        namespace = self._shell.user_ns
        try:
            code = compile(expression, "<debugger>", "eval")
        except SyntaxError:
            exec(compile(expression, "<debugger>", "exec"), namespace)
            return {"result": "", "variablesReference": 0}
        value = eval(code, namespace)
        self._explorer = self._explorer or self._explore()
        shown = self._explorer.show_value(expression, value)
        return {"result": shown["value"], "type": shown["type"], "variablesReference": shown["variablesReference"]}


_COMMANDS: Final[Mapping[str, Callable[[Debugger, Json], Json]]] = {
    "attach": Debugger._attach,
    "configurationDone": Debugger._configuration_done,
    "continue": Debugger._continue,
    "copyToGlobals": Debugger._copy_to_globals,
    "debugInfo": Debugger._debug_info,
    "disconnect": Debugger._disconnect,
    "dumpCell": Debugger._dump_cell,
    "evaluate": Debugger._evaluate,
    "initialize": Debugger._initialize,
    "inspectVariables": Debugger._inspect_variables,
    "modules": Debugger._modules,
    "next": lambda debugger, arguments: debugger._step("next", arguments),
    "pause": Debugger._pause,
    "richInspectVariables": Debugger._rich_inspect_variables,
    "scopes": Debugger._scopes,
    "setBreakpoints": Debugger._set_breakpoints,
    "source": Debugger._source,
    "stackTrace": Debugger._stack_trace,
    "stepIn": lambda debugger, arguments: debugger._step("stepIn", arguments),
    "stepOut": lambda debugger, arguments: debugger._step("stepOut", arguments),
    "terminate": Debugger._disconnect,
    "threads": Debugger._threads,
    "variables": Debugger._show_variables,
}
