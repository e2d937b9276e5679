"""What happens beside the output, in words: said once, when it changes."""

from collections.abc import Callable
from typing import Final

from curses_client.files.sections import section_at, sections
from curses_client.flat.bottom import editor_prompt
from curses_client.flat.inspected import inspected_lines
from curses_client.flat.stopped import stopped_lines
from curses_client.helping.signatures import shown
from curses_client.keymap import help_lines
from curses_client.offers import Completion
from curses_client.palette import selected
from curses_client.queued import panel_cells, selected_cell
from curses_client.recall import selected_entry
from curses_client.standing import Standing, folded
from curses_client.state import State
from curses_client.text.ansi import in_place, sanitise
from curses_client.text.buffer import Undo

_GREETING: Final = "cshell: Enter runs what is typed, F1 finds commands, Ctrl-D leaves"
# names of completions that are read at once
_NAMES: Final = 8
_STATES: Final = {
    ("starting", "idle"): "the kernel is ready",
    ("restarting", "idle"): "the kernel is ready",
    ("dead", "idle"): "the kernel is ready",
}


def greeting(state: State) -> list[str]:
    """Return what is said first, with the file that is open."""
    return [_GREETING, *(_file_here(state) if state.document is not None else [])]


def changes(before: State, after: State) -> list[str]:
    """Return what is to be said of a change."""
    return [line for said in _SAID for line in said(before, after)]


def leaves(before: State, after: State) -> bool:
    """Whether the line that was typed stays where it is: it was run, answered, or another one is below it."""
    if before.answer is not None:
        return after.answer is None
    old, new = before.editor.buffer, after.editor.buffer
    if not _is_typing(before) or not _is_typing(after) or old.is_empty or _path(before) != _path(after):
        return False
    was_run = new.is_empty and after.editor.undo == Undo()
    return was_run or (new.row > old.row and new.lines[old.row] == old.lines[old.row])


def _is_typing(state: State) -> bool:
    others = (state.question, state.asking, state.help_top, state.picture, state.cursor, state.answer, state.recall)
    return all(other is None for other in others) and state.panes.focus is None


def _session(before: State, after: State) -> list[str]:
    old, new = before.session.state, after.session.state
    if new == "restarting" != old:
        return ["the kernel restarts"]
    said = _STATES.get((old, new))
    return [said] if said else []


def _message(before: State, after: State) -> list[str]:
    return [after.message.text] if after.message is not None and after.message != before.message else []


def _line(before: State, after: State) -> list[str]:
    return [] if after.line == before.line else [after.line or "the line is back"]


def _question(before: State, after: State) -> list[str]:
    if after.question is None or after.question == before.question:
        return []
    answers = ", ".join(f"{choice.key} {choice.label}" for choice in after.question.choices)
    return [f"{after.question.text} {answers}, Esc no"]


def _completion(before: State, after: State) -> list[str]:
    new, old = after.completion, before.completion
    if new is None or new == old:
        return []
    count = len(new.matches)
    if old is None or old.matches != new.matches:
        names = ", ".join(match.text for match in new.matches[:_NAMES])
        return [f"completions: {names}{', and more' if count > _NAMES else ''}{_place(new)}"]
    return [f"{new.match.text}{_place(new)}{f', {new.match.kind}' if new.match.kind else ''}"] if new.match else []


def _place(completion: Completion) -> str:
    if completion.selected is None:
        return ""
    return f" ({completion.selected + 1} of {len(completion.matches)})"


def _signature(before: State, after: State) -> list[str]:
    new, old = after.signature, before.signature
    if new is None or not new.is_shown or (old is not None and (old.name, old.open) == (new.name, new.open)):
        return []
    return [f"{new.name}({', '.join(text for text, _ in shown(new.parameters, None))})"]


def _documentation(before: State, after: State) -> list[str]:
    new, old = after.documentation, before.documentation
    if new is None or not new.lines or (old is not None and old.lines == new.lines):
        return []
    return [f"documentation of {new.name}, Esc closes:", *new.lines]


def _palette(before: State, after: State) -> list[str]:
    if after.palette is None:
        return []
    lead = ["commands: type what one does; F1 again lists the keys"] if before.palette is None else []
    entry = selected(after)
    if entry is None or (before.palette is not None and entry == selected(before)):
        return lead
    why = f", not now: {entry.why}" if entry.why else ""
    return [*lead, f"{entry.help}{f', {entry.keys[0]}' if entry.keys else ''}{why}"]


def _recall(before: State, after: State) -> list[str]:
    entry = selected_entry(after)
    if after.recall is None or entry is None or entry == selected_entry(before):
        return []
    return [f"history, {after.recall.selected + 1} of {after.recall.finder.count}: {in_place(entry.text)}"]


