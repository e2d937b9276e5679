"""What other clients run in a kernel that is not ours alone, recorded so that it reads like cells of our own."""

from dataclasses import dataclass
from typing import Any, Final

from kernel.protocol.messages import Error, ExecuteReply, Status, Submitted, decode, parse
from kernel.protocol.wire import Author
from kernel.supervisor.broker_parents import Parent
from kernel.supervisor.publisher import Publisher

# cells of others whose beginning was seen and whose end was not: their kernel forgot to tell it
_OPEN: Final = 100


@dataclass(slots=True, eq=False)
class _Other:
    """A cell: the first header that came for it, that it began, its code once that is known, and its error."""

    raw: bytes
    busy: list[bytes] | None
    code: str | None = None
    count: int = 0
    error: Error | None = None


class Others:
    """The cells of others that run; their replies go to others, and are made up from what is published."""

    def __init__(self, publisher: Publisher, author: Author) -> None:
        self._publisher = publisher
        self._author = author
        self._open: dict[str, _Other] = {}

    @property
    def running(self) -> bool:
        """Whether one runs."""
        return bool(self._open)

    @property
    def code(self) -> str:
        """The code of the one that runs, as far as it is known."""
        return next((other.code for other in self._open.values() if other.code is not None), "")

    def header_of(self, parent: Parent) -> bytes:
        """Return the header under which the messages of a cell are recorded."""
        other = self._open.get(parent.msg_id)
        return other.raw if other is not None else parent.raw

    def status(self, state: str, parent: Parent, parts: list[bytes]) -> None:
        """Take in that a cell of another client has begun or ended."""
        if parent.msg_type != "execute_request":
            return
        if state == "busy":
            self._open.setdefault(parent.msg_id, _Other(parent.raw, parts))
            if len(self._open) > _OPEN:
                self._end(self._open.pop(next(iter(self._open))), None)
        elif state == "idle" and parent.msg_id in self._open:
            self._end(self._open.pop(parent.msg_id), parts)

    def saw(self, msg_type: str, content: dict[str, Any], parent: Parent) -> None:
        """Look at what another client's cell publishes, before that is recorded.  Raises RemoteProtocolError."""
        if msg_type == "execute_input":
            code, count = content.get("code"), content.get("execution_count")
            other = self._open.setdefault(parent.msg_id, _Other(parent.raw, None))
            other.count = count if isinstance(count, int) else 0
            if other.code is None and isinstance(code, str):
                other.code = code
                self._begin(other, code)
        elif msg_type == "error" and parent.msg_id in self._open:
            error = parse("error", content)
            assert isinstance(error, Error)
            self._open[parent.msg_id].error = error

    def _begin(self, other: _Other, code: str) -> None:
        self._publisher.record("submitted", Submitted(code), other.raw)
        parts = other.busy or self._author.parts("status", Status("busy"), other.raw)[1]
        self._publisher.record_parts(b"iopub", parts, "cell_begun")

    def _end(self, other: _Other, parts: list[bytes] | None, reason: str = "") -> None:
        if other.code is None:
            # silent, or begun before there was anybody to see it
            return
        reply = ExecuteReply("ok", other.count)
        error = other.error or (Error("DeadKernelError", reason, [reason]) if reason else None)
        if error is not None:
            reply = ExecuteReply("error", other.count, None, None, error.ename, error.evalue, error.traceback)
        self._publisher.record_parts(b"shell", self._author.parts("execute_reply", reply, other.raw)[1])
        parts = parts or self._author.parts("status", Status("idle"), other.raw)[1]
        self._publisher.record_parts(b"iopub", parts, "cell_ended")

    def fail(self, reason: str) -> None:
        """Take in that the kernel is gone, and with it what ran."""
        left, self._open = self._open, {}
        for other in left.values():
            self._end(other, None, reason)


def state_of(raw_content: bytes) -> str:
    """Return what a status says.  Raises RemoteProtocolError."""
    return str(decode(raw_content).get("execution_state", ""))
