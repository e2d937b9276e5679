"""The debugger as a front end uses it: debugpy in a process of its own, whose main thread runs cells.

Run as a program this file is that process.  Both sides write one JSON object a line: cells and debug requests go in;
replies, events, what cells showed, and how they ended come out.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kernel.worker import debugger

ROOT = Path(__file__).parents[3]
WITHIN = 20.0
QUIET = 0.3

# ---- the process with the debugger -----------------------------------------------------------------------


def serve(without: str = "") -> None:
    """Run cells and answer debug requests until the input ends; `without` is a module that cannot be imported."""
    from kernel.worker import shell as shells
    from kernel.worker.interrupts import Interrupts
    from kernel.worker.owners import Owners

    pipe = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    lock = threading.Lock()

    def send(kind: str, value: Any) -> None:
        with lock:
            pipe.write(json.dumps({kind: value}) + "\n")

    class Outbox:
        owners = Owners()

        def publish(self, msg_type: str, content: dict[str, Any], *_: Any, **__: Any) -> None:
            send("shown", [msg_type, content])

    if without:
        sys.modules[without] = None  # type: ignore[assignment]
    made = shells.make_shell()
    shell = made[0] if isinstance(made, tuple) else made
    interrupts = Interrupts()
    shell.attach(Outbox(), interrupts, lambda prompt, password: "")
    answers = debugger.Debugger(shell, lambda event: send("event", event))
    cells: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            message = json.loads(line)
            if "cell" in message:
                cells.put(message["cell"])
            else:
                requests.put(message["debug"])
        cells.put(None)

    def answer() -> None:
        while True:
            send("reply", answers.answer(requests.get()))

    for function in (read, answer):
        threading.Thread(target=function, name=f"cshell {function.__name__}", daemon=True).start()
    send("ready", sorted(name for name in sys.modules if "pydevd" in name or "debugpy" in name))
    interrupts.install()
    child = os.getpid()
    while (code := cells.get()) is not None:
        interrupts.expected = True
        result = shell.run_cell(code, store_history=True)
        interrupts.expected = interrupts.allowed = False
        if os.getpid() != child:
            os._exit(7)
        error = result.error_before_exec or result.error_in_exec
        send("done", {"error": type(error).__name__ if error else None, "result": repr(result.result)})
    answers.close()
    os._exit(0)


# ---- the front end ---------------------------------------------------------------------------------------


class Kernel:
    """A front end's end of that process."""

    def __init__(self, tmp_path: Path, *arguments: str) -> None:
        environment = {**os.environ, "IPYTHONDIR": str(tmp_path / "ipython"), "TMPDIR": str(tmp_path)}
        self.tmp_path = tmp_path
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.kernel.worker.test_debugger", *arguments],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._messages: dict[str, queue.SimpleQueue[Any]] = defaultdict(queue.SimpleQueue)
        self._seq = 0
        threading.Thread(target=self._read, daemon=True).start()
        self.imported = self._messages["ready"].get(timeout=WITHIN)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            for kind, value in json.loads(line).items():
                self._messages[kind].put(value)

    def _send(self, **message: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Return the response to a request."""
        self._seq += 1
        self._send(debug={"type": "request", "seq": self._seq, "command": command, "arguments": arguments})
        response = self._messages["reply"].get(timeout=WITHIN)
        assert response["type"] == "response"
        assert response["request_seq"] == self._seq
        assert response["command"] == command
        return response

    def do(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Return the body of the response to a request that must succeed."""
        response = self.ask(command, **arguments)
        assert response["success"], response
        return response["body"]

    def refused(self, command: str, **arguments: Any) -> str:
        """Return the message of the response to a request that must fail."""
        response = self.ask(command, **arguments)
        assert not response["success"], response
        assert "\n" not in response["message"]
        return response["message"]

    def begin(self) -> None:
        self.do("initialize", clientID="test", adapterID="python3", linesStartAt1=True, columnsStartAt1=True)
        # what stands for the kernel in here is none of the user's either
        self.do("attach", rules=[{"path": __file__, "include": False}])

    def event(self, *names: str, within: float = WITHIN) -> dict[str, Any]:
        """Wait for the next event with one of these names."""
        while True:
            event = self._messages["event"].get(timeout=within)
            assert event["type"] == "event"
            if event["event"] in names:
                return event

    def stopped(self) -> dict[str, Any]:
        return self.event("stopped")["body"]

    def run(self, code: str) -> None:
        self._send(cell=code)

    def done(self) -> dict[str, Any]:
        """Wait for the end of a cell, which must not stop again before."""
        done = self._messages["done"].get(timeout=WITHIN)
        assert self.do("debugInfo")["stoppedThreads"] == []
        return done

    def result(self, code: str) -> str:
        """Run a cell to its end; return the repr of its value."""
        self.run(code)
        done = self.done()
        assert done["error"] is None, done
        return done["result"]

    def shown(self) -> tuple[str, Any]:
        kind, content = self._messages["shown"].get(timeout=WITHIN)
        return kind, content

    def break_at(self, code: str, *lines: int, **options: Any) -> str:
        """Set breakpoints as JupyterLab does; return the cell's file."""
        path = self.do("dumpCell", code=code)["sourcePath"]
        found = self.do(
            "setBreakpoints",
            source={"path": path},
            breakpoints=[{"line": line, **options} for line in lines],
            sourceModified=False,
        )["breakpoints"]
        assert [b["line"] for b in found] == list(lines)
        assert all(b["verified"] for b in found)
        return path

    def frames(self) -> list[dict[str, Any]]:
        return self.do("stackTrace", threadId=self.do("debugInfo")["stoppedThreads"][0])["stackFrames"]

    def place(self) -> list[tuple[str, int]]:
        """Return where it is stopped: functions and lines."""
        return [(frame["name"], frame["line"]) for frame in self.frames()]

    def step(self, command: str) -> list[tuple[str, int]] | None:
        """Step; return where it stopped then, or None when the cell ended."""
        self.do(command, threadId=1)
        self.event("continued")
        waiting = threading.Event()
        while not waiting.wait(0.005):
            if self._messages["done"].qsize():
                return None
            if self.do("debugInfo")["stoppedThreads"]:
                self.event("stopped")
                return self.place()
        return None

    def go_on(self) -> None:
        self.do("continue", threadId=1)

    def variables(self, scope: str) -> dict[str, dict[str, Any]]:
        scopes = self.do("scopes", frameId=self.frames()[0]["id"])["scopes"]
        reference = next(s["variablesReference"] for s in scopes if s["name"] == scope)
        return {v["name"]: v for v in self.do("variables", variablesReference=reference)["variables"]}

    def end(self) -> None:
        if self.process.poll() is None:
            assert self.process.stdin is not None
            self.process.stdin.close()
            try:
                self.process.wait(timeout=WITHIN)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    kernel = Kernel(tmp_path_factory.mktemp("debugger"))
    yield kernel
    kernel.end()


@pytest.fixture
def kernel(shared: Kernel) -> Iterator[Kernel]:
    """A session, which begins and ends with the test."""
    for messages in shared._messages.values():
        while messages.qsize():
            messages.get()
    shared.begin()
    yield shared
    shared.do("disconnect", restart=False, terminateDebuggee=False)
    # what was stopped has gone on, and the next cell can run
    shared.run("'next'")
    while shared._messages["done"].get(timeout=WITHIN)["result"] != "'next'":
        pass


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Kernel]:
    kernel = Kernel(tmp_path)
    yield kernel
    kernel.end()


