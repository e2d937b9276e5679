"""Asks a supervisor one thing and waits for the answer, for commands that need no screen."""

import select
import time
from typing import Final

from curses_client.launcher import Started
from curses_client.link import username
from kernel.protocol.errors import ProtocolError
from kernel.protocol.messages import Content, OkReply, RenameRequest, decode, parse
from kernel.protocol.session import SessionError
from kernel.protocol.wire import Author

# seconds after which a supervisor is taken for stuck
_PATIENCE: Final = 5.0


def rename(started: Started, name: str) -> None:
    """Give a running session another name.  Raises SessionError with what the supervisor says."""
    ask(started, "rename_request", RenameRequest(name))


def ask(started: Started, msg_type: str, content: Content) -> None:
    """Send a request on the control channel.  Raises SessionError when it is refused or not answered in time."""
    author, wire = Author(username()), started.wire()
    header, parts = author.parts(msg_type, content)
    answers: list[OkReply] = []

    def receive(channel: str, frames: list[bytes]) -> None:
        try:
            message = wire.message(frames)
            if message.parent is None or message.parent.msg_id != header.msg_id:
                return
            answer = parse("interrupt_reply", decode(message.raw_content))
        except ProtocolError:
            return
        assert isinstance(answer, OkReply)
        answers.append(answer)

    transport = started.transport(author.session)
    try:
        sources = transport.open(receive, lambda: None)
        transport.send("control", wire.frames((), parts))
        end = time.monotonic() + _PATIENCE
        while not answers:
            for source in sources:
                while source.pending():
                    source.serve()
            if answers:
                break
            left = end - time.monotonic()
            if left <= 0:
                raise SessionError(
                    f"the session {started.session.name} does not answer; it may still do it when it answers again"
                )
            # zmq's descriptors tell only that something changed
            select.select([source.fileno() for source in sources], [], [], min(left, 0.1))
    finally:
        transport.close()
    if answers[0].status != "ok":
        raise SessionError(answers[0].evalue or f"the session {started.session.name} refuses")
