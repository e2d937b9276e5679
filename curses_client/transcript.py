"""The transcript: cells with their source and output, and notices between them, in the order of submission.

It is the one large thing that a state is not copied with: it grows in place, and `version` says that it did.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from curses_client.bundle import model_of, text_of
from curses_client.models import Models
from curses_client.text.ansi import sanitise
from curses_client.text.lines import LineStore

CellState = Literal["queued", "running", "done", "error", "skipped", "lost"]
OutputKind = Literal["stdout", "stderr", "result", "display", "error", "page"]
LineKind = Literal["source", "stdout", "stderr", "result", "display", "error", "page", "input", "notice", "detail"]


@dataclass(slots=True)
class Output:
    """A run of output of one kind."""

    kind: OutputKind
    store: LineStore = field(default_factory=LineStore)
    # not any more when it was cleared
    is_shown: bool = True
    # the widget model whose text it shows
    model_id: str = ""


@dataclass(slots=True)
class Prompt:
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
    count: int | None = None
    state: CellState = "queued"
    started: float | None = None
    finished: float | None = None
    outputs: list[Output] = field(default_factory=list)
    prompt: Prompt | None = None
    # the output is cleared when the next one comes (specification: clear_output)
    clears: bool = False
    # the line at which each output begins, but for those that were added since they were asked for
    _starts: list[int] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether it ended with an error, also one of a kernel that is gone."""
        return self.state == "error" or any(output.kind == "error" for output in self.outputs)

    @property
    def height(self) -> int:
        """How many lines it has, source and output."""
        starts = self._output_starts()
        lines = starts[-1] + len(self.outputs[-1].store) if starts else 0
        return len(self.source) + lines + (self.prompt is not None)

    def _output_starts(self) -> list[int]:
        """Return where each output begins: only the last one grows, so the ones before are counted once."""
        starts = self._starts
        while len(starts) < len(self.outputs):
            starts.append(starts[-1] + len(self.outputs[len(starts) - 1].store) if starts else 0)
        return starts

    def outputs_changed(self) -> None:
        """Take in that other outputs than the last one have changed."""
        self._starts.clear()

    def line(self, index: int) -> tuple[LineKind, str]:
        """Return a line and what it is; lines of output may hold colours (`curses_client.text.ansi`)."""
        if index < len(self.source):
            return "source", self.source[index]
        index -= len(self.source)
        starts = self._output_starts()
        number = bisect_right(starts, index) - 1
        if number >= 0:
            output = self.outputs[number]
            if index - starts[number] < len(output.store):
                return output.kind, output.store.line(index - starts[number])
        assert self.prompt is not None
        return "input", self.prompt.text

    def write(self, kind: OutputKind, text: str) -> None:
        """Add output; text of one stream goes on where it ended."""
        self._clear_if_due()
        last = self.outputs[-1] if self.outputs else None
        if last is None or last.kind != kind or kind not in ("stdout", "stderr"):
            last = Output(kind)
            self.outputs.append(last)
        last.store.feed(text)

    def show(self, kind: OutputKind, bundle: dict[str, Any]) -> None:
        """Add a rich value."""
        self._clear_if_due()
        output = Output(kind)
        output.store.feed(text_of(bundle))
        self.outputs.append(output)

    def clear(self, wait: bool) -> None:
        """Clear the output, now or when more comes."""
        if wait:
            self.clears = True
        else:
            self._forget_outputs()

    def _clear_if_due(self) -> None:
        if self.clears:
            self._forget_outputs()
            self.clears = False

    def _forget_outputs(self) -> None:
        for output in self.outputs:
            output.is_shown = False
        self.outputs.clear()
        self.outputs_changed()