TWO = "def double(x):\n    y = x * 2\n    return y\n\na = 1\nb = double(a)\nc = b + 1\n"

# ---- sessions --------------------------------------------------------------------------------------------


def test_nothing_of_debugpy_is_imported_before_it_is_needed(fresh: Kernel) -> None:
    assert fresh.imported == []
    info = fresh.do("debugInfo")
    assert fresh.result("import sys; [n for n in sys.modules if 'pydevd' in n or 'debugpy' in n]") == "[]"
    assert info == {
        "isStarted": False,
        "hashMethod": "Murmur2",
        "hashSeed": 0xC70F6907,
        "tmpFilePrefix": f"{fresh.tmp_path}/ipykernel_{fresh.process.pid}/",
        "tmpFileSuffix": ".py",
        "breakpoints": [],
        "stoppedThreads": [],
        "richRendering": True,
        "exceptionPaths": ["Python Exceptions"],
        "copyToGlobals": True,
    }


def test_a_session_begins_as_jupyterlab_begins_it(fresh: Kernel) -> None:
    capabilities = fresh.do("initialize", clientID="jupyterlab", adapterID="python3", supportsVariableType=True)
    assert capabilities["supportsConditionalBreakpoints"]
    assert capabilities["supportsModulesRequest"]
    filters = {f["filter"]: f["description"] for f in capabilities["exceptionBreakpointFilters"]}
    assert set(filters) == {"raised", "uncaught", "userUnhandled"}
    assert all(filters.values())
    fresh.do("attach")
    fresh.event("initialized")
    fresh.do("configurationDone")
    assert fresh.do("debugInfo")["isStarted"]
    # a second front end
    assert fresh.do("initialize", clientID="other", adapterID="python3") == capabilities
    fresh.do("attach")
    # whoever uses the environment must not be debugged too
    assert fresh.result("import os; [n for n in os.environ if n.startswith('PYDEVD')]") == "[]"


