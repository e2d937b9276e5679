"""The panel of the history: what is typed narrows it, and the selected entry goes into the editor."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.commanding import Command, Result, edited, say
from curses_client.events import Remember
from curses_client.history.entries import Entry, Forgotten
from curses_client.history.matching import Finder
from curses_client.layout import recall_rows
from curses_client.remembering import is_of_session
from curses_client.state import Choice, Question, Recall, Scope, State
from curses_client.text.buffer import Buffer, editable

# entries that are prepared for the search before the next key or frame has its turn: some milliseconds
ENTRIES_AT_ONCE: Final = 20_000
_SCOPES: Final[tuple[Scope, ...]] = ("everywhere", "session", "directory")


def selected_entry(state: State) -> Entry | None:
    """Return the entry that is selected in the panel."""
    recall = state.recall
    if recall is None or not recall.finder.count:
        return None
    place = min(recall.selected, recall.finder.count - 1)
    return recall.finder.found(place, place + 1)[0]


def _within(state: State, scope: Scope) -> Callable[[Entry], bool] | None:
    """Return what tells whether an entry is in the scope; None for all."""
    directory = state.session.cwd
    match scope:
        case "everywhere":
            return None
        case "session":
            return lambda entry: is_of_session(state, entry)
        case "directory":
            return lambda entry: entry.directory == directory


# ---- searching ---------------------------------------------------------------------------------------------


def _sought(state: State, recall: Recall) -> State:
    """Look for what is typed from the newest entry on."""
    finder = Finder(state.history.entries, recall.buffer.text, _within(state, recall.scope))
    return recall_on(replace(state, recall=replace(recall, finder=finder)))


def recall_on(state: State) -> State:
    """Look at some more entries; what was selected is selected again when it is found."""
    recall = state.recall
    if recall is None:
        return state
    finder = recall.finder
    if not finder.is_complete:
        finder.work(ENTRIES_AT_ONCE)
    selected, wanted = recall.selected, recall.wanted
    if wanted is not None and (place := finder.place(wanted)) is not None:
        selected, wanted = place, None
    return replace(state, recall=replace(recall, selected=selected, wanted=wanted, version=finder.version))


def recall_changed(state: State) -> State:
    """Search again, since the history is another one; the selected entry stays selected."""
    recall = state.recall
    if recall is None or recall.finder.entries is state.history.entries:
        return state
    # the newest one is what was asked for, unless another one was chosen
    wanted = selected_entry(state) if recall.selected else None
    return _sought(state, replace(recall, wanted=wanted))


def recall_typed(state: State, buffer: Buffer) -> State:
    """Take in what is typed."""
    recall = state.recall
    assert recall is not None
    if buffer.text == recall.buffer.text:
        return replace(state, recall=replace(recall, buffer=buffer))
    recall = replace(recall, buffer=buffer, selected=0, wanted=None)
    return recall_on(replace(state, recall=replace(recall, finder=recall.finder.again(buffer.text))))


# ---- commands ----------------------------------------------------------------------------------------------


def open_recall(state: State) -> Result:
    """Search the history, for what is typed if that is one line."""
    buffer = state.editor.buffer
    typed = buffer.text if len(buffer.lines) == 1 else ""
    recall = Recall(Buffer.of(typed), Finder((), ""))
    return _sought(replace(state, completion=None, message=None), recall), ()


def close_recall(state: State) -> Result:
    """Go back to the editor."""
    return replace(state, recall=None), ()


def take(state: State) -> Result:
    """Put the selected entry into the editor."""
    entry = selected_entry(state)
    if entry is None:
        return say(state, "no entry is selected"), ()
    return edited(replace(state, recall=None), Buffer.of(editable(entry.text)), "history"), ()


def _select(rows: Callable[[State], int]) -> Command:
    def command(state: State) -> Result:
        recall = state.recall
        if recall is None:
            return state, ()
        selected = min(max(recall.selected + rows(state), 0), max(recall.finder.count - 1, 0))
        return replace(state, recall=replace(recall, selected=selected, wanted=None)), ()

    return command


def next_scope(state: State) -> Result:
    """Look only in this session, only in this directory, everywhere."""
    recall = state.recall
    if recall is None:
        return state, ()
    scope = _SCOPES[(_SCOPES.index(recall.scope) + 1) % len(_SCOPES)]
    return _sought(state, replace(recall, scope=scope, selected=0, wanted=selected_entry(state))), ()


def ask_forget(state: State) -> Result:
    """Ask before the selected entry is deleted."""
    if selected_entry(state) is None:
        return say(state, "no entry is selected"), ()
    question = Question("Delete this entry from the history?", (Choice("y", "yes, for good", "recall-forget"),))
    return replace(state, question=question), ()


def forget(state: State) -> Result:
    """Delete the selected entry, however often it was run."""
    entry = selected_entry(state)
    if entry is None:
        return state, ()
    forgotten = Forgotten.of(entry.text, max(entry.time, state.now))
    kept = tuple(other for other in state.history.entries if other.text != entry.text)
    state = replace(state, history=replace(state.history, entries=kept))
    assert state.recall is not None
    effects = (Remember((forgotten,)),) if state.options.history_size else ()
    return _sought(state, state.recall), effects


RECALL_COMMANDS: Final[dict[str, Command]] = {
    "recall": open_recall,
    "recall-close": close_recall,
    "recall-take": take,
    "recall-older": _select(lambda _: +1),
    "recall-newer": _select(lambda _: -1),
    "recall-page-older": _select(lambda state: max(recall_rows(state)[0], 1)),
    "recall-page-newer": _select(lambda state: -max(recall_rows(state)[0], 1)),
    "recall-scope": next_scope,
    "recall-ask-forget": ask_forget,
    "recall-forget": forget,
}
