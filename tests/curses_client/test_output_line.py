"""Writing to a terminal that is slow, stuck or gone; nobody waits, nothing is lost, the descriptor stays blocking."""

import os
import threading
from collections.abc import Iterator

import pytest
from urwid.event_loop.abstract_loop import ExitMainLoop

from curses_client.loop import Loop
from curses_client.output_line import OutputLine


class Pipe:
    """A line of 64 KiB."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        self.line = OutputLine(self.writing)
        self.got = bytearray()

    def read(self) -> None:
        self.got += os.read(self.reading, 1 << 16)

    def close(self) -> None:
        for descriptor in (self.reading, self.writing):
            if descriptor >= 0:
                os.close(descriptor)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    made.close()


TEXT = bytes(range(256)) * 2000


def test_with_a_loop_nobody_waits_and_all_of_it_comes(pipe: Pipe) -> None:
    loop = Loop()
    pipe.line.use(loop)
    pipe.line.send(TEXT)
    pipe.line.send(b"end")
    assert not pipe.line.is_clear
    assert os.get_blocking(pipe.writing)

    def read() -> None:
        pipe.read()
        if pipe.got.endswith(b"end"):
            raise ExitMainLoop

    loop.watch_file(pipe.reading, read)
    loop.alarm(20, pytest.fail)
    loop.run()
    assert bytes(pipe.got) == TEXT + b"end"
    assert pipe.line.is_clear
    # it is watched again when it is needed again
    pipe.line.send(b"x" * (1 << 17))
    pipe.got.clear()
    loop.alarm(0.001, lambda: pipe.line.send(b"end"))
    loop.run()
    assert len(pipe.got) == (1 << 17) + 3


def test_frames_wait_until_the_line_is_clear(pipe: Pipe) -> None:
    loop = Loop()
    pipe.line.use(loop)
    loop.hold_frames(lambda: 0.0 if pipe.line.is_clear else float("inf"))
    log: list[bool] = []
    loop.enter_idle(lambda: log.append(pipe.line.is_clear))

    def leave_when_drawn() -> None:
        loop.alarm(0.001, leave_when_drawn)
        if len(log) == 2:
            raise ExitMainLoop

    loop.alarm(0, lambda: pipe.line.send(TEXT))
    loop.alarm(0, loop.request_frame)
    loop.alarm(0.005, lambda: loop.watch_file(pipe.reading, lambda: pipe.read() or False))
    loop.alarm(0, leave_when_drawn)
    loop.alarm(20, pytest.fail)
    loop.run()
    assert log == [True, True]


def test_without_a_loop_it_waits(pipe: Pipe) -> None:
    def read() -> None:
        while len(pipe.got) < len(TEXT):
            pipe.read()

    reader = threading.Thread(target=read)
    reader.start()
    pipe.line.send(TEXT)
    reader.join()
    assert pipe.line.is_clear
    assert bytes(pipe.got) == TEXT


def test_a_terminal_that_is_stuck_is_not_waited_for_for_ever(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curses_client.output_line.PATIENCE", 0.01)
    pipe.line.send(TEXT)
    assert pipe.line.is_clear
    pipe.line.send(b"more")
    assert pipe.line.is_clear
    pipe.read()
    assert len(pipe.got) == 1 << 16
    # and is one again when it takes something
    pipe.line.send(b"end")
    pipe.read()
    assert pipe.got.endswith(b"end")


def test_what_the_loop_has_not_sent_is_sent_at_the_end(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curses_client.output_line.PATIENCE", 0.01)
    loop = Loop()
    pipe.line.use(loop)
    pipe.line.send(TEXT)
    pipe.read()
    pipe.line.drain()
    pipe.read()
    assert bytes(pipe.got) == TEXT[: 1 << 17]
    assert loop._writers == {}


def test_a_terminal_that_is_gone_takes_everything(pipe: Pipe) -> None:
    pipe.line.use(Loop())
    pipe.line.send(TEXT)
    os.close(pipe.reading)
    pipe.reading = -1
    assert pipe.line.write("x" * 100) == 100
    assert pipe.line.is_clear


def test_a_descriptor_that_is_closed(pipe: Pipe) -> None:
    os.close(pipe.writing)
    pipe.writing = -1
    pipe.line.send(b"x")
    assert pipe.line.is_clear


def test_half_a_surrogate_is_written_as_something(pipe: Pipe) -> None:
    pipe.line.write("a\ud800b")
    pipe.line.flush()
    pipe.read()
    assert pipe.got == b"a?b"
