"""The debugger's answers as values; what makes no sense changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from curses_client.breakpoints.asking import finished, sent, set_step, wanted
from curses_client.breakpoints.setting import placed, row_of
from curses_client.commanding import Result, edited, say
from curses_client.debugger import CELL_FILE, Branch, Breakpoint, Frame, Source, Spot, Step
from curses_client.events import Expired, Replied
from curses_client.files.tabs import scratch, to_scratch
from curses_client.origin import Origin
from curses_client.state import State
from curses_client.text.ansi import in_place, sanitise
from curses_client.text.buffer import Buffer
from kernel.protocol.messages import DebugReply, OkReply

_SENSELESS: Final = "the debugger's answer makes no sense"
_SILENT: Final = "the kernel's debugger does not answer"
_NONE: Final = "the kernel has no debugger"
# parts of a variable, calls, and characters of a value that are taken in
_BRANCHES: Final = 200
_FRAMES: Final = 200
# cells whose files are asked for when one of them is not known
_CELLS: Final = 50
_LONGEST: Final = 500
# what debugpy puts together, less often wanted than variables
_GROUPS: Final = frozenset({"special variables", "function variables", "class variables", "protected variables"})

_Take = Callable[[State, Step, dict[str, Any]], Result]


def answered(state: State, event: Replied) -> Result | None:
    """Take in what the debugger answers, and ask what is wanted next; None if this answers something else."""
    if not event.tag or event.tag != state.debugger.tag:
        return None
    step, content = state.debugger.steps[0], event.content
    state = replace(state, debugger=finished(state.debugger))
    if not isinstance(content, DebugReply):
        why = content.evalue if isinstance(content, OkReply) else ""
        return _refused(state, step, why or _NONE)
    if not content.success:
        return _refused(state, step, content.message or f"it could not do {step.command}")
    take = _TAKES.get(step.command)
    try:
        state, effects = take(state, step, content.body or {}) if take is not None else (state, ())
    except (KeyError, TypeError, ValueError, AttributeError):
        return _refused(state, step, _SENSELESS)
    state, more = sent(state)
    return state, (*effects, *more)


def expired(state: State, event: Expired) -> Result | None:
    """Give up a request that was not answered; None if the timer is another one."""
    if not state.debugger.tag or event.tag != state.debugger.tag:
        return None
    step = state.debugger.steps[0]
    return _refused(replace(state, debugger=finished(state.debugger)), step, _SILENT)


def _refused(state: State, step: Step, why: str) -> Result:
    """Say why something was not done; what was to run with breakpoints does not run without them."""
    debugger, why = state.debugger, in_place(sanitise(why))
    if step.purpose == "end":
        # it had ended before
        return sent(state)
    if step.purpose not in ("begin", "set", "cell"):
        return sent(say(state, why, alarming=True))
    held, cells = debugger.held, (step, *debugger.steps)
    # what follows from it would fail as well
    state = replace(state, debugger=replace(debugger, steps=(), held=()))
    if not held:
        return say(state, f"no breakpoint is set: {why}", alarming=True), ()
    typed = next((cell for cell in held if cell.origin is None), None)
    if typed is not None and scratch(state).buffer.is_empty:
        state = edited(to_scratch(state), Buffer.of(typed.source), "debugger")
        spots = next((each.spots for each in cells if each.purpose == "cell" and each.code == typed.source), ())
        marks = tuple(Breakpoint(spot.line - 1, spot.condition) for spot in spots)
        state = replace(state, editor=replace(state.editor, breakpoints=marks))
    return say(state, f"not run: {why}", alarming=True), ()


# ---- breakpoints -------------------------------------------------------------------------------------------


def _begun(state: State, step: Step, body: dict[str, Any]) -> Result:
    return replace(state, debugger=replace(state.debugger, is_on=True)), ()


def _informed(state: State, step: Step, body: dict[str, Any]) -> Result:
    """Take in what other clients have begun and set (specification: debugInfo)."""
    if not body.get("isStarted"):
        return state, ()
    debugger = state.debugger
    steps = tuple(each for each in debugger.steps if each.purpose != "begin")
    debugger = replace(debugger, is_on=True, steps=steps)
    for file in body.get("breakpoints") or ():
        spots = tuple(Spot(int(spot["line"]), str(spot.get("condition") or "")) for spot in file["breakpoints"])
        debugger = placed(debugger, str(file["source"]), spots)
    return replace(state, debugger=debugger), ()


def _known(state: State, step: Step, body: dict[str, Any]) -> Result:
    """Take in which file stands for a cell; set its breakpoints there, or show in which cell a call stands."""
    path = body["sourcePath"]
    if step.purpose == "cell":
        state = _with_source(state, Source(path, step.code, step.origin))
        return wanted(state, set_step(path, step.spots), first=True)
    state = _with_source(state, Source(path, step.code, _origin(state, step.code)))
    if all(frame.file != path for frame in state.debugger.frames):
        return state, ()
    frames = tuple(_labelled(state, frame) for frame in state.debugger.frames)
    return replace(state, debugger=replace(state.debugger, frames=frames)), ()


def _with_source(state: State, source: Source) -> State:
    others = tuple(other for other in state.debugger.sources if other.path != source.path)
    return replace(state, debugger=replace(state.debugger, sources=(*others, source)))


def _set(state: State, step: Step, body: dict[str, Any]) -> Result:
    path = step.arguments["source"]["path"]
    return replace(state, debugger=placed(state.debugger, path, step.spots)), ()


# ---- where it stops ----------------------------------------------------------------------------------------


def _stood(state: State, step: Step, body: dict[str, Any]) -> Result:
    frames = tuple(_frame(state, values) for values in body["stackFrames"][:_FRAMES])
    debugger = replace(state.debugger, frames=frames, frame=0, selected=0, branches=())
    state, effects = looking(replace(state, debugger=debugger))
    if all(debugger.source(frame.file) is not None or not CELL_FILE.search(frame.file) for frame in frames):
        return state, effects
    state, more = wanted(state, *_unknown_cells(state))
    return state, (*effects, *more)


def looking(state: State) -> Result:
    """Ask for the variables of the frame that is looked at."""
    here = state.debugger.here
    return (state, ()) if here is None else wanted(state, Step("look", "scopes", {"frameId": here.id}))


def _unknown_cells(state: State) -> list[Step]:
    """Return what tells which files stand for the newest cells that had run without a breakpoint in them."""
    known = {source.code for source in state.debugger.sources}
    cells = reversed(list(state.transcript.cells()))
    codes = dict.fromkeys(cell.code for cell in cells if cell.count is not None and cell.code not in known)
    return [Step("look", "dumpCell", {"code": code}, code) for code in islice(codes, _CELLS)]


def _frame(state: State, values: dict[str, Any]) -> Frame:
    file, line = str((values.get("source") or {}).get("path") or ""), int(values["line"])
    return _labelled(state, Frame(int(values["id"]), in_place(sanitise(str(values["name"]))), file, line))


def _labelled(state: State, frame: Frame) -> Frame:
    """Return a frame with the number of its cell, and where that came from."""
    source = state.debugger.source(frame.file)
    if source is None:
        return frame
    cells = reversed(list(state.transcript.cells()))
    count = next((cell.count for cell in cells if cell.code == source.code and cell.count is not None), None)
    came = source.origin
    origin = Origin(came.path, came.line + frame.line - 1) if came is not None else None
    return replace(frame, count=count, origin=origin)


def _origin(state: State, code: str) -> Origin | None:
    """Return where in a file that is open the cell with a code begins that came from there."""
    cells = reversed(list(state.transcript.cells()))
    came = next((cell.origin for cell in cells if cell.code == code and cell.origin is not None), None)
    row = row_of(state, came.path, code) if came is not None else None
    return Origin(came.path, row + 1) if came is not None and row is not None else None


def _scoped(state: State, step: Step, body: dict[str, Any]) -> Result:
    """Ask for what is in the innermost scope: the names of the function, or of the module."""
    here = state.debugger.here
    if here is None or step.arguments["frameId"] != here.id or not body["scopes"]:
        return state, ()
    reference = int(body["scopes"][0]["variablesReference"])
    return wanted(state, Step("look", "variables", {"variablesReference": reference}), first=True)


def _opened(state: State, step: Step, body: dict[str, Any]) -> Result:
    """Show the variables of a frame, or what is in one of them."""
    debugger = state.debugger
    if not step.reference:
        found = sorted(_branches(body["variables"], 0), key=lambda branch: branch.name in _GROUPS)
        return replace(state, debugger=replace(debugger, branches=tuple(found))), ()
    branches = debugger.branches
    places = (place for place, branch in enumerate(branches) if branch.reference == step.reference)
    place = next(places, None)
    if place is None or branches[place].is_open:
        return state, ()
    opened = replace(branches[place], is_open=True)
    inner = _branches(body["variables"], opened.depth + 1)
    branches = (*branches[:place], opened, *inner, *branches[place + 1 :])
    return replace(state, debugger=replace(debugger, branches=branches)), ()


def _branches(found: list[dict[str, Any]], depth: int) -> list[Branch]:
    branches = [
        _branch(values["name"], values.get("type"), values.get("value"), values.get("variablesReference"), depth)
        for values in found[:_BRANCHES]
    ]
    left = len(found) - len(branches)
    return [*branches, Branch(f"… {left:,} more", "", "", depth=depth)] if left > 0 else branches


def _branch(name: object, kind: object, value: object, reference: object, depth: int = 0) -> Branch:
    name, kind, value = (in_place(sanitise(str(text or "")[:_LONGEST])) for text in (name, kind, value))
    return Branch(name, kind, value, reference if isinstance(reference, int) else 0, depth)


def _evaluated(state: State, step: Step, body: dict[str, Any]) -> Result:
    """Show the value of an expression above the variables."""
    expression = step.arguments["expression"]
    branch = _branch(expression, body.get("type"), body.get("result"), body.get("variablesReference"))
    debugger = state.debugger
    others = tuple(other for other in debugger.branches if (other.name, other.depth) != (branch.name, 0))
    selected = min(debugger.frame + 1, len(debugger.frames))
    return replace(state, debugger=replace(debugger, branches=(branch, *others), selected=selected)), ()


_TAKES: Final[dict[str, _Take]] = {
    "configurationDone": _begun,
    "debugInfo": _informed,
    "dumpCell": _known,
    "evaluate": _evaluated,
    "scopes": _scoped,
    "setBreakpoints": _set,
    "stackTrace": _stood,
    "variables": _opened,
}
