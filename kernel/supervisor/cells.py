"""The cells of a session, whatever kernel runs them: what waits, in which order, and the words for what did not run."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from kernel.protocol.messages import (
    CellEdited,
    CellsDropped,
    Content,
    DropRequest,
    EditRequest,
    Error,
    ExecuteReply,
    ExecuteRequest,
    Header,
    MoveRequest,
    OkReply,
    QueueOrdered,
    Status,
    Submitted,
    decode,
    encode,
)
from kernel.protocol.wire import Message, new_id
from kernel.supervisor.publisher import Publisher
from kernel.supervisor.queue import Cell, Queue

# characters of a cell that a list of sessions shows at most
_SHOWN: Final = 200
# what is asked about cells that wait
QueueRequest = DropRequest | MoveRequest | EditRequest


class Cells:
    """The queue, and what is recorded and answered about the cells in it."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self.queue = Queue()
        # the kernel's execution counter, for the replies that are given in its place
        self.count = 0

    def submitted(self, message: Message, request: ExecuteRequest) -> Cell:
        """Record that a client wants code to run; return the cell, which is in no queue yet."""
        file, line = _origin(message)
        content = Submitted(request.code, request.silent, request.store_history, file, line)
        self._publisher.record("submitted", content, message.raw_header)
        return Cell(message, request)

    def submitted_again(self, message: Message, codes: Sequence[str]) -> None:
        """Let code run before all that waits, in the name of the client that asked for it with `message`."""
        cells = []
        for code in codes:
            request = ExecuteRequest(code)
            cells.append(self.submitted(_request(message, request), request))
        for cell in reversed(cells):
            self.queue.put_back(cell)
        if len(self.queue) > len(cells):
            self._tell_order()

    def asked(self, message: Message, content: QueueRequest) -> None:
        """Drop, move or edit a cell that waits, and answer."""
        done: bool
        match content:
            case DropRequest(msg_id):
                done = self.queue.running is None or self.queue.running.msg_id != msg_id
                if done:
                    cell = self.queue.drop(msg_id)
                    self._publisher.record("cells_dropped", CellsDropped([msg_id]))
                    if cell is not None:
                        self.finish(cell, ExecuteReply("aborted"))
            case MoveRequest(msg_id, before):
                done = self.queue.move(msg_id, before)
                if done:
                    self._tell_order()
            case EditRequest(msg_id, code):
                cell = self.queue.edit(msg_id, code)
                if cell is not None:
                    self._publisher.record("cell_edited", CellEdited(code), cell.message.raw_header)
                done = cell is not None
        if done:
            msg_type = message.header.msg_type.replace("_request", "_reply")
            self._publisher.answer("control", message, msg_type, OkReply())
        else:
            self._publisher.refuse("control", message, "NotWaiting", "the cell does not wait any more")

    def _tell_order(self) -> None:
        self._publisher.record("queue_ordered", QueueOrdered(self.queue.order()))

    def finish(self, cell: Cell, reply: ExecuteReply) -> None:
        """Answer a cell that the kernel did not answer."""
        reply = replace(reply, execution_count=self.count)
        parts = self._publisher.reply("shell", cell.message, "execute_reply", reply)
        self._publisher.record_parts(b"shell", parts)
        self._publisher.publish("status", Status("idle"), cell.message.raw_header)

    def fail(self, cell: Cell, reason: str) -> None:
        """Say of a cell that its kernel is gone."""
        error = Error("DeadKernelError", reason, [f"DeadKernelError: {reason}"])
        self._publisher.publish("error", error, cell.message.raw_header)
        reply = ExecuteReply("error", ename=error.ename, evalue=error.evalue, traceback=error.traceback)
        self.finish(cell, reply)

    def abort(self, cells: Iterable[Cell] | None = None) -> None:
        """Answer cells that will not run: all that wait, or those given."""
        for cell in self.queue.abort() if cells is None else cells:
            self._publisher.publish("status", Status("busy"), cell.message.raw_header)
            self.finish(cell, ExecuteReply("aborted"))


def first_line(code: str | None) -> str:
    """Return what a list of sessions shows of a cell."""
    return (code or "").lstrip().partition("\n")[0][:_SHOWN]


def _origin(message: Message) -> tuple[str, int]:
    """Return the file and the line that a request came from, as its metadata say: ``{"cshell": {"file", "line"}}``."""
    if b'"file"' not in message.raw_metadata:
        return "", 0
    own = decode(message.raw_metadata).get("cshell")
    file, line = (own.get("file"), own.get("line")) if isinstance(own, dict) else ("", 0)
    return (file, line) if isinstance(file, str) and isinstance(line, int) else ("", 0)


def _request(message: Message, content: Content) -> Message:
    """Return an `execute_request` as the sender of another request would have sent it."""
    session = message.header.session
    header = Header(
        # clients know their own requests by how the identifiers begin
        msg_id=f"{session}_{new_id()}",
        msg_type="execute_request",
        session=session,
        username=message.header.username,
        date=datetime.now(UTC).isoformat(),
    )
    return replace(
        message,
        header=header,
        raw_header=encode(header.as_dict()),
        raw_content=encode(content.as_dict()),
        buffers=(),
        signature=b"",
    )
