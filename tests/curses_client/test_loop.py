"""The event loop on real pipes and sockets: what is served when, and that nothing starves."""

import math
import os
import select
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import zmq
from urwid.event_loop.abstract_loop import ExitMainLoop

from curses_client.loop import BUDGET, BURST, FLOOD_FRAMES, FRAMES, GATHER, FrameClock, Loop
from curses_client.transport import ZmqSource


class Clock:
    """A clock that goes on when something is done."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Pipe:
    """A pipe with bytes for somebody to read."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()

    def put(self, data: bytes) -> None:
        os.write(self.writing, data)

    def take(self) -> bytes:
        return os.read(self.reading, 1 << 16)

    def close(self) -> None:
        os.close(self.reading)
        os.close(self.writing)


class Queue:
    """A source that has as many things as were put into it; its descriptor announces only the first."""

    def __init__(self, pipe: Pipe, serve: Callable[[Any], None]) -> None:
        self._pipe = pipe
        self._items: deque[Any] = deque()
        self._serve = serve

    def put(self, *items: Any) -> None:
        self._items.extend(items)
        self._pipe.put(b"x")

    def fileno(self) -> int:
        return self._pipe.reading

    def pending(self) -> bool:
        return bool(self._items)

    def serve(self) -> None:
        if self._items:
            self._serve(self._items.popleft())


class Flood:
    """A source that always has more."""

    def __init__(self, pipe: Pipe, served: Callable[[], None]) -> None:
        self._pipe = pipe
        self.serve = served

    def fileno(self) -> int:
        return self._pipe.reading

    def pending(self) -> bool:
        return True


@pytest.fixture
def pipes() -> Iterator[Callable[[], Pipe]]:
    made: list[Pipe] = []

    def make() -> Pipe:
        made.append(Pipe())
        return made[-1]

    yield make
    for pipe in made:
        pipe.close()


def leave() -> None:
    raise ExitMainLoop


def test_what_was_typed_then_a_frame_then_sources_in_order_then_alarms_then_a_frame(pipes: Callable[[], Pipe]) -> None:
    loop, log = Loop(), []
    keys, first, second = pipes(), pipes(), pipes()
    expected = ["key", "frame", "a1", "a2", "b1", "b2", "alarm", "frame"]

    def draw() -> None:
        log.append("frame")
        if len(log) >= len(expected):
            leave()

    loop.enter_idle(draw)
    loop.watch_file(keys.reading, lambda: log.append(keys.take().decode()))
    sources = [Queue(pipe, lambda item: (log.append(item), loop.request_frame())) for pipe in (first, second)]
    for source in sources:
        loop.watch(source)
    sources[1].put("b1", "b2")
    sources[0].put("a1", "a2")
    keys.put(b"key")
    loop.alarm(0, lambda: log.append("alarm"))
    loop.run()
    assert log == expected


def test_a_flood_never_starves_a_key(pipes: Callable[[], Pipe]) -> None:
    clock = Clock()
    loop = Loop(clock)
    keys = pipes()
    served = 0
    waited: list[float] = []
    pressed = 0.0

    def serve() -> None:
        nonlocal served, pressed
        served += 1
        clock.now += BUDGET / 10
        if served % 50 == 0:
            pressed = clock.now
            keys.put(b"k")

    def key() -> None:
        keys.take()
        waited.append(clock.now - pressed)
        if len(waited) == 20:
            leave()

    loop.watch(Flood(pipes(), serve))
    loop.watch_file(keys.reading, key)
    loop.run()
    assert max(waited) <= BUDGET * 1.5


def test_a_flood_starves_neither_alarms_nor_frames_nor_is_drawn_too_often(pipes: Callable[[], Pipe]) -> None:
    clock = Clock()
    loop = Loop(clock)
    frames: list[float] = []
    alarms = 0

    def serve() -> None:
        clock.now += 0.0005
        loop.request_frame()

    def alarm() -> None:
        nonlocal alarms
        alarms += 1
        loop.alarm(0.1, alarm)

    loop.watch(Flood(pipes(), serve))
    loop.enter_idle(lambda: frames.append(clock.now))
    loop.alarm(0.1, alarm)
    loop.alarm(1.0, leave)
    loop.run()
    assert 25 <= len(frames) <= FLOOD_FRAMES + BURST + 1
    assert 9 <= alarms <= 10


def test_an_alarm_that_sets_itself_anew_lets_keys_and_frames_pass(pipes: Callable[[], Pipe]) -> None:
    loop, log = Loop(Clock()), []
    keys = pipes()

    def work() -> None:
        log.append("work")
        loop.request_frame()
        if len(log) == 1:
            keys.put(b"key")
        if len(log) > 50:
            leave()
        loop.alarm(0, work)

    def key() -> None:
        log.append(keys.take().decode())
        leave()

    loop.watch_file(keys.reading, key)
    loop.alarm(0, work)
    loop.run()
    assert log == ["work", "key"]


