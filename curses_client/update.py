"""The only door to the state: an event comes in, the next state and the effects asked for go out."""

import math
from dataclasses import replace
from functools import singledispatch
from typing import Any

from curses_client import measuring, modal, mouse, stray
from curses_client.arrivals import records_read
from curses_client.beside import subshell_came, without_subshells
from curses_client.binding import Context
from curses_client.breakpoints.answering import answered as debugger_answered
from curses_client.breakpoints.answering import expired as debugger_expired
from curses_client.breakpoints.marking import carried
from curses_client.breakpoints.setting import held_back
from curses_client.breakpoints.stopping import followed_stop
from curses_client.commanding import LOOKS_ONLY, Result, ask_again, edited, say, tell
from curses_client.commands import COMMANDS, run
from curses_client.configuring import told_of_configuration
from curses_client.copying import too_much
from curses_client.documentation import has_documentation
from curses_client.editing.characters import newline, type_character
from curses_client.editing.external import edited_elsewhere
from curses_client.editing.targets import insert
from curses_client.events import (
    AnswerInput,
    ConfigurationRead,
    Control,
    Copied,
    Copy,
    Edited,
    Effect,
    Event,
    Expired,
    FileChanged,
    FileRead,
    FileWritten,
    FocusChanged,
    GroundFound,
    HistoryNotWritten,
    HistoryRead,
    KeyPressed,
    LineBack,
    LineLost,
    MouseDragged,
    MousePressed,
    NotKept,
    Pasted,
    PathsFound,
    RecordsRead,
    Replied,
    Resized,
    Saved,
    SearchGoesOn,
    SixelsFound,
    StyleUnknown,
    Submit,
    SupervisorEnded,
    TabChosen,
    TextEdited,
    Ticked,
)
from curses_client.files import filed
from curses_client.files.foreign import asked_first
from curses_client.files.tabs import scratch, switched, to_scratch
from curses_client.helping.answering import answered as helped
from curses_client.helping.asking import followed, late, paused
from curses_client.helping.completing import narrowed, takes, typed_on
from curses_client.hints import unbound
from curses_client.keymap import bound
from curses_client.layout import editor_top, layout
from curses_client.output_cursor import in_sight
from curses_client.panel import settled_panel
from curses_client.peeking import rested, sampled, stood
from curses_client.recall import recall_changed, recall_on
from curses_client.remembering import asking_kernel, imported, read_whole, with_history
from curses_client.scrolling import settled
from curses_client.searching import search_on, transcript_changed
from curses_client.session import end_cells
from curses_client.state import (
    Choice,
    Editor,
    Question,
    State,
    Waiting,
)
from curses_client.stepping import followed_debugger, source_came
from curses_client.text.ansi import sanitise
from curses_client.text.buffer import Buffer, editable
from curses_client.text.indent import looks_complete
from curses_client.text.languages import is_python
from curses_client.theming import ground_found, style_unknown
from curses_client.values import answered
from curses_client.variables.answering import answered as variables_answered
from curses_client.variables.asking import expired as variables_due
from curses_client.variables.asking import followed as variables_asked
from kernel.protocol.messages import (
    ColumnsRequest,
    ExecuteReply,
    HistoryReply,
    IsCompleteReply,
    OkReply,
)

# keys with which the text goes on being narrowed while the pop-up is open
_EDITING = frozenset({"delete-left"})
# what taking and leaving a line means that the vi keys asked for
_OF_MODES = {"line-accept": modal.line_taken, "line-cancel": modal.line_left}
# commands of the editor that change nothing
_LOOKING = frozenset({"escape", "delete-or-leave"})
# commands that leave a panel alone
_ANYWHERE = frozenset({"help", "palette", "redraw", "suspend"})
# what a client may ask that only looks
_HARMLESS = frozenset(
    {"usage_request", "stack_request", "source_request", "create_subshell_request", "delete_subshell_request"}
)
# what is meant for this moment, and not for when a lost line is back
_FOR_NOW = frozenset({"interrupt_request", "restart_request"})
# in the path of a file that IPython makes of the source of something
_TEMPORARY = "/ipython_edit_"


