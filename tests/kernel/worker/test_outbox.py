"""Messages from the outbox and text from the streams, through real pipes into the supervisor's `Ordered`."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from io import TextIOWrapper

import pytest

from kernel.protocol.messages import decode
from kernel.protocol.wire import Author
from kernel.supervisor.streams import STREAMS, Ordered, StreamName, Text
from kernel.worker.channel import BEGUN, INPUT, IOPUB, READY, REPLY, Channel, FrameReader, Markers
from kernel.worker.interrupts import Interrupts
from kernel.worker.outbox import Outbox
from kernel.worker.owners import Owner
from kernel.worker.streams import ErrorStream, flush

TOKEN = b"a secret token"


class Ends:
    """A worker's outbox and streams, and what the supervisor sees of them."""

    def __init__(self) -> None:
        ours, self._socket = socket.socketpair()
        self._socket.setblocking(False)
        self.pipes = [os.pipe() for _ in STREAMS]
        for reader, _ in self.pipes:
            os.set_blocking(reader, False)
        self.channel = Channel(ours)
        markers = Markers(TOKEN, tuple(writer for _, writer in self.pipes))
        self.outbox = Outbox(self.channel, markers, Author("worker"), Interrupts(), lambda: None)
        self.stdout = TextIOWrapper(os.fdopen(self.pipes[0][1], "wb"), line_buffering=True)
        self.stderr = ErrorStream(os.fdopen(self.pipes[1][1], "wb"), line_buffering=True)
        self.stderr.marking = self.outbox
        self._ordered = Ordered(TOKEN)
        self._reader = FrameReader()

    def seen(self) -> list[object]:
        """Text as (stream, text), messages as lists of their kind and the JSON objects in them."""
        for name, (reader, _) in zip(STREAMS, self.pipes, strict=True):
            self._read(name, reader)
        try:
            for frame in self._reader.feed(self._socket.recv(1 << 16)):
                self._ordered.add(frame)
        except BlockingIOError:
            pass
        return self._taken()

    def seen_errors_first(self) -> list[object]:
        """The same when standard error is read a moment earlier."""
        self._read("stderr", self.pipes[1][0])
        return [*self._taken(), *self.seen()]

    def _read(self, name: StreamName, reader: int) -> None:
        try:
            self._ordered.feed(name, os.read(reader, 1 << 16))
        except BlockingIOError:
            pass

    def _taken(self) -> list[object]:
        return [
            (item.name, item.text) if isinstance(item, Text) else [item.parts[0], *map(decode, item.parts[2:])]
            for item in self._ordered.take()
        ]

    def close(self) -> None:
        self.stdout.close()
        self.outbox.detach()
        self.stderr.close()
        for reader, _ in self.pipes:
            os.close(reader)
        self._socket.close()
        self.channel.close()


@contextmanager
def streams(ends: Ends) -> Iterator[None]:
    """Have sys.stdout and sys.stderr be those of the ends; pytest sets its own when a test begins."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = ends.stdout, ends.stderr
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


@pytest.fixture
def ends() -> Iterator[Ends]:
    found = Ends()
    yield found
    found.close()


class TestMessages:
    def test_each_has_its_place_among_the_output(self, ends: Ends) -> None:
        with streams(ends):
            print("before", end="")
            ends.outbox.publish("display_data", {"data": {}})
            print("behind")
            first, (kind, header, parent, metadata, content), last = ends.seen()
            assert first == ("stdout", "before")
            assert (kind, header["msg_type"]) == (IOPUB, "display_data")
            assert (parent, metadata, content) == ({}, {}, {"data": {}})
            assert last == ("stdout", "behind\n")

    def test_parents(self, ends: Ends) -> None:
        # what the main thread works on is a context variable, which other tests have no use for
        copy_context().run(self.check_parents, ends)

    def check_parents(self, ends: Ends) -> None:
        with streams(ends):
            ends.outbox.owners.begin(Owner(b"1", b'{"msg_id":"the cell"}'))
            questions: list[str] = []
            ends.outbox.ask({"prompt": "?"}, questions.append)
            ends.outbox.reply("complete_reply", b'{"msg_id":"the question"}', {})
            asked, replied = ends.seen()
            assert asked[0] == INPUT
            assert asked[1]["msg_id"] == questions[0]
            assert asked[2] == {"msg_id": "the cell"}
            assert replied[0] == REPLY
            assert replied[2] == {"msg_id": "the question"}

    def test_beginning_and_being_ready(self, ends: Ends) -> None:
        with streams(ends):
            ends.outbox.ready()
            ends.outbox.begin(None)
            ends.outbox.begin({"code": "1", "execution_count": 1})
            ready, silent, shown = ends.seen()
            assert (ready, silent, shown[0]) == ([READY], [BEGUN, {}], BEGUN)
            assert shown[2]["msg_type"] == "execute_input"

    def test_what_is_no_json_breaks_nothing(self, ends: Ends) -> None:
        with streams(ends):
            values: dict[str, object] = {}
            values["self"] = values
            with pytest.raises(RecursionError):
                ends.outbox.publish("display_data", values)
            ends.outbox.publish("display_data", {})
            assert len(ends.seen()) == 1


class TestErrorsBetweenOutput:
    def test_lines(self, ends: Ends) -> None:
        with streams(ends):
            for number in range(3):
                print("out", number)
                print("err", number, file=sys.stderr)
            assert ends.seen() == [
                item for n in range(3) for item in (("stdout", f"out {n}\n"), ("stderr", f"err {n}\n"))
            ]

    def test_a_pipe_that_is_read_late(self, ends: Ends) -> None:
        with streams(ends):
            print("out")
            print("err", file=sys.stderr)
            assert ends.seen_errors_first() == [("stdout", "out\n"), ("stderr", "err\n")]

    def test_parts_of_lines(self, ends: Ends) -> None:
        with streams(ends):
            print("a", end="")
            print("b", end="", file=sys.stderr, flush=True)
            print("c", end="", flush=True)
            print("d", end="", file=sys.stderr)
            flush()
            assert ends.seen() == [("stdout", "a"), ("stderr", "b"), ("stdout", "c"), ("stderr", "d")]

    def test_one_stream_for_both(self, ends: Ends) -> None:
        with streams(ends):
            sys.stdout = sys.stderr
            print("a")
            print("b", end="")
            ends.outbox.publish("display_data", {})
            assert ends.seen()[0] == ("stderr", "a\nb")


class TestForkedChild:
    def test_what_it_publishes_is_printed(self, ends: Ends) -> None:
        with streams(ends):
            ends.outbox.detach()
            ends.outbox.publish("display_data", {"data": {"text/plain": "shown"}})
            ends.outbox.publish("error", {"traceback": ["line 1", "line 2"]})
            ends.outbox.publish("clear_output", {"wait": True})
            assert ends.seen() == [("stdout", "shown\n"), ("stderr", "line 1\nline 2\n")]


class TestFlush:
    @pytest.mark.parametrize("stream", [None, object(), 5])
    def test_streams_that_are_none(self, ends: Ends, stream: object) -> None:
        with streams(ends):
            sys.stdout = stream  # type: ignore[assignment]
            flush()
            ends.outbox.publish("display_data", {})
            assert len(ends.seen()) == 1
