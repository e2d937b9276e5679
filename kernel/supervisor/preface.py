"""What a client that does not read a journal from its beginning has to know: the session, and the cells under way."""

from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Final

from kernel.protocol.reading import SESSION_KINDS

# of these all matter as long as their cell has not ended
_CELL: Final = frozenset({"submitted", "cell_edited", "cell_begun", "execute_input", "input_wanted"})
_ENDED: Final = "cell_ended"
_ANSWERED: Final = "input_done"


@dataclass(slots=True)
class _Open:
    """A cell that has not ended: its records (number, message type, line), and which of those begun it is."""

    records: list[tuple[int, str, bytes]] = field(default_factory=list)
    index: int | None = None


class Preface:
    """Notes records as they are written; they are few, and small but for the code of the cells under way."""

    def __init__(self) -> None:
        self._session: dict[str, tuple[int, bytes]] = {}
        # by the header of their request
        self._open: dict[bytes, _Open] = {}
        # the numbers of all `execute_input`: who begins to read in the middle of a cell's output wants to see the cell
        self._begun = array("Q")
        # where each of these cells ended, 0 as long as it has not
        self._ended = array("Q")

    def note(self, kind: str, number: int, line: bytes, parent: bytes) -> None:
        """Take in a record: its message type, or that a cell began or ended."""
        if kind in SESSION_KINDS:
            self._session[kind] = number, line
        elif kind in _CELL:
            self._open.setdefault(parent, _Open()).records.append((number, kind, line))
            if kind == "execute_input":
                self._open[parent].index = len(self._begun)
                self._begun.append(number)
                self._ended.append(0)
        elif kind == _ENDED:
            cell = self._open.pop(parent, None)
            if cell is not None and cell.index is not None:
                self._ended[cell.index] = number
        elif kind == _ANSWERED and parent in self._open:
            records = self._open[parent].records
            records[:] = [record for record in records if record[1] != "input_wanted"]

    def lines(self, after: int) -> dict[int, bytes]:
        """Return the records up to `after` that matter behind it, by their numbers."""
        found = dict(self._session.values())
        for cell in self._open.values():
            found.update((number, line) for number, _, line in cell.records)
        return {number: line for number, line in found.items() if number <= after}

    def begun_before(self, after: int) -> int:
        """Return the number of the last `execute_input` up to `after`; 0 if there is none, or its cell ended before."""
        index = bisect_right(self._begun, after)
        if not index or 0 < self._ended[index - 1] <= after:
            return 0
        return self._begun[index - 1]
