"""A session on a disk that is full for a while: the kernel goes on, everybody is told, and recording resumes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kernel.support import Client, SessionProcess, kind_of, private_home, wait_for

SIZE_MB = 4


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of the test's own."""
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=0700", "cshell-test", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


@pytest.fixture
def session(disk: Path) -> Iterator[SessionProcess]:
    """A session whose journal is on that disk."""
    with private_home() as environ:
        environ["XDG_STATE_HOME"] = str(disk)
        process = SessionProcess.start(environ)
        yield process
        process.stop()


def fill(disk: Path) -> Path:
    """Leave no room on a disk; return the file that takes it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 12))
        except OSError:
            pass
    return ballast


def said(session: SessionProcess) -> bool | None:
    status = session.session.status()
    return None if status is None else status.recording


def test_the_kernel_goes_on_and_nothing_is_missing(session: SessionProcess, disk: Path) -> None:
    with session.client() as client:
        client.run("print('before')")
        ballast = fill(disk)
        assert client.run("for number in range(300): print('full', number, flush=True)").reply["status"] == "ok"
        refused = client.record("recording")["content"]
        assert refused == {"ok": False, "reason": "No space left on device"}
        assert wait_for(lambda: said(session) is False)
        # who reads now reads what is in memory
        assert [line for line in printed(client) if line.startswith("full")] == [f"full {n}" for n in range(300)]
        log = [sys.executable, "-m", "curses_client", "log"]
        text = subprocess.run(log, env=session.environ, capture_output=True, text=True, check=True).stdout
        assert "the disk takes nothing at the moment" in text.splitlines()[-1]
        ballast.unlink()
        wait_for(lambda: said(session), "recording")
        client.run("print('after')")
        client.record("recording", lambda content: content["ok"])
    session.stop()
    records = session.journal()
    assert [record["seq"] for record in records] == list(range(1, len(records) + 1))
    assert not any(kind_of(record) == "records_lost" for record in records)
    text = "".join(record["content"]["text"] for record in records if kind_of(record) == "stream")
    assert text.splitlines() == ["before", *[f"full {n}" for n in range(300)], "after"]


def test_what_is_too_much_for_the_memory_leaves_a_visible_gap(session: SessionProcess, disk: Path) -> None:
    with session.client() as client:
        client.run("print('before')")
        ballast = fill(disk)
        memory = resident(session)
        # 40 MB, of which 16 MB may wait
        code = "for number in range(400): print('x' * 100_000, flush=True)"
        assert client.run(code).reply["status"] == "ok"
        assert resident(session) - memory < 100 << 20
        ballast.unlink()
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        wait_for(lambda: said(session), "recording")
        client.run("print('after')")
    session.stop()
    records = session.journal()
    gaps = [record for record in records if kind_of(record) == "records_lost"]
    assert gaps[0]["content"]["reason"] == "No space left on device"
    expected = 1
    for record in records:
        expected = record["content"]["last"] if record in gaps else expected
        assert record["seq"] == expected
        expected += 1
    assert records[-1]["content"]["reason"] == "it was shut down"


def printed(client: Client) -> list[str]:
    text = "".join(record["content"]["text"] for record in client.journal if kind_of(record) == "stream")
    return text.splitlines()


def resident(session: SessionProcess) -> int:
    return int(Path(f"/proc/{session.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
