"""Files that the user has named."""

import os
import resource
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from curses_client.events import Saved
from curses_client.saving import write


def files(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir() if path.is_file()}


@pytest.mark.parametrize("over", [False, True])
@pytest.mark.parametrize("name", ["a.txt", "a b", "-rf", "漢.txt", ".hidden"])
def test_a_new_file(tmp_path: Path, name: str, over: bool) -> None:
    assert write(f"{tmp_path}/{name}", b"\x00data", over=over) == Saved(f"{tmp_path}/{name}")
    assert files(tmp_path) == {name: b"\x00data"}


def test_a_file_that_is_there_stays_until_the_user_says_so(tmp_path: Path) -> None:
    name = f"{tmp_path}/a"
    write(name, b"old", over=False)
    assert write(name, b"new", over=False) == Saved(name, exists=True)
    assert files(tmp_path) == {"a": b"old"}
    assert write(name, b"new", over=True) == Saved(name)
    assert files(tmp_path) == {"a": b"new"}


@pytest.mark.parametrize("over", [False, True])
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing/a", "No such file or directory"),
        ("a/b", "Not a directory"),
        (".", "it is a directory"),
        ("directory", "it is a directory"),
        ("directory/", "it is a directory"),
        ("x" * 300, "File name too long"),
        ("a\0b", "null byte"),
        ("loop", ("Too many levels of symbolic links", "Symlink loop", "")),
    ],
)
def test_what_goes_wrong_is_said_and_leaves_nothing(
    tmp_path: Path, name: str, reason: str | tuple[str, ...], over: bool
) -> None:
    (tmp_path / "directory").mkdir()
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "loop").symlink_to("loop")
    saved = write(f"{tmp_path}/{name}", b"data", over=over)
    assert saved.path == f"{tmp_path}/{name}"
    if isinstance(reason, str):
        assert reason in saved.failure
    else:
        # without being told to write over it, it is just there
        assert saved.exists or any(text and text in saved.failure for text in reason)
    assert files(tmp_path) == {"a": b"a"}
    assert list((tmp_path / "directory").iterdir()) == []


def test_no_such_user() -> None:
    assert write("~nobody-of-this-name/x", b"", over=False).failure


def test_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert write("~/a", b"data", over=False) == Saved("~/a")
    assert files(tmp_path) == {"a": b"data"}


@pytest.fixture
def small_disk() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("small_disk")
@pytest.mark.parametrize("size", [1001, 100_000])
@pytest.mark.parametrize("over", [False, True])
def test_what_is_half_written_does_not_stay(tmp_path: Path, over: bool, size: int) -> None:
    if over:
        (tmp_path / "a").write_bytes(b"old")
    assert write(f"{tmp_path}/a", b"x" * size, over=over).failure == "File too large"
    assert files(tmp_path) == ({"a": b"old"} if over else {})


def test_a_file_keeps_who_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write(str(path), b"new", over=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    assert write(f"{tmp_path}/link", b"new", over=False).exists
    write(f"{tmp_path}/link", b"new", over=True)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_what_an_earlier_one_left_is_not_touched(tmp_path: Path) -> None:
    left = tmp_path / f".a.{os.getpid()}"
    left.write_bytes(b"other")
    assert write(f"{tmp_path}/a", b"new", over=True) == Saved(f"{tmp_path}/a", "its temporary file is in the way")
    assert left.read_bytes() == b"other"
