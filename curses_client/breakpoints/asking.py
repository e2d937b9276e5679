"""One request to the kernel's debugger at a time, in the order in which they are wanted."""

from dataclasses import replace
from typing import Any, Final

from curses_client.commanding import Result
from curses_client.debugger import Debugger, Spot, Step
from curses_client.events import Control, Effect, SetTimer
from curses_client.state import State
from kernel.protocol.messages import DebugRequest

# seconds within which the debugger answers; it may have to be loaded first
PATIENCE: Final = 30.0
# DAP: InitializeRequestArguments
_CLIENT: Final = {
    "clientID": "cshell",
    "adapterID": "",
    "pathFormat": "path",
    "linesStartAt1": True,
    "columnsStartAt1": True,
    "supportsVariableType": True,
    "supportsVariablePaging": True,
}
# another client may have begun already
INFORMED: Final = Step("begin", "debugInfo")
BEGINNING: Final = (
    INFORMED,
    Step("begin", "initialize", _CLIENT),
    Step("begin", "attach"),
    Step("begin", "configurationDone"),
)


def wanted(state: State, *steps: Step, first: bool = False) -> Result:
    """Have requests sent after those that wait, or before them."""
    debugger = state.debugger
    now = 1 if debugger.tag else 0
    under_way, waiting = debugger.steps[:now], debugger.steps[now:]
    queue = (*under_way, *steps, *waiting) if first else (*under_way, *waiting, *steps)
    return sent(replace(state, debugger=replace(debugger, steps=queue)))


def sent(state: State) -> Result:
    """Send the next request; once there is none, have the cells run that were held back for them."""
    debugger = state.debugger
    if debugger.tag:
        return state, ()
    if not debugger.steps:
        if not debugger.held:
            return state, ()
        return replace(state, message=None, debugger=replace(debugger, held=())), debugger.held
    step, tag = debugger.steps[0], state.tags + 1
    request = DebugRequest("request", step.command, tag, step.arguments)
    effects: tuple[Effect, ...] = (Control("debug_request", request, tag), SetTimer(tag, PATIENCE))
    return replace(state, tags=tag, debugger=replace(debugger, tag=tag)), effects


def finished(debugger: Debugger) -> Debugger:
    """Take in that the request that was under way is answered."""
    return replace(debugger, steps=debugger.steps[1:], tag=0)


def set_step(path: str, spots: tuple[Spot, ...]) -> Step:
    """Return the request that sets the breakpoints of a file, and takes away all others in it."""
    found: list[dict[str, Any]] = [
        {"line": spot.line, **({"condition": spot.condition} if spot.condition else {})} for spot in spots
    ]
    arguments = {"source": {"path": path}, "breakpoints": found, "sourceModified": False}
    return Step("set", "setBreakpoints", arguments, spots=spots)
