"""A transcript as plain text, printed as records come: what is printed is forgotten, however long the session is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from curses_client.events import Record
from curses_client.outputs import Pane, Part
from curses_client.session import begin_behind, fold, missed, missing
from curses_client.state import SessionView
from curses_client.text.ansi import ESC, plain
from curses_client.text.width import cut
from curses_client.transcript import Cell, Notice, Transcript
from kernel.protocol.messages import RecordsLost

# items after which a transcript that is printed as a whole makes room for a new one
_ITEMS: Final = 200
# cells whose numbers are remembered for what they print later
_COUNTS: Final = 2000
_RESET: Final = "\x1b[0m\x1b]8;;\x1b\\"
_UNENDED: Final = {"queued": "waits", "running": "runs"}
_OVER: Final = {"queued": "not run", "running": "had not ended"}
_SKIPPED: Final = "── not run ──"


@dataclass(slots=True)
class _Place:
    """How far the cell that is being printed is printed: the output, and how many lines of it."""

    cell: Cell
    output: Part | None = None
    lines: int = 0


class Printout:
    """Prints cells when they have ended or, `live`, as far as they are; on a terminal with colours.

    What changes after it was printed, such as a display of an earlier cell, is not printed again.
    """

    def __init__(
        self, write: Callable[[str], object], *, live: bool = False, colours: bool = False, cols: int | None = None
    ) -> None:
        """Print with `write`; `cols` are those of the terminal, on which lines without an end are shown already."""
        self._write = write
        self._live = live
        self._colours = colours
        self._cols = cols
        self._view = SessionView()
        self._transcript = Transcript(Pane(folds=False))
        # items of the transcript that are printed
        self._printed = 0
        self._place: _Place | None = None
        self._counts: dict[str, int | None] = {}
        self._last = 0
        self._is_first = True
        # whether the terminal shows a line that may still change
        self._is_open = False

    @property
    def has_ended(self) -> bool:
        """Whether the session said that it ended."""
        return self._view.state == "ended"

    def begin(self, first: int, preface: Sequence[Record]) -> None:
        """Say what is missing in front of the first record."""
        if first > 1:
            self._view = begin_behind(self._transcript, first - 1, preface)
            self._last = first - 1

    def take(self, records: Sequence[Record]) -> None:
        """Take in records and print what is final."""
        start = 0
        for index, record in enumerate(records):
            count = record.seq - self._last - 1
            # the record that stands in the place of others says so itself
            if count > 0 and not isinstance(record.content, RecordsLost):
                self._fold(records[start:index])
                start = index
                missed(self._view, self._transcript, missing(count))
            self._last = max(record.seq, self._last)
        self._fold(records[start:])
        self._print(records)

    def end(self, words: str = "", *, is_known: bool = True) -> None:
        """Print what has not ended, and why there is nothing more; `is_known`: nothing came after that."""
        states = (_OVER if words else _UNENDED) if is_known else {}
        for item in self._transcript.items[self._printed :]:
            self._print_item(item)
            if isinstance(item, Cell) and (word := states.get(item.state)):
                self._line(f"── {word} ──")
        self._printed = len(self._transcript.items)
        if words:
            self._rule(words)
        self._close_line()

    # ---- records -----------------------------------------------------------------------------------------

    def _fold(self, records: Sequence[Record]) -> None:
        if records:
            self._view = fold(self._view, self._transcript, records)

    def _print(self, records: Sequence[Record]) -> None:
        self._print_later({record.parent for record in records})
        items = self._transcript.items
        while self._printed < len(items):
            item = items[self._printed]
            if isinstance(item, Cell) and item.state in ("queued", "running"):
                break
            self._print_item(item)
            if isinstance(item, Cell) and item.state == "skipped":
                self._line(_SKIPPED)
            self._printed += 1
        if self._live and self._printed < len(items):
            item = items[self._printed]
            if isinstance(item, Cell) and item.count is not None:
                self._print_cell(item, is_final=False)
        if self._printed == len(items) > _ITEMS:
            models = self._transcript.models
            self._transcript = Transcript(Pane(folds=False))
            # widgets live on in the kernel
            self._transcript.models = models
            self._printed = 0

    def _print_later(self, parents: set[str]) -> None:
        """Print what cells printed after they were."""
        for parent in parents:
            cell = self._transcript.cell(parent)
            if cell is None or not cell.outputs or self._is_unprinted(cell):
                continue
            count = cell.count if cell.source else self._counts.get(parent)
            if count is not None:
                self._rule(f"cell {count}, later")
            self._print_outputs(_Place(cell), is_final=True)
            cell.clear(wait=False)

    def _is_unprinted(self, cell: Cell) -> bool:
        return any(cell is item for item in self._transcript.items[self._printed :])

    # ---- items -------------------------------------------------------------------------------------------

    def _print_item(self, item: Cell | Notice) -> None:
        if isinstance(item, Notice):
            # the keys behind the dot are for the screen
            self._rule(item.text.partition(" · ")[0])
            for line in item.unsaid:
                self._line(line)
            return
        self._print_cell(item, is_final=True)
        self._place = None
        if item.source:
            self._remember(item)
        item.clear(wait=False)

    def _remember(self, cell: Cell) -> None:
        self._counts[cell.msg_id] = cell.count
        if len(self._counts) > _COUNTS:
            del self._counts[next(iter(self._counts))]

    def _print_cell(self, cell: Cell, *, is_final: bool) -> None:
        if self._place is None or self._place.cell is not cell:
            self._place = _Place(cell)
            self._print_source(cell)
        self._print_outputs(self._place, is_final=is_final)
        if is_final and cell.prompt is not None:
            self._line(cell.prompt.text)

    def _print_source(self, cell: Cell) -> None:
        if not cell.source:
            count = self._counts.get(cell.msg_id)
            if count is not None:
                self._rule(f"cell {count}, later")
            return
        prompt = f"In [{cell.count if cell.count is not None else ' '}]: "
        self._gap()
        for number, line in enumerate(cell.source):
            # as IPython continues its prompt
            self._line(((prompt if not number else "...: ".rjust(len(prompt))) + line).rstrip())

    def _print_outputs(self, place: _Place, *, is_final: bool) -> None:
        outputs = place.cell.outputs
        index = next((index for index, output in enumerate(outputs) if output is place.output), None)
        if index is None:
            # nothing of it yet, or what was printed was cleared
            index, place.lines = 0, 0
        for output in outputs[index:]:
            if output is not place.output:
                place.output, place.lines = output, 0
            is_open = not is_final and output is outputs[-1] and output.body.ends_open
            length = len(output.body) - is_open
            self._print_lines(output, place, length)
            if is_open:
                self._show_open(output.body.line(length))

    def _print_lines(self, output: Part, place: _Place, length: int) -> None:
        lines = output.body.slice(place.lines, length)
        if output.kind == "result" and not place.lines and lines:
            label = f"Out[{place.cell.count}]:" if place.cell.count is not None else "Out:"
            lines = [f"{label} {lines[0]}"] if len(lines) == 1 else [label, *lines]
        if lines:
            self._write_lines(lines)
        place.lines = max(place.lines, length)

    # ---- lines -------------------------------------------------------------------------------------------

    def _gap(self) -> None:
        """Leave a blank line between items."""
        if not self._is_first:
            self._line("")
        self._is_first = False

    def _rule(self, text: str) -> None:
        self._gap()
        self._line(f"── {text} ──")

    def _line(self, line: str) -> None:
        self._write_lines([line])

    def _write_lines(self, lines: Sequence[str]) -> None:
        self._rewind()
        self._write("".join(f"{self._shown(line)}\n" for line in lines))

    def _shown(self, line: str) -> str:
        if ESC not in line:
            return line
        return line + _RESET if self._colours else plain(line)

    def _show_open(self, line: str) -> None:
        """Show a line that may still change, such as a progress bar, on a terminal."""
        if self._cols is not None:
            self._rewind()
            self._write(cut(plain(line), max(self._cols - 1, 0))[0])
            self._is_open = True

    def _rewind(self) -> None:
        """Take back a line that may have changed."""
        if self._is_open:
            self._write("\r\x1b[K")
            self._is_open = False

    def _close_line(self) -> None:
        if self._is_open:
            self._write("\n")
            self._is_open = False
