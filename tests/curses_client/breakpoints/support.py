"""A debugger that answers as debugpy does, for a client without a kernel."""

from typing import Any

from curses_client.events import Control, Replied, Submit
from kernel.protocol.messages import DebugReply
from tests.curses_client.files.support import opened
from tests.curses_client.support import Client

SCRIPT = "# %% one\ndef mean(values):\n    total = sum(values)\n    return total\n# %% two\n\nmean([1, 2])"
PATH = "/w/a.py"
CELL = "/tmp/ipykernel_7/{}.py"
VARIABLES = {
    5: [
        {"name": "special variables", "value": "", "variablesReference": 9},
        {"name": "values", "type": "list", "value": "[1, 2]", "variablesReference": 6},
        {"name": "total", "type": "int", "value": "3", "variablesReference": 0},
    ],
    6: [
        {"name": "0", "type": "int", "value": "1", "variablesReference": 0},
        {"name": "1", "type": "int", "value": "2", "variablesReference": 0},
    ],
}


class Kernel:
    """The debugger of a kernel: what it was asked, and what it answers."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.frames: list[dict[str, Any]] = []
        self.refuses: dict[str, str] = {}
        self.info: dict[str, Any] = {"isStarted": False}
        self.files: list[str] = []

    def answer(self) -> list[str]:
        """Answer everything that is asked, one after the other; return the names of the commands."""
        names = []
        while requests := [effect for effect in self.client.took(Control) if effect.msg_type == "debug_request"]:
            (request,) = requests
            command, arguments = request.content.command, request.content.arguments  # type: ignore[attr-defined]
            names.append(command)
            self.asked.append((command, arguments))
            why = self.refuses.get(command)
            reply = DebugReply("response", command, why is None, message=why, body=self._body(command, arguments))
            self.client.send(Replied(request.tag, reply))
        return names

    def _body(self, command: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if command == "debugInfo":
            return self.info
        if command == "dumpCell":
            if arguments["code"] not in self.files:
                self.files.append(arguments["code"])
            return {"sourcePath": CELL.format(self.files.index(arguments["code"]))}
        if command == "stackTrace":
            return {"stackFrames": self.frames}
        if command == "scopes":
            return {"scopes": [{"name": "Locals", "variablesReference": 5}]}
        if command == "variables":
            return {"variables": VARIABLES[arguments["variablesReference"]]}
        if command == "evaluate":
            return {"result": "1.5", "type": "float", "variablesReference": 0}
        return {}

    def set_in(self, path: str) -> list[Any]:
        """Return the breakpoints that a file was told last."""
        told = [arguments for command, arguments in self.asked if command == "setBreakpoints"]
        return next((each["breakpoints"] for each in reversed(told) if each["source"]["path"] == path), [])

    def stop(self, *frames: tuple[str, str, int], reason: str = "breakpoint") -> "Kernel":
        """Stop at a place: calls with name, file and line, the innermost first."""
        self.frames = [
            {"id": number, "name": name, "source": {"path": file}, "line": line}
            for number, (name, file, line) in enumerate(frames, 1)
        ]
        journal = self.client.journal
        journal.add("debug_event", "c", event="stopped", body={"threadId": 1, "reason": reason})
        self.client.read()
        self.answer()
        return self

    def go_on(self) -> "Kernel":
        """Go on as it was asked."""
        self.client.journal.add("debug_event", "c", event="continued", body={"threadId": 1})
        self.client.read()
        return self


def script(row: int = 2, cols: int = 80, rows: int = 24) -> Kernel:
    """A client with a script, and a breakpoint on one of its rows."""
    client = opened(SCRIPT, PATH, cols, rows)
    to_row(client, row)
    return Kernel(client.press("meta *"))


def to_row(client: Client, row: int) -> Client:
    """Put the cursor into a row of the editor."""
    client.press("meta <")
    return client.press(*["down"] * row)


def started(kernel: Kernel, code: str = "", cell: str = "c") -> Client:
    """Have the cell that was submitted run."""
    client = kernel.client
    kernel.answer()
    submitted = client.took(Submit)
    client.journal.submit(cell, code or submitted[-1].source).start(cell)
    return client.read()
