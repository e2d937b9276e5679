"""What a kernel's messages are: output of a cell of ours or of others, a reply, a question."""

import sys
from collections.abc import Mapping
from typing import Final

from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.messages import InputReply, decode
from kernel.protocol.wire import Message
from kernel.supervisor.broker_cells import Handed, HandedCells
from kernel.supervisor.broker_handshake import Handshake
from kernel.supervisor.broker_others import Others, state_of
from kernel.supervisor.broker_parents import Parent, Parents, checked
from kernel.supervisor.broker_requests import Requests
from kernel.supervisor.input import Input
from kernel.supervisor.kernel_sockets import KernelSockets
from kernel.supervisor.publisher import Publisher

# what a kernel says of itself when another process has taken its place
_ANEW: Final = ("starting", "restarting")


class Incoming:
    """Takes in what the kernel says, and has it recorded, published and answered.

    `replaced` is set when another process speaks in the kernel's place.
    """

    def __init__(
        self,
        publisher: Publisher,
        parents: Parents,
        handed: HandedCells,
        requests: Requests,
        others: Others,
        questions: Input,
        handshake: Handshake,
    ) -> None:
        self._publisher = publisher
        self._parents = parents
        self._handed = handed
        self._requests = requests
        self._others = others
        self._questions = questions
        self._handshake = handshake
        # of the questions that are open, the headers as the kernel wrote them, by their identifiers
        self._asked: dict[str, bytes] = {}
        self.replaced = False

    def receive(self, sockets: KernelSockets, ready: Mapping[object, int], *, whole: bool) -> None:
        """Take in what has come, or all of it: what a cell printed before it asks is shown before the question."""
        for channel, take in (
            ("iopub", self._published),
            ("stdin", self._asks),
            ("control", self._replied),
            ("shell", self._replied),
        ):
            if not whole and not sockets.waits(channel, ready):
                continue
            heard = False
            for message in sockets.receive(channel, whole=whole):
                heard = True
                try:
                    take(message)
                except RemoteProtocolError as error:
                    print(f"dropped what the kernel said: {error}", file=sys.stderr, flush=True)
            if heard and channel == "iopub":
                self._handed.heard()

    # ---- iopub -------------------------------------------------------------------------------------------

    def _published(self, message: Message) -> None:
        parent = self._parents.of(message)
        self._handshake.heard = True
        known = self._handshake.session
        if known and message.header.session not in (known, parent.session):
            self.replaced = True
        if message.header.msg_type == "iopub_welcome" or self._requests.is_own(parent.msg_id):
            return
        header, metadata, content = checked(message)
        if self._handshake.is_new and message.header.msg_type == "stream" and not parent.msg_id:
            # words of its own, which are no output of any cell
            print(f"the kernel said while it started: {decode(content).get('text')}", file=sys.stderr, flush=True)
            return
        if message.header.msg_type == "status":
            self._status(parent, [header, self._others.header_of(parent), metadata, content])
            return
        handed = self._handed.of(parent.msg_id)
        if handed is not None:
            self._handed.busy(handed)
            handed.numbered = handed.numbered or message.header.msg_type == "execute_input"
        elif parent.msg_id and not parent.ours:
            if self._handshake.pending and message.header.msg_type != "execute_input":
                self._others.begun_before()
            self._others.saw(message.header.msg_type, decode(content), parent)
        parts = [header, self._others.header_of(parent), metadata, content]
        self._publisher.publish_parts(message.header.msg_type, parts, message.buffers)

    def _status(self, parent: Parent, parts: list[bytes]) -> None:
        """Record a status of a cell; others are only passed on."""
        state = state_of(parts[3])
        handed = self._handed.of(parent.msg_id)
        if handed is not None:
            self._cell_status(handed, state, parts)
            return
        if not parent.msg_id and state in _ANEW:
            self.replaced = True
        elif parent.ours and state == "idle":
            self._requests.idle(parent.msg_id)
        elif parent.msg_id and not parent.ours:
            self._others.status(state, parent, parts)
        self._publisher.publish_parts("status", parts, record=False)

    def _cell_status(self, handed: Handed, state: str, parts: list[bytes]) -> None:
        if state == "idle":
            self._handed.idle(handed, parts)
        else:
            self._handed.busy(handed, parts if state == "busy" else None)

    # ---- shell, control, stdin ---------------------------------------------------------------------------

    def _replied(self, message: Message) -> None:
        parent = self._parents.of(message)
        handed = self._handed.of(parent.msg_id)
        if handed is None:
            self._requests.replied(parent.msg_id, message)
            return
        header, metadata, content = checked(message)
        self._questions.forget(handed.cell.message)
        self._handed.replied(handed, [header, handed.header, metadata, content])

    def _asks(self, message: Message) -> None:
        """Pass a question on."""
        handed = self._handed.of(self._parents.of(message).msg_id)
        if message.header.msg_type != "input_request" or handed is None:
            return
        header, metadata, content = checked(message)
        self._asked[message.header.msg_id] = header
        self._questions.wanted([header, handed.header, metadata, content], handed.cell.message)

    def answer(self, sockets: KernelSockets, message: Message, content: InputReply) -> None:
        """Pass an answer on, if somebody asked for it."""
        question = self._questions.came(message, content)
        header = self._asked.pop(question, None) if question is not None else None
        if header is not None:
            sockets.send("stdin", [message.raw_header, header, message.raw_metadata, message.raw_content])

    def forget(self) -> None:
        """Take in that the kernel is gone, with its questions."""
        self._asked.clear()
        self._questions.forget()
        self.replaced = False
