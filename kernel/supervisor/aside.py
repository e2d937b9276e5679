"""The requests that the worker answers beside its cells: completion, inspection, history and the like."""

from collections.abc import Sequence
from typing import Final

from kernel.protocol.messages import Status, decode
from kernel.protocol.wire import Message
from kernel.supervisor.process import Worker
from kernel.supervisor.publisher import Publisher

ASIDE: Final = frozenset(
    {
        "complete_request",
        "inspect_request",
        "is_complete_request",
        "history_request",
        "comm_info_request",
    }
)


class Aside:
    """What was asked and not answered yet.

    A free main thread answers one request at a time, so that answers follow what was run before;
    the helper thread has the others.
    """

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._in_main: Message | None = None
        # by identifier, each with the channel that it came on
        self._in_helper: dict[str, tuple[str, Message]] = {}

    @property
    def in_main(self) -> bool:
        """Whether the main thread has a request to answer."""
        return self._in_main is not None

    def ask(self, message: Message, worker: Worker, *, free: bool, channel: str = "shell") -> None:
        """Have the worker answer: in its main thread if that is free."""
        self._publisher.publish("status", Status("busy"), message.raw_header, record=False)
        if free and self._in_main is None:
            self._in_main = message
            worker.request(message)
        else:
            self._in_helper[message.header.msg_id] = (channel, message)
            worker.request(message, aside=True)

    def main_replied(self, parts: Sequence[bytes]) -> bool:
        """Pass on a reply of the main thread, unless it is a cell's."""
        message, self._in_main = self._in_main, None
        if message is not None:
            self._answer("shell", message, parts)
        return message is not None

    def helper_replied(self, parts: Sequence[bytes]) -> None:
        """Pass on a reply of the helper thread."""
        asked = self._in_helper.pop(decode(parts[1])["msg_id"], None)
        if asked is not None:
            self._answer(*asked, parts)

    def _answer(self, channel: str, message: Message, parts: Sequence[bytes]) -> None:
        self._publisher.send(channel, message.identities, parts)
        self._publisher.publish("status", Status("idle"), message.raw_header, record=False)

    def fail(self, reason: str) -> None:
        """Answer everything that a dead worker left."""
        left = list(self._in_helper.values())
        if self._in_main is not None:
            left.append(("shell", self._in_main))
        self._in_main = None
        self._in_helper.clear()
        for channel, message in left:
            self._publisher.refuse(channel, message, "DeadKernelError", reason)
