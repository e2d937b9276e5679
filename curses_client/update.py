"""The only door to the state: an event comes in, the next state and the effects asked for go out."""

from dataclasses import replace
from functools import singledispatch
from typing import Any

from curses_client import keymap
from curses_client.commands import COMMANDS, Result, edited, insert, narrowed, newline, offer, run, say
from curses_client.events import (
    Edit,
    Edited,
    Effect,
    Event,
    Expired,
    KeyPressed,
    Leave,
    MousePressed,
    Pasted,
    Record,
    RecordsRead,
    Replied,
    Resized,
    SupervisorEnded,
    Ticked,
)
from curses_client.layout import editor_top_line, layout
from curses_client.scrolling import settled
from curses_client.session import fold
from curses_client.state import Completion, Match, State, Waiting
from curses_client.text.ansi import sanitise
from curses_client.text.buffer import Buffer, editable
from curses_client.text.indent import looks_complete
from curses_client.text.width import index_at
from kernel.protocol.messages import CompleteReply, ExecuteReply, HistoryReply, IsCompleteReply, OkReply

_TYPES_KEY = "_jupyter_types_experimental"
# keys with which the text goes on being narrowed while the pop-up is open
_EDITING = frozenset({"delete-left"})
HISTORY_LIMIT = 5000
# in the path of a file that IPython makes of the source of something
_TEMPORARY = "/ipython_edit_"


def update(state: State, event: Event) -> Result:
    """Return what follows from an event.

    While a request waits whose answer decides what Enter does, keys are held back and follow when it is known.
    """
    if isinstance(event, (KeyPressed, Pasted)) and state.waiting is not None:
        if state.waiting.purpose == "run":
            return replace(state, waiting=replace(state.waiting, held=(*state.waiting.held, event))), ()
        # completion that was not awaited
        state = replace(state, waiting=None)
    return _handle(event, state)


@singledispatch
def _handle(event: Any, state: State) -> Result:
    raise TypeError(f"unknown event {event!r}")


@_handle.register
def _(event: Resized, state: State) -> Result:
    return settled(replace(state, cols=event.cols, rows=event.rows, completion=None)), ()


@_handle.register
def _(event: Ticked, state: State) -> Result:
    message = state.message
    if message is not None and message.expires <= event.now:
        message = None
    return replace(state, now=event.now, message=message), ()


@_handle.register
def _(event: Pasted, state: State) -> Result:
    if state.question is not None:
        return replace(state, question=None), ()
    if state.help_top is not None:
        return state, ()
    return insert(state, editable(event.text), "paste"), ()


# ---- keys --------------------------------------------------------------------------------------------------


@_handle.register
def _(event: KeyPressed, state: State) -> Result:
    key = event.key
    if state.question is not None:
        return _answer_question(state, key)
    if state.help_top is not None:
        return _run(keymap.command("help", key), state)
    if state.completion is not None:
        name = keymap.command("completion", key)
        if name is not None:
            return _run(name, state)
    return _type(state, key)


def _answer_question(state: State, key: str) -> Result:
    assert state.question is not None
    choices = state.question.choices
    state = replace(state, question=None)
    for choice in choices:
        if key in (choice.key, choice.key.upper()):
            return COMMANDS[choice.command](state)
    return state, ()


def _type(state: State, key: str) -> Result:
    """Run the command of a key, or insert the character that it is."""
    context: keymap.Context = "editor" if state.answer is None else "answer"
    name = keymap.command(context, key) or keymap.command("output", key)
    completion = state.completion
    if name is not None:
        state, effects = COMMANDS[name](state)
        if name in _EDITING and completion is not None:
            state = narrowed(replace(state, completion=completion))
        return state, effects
    if len(key) != 1 or not key.isprintable():
        return state, ()
    state = insert(state, key)
    if completion is not None:
        state = narrowed(replace(state, completion=completion))
    return state, ()


def _run(name: str | None, state: State) -> Result:
    return (state, ()) if name is None else COMMANDS[name](state)


@_handle.register
def _(event: MousePressed, state: State) -> Result:
    if event.button in (4, 5):
        if state.help_top is not None:
            return _run("help-up" if event.button == 4 else "help-down", state)
        return _run("wheel-up" if event.button == 4 else "wheel-down", state)
    where = layout(state)
    row = event.row - where.editor_top
    if event.button != 1 or not 0 <= row < where.editor or state.help_top is not None:
        return state, ()
    buffer = state.editor.buffer
    line = min(row + editor_top_line(buffer, where.editor), len(buffer.lines) - 1)
    col = index_at(buffer.lines[line], max(event.col - where.margin, 0))
    moved = replace(buffer, row=line, col=col, mark=None, goal=None)
    return replace(state, answer=None, completion=None, editor=replace(state.editor, buffer=moved)), ()


# ---- from the kernel ---------------------------------------------------------------------------------------


@_handle.register
def _(event: RecordsRead, state: State) -> Result:
    before = state.session
    view = fold(state.session, state.transcript, event.records)
    view = replace(view, behind=view.seq < event.head)
    state = replace(state, session=view)
    if view.running != before.running or (view.prompt is None and before.prompt is not None):
        # what was said of the cell or of its question holds no longer
        state = replace(state, message=None)
    if view.state == "ended":
        state = replace(state, question=None)
    if view.prompt is None:
        state = replace(state, answer=None)
    elif not view.behind and (before.behind or view.prompt is not before.prompt):
        state = _asked(state)
    effects: tuple[Effect, ...] = ()
    for record in event.records:
        state, wanted = _next_input(state, record)
        effects += wanted
    return state, effects


