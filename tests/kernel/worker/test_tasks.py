"""asyncio's loop runs between cells, and a cell without `await` may start tasks or run a loop of its own."""

import asyncio
import socket
import sys
import threading
from collections.abc import Iterator

import pytest
from IPython.core import async_helpers

from kernel.worker.tasks import Tasks
from tests.kernel.support import DEADLINE


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give asyncio back what is put in its place, and close the loop."""
    for owner, name in (
        (asyncio, "run"),
        (asyncio.Runner, "run"),
        (asyncio.BaseEventLoop, "run_until_complete"),
        (asyncio.BaseEventLoop, "run_forever"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    monkeypatch.setattr(async_helpers, "_asyncio_event_loop", None)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    yield
    asyncio._set_running_loop(None)
    loop = async_helpers.get_asyncio_loop()
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    asyncio.set_event_loop(None)


@pytest.fixture
def tasks(clean: None) -> Tasks:
    return Tasks(lambda: None)


@pytest.fixture
def request_socket() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Where the next request comes from, and the end that it is sent into."""
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


async def send_into(sock: socket.socket) -> None:
    """Have a request come after some turns of the loop."""
    for _ in range(5):
        await asyncio.sleep(0)
    sock.send(b"request")


class TestCells:
    def test_a_task_may_be_made_without_await_and_runs_later(
        self, tasks: Tasks, request_socket: tuple[socket.socket, socket.socket]
    ) -> None:
        ours, theirs = request_socket
        done: list[int] = []

        async def work() -> None:
            done.append(1)
            await send_into(theirs)
            done.append(2)

        tasks.enter_cell()
        task = asyncio.create_task(work())
        tasks.leave_cell()
        assert done == []
        tasks.wait(ours)
        assert done == [1, 2]
        assert task.done()

    def test_a_task_lives_on_from_rest_to_rest(
        self, tasks: Tasks, request_socket: tuple[socket.socket, socket.socket]
    ) -> None:
        ours, theirs = request_socket
        rounds: list[int] = []

        async def work() -> None:
            for number in range(3):
                rounds.append(number)
                await send_into(theirs)
                # the loop ends a few turns after the request came
                for _ in range(5):
                    await asyncio.sleep(0)

        tasks.enter_cell()
        kept = asyncio.ensure_future(work())
        tasks.leave_cell()
        for number in range(3):
            tasks.wait(ours)
            assert rounds == list(range(number + 1))
            assert ours.recv(100) == b"request"
        assert not kept.cancelled()

    def test_asyncio_run(self, tasks: Tasks) -> None:
        async def work() -> str:
            await asyncio.sleep(0)
            return "done"

        tasks.enter_cell()
        assert asyncio.run(work()) == "done"
        assert asyncio.run(work()) == "done"
        # and afterwards tasks may be made as before
        asyncio.create_task(work()).cancel()
        tasks.leave_cell()

    def test_a_runner(self, tasks: Tasks) -> None:
        tasks.enter_cell()
        with asyncio.Runner() as runner:
            assert runner.run(asyncio.sleep(0, "done")) == "done"
        tasks.leave_cell()

    def test_run_until_complete_of_the_current_loop_and_of_another(self, tasks: Tasks) -> None:
        tasks.enter_cell()
        current = asyncio.get_event_loop()
        assert current.run_until_complete(asyncio.sleep(0, "done")) == "done"
        other = asyncio.new_event_loop()
        assert other.run_until_complete(asyncio.sleep(0, "other")) == "other"
        other.close()
        assert asyncio.get_running_loop() is current
        tasks.leave_cell()

    def test_what_fails_leaves_all_as_it_was(self, tasks: Tasks) -> None:
        async def fail() -> None:
            1 / 0  # noqa: B018

        tasks.enter_cell()
        with pytest.raises(ZeroDivisionError):
            asyncio.run(fail())
        asyncio.create_task(asyncio.sleep(0)).cancel()
        tasks.leave_cell()

    def test_a_loop_that_really_runs_is_not_nested(self, tasks: Tasks) -> None:
        async def outer() -> None:
            inner = asyncio.sleep(0)
            try:
                asyncio.run(inner)
            finally:
                inner.close()

        tasks.enter_cell()
        with pytest.raises(RuntimeError, match="cannot be called from a running event loop"):
            asyncio.run(outer())
        tasks.leave_cell()

    def test_no_loop_runs_when_the_cell_has_ended(self, tasks: Tasks) -> None:
        tasks.enter_cell()
        assert asyncio.get_running_loop()
        tasks.leave_cell()
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()

    def test_other_threads_are_left_alone(self, tasks: Tasks) -> None:
        found: list[object] = []

        def work() -> None:
            try:
                asyncio.get_running_loop()
            except RuntimeError as error:
                found.append(type(error))
            found.append(asyncio.run(asyncio.sleep(0, "in a thread")))

        tasks.enter_cell()
        loop = asyncio.get_running_loop()
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(DEADLINE)
        assert asyncio.get_running_loop() is loop
        tasks.leave_cell()
        assert found == [RuntimeError, "in a thread"]


