"""Journal records -> what is shown: the fold of which every client's view of a session is made."""

from collections.abc import Callable, Iterable
from time import localtime, strftime
from typing import Any, Final

from curses_client.events import Record
from curses_client.origin import Origin
from curses_client.quantities import size
from curses_client.state import Death, SessionView
from curses_client.text.ansi import sanitise
from curses_client.text.later import later
from curses_client.transcript import Cell, CellState, Prompt, Transcript
from kernel.protocol import messages as m
from kernel.protocol.value import replace

_Fold = Callable[[SessionView, Transcript, Record, Any], SessionView]


def fold(view: SessionView, transcript: Transcript, records: Iterable[Record]) -> SessionView:
    """Take records in; the transcript changes in place."""
    models = transcript.models
    seq = view.seq
    for record in records:
        kind = type(record.content)
        if kind is m.RecordsLost:
            # what was read before tells which of them are missing here
            view = replace(view, seq=seq)
        handler = _FOLDS.get(kind)
        if handler is not None and not (models.captures and models.capture(record.parent, record.content)):
            view = handler(view, transcript, record, record.content)
        seq = max(seq, record.seq)
    # once for all records: a progress bar may have moved a hundred times
    transcript.update_views()
    transcript.changed()
    return replace(view, seq=seq)


def _started(view: SessionView, transcript: Transcript, record: Record, c: m.SessionStarted) -> SessionView:
    name, kernel, cwd = sanitise(c.name), sanitise(c.kernel), sanitise(c.cwd)
    return replace(view, name=name, kernel=kernel, cwd=cwd, started=record.time, lexer=c.lexer)


def _kernel_starting(view: SessionView, transcript: Transcript, record: Record, c: m.KernelStarting) -> SessionView:
    cell = transcript.cell(view.running) if view.running is not None else None
    if cell is not None and cell.state == "running":
        # its kernel was gone before it began: it waits for the next one
        cell.state, cell.started = "queued", None
        view = replace(view, running=None, waiting=(cell.msg_id, *view.waiting))
    return replace(view, state="starting" if view.count == 0 and view.state == "starting" else "restarting")


def _kernel_started(view: SessionView, transcript: Transcript, record: Record, c: m.KernelStarted) -> SessionView:
    if c.restarted:
        transcript.lose_results()
        transcript.settle_alarms()
        transcript.add_notice(f"kernel restarted {_clock(record.time)}")
    return replace(
        view,
        debugs_ended=view.debugs_ended + 1,
        stopped=None,
        # somebody else's may have been at work before it was known
        state="idle" if view.running is None else "busy",
        count=0,
        was_ready=True,
        died_in="",
        died_of="",
        lexer=c.lexer or view.lexer,
        links=_links(c.help_links),
        is_native=not c.embedded and not c.language,
        kernel_stays=not c.owned or c.embedded,
    )


def _links(found: list[m.Json]) -> tuple[tuple[str, str], ...]:
    """Return what the kernel names as its documentation (specification: help_links)."""
    texts = ((link.get("text"), link.get("url")) for link in found if isinstance(link, dict))
    return tuple((sanitise(str(text)), sanitise(str(url))) for text, url in texts if text and url)[:_LINKS]


def _kernel_died(view: SessionView, transcript: Transcript, record: Record, c: m.KernelDied) -> SessionView:
    details = _details(c)
    more = " · F4 shows where" if c.stack else " · F4 shows more" if details else ""
    text = f"kernel died: {_cause(transcript, c)} · F9 restarts it{more}"
    if not c.owned or (c.signal is None and c.exit_status is None):
        # of whose process nothing is known here
        text = c.reason if not c.owned else f"{c.reason} · F9 restarts it"
    transcript.models.end_captures()
    transcript.add_notice(text, alarming=True, details=details)
    of = sanitise(_signal(c))
    return replace(_debugger_ended(view), state="dead", died_in=c.cell or "", died_of=of, died=Death(record.time, of))


def _cause(transcript: Transcript, c: m.KernelDied) -> str:
    """Return what a kernel died of, and in which cell."""
    cell = transcript.cell(c.cell) if c.cell else None
    cause = _signal(c)
    memory = f", {c.memory}" if c.memory else ""
    return f"{cause}{memory} in cell {cell.count}" if cell is not None and cell.count is not None else cause + memory


def _signal(c: m.KernelDied) -> str:
    if c.signal is None and c.exit_status is None:
        return ""
    return c.signal or f"exit status {c.exit_status}"


