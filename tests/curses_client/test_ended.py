"""A session that has ended, as a client reads it: through a transport without sockets."""

import os
import select
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from curses_client import ended
from curses_client.events import Event, RecordsRead
from curses_client.link import Link
from kernel.protocol.ended import Ended
from kernel.protocol.messages import ExecuteRequest, ReadRequest, SessionEnded, decode
from kernel.protocol.reading import read_reply
from kernel.protocol.records import JournalFiles
from kernel.protocol.session import SessionError, create, state_root
from kernel.protocol.wire import Author, Wire
from kernel.supervisor.journal import Bounds
from tests.curses_client.written import Written


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "run").mkdir(mode=0o700)
    return {"XDG_RUNTIME_DIR": str(tmp_path / "run"), "HOME": str(tmp_path)}


def written(environ: dict[str, str], bounds: Bounds | None = None) -> Written:
    return Written(state_root(environ) / "work", bounds)


class Reader:
    """Says and hears what a client does."""

    def __init__(self, session: ended.EndedSession) -> None:
        self.wire = session.wire()
        self.author = Author("me")
        self.transport = session.transport(self.author.session)
        self.heard: list[dict[str, Any]] = []
        (self.source,) = self.transport.open(self._receive, lambda: None)

    def _receive(self, channel: str, frames: list[bytes]) -> None:
        message = self.wire.message(frames)
        assert (channel, message.header.msg_type) == ("feed", "read_reply")
        assert message.parent is not None
        self.heard.append(decode(message.raw_content))

    @property
    def is_ready(self) -> bool:
        return bool(select.select([self.source.fileno()], [], [], 0)[0])

    def ask(self, channel: str, msg_type: str, content: Any) -> None:
        _, parts = self.author.parts(msg_type, content)
        self.transport.send(channel, self.wire.frames((), parts))

    def read(self, after: int, limit: int = 1 << 16, tail: int = 0) -> dict[str, Any] | None:
        self.ask("feed", "read_request", ReadRequest(after, limit, tail))
        assert self.is_ready == self.source.pending()
        if not self.source.pending():
            return None
        self.source.serve()
        assert not self.source.pending()
        assert not self.is_ready
        return self.heard[-1]


@pytest.fixture
def readers() -> Iterator[list[Reader]]:
    made: list[Reader] = []
    yield made
    for reader in made:
        reader.transport.close()


def reader(environ: dict[str, str], readers: list[Reader]) -> Reader:
    readers.append(Reader(ended.find("work", environ)))
    return readers[-1]


def kinds(records: list[dict[str, Any]]) -> list[str]:
    return [record["header"]["msg_type"] for record in records]


def test_from_the_beginning(environ: dict[str, str], readers: list[Reader]) -> None:
    journal = written(environ).session().run("a", "x", 1).end()
    one = reader(environ, readers)
    found = one.read(0)
    assert found is not None
    assert [record["seq"] for record in found["records"]] == list(range(1, journal.head + 1))
    assert (found["head"], found["first"]) == (journal.head, 1)
    assert "preface" not in found
    assert one.read(journal.head) is None


def test_piece_by_piece(environ: dict[str, str], readers: list[Reader]) -> None:
    journal = written(environ).session()
    for number in range(50):
        journal.print("a", f"line {number}\n")
    one = reader(environ, readers)
    after, seen = 0, []
    while found := one.read(after, limit=700):
        seen += [record["seq"] for record in found["records"]]
        after = seen[-1]
    # the last one says how the session ended
    assert seen == list(range(1, journal.head + 2))


def test_where_the_end_is_missing_a_record_says_until_when_it_is_known(
    environ: dict[str, str], readers: list[Reader]
) -> None:
    journal = written(environ).session().submit("a", "x").start("a")
    found = reader(environ, readers).read(0)
    assert found is not None
    last = found["records"][-1]
    assert found["head"] == last["seq"] == journal.head + 1
    assert last["header"]["msg_type"] == "session_ended"
    assert "without a word; recorded until " in last["content"]["reason"]
    assert abs(last["time"] - journal.now) < 0.01


def test_nothing_else_is_answered(environ: dict[str, str], readers: list[Reader]) -> None:
    written(environ).session().end()
    one = reader(environ, readers)
    one.ask("shell", "execute_request", ExecuteRequest("x"))
    one.ask("control", "read_request", ReadRequest(0))
    one.transport.send("feed", [b"nonsense"])
    one.source.serve()
    assert not one.is_ready
    assert one.heard == []


def test_several_questions_wait(environ: dict[str, str], readers: list[Reader]) -> None:
    written(environ).session().end()
    one = reader(environ, readers)
    for after in (0, 1, 2):
        one.ask("feed", "read_request", ReadRequest(after))
    for left in (2, 1, 0):
        assert one.is_ready
        one.source.serve()
        assert one.source.pending() == bool(left)
    assert [found["records"][0]["seq"] for found in one.heard] == [1, 2, 3]


def test_an_empty_journal(environ: dict[str, str], readers: list[Reader]) -> None:
    (state_root(environ) / "work").mkdir()
    found = reader(environ, readers).read(0)
    assert found is not None
    assert kinds(found["records"]) == ["session_ended"]


