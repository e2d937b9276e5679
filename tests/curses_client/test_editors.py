"""The user's editor, a real program on a real terminal."""

import os
import pty
from collections.abc import Iterator
from pathlib import Path

import pytest

from curses_client import editors
from curses_client.editors import edit, edit_text, text_of


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    master, slave = pty.openpty()
    yield slave, slave
    os.close(master)
    os.close(slave)


def script(directory: Path, body: str) -> str:
    # the name is that of an editor which is known to take `+LINE`
    path = directory / "my editor" / "vi"
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o700)
    return f'"{path}" -w'


def test_it_gets_the_terminal_the_line_and_the_file(terminal: tuple[int, int], tmp_path: Path) -> None:
    told = tmp_path / "told"
    editor = script(tmp_path, f'tty -s <&1 && echo "$@" > {told}')
    assert edit("/a/file.py", 7, terminal, {"VISUAL": editor, "EDITOR": "false"}) is None
    assert told.read_text() == "-w +7 /a/file.py\n"
    assert edit("/a/file.py", 0, terminal, {"EDITOR": editor}) is None
    assert told.read_text() == "-w /a/file.py\n"


@pytest.mark.parametrize(
    ("editor", "says"),
    [
        ("/nowhere/editor", "cannot run the editor /nowhere/editor: No such file or directory; set EDITOR"),
        ("'unbalanced", "No closing quotation"),
        ("false", "the editor false ended with status 1"),
    ],
)
def test_one_that_cannot_be_run(terminal: tuple[int, int], editor: str, says: str) -> None:
    failure = edit("/a/file.py", 0, terminal, {"EDITOR": editor})
    assert failure is not None
    assert says in failure


def test_a_text_is_edited_in_a_file_that_goes_again(terminal: tuple[int, int], tmp_path: Path) -> None:
    editor = script(tmp_path, f'shift; echo "$@" > {tmp_path}/told; printf "b\\r\\nc" >> "$2"')
    assert edit_text("a", 1, ".py", terminal, {"EDITOR": editor}) == ("a\nb\r\nc", None, "")
    line, path = (tmp_path / "told").read_text().split()
    assert line == "+1"
    assert path.endswith(".py")
    assert not Path(path).exists()


def test_what_an_editor_saved_that_failed_is_kept(terminal: tuple[int, int], tmp_path: Path) -> None:
    editor = script(tmp_path, 'echo b >> "$3"; exit 3')
    text, failure, kept = edit_text("a", 1, ".py", terminal, {"EDITOR": editor})
    assert (text, failure) == ("a", f"the editor {editor} ended with status 3")
    assert Path(kept).read_text() == "a\nb\n"
    Path(kept).unlink()


@pytest.mark.parametrize("editor", ["false", "/nowhere/editor"])
def test_one_that_changes_nothing_leaves_nothing(editor: str, terminal: tuple[int, int], tmp_path: Path) -> None:
    text, failure, kept = edit_text("a", 1, ".py", terminal, {"EDITOR": editor})
    assert (text, kept) == ("a\n", "")
    assert failure is not None


def test_the_text_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "f.py"
    file.write_bytes("é = 1\n".encode() + b"\xff")
    assert text_of(str(file)) == "é = 1\n?"
    assert text_of(str(tmp_path / "missing")) == ""


@pytest.mark.parametrize(
    ("editor", "arguments"),
    [
        ("vi", ["+7", "/w/a"]),
        ("/usr/bin/nano -w", ["+7", "/w/a"]),
        ("hx", ["/w/a:7"]),
        ("code --wait", ["--goto", "/w/a:7"]),
        ("/home/me/wrapper.sh", ["/w/a"]),
        ("", ["/w/a"]),
    ],
)
def test_each_editor_is_told_the_line_in_its_way(editor: str, arguments: list[str]) -> None:
    assert editors._at_line(editor, "/w/a", 7) == arguments
    assert editors._at_line(editor, "/w/a", 0) == ["/w/a"]