def test_nobody_else_can_connect(kernel: Kernel) -> None:
    listening = kernel.result(
        "import os, pathlib\n"
        "own = {os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd') if os.path.exists(f'/proc/self/fd/{n}')}\n"
        "lines = [line.split() for name in ('tcp', 'tcp6') for line in pathlib.Path(f'/proc/self/net/{name}').read_text().splitlines()[1:]]\n"
        "[line[1] for line in lines if line[3] == '0A' and f'socket:[{line[9]}]' in own]"
    )
    assert listening == "[]"
    assert (
        kernel.result("import subprocess; subprocess.run(['pgrep', '-P', str(os.getpid()), 'python']).returncode")
        == "1"
    )


def test_disconnecting_lets_the_cell_go_on_untraced(kernel: Kernel) -> None:
    kernel.break_at(TWO, 6)
    kernel.run(TWO)
    kernel.stopped()
    kernel.do("disconnect", restart=False, terminateDebuggee=True)
    kernel.event("terminated")
    assert kernel.done()["error"] is None
    info = kernel.do("debugInfo")
    assert not info["isStarted"]
    assert info["breakpoints"] == []
    assert (
        kernel.result("import sys, threading; c, sys.gettrace(), sys.breakpointhook.__module__") == "(3, None, 'sys')"
    )
    if sys.version_info >= (3, 12):
        assert kernel.result("sys.monitoring.get_tool(sys.monitoring.DEBUGGER_ID)") == "None"

    kernel.begin()
    kernel.break_at(TWO, 7)
    kernel.run(TWO)
    assert kernel.stopped()["reason"] == "breakpoint"
    assert kernel.place() == [("<module>", 7)]
    kernel.do("terminate")
    kernel.event("terminated")
    assert kernel.done()["error"] is None
    kernel.begin()


def test_a_lost_connection_ends_the_session_and_nothing_else(kernel: Kernel) -> None:
    kernel.break_at(TWO, 7)
    kernel.run(TWO)
    kernel.stopped()
    kernel.ask(
        "evaluate",
        expression="__import__('pydevd').get_global_debugger().writer.sock.shutdown(2)",
        frameId=kernel.frames()[0]["id"],
        context="repl",
    )
    kernel.event("terminated")
    assert kernel.done()["error"] is None
    assert "initialize" in kernel.refused("stackTrace", threadId=1)
    assert kernel.result("c") == "3"
    kernel.begin()
    kernel.break_at(TWO, 7)
    kernel.run(TWO)
    kernel.stopped()


