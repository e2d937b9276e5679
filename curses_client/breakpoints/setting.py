"""What is set in the kernel: before a cell runs, all that is marked in it and in the files that are open."""

from collections.abc import Iterable
from dataclasses import replace

from curses_client.breakpoints.asking import BEGINNING, set_step, wanted
from curses_client.commanding import Result, say
from curses_client.debugger import CELL_FILE, Breakpoint, Debugger, Source, Spot, Step
from curses_client.events import Effect, Submit
from curses_client.files.sections import code_of, code_row, sections
from curses_client.files.tabs import all_tabs, index_of
from curses_client.origin import Origin
from curses_client.state import Editor, State


def held_back(before: State, state: State, effects: tuple[Effect, ...]) -> Result:
    """Keep cells that are to run from it until the breakpoints are set that are marked as yet only here."""
    cells = tuple(effect for effect in effects if isinstance(effect, Submit) and effect.subshell is None)
    if not cells or state.read_only:
        return state, effects
    if not before.debugger.held:
        state = replace(state, debugger=replace(state.debugger, key=state.last_key))
    steps = (*_file_steps(state), *(step for cell in cells for step in _cell_steps(before.editor, state, cell)))
    if not steps and not state.debugger.held:
        return state, effects
    # their rows are of the editor as it is now
    held = (*state.debugger.held, *(replace(cell, row=None) for cell in cells))
    state = replace(state, debugger=replace(state.debugger, held=held))
    beginning = () if state.debugger.is_on else BEGINNING
    state, asked = wanted(say(state, "setting breakpoints …"), *beginning, *steps)
    others = tuple(effect for effect in effects if effect not in cells)
    return state, (*others, *asked)


def _cell_steps(editor: Editor, state: State, cell: Submit) -> Iterable[Step]:
    """Yield what makes a cell known with the breakpoints that are in it, if there are any."""
    if cell.row is None:
        return
    spots = _spots(editor.breakpoints, cell.row, cell.source)
    known = next((source for source in state.debugger.sources if source.code == cell.source), None)
    if not spots and known is None and not _has_unknown(state.debugger):
        return
    if known is not None and spots == state.debugger.spots_in(known.path):
        return
    origin = Origin(cell.origin.path, cell.row + 1) if cell.origin is not None else None
    yield Step("cell", "dumpCell", {"code": cell.source}, cell.source, origin, spots)


def _has_unknown(debugger: Debugger) -> bool:
    """Whether breakpoints are set in cells that only another client knows."""
    return any(CELL_FILE.search(path) and debugger.source(path) is None for path, _ in debugger.placed)


def _spots(marks: Iterable[Breakpoint], first: int, code: str) -> tuple[Spot, ...]:
    """Return the marks within code that begins in a row."""
    last = first + code.count("\n")
    return tuple(Spot(mark.row - first + 1, mark.condition) for mark in marks if first <= mark.row <= last)


def _file_steps(state: State) -> Iterable[Step]:
    """Yield what sets the breakpoints of the files that are open, for what imports them."""
    if state.host:
        # they are on another machine than the kernel
        return
    for tab in all_tabs(state):
        if tab.document is None or tab.document.is_notebook:
            continue
        spots = tuple(Spot(mark.row + 1, mark.condition) for mark in tab.editor.breakpoints)
        if spots != state.debugger.spots_in(tab.document.path):
            yield set_step(tab.document.path, spots)


def synced(state: State) -> Result:
    """Have the kernel know what has changed since it was told of breakpoints."""
    debugger = state.debugger
    if not debugger.is_on or state.read_only:
        return state, ()
    of_cells = [
        set_step(source.path, spots)
        for source in debugger.sources
        if (spots := _marked_in(state, source)) != debugger.spots_in(source.path)
    ]
    return wanted(state, *_file_steps(state), *of_cells)


def _marked_in(state: State, source: Source) -> tuple[Spot, ...]:
    """Return what is marked in a cell that has run: in its file, as far as that is open and has it still."""
    placed = state.debugger.spots_in(source.path)
    if source.origin is None:
        return placed
    index = index_of(state, source.origin.path)
    if index is None:
        return placed
    row = row_of(state, source.origin.path, source.code)
    return _spots(all_tabs(state)[index].editor.breakpoints, row, source.code) if row is not None else ()


def row_of(state: State, path: str, code: str) -> int | None:
    """Return the row of a file that is open in which the cell with a code begins, if it is there still."""
    index = index_of(state, path)
    lines = all_tabs(state)[index].editor.buffer.lines if index is not None else ()
    same = next((section for section in sections(lines) if code_of(lines, section) == code), None) if lines else None
    return code_row(lines, same) if same is not None else None


def ended(state: State) -> Result:
    """Have the debugger end: what has stopped goes on, and nothing stops any more."""
    # what runs from here on with breakpoints begins anew
    state = replace(state, debugger=forgotten(state.debugger))
    return wanted(state, Step("end", "disconnect", {"terminateDebuggee": False}))


def forgotten(debugger: Debugger) -> Debugger:
    """Take in that the debugger has ended: nothing that it knew holds any more."""
    return replace(debugger, is_on=False, sources=(), placed=(), frames=(), branches=())


def placed(debugger: Debugger, path: str, spots: tuple[Spot, ...]) -> Debugger:
    """Take in what is set in a file."""
    found = dict(debugger.placed) | {path: spots}
    return replace(debugger, placed=tuple((path, spots) for path, spots in found.items() if spots))
