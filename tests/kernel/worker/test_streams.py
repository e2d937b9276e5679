"""Text streams on pipes: in order, whole lines of each thread, and whose they are."""

import io
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context

import pytest

from kernel.protocol.wire import Author
from kernel.supervisor.streams import STREAMS, Ordered, StreamName, Text
from kernel.worker.channel import Channel, Markers
from kernel.worker.interrupts import Interrupts
from kernel.worker.outbox import Outbox
from kernel.worker.owners import Owner, own_thread
from kernel.worker.streams import TEXT, ErrorStream, OutputStream, SharedOutputStream, Streams, flush
from tests.kernel.support import DEADLINE

TOKEN = b"a secret token"
MAIN, OTHER, THIRD = Owner(b"1", b"{}"), Owner(b"2", b"{}"), Owner(b"3", b"{}")


class Pipes:
    """The streams of a worker whose output may be that of several requests, and what the supervisor sees of them."""

    def __init__(self) -> None:
        self._channel, self._theirs = (Channel(sock) for sock in socket.socketpair())
        self._pipes = [os.pipe() for _ in STREAMS]
        markers = Markers(TOKEN, tuple(writer for _, writer in self._pipes))
        self.later: list[int] = []
        self.outbox = Outbox(self._channel, markers, Author("w"), Interrupts(), lambda: self.later.append(1))
        self.outbox.owners.main = MAIN
        self._ordered = Ordered(TOKEN)
        for reader, _ in self._pipes:
            os.set_blocking(reader, False)
        self.stdout = OutputStream(os.fdopen(self._pipes[0][1], "wb"), **TEXT)
        self.stderr = ErrorStream(os.fdopen(self._pipes[1][1], "wb"), **TEXT)
        # its constructor would take this process's descriptors 1 and 2
        shared = Streams.__new__(Streams)
        shared._output, shared._errors = self.stdout, self.stderr
        shared.mark(self.outbox)
        shared.share()

    def seen(self) -> list[tuple[StreamName, str, int | None]]:
        for name, (reader, _) in zip(STREAMS, self._pipes, strict=True):
            try:
                self._ordered.feed(name, os.read(reader, 1 << 20))
            except BlockingIOError:
                pass
        return [(item.name, item.text, item.owner) for item in self._ordered.take() if isinstance(item, Text)]

    def close(self) -> None:
        self.outbox.detach()
        for stream in (self.stdout, self.stderr):
            stream.close()
        for reader, _ in self._pipes:
            os.close(reader)
        self._channel.close()
        self._theirs.close()


@pytest.fixture
def pipes() -> Iterator[Pipes]:
    found = Pipes()
    yield found
    found.close()


