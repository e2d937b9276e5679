"""How children end, and what a worker's channels give, without IPython in them."""

import os
import signal
import socket
import sys
from collections.abc import Iterator, Sequence

import pytest

from kernel.protocol.messages import encode
from kernel.protocol.wire import Author, Message
from kernel.supervisor.process import Death, Launch, Worker, reap_children
from kernel.supervisor.streams import Frame, Text
from kernel.worker.channel import INPUT, REQUEST, SHUTDOWN, ChannelClosed, FrameReader, Markers, pack
from tests.kernel.supervisor.fakes import WIRE
from tests.kernel.support import wait_for


class FakeForkServer:
    """Keeps the worker's ends."""

    def __init__(self) -> None:
        self.ends: list[int] = []
        self.assignment: dict[str, str] = {}

    def launch(self, assignment: dict[str, str], descriptors: Sequence[int]) -> None:
        self.assignment = assignment
        self.ends = [os.dup(descriptor) for descriptor in descriptors]

    def close(self) -> None:
        for descriptor in self.ends:
            os.close(descriptor)
        self.ends = []


@pytest.fixture
def server() -> Iterator[FakeForkServer]:
    found = FakeForkServer()
    yield found
    found.close()


@pytest.fixture
def worker(server: FakeForkServer) -> Iterator[Worker]:
    found = Worker.launched(server, Launch("/", "user", "/history"))  # type: ignore[arg-type]
    yield found
    found.close()


def said(server: FakeForkServer, index: int) -> list[list[bytes]]:
    """What one of the worker's sockets holds."""
    sock = socket.socket(fileno=os.dup(server.ends[index]))
    frames = list(FrameReader().feed(sock.recv(1 << 20)))
    sock.close()
    return frames


class TestDeath:
    @pytest.mark.parametrize(
        ("end", "death", "words"),
        [
            ("os._exit(3)", Death(None, 3), "exit status 3"),
            ("os.kill(os.getpid(), 9)", Death("SIGKILL", None), "SIGKILL"),
            ("os.kill(os.getpid(), 40)", Death("signal 40", None), "signal 40"),
        ],
    )
    def test_its_cause(self, end: str, death: Death, words: str) -> None:
        pid = os.posix_spawn(sys.executable, [sys.executable, "-c", f"import os; {end}"], os.environ)
        deaths: dict[int, Death] = {}

        def ended() -> bool:
            deaths.update(reap_children())
            return pid in deaths

        wait_for(ended, "the child's end")
        assert deaths[pid] == death
        assert str(death) == words

    def test_nobody_knows(self) -> None:
        assert str(Death(None, None)) == "an unknown cause"

    def test_known_before_the_worker_said_hello(self, worker: Worker) -> None:
        worker.child_ended(1234567, Death(None, 3))
        worker.child_ended(7654321, Death(None, 4))
        worker.hello(1234567, b"{}")
        assert worker.death == Death(None, 3)

    def test_of_another_child(self, worker: Worker) -> None:
        worker.hello(os.getpid(), b"{}")
        worker.child_ended(1234567, Death(None, 3))
        assert worker.death is None


def request(content: bytes, *buffers: bytes) -> Message:
    header = encode(Author("client").header("execute_request").as_dict())
    return WIRE.message(WIRE.frames([b"client"], [header, b"{}", b"{}", content], buffers))


class TestChannels:
    def test_requests(self, worker: Worker, server: FakeForkServer) -> None:
        first, second = (request(b"{}", b"buffer"), request(b'{"code":""}'))
        worker.request(first)
        worker.request(second, aside=True)
        worker.tell(INPUT, b"line", b"question")
        worker.shut_down()
        assert said(server, 0) == [[REQUEST, b"1", first.raw_header, b"{}", b"{}", b"{}", b"buffer"], [SHUTDOWN]]
        assert said(server, 1) == [
            [REQUEST, b"2", second.raw_header, b"{}", b"{}", b'{"code":""}'],
            [INPUT, b"line", b"question"],
        ]
        assert worker.header_of(1) == first.raw_header
        assert worker.header_of(2) == second.raw_header
        assert worker.header_of(3) is worker.header_of(None) is None

    def test_a_worker_that_does_not_read_keeps_nobody_waiting(self, worker: Worker, server: FakeForkServer) -> None:
        main, helper = worker.sockets
        big = b"x" * 5_000_000
        asked = request(big)
        worker.request(asked)
        assert worker.has_unsent(main)
        assert not worker.has_unsent(helper)
        sock = socket.socket(fileno=os.dup(server.ends[0]))
        reader, frames = FrameReader(), []
        while not frames:
            frames += list(reader.feed(sock.recv(1 << 20)))
            worker.send_unsent()
        assert frames == [[REQUEST, b"1", asked.raw_header, b"{}", b"{}", big]]
        sock.close()

    def test_output_and_messages(self, worker: Worker, server: FakeForkServer) -> None:
        out, err = server.ends[2:4]
        markers = Markers(bytes.fromhex(server.assignment["token"]), (out, err))
        os.write(out, b"before")
        number = markers.write()
        worker.add([b"iopub", number])
        assert worker.read_pipes() > len(b"before")
        assert list(worker.take()) == [Text("stdout", "before"), Frame([b"iopub", b"1"])]

    def test_the_end_of_the_channel(self, worker: Worker, server: FakeForkServer) -> None:
        server.close()
        with pytest.raises(ChannelClosed):
            worker.receive(worker.sockets[0])
        worker.request(request(b"{}"))
        assert not worker.has_unsent(worker.sockets[0])

    def test_everything_that_a_dead_worker_left(self, worker: Worker, server: FakeForkServer) -> None:
        out, err = server.ends[2:4]
        markers = Markers(bytes.fromhex(server.assignment["token"]), (out, err))
        sock = socket.socket(fileno=os.dup(server.ends[0]))
        sock.settimeout(0.01)
        frame = pack([b"iopub", markers.write(), b"x" * 50_000])
        sock.sendall(frame)
        os.write(err, b"behind")
        sock.sendall(pack([b"iopub", markers.write()])[:-1])
        sock.close()
        items = list(worker.take_rest())
        assert [len(item.parts) for item in items if isinstance(item, Frame)] == [3]
        assert items[-1] == Text("stderr", "behind")

    def test_the_end_of_a_text_is_not_kept_back(self, worker: Worker, server: FakeForkServer) -> None:
        # no text begins as a marker does
        assert worker.token[:1].decode("utf-8", "ignore") == ""
        for text in (b"\n", "é".encode(), b"a"):
            os.write(server.ends[2], text)
            worker.read_pipes()
            assert list(worker.take()) == [Text("stdout", text.decode())]

    def test_every_worker_has_another_identity(self, server: FakeForkServer) -> None:
        seen = set()
        for _ in range(3):
            Worker.launched(server, Launch("/", "user", "/history")).close()  # type: ignore[arg-type]
            seen.add((server.assignment["session"], server.assignment["token"]))
            server.close()
        assert len(seen) == 3


def test_signals_to_a_worker_that_is_gone(worker: Worker) -> None:
    worker.interrupt()
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", ""], os.environ)
    os.waitpid(pid, 0)
    worker.hello(pid, b"{}")
    worker.interrupt()
    worker.kill()
    assert signal.getsignal(signal.SIGINT) is not None
