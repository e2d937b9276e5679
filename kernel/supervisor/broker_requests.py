"""What clients ask the kernel itself: sent on as it is, and the replies brought back."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.messages import CreateSubshellRequest, DeleteSubshellRequest, Json, decode, encode
from kernel.protocol.wire import Author, Message
from kernel.supervisor.broker_info import Info
from kernel.supervisor.broker_parents import Parents
from kernel.supervisor.kernel_sockets import KernelSockets
from kernel.supervisor.publisher import Publisher

# seconds for a reply that was sent before `idle` to come
_LATE: Final = 1.0
_SUBSHELLS: Final = "kernel subshells"


@dataclass(slots=True)
class _Asked:
    channel: str
    message: Message
    # when it is refused, if it may be (monotonic seconds)
    late: float | None = None


class Requests:
    """What was asked and is not answered yet, by clients and by this process itself.

    While the kernel computes, it answers in a subshell of our own, if it has such; else when it is done.
    """

    def __init__(self, publisher: Publisher, author: Author, parents: Parents, info: Info) -> None:
        self._publisher = publisher
        self._author = author
        self._parents = parents
        self._info = info
        self._sockets: KernelSockets | None = None
        self._asked: dict[str, _Asked] = {}
        self._own: dict[str, Callable[[Message], None]] = {}
        # what this process asked and was answered: what is published for it concerns nobody
        self._done: set[str] = set()
        self._subshell: str | None = None
        # whether the subshell was asked for, and whether the kernel has refused it
        self._wanted = self._refused = False
        self._waiting: list[Message] = []

    def open(self, sockets: KernelSockets) -> None:
        """Talk to a kernel from here on."""
        self._sockets = sockets
        self._subshell, self._wanted, self._refused = None, False, False
        self._own.clear()
        self._done.clear()

    @property
    def waits(self) -> bool:
        """Whether something is not answered yet."""
        return bool(self._asked or self._waiting)

    # ---- asking ------------------------------------------------------------------------------------------

    def own(self, channel: str, msg_type: str, content: Json, replied: Callable[[Message], None]) -> str:
        """Ask something for this process itself; return the identifier."""
        assert self._sockets is not None
        header = self._author.header(msg_type)
        self._own[header.msg_id] = replied
        self._sockets.send(channel, [encode(header.as_dict()), b"{}", b"{}", encode(content)])
        return header.msg_id

    def tell(self, message: Message) -> None:
        """Send what has no reply."""
        assert self._sockets is not None
        self._parents.sent(message)
        self._sockets.send("shell", parts_of(message), message.buffers)

    def ask(self, channel: str, message: Message) -> None:
        """Send a request on."""
        assert self._sockets is not None
        self._parents.sent(message)
        self._asked[message.header.msg_id] = _Asked(channel, message)
        self._sockets.send(channel, parts_of(message), message.buffers)

    def ask_aside(self, message: Message, *, busy: bool) -> None:
        """Send a request on that is to be answered beside the cells, as far as the kernel can do that."""
        if not busy or message.header.subshell_id is not None or not self._has_subshells:
            self.ask("shell", message)
        elif self._subshell is not None:
            self._ask_in(self._subshell, message)
        else:
            self._waiting.append(message)
            if not self._wanted:
                self._wanted = True
                content = CreateSubshellRequest().as_dict()
                self.own("control", "create_subshell_request", content, self._subshell_came)

    @property
    def _has_subshells(self) -> bool:
        return not self._refused and self._info.supports(_SUBSHELLS)

    def _subshell_came(self, reply: Message) -> None:
        try:
            found = decode(reply.raw_content).get("subshell_id")
        except RemoteProtocolError:
            found = None
        waiting, self._waiting = self._waiting, []
        self._subshell = found if isinstance(found, str) else None
        self._refused = self._subshell is None
        for message in waiting:
            if self._subshell is None:
                self.ask("shell", message)
            else:
                self._ask_in(self._subshell, message)

    def _ask_in(self, subshell: str, message: Message) -> None:
        assert self._sockets is not None
        self._parents.sent(message)
        self._asked[message.header.msg_id] = _Asked("shell", message)
        header = encode(decode(message.raw_header) | {"subshell_id": subshell})
        self._sockets.send("shell", [header, *parts_of(message)[1:]], message.buffers)

    # ---- what comes of it --------------------------------------------------------------------------------

    def replied(self, msg_id: str, reply: Message) -> None:
        """Bring a reply back; one to nothing that was asked is dropped."""
        own = self._own.pop(msg_id, None)
        if own is not None:
            self._done.add(msg_id)
            own(reply)
            return
        asked = self._asked.pop(msg_id, None)
        if asked is not None:
            parts = [reply.raw_header, asked.message.raw_header, reply.raw_metadata, reply.raw_content]
            self._publisher.send(asked.channel, asked.message.identities, parts)

    def is_own(self, msg_id: str) -> bool:
        """Whether this process asked it."""
        return msg_id in self._own or msg_id in self._done

    def idle(self, msg_id: str) -> None:
        """Take in that the kernel is done with a request: one that it does not know has no reply."""
        asked = self._asked.get(msg_id)
        if asked is not None and asked.late is None:
            asked.late = time.monotonic() + _LATE

    @property
    def deadline(self) -> float | None:
        """When something is not waited for any more (monotonic seconds)."""
        return min((asked.late for asked in self._asked.values() if asked.late is not None), default=None)

    def tick(self, now: float) -> None:
        """Refuse what the kernel passed over."""
        for msg_id, asked in list(self._asked.items()):
            if asked.late is not None and now >= asked.late:
                del self._asked[msg_id]
                reason = f"the kernel has not answered the {asked.message.header.msg_type}"
                self._publisher.refuse(asked.channel, asked.message, "NoReply", reason)

    def fail(self, reason: str) -> None:
        """Answer everything that a kernel left that is gone."""
        left = [(asked.channel, asked.message) for asked in self._asked.values()]
        left += [("shell", message) for message in self._waiting]
        self._asked.clear()
        self._waiting.clear()
        self._own.clear()
        for channel, message in left:
            self._publisher.refuse(channel, message, "DeadKernelError", reason)

    def leave(self) -> None:
        """Tidy up in a kernel that goes on without us."""
        if self._subshell is not None:
            content = DeleteSubshellRequest(self._subshell).as_dict()
            self.own("control", "delete_subshell_request", content, lambda _: None)


def parts_of(message: Message) -> list[bytes]:
    """Return the four parts of a message as they came."""
    return [message.raw_header, message.raw_parent, message.raw_metadata, message.raw_content]
