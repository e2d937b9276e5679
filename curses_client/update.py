"""The only door to the state: an event comes in, the next state and the effects asked for go out."""

import math
from collections.abc import Iterable
from dataclasses import replace
from functools import singledispatch
from typing import Any

from curses_client import keymap
from curses_client.coming_back import welcome_back
from curses_client.commanding import Result, edited, say
from curses_client.commands import COMMANDS, LOOKS_ONLY, insert, narrowed, newline, offer, run
from curses_client.events import (
    AnswerInput,
    Control,
    Copied,
    Edit,
    Edited,
    Effect,
    Event,
    Expired,
    FocusChanged,
    KeyPressed,
    Leave,
    LineBack,
    LineLost,
    MouseDragged,
    MousePressed,
    NotKept,
    Pasted,
    Record,
    RecordsRead,
    Replied,
    Resized,
    Ring,
    Saved,
    SearchGoesOn,
    Submit,
    SupervisorEnded,
    Ticked,
)
from curses_client.layout import Layout, editor_top_line, layout
from curses_client.opening import open_target, target_at
from curses_client.output_cursor import enter, in_sight, place_at
from curses_client.panel import settled_panel, skipped_cells
from curses_client.quantities import duration
from curses_client.scrolling import scrolled, settled, top_anchor
from curses_client.searching import search_on, transcript_changed
from curses_client.session import dropped, end_cells, fold
from curses_client.shown import Figure, Fold
from curses_client.state import (
    Anchor,
    Choice,
    Completion,
    Cursor,
    Match,
    Older,
    Question,
    SessionView,
    State,
    Waiting,
    is_own,
)
from curses_client.text.ansi import sanitise
from curses_client.text.buffer import Buffer, editable
from curses_client.text.indent import looks_complete
from curses_client.text.width import index_at
from curses_client.transcript import Cell, Notice, Transcript
from curses_client.values import answered
from kernel.protocol.messages import (
    ColumnsRequest,
    CompleteReply,
    ExecuteReply,
    HistoryReply,
    IsCompleteReply,
    OkReply,
    Submitted,
)

_TYPES_KEY = "_jupyter_types_experimental"
# keys with which the text goes on being narrowed while the pop-up is open
_EDITING = frozenset({"delete-left"})
HISTORY_LIMIT = 5000
# commands of the editor that change nothing
_LOOKING = frozenset({"escape", "delete-or-leave"})
# what is meant for this moment, and not for when a lost line is back
_FOR_NOW = frozenset({"interrupt_request", "restart_request"})
# seconds after its end for which a cell is news
_LATE = 60.0
# characters of a cell's source in what tells that it has ended
_SHOWN = 60
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
    if event.button in (4, 5):
        if state.help_top is not None:
            return _run("help-up" if event.button == 4 else "help-down", state)
        return _run("wheel-up" if event.button == 4 else "wheel-down", state)
    if event.button != 1 or state.help_top is not None or state.question is not None or state.picture is not None:
        return state, ()
    where = layout(state)
    if event.row < where.output:
        return _press_output(state, where, event.col, event.row)
    row = event.row - where.editor_top
    if not 0 <= row < where.editor:
        return state, ()
    if state.cursor is not None:
        state, _ = COMMANDS["read-leave"](state)
    buffer = state.editor.buffer
    line = min(row + editor_top_line(buffer, where.editor), len(buffer.lines) - 1)
    col = index_at(buffer.lines[line], max(event.col - where.margin, 0))
    moved = replace(buffer, row=line, col=col, mark=None, goal=None)
    unanswered = state.answer or state.unanswered
    editor = replace(state.editor, buffer=moved)
    return replace(state, answer=None, unanswered=unanswered, completion=None, editor=editor), ()


def _press_output(state: State, where: Layout, col: int, row: int) -> Result:
    """Open what was clicked on, or put the cursor there."""
    place = place_at(state, where, col, row)
    if place is None:
        return state, ()
    item, line, _ = place
    if isinstance(target_at(state, item, line), (Fold, Figure)):
        return open_target(state, item, line)
    state, _ = enter(state)
    if state.cursor is None:
        return state, ()
    return in_sight(replace(state, cursor=Cursor(item, line, place[2]))), ()


@_handle.register
def _(event: MouseDragged, state: State) -> Result:
    where = layout(state)
    cursor = state.cursor
    if cursor is None or state.picture is not None:
        return state, ()
    if event.row >= where.output or event.row == 0:
        # past the edge there is more to select
        state = scrolled(state, 1 if event.row else -1)
        state = state if state.scroll is not None else replace(state, scroll=top_anchor(state, where))
    place = place_at(state, where, event.col, min(event.row, where.output - 1))
    if place is None:
        return state, ()
    item, line, index = place
    mark = cursor.mark or (cursor.item, cursor.line, cursor.col)
    return in_sight(replace(state, cursor=Cursor(item, line, index, mark=mark))), ()


@_handle.register
def _(event: FocusChanged, state: State) -> Result:
    return replace(state, has_focus=event.has_focus), ()


@_handle.register
def _(event: SearchGoesOn, state: State) -> Result:
    return search_on(state), ()


