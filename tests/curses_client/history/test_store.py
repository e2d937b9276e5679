"""The thread that reads and writes the history of a client."""

import select
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from curses_client.history.entries import Entry, Forgotten, Item
from curses_client.history.files import Files
from curses_client.history.store import Store
from tests.home import DEADLINE

SIZE = 1000


class Told:
    """A store, and what it tells as the loop would let it."""

    def __init__(self, files: Files) -> None:
        self.read: list[tuple[tuple[Item, ...], bool]] = []
        self.failures: list[str] = []
        self.store = Store(
            files, SIZE, lambda items, is_whole: self.read.append((items, is_whole)), self.failures.append
        )

    def wait(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < end, (self.read, self.failures)
            if self.store.pending() or select.select([self.store.fileno()], [], [], 0.05)[0]:
                self.store.serve()

    def items(self) -> list[Item]:
        return [item for items, _ in self.read for item in items]


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    made = Told(Files(tmp_path / "history", "here"))
    yield made
    made.store.close()


def test_the_newest_and_then_all(told: Told, tmp_path: Path) -> None:
    Files(tmp_path / "history", "there").append([Entry("b", 2.0), Entry("a", 1.0)], SIZE)
    told.store.begin()
    told.wait(lambda: told.read)
    assert told.read == [((Entry("b", 2.0), Entry("a", 1.0)), False)]
    told.store.load()
    told.wait(lambda: len(told.read) == 2)
    assert told.read[1] == ((Entry("a", 1.0), Entry("b", 2.0)), True)


def test_where_there_is_nothing_that_is_all(told: Told) -> None:
    told.store.begin()
    told.store.load()
    told.wait(lambda: told.read)
    assert told.read == [((), True)]


def test_what_others_write_is_found_when_it_is_looked_for(told: Told, tmp_path: Path) -> None:
    told.store.load()
    told.wait(lambda: told.read)
    Files(tmp_path / "history", "there").append([Entry("a", 1.0)], SIZE)
    told.store.look()
    told.wait(lambda: len(told.read) == 2)
    assert told.read[1] == ((Entry("a", 1.0),), False)


def test_before_all_is_read_nothing_is_looked_for(told: Told, tmp_path: Path) -> None:
    Files(tmp_path / "history", "there").append([Entry("a", 1.0)], SIZE)
    told.store.look()
    told.store.load()
    told.wait(lambda: told.read)
    assert told.read == [((Entry("a", 1.0),), True)]


def test_what_is_added_is_written_before_the_end(tmp_path: Path) -> None:
    told = Told(Files(tmp_path / "history", "here"))
    told.store.add((Entry("a", 1.0), Entry("b", 2.0)))
    told.store.add((Forgotten.of("a", 3.0), Entry("c", 4.0)))
    told.store.close()
    found = [item for items in Files(tmp_path / "history", "x").more() for item in items]
    assert found == [Entry("b", 2.0), Forgotten.of("a", 3.0), Entry("c", 4.0)]


def test_what_cannot_be_written_is_said_once_and_written_later(tmp_path: Path) -> None:
    (tmp_path / "history").write_text("in the way")
    told = Told(Files(tmp_path / "history", "here"))
    for number in range(3):
        told.store.add((Entry(f"{number}", float(number)),))
    told.wait(lambda: told.failures)
    told.store.load()
    told.wait(lambda: told.read)
    assert told.failures == ["File exists"]
    (tmp_path / "history").unlink()
    told.store.look()
    told.wait(lambda: len(told.items()) == 3)
    assert told.failures == ["File exists", ""]
    (tmp_path / "history" / "here.jsonl").unlink()
    (tmp_path / "history").rmdir()
    (tmp_path / "history").write_text("in the way again")
    told.store.add((Entry("x", 9.0),))
    # it had worked in between: it is news
    told.wait(lambda: len(told.failures) == 3)
    told.store.close()
