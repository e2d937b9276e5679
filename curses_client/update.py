"""The only door to the state: an event comes in, the next state and the effects asked for go out."""

import math
from dataclasses import replace
from functools import singledispatch
from typing import Any

from curses_client import keymap, mouse, stray
from curses_client.arrivals import records_read
from curses_client.commanding import Result, edited, say
from curses_client.commands import COMMANDS, LOOKS_ONLY, insert, narrowed, newline, offer, run
from curses_client.copying import TOO_MUCH
from curses_client.events import (
    AnswerInput,
    Control,
    Copied,
    Edited,
    Effect,
    Event,
    Expired,
    FocusChanged,
    KeyPressed,
    LineBack,
    LineLost,
    MouseDragged,
    MousePressed,
    NotKept,
    Pasted,
    RecordsRead,
    Replied,
    Resized,
    Saved,
    SearchGoesOn,
    Submit,
    SupervisorEnded,
    Ticked,
)
from curses_client.layout import layout
from curses_client.output_cursor import in_sight
from curses_client.panel import settled_panel
from curses_client.scrolling import settled
from curses_client.searching import search_on, transcript_changed
from curses_client.session import end_cells
from curses_client.state import (
    Choice,
    Completion,
    Match,
    Question,
    State,
    Waiting,
)
from curses_client.text.ansi import sanitise
from curses_client.text.buffer import Buffer, editable
from curses_client.text.indent import looks_complete
from curses_client.values import answered
from kernel.protocol.messages import (
    ColumnsRequest,
    CompleteReply,
    ExecuteReply,
    HistoryReply,
    IsCompleteReply,
    OkReply,
)

_TYPES_KEY = "_jupyter_types_experimental"
# keys with which the text goes on being narrowed while the pop-up is open
_EDITING = frozenset({"delete-left"})
HISTORY_LIMIT = 5000
# commands of the editor that change nothing
_LOOKING = frozenset({"escape", "delete-or-leave"})
# what is meant for this moment, and not for when a lost line is back
_FOR_NOW = frozenset({"interrupt_request", "restart_request"})
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
    if stray.is_stray(state, event):
        return stray.dropped(state)
    if isinstance(event, KeyPressed):
        # one that is no text is meant for what is there now
        state = replace(state, stray=None)
    after, effects = _handle(event, state)
    after = _fitted(after)
    if state.read_only and any(isinstance(effect, (Submit, AnswerInput, Control)) for effect in effects):
        # whatever the key was: it would have changed the session
        return say(after, LOOKS_ONLY), ()
    if state.line and any(isinstance(effect, Control) and effect.msg_type in _FOR_NOW for effect in effects):
        return say(after, "the kernel was not reached", alarming=True), ()
    submitted = tuple(effect.source for effect in effects if isinstance(effect, Submit))
    if submitted:
        after = replace(after, unsent=(*after.unsent, *submitted))
    return after, effects


def _fitted(state: State) -> State:
    """Have outputs rendered for the pane as it is now, and folded where nobody reads."""
    pane = state.transcript.pane
    changed = pane.fit(replace(state.look, cols=layout(state).text))
    if pane.follows is not (state.scroll is None):
        changed = pane.follow(state.scroll is None) or changed
    if changed:
        state.transcript.changed()
        state = transcript_changed(state)
        return in_sight(state) if state.cursor is not None else settled(state)
    return state


@singledispatch
def _handle(event: Any, state: State) -> Result:
    raise TypeError(f"unknown event {event!r}")


@_handle.register
def _(event: Resized, state: State) -> Result:
    before = layout(state).text
    state = replace(state, cols=event.cols, rows=event.rows, completion=None)
    state = in_sight(state) if state.cursor is not None else settled(state)
    now = layout(state).text
    if now == before or state.session.running is None or state.read_only or state.line:
        return state, ()
    # what runs is to know how wide it is shown
    return state, (Control("columns_request", ColumnsRequest(now)),)


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
    if state.help_top is not None or state.panel is not None or state.picture is not None:
        return state, ()
    if state.asking is not None:
        return insert(state, editable(event.text)), ()
    if state.read_only:
        return say(state, LOOKS_ONLY), ()
    if state.cursor is not None:
        # it is meant for the editor
        state, _ = COMMANDS["read-leave"](state)
    return insert(state, editable(event.text), "paste"), ()


