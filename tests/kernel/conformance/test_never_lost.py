"""What must hold whatever happens: no line that was printed is lost, and nothing that is not signed is obeyed."""

import contextlib
import mmap
import os
import random
import signal
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import zmq
from jupyter_client.session import Session

from kernel.protocol.messages import ReadRequest
from tests.kernel.conformance.support import PATIENCE, Kernel, running
from tests.kernel.support import DEADLINE, kind_of, parent_of, running_session

# ---- what a killed kernel printed ------------------------------------------------------------------------

KILLS = 200
WAYS = {
    "print": "print('line', number)",
    "stderr": "print('line', number, file=sys.stderr)",
    "write": "os.write(1, b'line %d\\n' % number)",
    "pieces": "sys.stdout.write('line '); sys.stdout.write(f'{number}\\n')",
}
PRINTING = """\
import itertools, mmap, os, sys
counter = mmap.mmap(os.open({path!r}, os.O_RDWR), 8)
for number in itertools.count():
    {way}
    counter[:8] = (number + 1).to_bytes(8, 'little')
"""


class Counter:
    """How many prints have returned, written by the kernel into memory that outlives it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_bytes(bytes(8))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 8)

    @property
    def value(self) -> int:
        return int.from_bytes(self._map[:8], "little")

    def reach(self, count: int) -> None:
        """Wait for that many prints, leaving the processors to those who print."""
        end = time.monotonic() + DEADLINE
        while self.value < count:
            assert time.monotonic() < end
            time.sleep(0.0001)

    def reset(self) -> None:
        self._map[:8] = bytes(8)


def test_no_line_whose_print_returned_is_lost_when_the_kernel_is_killed() -> None:
    chance = random.Random(11)
    with running_session() as session, session.client() as client:
        counter = Counter(Path(session.environ["HOME"]) / "counter")
        pid = int(client.record("kernel_started")["content"]["pid"])
        for kill in range(KILLS):
            way = list(WAYS)[kill % len(WAYS)]
            # a few moments are before the first line, most while lines come fast
            enough = int(chance.expovariate(1 / 150)) if kill % 10 else 0
            counter.reset()
            msg_id = client.submit(PRINTING.format(path=str(counter.path), way=WAYS[way]))
            client.begun(msg_id)
            counter.reach(enough)
            os.kill(pid, signal.SIGKILL)
            cell = client.cell(msg_id)
            assert cell.reply["ename"] == "DeadKernelError"
            *lines, last = cell.text().split("\n")
            assert lines == [f"line {number}" for number in range(len(lines))], (kill, way)
            assert len(lines) >= counter.value, (kill, way)
            assert f"line {len(lines)}".startswith(last), (kill, way)
            pid = client.restart()
            client.journal.clear()


# ---- clients that read slowly ----------------------------------------------------------------------------

MESSAGES = 20_000
FLOOD = f"publish = get_ipython().display_pub.publish\nfor number in range({MESSAGES}): publish({{'text/plain': str(number)}})"


def resident(pid: int) -> int:
    """The memory of a process, in bytes."""
    return int(psutil.Process(pid).memory_info().rss)


def test_a_client_that_stops_reading_gets_everything_in_order() -> None:
    with running("cshell") as kernel:
        client = kernel.client.jupyter
        before = resident(kernel.process.pid)
        msg_id = client.execute(FLOOD)
        while (reply := client.shell_channel.get_msg(timeout=DEADLINE))["parent_header"]["msg_id"] != msg_id:
            pass
        assert reply["content"]["status"] == "ok"
        grown = resident(kernel.process.pid) - before
        shown = []
        while True:
            message = client.iopub_channel.get_msg(timeout=DEADLINE)
            if message["msg_type"] == "display_data":
                shown.append(int(message["content"]["data"]["text/plain"]))
            elif (
                message["content"].get("execution_state") == "idle" and message["parent_header"].get("msg_id") == msg_id
            ):
                break
        assert shown == list(range(MESSAGES))
        # what waits for this client and nothing more: 0.8 KB a message were measured
        assert grown < MESSAGES * 2048, grown


def test_a_reader_of_the_feed_that_stops_costs_nothing_and_gets_everything() -> None:
    with running_session() as session, session.client() as client, session.client() as reader:
        client.run("1")
        after = client.read_on()
        before = resident(session.process.pid)
        # this reader asks, and then does not look for a long time
        asked = reader.send("feed", "read_request", ReadRequest(after, 1 << 16))
        msg_id = client.submit(FLOOD)
        assert client.reply_to("shell", msg_id)["status"] == "ok"
        grown = resident(session.process.pid) - before
        reply = reader.reply_to("feed", asked)
        shown, ended = [], False
        while not ended:
            for record in reply["records"]:
                assert record["seq"] == after + 1
                after = record["seq"]
                if kind_of(record) == "display_data":
                    shown.append(int(record["content"]["data"]["text/plain"]))
                ended = ended or (parent_of(record) == msg_id and record["content"] == {"execution_state": "idle"})
            if not ended:
                reply = reader.read(after, limit=1 << 16)
    assert shown == list(range(MESSAGES))
    # of the journal only the places of its records are in memory: 0.5 MB were measured
    assert grown < 8 << 20, grown


# ---- frames that nobody should send ----------------------------------------------------------------------

ROUTERS = ("shell", "control", "stdin")
HUGE = 8 << 20


class Stranger:
    """Raw sockets to a kernel, from which anything can be sent."""

    def __init__(self, kernel: Kernel) -> None:
        self._context = zmq.Context()
        self._client = kernel.client.jupyter
        self.marker = kernel.home / "a cell ran"

    def connect(self, channel: str, kind: int) -> "zmq.Socket[bytes]":
        sock = self._context.socket(kind)
        sock.linger = 0
        sock.connect(self._client._make_url(channel))
        return sock

    def tcp(self, channel: str) -> socket.socket:
        url = urlsplit(self._client._make_url(channel))
        return socket.create_connection((url.hostname, url.port), timeout=PATIENCE)

    def cell(self, key: bytes, code: str | None = None) -> list[bytes]:
        """The frames of a request that leaves a mark, signed with a key."""
        code = code or f"open({str(self.marker)!r}, 'a').write('ran ')"
        session = Session(key=key)
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
        return list(session.serialize(session.msg("execute_request", content)))

    def close(self) -> None:
        self._context.destroy(linger=0)


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    with running("cshell") as found:
        yield found


@pytest.fixture
def stranger(kernel: Kernel) -> Iterator[Stranger]:
    found = Stranger(kernel)
    yield found
    found.close()


def key_of(kernel: Kernel) -> bytes:
    return bytes(kernel.client.session.key)


def still_serves(kernel: Kernel, stranger: Stranger) -> None:
    """Check that every channel works, and that no cell of a stranger's ran."""
    client = kernel.client
    assert client.ask("kernel_info_request", channel="control").reply["status"] == "ok"
    msg_id = client.submit("input()")
    client.answer("answered", client.question())
    assert client.finished(msg_id).value == "'answered'"
    beating = stranger.connect("hb", zmq.REQ)
    beating.send(b"beat")
    assert beating.poll(PATIENCE * 1000)
    assert beating.recv() == b"beat"
    assert not stranger.marker.exists()


