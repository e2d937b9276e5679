"""The line of input that the running cell waits for."""

from dataclasses import dataclass

from kernel.protocol.messages import Header, InputDone, InputReply, InputRequest, InputWanted, decode, parse
from kernel.protocol.wire import Message
from kernel.supervisor.publisher import Publisher


@dataclass(frozen=True, slots=True)
class _Asked:
    request: str
    cell: Message
    password: bool


class Input:
    """One question at a time; the first answer counts, whoever gives it: the one who asked may be gone."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._asked: _Asked | None = None

    def wanted(self, parts: list[bytes], cell: Message) -> None:
        """Pass on the worker's question to the cell's client, and tell everybody."""
        self.forget()
        content = parse("input_request", decode(parts[3]))
        assert isinstance(content, InputRequest)
        request = Header.from_dict(decode(parts[0])).msg_id
        self._asked = _Asked(request, cell, content.password)
        wanted = InputWanted(request, content.prompt, content.password)
        self._publisher.record("input_wanted", wanted, cell.raw_header)
        self._publisher.send("stdin", cell.identities, parts)

    def came(self, message: Message, content: InputReply) -> bool:
        """Return whether an answer is the one that is waited for; a password is not written down."""
        asked = self._asked
        if asked is None:
            return False
        parent = message.parent
        named = parent is not None and parent.msg_id == asked.request
        # jupyter_client's answers name no parent
        if not named and (parent is not None or message.identities != asked.cell.identities):
            return False
        self._done(asked, None if asked.password else content.value)
        return True

    def forget(self) -> None:
        """Take in that nobody waits any more."""
        if self._asked is not None:
            self._done(self._asked, None)

    def _done(self, asked: _Asked, value: str | None) -> None:
        self._asked = None
        self._publisher.record("input_done", InputDone(asked.request, value), asked.cell.raw_header)
