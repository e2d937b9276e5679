"""Running cells, lines and files out of the editor; and the way between a cell and its output."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.commanding import Command, Result, moved, say
from curses_client.events import Submit
from curses_client.files.filing import opened
from curses_client.files.sections import Section, code_of, code_row, section_at, sections
from curses_client.files.tabs import index_of, switched
from curses_client.layout import layout
from curses_client.origin import Origin
from curses_client.output_cursor import enter, in_sight
from curses_client.state import Cursor, State
from curses_client.text.buffer import Buffer
from curses_client.transcript import Cell


def run_section(state: State) -> Result:
    """Run the cell that the cursor is in, or what is selected."""
    if state.editor.buffer.selection is not None:
        return run_lines(state)
    lines = state.editor.buffer.lines
    section = section_at(lines, state.editor.buffer.row)
    if section.is_text or not code_of(lines, section):
        return say(state, "there is nothing to run in this cell"), ()
    return _submitted(state, [section])


def run_and_advance(state: State) -> Result:
    """Run the cell and go to the next one."""
    was_selected = state.editor.buffer.selection is not None
    state, effects = run_section(state)
    return (state if was_selected else next_section(state)[0]), effects


def run_to_here(state: State) -> Result:
    """Run all cells above, and the one that the cursor is in."""
    buffer = state.editor.buffer
    return _submitted(state, [each for each in sections(buffer.lines) if each.first <= buffer.row])


def run_file(state: State) -> Result:
    """Run all cells."""
    return _submitted(state, sections(state.editor.buffer.lines))


def run_lines(state: State) -> Result:
    """Run what is selected, or the line, and go to the next one."""
    buffer = state.editor.buffer
    if buffer.selection is None:
        code, row = buffer.lines[buffer.row].strip(), buffer.row
        state = moved(state, replace(buffer, row=min(row + 1, len(buffer.lines) - 1), col=0, goal=None))
    else:
        (row, col), (last, _) = buffer.selection
        code = _dedented(buffer.lines[row][:col], buffer.selected_text)
        row = next((number for number in range(row, last) if buffer.lines[number].strip()), row)
    if not code.strip():
        return say(state, "there is nothing to run here"), ()
    return replace(state, scroll=None), (Submit(code, layout(state).text, _origin(state, row), row=row),)


def _dedented(before: str, text: str) -> str:
    """Return selected lines as far to the left as they go; the first one may be selected from its text on."""
    # rarely needed
    from textwrap import dedent

    return dedent(before + text if not before.strip() else text).strip("\n").rstrip()


def _submitted(state: State, wanted: list[Section]) -> Result:
    lines = state.editor.buffer.lines
    cells = [(section, code_of(lines, section)) for section in wanted if not section.is_text]
    columns = layout(state).text
    effects = tuple(
        Submit(code, columns, _origin(state, section.first), row=code_row(lines, section))
        for section, code in cells
        if code
    )
    if not effects:
        return say(state, "there is nothing to run"), ()
    if state.session.state == "ended":
        return say(state, "the session has ended; the file is as it was", alarming=True), ()
    return replace(state, scroll=None, completion=None, message=None), effects


def _origin(state: State, row: int) -> Origin | None:
    return Origin(state.document.path, row + 1) if state.document is not None else None


# ---- from cell to cell -------------------------------------------------------------------------------------


def next_section(state: State) -> Result:
    """Go to the next cell; behind the last one, to the end of the text."""
    buffer = state.editor.buffer
    last = section_at(buffer.lines, buffer.row).last
    if last >= len(buffer.lines):
        return moved(state, buffer.bottom()), ()
    return moved(state, _at_section(buffer, section_at(buffer.lines, last))), ()


def previous_section(state: State) -> Result:
    """Go to the beginning of the cell, and from there to the one before."""
    buffer = state.editor.buffer
    section = section_at(buffer.lines, buffer.row)
    if buffer.row <= section.body and section.first > 0:
        section = section_at(buffer.lines, section.first - 1)
    return moved(state, _at_section(buffer, section)), ()


def _at_section(buffer: Buffer, section: Section) -> Buffer:
    row = min(section.body, section.last - 1)
    return replace(buffer, row=row, col=0, goal=None, mark=None)


# ---- between a cell and its output -------------------------------------------------------------------------


def to_output(state: State) -> Result:
    """Go to the newest output of the cell that the cursor is in."""
    document, buffer = state.document, state.editor.buffer
    if document is None:
        return say(state, "this is no file"), ()
    section = section_at(buffer.lines, buffer.row)
    cell = _newest(state, document.path, code_of(buffer.lines, section), section.first + 1)
    if cell is None:
        return say(state, "this cell has not run in this session"), ()
    state, _ = enter(state)
    item = state.transcript.items.index(cell)
    line = min(cell.source_height, max(cell.height - 1, 0))
    return (in_sight(replace(state, cursor=Cursor(item, line))) if state.cursor is not None else state), ()


def _newest(state: State, path: str, code: str, line: int) -> Cell | None:
    """Return the cell that ran last with this code, or else from this line."""
    cells = [cell for cell in state.transcript.cells() if cell.origin is not None and cell.origin.path == path]
    same = [cell for cell in cells if cell.code == code] or [
        cell for cell in cells if cell.origin is not None and cell.origin.line == line
    ]
    return same[-1] if same else None


def to_source(state: State) -> Result:
    """Go from an output to the cell of a file that it came from."""
    cursor = state.cursor
    item = state.transcript.items[cursor.item] if cursor is not None else None
    if not isinstance(item, Cell) or item.origin is None:
        return say(state, "this cell came from no file"), ()
    index = index_of(state, item.origin.path)
    if index is None:
        return opened(replace(state, cursor=None, scroll=None), item.origin.path, item.origin.line)
    state = switched(replace(state, cursor=None, scroll=None), index)
    return moved(state, _at_section(state.editor.buffer, _section_of(state.editor.buffer, item))), ()


def _section_of(buffer: Buffer, cell: Cell) -> Section:
    """Return the cell of a file that one came from: it may have moved since, or have been changed."""
    assert cell.origin is not None
    found = sections(buffer.lines)
    same = [section for section in found if code_of(buffer.lines, section) == cell.code]
    row = cell.origin.line - 1
    nearest: Callable[[Section], int] = lambda section: abs(section.first - row)  # noqa: E731
    return min(same or found, key=nearest)


RUNNING_COMMANDS: Final[dict[str, Command]] = {
    "run-to-here": run_to_here,
    "run-file": run_file,
    "run-lines": run_lines,
    "go-to-output": to_output,
    "read-go-to-source": to_source,
}