def unsigned(stranger: Stranger, key: bytes) -> dict[str, list[bytes]]:
    """Messages without a right signature, or without the shape of a message."""
    good, forged = stranger.cell(key), stranger.cell(b"another key")
    noise = random.Random(12)
    shapes = {
        "one empty frame": [b""],
        "one byte": [b"\0"],
        "noise": [noise.randbytes(1000)],
        "frames of noise": [noise.randbytes(10) for _ in range(1000)],
        "only delimiters": [good[0]] * 20,
        "no delimiter": good[1:],
        "no signature": [good[0], b"", *good[2:]],
        "a short signature": [good[0], good[1][:10], *good[2:]],
        "a signature of noise": [good[0], b"\xff" * 64, *good[2:]],
        "another key": forged,
        "another content": [*good[:5], forged[5].replace(b"ran ", b"RAN ")],
        "huge and unsigned": [good[0], b"", *good[2:5], b'{"code": "' + b"x" * HUGE + b'"}'],
        "huge and no message": [b"x" * HUGE],
    }
    return shapes | {f"truncated to {count} frames": good[:count] for count in range(1, 6)}


def senseless(stranger: Stranger, key: bytes) -> dict[str, list[bytes]]:
    """Messages that are signed and make no sense."""
    _, _, header, parent, metadata, content = stranger.cell(key)
    parts = {
        "a header that is no JSON": [b"\xff\xfe", parent, metadata, content],
        "a header that is no object": [b"[]", parent, metadata, content],
        "an empty header": [b"{}", parent, metadata, content],
        "a header of numbers": [b'{"msg_id": 1, "msg_type": 2}', parent, metadata, content],
        "a deep header": [b"[" * 100_000, parent, metadata, content],
        "a content that is no JSON": [header, parent, metadata, content[:-1]],
        "a content that is no object": [header, parent, metadata, b"null"],
        "a huge content that is no JSON": [header, parent, metadata, b"[" * HUGE],
        "code that is no text": [header, parent, metadata, b'{"code": 5}'],
        "another type": [header.replace(b"execute_request", b"execute_reply"), parent, metadata, content],
    }
    session = Session(key=key)
    delimiter = stranger.cell(key)[0]
    return {name: [delimiter, session.sign(message), *message] for name, message in parts.items()}


@pytest.mark.parametrize("channel", ROUTERS)
def test_what_is_not_signed_is_not_obeyed(kernel: Kernel, stranger: Stranger, channel: str) -> None:
    sock = stranger.connect(channel, zmq.DEALER)
    for frames in unsigned(stranger, key_of(kernel)).values():
        sock.send_multipart(frames)
    # a message that is in order, behind them all, shows that all were read
    if channel != "stdin":
        session = Session(key=key_of(kernel))
        session.send(sock, session.msg("kernel_info_request", {}))
        assert sock.poll(PATIENCE * 1000)
        _, parts = session.feed_identities(sock.recv_multipart())
        assert session.deserialize(parts)["msg_type"] == "kernel_info_reply"
    still_serves(kernel, stranger)
    assert not sock.poll(0), "a stranger was answered"