def test_the_client_understands_it(environ: dict[str, str]) -> None:
    written(environ).session().run("a", "x", 1, "text\n")
    session = ended.find("work", environ)
    events: list[Event] = []
    author = Author("me")
    link = Link(session.transport(author.session), session.wire(), author, events.append)
    link.start_reading()
    for _ in range(20):
        for source in link.sources:
            if source.pending():
                source.serve()
    link.close()
    records = [record for event in events if isinstance(event, RecordsRead) for record in event.records]
    assert isinstance(records[-1].content, SessionEnded)
    assert [record.seq for record in records] == list(range(1, len(records) + 1))


class TestTail:
    """The newest records first, with what one needs to understand them."""

    def read(self, environ: dict[str, str], readers: list[Reader], tail: int) -> tuple[list[Any], list[Any]]:
        found = reader(environ, readers).read(0, tail=tail)
        assert found is not None
        return found.get("preface", []), found["records"]

    def test_all_of_it_when_that_is_little(self, environ: dict[str, str], readers: list[Reader]) -> None:
        written(environ).session().run("a", "x", 1).end()
        preface, records = self.read(environ, readers, 1 << 20)
        assert preface == []
        assert records[0]["seq"] == 1

    @pytest.mark.parametrize("count", [50, 600, 5000])
    def test_within_a_cell(self, environ: dict[str, str], readers: list[Reader], count: int) -> None:
        journal = written(environ).session().run("old", "before", 1).submit("a", "loop").submit("b", "waits")
        journal.start("a", 2)
        for number in range(count):
            journal.print("a", f"{number}\n")
        preface, records = self.read(environ, readers, 2000)
        assert records[0]["seq"] > count - 20
        submitted = [record["content"]["code"] for record in preface if "code" in record["content"]]
        assert submitted[:2] == ["loop", "waits"]
        assert kinds(preface)[-1] == "execute_input"
        assert "session_started" in kinds(preface)
        assert "before" not in str(preface)
        assert [record["seq"] for record in preface] == sorted(record["seq"] for record in preface)

    def test_headers_of_other_kernels(self, environ: dict[str, str], readers: list[Reader]) -> None:
        journal = written(environ).session().submit("a", "loop").start("a", 2)
        data = journal.path.read_bytes().replace(b'"msg_type":"execute_input"', b'"msg_type": "execute_input"')
        # in place: the journal goes on behind it
        journal.path.write_bytes(data)
        for number in range(50):
            journal.print("a", f"{number}\n")
        preface, _ = self.read(environ, readers, 2000)
        assert kinds(preface)[-1] == "execute_input"

    def test_the_beginning_was_dropped(self, environ: dict[str, str], readers: list[Reader]) -> None:
        journal = written(environ, Bounds(size=8192)).session().submit("a", "loop").start("a")
        for number in range(200):
            journal.print("a", f"{number}\n")
        found = reader(environ, readers).read(0)
        assert found is not None
        first = JournalFiles(journal.path.parent).first
        assert first > 10
        assert (found["first"], found["records"][0]["seq"]) == (first, first)
        # what it says of the session and of the cell is kept
        assert kinds(found["preface"]) == [
            "session_started",
            "kernel_starting",
            "kernel_started",
            "submitted",
            "execute_input",
        ]
        tail = reader(environ, readers).read(0, tail=300)
        assert tail is not None
        assert kinds(tail["preface"]) == kinds(found["preface"])


class TestFind:
    def test_one_that_runs(self, environ: dict[str, str]) -> None:
        _, lock = create("work", environ, "/")
        with pytest.raises(SessionError, match="is running; show it with: cshell attach --read-only work"):
            ended.find("work", environ)
        os.close(lock)

    def test_none(self, environ: dict[str, str]) -> None:
        with pytest.raises(SessionError, match="there is no ended session 'work'"):
            ended.find("work", environ)

    def test_a_former_one(self, environ: dict[str, str]) -> None:
        name = "x" * 40 + ".20261122-135959"
        Written(state_root(environ) / name).session().end()
        session = ended.find(name, environ)
        assert (session.session.name, session.read_only, session.is_new) == (name, True, False)
        assert session.farewell("detach", None) == (0, f"[{name} has ended; show it again with: cshell open {name}]")
        assert session.keeping is None


def test_it_is_left_under_the_name_of_its_directory(environ: dict[str, str]) -> None:
    """What its records call it may be another one: a former session's name, or one that it was given since."""
    written(environ).session("another").end()
    session = ended.find(None, environ)
    name = session.session.name
    assert session.called("another").farewell("quit", None)[1].startswith(f"[{name} has ended")


def test_a_journal_that_goes_meanwhile(environ: dict[str, str]) -> None:
    journal = written(environ).session().end()
    reading = ended.EndedJournal(Ended("work", journal.path.parent))
    journal.path.unlink()
    assert read_reply(reading, 0, 1 << 18, 0) is None
    assert Wire("").sign([b""]) == b""
