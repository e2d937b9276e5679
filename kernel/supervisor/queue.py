"""The cells that wait for the worker, and the one that runs."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.messages import CommClose, CommMsg, CommOpen, ExecuteRequest, decode, encode
from kernel.protocol.wire import Message

Request = ExecuteRequest | CommOpen | CommMsg | CommClose


@dataclass(frozen=True, slots=True)
class Cell:
    """A request that runs user code, and how it came: a cell's, or a message of a comm, which has no reply."""

    message: Message
    request: Request

    @property
    def code(self) -> str | None:
        """The code; None for a message of a comm."""
        return self.request.code if isinstance(self.request, ExecuteRequest) else None

    @property
    def stops_on_error(self) -> bool:
        """Whether an error in it aborts what waits."""
        request = self.request
        return isinstance(request, ExecuteRequest) and request.stop_on_error and not request.silent

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

    def take_comm(self) -> Cell | None:
        """Take out a message of a comm that is the next to be handled."""
        if self._waiting and self._waiting[0].code is None:
            return self._waiting.popleft()
        return None

    def put_back(self, cell: Cell) -> None:
        """Let a cell that was started and did not run be the next one again."""
        self._waiting.appendleft(cell)

    def abort(self) -> Iterator[Cell]:
        """Take out all cells that wait; messages of comms stay."""
        waiting, self._waiting = self._waiting, deque()
        for cell in waiting:
            if cell.code is None:
                self._waiting.append(cell)
            else:
                yield cell

    def order(self) -> list[str]:
        """Return the identifiers of the cells that wait, the next one first."""
        return [cell.msg_id for cell in self._waiting if cell.code is not None]

    def _find(self, msg_id: str | None) -> int | None:
        """Return the place of a cell that waits."""
        places = (index for index, cell in enumerate(self._waiting) if cell.msg_id == msg_id and cell.code is not None)
        return next(places, None)

    def drop(self, msg_id: str) -> Cell | None:
        """Take one waiting cell out; None if it does not wait (any more)."""
        place = self._find(msg_id)
        if place is None:
            return None
        cell = self._waiting[place]
        del self._waiting[place]
        return cell

    def move(self, msg_id: str, before: str | None) -> bool:
        """Put a waiting cell before another one, or last; return whether both wait."""
        if before is not None and self._find(before) is None:
            return False
        if msg_id == before:
            return True
        cell = self.drop(msg_id)
        if cell is None:
            return False
        place = self._find(before)
        self._waiting.insert(len(self._waiting) if place is None else place, cell)
        return True

    def edit(self, msg_id: str, code: str) -> Cell | None:
        """Give a waiting cell other code; return it, or None if it does not wait (any more)."""
        place = self._find(msg_id)
        if place is None:
            return None
        cell = self._waiting[place]
        assert isinstance(cell.request, ExecuteRequest)
        request = replace(cell.request, code=code)
        message = replace(cell.message, raw_content=encode(request.as_dict()))
        edited = self._waiting[place] = Cell(message, request)
        return edited

    def resize(self, session: str, columns: int) -> None:
        """Let the waiting cells of a client have another width than it said with them."""
        for place, cell in enumerate(self._waiting):
            if cell.message.header.session == session:
                self._waiting[place] = replace(cell, message=_resized(cell.message, columns))


def _resized(message: Message, columns: int) -> Message:
    """Return a request with another width in its metadata, ``{"cshell": {"columns": ...}}``, if it has one."""
    metadata = _metadata(message)
    own = metadata.get("cshell")
    if not isinstance(own, dict) or "columns" not in own:
        return message
    return replace(message, raw_metadata=encode(metadata | {"cshell": own | {"columns": columns}}))


def without_history(cell: Cell) -> Cell:
    """Return a cell of our client that begins with a space as one that the kernel is not to store.

    The protocol knows no other way to keep it out of a kernel's history (specification: store_history); the count
    then stays as it is.  Our own kernel needs no telling.
    """
    request = cell.request
    if not isinstance(request, ExecuteRequest) or not request.code.startswith(" "):
        return cell
    if "cshell" not in _metadata(cell.message):
        return cell
    request = replace(request, store_history=False)
    return Cell(replace(cell.message, raw_content=encode(request.as_dict())), request)


def _metadata(message: Message) -> dict[str, Any]:
    try:
        return decode(message.raw_metadata)
    except RemoteProtocolError:
        return {}
