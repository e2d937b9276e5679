"""What is selected in the output: to the clipboard, to a file, to a pager or an editor."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Literal

from curses_client.commanding import Command, Result, say, tell
from curses_client.events import Copy, Save, Show
from curses_client.outputs import Part
from curses_client.scrolling import line_at
from curses_client.selection import Place, selected, selected_columns
from curses_client.state import Asking, Cursor, Saving, State
from curses_client.text.ansi import plain
from curses_client.text.buffer import Buffer
from curses_client.text.measured import plain_text
from curses_client.transcript import Cell

# bytes that a terminal's clipboard takes (`curses_client.osc`): more characters are certain to be too many
CLIPBOARD: Final = 56_244
_NOTHING: Final = "there is nothing here"
# no style and no link goes on in the next line
_END: Final = "\x1b[0m\x1b]8;;\x1b\\"


# ---- text --------------------------------------------------------------------------------------------------


def _selection(state: State, cursor: Cursor) -> Iterator[str]:
    """Yield the pieces of what is selected, with all of what is folded away in it."""
    bounds = selected(cursor)
    if bounds is not None and cursor.unit == "cell":
        items = state.transcript.items[bounds[0][0] : bounds[1][0] + 1]
        yield from (text for item in items for part in item.parts for text in _pieces_of(part))
        return
    glue = ""
    for text in _selected_lines(state, cursor, *(bounds or ((cursor.item, cursor.line, 0),) * 2)):
        yield glue + text
        glue = "\n"
    if cursor.mark is None or cursor.unit != "character":
        yield "\n"


def _selected_lines(state: State, cursor: Cursor, first: Place, last: Place) -> Iterator[str]:
    for item in range(first[0], last[0] + 1):
        height = state.transcript.items[item].height
        begin = first[1] if item == first[0] else 0
        # the mark may be where output was cleared since
        end = min(last[1] + 1, height) if item == last[0] else height
        for line in range(begin, end):
            kind, stored = line_at(state, item, line)
            if kind == "fold":
                yield from _folded(state, item, line)
                continue
            text = plain_text(stored)
            columns = selected_columns(cursor, item, line, text)
            yield text[slice(*columns)] if columns is not None else text


def _folded(state: State, item: int, line: int) -> Iterator[str]:
    """Yield the lines that a fold stands for."""
    cell = state.transcript.items[item]
    part, _ = cell.at(line) if isinstance(cell, Cell) else (None, 0)
    if part is not None:
        yield from map(plain, part.hidden_lines())


def _copied(state: State, pieces: Iterator[str]) -> Result:
    """Copy text, unless it is more than there is any use in putting together."""
    text, size = [], 0
    for piece in pieces:
        text.append(piece)
        size += len(piece)
        if size > CLIPBOARD:
            return too_much(state), ()
    return state, (Copy("".join(text)),)


def too_much(state: State) -> State:
    """Say that the clipboard does not take that much, and what there is instead."""
    instead = "s saves it" if state.cursor is not None else "only this client has it"
    return say(state, f"that is more than a terminal's clipboard takes · {instead}", alarming=True)


def _part_here(state: State) -> Part | None:
    if state.picture is not None:
        return state.picture
    cursor = state.cursor
    item = state.transcript.items[cursor.item] if cursor is not None else None
    return item.at(cursor.line)[0] if cursor is not None and isinstance(item, Cell) else None


def _pieces_of(part: Part) -> Iterator[str]:
    """Yield all lines of an output or source, a block at a time."""
    return (f"{part.block(number)}\n" for number in range(part.blocks))


def copy(state: State) -> Result:
    """Copy what is selected, or else the cursor's line."""
    cursor = state.cursor
    if cursor is None:
        return state, ()
    return _copied(replace(state, cursor=replace(cursor, mark=None)), _selection(state, cursor))


def copy_part(state: State) -> Result:
    """Copy the whole output, or source, that the cursor is in."""
    part = _part_here(state)
    return _copied(state, _pieces_of(part)) if part is not None else tell(state, _NOTHING)


def _selecting(unit: Literal["character", "line", "cell"]) -> Command:
    def command(state: State) -> Result:
        cursor = state.cursor
        if cursor is None:
            return state, ()
        if cursor.mark is not None and cursor.unit == unit:
            return replace(state, cursor=replace(cursor, mark=None)), ()
        mark = cursor.mark or (cursor.item, cursor.line, cursor.col)
        return replace(state, cursor=replace(cursor, mark=mark, unit=unit)), ()

    return command


# ---- files -------------------------------------------------------------------------------------------------


def _showing(how: Literal["pager", "editor"]) -> Command:
    def command(state: State) -> Result:
        part = _part_here(state)
        if part is None:
            return tell(state, _NOTHING)
        # a pager shows colours, an editor would show what makes them
        lines = part.all_lines()
        text = "".join(f"{line}{_END}\n" if how == "pager" else f"{plain(line)}\n" for line in lines)
        return state, (Show(text, how),)

    return command


def ask_save(state: State) -> Result:
    """Ask for the file that the output, or the picture, goes to."""
    part = _part_here(state)
    if part is None:
        return tell(state, _NOTHING)
    name = f"output{part.picture_suffix or '.txt'}"
    return replace(state, asking=Asking("save", Buffer.of(name)), message=None), ()


def save(state: State, path: str) -> Result:
    """Write the output to a file; one that is there is not overwritten unasked."""
    part = _part_here(state)
    if part is None or not path:
        return state, ()
    data = part.picture_data(path) or "".join(_pieces_of(part)).encode()
    saving = Saving(path, data, "save")
    return replace(state, saving=saving), (Save(saving.path, saving.data, over=False),)


def ask_export(state: State) -> Result:
    """Ask for the file that the whole session goes to, as a notebook, a script, HTML or text."""
    name = (state.session.name or "session").replace("/", "-")
    return replace(state, asking=Asking("export", Buffer.of(f"{name}.ipynb")), message=None), ()


def export(state: State, path: str) -> Result:
    """Write the whole session to a file; one that is there is not overwritten unasked."""
    if not path:
        return state, ()
    return say(replace(state, saving=Saving(path, None, "export")), "exporting …"), (Save(path, None, over=False),)


def save_over(state: State) -> Result:
    """Write over the file that is there."""
    saving = state.saving
    return (state, (Save(saving.path, saving.data, over=True),)) if saving is not None else (state, ())


COPYING_COMMANDS: Final[dict[str, Command]] = {
    "read-select": _selecting("character"),
    "read-select-lines": _selecting("line"),
    "read-select-cells": _selecting("cell"),
    "read-copy": copy,
    "read-copy-output": copy_part,
    "read-pager": _showing("pager"),
    "read-editor": _showing("editor"),
    "read-save": ask_save,
    "export": ask_export,
    "picture-save": ask_save,
    "save-over": save_over,
}
