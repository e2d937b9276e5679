"""The lines of input that running cells wait for."""

import time
from dataclasses import dataclass
from typing import Final

from kernel.protocol.messages import Header, InputDone, InputReply, InputRequest, InputWanted, decode, parse
from kernel.protocol.wire import Message
from kernel.supervisor.publisher import Publisher

# seconds until a client that was not connected is asked again: twice as many each time, up to the most
_AGAIN: Final = 0.01
_AGAIN_AT_MOST: Final = 2.0


@dataclass(slots=True, eq=False)
class _Asked:
    request: str
    cell: Message
    password: bool
    parts: list[bytes]
    # how long the last wait was, and when the question is sent again (monotonic seconds); None once it is sent
    wait: float = _AGAIN / 2
    again: float | None = None


class Input:
    """The questions that wait for a line; the first answer counts, whoever gives it: the one who asked may be gone."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        # the main shell and its subshells may ask at the same time
        self._asked: list[_Asked] = []

    @property
    def waits(self) -> bool:
        """Whether a cell waits for a line."""
        return bool(self._asked)

    def wanted(self, parts: list[bytes], cell: Message) -> None:
        """Pass on the worker's question to the cell's client, and tell everybody."""
        self.forget(cell)
        content = parse("input_request", decode(parts[3]))
        assert isinstance(content, InputRequest)
        request = Header.from_dict(decode(parts[0])).msg_id
        asked = _Asked(request, cell, content.password, parts)
        self._asked.append(asked)
        wanted = InputWanted(request, content.prompt, content.password)
        self._publisher.record("input_wanted", wanted, cell.raw_header)
        self._send(asked)

    def _send(self, asked: _Asked) -> None:
        """Send a question: a client's channels connect one after the other, and stdin may be the last."""

        def unreached() -> None:
            asked.wait = min(asked.wait * 2, _AGAIN_AT_MOST)
            asked.again = time.monotonic() + asked.wait

        asked.again = None
        self._publisher.deliver("stdin", asked.cell.identities, asked.parts, unreached)

    @property
    def deadline(self) -> float | None:
        """When a question is to be sent again (monotonic seconds)."""
        return min((asked.again for asked in self._asked if asked.again is not None), default=None)

    def tick(self, now: float) -> None:
        """Send again what reached nobody."""
        for asked in self._asked:
            if asked.again is not None and now >= asked.again:
                self._send(asked)

    def came(self, message: Message, content: InputReply) -> str | None:
        """Take an answer in; return the question that it answers, if any.  A password is not written down."""
        parent = message.parent
        for asked in self._asked:
            named = parent is not None and parent.msg_id == asked.request
            # jupyter_client's answers name no parent
            if named or (parent is None and message.identities == asked.cell.identities):
                self._done(asked, None if asked.password else content.value)
                return asked.request
        return None

    def forget(self, cell: Message | None = None) -> None:
        """Take in that a cell, or none at all, waits any more."""
        for asked in list(self._asked):
            if cell is None or asked.cell is cell:
                self._done(asked, None)

    def _done(self, asked: _Asked, value: str | None) -> None:
        self._asked.remove(asked)
        self._publisher.record("input_done", InputDone(asked.request, value), asked.cell.raw_header)
