"""Cells in the hands of somebody else's kernel: one has ended when its reply and `idle` have come, in either order."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.messages import ExecuteInput, ExecuteReply, ExecuteRequest, Status, decode, parse
from kernel.supervisor.cells import Cells
from kernel.supervisor.publisher import Publisher
from kernel.supervisor.queue import Cell

# seconds without a sound that are waited for `idle` behind a reply: a kernel may lose what it publishes
_IDLE_LATE: Final = 1.0
# and for a reply behind `idle`, without which nobody knows how the cell ended
_REPLY_LATE: Final = 5.0


@dataclass(slots=True, eq=False)
class Handed:
    """A cell that the kernel has; `begun` is whether it has said so, `numbered` whether it has said its number."""

    cell: Cell
    beside: bool = False
    begun: bool = False
    numbered: bool = False
    reply: list[bytes] | None = None
    idle: list[bytes] | None = None
    # when what is missing is not waited for any more (monotonic seconds)
    late: float | None = None

    @property
    def header(self) -> bytes:
        """The header of its request."""
        return self.cell.message.raw_header


class HandedCells:
    """The cell of the main shell, and those of clients' own subshells."""

    def __init__(self, publisher: Publisher, cells: Cells) -> None:
        self._publisher = publisher
        self._cells = cells
        self._handed: dict[str, Handed] = {}

    def add(self, cell: Cell, *, beside: bool = False) -> None:
        """Take in that the kernel was given a cell."""
        self._handed[cell.msg_id] = Handed(cell, beside)

    def of(self, msg_id: str) -> Handed | None:
        """Return the cell with this identifier."""
        return self._handed.get(msg_id)

    def clear(self) -> list[Handed]:
        """Take out all: their kernel is gone."""
        handed, self._handed = list(self._handed.values()), {}
        return handed

    def heard(self) -> None:
        """Take in that something was published: what is behind it has still to come."""
        for handed in self._handed.values():
            if handed.late is not None and handed.idle is None:
                handed.late = time.monotonic() + _IDLE_LATE

    def expect_no_more(self) -> None:
        """Take in that the kernel computes nothing: a cell that it did not answer will not be answered."""
        for handed in self._handed.values():
            if handed.late is None:
                handed.late = time.monotonic() + _IDLE_LATE

    @property
    def deadline(self) -> float | None:
        """When a cell is not waited for any more (monotonic seconds)."""
        return min((handed.late for handed in self._handed.values() if handed.late is not None), default=None)

    # ---- what the kernel says of a cell ------------------------------------------------------------------

    def busy(self, handed: Handed, parts: list[bytes] | None = None) -> None:
        """Take in that the kernel has begun it, perhaps without words."""
        if handed.begun:
            return
        handed.begun = True
        if parts is None:
            self._publisher.publish("status", Status("busy"), handed.header)
        else:
            self._publisher.record_parts(b"iopub", parts, "cell_begun")
            self._publisher.publish_parts("status", parts, record=False)

    def begin_all(self) -> None:
        """Say of the cells that a dead kernel had that they began: it may have died before it could tell."""
        for handed in self._handed.values():
            self.busy(handed)
            request = handed.cell.request
            if not handed.numbered and not handed.beside and isinstance(request, ExecuteRequest) and not request.silent:
                handed.numbered = True
                content = ExecuteInput(request.code, self._cells.count + 1)
                self._publisher.publish("execute_input", content, handed.header)

    def idle(self, handed: Handed, parts: list[bytes]) -> None:
        """Take in that it has no more output."""
        if handed.idle is None:
            handed.idle = parts
            handed.late = time.monotonic() + _REPLY_LATE

    def replied(self, handed: Handed, parts: list[bytes]) -> None:
        """Take in how it ended."""
        if handed.reply is None:
            handed.reply = parts
            handed.late = time.monotonic() + _IDLE_LATE

    def ended(self) -> Iterator[tuple[Handed, str]]:
        """Record and answer the cells that have ended; yield each with its status."""
        now = time.monotonic()
        for msg_id, handed in list(self._handed.items()):
            both = handed.reply is not None and handed.idle is not None
            if both or (handed.late is not None and now >= handed.late):
                del self._handed[msg_id]
                yield handed, self.finish(handed)

    def finish(self, handed: Handed) -> str:
        """Record and answer a cell as far as it is known how it ended; return its status."""
        self.busy(handed)
        cell = handed.cell
        if handed.reply is None:
            self._cells.fail(cell, "the kernel has not said how the cell ended")
            return "error"
        try:
            reply = parse("execute_reply", decode(handed.reply[3]))
            assert isinstance(reply, ExecuteReply)
        except RemoteProtocolError as error:
            self._cells.finish(
                cell, ExecuteReply("error", ename="RemoteProtocolError", evalue=str(error), traceback=[])
            )
            return "error"
        if reply.execution_count and not handed.beside:
            self._cells.count = reply.execution_count
        self._publisher.send("shell", cell.message.identities, handed.reply)
        self._publisher.record_parts(b"shell", handed.reply)
        if handed.idle is None:
            self._publisher.publish("status", Status("idle"), handed.header)
        else:
            self._publisher.record_parts(b"iopub", handed.idle, "cell_ended")
            self._publisher.publish_parts("status", handed.idle, record=False)
        # one that had begun was interrupted, whatever the kernel calls that
        return "error" if handed.numbered and reply.status != "ok" else reply.status