def _file(before: State, after: State) -> list[str]:
    return [] if _path(after) == _path(before) else _file_here(after)


def _file_here(state: State) -> list[str]:
    """Return which file is in the editor, in which tab, and the cell that the cursor is in."""
    name = sanitise(state.document.name) if state.document is not None else "the scratch buffer"
    tab = f", tab {state.tab + 1} of {len(state.tabs)}" if state.tabs else ""
    return [f"in the editor: {name}{tab}", *_cell_here(state)]


def _path(state: State) -> str:
    return state.document.path if state.document is not None else ""


def _cell(before: State, after: State) -> list[str]:
    """Return which cell of the file the cursor has come to."""
    old, new = before.editor.buffer, after.editor.buffer
    if after.document is None or _path(after) != _path(before) or (old.row, old.lines) == (new.row, new.lines):
        return []
    same = section_at(old.lines, old.row).first == section_at(new.lines, new.row).first
    return [] if same else _cell_here(after)


def _cell_here(state: State) -> list[str]:
    """Return which cell of a file with several the cursor is in."""
    if state.document is None:
        return []
    buffer = state.editor.buffer
    found = sections(buffer.lines)
    place = next((number for number, section in enumerate(found, 1) if buffer.row < section.last), len(found))
    title = f": {in_place(found[place - 1].title)}" if found[place - 1].title else ""
    return [f"cell {place} of {len(found)}{title}"] if len(found) > 1 else []


def _queue(before: State, after: State) -> list[str]:
    cell = selected_cell(after) if after.panes.focus == "queue" else None
    same = (after.panel, after.panes, after.session.waiting) == (before.panel, before.panes, before.session.waiting)
    if cell is None or same:
        return []
    cells = panel_cells(after)
    keys = ["queue: Enter edits, d drops, J and K move"] if before.panes.focus is None else []
    return [*keys, f"{cells.index(cell) + 1} of {len(cells)}: {in_place(' '.join(cell.source))}"]


def _where(before: State, after: State) -> list[str]:
    """Return where the cell stands when somebody has asked, not as it goes on."""
    old, new = before.standing, after.standing
    if after.panes.focus == "where" and (new.selected != old.selected or before.panes.focus != "where"):
        return _line_selected(new)
    if "where" not in after.panes.open or not new.frames or (old.frames and "where" in before.panes.open):
        return []
    rows = (row if isinstance(row, str) else f"{row.spot.place} {row.source}" for row in folded(new.frames))
    return ["the cell stands here, the innermost call last:", *rows]


def _line_selected(standing: Standing) -> list[str]:
    choices, place = standing.choices, standing.place
    if not choices:
        return []
    chosen = choices[place]
    return [f"{place + 1} of {len(choices)}: {chosen.spot.place} {chosen.source}"]


def _variables(before: State, after: State) -> list[str]:
    if after.panes.focus != "variables":
        return []
    keys = ["variables: Enter opens, Esc goes back"] if before.panes.focus is None else []
    lines = inspected_lines(after)
    same = before.panes.focus == "variables" and lines == inspected_lines(before)
    return keys if same else [*keys, *lines]


def _help(before: State, after: State) -> list[str]:
    """Return a page of the help, as it is turned."""
    if after.help_top is None or after.help_top == before.help_top:
        return []
    begin, page = after.help_top, max(after.rows - 3, 1)
    end = begin + page
    if before.help_top is not None and begin > before.help_top:
        begin = max(begin, before.help_top + page)
    lines = help_lines(after.session.links, after.options)[begin:end]
    return [f"{keys}: {text}" if text else keys for keys, text in lines]


def _reading(before: State, after: State) -> list[str]:
    return ["reading the output, q leaves"] if before.cursor is None and after.cursor is not None else []


def _passed(before: State, after: State) -> list[str]:
    """Return the lines of the editor that were passed without being shown, as by a paste."""
    old, new = before.editor.buffer, after.editor.buffer
    if not _is_typing(after) or new.row <= old.row or _path(before) != _path(after):
        return []
    rows = range(old.row, new.row)
    return [
        editor_prompt(after, row) + in_place(new.lines[row])
        for row in rows
        if row > old.row or new.lines[row] != old.lines[row]
    ]


_SAID: Final[tuple[Callable[[State, State], list[str]], ...]] = (
    _session,
    _line,
    _passed,
    _message,
    _question,
    _completion,
    _signature,
    _documentation,
    _recall,
    _palette,
    _file,
    _cell,
    _queue,
    _variables,
    stopped_lines,
    _where,
    _help,
    _reading,
)