@_handle.register
def _(event: Copied, state: State) -> Result:
    if not event.ok:
        return say(state, "that is more than a terminal's clipboard takes · s saves it", alarming=True), ()
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
    if event.older:
        return _read_older(event, state), ()
    before = state.session
    view = before
    if event.preface is not None and not event.dropped:
        # the newest records come first, in a transcript that is replaced when the older ones are read
        state = replace(state, older=Older(SessionView(), Transcript(state.transcript.pane)))
        state.transcript.add_notice("what was before is still being read")
    view = _folded(view, state.transcript, event)
    view = replace(view, behind=view.seq < event.head)
    state = transcript_changed(settled_panel(replace(state, session=view)))
    if view.running != before.running or (view.prompt is None and before.prompt is not None):
        # what was said of the cell or of its question holds no longer
        state = replace(state, message=None)
    if view.state == "ended":
        state = replace(state, question=None)
    if state.cursor is not None:
        state = in_sight(state)
    if view.prompt is not before.prompt:
        state = replace(state, unanswered=None)
    if view.prompt is None:
        state = replace(state, answer=None)
    elif not view.behind and (before.behind or view.prompt is not before.prompt):
        state = _asked(state)
    effects: tuple[Effect, ...] = ()
    state = _arrived(state, event.records)
    for record in event.records:
        state, wanted = _next_input(state, record)
        effects += (*wanted, *(() if before.behind else _ring(state, record)))
    return welcome_back(_tell_of_skipped(state, event.records)), effects


def _arrived(state: State, records: Iterable[Record]) -> State:
    """Take in which of this client's cells the session has."""
    if not state.unsent:
        return state
    unsent = list(state.unsent)
    for record in records:
        content = record.content
        if isinstance(content, Submitted) and record.parent.startswith(state.client) and content.code in unsent:
            unsent.remove(content.code)
    return replace(state, unsent=tuple(unsent))


def _tell_of_skipped(state: State, records: Iterable[Record]) -> State:
    """Say how to run again what an error has skipped just now."""
    replies = (record.content for record in records if isinstance(record.content, ExecuteReply))
    count = len(skipped_cells(state)) if any(reply.status == "aborted" for reply in replies) else 0
    if not count or state.session.behind or state.read_only or state.session.state == "ended":
        return state
    return say(
        state, "a cell was skipped · F3 r runs it" if count == 1 else f"{count} cells were skipped · F3 r runs them"
    )


def _folded(view: SessionView, transcript: Transcript, event: RecordsRead) -> SessionView:
    """Take in what was read, and first what one needs to understand it."""
    if event.preface is not None:
        view = fold(view, transcript, event.preface)
        if event.dropped:
            dropped(transcript, event.dropped)
    return fold(view, transcript, event.records)


def _read_older(event: RecordsRead, state: State) -> State:
    """Take in the records from the oldest on; show them all once they have reached the newest."""
    older = state.older or Older(SessionView(), Transcript(state.transcript.pane))
    view = _folded(older.session, older.transcript, event)
    if not event.complete:
        return replace(state, older=replace(older, session=view))
    shown, whole = state.transcript, older.transcript
    whole.version = shown.version + 1
    view = replace(view, behind=state.session.behind)
    is_scrolled = state.scroll is not None and state.scroll.item < len(shown.items)
    scroll = _same_place(state.scroll, shown, whole) if state.scroll is not None and is_scrolled else None
    cursor = state.cursor
    if cursor is not None and cursor.item < len(shown.items):
        place = _same_place(Anchor(cursor.item, cursor.line), shown, whole)
        cursor = replace(cursor, item=place.item, line=place.line, mark=None)
    state = replace(state, session=view, transcript=whole, scroll=scroll, older=None, cursor=cursor, bookmark=None)
    return welcome_back(transcript_changed(state, is_another=True))


def _same_place(place: Anchor, shown: Transcript, whole: Transcript) -> Anchor:
    """Return where in the whole transcript a place in the newest part of it is."""
    if isinstance(shown.items[place.item], Notice):
        # a notice of this client's own, above what there is of the newest part
        place = Anchor(min(place.item + 1, len(shown.items) - 1), 0)
    item = shown.items[place.item]
    same = whole.cell(item.msg_id) if isinstance(item, Cell) else None
    if same is None:
        return Anchor(max(len(whole.items) - len(shown.items) + place.item, 0), 0)
    # what is missing in the newest part of a cell is missing at its beginning
    line = max(place.line + same.height - item.height, 0) if place.line else 0
    return Anchor(whole.items.index(same), line, place.row)


def _ring(state: State, record: Record) -> tuple[Effect, ...]:
    """Tell the user, who looks elsewhere, that a cell of theirs has ended after a long time."""
    if not isinstance(record.content, ExecuteReply) or state.rings_after is None or state.session.behind:
        return ()
    cell = state.transcript.cell(record.parent)
    if cell is None or cell.started is None or cell.finished is None or not is_own(state, cell.msg_id, cell.by):
        return ()
    took = cell.finished - cell.started
    if state.now - cell.finished > _LATE:
        # it ended while nobody was here
        return ()
    # a terminal that does not tell whether it is looked at is, for as long after a key as is waited for a cell
    looks = state.has_focus and state.now - state.last_key < state.rings_after
    if took < state.rings_after or looks:
        return ()
    how = "failed" if cell.failed else "finished"
    source = next((line.strip() for line in cell.source if line.strip()), "")
    return (Ring(f"cell {cell.count} {how}", f"{source[:_SHOWN]} · {duration(took, whole=True)}"),)


def _asked(state: State) -> State:
    """Let the question of `input()` have the keys, unless that would tear what is being typed."""
    if not state.editor.buffer.is_empty or state.cursor is not None:
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
            if state.host:
                state = say(state, f"the file is on {state.host}: edit it there", alarming=True)
            else:
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