@contextmanager
def streams(pipes: Pipes) -> Iterator[None]:
    """Have sys.stdout and sys.stderr be those of the pipes; pytest sets its own when a test begins."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = pipes.stdout, pipes.stderr
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def other(owner: Owner, *texts: str, stream: object = None) -> None:
    """Write in a thread of another request."""

    def work() -> None:
        own_thread(owner)
        for text in texts:
            (stream or sys.stdout).write(text)  # type: ignore[attr-defined]

    thread = threading.Thread(target=work)
    copy_context().run(thread.start)
    thread.join(DEADLINE)


class TestOwners:
    def test_lines_of_the_main_thread_are_nobody_elses(self, pipes: Pipes) -> None:
        with streams(pipes):
            print("mine")
            assert pipes.seen() == [("stdout", "mine\n", None)]

    def test_lines_of_a_thread_are_its_requests_and_keep_their_place(self, pipes: Pipes) -> None:
        with streams(pipes):
            print("before")
            other(OTHER, "from the thread\n")
            print("behind")
            assert pipes.seen() == [
                ("stdout", "before\n", None),
                ("stdout", "from the thread\n", 2),
                ("stdout", "behind\n", None),
            ]

    def test_the_beginning_of_a_line_of_the_main_thread_comes_first(self, pipes: Pipes) -> None:
        with streams(pipes):
            print("half of ", end="")
            other(OTHER, "from the thread\n")
            print("a line")
            assert pipes.seen() == [
                ("stdout", "half of ", None),
                ("stdout", "from the thread\n", 2),
                ("stdout", "a line\n", None),
            ]

    def test_standard_error_too(self, pipes: Pipes) -> None:
        with streams(pipes):
            print("mine", file=sys.stderr)
            other(OTHER, "from the thread\n", stream=sys.stderr)
            print("out")
            found = pipes.seen()
        # which of two pipes was written first is known of the main thread's lines only
        assert [item for item in found if item[0] == "stderr"] == [
            ("stderr", "mine\n", None),
            ("stderr", "from the thread\n", 2),
        ]
        assert ("stdout", "out\n", None) in found

    def test_long_text_is_not_torn_from_its_owner(self, pipes: Pipes) -> None:
        text = "é☃" * 10_000 + "\n"
        with streams(pipes):
            other(OTHER, text)
            print("mine")
            found = pipes.seen()
        assert "".join(part for _, part, owner in found if owner == 2) == text
        assert found[-1] == ("stdout", "mine\n", None)

    def test_a_lone_surrogate_is_written(self, pipes: Pipes) -> None:
        with streams(pipes):
            print("\ud800")
            other(OTHER, "\ud800\n")
            assert pipes.seen() == [("stdout", "\\ud800\n", None), ("stdout", "\\ud800\n", 2)]

    def test_in_a_forked_child_everything_is_the_main_threads(self, pipes: Pipes) -> None:
        with streams(pipes):
            pipes.outbox.detach()
            other(OTHER, "from the child\n")
            assert pipes.seen() == [("stdout", "from the child\n", None)]


class TestLines:
    def test_a_line_is_held_back_until_it_is_whole(self, pipes: Pipes) -> None:
        with streams(pipes):

            def work() -> None:
                own_thread(OTHER)
                sys.stdout.write("half ")
                found.append(pipes.seen())
                sys.stdout.write("a line\nand more")
                found.append(pipes.seen())

            found: list[object] = []
            thread = threading.Thread(target=work)
            thread.start()
            thread.join(DEADLINE)
            assert found == [[], [("stdout", "half a line\n", 2)]]
            # somebody is told to write the rest soon
            assert pipes.later
            flush()
            assert pipes.seen() == [("stdout", "and more", 2)]

    def test_lines_of_threads_that_write_at_once_are_not_mixed(self, pipes: Pipes) -> None:
        together = threading.Barrier(2)

        def work(owner: Owner, letter: str) -> None:
            own_thread(owner)
            together.wait(DEADLINE)
            for _ in range(200):
                print(letter, letter, letter)

        with streams(pipes):
            threads = [threading.Thread(target=work, args=each) for each in ((OTHER, "b"), (THIRD, "c"))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(DEADLINE)
            found = pipes.seen()
        for number, letter in ((2, "b"), (3, "c")):
            mine = "".join(text for _, text, owner in found if owner == number)
            assert mine == f"{letter} {letter} {letter}\n" * 200

    def test_a_thread_that_goes_on_for_another_request_ends_its_line(self, pipes: Pipes) -> None:
        def work() -> None:
            own_thread(OTHER)
            sys.stdout.write("for two")
            own_thread(THIRD)
            sys.stdout.write("for three\n")

        with streams(pipes):
            thread = threading.Thread(target=work)
            thread.start()
            thread.join(DEADLINE)
            assert pipes.seen() == [("stdout", "for two", 2), ("stdout", "for three\n", 3)]

    def test_write_tells_how_much_it_took(self, pipes: Pipes) -> None:
        counts: list[int] = []

        def work() -> None:
            own_thread(OTHER)
            counts.extend((sys.stdout.write("ab"), sys.stderr.write("cde\n")))

        with streams(pipes):
            thread = threading.Thread(target=work)
            thread.start()
            thread.join(DEADLINE)
        assert counts == [2, 4]


class TestStandardDescriptors:
    def run(self, code: str) -> "subprocess.CompletedProcess[bytes]":
        """Run code in a process with streams of ours in the place of Python's."""
        script = f"import os, sys\nfrom kernel.worker.streams import *\nstreams = Streams()\n{code}"
        return subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=DEADLINE, check=False)

    def test_output_of_python_and_of_others_comes_in_order(self) -> None:
        done = self.run(
            "print('é\\ud800')\nos.system('echo shell')\nprint('no end', end='')\nsys.stdout.flush()\n"
            "print('error', file=sys.stderr)"
        )
        assert done.stdout == "é\\ud800\nshell\nno end".encode()
        assert done.stderr == b"error\n"

    def test_libraries_that_restore_the_streams_find_them(self) -> None:
        done = self.run(
            "held = sys.stdout\nsys.stdout = None\nsys.stdout = sys.__stdout__\n"
            "print(sys.stdout is held, sys.__stderr__ is sys.stderr, sys.__stdin__ is sys.stdin)"
        )
        assert done.stdout == b"True True True\n"

    def test_who_holds_the_stream_writes_to_the_shared_one_too(self) -> None:
        done = self.run(
            "held = sys.stdout\nprint(type(held).__name__)\nstreams.share()\nstreams.share()\nheld.write('held\\n')\n"
            "print(type(held).__name__)"
        )
        assert done.stdout == f"OutputStream\nheld\n{SharedOutputStream.__name__}\n".encode()

    def test_closed_descriptors_are_repaired_and_others_are_not(self) -> None:
        done = self.run(
            "import tempfile\nkept = os.dup(1), os.dup(2)\nfile = tempfile.TemporaryFile()\nos.close(2)\n"
            "os.dup2(file.fileno(), 1)\nrepair(*kept)\nos.write(1, b'to the file')\nos.write(2, b'back')\n"
            "file.seek(0)\nos.write(kept[0], file.read())"
        )
        assert (done.stdout, done.stderr) == (b"to the file", b"back")


@pytest.mark.parametrize("replacement", [None, object(), io.StringIO(), 5])
def test_streams_that_are_none_can_be_flushed(monkeypatch: pytest.MonkeyPatch, replacement: object) -> None:
    monkeypatch.setattr(sys, "stdout", replacement)
    monkeypatch.setattr(sys, "stderr", replacement)
    flush()