def _asked(state: State) -> State:
    """Let the question of `input()` have the keys, unless that would tear what is being typed."""
    if not state.editor.buffer.is_empty:
        return say(state, "input() waits · F2 answers it")
    return replace(state, answer=Buffer.of(""), completion=None, scroll=None)


def _next_input(state: State, record: Record) -> Result:
    """Take in what this client's cell wants of it: text in the editor (`%load`), a file edited (`%edit`), the end."""
    content = record.content
    effects: tuple[Effect, ...] = ()
    if not isinstance(content, ExecuteReply) or state.session.behind or not record.parent.startswith(state.client):
        return state, effects
    for payload in content.payload or ():
        text = payload.get("text")
        if payload.get("source") == "set_next_input" and isinstance(text, str):
            if state.editor.buffer.is_empty or payload.get("replace"):
                state = edited(state, Buffer.of(editable(text)), "next input")
        elif payload.get("source") == "ask_exit" and payload.get("keepkernel"):
            effects = (*effects, Leave("detach"))
        elif payload.get("source") == "ask_exit":
            state, _ = COMMANDS["ask-leave"](state)
        elif payload.get("source") == "edit_magic" and isinstance(path := payload.get("filename"), str):
            line = payload.get("line_number")
            effects = (*effects, Edit(path, line if isinstance(line, int) else 0))
    return state, effects


@_handle.register
def _(event: Edited, state: State) -> Result:
    if event.failure is not None:
        return say(state, sanitise(event.failure), alarming=True), ()
    if _TEMPORARY in event.path and event.text.strip() and state.editor.buffer.is_empty:
        # the source of something in the session: it is for the session, not for a file
        return edited(state, Buffer.of(editable(event.text.rstrip("\n"))), "edit"), ()
    name = sanitise(event.path.rpartition("/")[2])
    return say(state, f"edited {name} · %run runs it"), ()


@_handle.register
def _(event: SupervisorEnded, state: State) -> Result:
    if state.session.state == "ended":
        return state, ()
    state.transcript.add_notice("the session's supervisor ended; what it wrote is kept", alarming=True)
    state.transcript.changed()
    view = replace(state.session, state="ended", running=None, waiting=(), prompt=None)
    state = replace(state, session=view, answer=None, question=None)
    return say(state, "the session ended · Ctrl-D leaves", alarming=True), ()


@_handle.register
def _(event: Replied, state: State) -> Result:
    content = event.content
    if isinstance(content, HistoryReply):
        return _history(state, content), ()
    if isinstance(content, OkReply):
        if content.status != "error":
            return state, ()
        return say(state, sanitise(content.evalue or content.ename or "refused"), alarming=True), ()
    waiting = state.waiting
    if waiting is None or waiting.tag != event.tag:
        return state, ()
    state = replace(state, waiting=None)
    if isinstance(content, IsCompleteReply):
        return _decided(state, waiting, content.status != "incomplete", content.indent)
    if isinstance(content, CompleteReply) and state.editor.buffer == waiting.buffer:
        return _completions(state, content), ()
    return state, ()


@_handle.register
def _(event: Expired, state: State) -> Result:
    waiting = state.waiting
    if waiting is None or waiting.tag != event.tag:
        return state, ()
    # the kernel does not answer: decide here, so that Enter means the same at all times
    return _decided(replace(state, waiting=None), waiting, looks_complete(waiting.buffer.text), None)


def _decided(state: State, waiting: Waiting, complete: bool, indent: str | None) -> Result:
    """Run or make a new line, then let the keys follow that were held back."""
    effects: tuple[Effect, ...]
    if complete:
        state, effects = run(state)
    elif indent is not None and "python" not in state.session.lexer:
        state, effects = edited(state, state.editor.buffer.newline(indent), "newline"), ()
    else:
        state, effects = newline(state)
    for number, event in enumerate(waiting.held):
        if state.waiting is not None:
            held = (*state.waiting.held, *waiting.held[number:])
            return replace(state, waiting=replace(state.waiting, held=held)), effects
        state, more = update(state, event)
        effects = (*effects, *more)
    return state, effects


def _history(state: State, content: HistoryReply) -> State:
    entries = [entry[2] for entry in content.history if len(entry) == 3 and isinstance(entry[2], str)]
    # what was run here while the answer was on its way stays the newest
    merged: list[str] = []
    for text in (*entries, *state.history):
        if text and (not merged or merged[-1] != text):
            merged.append(editable(text))
    return replace(state, history=tuple(merged[-HISTORY_LIMIT:]))


def _completions(state: State, content: CompleteReply) -> State:
    buffer = state.editor.buffer
    if content.status != "ok" or not content.matches:
        return say(state, "no completions")
    kinds = [entry.get("type", "") for entry in content.metadata.get(_TYPES_KEY, ()) if isinstance(entry, dict)]
    if len(kinds) != len(content.matches):
        kinds = [""] * len(content.matches)
    start = min(max(content.cursor_start, 0), buffer.offset)
    matches = tuple(
        Match(sanitise(text), sanitise(str(kind or "")).replace("<unknown>", ""))
        for text, kind in zip(content.matches, kinds, strict=True)
    )
    return offer(state, start, Completion(start, matches, matches))
