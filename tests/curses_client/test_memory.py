"""The history in the event loop: when it is read, looked at and written."""

import select
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from curses_client.events import Event, HistoryRead
from curses_client.history.entries import Entry
from curses_client.history.files import Files
from curses_client.history.matching import Finder
from curses_client.loop import Source
from curses_client.memory import Memory
from curses_client.options import Options
from curses_client.state import Recall, State, new_state
from curses_client.text.buffer import Buffer
from tests.home import DEADLINE


class Loop:
    """As much of a loop as is used."""

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self.alarms: list[Callable[[], None]] = []

    def watch(self, source: Source) -> None:
        self.sources.append(source)

    def alarm(self, _seconds: float, callback: Callable[[], None]) -> None:
        self.alarms.append(callback)

    def ring(self) -> None:
        """Let the time of all alarms come."""
        alarms, self.alarms = self.alarms, []
        for alarm in alarms:
            alarm()


class Client:
    """A state, a loop and what was dispatched."""

    def __init__(self, **values: object) -> None:
        self.state: State = replace(new_state(80, 24, 0.0), machine="here", **values)  # type: ignore[arg-type]
        self.loop = Loop()
        self.events: list[Event] = []
        self.memory = Memory(lambda: self.state, self.loop, self.events.append)  # type: ignore[arg-type]

    def wait(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < end, self.events
            (source,) = self.loop.sources
            if source.pending() or select.select([source.fileno()], [], [], 0.05)[0]:
                source.serve()


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "cshell" / "history"


@pytest.fixture
def client(directory: Path) -> Iterator[Client]:
    made = Client()
    yield made
    made.memory.close()


def test_the_newest_first_and_all_when_there_is_time(client: Client, directory: Path) -> None:
    Files(directory, "there").append([Entry("a", 1.0)], 10)
    client.memory.begin()
    client.wait(lambda: client.events)
    client.memory.load()
    client.wait(lambda: len(client.events) == 2)
    assert client.events == [HistoryRead((Entry("a", 1.0),)), HistoryRead((Entry("a", 1.0),), is_whole=True)]


def test_what_is_added_is_on_the_disk_at_the_end(client: Client, directory: Path) -> None:
    client.memory.begin()
    client.memory.add((Entry("a", 1.0),))
    client.memory.close()
    assert list(Files(directory, "there").more()) == [[Entry("a", 1.0)]]
    assert [path.name for path in directory.iterdir()] == ["here.jsonl"]


@pytest.mark.parametrize("values", [{"read_only": True}, {"options": Options(history_size=0)}])
def test_where_none_is_kept_nothing_is_touched(directory: Path, values: dict[str, object]) -> None:
    client = Client(**values)
    client.memory.begin()
    client.memory.load()
    client.memory.add((Entry("a", 1.0),))
    client.memory.look()
    client.memory.close()
    assert client.events == [HistoryRead((), is_whole=True)]
    assert client.loop.sources == client.loop.alarms == []
    assert not directory.exists()


def test_it_is_looked_at_only_while_somebody_is_there(client: Client) -> None:
    client.memory.begin()
    for _ in range(5):
        client.memory.look()
    assert len(client.loop.alarms) == 1
    client.loop.ring()
    # the last key is long ago
    assert client.loop.alarms == []
    client.state = replace(client.state, recall=Recall(Buffer.of(""), Finder((), "")))
    client.memory.look()
    for _ in range(5):
        client.loop.ring()
        assert len(client.loop.alarms) == 1
    client.state = replace(client.state, recall=None, last_key=time.time())
    client.loop.ring()
    assert len(client.loop.alarms) == 1
