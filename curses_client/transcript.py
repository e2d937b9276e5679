"""The transcript: cells with their source and output, and notices between them, in the order of submission.

It is the one large thing that a state is not copied with: it grows in place, and `version` says that it did.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from curses_client.bundle import model_of
from curses_client.models import Models
from curses_client.origin import Origin
from curses_client.outputs import OutputKind, Pane, Part, PartKind, Source, fill, part_of, show_text
from curses_client.shown import Fold, Target
from curses_client.text.ansi import sanitise
from curses_client.text.lines import LineStore
from curses_client.tracebacks import Traceback
from kernel.protocol.value import Value

CellState = Literal["queued", "running", "done", "error", "skipped", "lost"]
LineKind = PartKind | Literal["fold", "input", "notice", "detail"]
# what stands for a notice's details while they are folded away
_DETAILS = Fold("details")


class Prompt(Value):
    """A question of `input()` that waits for its answer, shown behind a cell's output."""

    request: str
    text: str
    password: bool


@dataclass(slots=True)
class Cell:
    """One cell: what was run, what it showed, how it went.  Times are in seconds since the epoch."""

    msg_id: str
    source: tuple[str, ...]
    submitted: float
    # the source as it was submitted, and by whom
    code: str = ""
    by: str = ""
    pane: Pane = field(default_factory=Pane)
    # the file that it came from, if from one
    origin: Origin | None = None
    # whether it runs in a subshell, beside the cell in the main shell
    beside: bool = False
    count: int | None = None
    state: CellState = "queued"
    started: float | None = None
    finished: float | None = None
    outputs: list[Part] = field(default_factory=list)
    prompt: Prompt | None = None
    # whether somebody dropped it, and what it was then: it waited, or an error had skipped it
    dropped: Literal["", "waiting", "skipped"] = ""
    # the output is cleared when the next one comes (specification: clear_output)
    clears: bool = False
    _source: Part = field(init=False)
    # the line at which each output begins, but for those that were added since they were asked for, and as of when
    _starts: list[int] = field(default_factory=list)
    _starts_in: object = None

    def __post_init__(self) -> None:
        self._source = Part("source", Source(self.source))
        self._source.grown(self.pane)

    @property
    def failed(self) -> bool:
        """Whether it ended with an error, also one of a kernel that is gone."""
        return self.state == "error" or any(part.kind == "error" for part in self.outputs)

    @property
    def height(self) -> int:
        """How many lines it shows, source and output."""
        starts = self._output_starts()
        lines = starts[-1] + self.outputs[-1].height if starts else self._source.height
        return lines + (self.prompt is not None)

    @property
    def source_height(self) -> int:
        """How many lines of its source are shown."""
        return self._source.height

    def source_index(self, line: int) -> int:
        """Return which line of the source is shown at a line of the cell that is one."""
        return self._source.index(line) or 0

    def held_cols(self, line: int) -> int:
        """Return how many columns of a line stay where they are when it is moved to the side."""
        part, shown = self.at(line)
        return part.held_cols(shown) if part is not None else 0

    @property
    def parts(self) -> list[Part]:
        """Its source and its outputs."""
        return [self._source, *self.outputs]

    def _output_starts(self) -> list[int]:
        """Return where each output begins: only the last one grows, so the ones before are counted once."""
        starts = self._starts
        if self._starts_in is not self.pane.stamp:
            starts.clear()
            self._starts_in = self.pane.stamp
        while len(starts) < len(self.outputs):
            before = self.outputs[len(starts) - 1] if starts else self._source
            starts.append((starts[-1] if starts else 0) + before.height)
        return starts

    def parts_changed(self) -> None:
        """Take in that other parts than the last one have changed."""
        self._starts.clear()

    def at(self, index: int) -> tuple[Part | None, int]:
        """Return the part that a line is of, and which of its shown lines it is; a question of `input()` is of none."""
        if index < self._source.height:
            return self._source, index
        starts = self._output_starts()
        number = bisect_right(starts, index) - 1
        if number >= 0 and index - starts[number] < self.outputs[number].height:
            return self.outputs[number], index - starts[number]
        return None, 0

    def begin(self, part: Part) -> int:
        """Return the line at which a part of it begins."""
        if part is self._source:
            return 0
        number = next(number for number, output in enumerate(self.outputs) if output is part)
        return self._output_starts()[number]

    def line(self, index: int) -> tuple[LineKind, str]:
        """Return a line and what it is; lines of output may hold colours (`curses_client.text.ansi`)."""
        part, shown = self.at(index)
        if part is None:
            assert self.prompt is not None
            return "input", self.prompt.text
        return "fold" if part.index(shown) is None else part.kind, part.line(shown)

    def wraps(self, index: int) -> bool:
        """Whether a line is broken at the pane's edge."""
        part, _ = self.at(index)
        return part is None or part.wraps()

    def target(self, index: int) -> Target | None:
        """Return what opens from a line."""
        part, shown = self.at(index)
        return part.target(shown) if part is not None else None

    def toggle(self, index: int, fold: Fold) -> None:
        """Open what is folded at a line, or fold it."""
        part, _ = self.at(index)
        if part is not None:
            part.toggle(fold, self.pane)
            self.parts_changed()

    def write(self, kind: OutputKind, text: str) -> None:
        """Add output; text of one stream goes on where it ended."""
        self._clear_if_due()
        last = self.outputs[-1] if self.outputs else None
        if last is None or last.kind != kind or not isinstance(last.body, LineStore) or kind not in _STREAMS:
            last = Part(kind)
            self.outputs.append(last)
        assert isinstance(last.body, LineStore)
        last.body.feed(text)
        last.grown(self.pane)

    def fail(self, ename: str, evalue: str, traceback: list[str]) -> None:
        """Add an error."""
        self._clear_if_due()
        self.outputs.append(Part("error", Traceback(ename, evalue, traceback, folds=self.pane.folds)))

    def show(self, kind: OutputKind, bundle: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
        """Add a rich value."""
        self._clear_if_due()
        self.outputs.append(part_of(kind, bundle, metadata or {}, self.pane))

    def clear(self, wait: bool) -> None:
        """Clear the output, now or when more comes."""
        if wait:
            self.clears = True
        else:
            self._forget_outputs()

    def end(self) -> None:
        """Take in that no stream goes on: what waits for the rest of an escape sequence is shown."""
        for part in self.outputs:
            if isinstance(part.body, LineStore):
                part.body.end()
                part.grown(self.pane)

    def _clear_if_due(self) -> None:
        if self.clears:
            self._forget_outputs()
            self.clears = False

    def _forget_outputs(self) -> None:
        for part in self.outputs:
            part.is_shown = False
        self.outputs.clear()
        self.parts_changed()

    def set_source(self, source: tuple[str, ...], code: str) -> None:
        """Have it be another source than was submitted."""
        self.source, self.code = source, code
        self._source = Part("source", Source(source))
        self._source.grown(self.pane)
        self.parts_changed()


@dataclass(slots=True)
class Notice:
    """Something that happened to the session, as a rule across the pane; its details are folded away at first."""

    text: str
    alarming: bool = False
    details: tuple[str, ...] = ()
    is_open: bool = False
    _part: Part | None = None

    @property
    def height(self) -> int:
        """A rule is one line; each detail has one, if they are shown."""
        return 1 + (len(self.details) if self.is_open else 0)

    @property
    def unsaid(self) -> tuple[str, ...]:
        """The details but for what the rule says where it is not cut at the edge of a pane."""
        return tuple(line for line in self.details if not line or line not in self.text)

    def line(self, index: int) -> tuple[LineKind, str]:
        """Return the rule, or one of the details."""
        return ("notice", self.text) if index == 0 else ("detail", self.details[index - 1])

    def wraps(self, index: int) -> bool:
        """Whether a line is broken at the pane's edge."""
        return True

    @property
    def parts(self) -> list[Part]:
        """All its lines as a part, to be searched."""
        if self._part is None:
            self._part = Part("page", Source((self.text, *self.details)), is_open=True)
        return [self._part]

    def target(self, index: int) -> Target | None:
        """Return the details, if there are any."""
        return _DETAILS if self.details else None

    def toggle(self, index: int, fold: Fold) -> None:
        """Show the details, or fold them away."""
        self.is_open = not self.is_open


class Transcript:
    """All cells and notices of a session."""

    def __init__(self, pane: Pane | None = None) -> None:
        self.pane = pane or Pane()
        self.items: list[Cell | Notice] = []
        self.version = 0
        self.models = Models()
        # the clients that submitted cells, by the names that they signed with, in the order in which they came
        self.senders: dict[str, list[str]] = {}
        self._cells: dict[str, Cell] = {}
        self._hidden: set[str] = set()
        self._displays: dict[str, list[tuple[Cell, Part]]] = {}
        self._views: dict[str, list[tuple[Cell, Part]]] = {}

    def __len__(self) -> int:
        """How many items there are."""
        return len(self.items)

    def cell(self, msg_id: str) -> Cell | None:
        """Return the cell of a request."""
        return self._cells.get(msg_id)

    def cells(self) -> Iterator[Cell]:
        """Yield all cells in the order of their submission."""
        return iter(self._cells.values())

    def changed(self) -> None:
        """Say that something in it changed."""
        self.version += 1

    def add_cell(self, msg_id: str, source: str, time: float, by: str = "", origin: Origin | None = None) -> Cell:
        """Add a submitted cell at the end."""
        cell = Cell(msg_id, _lines(source), time, source, by, self.pane, origin)
        self._cells[msg_id] = cell
        clients = self.senders.setdefault(by, [])
        if (client := client_of(msg_id)) not in clients:
            clients.append(client)
        self.items.append(cell)
        return cell

    def hide(self, msg_id: str) -> None:
        """Take in that a request is not to be shown as a cell."""
        self._hidden.add(msg_id)

    def hides(self, msg_id: str) -> bool:
        """Whether a request is not to be shown as a cell."""
        return msg_id in self._hidden

    def edit_cell(self, msg_id: str, source: str) -> None:
        """Give a cell that waits other source."""
        cell = self._cells.get(msg_id)
        if cell is not None:
            cell.set_source(_lines(source), source)

    def drop_cell(self, msg_id: str) -> None:
        """Take in that a cell will not run, and that nobody wants it to."""
        cell = self._cells.get(msg_id)
        if cell is not None:
            cell.dropped = "waiting" if cell.state == "queued" else "skipped"

    def add_notice(
        self, text: str, *, alarming: bool = False, details: tuple[str, ...] = (), is_open: bool = False
    ) -> None:
        """Add a rule at the end, but above the cells that still wait: they run after it."""
        notice = Notice(sanitise(text), alarming, tuple(sanitise(line) for line in details), is_open)
        self.items.insert(self._first_queued(), notice)

    def _first_queued(self) -> int:
        """Return where the cells at the end begin that wait."""
        index = len(self.items)
        while index and isinstance(item := self.items[index - 1], Cell) and item.state == "queued":
            index -= 1
        return index

    def order_queued(self, order: Sequence[str]) -> None:
        """Put the cells that wait in the order in which they will run."""
        first = self._first_queued()
        places = {msg_id: place for place, msg_id in enumerate(order)}
        self.items[first:] = sorted(
            self.items[first:], key=lambda item: places.get(item.msg_id, -1) if isinstance(item, Cell) else -1
        )

    def settle_alarms(self) -> None:
        """Take the keys off the rules above: they are of no use any more."""
        for item in self.items:
            if isinstance(item, Notice) and item.alarming:
                item.text = item.text.partition(" · ")[0]

    def last_notice_with_details(self) -> Notice | None:
        """Return the newest rule about something that went wrong which has something folded away."""
        found = (item for item in reversed(self.items) if isinstance(item, Notice) and item.alarming)
        return next((item for item in found if item.details), None)

    def show(self, cell: Cell, kind: OutputKind, bundle: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Add a rich value to a cell; a view of a widget model follows its model."""
        cell.show(kind, bundle, metadata)
        self._follow(cell, cell.outputs[-1], bundle)

    def keep_display(self, display_id: str, cell: Cell) -> None:
        """KeepPanes that a cell's last output is to change when the display is updated."""
        shown = [(owner, part) for owner, part in self._displays.get(display_id, ()) if part.is_shown]
        self._displays[display_id] = [*shown, (cell, cell.outputs[-1])]

    def update_display(self, display_id: str, bundle: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Show a new value wherever the display is shown."""
        shown = [(cell, part) for cell, part in self._displays.get(display_id, ()) if part.is_shown]
        self._displays[display_id] = shown
        for cell, part in shown:
            fill(part, bundle, metadata, self.pane)
            cell.parts_changed()
            self._follow(cell, part, bundle)

    def update_views(self) -> None:
        """Show what the widget models have become, wherever they are shown."""
        for model_id in self.models.take_changed():
            shown = self._shown_views(model_id)
            text = self.models.text(model_id) if shown else ""
            for cell, part in shown:
                show_text(part, text, self.pane)
                cell.parts_changed()

    def _follow(self, cell: Cell, part: Part, bundle: dict[str, Any]) -> None:
        """Have an output show the model that its value is a view of, if that is known."""
        model_id = model_of(bundle)
        if model_id not in self.models:
            part.model_id = ""
            return
        if model_id != part.model_id:
            part.model_id = model_id
            self._views[model_id] = [*self._shown_views(model_id), (cell, part)]
        self.models.touch(model_id)

    def _shown_views(self, model_id: str) -> list[tuple[Cell, Part]]:
        """Return where a model is shown, and forget where it was."""
        views = self._views.pop(model_id, ())
        shown = [(cell, part) for cell, part in views if part.is_shown and part.model_id == model_id]
        if shown:
            self._views[model_id] = shown
        return shown

    def lose_results(self) -> None:
        """Mark what ran as of a kernel that is gone; what the next one says of itself does not belong to its cells."""
        self._cells.pop("", None)
        for cell in self._cells.values():
            if cell.state in ("done", "error"):
                cell.state = "lost"
            elif cell.state == "skipped":
                # nobody is told for ever that it could be run
                cell.dropped = cell.dropped or "skipped"


_STREAMS = ("stdout", "stderr")


def client_of(msg_id: str) -> str:
    """Return what the identifiers of one client's requests begin with."""
    return msg_id.partition("_")[0]


def _lines(source: str) -> tuple[str, ...]:
    return tuple(sanitise(line) for line in source.expandtabs(4).split("\n"))
