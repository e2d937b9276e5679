"""What is written belongs to the request whose code wrote it, in threads and tasks that outlive it too."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context

import pytest

from kernel.worker.owners import NOBODY, Owner, Owners, follow_threads, own_thread
from tests.kernel.support import DEADLINE

FIRST, SECOND = Owner(b"1", b'{"msg_id":"first"}'), Owner(b"2", b'{"msg_id":"second"}')


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What `follow_threads` was told of threads that start."""
    monkeypatch.setattr(threading.Thread, "start", threading.Thread.start)
    return []


@pytest.fixture
def owners(started: list[str]) -> Iterator[Owners]:
    found = Owners()
    follow_threads(found, lambda: started.append("one"))
    yield found
    # the main thread's context is the test's own
    found.begin(None)  # type: ignore[arg-type]


def in_thread(action: Callable[[], object]) -> list[object]:
    """What the action returns in a thread, which is over."""
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(action()))
    thread.start()
    thread.join(DEADLINE)
    return found


def test_before_the_first_request_it_is_nobodys() -> None:
    assert copy_context().run(Owners().current) is NOBODY


def test_the_main_thread_writes_for_the_request_that_it_works_on(owners: Owners) -> None:
    for owner in (FIRST, SECOND):
        owners.begin(owner)
        assert owners.current() is owners.main is owner


def test_a_thread_writes_for_the_request_that_started_it(owners: Owners) -> None:
    go, found = threading.Event(), []

    def work() -> None:
        found.append(owners.current())
        assert go.wait(DEADLINE)
        found.append(owners.current())

    owners.begin(FIRST)
    thread = threading.Thread(target=work)
    thread.start()
    owners.begin(SECOND)
    go.set()
    thread.join(DEADLINE)
    assert found == [FIRST, FIRST]


def test_a_thread_that_a_thread_starts_has_the_same_owner(owners: Owners) -> None:
    owners.begin(FIRST)
    done: list[object] = []

    def begin_another() -> None:
        owners.main = SECOND
        done.extend(in_thread(owners.current))

    in_thread(begin_another)
    assert done == [FIRST]


def test_a_task_writes_for_the_request_that_made_it(owners: Owners) -> None:
    found: list[Owner] = []

    async def remember() -> None:
        await asyncio.sleep(0)
        found.append(owners.current())

    async def both() -> None:
        owners.begin(FIRST)
        one = asyncio.create_task(remember())
        owners.begin(SECOND)
        two = asyncio.create_task(remember())
        await asyncio.gather(one, two)

    copy_context().run(asyncio.run, both())
    assert found == [FIRST, SECOND]


def test_a_function_that_a_task_sends_to_a_thread_goes_with_it(owners: Owners) -> None:
    async def send() -> Owner:
        owners.begin(FIRST)
        asked = asyncio.create_task(asyncio.to_thread(owners.current))
        owners.begin(SECOND)
        return await asked

    assert copy_context().run(asyncio.run, send()) is FIRST


def test_a_thread_of_ours_may_change_its_owner(owners: Owners) -> None:
    def serve() -> list[Owner]:
        found = []
        for owner in (FIRST, SECOND):
            own_thread(owner)
            found.append(owners.current())
        return found

    owners.begin(NOBODY)
    assert in_thread(serve) == [[FIRST, SECOND]]


def test_each_start_is_told_before_the_thread_runs(owners: Owners, started: list[str]) -> None:
    owners.begin(Owner(b"1", b"{}"))
    assert in_thread(lambda: list(started)) == [["one"]]
    assert in_thread(lambda: list(started)) == [["one", "one"]]


def test_threads_of_ours_are_not_told(owners: Owners, started: list[str]) -> None:
    # nothing was run yet
    assert in_thread(lambda: list(started)) == [[]]
    owners.begin(Owner(b"1", b"{}"))
    for name in ("cshell history", "cshell analysis"):
        # and neither is what IPython starts in the first of them
        thread = threading.Thread(target=lambda: threading.Thread(target=lambda: None).start(), name=name)
        thread.start()
        thread.join(DEADLINE)
        assert started == ([] if name == "cshell history" else ["one"])


def test_a_thread_cannot_be_started_twice(owners: Owners) -> None:
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join(DEADLINE)
    with pytest.raises(RuntimeError):
        thread.start()


def test_what_is_kept_for_a_request_is_its_own() -> None:
    one, two = Owner(b"1", b"{}"), Owner(b"2", b"{}", allow_stdin=True)
    one.payload.append({"source": "page"})
    assert (two.payload, two.traceback, one.allow_stdin, two.allow_stdin) == ([], [], False, True)
