"""The rows of cells of a worker's subshells."""

from typing import Any

import pytest

from kernel.protocol.messages import ExecuteRequest
from kernel.supervisor.queue import Cell
from kernel.supervisor.subshells import Subshells
from kernel.worker.channel import CLOSE_SUBSHELL, OPEN_SUBSHELL
from tests.kernel.supervisor.fakes import FakeClient


class FakeWorker:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[bytes, str]] = []

    def tell(self, kind: bytes, *parts: bytes) -> None:
        self.told.append((kind, parts[0].decode()))


@pytest.fixture
def worker() -> Any:
    return FakeWorker()


CLIENT = FakeClient()


def cell(code: str) -> Cell:
    request = ExecuteRequest(code)
    return Cell(CLIENT.message("execute_request", request), request)


def given(subshells: Subshells, name: str, *codes: str) -> list[Cell]:
    """Give cells to a subshell; the first one of an idle one runs."""
    queue = subshells.queue(name)
    assert queue is not None
    cells = [cell(code) for code in codes]
    for each in cells:
        queue.add(each)
    queue.start()
    return cells


def test_each_has_a_name_that_the_worker_is_told(worker: Any) -> None:
    subshells = Subshells()
    names = [subshells.create(worker) for _ in range(3)]
    assert list(subshells) == names
    assert len(set(names)) == 3
    assert worker.told == [(OPEN_SUBSHELL, name) for name in names]
    assert subshells.queue(names[0]) is not subshells.queue(names[1])
    assert subshells.queue("nowhere") is None


def test_a_running_cell_is_found_by_its_request(worker: Any) -> None:
    subshells = Subshells()
    one, two = subshells.create(worker), subshells.create(worker)
    (running, waiting), (other,) = given(subshells, one, "1", "2"), given(subshells, two, "3")
    assert subshells.queue_of(running.msg_id) is subshells.queue(one)
    assert subshells.queue_of(other.msg_id) is subshells.queue(two)
    assert subshells.queue_of(waiting.msg_id) is None


def test_a_busy_one_ends_after_its_cell_and_what_waited_is_returned(worker: Any) -> None:
    subshells = Subshells()
    name = subshells.create(worker)
    running, *waiting = given(subshells, name, "1", "2", "3")
    assert subshells.delete(name, worker) == waiting
    assert worker.told[-1] == (CLOSE_SUBSHELL, name)
    assert list(subshells) == []
    queue = subshells.queue_of(running.msg_id)
    assert queue is not None
    assert queue.finish() is running
    subshells.ended(queue)
    assert subshells.clear() == []


def test_an_idle_one_ends_at_once(worker: Any) -> None:
    subshells = Subshells()
    name = subshells.create(worker)
    assert subshells.delete(name, worker) == []
    assert subshells.clear() == []


def test_one_that_is_none_cannot_be_deleted(worker: Any) -> None:
    subshells = Subshells()
    name = subshells.create(worker)
    subshells.delete(name, worker)
    for unknown in (name, "nowhere"):
        with pytest.raises(KeyError):
            subshells.delete(unknown, worker)
    assert [kind for kind, _ in worker.told] == [OPEN_SUBSHELL, CLOSE_SUBSHELL]


def test_the_worker_s_death_leaves_cells_without_an_answer(worker: Any) -> None:
    subshells = Subshells()
    one, two, ending = (subshells.create(worker) for _ in range(3))
    left = [*given(subshells, one, "1", "2"), *given(subshells, two)]
    (last,) = given(subshells, ending, "3")
    subshells.delete(ending, worker)
    assert subshells.clear() == [*left, last]
    assert list(subshells) == []
    assert subshells.queue_of(last.msg_id) is None
    assert subshells.clear() == []