def _details(c: m.KernelDied) -> tuple[str, ...]:
    """Return what is known of a death: the stack above IPython's frames, and the most memory that it had.

    Also of one without a stack: the system says to nobody that it ended a process for want of memory.
    """
    lines = [_CELL.sub(r"Cell In[\1]", line) for line in (c.stack or "").splitlines()]
    end = next((index for index, line in enumerate(lines) if "/IPython/" in line), len(lines))
    found = lines[: min(end, _STACK_LINES)]
    if c.peak:
        found.append(f"It had {size(c.peak)} of memory at most.")
    return tuple(found)


def _kernel_failed(view: SessionView, transcript: Transcript, record: Record, c: m.KernelFailed) -> SessionView:
    # a long sentence is cut at the edge of the pane
    details = (c.reason, *(c.said or "").splitlines())
    notice = f"the kernel could not be started: {c.reason} · F4 shows more"
    transcript.add_notice(notice, alarming=True, details=details)
    return replace(view, state="dead", failure=sanitise(c.reason))


def _session_renamed(view: SessionView, transcript: Transcript, record: Record, c: m.SessionRenamed) -> SessionView:
    return replace(view, name=sanitise(c.name))


def _recording(view: SessionView, transcript: Transcript, record: Record, c: m.Recording) -> SessionView:
    return replace(view, unrecorded="" if c.ok else sanitise(c.reason) or "the disk takes nothing")


def _records_lost(view: SessionView, transcript: Transcript, record: Record, c: m.RecordsLost) -> SessionView:
    words = lost(view, c)
    if words:
        missed(view, transcript, words)
    return view


def _cell_edited(view: SessionView, transcript: Transcript, record: Record, c: m.CellEdited) -> SessionView:
    transcript.edit_cell(record.parent, c.code)
    return view


def _queue_ordered(view: SessionView, transcript: Transcript, record: Record, c: m.QueueOrdered) -> SessionView:
    transcript.order_queued(c.order)
    left = (msg_id for msg_id in view.waiting if msg_id not in c.order)
    return replace(view, waiting=(*(msg_id for msg_id in c.order if msg_id in view.waiting), *left))


def _session_ended(view: SessionView, transcript: Transcript, record: Record, c: m.SessionEnded) -> SessionView:
    why = "" if c.reason == _ORDERLY else f": {c.reason}"
    end_cells(transcript)
    transcript.add_notice(f"session ended {_clock(record.time)}{why}", alarming=bool(why))
    return replace(view, state="ended", running=None, waiting=())


def end_cells(transcript: Transcript) -> None:
    """Take in that nothing will run any more: what ran is lost, and what waited was not run."""
    for cell in transcript.cells():
        if cell.state in ("running", "queued"):
            cell.state = "lost" if cell.state == "running" else "skipped"
            cell.prompt = None


def begin_behind(transcript: Transcript, count: int, preface: Iterable[Record]) -> SessionView:
    """Say that so many records are gone from the beginning on, and take in what one needs to understand the rest."""
    transcript.add_notice(_dropped(count))
    return fold(SessionView(), transcript, preface)


def go_on_behind(view: SessionView, transcript: Transcript, count: int, preface: Iterable[Record]) -> SessionView:
    """Say that so many records are gone before they were read; of the preface, others are known."""
    missed(view, transcript, _dropped(count))
    return fold(view, transcript, (record for record in preface if record.seq > view.seq))


def _dropped(count: int) -> str:
    records = "older record was" if count == 1 else "older records were"
    return f"{count:,} {records} dropped to keep the journal within its bounds"


def missed(view: SessionView, transcript: Transcript, text: str) -> None:
    """Say what is missing where it is: in the output of what runs, else between the cells."""
    cell = transcript.cell(view.running) if view.running is not None else None
    if cell is None:
        transcript.add_notice(text, alarming=True)
    else:
        cell.write("stderr", missing_mark(text))


def lost(view: SessionView, c: m.RecordsLost) -> str:
    """Return the words for records that were lost, as far as they were not read from the memory before."""
    count = c.last - max(c.first, view.seq + 1) + 1
    return missing(count, sanitise(c.reason) or "the disk took nothing") if count > 0 else ""


def missing_mark(text: str) -> str:
    """Return the line of output that says what is missing in it."""
    return f"── {text} ──\n"


def missing(count: int, reason: str = "") -> str:
    """Return the words for records that were not kept."""
    records = "record is" if count == 1 else "records are"
    return f"{count:,} {records} missing here{f': {reason}' if reason else ''}"


