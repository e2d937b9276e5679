"""What is selected in the output: to the clipboard, to a file, to a pager or an editor."""

from dataclasses import replace
from typing import Final, Literal

from curses_client.commanding import Command, Result, say, tell
from curses_client.events import Copy, Save, Show
from curses_client.outputs import Part
from curses_client.scrolling import line_at
from curses_client.selection import selected, selected_columns
from curses_client.state import Asking, Cursor, Saving, State
from curses_client.text.ansi import plain
from curses_client.text.buffer import Buffer
from curses_client.text.measured import plain_text
from curses_client.transcript import Cell

_NOTHING: Final = "there is nothing here"
# no style and no link goes on in the next line
_END: Final = "\x1b[0m\x1b]8;;\x1b\\"


# ---- text --------------------------------------------------------------------------------------------------


def _selection(state: State, cursor: Cursor) -> str:
    """Return what is selected, and all of what is folded away in it."""
    bounds = selected(cursor)
    if bounds is None:
        return _whole_line(state, cursor.item, cursor.line) + "\n"
    items = state.transcript.items
    (first_item, first_line, _), (last_item, last_line, _) = bounds
    if cursor.unit == "cell":
        return "".join(_text_of(part) for item in items[first_item : last_item + 1] for part in item.parts)
    found = []
    for item in range(first_item, last_item + 1):
        height = items[item].height
        begin = first_line if item == first_item else 0
        # the mark may be where output was cleared since
        end = min(last_line + 1, height) if item == last_item else height
        for line in range(begin, end):
            text = _whole_line(state, item, line)
            columns = selected_columns(cursor, item, line, text)
            found.append(text[slice(*columns)] if columns is not None and "\n" not in text else text)
    return "\n".join(found) + ("\n" if cursor.unit != "character" else "")


def _whole_line(state: State, item: int, line: int) -> str:
    """Return the text of a line; that of a fold is what it stands for."""
    kind, text = line_at(state, item, line)
    cell = state.transcript.items[item]
    if kind == "fold" and isinstance(cell, Cell):
        part, _ = cell.at(line)
        if part is not None:
            return "\n".join(map(plain, part.hidden_lines()))
    return plain_text(text)


def _part_here(state: State) -> Part | None:
    if state.picture is not None:
        return state.picture
    cursor = state.cursor
    item = state.transcript.items[cursor.item] if cursor is not None else None
    return item.at(cursor.line)[0] if cursor is not None and isinstance(item, Cell) else None


def _text_of(part: Part) -> str:
    return "".join(f"{plain(line)}\n" for line in part.all_lines())


def copy(state: State) -> Result:
    """Copy what is selected, or else the cursor's line."""
    cursor = state.cursor
    if cursor is None:
        return state, ()
    text = _selection(state, cursor)
    return replace(state, cursor=replace(cursor, mark=None)), (Copy(text),)


def copy_part(state: State) -> Result:
    """Copy the whole output, or source, that the cursor is in."""
    part = _part_here(state)
    return (state, (Copy(_text_of(part)),)) if part is not None else tell(state, _NOTHING)


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
    data = part.picture_data(path) or _text_of(part).encode()
    saving = Saving(path, data)
    return replace(state, saving=saving), (Save(saving.path, saving.data, over=False),)


def ask_export(state: State) -> Result:
    """Ask for the file that the whole session goes to, as a notebook, a script, HTML or text."""
    name = (state.session.name or "session").replace("/", "-")
    return replace(state, asking=Asking("export", Buffer.of(f"{name}.ipynb")), message=None), ()


def export(state: State, path: str) -> Result:
    """Write the whole session to a file; one that is there is not overwritten unasked."""
    if not path:
        return state, ()
    return say(replace(state, saving=Saving(path, None)), "exporting …"), (Save(path, None, over=False),)


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
