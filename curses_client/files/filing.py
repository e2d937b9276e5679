"""Opening, saving and closing files: what is asked for."""

import os.path
from dataclasses import replace
from typing import Final

from curses_client.commanding import Command, Result, ask_again, say
from curses_client.document import Document
from curses_client.events import CompletePath, Discard, ReadFile, TakeOver, WriteFile
from curses_client.files.tabs import all_tabs, closed, index_of, is_unsaved, switched, unsaved
from curses_client.state import Asking, Choice, Question, State, Tab
from curses_client.text.ansi import sanitise
from curses_client.text.buffer import Buffer


def ask_open(state: State) -> Result:
    """Ask which file to open."""
    return _asking(state, "open", "")


def ask_save_as(state: State) -> Result:
    """Ask under which name to save."""
    return _asking(state, "write", state.document.path if state.document is not None else "")


def _asking(state: State, purpose: str, text: str) -> Result:
    asking = Asking(purpose, Buffer.of(text))  # type: ignore[arg-type]
    return replace(state, asking=asking, completion=None, message=None), ()


def complete_path(state: State) -> Result:
    """Complete the path that is typed into the status line."""
    asking = state.asking
    if asking is None or asking.purpose not in ("open", "write", "save", "export"):
        return state, ()
    return state, (CompletePath(asking.buffer.text),)


def opened(state: State, path: str, line: int = 0, typed: str = "") -> Result:
    """Show a file, which is read unless it is open."""
    index = index_of(state, path)
    if index is None:
        return state, (ReadFile(path, line, typed=typed),)
    state = switched(state, index)
    return (at_line(state, line) if line else state), ()


def at_line(state: State, line: int) -> State:
    """Put the cursor on a line, counted from 1."""
    buffer = state.editor.buffer
    row = min(max(line - 1, 0), len(buffer.lines) - 1)
    moved = replace(buffer, row=row, col=0, goal=None, mark=None)
    return replace(state, editor=replace(state.editor, buffer=moved), cursor=None, completion=None)


def save(state: State) -> Result:
    """Write the file; the scratch buffer is asked a name for."""
    document = state.document
    if document is None:
        return ask_save_as(state)
    # of a notebook there may be new outputs
    is_same = document.has(state.editor.buffer.lines) and not document.is_notebook
    if is_same and document.stamp is not None and not document.is_changed:
        return say(state, f"{sanitise(document.name)} has no changes"), ()
    return state, (WriteFile(document, state.editor.buffer.lines),)


def save_as(state: State, path: str) -> Result:
    """Write what is in the editor to another file, which is then the one that is open."""
    lines, typed = state.editor.buffer.lines, path
    path = os.path.abspath(os.path.expanduser(typed))
    if state.document is not None and state.document.path == path:
        return save(state)
    if index_of(state, path) is not None:
        return ask_again(state, "write", typed, f"{sanitise(path)} is open in another tab")
    document = state.document or Document(path)
    # nothing is known of what is there
    target = replace(document, path=path, stamp=None, is_changed=False)
    return state, (WriteFile(target, lines, tab=state.tab, typed=typed),)


def save_over(state: State) -> Result:
    """Write the file over what somebody else has written meanwhile."""
    if state.writing is None:
        return state, ()
    writing = replace(state.writing, over=True)
    return replace(state, writing=None), (writing,)


def save_all(state: State) -> Result:
    """Write all files that have changes."""
    wanted = [WriteFile(tab.document, tab.editor.buffer.lines) for tab in unsaved(state) if tab.document is not None]
    return (state, tuple(wanted)) if wanted else (say(state, "nothing is to be saved"), ())


def reload(state: State) -> Result:
    """Read the file again; what was in the editor can be brought back with undo."""
    document = state.document
    if document is None:
        return say(state, "this is no file"), ()
    return state, (ReadFile(document.path, again=True),)


def ask_close(state: State) -> Result:
    """Close the file; ask first if it has changes."""
    document = state.document
    if document is None:
        return say(state, "this is the scratch buffer · Ctrl-D leaves"), ()
    if not is_unsaved(Tab(state.editor, document)):
        return closed(state, state.tab), ()
    choices = (Choice("s", "save it first", "file-save-and-close"), Choice("d", "drop the changes", "file-drop"))
    return replace(state, question=Question(f"{sanitise(document.name)} is not saved. Close it?", choices)), ()


def save_and_close(state: State) -> Result:
    """Write the file, and close it when it is written."""
    document = state.document
    if document is None:
        return state, ()
    return state, (WriteFile(document, state.editor.buffer.lines, closes=True),)


def drop(state: State) -> Result:
    """Close the file without its changes."""
    document = state.document
    if document is None:
        return state, ()
    return closed(state, state.tab), (Discard(document.path),)


def recover(state: State) -> Result:
    """Take what was kept of changes that were never saved."""
    index = index_of(state, state.recovery.path) if state.recovery is not None else None
    if index is None or state.recovery is None:
        return replace(state, recovery=None), ()
    lines, recovery = state.recovery.lines, state.recovery
    state = switched(replace(state, recovery=None), index)
    editor = state.editor
    buffer = Buffer(lines, min(recovery.row, len(lines) - 1))
    editor = replace(editor, buffer=buffer, undo=editor.undo.record(editor.buffer, "recover"))
    state = say(replace(state, editor=editor), "recovered · undo shows the file as it is on disk")
    return state, (TakeOver(recovery.path),)


def forget(state: State) -> Result:
    """Forget what was kept."""
    recovery = state.recovery
    if recovery is None:
        return state, ()
    return replace(state, recovery=None), (Discard(recovery.path),)


def tab_titles(state: State) -> list[tuple[str, bool]]:
    """Return what each tab is called, with a sign for one that is not saved, and whether it is shown."""
    found = []
    for index, tab in enumerate(all_tabs(state)):
        name = "scratch" if tab.document is None else sanitise(tab.document.name)
        found.append((name + (" +" if is_unsaved(tab) else ""), index == state.tab))
    return found


FILING_COMMANDS: Final[dict[str, Command]] = {
    "file-open": ask_open,
    "file-save": save,
    "file-save-as": ask_save_as,
    "file-save-over": save_over,
    "file-save-all": save_all,
    "file-reload": reload,
    "file-close": ask_close,
    "file-save-and-close": save_and_close,
    "file-drop": drop,
    "file-recover": recover,
    "file-forget": forget,
    "line-complete": complete_path,
}
