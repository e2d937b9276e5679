"""Exporting a session in a process of its own."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from curses_client.background import Export
from curses_client.events import Saved
from kernel.protocol.session import state_root
from tests.curses_client.written import Written
from tests.home import DEADLINE, Home


def ended(export: Export) -> Saved:
    end = time.monotonic() + DEADLINE
    while (saved := export.result()) is None:
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