def test_without_debugpy_it_is_said_how_to_get_it(tmp_path: Path) -> None:
    kernel = Kernel(tmp_path, "debugpy")
    try:
        assert not kernel.do("debugInfo")["isStarted"]
        for command in ("initialize", "inspectVariables"):
            assert "pip install debugpy" in kernel.refused(command)
        assert "has not begun" in kernel.refused("attach")
        assert kernel.result("1 + 1") == "2"
    finally:
        kernel.end()


def test_the_debugger_of_the_user_is_not_disturbed(fresh: Kernel) -> None:
    fresh.result("import debugpy.server.api, pydevd; pydevd.set_global_debugger(object())")
    assert "at work" in fresh.refused("initialize", adapterID="x")
    fresh.result("pydevd.set_global_debugger(None)")
    fresh.begin()


def test_requests_that_make_no_sense_are_refused(fresh: Kernel) -> None:
    for command in ("attach", "stackTrace", "next", "continue", "pause", "threads", "setVariable"):
        assert fresh.refused(command)
    assert "'sing'" in fresh.refused("sing")
    fresh.begin()
    assert "'sing'" in fresh.refused("sing")
    assert "wrong arguments" in fresh.refused("setBreakpoints")
    assert "wrong arguments" in fresh.refused("variables")
    assert fresh.refused("variables", variablesReference=12345)
    assert fresh.refused("next", threadId=1)
    assert fresh.do("continue", threadId=1) == {"allThreadsContinued": True}
    assert fresh.do("stackTrace", threadId=1)["stackFrames"] == []
    assert fresh.refused("source", source={"path": "/nowhere.py"}, sourceReference=0)


def test_the_files_of_cells_go_with_the_kernel(fresh: Kernel) -> None:
    path = Path(fresh.do("dumpCell", code="a = 1")["sourcePath"])
    assert path.read_text() == "a = 1"
    fresh.end()
    assert fresh.process.returncode == 0
    assert not path.parent.exists()


# ---- breakpoints -----------------------------------------------------------------------------------------


def test_a_breakpoint_stops_the_cell_and_only_the_users_frames_show(kernel: Kernel) -> None:
    path = kernel.break_at(TWO, 2)
    assert kernel.do("debugInfo")["breakpoints"] == [{"source": path, "breakpoints": [{"line": 2}]}]
    kernel.run(TWO)
    body = kernel.stopped()
    assert body["reason"] == "breakpoint"
    assert body["allThreadsStopped"]
    assert kernel.do("debugInfo")["stoppedThreads"] == [body["threadId"]]
    assert [(f["name"], f["line"], f["source"]["path"]) for f in kernel.frames()] == [
        ("double", 2, path),
        ("<module>", 6, path),
    ]
    assert kernel.do("stackTrace", threadId=body["threadId"], startFrame=1, levels=1)["stackFrames"][0]["line"] == 6
    assert kernel.do("source", source={"path": path}, sourceReference=0) == {"content": TWO}
    kernel.go_on()
    assert kernel.event("continued")["body"]["threadId"] == body["threadId"]
    assert kernel.done()["error"] is None


def test_the_program_around_the_kernel_does_not_show(fresh: Kernel) -> None:
    fresh.do("initialize", adapterID="python3")
    fresh.do("attach")
    fresh.break_at(TWO, 7)
    fresh.run(TWO)
    fresh.stopped()
    assert fresh.place() == [("<module>", 7)]
    fresh.do("disconnect")


