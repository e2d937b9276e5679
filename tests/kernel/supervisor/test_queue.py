"""Cells that wait, run and are dropped."""

import pytest

from kernel.protocol.messages import ExecuteRequest
from kernel.protocol.wire import EMPTY, Author, Wire
from kernel.supervisor.queue import Cell, Queue, without_history


def cell(code: str, metadata: bytes = EMPTY) -> Cell:
    request = ExecuteRequest(code)
    _, parts = Author("user").parts("execute_request", request, metadata=metadata)
    return Cell(Wire("").message(Wire("").frames([b"client"], parts)), request)


@pytest.fixture
def queue() -> Queue:
    return Queue()


def test_first_in_first_out(queue: Queue) -> None:
    cells = [cell(code) for code in "abc"]
    for each in cells:
        queue.add(each)
    assert len(queue) == 3
    for each in cells:
        assert queue.start() is each
        assert queue.start() is None
        assert queue.running is each
        assert queue.finish() is each
    assert queue.finish() is None
    assert queue.start() is None


def test_drop(queue: Queue) -> None:
    running, first, second = cell("r"), cell("1"), cell("2")
    for each in (running, first, second):
        queue.add(each)
    queue.start()
    assert queue.drop(running.msg_id) is None
    assert queue.drop(first.msg_id) is first
    assert queue.drop(first.msg_id) is None
    queue.finish()
    assert queue.start() is second


def test_abort(queue: Queue) -> None:
    running, waiting = cell("r"), cell("w")
    queue.add(running)
    queue.start()
    queue.add(waiting)
    assert list(queue.abort()) == [waiting]
    assert queue.running is running
    assert len(queue) == 0


OURS = b'{"cshell":{"columns":76}}'


def test_what_our_client_begins_with_a_space_is_not_stored() -> None:
    secret = without_history(cell(" secret", OURS))
    assert secret.request == secret.message.content == ExecuteRequest(" secret", store_history=False)


@pytest.mark.parametrize(("code", "metadata"), [("plain", OURS), (" theirs", EMPTY), (" odd", b"no JSON")])
def test_all_else_goes_as_it_came(code: str, metadata: bytes) -> None:
    plain = cell(code, metadata)
    assert without_history(plain) is plain
