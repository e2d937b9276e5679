"""Journal first, then everybody; and readers of the feed that wait."""

import errno
import os
import time
from pathlib import Path

import pytest

from kernel.protocol.messages import OkReply, ReadRequest, Status, Stream
from kernel.supervisor.publisher import Publisher
from tests.kernel.supervisor.fakes import Bench, FakeClient, FakeSockets

os_write = os.write


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def ask(bench: Bench, client: FakeClient, after: int, limit: int = 1 << 20) -> None:
    request = ReadRequest(after, limit)
    bench.publisher.read(client.message("read_request", request), request)


class TestOrder:
    def test_nothing_is_sent_before_it_is_written(
        self, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        written: list[int] = []
        monkeypatch.setattr(
            bench.sockets, "send", lambda *_: written.append((tmp_path / "journal.jsonl").stat().st_size)
        )
        bench.publisher.publish("stream", Stream("stdout", "x"))
        assert written == []
        bench.publisher.flush()
        assert written == [(tmp_path / "journal.jsonl").stat().st_size]
        assert written[0] > 0

    def test_messages_keep_their_order(self, bench: Bench) -> None:
        request = FakeClient().message("interrupt_request", {})
        bench.publisher.publish("status", Status("busy"))
        bench.publisher.reply("control", request, "interrupt_reply", OkReply())
        bench.publisher.publish("status", Status("idle"), record=False)
        bench.publisher.flush()
        assert [(channel, to, content.get("execution_state")) for channel, to, _, content in bench.sockets.sent] == [
            ("iopub", "status", "busy"),
            ("control", "client", None),
            ("iopub", "status", "idle"),
        ]
        assert bench.kinds() == ["status"]


class TestFeed:
    def test_an_answer_at_once(self, bench: Bench) -> None:
        bench.publisher.publish("stream", Stream("stdout", "x"))
        ask(bench, FakeClient(), 0)
        bench.publisher.flush()
        ((_, to, msg_type, content),) = bench.sockets.take("feed")
        assert (to, msg_type, content["head"]) == ("client", "read_reply", 1)
        assert [record["content"]["text"] for record in content["records"]] == ["x"]

    def test_an_answer_when_there_is_something(self, bench: Bench) -> None:
        ask(bench, FakeClient(), 0)
        bench.publisher.flush()
        assert bench.sockets.take("feed") == []
        bench.publisher.publish("stream", Stream("stdout", "x"))
        bench.publisher.flush()
        assert len(bench.sockets.take("feed")) == 1
        bench.publisher.publish("stream", Stream("stdout", "y"))
        bench.publisher.flush()
        assert bench.sockets.take("feed") == []

    def test_one_request_a_client(self, bench: Bench) -> None:
        first, second = FakeClient("first"), FakeClient("second")
        for after in (5, 0):
            ask(bench, first, after)
        ask(bench, second, 0)
        bench.publisher.publish("stream", Stream("stdout", "x"))
        bench.publisher.flush()
        assert sorted(to for _, to, _, _ in bench.sockets.take("feed")) == ["first", "second"]

    @pytest.mark.parametrize("limit", [-5, 0, 1, 10**12])
    def test_limits_are_kept_sane(self, bench: Bench, limit: int) -> None:
        for _ in range(100):
            bench.publisher.publish("stream", Stream("stdout", "x" * 100))
        ask(bench, FakeClient(), 0, limit)
        bench.publisher.flush()
        ((_, _, _, content),) = bench.sockets.take("feed")
        assert content["records"]

    def test_what_is_gone_is_not_told_over_and_over(self, bench: Bench, tmp_path: Path) -> None:
        bench.publisher.publish("stream", Stream("stdout", "x"))
        bench.publisher.flush()
        os.truncate(tmp_path / "journal.jsonl", 0)
        ask(bench, FakeClient(), 0)
        bench.publisher.flush()
        assert bench.sockets.take("feed") == []
        bench.publisher.publish("stream", Stream("stdout", "y"))
        bench.publisher.flush()
        ((_, _, _, content),) = bench.sockets.take("feed")
        assert [record["content"]["text"] for record in content["records"]] == ["y"]

    def test_a_reader_ahead_of_the_journal_waits(self, bench: Bench) -> None:
        ask(bench, FakeClient(), 10)
        bench.publisher.publish("stream", Stream("stdout", "x"))
        bench.publisher.flush()
        assert bench.sockets.take("feed") == []


class TestFullDisk:
    def test_it_is_tried_again_after_a_while(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        tried: list[int] = []

        def refuse(descriptor: int, data: bytes) -> int:
            tried.append(len(data))
            raise OSError(errno.ENOSPC, "No space left on device")

        now = [100.0]
        monkeypatch.setattr(time, "monotonic", lambda: now[0])
        monkeypatch.setattr(os, "write", refuse)
        for _ in range(50):
            bench.publisher.publish("stream", Stream("stdout", "x"))
            bench.publisher.flush()
        assert len(tried) == 1
        assert not bench.publisher.recording
        # what waits is told all the same
        ask(bench, FakeClient(), 0)
        bench.publisher.flush()
        assert len(bench.sockets.take("feed")[0][3]["records"]) == 51
        assert bench.publisher.deadline == 101.0
        monkeypatch.setattr(os, "write", os_write)
        now[0] = 101.0
        bench.publisher.flush()
        assert bench.publisher.recording
        assert bench.kinds().count("recording") == 2

    def test_what_waits_is_bounded_meanwhile(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("kernel.supervisor.journal._WAITING", 5000)
        monkeypatch.setattr(time, "monotonic", lambda: 100.0)

        def refuse(descriptor: int, data: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "write", refuse)
        for _ in range(100):
            bench.publisher.publish("stream", Stream("stdout", "x" * 100))
            bench.publisher.flush()
        assert bench.kinds()[0] == "records_lost"
        assert len(bench.journal.read(0, 1 << 20)) < 6000


def test_without_a_journal() -> None:
    from kernel.protocol.wire import Author

    sockets = FakeSockets()
    publisher = Publisher(sockets, None, Author("supervisor"))  # type: ignore[arg-type]
    publisher.record("status", Status("busy"))
    publisher.publish("status", Status("busy"))
    publisher.flush()
    assert [msg_type for _, _, msg_type, _ in sockets.sent] == ["status"]
