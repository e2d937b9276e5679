"""Files of clients, held by this process and by others."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from curses_client.coming_back import Kept
from curses_client.keeping import begin, heirs, is_held, tidy

HOLDING = """\
import sys, time
from pathlib import Path
from curses_client.coming_back import Kept
from curses_client.keeping import begin
keeper, kept = begin(Path(sys.argv[1]), sys.argv[2])
keeper.keep(Kept(sys.argv[2] * 1000, 0, 0, 7, 1.0, ("x",)))
print(flush=True)
time.sleep(1000)
"""


def held(directory: Path, client: str) -> "subprocess.Popen[bytes]":
    """Start a process that keeps its name, many times over, and lives."""
    process = subprocess.Popen([sys.executable, "-c", HOLDING, str(directory), client], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"\n"
    return process


def end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_nothing_is_left_by_nobody(tmp_path: Path) -> None:
    keeper, kept = begin(tmp_path / "clients", "a")
    assert kept is None
    keeper.keep(Kept("text"))
    assert (tmp_path / "clients").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "clients" / "a.json").stat().st_mode & 0o777 == 0o600


def test_under_another_name_of_the_directory(tmp_path: Path) -> None:
    keeper, _ = begin(tmp_path / "old" / "clients", "a")
    keeper.keep(Kept("text"))
    os.rename(tmp_path / "old", tmp_path / "new")
    other, _ = begin(tmp_path / "old" / "clients", "a")
    other.keep(Kept("another's"))
    keeper.remove()
    assert list((tmp_path / "new" / "clients").iterdir()) == []
    other.close()
    assert begin(tmp_path / "old" / "clients", "b")[1] == Kept("another's")


def test_what_is_gone_is_removed_without_a_word(tmp_path: Path) -> None:
    keeper, _ = begin(tmp_path, "a")
    (tmp_path / "a.json").unlink()
    keeper.remove()


def test_what_nobody_comes_back_for(tmp_path: Path) -> None:
    for name, text in (("a", ""), ("b", "typed")):
        keeper, _ = begin(tmp_path / name, name)
        keeper.keep(Kept(text))
        keeper.close()
    living, _ = begin(tmp_path / "c", "c")
    living.keep(Kept(""))
    for name in "abc":
        tidy(tmp_path / name)
    assert sorted(path.name for path in tmp_path.rglob("*.json")) == ["b.json", "c.json"]
    assert not (tmp_path / "a").exists()
    tidy(tmp_path / "missing")


def test_after_a_kill_the_next_one_takes_over(tmp_path: Path) -> None:
    process = held(tmp_path, "first")
    try:
        other, kept = begin(tmp_path, "second")
        assert kept is None
        other.remove()
    finally:
        end(process)
    keeper, kept = begin(tmp_path, "third")
    assert kept == Kept("first" * 1000, 0, 0, 7, 1.0, ("x",))
    # a shorter text leaves nothing of the longer one
    keeper.keep(Kept("short", clients=("x", "third")))
    keeper.close()
    assert begin(tmp_path, "fourth")[1] == Kept("short", clients=("x", "third"))


def test_whether_another_client_is_there(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "clients")
    process = held(tmp_path / "clients", "a")
    assert is_held(tmp_path / "clients")
    end(process)
    assert not is_held(tmp_path / "clients")


def test_the_newest_one_is_taken(tmp_path: Path) -> None:
    keepers = [begin(tmp_path, name)[0] for name in "abc"]
    for number, (name, keeper) in enumerate(zip("abc", keepers, strict=True)):
        keeper.keep(Kept(name))
        os.utime(tmp_path / f"{name}.json", (number, number))
    for keeper in keepers:
        keeper.close()
    taken = [begin(tmp_path, f"next {number}") for number in range(4)]
    assert [kept.text if kept is not None else None for _, kept in taken] == ["c", "b", "a", None]


def test_a_session_that_was_ended_leaves_nothing(tmp_path: Path) -> None:
    keeper, _ = begin(tmp_path, "a")
    keeper.keep(Kept("text"))
    keeper.remove()
    assert list(tmp_path.iterdir()) == []


def test_files_do_not_pile_up(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / f"{number}.json").write_text("garbage")
    _, kept = begin(tmp_path, "a")
    assert kept is None
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("precious")
    (tmp_path / "clients").mkdir()
    (tmp_path / "clients" / "a.json").symlink_to(target)
    with pytest.raises(OSError, match="symbolic"):
        begin(tmp_path / "clients", "a")
    assert target.read_text() == "precious"


def test_heirs() -> None:
    assert heirs(None, "a") == ("a",)
    assert heirs(Kept(clients=("a", "b")), "c") == ("a", "b", "c")
    assert len(heirs(Kept(clients=tuple(map(str, range(500)))), "c")) == 100
