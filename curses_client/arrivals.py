"""What comes with the records of the journal: they are folded, and this client does what they ask of it."""

from collections.abc import Iterable
from dataclasses import replace

from curses_client.coming_back import welcome_back
from curses_client.commanding import Result, edited, say
from curses_client.commands import COMMANDS
from curses_client.configuring import with_mistakes
from curses_client.events import (
    Edit,
    Effect,
    Leave,
    Record,
    RecordsRead,
    Ring,
)
from curses_client.files.tabs import scratch, to_scratch
from curses_client.hints import hinted
from curses_client.output_cursor import in_sight
from curses_client.panel import settled_panel
from curses_client.quantities import duration
from curses_client.queued import skipped_cells
from curses_client.searching import transcript_changed
from curses_client.session import begin_behind, fold, go_on_behind
from curses_client.state import (
    Anchor,
    Older,
    SessionView,
    State,
    is_own,
)
from curses_client.stray import answered_elsewhere
from curses_client.text.buffer import Buffer, editable
from curses_client.transcript import Cell, Notice, Transcript
from kernel.protocol.messages import (
    ExecuteReply,
    KernelDied,
    KernelStarted,
    Submitted,
)

# seconds after its end for which a cell is news
_LATE = 60.0
# characters of a cell's source in what tells that it has ended
_SHOWN = 60


def records_read(event: RecordsRead, state: State) -> Result:
    """Take in what the journal has that is new."""
    if event.older:
        return _read_older(event, state), ()
    before, had_keys = state.session, state.answer is not None
    view = before
    if event.preface is not None and not event.dropped:
        # the newest records come first, in a transcript that is replaced when the older ones are read
        state = replace(state, older=Older(SessionView(), Transcript(state.transcript.pane)))
        state.transcript.add_notice("what was before is still being read")
    view = _folded(view, state.transcript, event)
    view = replace(view, behind=view.seq < event.head)
    state = transcript_changed(settled_panel(replace(state, session=view)))
    is_over = view.running != before.running or (view.prompt is None and before.prompt is not None)
    if is_over and state.stray is None:
        # what was said of the cell or of its question holds no longer
        state = replace(state, message=None)
    if view.state == "ended":
        state = replace(state, question=None)
    if state.cursor is not None:
        state = in_sight(state)
    if view.prompt is not before.prompt:
        state = replace(state, unanswered=None)
    if view.prompt is None:
        completion = None if state.answer is not None else state.completion
        state = replace(state, answer=None, answered=None, completion=completion)
    elif not view.behind and (before.behind or view.prompt is not before.prompt):
        state = _asked(state)
    if any(isinstance(record.content, (KernelDied, KernelStarted)) for record in event.records):
        # it has ended with its kernel
        state = replace(state, subshell="", subshell_asked=0)
    effects: tuple[Effect, ...]
    state, effects = answered_elsewhere(state, before, had_keys, event.records)
    state = _arrived(state, event.records)
    for record in event.records:
        state, wanted = _next_input(state, record)
        effects += (*wanted, *(() if before.behind else _ring(state, record)))
        state = state if before.behind else _hinted(state, record)
    return _caught_up(_tell_of_skipped(state, event.records)), effects


def _caught_up(state: State) -> State:
    """Show what waits until all of the session is read."""
    return with_mistakes(welcome_back(state))


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
    if event.preface is not None and event.dropped and view.seq:
        view = go_on_behind(view, transcript, event.dropped, event.preface)
    elif event.preface is not None and event.dropped:
        view = begin_behind(transcript, event.dropped, event.preface)
    elif event.preface is not None:
        view = fold(view, transcript, event.preface)
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
    if scroll is not None and older.to_top and state.scroll == Anchor(0, 0):
        scroll = state.scroll
    cursor = state.cursor
    if cursor is not None and cursor.item < len(shown.items):
        place = _same_place(Anchor(cursor.item, cursor.line), shown, whole)
        cursor = replace(cursor, item=place.item, line=place.line, mark=None)
    state = replace(state, session=view, transcript=whole, scroll=scroll, older=None, cursor=cursor, bookmark=None)
    return _caught_up(transcript_changed(state, is_another=True))


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
    # a terminal that has not told yet whether it is looked at is, for as long after a key as is waited for a cell
    looks = state.has_focus and (state.tells_focus or state.now - state.last_key < state.rings_after)
    if took < state.rings_after or looks:
        return ()
    how = "failed" if cell.failed else "finished"
    source = next((line.strip() for line in cell.source if line.strip()), "")
    return (Ring(f"cell {cell.count} {how}", f"{source[:_SHOWN]} · {duration(took, whole=True)}"),)


def _hinted(state: State, record: Record) -> State:
    """Help after a mistake of this client's user."""
    cell = state.transcript.cell(record.parent)
    if not isinstance(record.content, ExecuteReply) or cell is None or not record.parent.startswith(state.client):
        return state
    ename, evalue = (record.content.ename, record.content.evalue) if cell.failed else ("", "")
    return hinted(state, cell.code, ename or "", evalue or "")


def _asked(state: State) -> State:
    """Let the question of `input()` have the keys, unless that would tear what is being typed."""
    if not scratch(state).buffer.is_empty or state.cursor is not None:
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
            if scratch(state).buffer.is_empty or payload.get("replace"):
                state = edited(to_scratch(state), Buffer.of(editable(text)), "next input")
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
