"""Who holds a place, and what becomes of the one before: with real processes and real locks."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from curses_client import place as place_module
from curses_client.place import Place, PlaceTakenError
from tests.home import DEADLINE

_HOLDER = """
import sys, time
from pathlib import Path
from curses_client.place import Place
place = Place(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def holder(path: Path) -> "subprocess.Popen[str]":
    """Start a process that holds a place."""
    process = subprocess.Popen([sys.executable, "-c", _HOLDER, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    process.stdout.close()
    return process


def is_held(path: Path) -> bool:
    file = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def test_a_place_is_held_until_it_is_left(tmp_path: Path) -> None:
    place = Place(tmp_path / "place")
    assert is_held(tmp_path / "place")
    assert (tmp_path / "place").read_text() == str(os.getpid())
    place.leave()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("state", ["running", "stopped"])
def test_the_one_before_is_ended(tmp_path: Path, state: str) -> None:
    process = holder(tmp_path / "place")
    if state == "stopped":
        process.send_signal(signal.SIGSTOP)
    place = Place(tmp_path / "place")
    assert process.wait(DEADLINE) == -signal.SIGKILL
    place.leave()


def test_what_one_that_was_killed_leaves_behind_is_in_nobodys_way(tmp_path: Path) -> None:
    process = holder(tmp_path / "place")
    process.kill()
    process.wait()
    place = Place(tmp_path / "place")
    assert (tmp_path / "place").read_text() == str(os.getpid())
    place.leave()


def test_nobody_holds_a_file_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one before leaves, and removes the file, in the moment before it is locked."""
    path = tmp_path / "place"
    lock = fcntl.flock

    def late(file: int, operation: int) -> None:
        path.unlink()
        monkeypatch.setattr(fcntl, "flock", lock)
        lock(file, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    place = Place(path)
    assert is_held(path)
    place.leave()


def test_one_that_nobody_gives_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place_module, "_PATIENCE", 0.05)
    path = tmp_path / "place"
    other = os.open(path, os.O_RDWR | os.O_CREAT)
    fcntl.flock(other, fcntl.LOCK_EX)
    begin = time.monotonic()
    with pytest.raises(PlaceTakenError):
        Place(path)
    assert time.monotonic() - begin < DEADLINE
    os.close(other)


def test_a_directory_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Place(tmp_path / "gone" / "place")
    place = Place(tmp_path / "place")
    tmp_path.joinpath("place").rename(tmp_path / "other")
    place.leave()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "place").symlink_to(tmp_path / "else")
    with pytest.raises(OSError, match="symbolic links"):
        Place(tmp_path / "place")