@dataclass(slots=True)
class Notice:
    """Something that happened to the session, as a rule across the pane; its details are folded away at first."""

    text: str
    alarming: bool = False
    details: tuple[str, ...] = ()
    is_open: bool = False

    @property
    def height(self) -> int:
        """A rule is one line; each detail has one, if they are shown."""
        return 1 + (len(self.details) if self.is_open else 0)

    def line(self, index: int) -> tuple[LineKind, str]:
        """Return the rule, or one of the details."""
        return ("notice", self.text) if index == 0 else ("detail", self.details[index - 1])


class Transcript:
    """All cells and notices of a session."""

    def __init__(self) -> None:
        self.items: list[Cell | Notice] = []
        self.version = 0
        self.models = Models()
        self._cells: dict[str, Cell] = {}
        self._hidden: set[str] = set()
        self._displays: dict[str, list[tuple[Cell, Output]]] = {}
        self._views: dict[str, list[tuple[Cell, Output]]] = {}

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

    def add_cell(self, msg_id: str, source: str, time: float, by: str = "") -> Cell:
        """Add a submitted cell at the end."""
        cell = Cell(msg_id, _lines(source), time, source, by)
        self._cells[msg_id] = cell
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
            cell.source, cell.code = _lines(source), source

    def add_notice(self, text: str, *, alarming: bool = False, details: tuple[str, ...] = ()) -> None:
        """Add a rule at the end, but above the cells that still wait: they run after it."""
        notice = Notice(sanitise(text), alarming, tuple(sanitise(line) for line in details))
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

    def last_notice_with_details(self) -> Notice | None:
        """Return the newest rule that has something folded away."""
        return next((item for item in reversed(self.items) if isinstance(item, Notice) and item.details), None)

    def show(self, cell: Cell, kind: OutputKind, bundle: dict[str, Any]) -> None:
        """Add a rich value to a cell; a view of a widget model follows its model."""
        cell.show(kind, bundle)
        self._follow(cell, cell.outputs[-1], bundle)

    def keep_display(self, display_id: str, cell: Cell) -> None:
        """Remember that a cell's last output is to change when the display is updated."""
        shown = [(owner, output) for owner, output in self._displays.get(display_id, ()) if output.is_shown]
        self._displays[display_id] = [*shown, (cell, cell.outputs[-1])]

    def update_display(self, display_id: str, bundle: dict[str, Any]) -> None:
        """Show a new value wherever the display is shown."""
        shown = [(cell, output) for cell, output in self._displays.get(display_id, ()) if output.is_shown]
        self._displays[display_id] = shown
        for cell, output in shown:
            output.store = LineStore()
            output.store.feed(text_of(bundle))
            cell.outputs_changed()
            self._follow(cell, output, bundle)

    def update_views(self) -> None:
        """Show what the widget models have become, wherever they are shown."""
        for model_id in self.models.take_changed():
            shown = self._shown_views(model_id)
            text = self.models.text(model_id) if shown else ""
            for cell, output in shown:
                output.store = LineStore()
                output.store.feed(text)
                cell.outputs_changed()

    def _follow(self, cell: Cell, output: Output, bundle: dict[str, Any]) -> None:
        """Have an output show the model that its value is a view of, if that is known."""
        model_id = model_of(bundle)
        if model_id not in self.models:
            output.model_id = ""
            return
        if model_id != output.model_id:
            output.model_id = model_id
            self._views[model_id] = [*self._shown_views(model_id), (cell, output)]
        self.models.touch(model_id)

    def _shown_views(self, model_id: str) -> list[tuple[Cell, Output]]:
        """Return where a model is shown, and forget where it was."""
        views = self._views.pop(model_id, ())
        shown = [(cell, output) for cell, output in views if output.is_shown and output.model_id == model_id]
        if shown:
            self._views[model_id] = shown
        return shown

    def lose_results(self) -> None:
        """Mark what ran as of a kernel that is gone."""
        for cell in self._cells.values():
            if cell.state in ("done", "error"):
                cell.state = "lost"


def _lines(source: str) -> tuple[str, ...]:
    return tuple(sanitise(line) for line in source.expandtabs(4).split("\n"))
