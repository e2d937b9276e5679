"""What is done beside the event loop: a session exported, tmux told, a function run."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from curses_client import background
from curses_client.background import Export, ToTmux, Work
from curses_client.events import Copied, Saved
from kernel.protocol.session import state_root
from tests.curses_client.written import Written
from tests.home import DEADLINE, Home


def ended(process: Export | ToTmux | Work[Saved]) -> Saved | Copied:
    end = time.monotonic() + DEADLINE
    while (saved := process.result()) is None:
        assert time.monotonic() < end
        time.sleep(0.01)
    return saved


@pytest.fixture
def home() -> Iterator[Home]:
    with Home() as home:
        yield home


@pytest.fixture
def work(home: Home, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A session of one cell, in an environment that this process has too."""
    for name, value in home.environ.items():
        monkeypatch.setenv(name, value)
    Written(state_root(home.environ) / "work").session().submit("a", "6 * 7").start("a").print("a", "42\n").finish(
        "a"
    ).end()
    return home.work


def test_a_notebook(work: Path) -> None:
    path = work / "x.ipynb"
    assert ended(Export("work", "", str(path), over=False)) == Saved(str(path))
    assert json.loads(path.read_text())["cells"][0]["source"] == ["6 * 7"]


def test_a_file_that_is_there_is_asked_about(work: Path) -> None:
    path = work / "x.py"
    path.write_text("mine")
    assert ended(Export("work", "", str(path), over=False)) == Saved(str(path), exists=True)
    assert path.read_text() == "mine"
    assert ended(Export("work", "", str(path), over=True)) == Saved(str(path))
    assert "6 * 7" in path.read_text()


@pytest.mark.parametrize(
    ("name", "file", "why"), [("nobody", "x.py", "nobody"), ("work", "x.doc", "doc"), ("work", "no/x.py", "no")]
)
def test_what_went_wrong_is_one_sentence(work: Path, name: str, file: str, why: str) -> None:
    failure = ended(Export(name, "", str(work / file), over=False)).failure
    assert why in failure
    assert "Traceback" not in failure
    assert not (work / file).exists()


@pytest.mark.parametrize(
    ("script", "by_tmux"),
    [
        ('test "$*" = "load-buffer -w -" && cat > {}', True),
        ("cat > {}; exit 1", False),
        ("exec sleep 1000", False),
        (None, False),
    ],
)
def test_what_is_copied_is_given_to_tmux(
    script: str | None, by_tmux: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = tmp_path / "buffer"
    if script is not None:
        (tmp_path / "tmux").write_text(f"#!/bin/sh\n{script.format(buffer)}\n")
        (tmp_path / "tmux").chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin" if script else str(tmp_path))
    monkeypatch.setattr(background, "_PATIENCE", 0.0 if script and "sleep" in script else DEADLINE)
    # more than a pipe takes at once
    text = "é\ud800\n" * 100_000
    assert ended(ToTmux(text, Copied(100_000, False))) == Copied(100_000, False, by_tmux=by_tmux)
    if by_tmux:
        assert buffer.read_text() == "é?\n" * 100_000


def test_a_function_runs_beside_the_loop_and_what_it_raises_is_told() -> None:
    begin = threading.Event()

    def do() -> Saved:
        assert begin.wait(DEADLINE)
        return Saved("a")

    work = Work(do)
    assert work.result() is None
    begin.set()
    assert ended(work) == Saved("a")
    assert work.wait() == Saved("a")

    def fail() -> Saved:
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        ended(Work(fail))
