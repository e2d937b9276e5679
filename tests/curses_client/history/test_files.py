"""The directory of the history: several processes write, some are killed, disks are full."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from curses_client.history.entries import Entry, Forgotten, Item, line_of
from curses_client.history.files import Files
from tests.home import DEADLINE

SIZE = 1000


def read(files: Files) -> list[Item]:
    return [item for items in files.more() for item in items]


def texts(directory: Path) -> list[str]:
    """What somebody who has read nothing yet finds."""
    return [item.text for item in read(Files(directory, "reader")) if isinstance(item, Entry)]


def entries(*texts: str) -> list[Entry]:
    return [Entry(text, float(number)) for number, text in enumerate(texts)]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "cshell" / "history"


@pytest.fixture
def files(directory: Path) -> Files:
    return Files(directory, "here.example.org")


# ---- writing and reading -----------------------------------------------------------------------------------


def test_what_is_written_is_read_once(files: Files, directory: Path) -> None:
    files.append(entries("a", "b\nc", "é\u2028"), SIZE)
    assert read(files) == entries("a", "b\nc", "é\u2028")
    assert read(files) == []
    files.append(entries("d"), SIZE)
    assert read(files) == entries("d")
    assert texts(directory) == ["a", "b\nc", "é\u2028", "d"]


def test_it_is_the_user_s_own(files: Files, directory: Path) -> None:
    files.append(entries("a"), SIZE)
    assert directory.stat().st_mode & 0o777 == 0o700
    assert [(path.name, path.stat().st_mode & 0o777) for path in directory.iterdir()] == [("here.jsonl", 0o600)]


@pytest.mark.parametrize("host", ["", "../../etc", "a b", "ü" * 300, "."])
def test_whatever_a_machine_is_called(directory: Path, host: str) -> None:
    Files(directory, host).append(entries("a"), SIZE)
    assert texts(directory) == ["a"]


def test_every_machine_has_its_file(directory: Path) -> None:
    for host in ("one", "two"):
        Files(directory, host).append(entries(host), SIZE)
    assert sorted(path.name for path in directory.iterdir()) == ["one.jsonl", "two.jsonl"]
    assert sorted(texts(directory)) == ["one", "two"]


def test_nothing_there(files: Files) -> None:
    assert read(files) == []
    assert files.newest() == []


def test_a_line_that_is_not_whole_is_read_when_it_is(files: Files, directory: Path) -> None:
    files.append(entries("a"), SIZE)
    line = line_of(Entry("b", 1.0))
    with (directory / "other.jsonl").open("wb", buffering=0) as file:
        file.write(line[:10])
        assert read(files) == entries("a")
        file.write(line[10:])
    assert read(files) == [Entry("b", 1.0)]


@pytest.mark.parametrize("torn", [b'{"text":"torn', b"\0" * 100, b"\xff\xfe", b'{"text":"torn"}'])
def test_after_a_torn_line_the_next_one_is_whole(files: Files, directory: Path, torn: bytes) -> None:
    files.append(entries("a"), SIZE)
    with (directory / "here.jsonl").open("ab") as file:
        file.write(torn)
    files.append(entries("b"), SIZE)
    assert [text for text in texts(directory) if text != "torn"] == ["a", "b"]


def test_the_newest_come_without_the_others(directory: Path) -> None:
    many = entries(*(f"{number} {'x' * 1000}" for number in range(1000)))
    files = Files(directory, "here")
    files.append(many, SIZE)
    found = files.newest()
    assert 20 < len(found) < 100
    assert found == many[-len(found) :]
    # they are not counted as read
    assert read(files) == many


def test_a_link_is_not_followed(files: Files, directory: Path, tmp_path: Path) -> None:
    directory.mkdir(parents=True)
    target = tmp_path / "target"
    target.write_text("precious")
    (directory / "here.jsonl").symlink_to(target)
    with pytest.raises(OSError, match="symbolic"):
        files.append(entries("a"), SIZE)
    assert target.read_text() == "precious"
    assert read(files) == []


# ---- what is full, and what is deleted ---------------------------------------------------------------------


def test_full_files_are_put_aside_and_the_oldest_removed(directory: Path) -> None:
    files = Files(directory, "here", full=1000)
    reader = Files(directory, "there")
    seen: list[Item] = []
    for number in range(300):
        files.append([Entry(f"cell {number:03}", float(number))], 50)
        seen += read(reader)
    # whoever reads all the time has met each once
    assert [item.text for item in seen if isinstance(item, Entry)] == [f"cell {n:03}" for n in range(300)]
    kept = sorted(texts(directory))
    assert 50 <= len(kept) < 80
    assert kept == [f"cell {n:03}" for n in range(300 - len(kept), 300)]


def test_what_is_deleted_is_in_no_file_of_this_machine(directory: Path) -> None:
    files, other = Files(directory, "here", full=200), Files(directory, "there")
    for text in ("one", "secret", "two", "three", "secret", "four"):
        files.append([Entry(text, 1.0)], SIZE)
    other.append([Entry("secret", 2.0)], SIZE)
    forgotten = Forgotten.of("secret", 5.0)
    files.forget(forgotten, SIZE)
    mine = b"".join(path.read_bytes() for path in directory.iterdir() if path.name.startswith("here"))
    assert b"secret" not in mine
    assert sorted(texts(directory)) == sorted(["one", "two", "three", "four", "secret"])
    # to the others it is told
    assert forgotten in read(Files(directory, "reader"))
    assert {path.stat().st_mode & 0o777 for path in directory.iterdir()} == {0o600}
    files.append([Entry("after", 6.0)], SIZE)
    assert "after" in texts(directory)


# ---- several processes -------------------------------------------------------------------------------------

WRITING = """\
import sys
from pathlib import Path
from curses_client.history.entries import Entry
from curses_client.history.files import Files
files = Files(Path(sys.argv[1]), "here", full=int(sys.argv[4]))
print(flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    files.append([Entry(f"{sys.argv[2]} {number}\\n" + "x" * 200, float(number))], 10**9)
    if not number:
        print(flush=True)
"""


def writer(directory: Path, name: str, count: int, full: int = 1 << 22) -> "subprocess.Popen[bytes]":
    """Start a process that writes many entries once it is told to."""
    command = [sys.executable, "-c", WRITING, str(directory), name, str(count), str(full)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"\n"
    return process


def go(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.flush()


@pytest.mark.parametrize("full", [1 << 22, 4000])
def test_writers_at_once_lose_and_tear_nothing(directory: Path, full: int) -> None:
    processes = [writer(directory, name, 400, full) for name in "abc"]
    for process in processes:
        go(process)
    for process in processes:
        assert process.wait(DEADLINE) == 0
        process.communicate()
    found = texts(directory)
    for name in "abc":
        mine = [text for text in found if text.startswith(name)]
        assert sorted(mine) == sorted(f"{name} {number}\n{'x' * 200}" for number in range(400))
    assert sum(path.read_bytes().count(b"\n") for path in directory.iterdir()) == 1200


def size(directory: Path) -> int:
    return (directory / "here.jsonl").stat().st_size


def is_larger(directory: Path, than: int) -> bool:
    return size(directory) >= than


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end


def test_one_that_is_killed_while_it_writes(directory: Path) -> None:
    for number in range(5):
        process = writer(directory, str(number), 10**9)
        go(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"\n"
        wait_for(partial(is_larger, directory, size(directory) + 10_000 * number))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        Files(directory, "here").append([Entry(f"after {number}", 1.0)], 10**9)
    found = texts(directory)
    assert [text for text in found if text.startswith("after")] == [f"after {number}" for number in range(5)]
    for number in range(5):
        mine = [text for text in found if text.startswith(f"{number} ")]
        assert mine == [f"{number} {place}\n{'x' * 200}" for place in range(len(mine))]
        assert mine


def test_one_that_stands_still_keeps_nobody(files: Files, directory: Path) -> None:
    files.append(entries("a"), SIZE)
    with (directory / "here.jsonl").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        files.append(entries("b"), SIZE)
    assert texts(directory) == ["a", "b"]


# ---- disks -------------------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of the test's own."""
    command = ["mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "cshell-test", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def fill(files: Files) -> None:
    """Write until nothing more can be written."""
    for number in range(1000):
        files.append([Entry(f"{number} {'x' * 3000}", 1.0)], SIZE)


def test_on_a_full_disk_no_line_is_torn(disk: Path) -> None:
    files = Files(disk / "history", "here")
    files.append(entries("before"), SIZE)
    with pytest.raises(OSError, match="No space left"):
        fill(files)
    data = (disk / "history" / "here.jsonl").read_bytes()
    assert data.endswith(b"\n")
    subprocess.run(["mount", "-o", "remount,size=1m", str(disk)], check=True)
    files.append(entries("after"), SIZE)
    found = texts(disk / "history")
    assert found[0] == "before"
    assert found[-1] == "after"
    assert len(found) == data.count(b"\n") + 1


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    files = Files(tmp_path / "file" / "history", "here")
    with pytest.raises(NotADirectoryError):
        files.append(entries("a"), SIZE)
    assert read(files) == []


def test_a_file_of_somebody_else_is_passed_over(files: Files, directory: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    Files(directory, "other").append(entries("a"), SIZE)
    (directory / "other.jsonl").chmod(0)
    files.append(entries("b"), SIZE)
    assert texts(directory) == ["b"]
