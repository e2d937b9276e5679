"""The cells that wait for the worker, and the one that runs."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from kernel.protocol.messages import ExecuteRequest
from kernel.protocol.wire import Message


@dataclass(frozen=True, slots=True)
class Cell:
    """An execute request and how it came."""

    message: Message
    request: ExecuteRequest

    @property
    def msg_id(self) -> str:
        """The identifier of its request."""
        return self.message.header.msg_id


class Queue:
    """First in, first out; an error may abort what waits behind it (specification: stop_on_error)."""

    def __init__(self) -> None:
        self._waiting: deque[Cell] = deque()
        self.running: Cell | None = None

    def __len__(self) -> int:
        """How many cells wait."""
        return len(self._waiting)

    def add(self, cell: Cell) -> None:
        """Let a cell wait."""
        self._waiting.append(cell)

    def start(self) -> Cell | None:
        """Take the next cell out to be run; None while one runs or none waits."""
        if self.running is not None or not self._waiting:
            return None
        self.running = self._waiting.popleft()
        return self.running

    def finish(self) -> Cell | None:
        """Return the cell that ran; nothing runs then."""
        cell, self.running = self.running, None
        return cell

    def abort(self) -> Iterator[Cell]:
        """Take out everything that waits."""
        while self._waiting:
            yield self._waiting.popleft()

    def drop(self, msg_id: str) -> Cell | None:
        """Take one waiting cell out; None if it does not wait (any more)."""
        for cell in self._waiting:
            if cell.msg_id == msg_id:
                self._waiting.remove(cell)
                return cell
        return None