def update(state: State, event: Event) -> Result:
    """Return what follows from an event.

    While a request waits whose answer decides what Enter does, keys are held back and follow when it is known.
    """
    if isinstance(event, (KeyPressed, Pasted)) and state.waiting is not None:
        return replace(state, waiting=replace(state.waiting, held=(*state.waiting.held, event))), ()
    if stray.is_stray(state, event):
        return stray.dropped(state)
    if isinstance(event, KeyPressed):
        # one that is no text is meant for what is there now
        state = modal.recorded(replace(state, stray=None), event.key)
    after, effects = _handle(event, state)
    if state.options.keys == "vi":
        after = _with_mode(state.editor, after, effects)
    after, more = followed(state, _fitted(carried(state, after)))
    after, effects = asked_first(filed.with_sign(after, effects), effects)
    after, effects = held_back(state, after, effects)
    after, asked = sampled(after)
    after, wanted = followed_debugger(state, after)
    after, stopped = followed_stop(state, after)
    after, measured = measuring.followed(state, after)
    after, inspected = variables_asked(state, after)
    effects = without_subshells(after, effects)
    effects = (*effects, *more, *asked, *wanted, *stopped, *measured, *inspected)
    where, was = layout(after), layout(state)
    columns = where.text
    if where.output != was.output:
        # the pane has another size, and what is read in it stays in sight
        after = in_sight(after) if after.cursor is not None else settled(after)
    if columns != was.text and after.session.running is not None and not after.read_only and not after.line:
        # what runs is to know how wide it is shown
        effects = (*effects, Control("columns_request", ColumnsRequest(columns)))
    if state.read_only and any(map(_changes, effects)):
        # whatever the key was: it would have changed the session
        return say(after, LOOKS_ONLY), ()
    if state.line and any(isinstance(effect, Control) and effect.msg_type in _FOR_NOW for effect in effects):
        return say(after, "the kernel was not reached", alarming=True), ()
    submitted = tuple(effect.source for effect in effects if isinstance(effect, Submit))
    if submitted:
        after = replace(after, unsent=(*after.unsent, *submitted))
    return after, effects


def _changes(effect: Effect) -> bool:
    """Whether an effect would change the session."""
    if isinstance(effect, Control):
        return effect.msg_type not in _HARMLESS
    return isinstance(effect, (Submit, AnswerInput))


def _with_mode(before: Editor, state: State, effects: tuple[Effect, ...]) -> State:
    """Have the modes of vi know what has happened to the text, and what was copied."""
    editor = modal.followed(before, state.editor)
    for effect in effects:
        if isinstance(effect, Copy):
            editor = modal.copied(editor, effect.text)
    return state if editor is state.editor else replace(state, editor=editor)


def _fitted(state: State) -> State:
    """Have outputs rendered for the pane as it is now, and folded where nobody reads; keep the cursor in sight."""
    top = editor_top(state, layout(state))
    if top != state.editor.top:
        state = replace(state, editor=replace(state.editor, top=top))
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
    state = replace(state, cols=event.cols, rows=event.rows, completion=None)
    return in_sight(state) if state.cursor is not None else settled(state), ()


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
    if state.help_top is not None or state.picture is not None:
        return state, ()
    if state.panes.focus is not None and state.asking is None and state.palette is None:
        return state, ()
    if state.asking is not None or state.recall is not None or state.palette is not None:
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
    key, options = event.key, state.options
    state = replace(state, last_key=state.now)
    if state.question is not None:
        return _answer_question(state, key)
    if state.help_top is not None:
        return _run(bound(options, key, "help"), state)
    if state.palette is not None:
        return _type_line(state, key, "palette")
    if state.asking is not None:
        return _type_asked(state, key)
    if state.recall is not None:
        return _type_recall(state, key)
    if state.picture is not None:
        return _run(bound(options, key, "picture"), state)
    if state.panes.focus is not None:
        state, effects = _run(bound(options, key, state.panes.focus, "output"), state)
        return settled_panel(state), effects
    if state.cursor is not None:
        return _run(bound(options, key, "reading", "output"), state)
    name = _helping_command(state, key)
    if name is not None:
        return _run(name, state)
    return _type(state, key)


