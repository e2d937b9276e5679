"""What is said of files, and what becomes of those that somebody else changes."""

from dataclasses import replace

import pytest

from curses_client.document import Document
from curses_client.events import FileChanged, FileRead, FileWritten, WriteFile
from tests.curses_client.drawing import lines
from tests.curses_client.files.support import document, opened
from tests.curses_client.support import Client


def test_a_file_that_is_not_there_yet() -> None:
    client = Client().send(FileRead("/w/new.py", Document("/w/new.py")))
    assert (client.text, client.message) == ("", "new.py is new")
    assert client.press("meta s").took(WriteFile)


@pytest.mark.parametrize(
    ("encoding", "ending", "said"),
    [
        ("utf-8", "\n", ""),
        ("latin-1", "\n", "a.py: latin-1, which is kept"),
        ("utf-8", "\r\n", "a.py: lines end with CR LF, which is kept"),
        ("cp1252", "\r\n", "a.py: cp1252, lines end with CR LF, both are kept"),
    ],
)
def test_how_it_is_written_is_said_if_that_is_unusual(encoding: str, ending: str, said: str) -> None:
    found = replace(document("a"), encoding=encoding, ending=ending)
    assert Client().send(FileRead("/w/a.py", found)).message == said


def test_a_line_to_go_to() -> None:
    client = Client().send(FileRead("/w/a.py", document("a\nb\nc"), line=2))
    assert client.marked == "a\n|b\nc"
    assert client.send(FileRead("/w/a.py", document("a\nb\nc"), line=99)).marked == "a\nb\n|c"


def test_one_without_changes_is_shown_as_it_is_now() -> None:
    client = opened("a").send(FileChanged("/w/a.py", document("b")))
    assert (client.text, client.message) == ("b", "a.py was changed by somebody else; this is how it is now")
    assert client.press("ctrl _").text == "a"


def test_one_with_changes_stays() -> None:
    client = opened("a").write("x").send(FileChanged("/w/a.py", document("b")))
    assert client.text == "xa"
    assert client.message == "a.py was changed by somebody else; nothing is written over it unasked"
    assert client.state.document is not None
    assert client.state.document.is_changed


def test_one_in_another_tab_is_changed_there() -> None:
    client = opened("a").press("meta 1").send(FileChanged("/w/a.py", document("b")))
    assert client.text == ""
    assert client.press("meta 2").text == "b"


def test_one_that_is_gone_can_be_written_again() -> None:
    client = opened("a").send(FileChanged("/w/a.py"))
    assert client.message == "a.py is no longer there; saving writes it"
    assert client.press("meta s").took(WriteFile)


def test_what_was_closed_meanwhile_stays_closed() -> None:
    wanted = WriteFile(document("a"), ("b",))
    client = opened("a").press("meta k").send(FileChanged("/w/a.py", document("c")))
    client.send(FileWritten(wanted, document("b")))
    assert client.state.document is None
    assert "scratch" not in lines(client)[-4]