def _submitted(view: SessionView, transcript: Transcript, record: Record, c: m.Submitted) -> SessionView:
    if c.silent:
        transcript.hide(record.parent)
        return view
    origin = Origin(c.file, c.line) if c.file else None
    cell = transcript.add_cell(record.parent, c.code, record.time, sanitise(record.by), origin)
    if c.begun:
        cell.set_source((_UNKNOWN,), "")
    if record.subshell:
        # it is in another queue, which is mostly empty
        cell.beside = True
        return view
    return replace(view, waiting=(*view.waiting, record.parent))


def _cells_dropped(view: SessionView, transcript: Transcript, record: Record, c: m.CellsDropped) -> SessionView:
    for msg_id in c.cells:
        transcript.drop_cell(msg_id)
    return view


def _status(view: SessionView, transcript: Transcript, record: Record, c: m.Status) -> SessionView:
    cell = transcript.cell(record.parent)
    if c.execution_state == "idle" and cell is not None and cell.state == "running":
        # its reply is not among the records that there are
        cell.state, cell.finished = "done", record.time
        is_busy = view.running == record.parent and view.state == "busy"
        return replace(view, state="idle", running=None, prompt=None) if is_busy else view
    if c.execution_state == "busy" and cell is not None and cell.state == "queued":
        cell.state = "running"
        cell.started = record.time
        waiting = _without(view.waiting, record.parent)
        if view.running is not None or cell.beside:
            # a subshell's, beside the one in the main shell
            return replace(view, waiting=waiting)
        return replace(view, state="busy", running=record.parent, waiting=waiting)
    return view


def _execute_input(view: SessionView, transcript: Transcript, record: Record, c: m.ExecuteInput) -> SessionView:
    cell = transcript.cell(record.parent)
    if cell is None and transcript.hides(record.parent):
        return view
    if cell is None:
        # it was submitted before the first record that is there
        cell = transcript.add_cell(record.parent, c.code, record.time, sanitise(record.by))
        cell.state, cell.started = "running", record.time
        view = replace(view, state="busy", running=view.running or record.parent)
    cell.count = c.execution_count
    return replace(view, count=c.execution_count)


def _execute_reply(view: SessionView, transcript: Transcript, record: Record, c: m.ExecuteReply) -> SessionView:
    cell = transcript.cell(record.parent)
    if cell is None:
        return view
    cell.finished = record.time
    cell.end()
    cell.prompt = None
    cell.state = _STATES.get(c.status, "skipped")
    if cell.state == "skipped" and cell.count is not None:
        # the word of other kernels for a cell that was interrupted: it did run
        cell.fail("Interrupted", "", ["Interrupted"])
        cell.state = "error"
    for payload in c.payload or ():
        if payload.get("source") == "page" and isinstance(payload.get("data"), dict):
            cell.show("page", payload["data"])
    if view.running != record.parent:
        return replace(view, waiting=_without(view.waiting, record.parent))
    state = view.state if view.state in ("dead", "ended") else "idle"
    return replace(view, state=state, running=None, prompt=None, stopped=None)


def _without(waiting: tuple[str, ...], msg_id: str) -> tuple[str, ...]:
    """Return the cells that wait but for one, mostly the first: there may be thousands."""
    if msg_id not in waiting:
        return waiting
    place = waiting.index(msg_id)
    return waiting[:place] + waiting[place + 1 :]


def _stream(view: SessionView, transcript: Transcript, record: Record, c: m.Stream) -> SessionView:
    _owner(transcript, record).write(c.name, c.text)
    return view


def _result(view: SessionView, transcript: Transcript, record: Record, c: m.ExecuteResult) -> SessionView:
    transcript.show(_owner(transcript, record), "result", c.data, c.metadata)
    return view


def _display(view: SessionView, transcript: Transcript, record: Record, c: m.DisplayData) -> SessionView:
    cell = _owner(transcript, record)
    transcript.show(cell, "display", c.data, c.metadata)
    display_id = c.transient.get("display_id")
    if isinstance(display_id, str):
        transcript.keep_display(display_id, cell)
    return view


def _update_display(view: SessionView, transcript: Transcript, record: Record, c: m.UpdateDisplayData) -> SessionView:
    display_id = c.transient.get("display_id")
    if isinstance(display_id, str):
        transcript.update_display(display_id, c.data, c.metadata)
    return view