def _type_asked(state: State, key: str) -> Result:
    """Take a key for the line in the status line."""
    assert state.asking is not None
    purpose = state.asking.purpose
    if purpose == "vi" and key == "backspace" and state.asking.buffer.is_empty:
        return modal.line_left(state)
    contexts: tuple[Context, ...] = ("find", "line") if purpose in ("find", "replace") else ("line",)
    name = bound(state.options, key, *contexts)
    if purpose == "vi" and name in _OF_MODES:
        return _OF_MODES[name](state)
    return _type_line(state, key, *contexts)


def _type_line(state: State, key: str, *contexts: Context) -> Result:
    """Take a key for a line of text that is not the editor."""
    name = bound(state.options, key, *contexts)
    if name is not None:
        return _run(name, state)
    return _inserted(state, key), ()


def _type_recall(state: State, key: str) -> Result:
    """Take a key for the panel of the history."""
    elsewhere = bound(state.options, key, "output")
    name = bound(state.options, key, "history") or (elsewhere if elsewhere in _ANYWHERE else None)
    return _run(name, state) if name is not None else (_inserted(state, key), ())


def _inserted(state: State, key: str) -> State:
    return insert(state, key) if len(key) == 1 and key.isprintable() else state


def _answer_question(state: State, key: str) -> Result:
    assert state.question is not None
    choices = state.question.choices
    state = replace(state, question=None)
    for choice in choices:
        if key in (choice.key, choice.key.upper()):
            return COMMANDS[choice.command](state)
    return state, ()


def _type(state: State, key: str) -> Result:
    """Take a key for the text."""
    if not state.is_modal:
        return _type_plainly(state, key)
    return modal.with_macro(state, modal.pressed(state, key, _type_plainly), _pressed_again)


def _pressed_again(state: State, key: str) -> Result:
    """Take a key of a macro."""
    after, effects = _handle(KeyPressed(key), state)
    return _with_mode(state.editor, after, effects), effects


def _type_plainly(state: State, key: str) -> Result:
    """Run the command of a key, or insert the character that it is."""
    context: Context = "editor" if state.answer is None else "answer"
    name = bound(state.options, key, context, "output")
    if state.read_only and name not in _LOOKING and bound(state.options, key, "output") is None:
        return say(state, LOOKS_ONLY), ()
    completion = state.completion
    if name is not None:
        state, effects = COMMANDS[name](state)
        if name in _EDITING and completion is not None:
            state = narrowed(replace(state, completion=completion))
        return state, effects
    if len(key) != 1 or not key.isprintable():
        return unbound(state, key), ()
    state = type_character(state, key)
    return typed_on(state, completion, key) if completion is not None else (state, ())


def _helping_command(state: State, key: str) -> str | None:
    """Return the command of a key in what stands around the text; the editor has all others."""
    name, options = None, state.options
    if state.completion is not None and takes(state.completion, key):
        name = bound(options, key, "completion")
    if name is None and state.signature is not None and state.signature.is_shown:
        name = bound(options, key, "signature")
    if name is None and has_documentation(state) and state.answer is None:
        name = bound(options, key, "documentation")
    return name


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
def _(event: TabChosen, state: State) -> Result:
    return switched(replace(state, panes=replace(state.panes, focus=None)), event.index), ()


@_handle.register
def _(event: GroundFound, state: State) -> Result:
    return ground_found(event, state)


@_handle.register
def _(event: StyleUnknown, state: State) -> Result:
    return style_unknown(event, state)


@_handle.register
def _(event: SixelsFound, state: State) -> Result:
    return replace(state, look=replace(state.look, pictures="sixel")), ()


@_handle.register
def _(event: SearchGoesOn, state: State) -> Result:
    return recall_on(search_on(state)), ()


@_handle.register
def _(event: Copied, state: State) -> Result:
    what = f"copied {event.lines:,} line{'s' if event.lines != 1 else ''}"
    if event.by_tmux:
        return say(state, f"{what} to tmux"), ()
    if not event.ok:
        return too_much(state), ()
    if event.by_tmux is None:
        return say(state, f"{what} to the terminal"), ()
    return say(state, f"{what} to the terminal, but tmux did not take it: see cshell doctor", alarming=True), ()