# ---- keys --------------------------------------------------------------------------------------------------


@_handle.register
def _(event: KeyPressed, state: State) -> Result:
    key = event.key
    state = replace(state, last_key=state.now)
    if state.question is not None:
        return _answer_question(state, key)
    if state.help_top is not None:
        return _run(keymap.command("help", key), state)
    if state.asking is not None:
        return _type_line(state, key)
    if state.picture is not None:
        return _run(keymap.command("picture", key), state)
    if state.panel is not None:
        name = keymap.command("queue", key) or keymap.command("output", key)
        state, effects = _run(name, state)
        return settled_panel(state), effects
    if state.cursor is not None:
        return _run(keymap.command("reading", key) or keymap.command("output", key), state)
    if state.completion is not None:
        name = keymap.command("completion", key)
        if name is not None:
            return _run(name, state)
    return _type(state, key)


def _type_line(state: State, key: str) -> Result:
    """Take a key for the line in the status line."""
    name = keymap.command("line", key)
    if name is not None:
        return _run(name, state)
    return (insert(state, key) if len(key) == 1 and key.isprintable() else state), ()


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
    if state.read_only and name not in _LOOKING and keymap.command("output", key) is None:
        return say(state, LOOKS_ONLY), ()
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
    return mouse.pressed(event, state)


@_handle.register
def _(event: MouseDragged, state: State) -> Result:
    return mouse.dragged(event, state)


@_handle.register
def _(event: FocusChanged, state: State) -> Result:
    return replace(state, has_focus=event.has_focus, tells_focus=True), ()


@_handle.register
def _(event: SearchGoesOn, state: State) -> Result:
    return search_on(state), ()


@_handle.register
def _(event: Copied, state: State) -> Result:
    if not event.ok:
        return say(state, TOO_MUCH, alarming=True), ()
    return say(state, f"copied {event.lines:,} line{'s' if event.lines != 1 else ''}"), ()


@_handle.register
def _(event: Saved, state: State) -> Result:
    if event.exists:
        text = f"{sanitise(event.path)} is there already. Write over it?"
        return replace(state, question=Question(text, (Choice("y", "yes", "save-over"),))), ()
    if event.failure:
        return say(state, f"not saved: {sanitise(event.failure)}", alarming=True), ()
    return say(replace(state, saving=None), f"saved {sanitise(event.path)}"), ()


# ---- from the kernel ---------------------------------------------------------------------------------------


@_handle.register
def _(event: RecordsRead, state: State) -> Result:
    return records_read(event, state)


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
def _(event: NotKept, state: State) -> Result:
    return say(state, f"what is typed cannot be kept on disk: {sanitise(event.reason)}", alarming=True), ()


@_handle.register
def _(event: SupervisorEnded, state: State) -> Result:
    if state.session.state == "ended":
        return replace(state, line=""), ()
    state.transcript.add_notice("the session's supervisor ended; what it wrote is kept", alarming=True)
    state.transcript.changed()
    end_cells(state.transcript)
    view = replace(state.session, state="ended", running=None, waiting=(), prompt=None)
    state = replace(state, session=view, answer=None, question=None, line="")
    state = in_sight(state) if state.cursor is not None else state
    return say(state, "the session ended · Ctrl-D leaves", alarming=True), ()


@_handle.register
def _(event: LineLost, state: State) -> Result:
    # "interrupting ..." holds no longer
    lasting = state.message is not None and state.message.expires == math.inf
    return replace(state, line=sanitise(event.text), message=None if lasting else state.message), ()


@_handle.register
def _(event: LineBack, state: State) -> Result:
    return replace(state, line=""), ()


@_handle.register
def _(event: Replied, state: State) -> Result:
    content = event.content
    if isinstance(content, HistoryReply):
        return _history(state, content), ()
    if isinstance(content, OkReply):
        if content.status != "error":
            return state, ()
        return say(state, sanitise(content.evalue or content.ename or "refused"), alarming=True), ()
    if isinstance(content, ExecuteReply):
        return answered(state, event), ()
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
    if event.tag == state.stray:
        return stray.over(state), ()
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