def test_breakpoints_with_conditions_and_counts_in_two_cells(kernel: Kernel) -> None:
    first = "for i in range(10):\n    x = i\n"
    second = "for j in range(10):\n    y = j\n"
    path = kernel.break_at(first, 2, condition="i == 4")
    kernel.break_at(second, 2, hitCondition="3")
    assert kernel.do("debugInfo")["breakpoints"][0] == {
        "source": path,
        "breakpoints": [{"line": 2, "condition": "i == 4"}],
    }
    for code, name, value in ((first, "i", "4"), (second, "j", "2")):
        kernel.run(code)
        kernel.stopped()
        assert kernel.variables("Locals")[name]["value"] == value
        kernel.go_on()
        kernel.done()
    kernel.break_at(first)
    assert len(kernel.do("debugInfo")["breakpoints"]) == 1
    kernel.result(first)


def test_a_breakpoint_on_a_line_without_code_moves(kernel: Kernel) -> None:
    code = "a = 1\n# nothing\nb = 2\n"
    path = kernel.do("dumpCell", code=code)["sourcePath"]
    body = kernel.do("setBreakpoints", source={"path": path}, breakpoints=[{"line": 2}])
    assert body["breakpoints"][0]["line"] == 1
    assert kernel.do("debugInfo")["breakpoints"][0]["breakpoints"] == [{"line": 1}]


def test_empty_lines_at_the_top_count(kernel: Kernel) -> None:
    code = "\n\n\nq = 1\nq = 2\n"
    kernel.break_at(code, 5)
    kernel.run(code)
    kernel.stopped()
    assert kernel.place() == [("<module>", 5)]
    assert kernel.variables("Locals")["q"]["value"] == "1"


def test_what_was_run_before_there_was_a_debugger_stops_too(fresh: Kernel) -> None:
    for number in range(2):
        fresh.result(TWO)
        fresh.result(f"double_{number} = double")
    fresh.begin()
    path = fresh.break_at(TWO, 2)
    for number in range(2):
        fresh.run(f"double_{number}(5)")
        fresh.stopped()
        frames = fresh.frames()
        assert [(f["name"], f["line"]) for f in frames] == [("double", 2), ("<module>", 1)]
        assert frames[0]["source"]["path"] == path
        fresh.go_on()
        assert fresh.done()["result"] == "10"
    fresh.break_at(TWO)
    assert fresh.result("double_0(6)") == "12"


def test_breakpoint_stops_in_the_front_end(kernel: Kernel) -> None:
    kernel.run("n = 1\nbreakpoint()\nn = 2\n")
    kernel.stopped()
    assert kernel.place()[0][0] == "<module>"
    assert kernel.variables("Locals")["n"]["value"] == "1"


def test_a_module_of_the_users_stops(kernel: Kernel) -> None:
    module = kernel.tmp_path / "mymodule.py"
    module.write_text("def f():\n    z = 3\n    return z\n")
    kernel.result(f"import sys; sys.path.insert(0, {str(kernel.tmp_path)!r}); import mymodule")
    found = kernel.do("modules")
    assert {"name": "mymodule", "path": str(module)}.items() <= {m["name"]: m for m in found["modules"]}[
        "mymodule"
    ].items()
    assert found["totalModules"] >= len(found["modules"])
    assert len(kernel.do("modules", startModule=1, moduleCount=2)["modules"]) == 2
    kernel.do("setBreakpoints", source={"path": str(module)}, breakpoints=[{"line": 3}])
    kernel.run("mymodule.f()")
    kernel.stopped()
    assert kernel.place() == [("f", 3), ("<module>", 1)]


def test_exceptions_stop_where_the_user_sees_them(kernel: Kernel) -> None:
    kernel.do("setExceptionBreakpoints", filters=["raised"])
    kernel.run("import json\ndef f():\n    return {}['x']\ntry:\n    f()\nexcept KeyError:\n    pass\n")
    body = kernel.stopped()
    assert body["reason"] == "exception"
    assert kernel.place() == [("f", 3), ("<module>", 5)]
    assert "KeyError" in kernel.do("exceptionInfo", threadId=body["threadId"])["exceptionId"]
    kernel.do("setExceptionBreakpoints", filters=[])
    kernel.go_on()
    assert kernel.done()["error"] is None
    kernel.do("setExceptionBreakpoints", filters=["userUnhandled"])
    kernel.run("json.loads('x')")
    assert kernel.stopped()["text"].startswith("JSONDecodeError")
    assert [line for _, line in kernel.place()] == [1]
    kernel.do("setExceptionBreakpoints", filters=[])
    kernel.go_on()
    assert kernel.done()["error"] == "JSONDecodeError"
    kernel.run("f()")
    assert kernel.done()["error"] == "KeyError"


