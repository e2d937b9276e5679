"""The debugger: `debug_request` on the control channel, in the words of the Debug Adapter Protocol."""

from typing import Any
from unittest.mock import ANY

from tests.kernel.conformance.support import Client, Json, Kernel, around, but
from tests.kernel.conformance.table import Outcome, case, case_of_its_own

CODE = "def f(a):\n    b = a + 1\n    return b\n\nf(41)\n"
HELLO = {
    "clientID": "conformance",
    "adapterID": "",
    "linesStartAt1": True,
    "columnsStartAt1": True,
    "pathFormat": "path",
    "locale": "en",
    "supportsVariableType": True,
}


class Debugger:
    """A client's side of the debugger."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._count = 0

    def ask(self, command: str, **arguments: Any) -> Json:
        """Send a request; return its answer, which must be one."""
        self._count += 1
        request = {"seq": self._count, "type": "request", "command": command, "arguments": arguments}
        exchange = self.client.ask("debug_request", request, channel="control")
        assert [said for said in exchange.published if said[0] != "debug_event"] == around(), exchange.published
        answer: Json = exchange.reply
        assert answer["type"] == "response", answer
        # ipykernel leaves it out of the answer to richInspectVariables
        assert answer.get("request_seq", self._count) == self._count, answer
        # an empty body is none (DAP: Response)
        empty = ["body"] if answer.get("body") == {} else []
        return but(answer, "seq", "type", "request_seq", "sequence_seq", *empty)

    def attach(self) -> list[Json]:
        return [self.ask("initialize", **HELLO), self.ask("attach")]

    def dump(self, code: str) -> str:
        path: str = self.ask("dumpCell", code=code)["body"]["sourcePath"]
        return path

    def break_at(self, path: str, *lines: int) -> Json:
        breakpoints = [{"line": line} for line in lines]
        return self.ask("setBreakpoints", source={"path": path}, breakpoints=breakpoints, sourceModified=False)

    def stopped(self) -> Json:
        body: Json = self.client.event("stopped")["content"]["body"]
        return body


def good(command: str, **fields: object) -> Json:
    return {"success": True, "command": command} | fields


@case
def the_debugger_is_described_before_it_is_started(kernel: Kernel) -> Outcome:
    answer = Debugger(kernel.client).ask("debugInfo")
    body = {
        "isStarted": False,
        "hashMethod": "Murmur2",
        "hashSeed": ANY,
        "tmpFilePrefix": ANY,
        "tmpFileSuffix": ".py",
        "breakpoints": [],
        "stoppedThreads": [],
        "richRendering": True,
        "exceptionPaths": ["Python Exceptions"],
        "copyToGlobals": True,
    }
    return answer, good("debugInfo", body=body)


@case
def variables_are_inspected_without_a_debugger(kernel: Kernel) -> Outcome:
    kernel.client.run("inspected_variable = [1, 2]")
    debugger = Debugger(kernel.client)
    answer = debugger.ask("inspectVariables")
    found = [v for v in answer["body"]["variables"] if v["name"] == "inspected_variable"]
    rich = debugger.ask("richInspectVariables", variableName="inspected_variable")
    return (answer["success"], [(v["value"], v["type"]) for v in found], rich["body"]["data"]), (
        True,
        [("[1, 2]", "list")],
        {"text/plain": "[1, 2]"},
    )


@case_of_its_own
def a_breakpoint_stops_a_cell(kernel: Kernel) -> Outcome:
    client = kernel.client
    debugger = Debugger(client)
    attached = [(answer["command"], answer["success"]) for answer in debugger.attach()]
    client.event("initialized")
    path = debugger.dump(CODE)
    source = debugger.ask("source", source={"path": path})
    (breakpoint_,) = debugger.break_at(path, 2)["body"]["breakpoints"]
    configured = debugger.ask("configurationDone")
    info = debugger.ask("debugInfo")["body"]

    msg_id = client.submit(CODE)
    stopped = debugger.stopped()
    thread = stopped["threadId"]
    frames = debugger.ask("stackTrace", threadId=thread)["body"]["stackFrames"]
    frame = frames[0]["id"]
    scopes = debugger.ask("scopes", frameId=frame)["body"]["scopes"]
    variables = debugger.ask("variables", variablesReference=scopes[0]["variablesReference"])["body"]["variables"]
    evaluated = debugger.ask("evaluate", expression="a + 1", frameId=frame, context="repl")["body"]["result"]
    during = debugger.ask("debugInfo")["body"]["stoppedThreads"]
    stepped = debugger.ask("next", threadId=thread)
    step = debugger.stopped()
    second = debugger.ask("stackTrace", threadId=thread)["body"]["stackFrames"]
    went_on = debugger.ask("continue", threadId=thread)
    exchange = client.finished(msg_id)
    return (
        (path.startswith(info["tmpFilePrefix"]), path.endswith(info["tmpFileSuffix"]), source),
        (attached, but(breakpoint_, "id"), configured, (info["isStarted"], info["breakpoints"])),
        (stopped["reason"], stopped["allThreadsStopped"], thread in during),
        [(f["name"], f["line"], f["source"]["path"]) for f in frames],
        [(v["name"], v["value"], v["type"]) for v in variables],
        (evaluated, stepped["success"], step["reason"], [(f["name"], f["line"]) for f in second]),
        (went_on["success"], exchange.value),
    ), (
        (True, True, good("source", body={"content": CODE})),
        (
            [("initialize", True), ("attach", True)],
            {"verified": True, "source": {"path": path}, "line": 2},
            good("configurationDone"),
            (True, [{"source": path, "breakpoints": [{"line": 2}]}]),
        ),
        ("breakpoint", True, True),
        [("f", 2, path), ("<module>", 5, path)],
        [("a", "41", "int")],
        ("42", True, "step", [("f", 3), ("<module>", 5)]),
        (True, "42"),
    )


@case_of_its_own
def a_debugger_leaves_and_comes_back(kernel: Kernel) -> Outcome:
    client = kernel.client
    debugger = Debugger(client)
    debugger.attach()
    path = debugger.dump(CODE)
    debugger.break_at(path, 2)
    debugger.ask("configurationDone")
    left = debugger.ask("disconnect", restart=False, terminateDebuggee=False)
    undisturbed = client.run(CODE).value
    info = debugger.ask("debugInfo")["body"]

    debugger.attach()
    debugger.break_at(path, 3)
    debugger.ask("configurationDone")
    msg_id = client.submit(CODE)
    thread = debugger.stopped()["threadId"]
    line = debugger.ask("stackTrace", threadId=thread)["body"]["stackFrames"][0]["line"]
    debugger.ask("continue", threadId=thread)
    return (left, undisturbed, info["isStarted"], info["breakpoints"], line, client.finished(msg_id).value), (
        good("disconnect"),
        "42",
        False,
        [],
        3,
        "42",
    )