@pytest.mark.parametrize("channel", ROUTERS)
def test_what_makes_no_sense_does_nothing(kernel: Kernel, stranger: Stranger, channel: str) -> None:
    sock = stranger.connect(channel, zmq.DEALER)
    for frames in senseless(stranger, key_of(kernel)).values():
        sock.send_multipart(frames)
    if channel != "stdin":
        session = Session(key=key_of(kernel))
        session.send(sock, session.msg("kernel_info_request", {}))
        replies = []
        while "kernel_info_reply" not in replies:
            assert sock.poll(PATIENCE * 1000)
            _, parts = session.feed_identities(sock.recv_multipart())
            message = session.deserialize(parts)
            replies.append(message["msg_type"])
            assert message["content"]["status"] == ("ok" if replies[-1] == "kernel_info_reply" else "error")
    still_serves(kernel, stranger)


def test_subscribers_may_send_anything(kernel: Kernel, stranger: Stranger) -> None:
    sock = stranger.connect("iopub", zmq.XSUB)
    for frames in (*unsigned(stranger, key_of(kernel)).values(), [b"\x01\xff\xfe"], [b"\x01", b"more"], [b"\x00none"]):
        sock.send_multipart(frames)
    sock.send(b"\x01")
    # everything was read when the welcome to this subscription comes
    while sock.poll(PATIENCE * 1000) and b'"iopub_welcome"' not in b"".join(sock.recv_multipart()):
        pass
    still_serves(kernel, stranger)


def test_the_heart_beats_on(kernel: Kernel, stranger: Stranger) -> None:
    sock = stranger.connect("hb", zmq.DEALER)
    for frames in unsigned(stranger, key_of(kernel)).values():
        sock.send_multipart(frames)
    sock.send_multipart([b"", b"beat"])
    while sock.poll(PATIENCE * 1000) and sock.recv_multipart() != [b"", b"beat"]:
        pass
    still_serves(kernel, stranger)


GREETING = bytes.fromhex("ff00000000000000017f0300") + b"NULL".ljust(20, b"\0") + bytes(32)
READY = b"\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER"
BYTES = {
    "a browser": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "noise": random.Random(13).randbytes(10_000),
    "half a greeting": GREETING[:30],
    "a greeting and noise": GREETING + random.Random(14).randbytes(1000),
    "a frame longer than memory": GREETING
    + b"\x04"
    + bytes([len(READY)])
    + READY
    + b"\x02"
    + struct.pack(">Q", 1 << 62),
    "nothing": b"",
}


@pytest.mark.parametrize("channel", [*ROUTERS, "iopub", "hb"])
def test_connections_that_speak_something_else(kernel: Kernel, stranger: Stranger, channel: str) -> None:
    with contextlib.ExitStack() as opened:
        for data in BYTES.values():
            connection = opened.enter_context(stranger.tcp(channel))
            # the kernel may hang up at any moment
            with contextlib.suppress(OSError):
                connection.sendall(data)
        still_serves(kernel, stranger)
    still_serves(kernel, stranger)


@pytest.mark.parametrize("another_socket", [False, True])
def test_a_replayed_cell_does_not_run_twice(kernel: Kernel, stranger: Stranger, another_socket: bool) -> None:
    ran = kernel.home / f"ran {another_socket}"
    frames = stranger.cell(key_of(kernel), f"open({str(ran)!r}, 'a').write('once ')")
    sock = stranger.connect("shell", zmq.DEALER)
    sock.send_multipart(frames)
    assert sock.poll(PATIENCE * 1000)
    sock.recv_multipart()
    assert ran.read_text() == "once "
    again = stranger.connect("shell", zmq.DEALER) if another_socket else sock
    again.send_multipart(frames)
    session = Session(key=key_of(kernel))
    session.send(again, session.msg("kernel_info_request", {}))
    assert again.poll(PATIENCE * 1000)
    # what was sent before is in the queue, and a cell that comes later waits for it
    kernel.client.run("1")
    assert ran.read_text() == "once "
    still_serves(kernel, stranger)


def test_what_was_refused_is_counted_in_the_log() -> None:
    with running("cshell") as kernel, contextlib.closing(Stranger(kernel)) as stranger:
        sock = stranger.connect("shell", zmq.DEALER)
        refused = unsigned(stranger, key_of(kernel))
        for frames in refused.values():
            sock.send_multipart(frames)
        session = Session(key=key_of(kernel))
        session.send(sock, session.msg("kernel_info_request", {}))
        assert sock.poll(PATIENCE * 1000)
        still_serves(kernel, stranger)
        kernel.client.send("control", "shutdown_request", {"restart": False})
        assert kernel.ended() == 0
        assert f"dropped {len(refused)} messages" in (kernel.home / "kernel.log").read_text()