# ---- stepping --------------------------------------------------------------------------------------------


def test_steps_go_from_line_to_line_and_not_past_the_cell(kernel: Kernel) -> None:
    kernel.break_at(TWO, 5)
    kernel.run(TWO)
    kernel.stopped()
    assert kernel.step("next") == [("<module>", 6)]
    assert kernel.step("stepIn") == [("double", 2), ("<module>", 6)]
    assert kernel.step("next") == [("double", 3), ("<module>", 6)]
    assert kernel.step("stepOut") == [("<module>", 6)]
    assert kernel.step("next") == [("<module>", 7)]
    assert kernel.step("next") is None
    kernel.done()
    assert kernel.result("a = 7\na") == "7"


@pytest.mark.parametrize("command", ["stepIn", "stepOut"])
def test_the_last_line_is_the_end(kernel: Kernel, command: str) -> None:
    kernel.break_at(TWO, 7)
    kernel.run(TWO)
    kernel.stopped()
    assert kernel.step(command) is None
    kernel.done()
    assert kernel.result("x = 1\nx + 1") == "2"


@pytest.mark.parametrize("command", ["next", "stepIn"])
def test_what_is_called_after_a_cell_is_not_stepped_into(fresh: Kernel, command: str) -> None:
    (fresh.tmp_path / "library.py").write_text("def after():\n    n = 1\n    return n\n")
    fresh.result(
        f"import sys; sys.path.insert(0, {str(fresh.tmp_path)!r}); import library\n"
        "get_ipython().events.register('post_execute', library.after)"
    )
    fresh.begin()
    fresh.break_at(TWO, 7)
    fresh.run(TWO)
    fresh.stopped()
    assert fresh.step(command) is None
    assert fresh.done()["error"] is None


def test_stepping_into_the_display_of_a_value_stays_with_the_user(kernel: Kernel) -> None:
    code = "class A:\n    def __repr__(self):\n        return 'A!'\na = A()\na\n"
    kernel.break_at(code, 5)
    kernel.run(code)
    kernel.stopped()
    places = []
    while (place := kernel.step("stepIn")) is not None:
        places.append(place)
    assert [("__repr__", 3), ("<module>", 5)] in places
    assert {name for place in places for name, _ in place} <= {"__repr__", "<module>"}
    kernel.done()
    assert kernel.result("1") == "1"


def test_libraries_are_stepped_into_but_not_what_runs_the_cells(kernel: Kernel) -> None:
    code = "import traitlets, pygments.util, json\nn = traitlets.Int()\njson.loads('1')\npygments.util.get_list_opt({}, 'a')\n"
    kernel.break_at(code, 2)
    kernel.run(code)
    kernel.stopped()
    assert [kernel.step("stepIn") for _ in range(2)] == [[("<module>", 3)], [("<module>", 4)]]
    places = kernel.step("stepIn")
    assert places is not None
    assert [name for name, _ in places] == ["get_list_opt", "<module>"]


def test_a_cell_with_await_is_stepped_through(kernel: Kernel) -> None:
    code = "import asyncio\nawait asyncio.sleep(0.001)\nb = 2\nawait asyncio.sleep(0.001)\nc = 3\n"
    kernel.break_at(code, 2)
    kernel.run(code)
    kernel.stopped()
    assert kernel.place() == [("<module>", 2)]
    assert [kernel.step("next") for _ in range(4)] == [[("<module>", line)] for line in (3, 4, 5)] + [None]
    kernel.done()


