"""The files of a client in its event loop, with real files and the time in the test's hands."""

import heapq
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from curses_client.desk import Desk
from curses_client.events import Event, ReadFile, WriteFile
from curses_client.given import Given
from curses_client.state import State, new_state
from curses_client.update import update
from tests.home import DEADLINE


class Client:
    """A client's state, and an event loop in which the next alarm comes when the test wants it."""

    def __init__(self) -> None:
        self.state: State = new_state(80, 24, 0.0)
        self.events: list[Event] = []
        self._alarms: list[tuple[float, int, Callable[[], Any]]] = []
        self.desk = Desk(lambda: self.state, self, self.dispatch)  # type: ignore[arg-type]

    def dispatch(self, event: Event) -> None:
        self.events.append(event)
        self.state, effects = update(self.state, event)
        for effect in effects:
            if isinstance(effect, WriteFile):
                self.desk.write(effect)
        self.desk.watch()

    def alarm(self, seconds: float, callback: Callable[[], Any]) -> None:
        heapq.heappush(self._alarms, (seconds, len(self._alarms), callback))

    def pass_time(self) -> None:
        """Let the next alarm come."""
        heapq.heappop(self._alarms)[2]()

    def until(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < end
            self.pass_time()

    @property
    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.events]

    def write(self, text: str) -> None:
        """Have the file that is shown written with another text."""
        assert self.state.document is not None
        self.desk.write(WriteFile(self.state.document, tuple(text.split("\n"))))


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Client()


@pytest.fixture
def notebook(tmp_path: Path) -> str:
    pytest.importorskip("jupytext", reason="notebooks need Jupytext")
    path = tmp_path / "a.ipynb"
    cells = [
        {"cell_type": "code", "id": "a", "source": "x = 1", "metadata": {}, "outputs": [], "execution_count": None}
    ]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return str(path)


def source(path: str) -> str:
    return "".join(json.loads(Path(path).read_text())["cells"][0]["source"])


def test_a_script_is_read_and_written_at_once(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x\n")
    client.desk.begin((), 0, Given(((str(path), 0),)))
    assert client.kinds == ["FileRead", "TabChosen"]
    client.write("y")
    assert client.kinds[2:] == ["FileWritten"]
    assert path.read_text() == "y\n"


def test_what_was_left_comes_back_and_what_is_named_is_in_front(client: Client, tmp_path: Path) -> None:
    left, named = str(tmp_path / "left.py"), str(tmp_path / "named.py")
    client.desk.begin(
        (left,),
        0,
        Given(
            (
                (left, 0),
                (named, 0),
            )
        ),
    )
    assert [event.path for event in client.events if hasattr(event, "path")] == [left, named]
    assert client.state.document is not None
    assert client.state.document.path == named


def test_nobody_waits_for_a_notebook(client: Client, notebook: str) -> None:
    client.desk.begin((), 0, Given())
    client.desk.read(ReadFile(notebook))
    assert client.events == []
    client.until(lambda: client.kinds == ["FileRead"])
    for text in ("# %%\nb", "# %%\nc", "# %%\nd"):
        client.write(text)
    assert client.kinds == ["FileRead"]
    # the second is not worth it once there is a third
    client.until(lambda: client.kinds == ["FileRead", "FileWritten", "FileWritten"])
    assert source(notebook) == "d"


def test_what_is_being_written_when_the_loop_ends_is_written(client: Client, notebook: str) -> None:
    client.desk.begin((), 0, Given(((notebook, 0),)))
    client.write("# %%\nb")
    client.write("# %%\nc")
    client.desk.finish()
    assert source(notebook) == "c"
    events = len(client.events)
    client.pass_time()
    assert len(client.events) == events


def test_what_others_change_is_seen(client: Client, tmp_path: Path, notebook: str) -> None:
    path = tmp_path / "a.py"
    path.write_text("x\n")
    client.desk.begin(
        (),
        0,
        Given(
            (
                (str(path), 0),
                (notebook, 0),
            )
        ),
    )
    path.write_text("longer\n")
    client.until(lambda: client.kinds[-1] == "FileChanged")
    Path(notebook).write_text(Path(notebook).read_text().replace("x = 1", "y = 22"))
    client.until(lambda: client.kinds.count("FileChanged") == 2)


def test_what_is_not_saved_is_kept_and_taken_over(client: Client, tmp_path: Path) -> None:
    from curses_client.events import KeyPressed

    path = str(tmp_path / "a.py")
    client.desk.begin((), 0, Given(((path, 0),)))
    client.dispatch(KeyPressed("x"))
    client.desk.keep()
    client.desk.close()
    other = Client()
    other.desk.begin((path,), 1, Given())
    assert other.state.editor.buffer.lines == ("x",)
    other.desk.take_over(path)
    other.desk.forget(path)
    third = Client()
    third.desk.begin((path,), 1, Given())
    assert third.state.editor.buffer.lines == ("",)


def test_what_comes_through_a_pipe_is_in_the_scratch_buffer(client: Client, tmp_path: Path) -> None:
    client.desk.begin((), 0, Given(((str(tmp_path / "a.py"), 0),), "x = 6\ny = 7"))
    assert client.state.document is None
    assert client.state.editor.buffer.lines == ("x = 6", "y = 7")
