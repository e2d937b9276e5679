"""Asking a supervisor without a screen; a real session's name is changed in `tests/flows/test_commands.py`."""

import os
import threading
from collections.abc import Iterator

import pytest
import zmq

from curses_client import control
from curses_client.launcher import Started
from kernel.protocol.connection import Connection
from kernel.protocol.messages import OkReply, RenameRequest
from kernel.protocol.session import SessionError, create
from kernel.protocol.wire import Author, Wire
from tests.home import Home


class Supervisor:
    """Answers one request on the control channel, or none."""

    def __init__(self, started: Started, answer: OkReply | None) -> None:
        self.asked: list[object] = []
        self._started = started
        self._answer = answer
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.ROUTER)
        self._socket.bind(started.connection.endpoint("control"))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        wire = Wire(self._started.connection.key)
        identity, *frames = self._socket.recv_multipart()
        message = wire.message(frames)
        self.asked.append(message.content)
        if self._answer is not None:
            elsewhere = OkReply("error", "SessionError", "this is for somebody else")
            for parent, answer in (
                (b'{"msg_id":"other","msg_type":"x"}', elsewhere),
                (message.raw_header, self._answer),
            ):
                _, parts = Author("s").parts("rename_reply", answer, parent)
                self._socket.send_multipart(wire.frames([identity], parts))

    def close(self) -> None:
        self._thread.join(30)
        self._socket.close()
        self._context.term()


@pytest.fixture
def started() -> Iterator[Started]:
    with Home() as home:
        session, lock = create("work", home.environ, "/")
        yield Started(session, Connection.local(session.runtime, "key", ""), os.getpid(), is_new=False, read_only=False)
        os.close(lock)


def test_it_is_done(started: Started) -> None:
    supervisor = Supervisor(started, OkReply())
    control.rename(started, "other")
    supervisor.close()
    assert supervisor.asked == [RenameRequest("other")]


def test_it_is_refused(started: Started) -> None:
    supervisor = Supervisor(started, OkReply("error", "SessionError", "the name is taken"))
    with pytest.raises(SessionError, match="the name is taken"):
        control.rename(started, "other")
    supervisor.close()


def test_one_that_is_stuck(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "_PATIENCE", 0.3)
    supervisor = Supervisor(started, None)
    with pytest.raises(SessionError, match="work does not answer; it may still do it"):
        control.rename(started, "other")
    supervisor.close()
