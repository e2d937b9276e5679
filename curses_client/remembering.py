"""What of this session goes into the history, and going through it entry by entry in the editor.

First come the entries of this session, then all others, both from the newest on: as in IPython, what one does here is
nearer than what happened elsewhere meanwhile.  Only entries in the language of the session are offered, and each text
once.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.commanding import Command, Result, moved, say
from curses_client.events import Ask, Effect, Remember
from curses_client.history.entries import DEBUGGER, Entry, History, Item, is_kept, with_items
from curses_client.state import Browsing, State
from curses_client.text.buffer import Buffer, editable
from kernel.protocol.messages import HistoryReply, HistoryRequest

# entries that are taken over of what a kernel remembers
IMPORTED: Final = 5000
# entries that are in memory where none are on disk
_IN_MEMORY: Final = 5000
# what was typed to debuggers that is in memory, and characters of a step
_OF_DEBUGGER: Final = 1000
_STEP: Final = 2


def session_label(state: State) -> str:
    """Return what entries of this session say of it: its name, and its machine if that is another one."""
    return f"{state.session.name}@{state.host}" if state.host else state.session.name


def is_of_session(state: State, entry: Entry) -> bool:
    """Whether an entry is of this session, and not of a former one with the same name."""
    is_here = entry.session == session_label(state) and entry.host == state.machine
    return is_here and entry.time >= state.session.started


def _is_in_language(state: State, entry: Entry) -> bool:
    return not entry.lexer or _family(entry.lexer) == _family(state.session.lexer)


def _family(lexer: str) -> str:
    return "python" if "python" in lexer else lexer


def is_of_debugger(item: Item) -> bool:
    """Whether an entry was typed to a debugger, and not run."""
    return isinstance(item, Entry) and item.lexer == DEBUGGER


def with_history(state: State, items: tuple[Item, ...], *, is_whole: bool = False) -> State:
    """Take entries, and deletions of some, into the history."""
    size = state.options.history_size or _IN_MEMORY
    cells = tuple(item for item in items if not is_of_debugger(item))
    entries = with_items(state.history.entries, cells, size)
    # a text that is forgotten is one of the cells'
    commands = tuple(item for item in items if is_of_debugger(item))
    debugger = with_items(state.history.debugger, commands, _OF_DEBUGGER)
    history = History(entries, debugger, is_whole or state.history.is_whole)
    same = entries is state.history.entries and debugger is state.history.debugger
    return state if same and history.is_whole is state.history.is_whole else replace(state, history=history)


def read_whole(state: State, items: tuple[Item, ...]) -> State:
    """Take in all that is kept; what was run meanwhile follows it."""
    former = (*state.history.entries, *state.history.debugger)
    state = replace(state, history=replace(state.history, entries=(), debugger=()))
    return with_history(with_history(state, items, is_whole=True), former)


def answered_debugger(state: State, text: str) -> Result:
    """Put what is typed to a debugger into its own part; steps of a letter or two are not worth a line on disk."""
    last = state.history.debugger[-1:]
    if not is_kept(text) or (last and last[0].text == text):
        return state, ()
    view = state.session
    entry = Entry(text, state.now, session_label(state), view.cwd, state.machine, DEBUGGER)
    return with_history(state, (entry,)), _written(state, (entry,) if len(text) > _STEP else ())


def remembered(state: State, source: str) -> Result:
    """Put what is run into the history, unless it begins with a space or is what was run last."""
    last = state.history.entries[-1:]
    if not is_kept(source) or (last and last[0].text == source and is_of_session(state, last[0])):
        return state, ()
    view = state.session
    entry = Entry(source, state.now, session_label(state), view.cwd, state.machine, view.lexer)
    return with_history(state, (entry,)), _written(state, (entry,))


def _written(state: State, items: tuple[Item, ...]) -> tuple[Effect, ...]:
    return (Remember(items),) if state.options.history_size and items else ()


# ---- what the kernel remembers -----------------------------------------------------------------------------


def asking_kernel(state: State) -> Result:
    """Ask the kernel for its history, once, where nothing is known yet of what was run in its language."""
    view = state.session
    if state.has_asked or not state.history.is_whole or not view.was_ready or view.state == "ended" or state.read_only:
        return state, ()
    entries = state.history.entries
    is_known = any(_is_in_language(state, entry) and not is_of_session(state, entry) for entry in entries)
    ask = Ask(0, "history_request", HistoryRequest(n=IMPORTED))
    return replace(state, has_asked=True), () if is_known else (ask,)


def imported(state: State, content: HistoryReply) -> Result:
    """Take over what the kernel remembers; when that was run is not known."""
    texts = [entry[2] for entry in content.history if len(entry) == 3 and isinstance(entry[2], str)]
    # of the same text the newest one, and none of what was run since
    once = dict.fromkeys(editable(text) for text in reversed(texts) if is_kept(text))
    known = {entry.text for entry in state.history.entries}
    entries = tuple(Entry(text, lexer=state.session.lexer) for text in reversed(once) if text not in known)
    return with_history(state, entries), _written(state, entries)


# ---- from entry to entry -----------------------------------------------------------------------------------


def before(state: State) -> Result:
    """Show the entry before that begins with what stood before the cursor."""
    browsing = state.editor.browsing or _begun(state)
    place = browsing.place + 1
    found = browsing if place < len(browsing.texts) else _searched(state, browsing)
    if found is None:
        if browsing.prefix and not browsing.place and state.history.is_whole:
            return say(state, "nothing in the history begins with this"), ()
        return state, ()
    # so that the next step is from entry to entry as well, however many lines this one has
    buffer = Buffer.of(editable(found.texts[place]), end=False).end()
    return _shown(state, replace(found, place=place), buffer), ()


def after(state: State) -> Result:
    """Show the entry after, and in the end what was being written."""
    browsing = state.editor.browsing
    if browsing is None:
        return state, ()
    place = browsing.place - 1
    if place == 0:
        return _shown(state, None, browsing.draft), ()
    return _shown(state, replace(browsing, place=place), Buffer.of(editable(browsing.texts[place]))), ()


def _begun(state: State) -> Browsing:
    buffer = state.editor.buffer
    # where nothing is being typed, nothing is looked for
    is_typing = not state.is_modal or state.editor.vi.mode == "insert"
    prefix = buffer.text[: buffer.offset] if is_typing else ""
    return Browsing(prefix if prefix.strip() else "", buffer, state.history.entries, texts=(buffer.text,))


def _searched(state: State, browsing: Browsing) -> Browsing | None:
    found = _next(state, browsing)
    if found is None and browsing.entries is not state.history.entries:
        # more of it was read since
        found = _next(state, replace(browsing, entries=state.history.entries, seen=0))
    return found


def _next(state: State, browsing: Browsing) -> Browsing | None:
    """Look for one more text: through the entries of this session, then through the others."""
    entries, prefix, texts = browsing.entries, browsing.prefix, browsing.texts
    count = len(entries)
    for seen in range(browsing.seen, 2 * count):
        entry = entries[count - 1 - seen % count]
        if not entry.text.startswith(prefix) or entry.text in texts:
            continue
        if is_of_session(state, entry) is (seen < count) and _is_in_language(state, entry):
            return replace(browsing, seen=seen + 1, texts=(*texts, entry.text))
    return None


def _shown(state: State, browsing: Browsing | None, buffer: Buffer) -> State:
    editor = state.editor
    undo = editor.undo.record(editor.buffer, "history")
    return replace(state, completion=None, editor=replace(editor, buffer=buffer, undo=undo, browsing=browsing))


def up(state: State) -> Result:
    """Line up, or at the first line the history entry before."""
    return _line_or_entry(state, state.editor.buffer.at_first_line, Buffer.up, before)


def down(state: State) -> Result:
    """Line down, or at the last line the history entry after."""
    return _line_or_entry(state, state.editor.buffer.at_last_line, Buffer.down, after)


def _line_or_entry(state: State, at_edge: bool, step: Callable[[Buffer, bool], Buffer], browse: Command) -> Result:
    """Move by a line; at the edge of what is written for the session, while nothing is selected, browse."""
    if at_edge and not state.editor.is_marking and state.document is None:
        return browse(state)
    return moved(state, step(state.editor.buffer, state.editor.is_marking)), ()


REMEMBERING_COMMANDS: Final[dict[str, Command]] = {
    "up": up,
    "down": down,
    "history-before": before,
    "history-after": after,
}
