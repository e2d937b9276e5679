"""What becomes of files that were read, written, or changed by somebody else."""

from dataclasses import replace
from typing import Final

from curses_client.commanding import Result, ask_again, say, tell
from curses_client.document import NOTEBOOK, Document
from curses_client.events import Effect, FileChanged, FileRead, FileWritten, PathsFound, ReadFile, Recovery, WriteFile
from curses_client.files.filing import at_line, recover
from curses_client.files.marks import put_back
from curses_client.files.sections import is_mark
from curses_client.files.tabs import added, all_tabs, closed, index_of, is_unsaved, switched, with_tab
from curses_client.quantities import age
from curses_client.state import Choice, Question, State, Tab
from curses_client.text.ansi import sanitise
from curses_client.text.buffer import Buffer

_CANNOT: Final = "cannot open"
_READING: Final = "reading"


def with_sign(state: State, effects: tuple[Effect, ...]) -> State:
    """Say that a notebook is read or written: another process converts it, which takes a second."""
    for effect in effects:
        match effect:
            case ReadFile(path) if path.endswith(NOTEBOOK):
                return say(state, f"{_READING} {sanitise(path.rpartition('/')[2])} …")
            case WriteFile(document) if document.is_notebook:
                return say(state, f"saving {sanitise(document.name)} …")
    return state


def read(event: FileRead, state: State) -> Result:
    """Show a file that was read, or say why it cannot be."""
    if event.document is None:
        if state.message is not None and state.message.text.startswith(_CANNOT):
            # of several files none is to vanish unseen
            state.transcript.add_notice(state.message.text, alarming=True)
            state.transcript.changed()
        why = f"{_CANNOT} {sanitise(event.path)}: {sanitise(event.failure)}"
        return ask_again(state, "open", event.typed, why) if event.typed else tell(state, why, alarming=True)
    document = event.document
    if state.message is not None and state.message.text.startswith(_READING):
        state = replace(state, message=None)
    index = index_of(state, document.path)
    if index is not None:
        state = switched(_taken(state, index, document), index)
    else:
        state = added(state, document, document.saved)
    if event.line or index is None:
        # where a notebook begins with the mark of a cell, what is typed goes below it
        first = 1 + (document.is_notebook and is_mark(document.saved[0]))
        state = at_line(state, event.line or first)
    if event.comes_back and event.kept is None:
        state = put_back(state)
    if event.kept is not None and index is None:
        if event.comes_back and not event.kept.is_held:
            state, effects = recover(replace(state, recovery=event.kept))
            return put_back(state), effects
        return _offered(state, event.kept), ()
    if document.stamp is None:
        return say(state, f"{sanitise(document.name)} is new"), ()
    unusual = _unusual(document)
    return say(state, f"{sanitise(document.name)}: {unusual}") if unusual else state, ()


def _taken(state: State, index: int, document: Document) -> State:
    """Put what is on disk into a tab, as a step that can be undone."""

    def change(tab: Tab) -> Tab:
        buffer = tab.editor.buffer
        if buffer.lines == document.saved:
            return replace(tab, document=document)
        row = min(buffer.row, len(document.saved) - 1)
        new = Buffer(document.saved, row, min(buffer.col, len(document.saved[row])))
        editor = replace(tab.editor, buffer=new, undo=tab.editor.undo.record(buffer, "reload"))
        return Tab(editor, document)

    return with_tab(state, index, change)


def _offered(state: State, kept: Recovery) -> State:
    """Ask what is to become of changes that were never saved."""
    name = sanitise(kept.path.rpartition("/")[2])
    if kept.is_held:
        return say(state, f"{name} is being changed in another cshell", alarming=True)
    choices = (Choice("r", "recover them", "file-recover"), Choice("d", "drop them", "file-forget"))
    text = f"{name} has changes that were not saved, {age(max(state.now - kept.time, 0.0))} old."
    return replace(state, recovery=kept, question=Question(text, choices))


def _unusual(document: Document) -> str:
    """Return what is to be known of how a file is written."""
    endings = {"\r\n": "lines end with CR LF", "\r": "lines end with CR"}
    found = [] if document.encoding == "utf-8" else [document.encoding]
    if document.ending in endings:
        found.append(endings[document.ending])
    return ", ".join([*found, "both are kept" if len(found) == 2 else "which is kept"]) if found else ""


def written(event: FileWritten, state: State) -> Result:
    """Take in that a file was written, or was not."""
    name = sanitise(event.wanted.document.name)
    if event.is_changed:
        choices = (Choice("o", "write over it", "file-save-over"), Choice("r", "read it instead", "file-reload"))
        text = f"{name} was changed by somebody else." if not event.is_new else f"{name} is there already."
        question = Question(text, choices[:1] if event.is_new else choices)
        return replace(state, writing=event.wanted, question=question), ()
    if event.is_read_only:
        question = Question(f"{name} is read-only. Write it anyway?", (Choice("y", "yes", "file-save-over"),))
        return replace(state, writing=event.wanted, question=question), ()
    if event.document is None:
        why = f"{name} is not saved: {sanitise(event.failure)}"
        typed = event.wanted.typed
        return ask_again(state, "write", typed, why) if typed else tell(state, why, alarming=True)
    document = event.document
    if event.wanted.tab is not None:
        state = _named(state, event.wanted.tab, event.wanted.lines, document)
    index = index_of(state, document.path)
    if index is not None:
        state = with_tab(state, index, lambda tab: replace(tab, document=document))
        if event.wanted.closes and not is_unsaved(all_tabs(state)[index]):
            state = closed(state, index)
    return say(state, f"saved {name if event.wanted.tab is None else sanitise(document.path)}"), ()


def _named(state: State, index: int, lines: tuple[str, ...], document: Document) -> State:
    """Have a tab be that of a file; what was in the scratch buffer gets a tab of its own."""
    tabs = all_tabs(state)
    if index >= len(tabs):
        return state
    if tabs[index].document is not None:
        return with_tab(state, index, lambda tab: replace(tab, document=document))
    editor = tabs[index].editor
    empty = replace(editor, buffer=Buffer.of(""), undo=editor.undo.record(editor.buffer, "file"))
    return added(with_tab(state, index, lambda tab: replace(tab, editor=empty)), document, lines)


def changed(event: FileChanged, state: State) -> Result:
    """Take in that somebody else has changed a file; one without changes of the user's is shown as it is now."""
    index = index_of(state, event.path)
    if index is None:
        return state, ()
    tab = all_tabs(state)[index]
    assert tab.document is not None
    name = sanitise(tab.document.name)
    if event.document is None:
        gone = replace(tab.document, stamp=None, is_changed=True)
        state = with_tab(state, index, lambda tab: replace(tab, document=gone))
        return say(state, f"{name} is no longer there; saving writes it", alarming=True), ()
    if not is_unsaved(tab):
        state = _taken(state, index, event.document)
        return say(state, f"{name} was changed by somebody else; this is how it is now"), ()
    changed = replace(tab.document, is_changed=True)
    state = with_tab(state, index, lambda tab: replace(tab, document=changed))
    return say(state, f"{name} was changed by somebody else; nothing is written over it unasked", alarming=True), ()


def paths_found(event: PathsFound, state: State) -> Result:
    """Complete a path in the status line."""
    asking = state.asking
    if asking is None or asking.buffer.text != event.text:
        return state, ()
    offered = event.names if len(event.names) > 1 else ()
    return replace(state, asking=replace(asking, buffer=Buffer.of(event.completed), offered=offered)), ()