def test_after_a_rest_frames_follow_each_other_at_once() -> None:
    clock = FrameClock(0.0)
    now = 10.0
    for _ in range(BURST):
        clock.request(now)
        assert clock.due == pytest.approx(now + GATHER)
        clock.drawn(clock.due, FRAMES)
        now, clock.due = clock.due, None
    clock.request(now)
    assert clock.due is not None
    assert GATHER < clock.due - now <= 1 / FRAMES


def test_what_comes_together_is_one_frame() -> None:
    clock = FrameClock(0.0)
    clock.request(1.0)
    due = clock.due
    clock.request(1.001)
    assert clock.due == due


def test_without_a_change_nothing_is_drawn(pipes: Callable[[], Pipe]) -> None:
    clock = Clock()
    loop = Loop(clock)
    frames: list[float] = []
    loop.watch(Flood(pipes(), lambda: setattr(clock, "now", clock.now + 0.001)))
    loop.enter_idle(lambda: frames.append(clock.now))
    loop.alarm(1.0, leave)
    loop.run()
    assert len(frames) == 1


def test_a_frame_that_lacks_something_is_followed_by_others_until_none_does() -> None:
    loop, log = Loop(), []

    def look() -> None:
        log.append("look")
        if log.count("frame") < 5:
            loop.request_frame()
        else:
            leave()

    # urwid comes after whoever is there before it
    loop.after_frame(look)
    loop.enter_idle(lambda: log.append("frame"))
    loop.run()
    assert log == ["frame", "look"] * 5


def test_a_key_is_drawn_at_once_though_a_frame_was_drawn_just_before(pipes: Callable[[], Pipe]) -> None:
    clock = Clock()
    loop = Loop(clock)
    keys, log = pipes(), []
    loop.enter_idle(lambda: log.append("frame"))
    loop.watch_file(keys.reading, lambda: log.append(keys.take().decode()))

    def press() -> None:
        clock.now += 0.0001
        if len(log) > 6:
            leave()
        keys.put(b"k")

    loop.watch(Flood(pipes(), press))
    loop.run()
    assert log[1:5] == ["k", "frame"] * 2 or log[1].startswith("k")
    assert log[2::2] == ["frame"] * len(log[2::2])


def test_a_frame_that_is_asked_for_comes_when_the_clock_allows_it() -> None:
    loop, frames = Loop(), []

    def draw() -> None:
        frames.append(1)
        if len(frames) == 2:
            loop.alarm(GATHER * 10, leave)

    loop.enter_idle(draw)
    loop.alarm(0, loop.request_frame)
    loop.run()
    assert len(frames) == 2


@pytest.mark.parametrize("count", [1, 2, 1000])
def test_a_zmq_socket_is_drained_though_its_descriptor_speaks_once(count: int) -> None:
    context = zmq.Context()
    reader, writer = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
    reader.bind("inproc://drained")
    writer.connect("inproc://drained")
    loop, got = Loop(), []

    def handle(frames: list[bytes]) -> None:
        got.append(int(frames[0]))
        if len(got) == count:
            # sent while the last one is handled: the descriptor may say nothing of it
            writer.send(b"-1")
        if got[-1] == -1:
            leave()

    loop.watch(ZmqSource(reader, handle))
    loop.alarm(20, leave)
    for number in range(count):
        writer.send(str(number).encode())
    loop.run()
    reader.close()
    writer.close()
    context.term()
    assert got == [*range(count), -1]


def test_what_came_before_the_socket_was_watched_is_served() -> None:
    context = zmq.Context()
    reader, writer = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
    reader.bind("inproc://before")
    writer.connect("inproc://before")
    writer.send(b"early")
    source = ZmqSource(reader, lambda frames: leave())
    assert source.pending()
    loop = Loop()
    loop.alarm(20, pytest.fail)
    loop.watch(source)
    loop.run()
    assert not source.pending()
    source.serve()
    reader.close()
    writer.close()
    context.term()


def test_a_source_may_end_while_it_is_served(pipes: Callable[[], Pipe]) -> None:
    loop, log = Loop(), []

    def serve(item: str) -> None:
        log.append(item)
        loop.unwatch(source)

    source = Queue(pipes(), serve)
    loop.watch(source)
    source.put("one", "two")
    loop.alarm(0.01, leave)
    loop.run()
    assert log == ["one"]


def test_a_plain_descriptor_is_served_though_it_never_says_pending(pipes: Callable[[], Pipe]) -> None:
    loop, pipe = Loop(), pipes()

    class End:
        def fileno(self) -> int:
            return pipe.reading

        def pending(self) -> bool:
            return False

        def serve(self) -> None:
            leave()

    loop.watch(End())
    pipe.put(b"x")
    loop.run()


def test_a_descriptor_that_can_be_written_to(pipes: Callable[[], Pipe]) -> None:
    loop, pipe = Loop(), pipes()
    os.set_blocking(pipe.writing, False)
    room = 0
    try:
        while True:
            room += os.write(pipe.writing, bytes(1 << 12))
    except BlockingIOError:
        pass
    log = []

    class Writer:
        def fileno(self) -> int:
            return pipe.writing

        def pending(self) -> bool:
            return False

        def serve(self) -> None:
            log.append("room")
            loop.unwatch(writer)
            loop.alarm(0.01, leave)

    writer = Writer()
    loop.watch(writer, select.POLLOUT)
    loop.alarm(0.01, lambda: log.append("emptied"))
    loop.alarm(0.01, lambda: os.read(pipe.reading, room))
    loop.run()
    assert log == ["emptied", "room"]


