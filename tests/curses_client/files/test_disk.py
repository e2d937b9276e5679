"""Files are read and written whole, or not at all."""

import os
import stat
from pathlib import Path

import pytest

from curses_client.document import Document
from curses_client.events import WriteFile
from curses_client.files import disk


def read(path: Path) -> Document:
    document = disk.read(str(path)).document
    assert document is not None
    return document


def test_there_and_back(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"a\r\nb\r\n")
    done = disk.write(WriteFile(read(path), ("a", "c")))
    assert done.document is not None
    assert path.read_bytes() == b"a\r\nc\r\n"
    assert done.document.stamp == read(path).stamp
    assert done.document.saved == ("a", "c")
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    found = disk.read(str(path))
    assert found.document == Document(str(path))
    done = disk.write(WriteFile(found.document, ("a",)))
    assert (done.failure, path.read_bytes()) == ("", b"a\n")


def test_what_somebody_else_has_written_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("a\n")
    document = read(path)
    path.write_text("theirs\n")
    done = disk.write(WriteFile(document, ("mine",)))
    assert (done.is_changed, done.is_new, done.document) == (True, False, None)
    assert path.read_text() == "theirs\n"
    assert disk.write(WriteFile(document, ("mine",), over=True)).document is not None
    assert path.read_text() == "mine\n"


def test_also_of_a_file_that_was_not_there(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("theirs\n")
    done = disk.write(WriteFile(Document(str(path)), ("mine",)))
    assert (done.is_changed, done.is_new) == (True, True)


def test_one_that_is_read_only_is_written_when_the_user_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("a\n")
    path.chmod(0o444)
    document = read(path)
    done = disk.write(WriteFile(document, ("b",)))
    assert (done.is_read_only, done.document, path.read_text()) == (True, None, "a\n")
    assert disk.write(WriteFile(document, ("b",), over=True)).document is not None
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("b\n", 0o444)


def test_mode_links_and_other_names_are_kept(tmp_path: Path) -> None:
    path, link, other = tmp_path / "a.py", tmp_path / "link.py", tmp_path / "other.py"
    path.write_text("a\n")
    path.chmod(0o640)
    link.symlink_to(path)
    disk.write(WriteFile(read(link), ("b",)))
    assert link.is_symlink()
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("b\n", 0o640)
    os.link(path, other)
    disk.write(WriteFile(read(path), ("c",)))
    assert (other.read_text(), path.stat().st_nlink) == ("c\n", 2)


@pytest.mark.parametrize(
    ("make", "failure"),
    [
        (lambda path: path.mkdir(), "it is a directory"),
        (lambda path: os.mkfifo(path), "it is no regular file"),
        (lambda path: path.write_bytes(b"a\0b"), "it is no text"),
        (lambda path: path.symlink_to(path), "Too many levels of symbolic links"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, make: object, failure: str) -> None:
    path = tmp_path / "a.py"
    make(path)  # type: ignore[operator]
    found = disk.read(str(path))
    assert (found.document, found.failure) == (None, failure)


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    assert disk.read(str(tmp_path / "no" / "a.py")).failure == "its directory is not there"
    done = disk.write(WriteFile(Document(str(tmp_path / "no" / "a.py")), ("a",)))
    assert (done.document, done.failure) == (None, "No such file or directory")


def test_what_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"\xe9\n")
    done = disk.write(WriteFile(read(path), ("→",)))
    assert done.failure == "latin-1 has no '→', which is in line 1"
    assert path.read_bytes() == b"\xe9\n"


def test_changes_of_somebody_else_are_seen_once(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("a\n")
    document = read(path)
    assert disk.changed([document, Document("/nowhere")]) == []
    path.write_text("bb\n")
    assert disk.changed([document]) == [document]
    (change,) = disk.reread(document.path)
    assert change.document is not None
    assert change.document.saved == ("bb",)
    assert disk.changed([change.document]) == []
    path.unlink()
    assert disk.changed([change.document]) == [change.document]
    (gone,) = disk.reread(document.path)
    assert gone.document is None
    path.mkdir()
    assert disk.reread(document.path) == []


@pytest.mark.parametrize(
    ("text", "completed", "names"),
    [
        ("", "", ("aa.py", "ab.py", "dir/")),
        ("a", "a", ("aa.py", "ab.py")),
        ("aa", "aa.py", ("aa.py",)),
        ("d", "dir/", ("dir/",)),
        ("dir/", "dir/in", ("in",)),
        (".", ".hidden", (".hidden",)),
        ("x", "x", ()),
        ("no/x", "no/x", ()),
    ],
)
def test_paths(tmp_path: Path, text: str, completed: str, names: tuple[str, ...]) -> None:
    for name in ("aa.py", "ab.py", ".hidden", "dir/in"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    base = f"{tmp_path}/"
    found = disk.complete(base + text)
    assert (found.completed.removeprefix(base), found.names) == (completed, names)
