"""Breakpoints of a client that is gone."""

from dataclasses import replace

from curses_client.coming_back import Kept, came_back
from curses_client.debugger import Breakpoint
from curses_client.events import FileRead
from curses_client.files.marks import kept_breakpoints
from tests.curses_client.breakpoints.support import PATH, SCRIPT, script
from tests.curses_client.files.support import document
from tests.curses_client.support import NOON, Client


def test_they_are_there_again_when_their_files_are() -> None:
    left = script(2).client
    left.press("meta 1").write("x = 1").press("meta *")
    kept = Kept("x = 1", breakpoints=kept_breakpoints(left.state), time=NOON)
    assert kept.breakpoints == (("", 0, ""), (PATH, 2, ""))
    client = Client()
    client.state = came_back(client.state, kept)
    assert client.state.editor.breakpoints == (Breakpoint(0),)
    client.send(replace(FileRead(PATH, document(SCRIPT, PATH)), comes_back=True))
    assert client.state.editor.breakpoints == (Breakpoint(2),)
    # closed and opened by hand it has none
    client.press("meta k").send(FileRead(PATH, document(SCRIPT, PATH)))
    assert client.state.editor.breakpoints == ()


def test_a_text_that_has_become_shorter_loses_those_behind_it() -> None:
    client = Client()
    client.state = came_back(client.state, Kept("x = 1", breakpoints=(("", 4, ""),)))
    assert client.state.editor.breakpoints == ()


def test_they_are_read_as_they_were_written() -> None:
    data = b'{"text": "x", "row": 0, "col": 0, "seen": 0, "time": 0, "clients": [], "breakpoints": [["", 0, "x > 1"]]}'
    kept = Kept.read(data)
    assert kept is not None
    assert kept.breakpoints == (("", 0, "x > 1"),)
    assert Kept.read(data.replace(b'[["", 0, "x > 1"]]', b"[3]")) is None
