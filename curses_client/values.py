"""The values behind an error: what the names in a failing line stood for, asked of the kernel when somebody wants it.

A kernel keeps the frames of its last error (``sys.last_value``).  The question is an expression that the kernel
evaluates beside a request without code (specification: `user_expressions`), so that any IPython answers it, and
that leaves no name behind.
"""

import ast
from dataclasses import replace
from typing import Any, Final

from curses_client.commanding import Command, Result, say, tell
from curses_client.events import Ask, Replied
from curses_client.output_cursor import opened_in_sight
from curses_client.shown import CellLine, Fold, Place
from curses_client.state import Inquiry, State
from curses_client.text.ansi import sanitise
from curses_client.tracebacks import Traceback
from curses_client.transcript import Cell
from kernel.protocol.messages import ExecuteReply, ExecuteRequest

_NAME: Final = "cshell_values"
# characters of an answer that are read
_LONGEST: Final = 20_000
_GONE: Final = "its values are gone: the kernel keeps those of the last error"
# names that say nothing of the error are left out: modules, functions, classes
_SOURCE: Final = """
def values(number, names):
    import reprlib, sys, types
    short = reprlib.Repr()
    short.maxstring = short.maxother = 120
    dull = types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type
    def told(value):
        shape = getattr(value, "shape", None)
        if isinstance(shape, tuple):
            return "%s %s %s" % (type(value).__name__, "x".join(map(str, shape)), getattr(value, "dtype", ""))
        return short.repr(value)
    todo, seen = [getattr(sys, "last_value", None)], set()
    while todo:
        error = todo.pop(0)
        if not isinstance(error, BaseException) or id(error) in seen:
            continue
        seen.add(id(error))
        parts = getattr(error, "exceptions", ())
        todo += [error.__cause__, error.__context__, *(parts if isinstance(parts, tuple) else ())]
        place = error.__traceback__
        while place is not None:
            frame = place.tb_frame
            if place.tb_lineno == number and any(name in frame.f_code.co_filename for name in names):
                code = frame.f_code
                used = [name for name in line_names(code, number) if name in frame.f_locals or name in frame.f_globals]
                found = [(name, frame.f_locals.get(name, frame.f_globals.get(name))) for name in used]
                return [(name, told(value)) for name, value in found if not isinstance(value, dull)][:20]
            place = place.tb_next
    return None

def line_names(code, number):
    import keyword, linecache, re
    line = linecache.getline(code.co_filename, number)
    names = re.findall(r"(?<![.\\w])[^\\W\\d]\\w*", re.sub(r"'[^']*'|\\"[^\\"]*\\"|#.*", "", line))
    return [name for name in dict.fromkeys(names) if not keyword.iskeyword(name)]
"""


def ask_values(state: State) -> Result:
    """Ask what the names in the cursor's line of a traceback stood for."""
    cursor = state.cursor
    cell = state.transcript.items[cursor.item] if cursor is not None else None
    if cursor is None or not isinstance(cell, Cell):
        return tell(state, "this is no line of a traceback")
    part, shown = cell.at(cursor.line)
    index = part.index(shown) if part is not None else None
    if part is None or index is None or not isinstance(part.body, Traceback):
        return tell(state, "this is no line of a traceback")
    if isinstance(part.body.target(index), Fold) and part.body.failing(index) is None:
        return tell(state, "Enter opens these frames; each has its values")
    target = part.body.failing(index)
    if not isinstance(target, (Place, CellLine)):
        return tell(state, "the values are those of a frame: move to a line of one")
    if "python" not in state.session.lexer:
        return tell(state, "only Python's kernels tell the values")
    if state.session.state != "idle":
        return tell(state, "the kernel tells the values when it is idle")
    if cell.state == "lost" or any(other.failed for other in _later(state, cell)):
        return tell(state, _GONE)
    if isinstance(target, Place):
        names = [target.path.removeprefix("~")]
    else:
        # a cell's code is in a file that is named after its count, or after its kernel
        names = [f"<ipython-input-{target.count}-", "/ipykernel_"]
    question = f"(lambda found: (exec({_SOURCE!r}, found), found['values']({target.line}, {names!r}))[1])({{}})"
    state = replace(state, tags=state.tags + 1, inquiry=Inquiry(state.tags + 1, part, target))
    request = ExecuteRequest("", silent=True, store_history=False, user_expressions={_NAME: question})
    return state, (Ask(state.tags, "execute_request", request),)


def _later(state: State, cell: Cell) -> list[Cell]:
    cells = list(state.transcript.cells())
    return [other for other in cells[cells.index(cell) + 1 :] if other.count is not None]


def answered(state: State, event: Replied) -> State:
    """Show the values in the traceback."""
    inquiry, content = state.inquiry, event.content
    if inquiry is None or inquiry.tag != event.tag or not isinstance(content, ExecuteReply):
        return state
    state = replace(state, inquiry=None)
    pairs = _pairs(content.user_expressions)
    if pairs is None:
        return say(state, _GONE)
    assert isinstance(inquiry.part.body, Traceback)
    text = ", ".join(f"{sanitise(name)} = {sanitise(value)}" for name, value in pairs) or "no values"
    inquiry.part.body.annotate(inquiry.target, text)
    for item, cell in enumerate(state.transcript.items):
        if isinstance(cell, Cell) and any(part is inquiry.part for part in cell.outputs):
            before = cell.height
            cell.parts_changed()
            state.transcript.changed()
            here = state.cursor
            if here is not None and here.item == item:
                return opened_in_sight(state, item, here.line, before)
    state.transcript.changed()
    return state


def _pairs(found: Any) -> list[tuple[str, str]] | None:
    """Return names and values of an answer; None when there is none that makes sense."""
    try:
        text = found[_NAME]["data"]["text/plain"]
        pairs = ast.literal_eval(text) if isinstance(text, str) and len(text) < _LONGEST else None
        return [(str(name), str(value)) for name, value in pairs] if pairs is not None else None
    except (KeyError, TypeError, ValueError, SyntaxError, MemoryError, RecursionError):
        return None


VALUES_COMMANDS: Final[dict[str, Command]] = {"read-values": ask_values}
