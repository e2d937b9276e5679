"""SIGINT raises in user code only, and never in the middle of what is shielded."""

import asyncio
import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from kernel.worker.interrupts import Interrupts, without_worker


@pytest.fixture
def interrupts() -> Iterator[Interrupts]:
    handler, hook = signal.getsignal(signal.SIGINT), sys.unraisablehook
    found = Interrupts()
    found.install()
    yield found
    found.allowed = found.expected = False
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, handler)
    sys.unraisablehook = hook


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_it_is_ignored_outside_user_code(interrupts: Interrupts) -> None:
    interrupt()
    interrupts.allowed = True
    with pytest.raises(KeyboardInterrupt):
        interrupt()
    interrupts.allowed = False
    interrupt()


def test_it_waits_for_what_is_shielded(interrupts: Interrupts) -> None:
    done = []

    def inner() -> None:
        interrupt()
        done.append("inner")

    def outer() -> None:
        interrupts.shield(inner)
        done.append("outer")

    interrupts.allowed = True
    with pytest.raises(KeyboardInterrupt):
        interrupts.shield(outer)
    interrupts.allowed = False
    assert done == ["inner", "outer"]
    interrupts.shield(inner)


def test_what_is_shielded_may_fail(interrupts: Interrupts) -> None:
    interrupts.allowed = True
    with pytest.raises(ZeroDivisionError):
        interrupts.shield(lambda: interrupt() or 1 / 0)  # type: ignore[func-returns-value, arg-type]
    interrupts.install()
    with pytest.raises(KeyboardInterrupt):
        interrupt()
    interrupts.allowed = False


def test_other_threads_have_nothing_to_shield(interrupts: Interrupts) -> None:
    done = []
    thread = threading.Thread(target=interrupts.shield, args=[lambda: done.append(1)])
    thread.start()
    thread.join()
    assert done == [1]


def test_a_handler_of_the_users_is_replaced(interrupts: Interrupts) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    interrupts.install()
    interrupts.allowed = True
    with pytest.raises(KeyboardInterrupt):
        interrupt()
    interrupts.allowed = False


def test_a_traceback_ends_in_the_code_of_the_user() -> None:
    interrupts = Interrupts()
    interrupts.allowed = True
    try:
        interrupts._handle(signal.SIGINT, None)
    except KeyboardInterrupt as error:
        traceback = without_worker(error.__traceback__)
        assert traceback is not None
        assert traceback.tb_frame.f_code.co_filename == __file__
        assert traceback.tb_next is None


def test_a_traceback_of_the_worker_alone_is_left_as_it_is() -> None:
    assert without_worker(None) is None


def test_an_interrupt_that_python_sleeps_through_is_sent_again(interrupts: Interrupts) -> None:
    """As if it had come just before the system call: CPython knows of it, and the handler has not run."""
    interrupts.watch(lambda: None)
    interrupts.allowed = True
    begin = time.monotonic()
    # the signal reaches another thread, so that nothing wakes this one
    threading.Timer(0.1, lambda: signal.pthread_kill(threading.get_ident(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        time.sleep(30)
    assert time.monotonic() - begin < 20


def test_one_that_comes_too_early_is_kept(interrupts: Interrupts) -> None:
    interrupts.expected = True
    interrupt()
    with pytest.raises(KeyboardInterrupt):
        interrupts.allow()
    interrupts.allow()


def test_the_second_one_that_comes_too_early_is_not(interrupts: Interrupts) -> None:
    interrupts.expected = True
    interrupt()
    with pytest.raises(KeyboardInterrupt):
        interrupt()
    interrupts.allow()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_one_that_python_drops_is_raised_again(interrupts: Interrupts) -> None:
    class Late:
        def __del__(self) -> None:
            interrupt()

    interrupts.watch(lambda: None)
    interrupts.allowed = True
    with pytest.raises(KeyboardInterrupt):
        time.sleep(30 if Late() else 0)


def test_what_else_python_drops_is_reported(interrupts: Interrupts, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __del__(self) -> None:
            raise ValueError("mine")

    reported: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: reported.append(unraisable.exc_value))
    interrupts.install()
    Broken()
    assert [str(value) for value in reported] == ["mine"]


def frame_of_asyncio() -> FrameType:
    at_work: dict[str, Any] = {"__name__": "asyncio.base_events", "sys": sys}
    exec("found = (lambda: sys._getframe())()", at_work)
    found: FrameType = at_work["found"]
    return found


def test_what_an_event_loop_has_in_its_hands_is_not_torn_from_it() -> None:
    """A handle that asyncio has taken from its queue would be lost, and its task would wait for ever."""
    at_work = frame_of_asyncio()
    interrupts = Interrupts()
    interrupts.allowed = True
    interrupts._handle(signal.SIGINT, at_work)
    assert interrupts.handled == 0
    # still at work when it is tried again, and then not any more
    interrupts._wake(0, at_work)
    with pytest.raises(KeyboardInterrupt):
        interrupts._wake(0, sys._getframe())
    assert interrupts.handled == 1
    interrupts._wake(0, sys._getframe())


def test_what_an_event_loop_never_gives_back_is_torn_from_it(interrupts: Interrupts) -> None:
    """The frame of a callback of C code is asyncio's, and it may be at work for as long as it likes."""
    interrupts.watch(lambda: None)
    interrupts.allowed = True
    loop = asyncio.new_event_loop()
    loop.call_soon(time.sleep, 30)
    loop.call_soon(loop.stop)
    begin = time.monotonic()
    threading.Timer(0.1, interrupt).start()
    with contextlib.closing(loop), pytest.raises(KeyboardInterrupt):
        loop.run_forever()
    assert time.monotonic() - begin < 20