class TestRest:
    def test_it_ends_when_a_request_comes_and_leaves_it_there(
        self, tasks: Tasks, request_socket: tuple[socket.socket, socket.socket]
    ) -> None:
        ours, theirs = request_socket
        theirs.send(b"request")
        tasks.wait(ours)
        assert ours.recv(100) == b"request"

    def test_a_request_that_comes_later_stops_no_cell(
        self, tasks: Tasks, request_socket: tuple[socket.socket, socket.socket]
    ) -> None:
        ours, theirs = request_socket
        theirs.send(b"first")
        tasks.wait(ours)
        tasks.enter_cell()
        assert asyncio.get_event_loop().run_until_complete(asyncio.sleep(0.001, "to its end")) == "to its end"
        tasks.leave_cell()

    def test_it_ends_when_the_supervisor_is_gone(
        self, tasks: Tasks, request_socket: tuple[socket.socket, socket.socket]
    ) -> None:
        ours, theirs = request_socket
        theirs.close()
        tasks.wait(ours)
        assert ours.recv(100) == b""

    def test_it_can_be_begun_again_after_a_task_broke_it_off(
        self, tasks: Tasks, request_socket: tuple[socket.socket, socket.socket]
    ) -> None:
        ours, theirs = request_socket

        async def leave() -> None:
            raise SystemExit

        tasks.enter_cell()
        kept = asyncio.create_task(leave())
        tasks.leave_cell()
        with pytest.raises(SystemExit):
            tasks.wait(ours)
        with pytest.raises(SystemExit):
            kept.result()
        theirs.send(b"request")
        tasks.wait(ours)

    def test_a_loop_that_user_code_closed_is_replaced(
        self, tasks: Tasks, request_socket: tuple[socket.socket, socket.socket]
    ) -> None:
        ours, theirs = request_socket
        tasks.enter_cell()
        loop = asyncio.get_running_loop()
        tasks.leave_cell()
        loop.close()
        theirs.send(b"request")
        tasks.wait(ours)
        tasks.enter_cell()
        assert asyncio.get_running_loop() is not loop
        tasks.leave_cell()


class TestBeginning:
    def test_it_is_told_when_there_can_be_tasks(self, clean: None) -> None:
        told: list[int] = []
        assert Tasks(lambda: told.append(1)).are_possible
        assert told == [1]

    def test_nothing_is_possible_before_asyncio_is_imported(self, clean: None) -> None:
        told: list[int] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.delitem(sys.modules, "asyncio")
            tasks = Tasks(lambda: told.append(1))
            tasks.enter_cell()
            tasks.leave_cell()
            assert not tasks.are_possible
        assert told == []

    def test_a_cell_that_imports_it_may_make_tasks_at_once(self, clean: None) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.delitem(sys.modules, "asyncio")
            tasks = Tasks(lambda: None)
        tasks.enter_cell()
        # as the import does when it is done
        tasks._install(asyncio)
        asyncio.create_task(asyncio.sleep(0)).cancel()
        tasks.leave_cell()
