"""Records in, records out: what is in the file, and what happens when the disk refuses."""

import errno
import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.protocol.messages import Json
from kernel.protocol.records import JournalFiles
from kernel.supervisor.bounds import Bounds
from kernel.supervisor.journal import Journal

PARTS = [b'{"msg_id":"1"}', b"{}", b"{}", b'{"text":"x"}']


def parts(text: str) -> list[bytes]:
    return [b'{"msg_id":"1"}', b"{}", b"{}", json.dumps({"text": text}, ensure_ascii=False).encode()]


def texts(data: bytes) -> list[str]:
    """The texts of records that were read, joined by commas."""
    records: list[Json] = json.loads(b"[" + data + b"]")
    return [record["content"]["text"] for record in records]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl", clock=lambda: 12.3456)


class TestRecords:
    def test_one_line_each(self, journal: Journal, tmp_path: Path) -> None:
        assert journal.append(b"iopub", PARTS) == 1
        assert journal.append(b"shell", PARTS) == 2
        journal.flush()
        first, second = (tmp_path / "journal.jsonl").read_text().splitlines()
        assert first == (
            '{"seq":1,"time":12.346,"channel":"iopub","header":{"msg_id":"1"},'
            '"parent_header":{},"metadata":{},"content":{"text":"x"}}'
        )
        assert json.loads(second)["seq"] == 2

    def test_line_ends_that_a_client_sent(self, journal: Journal, tmp_path: Path) -> None:
        journal.append(b"iopub", [b"{\n}", b"{}", b"{ }", b'{\n"text":\r\n"a\\nb"}'])
        journal.flush()
        assert texts(journal.read(0, 1 << 20)) == ["a\nb"]
        with (tmp_path / "journal.jsonl").open() as file:
            assert len(list(file)) == 1

    def test_nobody_else_reads_it(self, journal: Journal, tmp_path: Path) -> None:
        assert (tmp_path / "journal.jsonl").stat().st_mode & 0o777 == 0o600

    def test_what_is_not_flushed_can_be_read(self, journal: Journal) -> None:
        journal.append(b"iopub", parts("a"))
        journal.flush()
        journal.append(b"iopub", parts("b"))
        assert texts(journal.read(0, 1 << 20)) == ["a", "b"]
        assert texts(journal.read(1, 1 << 20)) == ["b"]


class TestRead:
    def test_beyond_the_end(self, journal: Journal) -> None:
        assert journal.read(0, 100) == b""
        journal.append(b"iopub", PARTS)
        assert journal.read(1, 100) == b""
        assert journal.read(99, 100) == b""

    def test_a_limit(self, journal: Journal) -> None:
        for text in "abcd":
            journal.append(b"iopub", parts(text))
        size = len(journal.read(0, 1)) + 1
        assert texts(journal.read(0, 1)) == ["a"]
        assert texts(journal.read(0, 2 * size)) == ["a", "b"]
        assert texts(journal.read(1, 2 * size + 1)) == ["b", "c"]
        assert texts(journal.read(-5, 100 * size)) == ["a", "b", "c", "d"]

    @given(st.lists(st.text(max_size=5), max_size=12), st.integers(0, 12), st.data())
    def test_pages_are_the_whole(self, all_texts: list[str], flushed: int, data: st.DataObject) -> None:
        directory = Path(tempfile.mkdtemp(prefix="cs-"))
        # so small that there are several files
        bounds = Bounds(size=data.draw(st.sampled_from([1 << 12, 1 << 30])))
        journal = Journal(directory / "journal.jsonl", bounds=bounds)
        for number, text in enumerate(all_texts):
            if number == flushed:
                journal.flush()
            journal.append(b"iopub", parts(text))
        seen: list[str] = []
        while len(seen) < len(all_texts):
            seen += texts(journal.read(len(seen), data.draw(st.integers(1, 400))))
        assert seen == all_texts
        journal.close()
        shutil.rmtree(directory)