def test_what_runs_can_be_paused(kernel: Kernel) -> None:
    kernel.run("import time\nstop = False\nstarted = True\nwhile not stop:\n    time.sleep(0.001)\n")
    wait_for_global(kernel, "started")
    kernel.do("pause", threadId=1)
    assert kernel.stopped()["reason"] == "pause"
    assert kernel.place()[0][0] == "<module>"
    kernel.do("evaluate", expression="stop = True", frameId=kernel.frames()[0]["id"], context="repl")
    kernel.go_on()
    assert kernel.done()["error"] is None


def wait_for_global(kernel: Kernel, name: str) -> None:
    pause = threading.Event()
    while name not in {v["name"] for v in kernel.do("inspectVariables")["variables"]}:
        pause.wait(0.01)


def test_an_interrupt_ends_what_is_stopped(kernel: Kernel) -> None:
    kernel.result(
        "import threading, time\nover = False\ndef wait():\n    while not over:\n        time.sleep(0.001)\n"
        "t = threading.Thread(target=wait)\nt.start()"
    )
    kernel.break_at(TWO, 6)
    kernel.run(TWO)
    kernel.stopped()
    os.kill(kernel.process.pid, signal.SIGINT)
    kernel.event("continued")
    assert kernel.done()["error"] == "KeyboardInterrupt"
    # other threads go on too
    assert kernel.result("over = True\nt.join(10)\nt.is_alive()") == "False"
    # and breakpoints are what they were
    kernel.run(TWO)
    kernel.stopped()
    assert kernel.place() == [("<module>", 6)]


# ---- threads and processes -------------------------------------------------------------------------------


def test_a_thread_of_the_users_stops_and_those_of_the_worker_do_not_show(kernel: Kernel) -> None:
    code = "import threading\ndef work():\n    n = 5\n    return n\nt = threading.Thread(target=work, name='mine')\nt.start()\nt.join()\n"
    kernel.break_at(code, 4)
    kernel.run(code)
    kernel.stopped()
    assert kernel.place() == [("work", 4)]
    assert sorted(t["name"] for t in kernel.do("threads")["threads"]) == ["MainThread", "mine"]
    assert kernel.variables("Locals")["n"]["value"] == "5"
    kernel.go_on()
    assert kernel.done()["error"] is None


def test_a_forked_child_is_not_stopped(kernel: Kernel) -> None:
    code = (
        "import os\ndef work():\n    return 5\npid = os.fork()\nif pid == 0:\n    os._exit(work())\n"
        "os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])"
    )
    kernel.break_at(code, 3)
    kernel.run(code)
    assert kernel.done()["result"] == "5"
    kernel.run("work()")
    kernel.stopped()


# ---- variables -------------------------------------------------------------------------------------------


def test_variables_of_a_frame_are_the_users(kernel: Kernel) -> None:
    kernel.result("import numbers\n_index = 3")
    code = "def f(first):\n    second = [first, {'k': 1}]\n    return second\nf('x')\n"
    kernel.break_at(code, 3)
    kernel.run(code)
    kernel.stopped()
    local = kernel.variables("Locals")
    assert set(local) == {"first", "second"}
    children = kernel.do("variables", variablesReference=local["second"]["variablesReference"])["variables"]
    assert {"0", "1"} <= {v["name"] for v in children}
    everything = kernel.variables("Globals")
    assert {"_index", "function variables"} <= set(everything)
    assert not {"In", "Out", "_", "_oh", "_i1", "__builtins__", "get_ipython", "exit"} & set(everything)
    functions = kernel.do("variables", variablesReference=everything["function variables"]["variablesReference"])
    names = {v["name"] for v in functions["variables"]}
    assert "f" in names
    assert not {"get_ipython", "open"} & names