@_handle.register
def _(event: Saved, state: State) -> Result:
    if event.exists:
        text = f"{sanitise(event.path)} is there already. Write over it?"
        return replace(state, question=Question(text, (Choice("y", "yes", "save-over"),))), ()
    if event.failure:
        why = f"not saved: {sanitise(event.failure)}"
        purpose = state.saving.purpose if state.saving is not None else ""
        return ask_again(state, purpose, event.path, why) if purpose else tell(state, why, alarming=True)
    return say(replace(state, saving=None), f"saved {sanitise(event.path)}"), ()


# ---- from the kernel ---------------------------------------------------------------------------------------


@_handle.register
def _(event: RecordsRead, state: State) -> Result:
    state, effects = records_read(event, state)
    state, asked = asking_kernel(state)
    return state, (*effects, *asked)


@_handle.register
def _(event: HistoryRead, state: State) -> Result:
    state = read_whole(state, event.items) if event.is_whole else with_history(state, event.items)
    return asking_kernel(recall_changed(state))


@_handle.register
def _(event: HistoryNotWritten, state: State) -> Result:
    return replace(state, unwritten=sanitise(event.reason)), ()


@_handle.register
def _(event: Edited, state: State) -> Result:
    if event.failure is not None:
        return say(state, sanitise(event.failure), alarming=True), ()
    if _TEMPORARY in event.path and event.text.strip() and scratch(state).buffer.is_empty:
        state = to_scratch(state)
        # the source of something in the session: it is for the session, not for a file
        return edited(state, Buffer.of(editable(event.text.rstrip("\n"))), "edit"), ()
    name = sanitise(event.path.rpartition("/")[2])
    return say(state, f"edited {name} · %run runs it"), ()


@_handle.register
def _(event: FileRead, state: State) -> Result:
    return filed.read(event, state)


@_handle.register
def _(event: FileWritten, state: State) -> Result:
    return filed.written(event, state)


@_handle.register
def _(event: FileChanged, state: State) -> Result:
    return filed.changed(event, state)


@_handle.register
def _(event: PathsFound, state: State) -> Result:
    return filed.paths_found(event, state)


@_handle.register
def _(event: TextEdited, state: State) -> Result:
    return edited_elsewhere(event, state), ()


@_handle.register
def _(event: NotKept, state: State) -> Result:
    return say(state, f"what is typed cannot be kept on disk: {sanitise(event.reason)}", alarming=True), ()


@_handle.register
def _(event: ConfigurationRead, state: State) -> Result:
    return told_of_configuration(state, event), ()


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
    found = helped(state, event) or stood(state, event) or source_came(state, event) or subshell_came(state, event)
    found = found or measuring.answered(state, event) or variables_answered(state, event)
    found = found or debugger_answered(state, event)
    if found is not None:
        return found
    if isinstance(content, HistoryReply):
        state, effects = imported(state, content)
        return recall_changed(state), effects
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
    return state, ()


@_handle.register
def _(event: Expired, state: State) -> Result:
    waiting = state.waiting
    if event.tag == state.stray:
        return stray.over(state), ()
    if event.tag == state.queries.timer:
        return paused(state)
    if (silence := late(state, event)) is not None:
        return silence
    if event.tag == state.standing.timer:
        return rested(state), ()
    if (due := variables_due(state, event) or debugger_expired(state, event)) is not None:
        return due
    if waiting is None or waiting.tag != event.tag:
        return state, ()
    # the kernel does not answer: decide here, so that Enter means the same at all times
    return _decided(replace(state, waiting=None), waiting, looks_complete(waiting.buffer.text), None)


def _decided(state: State, waiting: Waiting, complete: bool, indent: str | None) -> Result:
    """Run or make a new line, then let the keys follow that were held back."""
    effects: tuple[Effect, ...]
    if complete:
        state, effects = run(state)
    elif indent is not None and not is_python(state.session.lexer):
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