def test_what_can_be_written_to_comes_before_a_flood(pipes: Callable[[], Pipe]) -> None:
    clock = Clock()
    loop, pipe = Loop(clock), pipes()

    def written() -> None:
        loop.unwatch_writing(pipe.writing)
        leave()

    loop.watch(Flood(pipes(), lambda: setattr(clock, "now", clock.now + BUDGET)))
    loop.watch_writing(pipe.writing, written)
    loop.alarm(1.0, pytest.fail)
    loop.run()
    assert clock.now < 100.0 + 2 * BUDGET


def test_frames_that_are_held_come_when_they_may(pipes: Callable[[], Pipe]) -> None:
    clock = Clock()
    loop, keys = Loop(clock), pipes()
    frames: list[float] = []
    held = math.inf

    def release() -> None:
        nonlocal held
        held = clock.now + 0.1
        loop.alarm(0.2, leave)

    loop.hold_frames(lambda: held)
    loop.watch(Flood(pipes(), lambda: setattr(clock, "now", clock.now + 0.001)))
    loop.enter_idle(lambda: frames.append(clock.now))
    loop.watch_file(keys.reading, keys.take)
    loop.alarm(0.1, loop.request_frame)
    loop.alarm(0.2, lambda: keys.put(b"k"))
    loop.alarm(0.5, release)
    loop.run()
    # the first frame is there before anything can hold it
    assert frames == [100.0, pytest.approx(100.6, abs=0.01)]


def test_a_loop_with_held_frames_sleeps(pipes: Callable[[], Pipe]) -> None:
    loop = Loop()
    asked = 0

    def until() -> float:
        nonlocal asked
        asked += 1
        return math.inf

    loop.hold_frames(until)
    loop.request_frame()
    loop.alarm(0.05, leave)
    loop.alarm(0, loop.request_frame)
    loop.run()
    assert asked < 20


def test_what_is_read_and_is_not_to_be_seen_is_not_drawn(pipes: Callable[[], Pipe]) -> None:
    loop, keys, frames = Loop(), pipes(), []
    loop.enter_idle(lambda: frames.append(1))

    def read() -> bool:
        loop.alarm(0.005, leave)
        return keys.take() != b"answer"

    loop.watch_file(keys.reading, read)
    keys.put(b"answer")
    loop.run()
    assert len(frames) == 1


def test_a_source_without_a_descriptor(pipes: Callable[[], Pipe]) -> None:
    loop, log = Loop(), []
    keys = pipes()
    pieces = deque("abc")

    class Pieces:
        def fileno(self) -> int:
            return -1

        def pending(self) -> bool:
            return bool(pieces)

        def serve(self) -> None:
            log.append(pieces.popleft())
            if log[-1] == "later":
                loop.alarm(0, lambda: loop.unwatch(source))
                loop.alarm(0.01, leave)

    source = Pieces()
    loop.watch(source)
    loop.alarm(0.01, lambda: pieces.append("later"))
    loop.watch_file(keys.reading, keys.take)
    loop.run()
    assert log == ["a", "b", "c", "later"]


def test_alarms_come_in_order_and_can_be_removed() -> None:
    loop, log = Loop(), []
    loop.alarm(0.004, lambda: log.append("late"))
    removed = loop.alarm(0.002, lambda: log.append("removed"))
    loop.alarm(0.0, lambda: log.append("first"))
    loop.alarm(0.0, lambda: log.append("second"))
    loop.alarm(0.006, leave)
    assert loop.remove_alarm(removed)
    assert not loop.remove_alarm((0.0, 999))
    loop.run()
    assert log == ["first", "second", "late"]


def test_an_alarm_that_went_off_cannot_be_removed() -> None:
    loop = Loop()
    handle = loop.alarm(0, lambda: None)
    loop.alarm(0, leave)
    loop.run()
    assert not loop.remove_alarm(handle)


def test_exceptions_pass_through(pipes: Callable[[], Pipe]) -> None:
    loop, pipe = Loop(), pipes()
    loop.watch_file(pipe.reading, lambda: 1 / 0)
    pipe.put(b"x")
    with pytest.raises(ZeroDivisionError):
        loop.run()


def test_what_is_no_longer_watched(pipes: Callable[[], Pipe]) -> None:
    loop, pipe = Loop(), pipes()
    handle = loop.watch_file(pipe.reading, pytest.fail)
    idle = loop.enter_idle(pytest.fail)
    assert loop.remove_watch_file(handle)
    assert not loop.remove_watch_file(handle)
    assert loop.remove_enter_idle(idle)
    assert not loop.remove_enter_idle(idle)
    pipe.put(b"x")
    loop.alarm(0, leave)
    loop.run()
