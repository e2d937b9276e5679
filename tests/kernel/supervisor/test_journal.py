"""Records in, records out: what is in the file, and what happens when the disk refuses."""

import errno
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.protocol.messages import Json
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
        path = Path(f"/proc/self/fd/{os.memfd_create('journal')}")
        journal = Journal(path)
        for number, text in enumerate(all_texts):
            if number == flushed:
                journal.flush()
            journal.append(b"iopub", parts(text))
        seen: list[str] = []
        while len(seen) < len(all_texts):
            seen += texts(journal.read(len(seen), data.draw(st.integers(1, 400))))
        assert seen == all_texts
        journal.close()
        os.close(int(path.name))


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

    def test_a_directory_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            Journal(tmp_path / "missing" / "journal.jsonl")


class TestTakingUp:
    def test_it_goes_on_where_it_was(self, journal: Journal, tmp_path: Path) -> None:
        for text in "ab":
            journal.append(b"iopub", parts(text))
        journal.close()
        again = Journal(tmp_path / "journal.jsonl")
        assert again.head == 2
        again.append(b"iopub", parts("c"))
        assert texts(again.read(0, 1 << 20)) == ["a", "b", "c"]

    @pytest.mark.parametrize("torn", [b"{", b'{"seq":3,"time":1', b"x" * 3_000_000])
    def test_a_torn_last_line_is_cut_off(self, journal: Journal, tmp_path: Path, torn: bytes) -> None:
        file = tmp_path / "journal.jsonl"
        for text in "ab":
            journal.append(b"iopub", parts(text))
        journal.close()
        whole = file.read_bytes()
        file.write_bytes(whole + torn)
        again = Journal(file)
        assert again.head == 2
        assert file.read_bytes() == whole


def _refuse(descriptor: int, data: bytes) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")