def test_variables_are_changed(kernel: Kernel) -> None:
    code = "def f(n):\n    m = n\n    return m\nresult = f(1)\n"
    kernel.break_at(code, 3)
    kernel.run(code)
    kernel.stopped()
    frame = kernel.frames()[0]["id"]
    scopes = kernel.do("scopes", frameId=frame)["scopes"]
    assert (
        kernel.do("setVariable", variablesReference=scopes[0]["variablesReference"], name="m", value="41")["value"]
        == "41"
    )
    assert kernel.do("evaluate", expression="m + 1", frameId=frame, context="repl")["result"] == "42"
    assert "ZeroDivisionError" in kernel.ask("evaluate", expression="1 / 0", frameId=frame, context="watch")["message"]
    # without a frame it is the one that is stopped
    assert kernel.do("evaluate", expression="m", context="repl")["result"] == "41"
    kernel.do("evaluate", expression="extra = m * 2", context="repl")
    kernel.do("copyToGlobals", srcVariableName="m", dstVariableName="copied", srcFrameId=frame)
    assert kernel.refused("copyToGlobals", srcVariableName="m + 1", dstVariableName="copied", srcFrameId=frame)
    assert kernel.refused("copyToGlobals", srcVariableName="missing", dstVariableName="copied", srcFrameId=frame)
    kernel.go_on()
    kernel.done()
    assert kernel.result("result, copied") == "(41, 41)"


def test_variables_show_while_nothing_is_stopped(kernel: Kernel) -> None:
    kernel.result("numbers = {'one': [1, 2]}\ndef function(): pass\ntext = 'abc'\n_1x = 1")
    shown = {v["name"]: v for v in kernel.do("inspectVariables")["variables"]}
    assert shown["text"]["value"] == "'abc'"
    assert shown["text"]["type"] == "str"
    assert not {"In", "Out", "_oh", "__builtins__", "get_ipython"} & set(shown)
    children = kernel.do("variables", variablesReference=shown["numbers"]["variablesReference"])["variables"]
    assert ("'one'", "[1, 2]") in [(v["name"], v["value"]) for v in children]
    body = kernel.do("evaluate", expression="numbers['one']", context="repl")
    assert body["result"] == "[1, 2]"
    assert len(kernel.do("variables", variablesReference=body["variablesReference"])["variables"]) >= 2
    assert kernel.do("evaluate", expression="made = 5", context="repl")["result"] == ""
    assert "ZeroDivisionError" in kernel.refused("evaluate", expression="1 / 0", context="repl")
    assert kernel.result("made") == "5"


def test_variables_show_before_a_session(fresh: Kernel) -> None:
    fresh.result("text = 'abc'")
    assert "text" in {v["name"] for v in fresh.do("inspectVariables")["variables"]}
    assert not fresh.do("debugInfo")["isStarted"]
    fresh.begin()
    fresh.break_at(TWO, 7)
    fresh.run(TWO)
    fresh.stopped()
    assert fresh.step("next") is None


RICH = "class Rich:\n    def _repr_html_(self):\n        return '<b>rich</b>'\n    def _repr_png_(self):\n        return b'png'\n"


def test_rich_variables(kernel: Kernel) -> None:
    kernel.result(RICH + "rich = Rich()\n")
    code = "def f(local):\n    return local\nr = f(rich)\n"
    kernel.break_at(code, 2)
    for name in ("rich", "local"):
        if name == "local":
            kernel.run(code)
            kernel.stopped()
        frame = kernel.frames()[0]["id"] if name == "local" else None
        body = kernel.do("richInspectVariables", variableName=name, **({"frameId": frame} if frame else {}))
        assert body["data"]["text/html"] == "<b>rich</b>"
        assert body["data"]["image/png"] == "cG5n"
        assert body["metadata"] == {}
    assert kernel.refused("richInspectVariables", variableName="missing", frameId=frame)
    assert kernel.do("richInspectVariables", variableName="special variables")["data"] == {}
    assert kernel.refused("richInspectVariables", variableName="f()")
    kernel.go_on()
    kernel.done()
    assert kernel.do("richInspectVariables", variableName="missing") == {"data": {}, "metadata": {}}


if __name__ == "__main__":
    serve(*sys.argv[1:])
