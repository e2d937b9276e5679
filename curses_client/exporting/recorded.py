"""Records of a session -> its cells with their outputs as the kernel sent them, and what happened between them.

What a cell is, in which order cells stand and what is said between them are decided where they are for the screen
(`curses_client.session`).  The outputs are kept here as they came: the screen's are rendered, and cut to its size.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from curses_client.bundle import model_of
from curses_client.events import Record
from curses_client.exporting.entries import Entry, Failure, Output, Shown, Stream, Verdict
from curses_client.exporting.journal import Journal
from curses_client.exporting.spool import Spool
from curses_client.models import Models
from curses_client.session import begin_behind, fold, lost, missing, missing_mark
from curses_client.state import SessionView
from curses_client.transcript import Cell, Notice, Transcript
from kernel.protocol import messages as m

_REPLIES: Final[dict[str, Verdict]] = {"ok": "done", "error": "failed"}
_STATES: Final[dict[str, Verdict]] = {"queued": "waits", "running": "runs", "skipped": "skipped"}


@dataclass(slots=True)
class _Ran:
    """What is known of a cell beside what the screen knows."""

    outputs: list[Output] = field(default_factory=list)
    # the output is cleared when the next one comes (specification: clear_output)
    clears: bool = False
    question: str | None = None
    verdict: Verdict | None = None
    failure: str = ""


class Recorded:
    """A session as it is recorded; outputs are kept in a spool, or, without one, only how each cell went."""

    def __init__(self, spool: Spool | None = None) -> None:
        self.view = SessionView()
        self.language = ""
        self.began: float | None = None
        self.ended: float | None = None
        self._spool = spool
        self._transcript = Transcript()
        self._models = Models()
        # by the cell's object: a request that is run again is another cell
        self._ran: dict[int, _Ran] = {}
        self._displays: dict[str, list[Shown]] = {}
        self._views: dict[str, list[Shown]] = {}
        self._last = 0

    def read(self, journal: Journal) -> "Recorded":
        """Take in all of a journal."""
        first = journal.first
        if first > 1:
            self.view = begin_behind(self._transcript, first - 1, ())
            for record in journal.preface:
                self._take(record)
            self._last = first - 1
        for records in journal.records():
            self.take(records)
        words = journal.last_words()
        if words is not None:
            self.end(*words)
        for ran in self._ran.values():
            if ran.question is not None and self._spool is not None:
                # nobody has answered it yet
                self._write(ran, "stdout", ran.question)
        return self

    def take(self, records: Iterable[Record]) -> None:
        """Take in records."""
        for record in records:
            self._count(record)
            self._take(record)
        self._update_views()

    def end(self, reason: str, moment: float) -> None:
        """Take in that the session ended, which it did not record."""
        content = m.SessionEnded(reason)
        self._fold(Record(self._last, moment, "session_ended", msg_id="", parent="", username="", content=content))

    def items(self) -> Iterator[Entry | Notice]:
        """Yield the cells and what happened between them, in the order of submission."""
        names: dict[str, int] = {}
        for item in self._transcript.items:
            if isinstance(item, Notice):
                # the keys behind the dot are for the screen
                yield Notice(item.text.partition(" · ")[0], item.alarming, item.unsaid)
                continue
            ran = self._ran.get(id(item)) or _Ran()
            name = f"cell-{item.count}" if item.count is not None else "cell"
            names[name] = names.get(name, 0) + 1
            if names[name] > 1 or item.count is None:
                # counts begin anew with each kernel
                name = f"{name}-{names[name] if item.count is not None else f'x{names[name]}'}"
            verdict = ran.verdict or _verdict(item)
            yield Entry(name, item, verdict, ran.failure, [output for output in ran.outputs if output.is_shown])

    # ---- records -----------------------------------------------------------------------------------------

    def _count(self, record: Record) -> None:
        """Say which records are missing in front of one."""
        count = record.seq - self._last - 1
        # the record that stands in the place of others says so itself
        if count > 0 and not isinstance(record.content, m.RecordsLost):
            self._miss(missing(count))
        self._last = max(record.seq, self._last)
        if record.time:
            self.began = self.began or record.time
            self.ended = record.time

    def _take(self, record: Record) -> None:
        content = record.content
        if self._models.captures and self._models.capture(record.parent, content):
            return
        handler = _HANDLERS.get(type(content))
        if handler is not None:
            handler(self, record, content)
        else:
            self._fold(record)

    def _fold(self, record: Record) -> None:
        self.view = fold(self.view, self._transcript, (record,))

    def _ran_by(self, record: Record) -> _Ran:
        """Return what is known of the cell of a record; what belongs to none gets one without source."""
        cell = self._transcript.cell(record.parent)
        if cell is None:
            cell = self._transcript.add_cell(record.parent, "", record.time)
            cell.set_source((), "")
            cell.state = "done"
        return self._ran.setdefault(id(cell), _Ran())

    def _session_started(self, record: Record, c: m.SessionStarted) -> None:
        self.language = c.language
        self._fold(record)

    def _kernel_started(self, record: Record, c: m.KernelStarted) -> None:
        self.language = c.language or self.language
        self._fold(record)

    def _kernel_died(self, record: Record, c: m.KernelDied) -> None:
        self._models.end_captures()
        self._fold(record)

    def _replied(self, record: Record, c: m.ExecuteReply) -> None:
        # what the screen would show of it is kept here
        self._fold(replace(record, content=replace(c, payload=None)))
        if self._transcript.cell(record.parent) is None:
            return
        ran = self._ran_by(record)
        ran.question = None
        # other kernels may have other words for a cell that was not run
        ran.verdict = _REPLIES.get(c.status, "skipped")
        if c.status == "error" and c.ename:
            ran.failure = ran.failure or _last_line(c.ename, c.evalue or "")
        for payload in c.payload or ():
            if payload.get("source") == "page" and isinstance(payload.get("data"), dict) and self._spool is not None:
                self._show(ran, "page", payload["data"], {}, None)

    def _records_lost(self, record: Record, c: m.RecordsLost) -> None:
        words = lost(self.view, c)
        if words:
            self._miss(words)

    def _miss(self, words: str) -> None:
        """Say what is missing where it is: in the output of what runs, else between the cells."""
        running = self.view.running
        cell = self._transcript.cell(running) if running is not None else None
        if cell is None:
            self._transcript.add_notice(words, alarming=True)
        elif self._spool is not None:
            self._write(self._ran.setdefault(id(cell), _Ran()), "stderr", missing_mark(words))

    # ---- outputs -----------------------------------------------------------------------------------------

    def _stream(self, record: Record, c: m.Stream) -> None:
        if self._spool is not None:
            self._write(self._ran_by(record), c.name, c.text)

    def _display(self, record: Record, c: m.DisplayData) -> None:
        if self._spool is None:
            return
        shown = self._show(self._ran_by(record), "display", c.data, c.metadata, None)
        display_id = c.transient.get("display_id")
        if isinstance(display_id, str):
            self._displays[display_id] = [*(one for one in self._displays.get(display_id, ()) if one.is_shown), shown]

    def _update_display(self, record: Record, c: m.UpdateDisplayData) -> None:
        display_id = c.transient.get("display_id")
        if self._spool is None or not isinstance(display_id, str):
            return
        shown = [one for one in self._displays.get(display_id, ()) if one.is_shown]
        place = self._spool.put(_as_json(c.data, c.metadata)) if shown else (0, 0)
        for one in shown:
            one.place = place
            self._follow(one, c.data)

    def _result(self, record: Record, c: m.ExecuteResult) -> None:
        if self._spool is not None:
            self._show(self._ran_by(record), "result", c.data, c.metadata, c.execution_count)

    def _error(self, record: Record, c: m.Error) -> None:
        ran = self._ran_by(record)
        ran.failure = _last_line(c.ename, c.evalue)
        if self._spool is None:
            return
        if ran.question is not None:
            # the question was interrupted: it stays, above the error
            self._write(ran, "stdout", f"{ran.question}\n")
            ran.question = None
        self._clear_if_due(ran)
        ran.outputs.append(Failure(self._spool.put(json.dumps([c.ename, c.evalue, c.traceback]))))

    def _clear(self, record: Record, c: m.ClearOutput) -> None:
        ran = self._ran_by(record)
        ran.clears = True
        if not c.wait:
            self._clear_if_due(ran)

    def _input_wanted(self, record: Record, c: m.InputWanted) -> None:
        self._ran_by(record).question = c.prompt

    def _input_done(self, record: Record, c: m.InputDone) -> None:
        ran = self._ran_by(record)
        if ran.question is not None and self._spool is not None:
            self._write(ran, "stdout", f"{ran.question}{c.value or ''}\n")
        ran.question = None

    def _clear_if_due(self, ran: _Ran) -> None:
        if ran.clears:
            for output in ran.outputs:
                output.is_shown = False
            ran.outputs.clear()
            ran.clears = False

    def _write(self, ran: _Ran, name: str, text: str) -> None:
        """Add what was printed; text of one stream goes on where it ended."""
        assert self._spool is not None
        self._clear_if_due(ran)
        last = ran.outputs[-1] if ran.outputs else None
        if not isinstance(last, Stream) or last.name != name:
            last = Stream(name)
            ran.outputs.append(last)
        self._spool.append(last.places, text)

    def _show(
        self, ran: _Ran, kind: Literal["display", "result", "page"], data: m.Json, metadata: m.Json, count: int | None
    ) -> Shown:
        assert self._spool is not None
        self._clear_if_due(ran)
        shown = Shown(kind, self._spool.put(_as_json(data, metadata)), count)
        ran.outputs.append(shown)
        self._follow(shown, data)
        return shown

    # ---- widgets -----------------------------------------------------------------------------------------

    def _comm_open(self, record: Record, c: m.CommOpen) -> None:
        self._models.open(c)

    def _comm_msg(self, record: Record, c: m.CommMsg) -> None:
        self._models.update(c)

    def _comm_close(self, record: Record, c: m.CommClose) -> None:
        self._models.close(c.comm_id)

    def _follow(self, shown: Shown, data: m.Json) -> None:
        """Have a value look as the model that it is a view of, if that is known."""
        model_id = model_of(data)
        if model_id not in self._models:
            shown.model_id, shown.model_text = "", None
            return
        if model_id != shown.model_id:
            shown.model_id = model_id
            self._views[model_id] = [*self._shown_views(model_id), shown]
        self._models.touch(model_id)

    def _update_views(self) -> None:
        """Take in what the widget models have become, wherever they are shown."""
        for model_id in self._models.take_changed():
            views = self._shown_views(model_id)
            if views and self._spool is not None:
                place = self._spool.put(self._models.text(model_id))
                self._views[model_id] = views
                for shown in views:
                    shown.model_text = place

    def _shown_views(self, model_id: str) -> list[Shown]:
        """Return where a model is shown, and forget where it was."""
        return [one for one in self._views.pop(model_id, ()) if one.is_shown and one.model_id == model_id]


def _verdict(cell: Cell) -> Verdict:
    if not cell.source:
        return "done"
    return _STATES.get(cell.state, "lost")


def _as_json(data: m.Json, metadata: m.Json) -> str:
    try:
        return json.dumps([data, metadata])
    except RecursionError:
        # nested more deeply than anybody reads
        return json.dumps([{mime: value for mime, value in data.items() if isinstance(value, str)}, {}])


def _last_line(ename: str, evalue: str) -> str:
    return f"{ename}: {evalue}" if evalue else ename


_HANDLERS: Final[dict[type[m.Content], Callable[[Recorded, Record, Any], None]]] = {
    m.SessionStarted: Recorded._session_started,
    m.KernelStarted: Recorded._kernel_started,
    m.KernelDied: Recorded._kernel_died,
    m.RecordsLost: Recorded._records_lost,
    m.ExecuteReply: Recorded._replied,
    m.Stream: Recorded._stream,
    m.DisplayData: Recorded._display,
    m.UpdateDisplayData: Recorded._update_display,
    m.ExecuteResult: Recorded._result,
    m.Error: Recorded._error,
    m.ClearOutput: Recorded._clear,
    m.InputWanted: Recorded._input_wanted,
    m.InputDone: Recorded._input_done,
    m.CommOpen: Recorded._comm_open,
    m.CommMsg: Recorded._comm_msg,
    m.CommClose: Recorded._comm_close,
}