class TestDisk:
    def test_a_full_disk_loses_nothing(self, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        journal.append(b"iopub", parts("a"))
        journal.flush()
        journal.append(b"iopub", parts("b"))
        monkeypatch.setattr(os, "write", _refuse)
        journal.flush()
        assert isinstance(journal.error, OSError)
        journal.append(b"iopub", parts("c"))
        assert texts(journal.read(0, 1 << 20)) == ["a", "b", "c"]
        monkeypatch.undo()
        journal.flush()
        assert journal.error is None
        assert len((tmp_path / "journal.jsonl").read_text().splitlines()) == 3

    def test_partial_writes(self, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
        write = os.write
        monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, bytes(data[:7])))
        for text in "abc":
            journal.append(b"iopub", parts(text))
        journal.flush()
        assert texts(journal.read(0, 1 << 20)) == ["a", "b", "c"]

    def test_a_large_backlog_is_offered_in_pieces(self, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
        offered: list[int] = []

        def refuse(descriptor: int, data: bytes) -> int:
            offered.append(len(data))
            return _refuse(descriptor, data)

        monkeypatch.setattr(os, "write", refuse)
        for _ in range(40):
            journal.append(b"iopub", parts("x" * 100_000))
        journal.flush()
        assert max(offered) < 1_200_000
        monkeypatch.undo()
        journal.flush()
        assert journal.error is None
        assert len(texts(journal.read(0, 1 << 24))) == 40

    def test_a_file_that_is_there_is_somebody_elses(self, journal: Journal, tmp_path: Path) -> None:
        with pytest.raises(FileExistsError):
            Journal(tmp_path / "journal.jsonl")

    def test_a_file_that_was_removed_is_read_on(self, journal: Journal, tmp_path: Path) -> None:
        for text in "ab":
            journal.append(b"iopub", parts(text))
            journal.flush()
        shutil.rmtree(tmp_path)
        journal.append(b"iopub", parts("c"))
        journal.flush()
        assert texts(journal.read(0, 1 << 20)) == ["a", "b", "c"]
        assert texts(journal.read(2, 1 << 20)) == ["c"]
        assert journal.tail(1 << 20) == 0

    def test_a_directory_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            Journal(tmp_path / "missing" / "journal.jsonl")


def _refuse(descriptor: int, data: bytes) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


class TestFullDisk:
    @pytest.fixture
    def full(self, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
        """A disk on which there is no room, and memory for 2,000 bytes."""
        monkeypatch.setattr("kernel.supervisor.journal._WAITING", 2000)
        monkeypatch.setattr(os, "write", _refuse)
        return monkeypatch

    def fill(self, journal: Journal, count: int) -> None:
        for number in range(count):
            journal.append(b"iopub", parts(f"{number}"))
            journal.flush()

    def test_what_is_too_much_for_the_memory_leaves_a_record(
        self, journal: Journal, tmp_path: Path, full: pytest.MonkeyPatch
    ) -> None:
        self.fill(journal, 100)
        full.undo()
        journal.append(b"iopub", parts("after"))
        journal.flush()
        lines = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
        gap = lines[0]
        assert gap["header"]["msg_type"] == "records_lost"
        assert gap["content"] == {"first": 1, "last": gap["seq"], "reason": "No space left on device"}
        # nothing is missing behind the gap, and nothing is there twice
        assert [line["seq"] for line in lines] == list(range(gap["seq"], 102))
        assert lines[-1]["content"]["text"] == "after"

    def test_a_record_of_which_a_part_is_written_stays_whole(
        self, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("kernel.supervisor.journal._WAITING", 2000)
        write = os.write
        room = [50]

        def small(descriptor: int, data: bytes) -> int:
            count, room[0] = min(room[0], len(data)), max(room[0] - len(data), 0)
            return write(descriptor, data[:count]) if count else _refuse(descriptor, data)

        monkeypatch.setattr(os, "write", small)
        self.fill(journal, 100)
        room[0] = 1 << 20
        journal.append(b"iopub", parts("after"))
        journal.flush()
        lines = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
        assert lines[0]["content"]["text"] == "0"
        assert lines[1]["content"]["first"] == 2
        assert [line["seq"] for line in lines] == [1, *range(lines[1]["seq"], 102)]

    def test_a_record_larger_than_the_memory_of_which_a_part_is_written(
        self, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("kernel.supervisor.journal._WAITING", 2000)
        write = os.write
        room = [50]

        def small(descriptor: int, data: bytes) -> int:
            count, room[0] = min(room[0], len(data)), max(room[0] - len(data), 0)
            return write(descriptor, data[:count]) if count else _refuse(descriptor, data)

        monkeypatch.setattr(os, "write", small)
        journal.append(b"iopub", parts("x" * 5000))
        journal.flush()
        assert journal.error is not None
        # it does not take the place of what comes behind it
        self.fill(journal, 5)
        monkeypatch.undo()
        journal.append(b"iopub", parts("after"))
        journal.flush()
        assert journal.error is None
        found = [json.loads(line)["content"]["text"] for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
        assert found == ["x" * 5000, *"01234", "after"]

    def test_readers_see_what_is_in_memory(self, journal: Journal, full: pytest.MonkeyPatch) -> None:
        self.fill(journal, 3)
        assert texts(journal.read(0, 1 << 20)) == ["0", "1", "2"]


class TestBounds:
    def filled(self, tmp_path: Path, count: int, size: int = 16_000) -> Journal:
        journal = Journal(tmp_path / "journal.jsonl", bounds=Bounds(size=size))
        for number in range(count):
            journal.append(b"iopub", parts(f"{number:04d}"))
            journal.flush()
        return journal

    def on_disk(self, tmp_path: Path) -> list[Json]:
        files = [*sorted(tmp_path.glob("journal.0*.jsonl")), tmp_path / "journal.jsonl"]
        return [json.loads(line) for file in files for line in file.read_text().splitlines()]

    def test_the_oldest_are_dropped_and_a_record_says_so(self, tmp_path: Path) -> None:
        journal = self.filled(tmp_path, 1000)
        assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 16_000
        records = self.on_disk(tmp_path)
        assert [record["seq"] for record in records] == list(range(journal.first, journal.head + 1))
        dropped = [record["content"] for record in records if record["header"].get("msg_type") == "records_dropped"]
        assert dropped[-1]["last"] == journal.first - 1

    def test_what_is_left_is_read_whole(self, tmp_path: Path) -> None:
        journal = self.filled(tmp_path, 1000)
        seen: list[Json] = []
        while data := journal.read(seen[-1]["seq"] if seen else 0, 700):
            seen += json.loads(b"[" + data + b"]")
        assert seen == self.on_disk(tmp_path)

    def test_a_reader_whose_place_was_dropped_goes_on_behind_it(self, tmp_path: Path) -> None:
        journal = self.filled(tmp_path, 20)
        journal.read(3, 1)
        for number in range(1000):
            journal.append(b"iopub", parts(f"{number}"))
            journal.flush()
        assert json.loads(b"[" + journal.read(4, 1) + b"]")[0]["seq"] == journal.first > 5

    def test_what_is_needed_to_understand_the_rest_is_kept(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path / "journal.jsonl", bounds=Bounds(size=16_000))
        journal.append(b"supervisor", parts("started"), "session_started")
        parent = json.dumps({"msg_id": "a"}).encode()
        journal.append(b"supervisor", [PARTS[0], parent, b"{}", b'{"text":"submitted"}'], "submitted")
        journal.append(b"iopub", [PARTS[0], parent, b"{}", b'{"text":"begun"}'], "execute_input")
        for number in range(400):
            journal.append(b"iopub", parts(f"{number:04d}"))
            journal.flush()
        # the cell ends, but its output is what the journal begins with
        journal.append(b"iopub", [PARTS[0], parent, b"{}", b"{}"], "cell_ended")
        assert texts(b",".join(line.rstrip() for line in JournalFiles(tmp_path).preface)) == [
            "started",
            "submitted",
            "begun",
        ]
        for number in range(60):
            journal.append(b"iopub", parts(f"{number:04d}"))
            journal.flush()
        kept = texts(b",".join(line.rstrip() for line in JournalFiles(tmp_path).preface))
        assert kept == ["started", "begun"]
        assert texts(journal.preface_of(journal.first - 1)) == kept
        assert (tmp_path / "preface.jsonl").stat().st_mode & 0o777 == 0o600

    def test_a_small_journal_is_one_file(self, tmp_path: Path) -> None:
        self.filled(tmp_path, 100, size=1 << 30)
        assert [file.name for file in tmp_path.iterdir()] == ["journal.jsonl"]

    @pytest.mark.parametrize("failing", ["open", "rename"])
    def test_a_file_that_could_not_be_begun_is_begun_later(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
    ) -> None:
        journal = self.filled(tmp_path, 1)
        real = getattr(os, failing)

        def refuse(path: str, *more: object) -> object:
            # of the two renames, the second one
            if str(path).endswith("journal.next"):
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(path, *more)

        monkeypatch.setattr(os, failing, refuse)
        while journal.error is None:
            journal.append(b"iopub", parts("x"))
            journal.flush()
        # what was there is where it was
        assert [record["seq"] for record in self.on_disk(tmp_path)] == list(range(1, journal.head + 1))
        assert not list(tmp_path.glob("journal.0*.jsonl"))
        monkeypatch.undo()
        journal.append(b"iopub", parts("x"))
        journal.flush()
        assert journal.error is None
        assert len(list(tmp_path.glob("journal.0*.jsonl"))) == 1
        assert [record["seq"] for record in self.on_disk(tmp_path)] == list(range(1, journal.head + 1))

    def test_age(self, tmp_path: Path) -> None:
        now = [0.0]
        journal = Journal(tmp_path / "journal.jsonl", lambda: now[0], Bounds(age=1600.0))
        for number in range(100):
            now[0] = number * 50.0
            journal.append(b"iopub", parts(f"{number}"))
            journal.flush()
            for file in tmp_path.glob("journal.0*.jsonl"):
                if file.stat().st_mtime > 1e6:
                    os.utime(file, (now[0], now[0]))
        kept = json.loads(b"[" + journal.read(0, 1) + b"]")[0]
        assert 4950 - 1600 - 300 < kept["time"] < 4950 - 1000


class TestTail:
    def test_the_newest_records(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path / "journal.jsonl", bounds=Bounds(size=64_000))
        for number in range(600):
            journal.append(b"iopub", parts(f"{number}"))
            journal.flush()
        for limit in (500, 5000, 30_000):
            data = journal.read(journal.tail(limit), limit)
            while (last := json.loads(b"[" + data + b"]")[-1]["seq"]) < journal.head:
                data += b"," + journal.read(last, limit)
            assert limit - 300 < len(data) <= limit
        assert journal.tail(1 << 20) == 0

    def test_a_line_longer_than_the_tail(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path / "journal.jsonl")
        for text in ("a", "x" * 200_000):
            journal.append(b"iopub", parts(text))
        journal.flush()
        assert journal.tail(1000) in (0, 1)

    def test_the_cell_in_whose_output_it_begins(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path / "journal.jsonl")
        begun = {}
        for cell in ("one", "two"):
            parent = json.dumps({"msg_id": cell}).encode()
            own = [b'{"msg_type":"execute_input"}', parent, b"{}", b"{}"]
            begun[cell] = journal.append(b"iopub", own, "execute_input")
            for _ in range(50):
                journal.append(b"iopub", [PARTS[0], parent, b"{}", PARTS[3]])
            journal.append(b"iopub", [PARTS[0], parent, b"{}", PARTS[3]], "cell_ended")
        journal.flush()
        for cell in ("one", "two"):
            found = json.loads(b"[" + journal.preface_of(begun[cell] + 20) + b"]")
            assert [record["parent_header"]["msg_id"] for record in found] == [cell]
