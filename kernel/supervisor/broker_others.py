"""What other clients run in a kernel that is not ours alone, recorded so that it reads like cells of our own."""

import time
from dataclasses import dataclass, field, replace
from typing import Any, Final

from kernel.protocol.messages import Error, ExecuteReply, Status, Submitted, decode, encode, parse
from kernel.protocol.wire import Author
from kernel.supervisor.broker_parents import Parent
from kernel.supervisor.publisher import Publisher

# what a list of sessions shows of a cell whose code nobody knows
_UNKNOWN: Final = "begun before this session"
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
    # when it was seen to run (seconds since the epoch)
    since: float = field(default_factory=time.time)


class Others:
    """The cells of others that run; their replies go to others, and are made up from what is published."""

    def __init__(self, publisher: Publisher, author: Author) -> None:
        self._publisher = publisher
        self._author = author
        self._open: dict[str, _Other] = {}
        # what the kernel computed when it was connected to, until something of it is heard
        self._before: _Other | None = None

    def begun_before(self) -> None:
        """Take in that the kernel computes something whose beginning nobody here saw."""
        if self._before is not None:
            return
        # nobody knows whose it is
        header = replace(self._author.header("execute_request"), username="")
        other = self._before = self._open[""] = _Other(encode(header.as_dict()), None, "")
        self._begin(other, Submitted("", begun=True))

    def nothing_before(self) -> None:
        """Take in that the kernel is done with what it computed when it was connected to."""
        if self._before is not None:
            for msg_id in [msg_id for msg_id, other in self._open.items() if other is self._before]:
                del self._open[msg_id]
            self._end(self._before, None)
            self._before = None

    def _recognise(self, msg_id: str) -> None:
        """Take a request of which something is heard, and of which no beginning was, for what was begun before."""
        if self._before is not None and msg_id not in self._open and "" in self._open:
            self._open[msg_id] = self._open.pop("")

    @property
    def running(self) -> bool:
        """Whether one runs."""
        return bool(self._open)

    @property
    def code(self) -> str:
        """The code of the one that runs, as far as it is known."""
        codes = (other.code for other in self._open.values() if other.code is not None)
        return next((code or _UNKNOWN for code in codes), "")

    @property
    def since(self) -> float | None:
        """Since when it was seen to run (seconds since the epoch)."""
        return next((other.since for other in self._open.values()), None)

    def header_of(self, parent: Parent) -> bytes:
        """Return the header under which the messages of a cell are recorded."""
        other = self._open.get(parent.msg_id)
        return other.raw if other is not None else parent.raw

    def status(self, state: str, parent: Parent, parts: list[bytes]) -> None:
        """Take in that a cell of another client has begun or ended."""
        if parent.msg_type != "execute_request":
            return
        if state == "busy":
            self.nothing_before()
            self._open.setdefault(parent.msg_id, _Other(parent.raw, parts))
            if len(self._open) > _OPEN:
                self._end(self._open.pop(next(iter(self._open))), None)
        elif state == "idle":
            self._recognise(parent.msg_id)
            other = self._open.pop(parent.msg_id, None)
            if other is not None:
                self._before = None if other is self._before else self._before
                self._end(other, parts)

    def saw(self, msg_type: str, content: dict[str, Any], parent: Parent) -> None:
        """Look at what another client's cell publishes, before that is recorded.  Raises RemoteProtocolError."""
        if msg_type != "execute_input" and parent.msg_type == "execute_request":
            self._recognise(parent.msg_id)
        if msg_type == "execute_input":
            code, count = content.get("code"), content.get("execution_count")
            other = self._open.setdefault(parent.msg_id, _Other(parent.raw, None))
            other.count = count if isinstance(count, int) else 0
            if other.code is None and isinstance(code, str):
                other.code = code
                self._begin(other, Submitted(code))
        elif msg_type == "error" and parent.msg_id in self._open:
            error = parse("error", content)
            assert isinstance(error, Error)
            self._open[parent.msg_id].error = error

    def _begin(self, other: _Other, submitted: Submitted) -> None:
        self._publisher.record("submitted", submitted, other.raw)
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
        left, self._open, self._before = self._open, {}, None
        for other in left.values():
            self._end(other, None, reason)


def state_of(raw_content: bytes) -> str:
    """Return what a status says.  Raises RemoteProtocolError."""
    return str(decode(raw_content).get("execution_state", ""))
