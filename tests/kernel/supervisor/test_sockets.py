"""Real sockets in a private directory: bound, checked, and closed without a trace."""

import stat
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import zmq

from kernel.protocol.connection import Connection
from kernel.protocol.messages import Status
from kernel.protocol.wire import Author, Message
from kernel.supervisor.sockets import BindError, Sockets
from tests.kernel.support import Client, wait_for


@pytest.fixture
def connection() -> Iterator[Connection]:
    with tempfile.TemporaryDirectory(prefix="cs-") as directory:
        yield Connection.local(Path(directory), "the key", "")


@pytest.fixture
def sockets(connection: Connection) -> Iterator[Sockets]:
    found = Sockets(connection)
    yield found
    found.close()


def received(sockets: Sockets, channel: str) -> list[Message]:
    return wait_for(lambda: list(sockets.receive(channel)), f"a message on {channel}")


class TestMessages:
    @pytest.mark.parametrize("channel", ["shell", "control", "stdin", "feed"])
    def test_there_and_back(self, sockets: Sockets, connection: Connection, channel: str) -> None:
        with Client(connection) as client:
            client.send(channel, "interrupt_request", {})
            (message,) = received(sockets, channel)
            assert message.header.msg_type == "interrupt_request"
            _, parts = Author("supervisor").parts("status", Status("idle"), message.raw_header)
            sockets.send(channel, message.identities, parts, [b"buffer"])
            reply = client.receive(channel)
            assert reply.content == Status("idle")
            assert reply.buffers == (b"buffer",)

    def test_another_key(self, sockets: Sockets, connection: Connection) -> None:
        with Client(replace(connection, key="another")) as stranger, Client(connection) as client:
            stranger.send("shell", "interrupt_request", {})
            stranger.sockets["shell"].send_multipart([b"no", b"message"])
            wait_for(lambda: (list(sockets.receive("shell")), sockets.refused)[1] == 2)
            client.send("shell", "interrupt_request", {})
            assert len(received(sockets, "shell")) == 1

    def test_who_is_gone_gets_none(self, sockets: Sockets, connection: Connection) -> None:
        _, parts = Author("supervisor").parts("status", Status("idle"))
        sockets.send("shell", [b"nobody"], parts)

    def test_every_subscriber_is_told_of(self, sockets: Sockets, connection: Connection) -> None:
        for _ in range(2):
            with Client(connection):
                assert wait_for(lambda: list(sockets.subscriptions())) == [b""]

    def test_heartbeat(self, sockets: Sockets, connection: Connection) -> None:
        context = zmq.Context()
        sock = context.socket(zmq.REQ)
        sock.connect(connection.endpoint("hb"))
        sock.send(b"ping")

        def beaten() -> bool:
            sockets.beat()
            return bool(sock.poll(1))

        wait_for(beaten)
        assert sock.recv() == b"ping"
        context.destroy(linger=0)


class TestBinding:
    def test_sockets_are_for_their_user_alone(self, sockets: Sockets, connection: Connection) -> None:
        files = list(Path(connection.ip).parent.iterdir())
        assert len(files) == 6
        assert not any(file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO) for file in files)

    def test_nothing_is_left(self, connection: Connection) -> None:
        Sockets(connection).close()
        assert list(Path(connection.ip).parent.iterdir()) == []

    def test_a_port_in_use(self) -> None:
        context = zmq.Context()
        sock = context.socket(zmq.ROUTER)
        port = sock.bind_to_random_port("tcp://127.0.0.1")
        connection = Connection("tcp", "127.0.0.1", port, 1, 2, 3, 4, "key")
        with pytest.raises(BindError, match=f"cannot listen on tcp://127.0.0.1:{port}: Address already in use"):
            Sockets(connection)
        context.destroy(linger=0)

    def test_no_feed(self, connection: Connection) -> None:
        sockets = Sockets(replace(connection, feed_port=0))
        assert "feed" not in sockets.register(zmq.Poller()).values()
        sockets.close()


def test_a_slow_subscriber_loses_nothing(sockets: Sockets, connection: Connection) -> None:
    context = zmq.Context()
    slow = context.socket(zmq.SUB)
    slow.rcvhwm = 1
    slow.subscribe(b"")
    slow.connect(connection.endpoint("iopub"))
    wait_for(lambda: list(sockets.subscriptions()))
    author = Author("supervisor")
    for _ in range(5000):
        sockets.send("iopub", [b"status"], author.parts("status", Status("busy"))[1])
    received = 0
    while received < 5000 and slow.poll(5000):
        slow.recv_multipart()
        received += 1
    context.destroy(linger=0)
    assert received == 5000
