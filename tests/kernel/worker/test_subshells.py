"""Subshells are threads with a row of requests each."""

import queue
import threading
from collections.abc import Iterator

import pytest

from kernel.worker.subshells import Subshells
from tests.kernel.support import DEADLINE, wait_for


class Served:
    """Keeps what was served and in which thread; a request that begins with `wait` waits to be let go."""

    def __init__(self) -> None:
        self.done: queue.SimpleQueue[tuple[bytes, str]] = queue.SimpleQueue()
        self.go = threading.Event()

    def __call__(self, parts: list[bytes]) -> None:
        if parts[0].startswith(b"wait"):
            assert self.go.wait(DEADLINE)
        self.done.put((parts[0], threading.current_thread().name))

    def next(self) -> tuple[bytes, str]:
        return self.done.get(timeout=DEADLINE)


@pytest.fixture
def served() -> Iterator[Served]:
    found = Served()
    yield found
    found.go.set()


@pytest.fixture
def subshells(served: Served) -> Subshells:
    return Subshells(served)


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("cshell subshell")}


def test_each_has_a_thread_of_its_own(subshells: Subshells, served: Served) -> None:
    for name in (b"aaaaaaaaaa", b"bbbbbbbbbb"):
        subshells.open(name)
        subshells.ask(name, [name])
        assert served.next() == (name, f"cshell subshell {name[:8].decode()}")
        subshells.close(name)


def test_one_that_is_busy_keeps_no_other_waiting(subshells: Subshells, served: Served) -> None:
    subshells.open(b"busy")
    subshells.open(b"free")
    subshells.ask(b"busy", [b"wait"])
    subshells.ask(b"free", [b"quick"])
    assert served.next()[0] == b"quick"
    served.go.set()
    assert served.next()[0] == b"wait"
    subshells.close(b"busy")
    subshells.close(b"free")


def test_requests_are_served_in_their_order(subshells: Subshells, served: Served) -> None:
    subshells.open(b"one")
    for number in range(20):
        subshells.ask(b"one", [b"wait %d" % number])
    served.go.set()
    assert [served.next()[0] for _ in range(20)] == [b"wait %d" % number for number in range(20)]
    subshells.close(b"one")


def test_one_that_is_closed_ends_when_it_has_done_what_it_was_asked(subshells: Subshells, served: Served) -> None:
    subshells.open(b"ending")
    subshells.ask(b"ending", [b"wait first"])
    subshells.ask(b"ending", [b"last"])
    subshells.close(b"ending")
    assert "cshell subshell ending" in threads()
    served.go.set()
    assert [served.next()[0] for _ in range(2)] == [b"wait first", b"last"]
    wait_for(lambda: "cshell subshell ending" not in threads(), "the end of its thread")


def test_a_subshell_does_not_keep_the_process_alive(subshells: Subshells) -> None:
    subshells.open(b"daemon")
    (thread,) = [each for each in threading.enumerate() if each.name == "cshell subshell daemon"]
    assert thread.daemon
    subshells.close(b"daemon")