def _error(view: SessionView, transcript: Transcript, record: Record, c: m.Error) -> SessionView:
    cell = _owner(transcript, record)
    if cell.prompt is not None:
        # the question was interrupted: it stays, above the error
        cell.write("stdout", f"{cell.prompt.text}\n")
        cell.prompt = None
    cell.fail(c.ename, c.evalue, c.traceback)
    return view


def _debug_event(view: SessionView, transcript: Transcript, record: Record, c: m.DebugEvent) -> SessionView:
    """Take in an event of the debugger (DAP: stopped, continued, terminated)."""
    body = c.body or {}
    thread = body.get("threadId")
    if c.event == "stopped" and isinstance(thread, int):
        why = sanitise(str(body.get("text") or body.get("reason") or ""))
        return replace(view, stops=view.stops + 1, stopped=thread, stopped_of=why)
    if c.event == "continued" and (body.get("allThreadsContinued") or thread == view.stopped):
        return replace(view, stopped=None)
    return _debugger_ended(view) if c.event == "terminated" else view


def _debugger_ended(view: SessionView) -> SessionView:
    return replace(view, debugs_ended=view.debugs_ended + 1, stopped=None)


def _clear(view: SessionView, transcript: Transcript, record: Record, c: m.ClearOutput) -> SessionView:
    _owner(transcript, record).clear(c.wait)
    return view


def _comm_open(view: SessionView, transcript: Transcript, record: Record, c: m.CommOpen) -> SessionView:
    transcript.models.open(c)
    return view


def _comm_msg(view: SessionView, transcript: Transcript, record: Record, c: m.CommMsg) -> SessionView:
    transcript.models.update(c)
    return view


def _comm_close(view: SessionView, transcript: Transcript, record: Record, c: m.CommClose) -> SessionView:
    transcript.models.close(c.comm_id)
    return view


def _input_wanted(view: SessionView, transcript: Transcript, record: Record, c: m.InputWanted) -> SessionView:
    prompt = Prompt(c.request, sanitise(c.prompt), c.password)
    _owner(transcript, record).prompt = prompt
    return replace(view, prompt=prompt)


def _input_done(view: SessionView, transcript: Transcript, record: Record, c: m.InputDone) -> SessionView:
    cell = _owner(transcript, record)
    if cell.prompt is not None:
        cell.write("stdout", f"{cell.prompt.text}{c.value or ''}\n")
        cell.prompt = None
    return replace(view, prompt=None)


def _owner(transcript: Transcript, record: Record) -> Cell:
    """Return the cell that a record belongs to; what belongs to none gets one without source."""
    cell = transcript.cell(record.parent)
    if cell is None:
        cell = transcript.add_cell(record.parent, "", record.time)
        cell.set_source((), "")
        cell.state = "done"
    return cell


def _clock(time: float) -> str:
    return strftime("%H:%M", localtime(time))


# links of a kernel that are shown at most
_LINKS: Final = 20
# what a supervisor says that was told to end
_ORDERLY: Final = "it was shut down"
# how a stack names a cell: by what it was compiled under
_CELL: Final = later(r'File "<ipython-input-(\d+)-[0-9a-f]*>"')
# in place of the code that nobody knows
_UNKNOWN: Final = "# begun before this session"
# lines of a stack that are shown of a kernel that died
_STACK_LINES: Final = 24
# other kernels may have other words for a cell that was not run
_STATES: Final[dict[str, CellState]] = {"ok": "done", "error": "error", "aborted": "skipped"}
_FOLDS: Final[dict[type[m.Content], _Fold]] = {
    m.SessionStarted: _started,
    m.KernelStarting: _kernel_starting,
    m.KernelStarted: _kernel_started,
    m.KernelDied: _kernel_died,
    m.KernelFailed: _kernel_failed,
    m.SessionEnded: _session_ended,
    m.SessionRenamed: _session_renamed,
    m.Recording: _recording,
    m.RecordsLost: _records_lost,
    m.CellEdited: _cell_edited,
    m.QueueOrdered: _queue_ordered,
    m.Submitted: _submitted,
    m.CellsDropped: _cells_dropped,
    m.Status: _status,
    m.ExecuteInput: _execute_input,
    m.ExecuteReply: _execute_reply,
    m.Stream: _stream,
    m.ExecuteResult: _result,
    m.DisplayData: _display,
    m.UpdateDisplayData: _update_display,
    m.Error: _error,
    m.ClearOutput: _clear,
    m.DebugEvent: _debug_event,
    m.CommOpen: _comm_open,
    m.CommMsg: _comm_msg,
    m.CommClose: _comm_close,
    m.InputWanted: _input_wanted,
    m.InputDone: _input_done,
}
