"""The debugger: a front end's requests in the Debug Adapter Protocol, answered by debugpy inside this process.

Source: the messaging specification ("Debug request"), JEP 47, and the Debug Adapter Protocol (DAP).

debugpy usually starts an adapter, a process that listens at a TCP port which everybody on the machine can use.
Here its core, pydevd, connects to a socket of ours that listens on 127.0.0.1 until it has; so there is no port and no
process to look after.  What the adapter would do for us is small: it begins a session, and ends it.

`dap` has the requests and events on that connection, `tracing` what pydevd does to this process, `explorer` the
variables while nothing is stopped; here are the answers, one method a command, in the table `_COMMANDS`.
"""

from __future__ import annotations

import linecache
import re
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from kernel.worker.cellfiles import (
    HASH_METHOD,
    HASH_SEED,
    SUFFIX,
    CellCompiler,
    remove_cells,
    temporary_prefix,
    write_cell,
)
from kernel.worker.dap import LONG, SOON, DebuggerError, Json, Link, spare_thread
from kernel.worker.explorer import Explorer
from kernel.worker.shell import ZMQInteractiveShell, jsonable
from kernel.worker.tracing import Tracing, path_rules

# seconds for pydevd to take leave
_LEAVING: Final = 2.0
_NOT_BEGUN: Final = "debugging has not begun: initialize and attach come first"
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
    "completions": LONG,
    "exceptionInfo": SOON,
    "goto": SOON,
    "gotoTargets": SOON,
    "setExceptionBreakpoints": SOON,
    "setExpression": LONG,
    "setFunctionBreakpoints": SOON,
    "setVariable": LONG,
    "stepInTargets": SOON,
}


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
            options = {"justMyCode": just_my_code, "rules": [*arguments.get("rules", ()), *path_rules(just_my_code)]}
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
            variables = self._begun().request("variables", arguments, LONG)["variables"]
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
            return self._begun().request("evaluate", arguments, LONG)
        finally:
            _visitors.pop()

    def _evaluate(self, arguments: Json) -> Json:
        if arguments.get("frameId") is not None:
            return self._begun().request("evaluate", arguments, LONG)
        if self._stopped:
            frames = self._stack_trace({})["stackFrames"]
            if frames:
                return self._begun().request("evaluate", {**arguments, "frameId": frames[0]["id"]}, LONG)
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
