"""History in a file that may be broken in every way, with IPython's shell around it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from kernel.worker.history import SessionHistory, open_history
from tests.kernel.support import wait_for


@pytest.fixture
def shell(tmp_path: Path) -> InteractiveShell:
    config = Config()
    config.HistoryManager.enabled = False
    return InteractiveShell(config=config, ipython_dir=str(tmp_path / "ipython"))


@pytest.fixture
def opened(shell: InteractiveShell, tmp_path: Path) -> Iterator[SessionHistory]:
    history = open_history(shell, tmp_path / "state" / "history.sqlite")
    yield history
    history.close()


def stored(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT source_raw FROM history ORDER BY session, line").fetchall()
    connection.close()
    return [row[0] for row in rows]


def test_the_running_session_has_its_real_number(opened: SessionHistory) -> None:
    opened.store_inputs(1, "a = 1")
    assert opened.session_number > 0
    assert list(opened.get_range(opened.session_number)) == [(opened.session_number, 1, "a = 1")]
    assert list(opened.get_range(0)) == [(opened.session_number, 1, "a = 1")]
    assert list(opened.get_tail(5, include_latest=True)) == [(opened.session_number, 1, "a = 1")]


def test_what_was_run_before_it_was_open(shell: InteractiveShell, opened: SessionHistory) -> None:
    former: HistoryManager = shell.history_manager
    former.store_inputs(1, "early = 1")
    opened.continue_from(former)
    opened.store_inputs(2, "late = 2")
    assert [entry for *_, entry in opened.get_tail(5, include_latest=True)] == ["early = 1", "late = 2"]
    assert shell.user_ns["In"] is opened.input_hist_parsed
    assert shell.user_ns["In"] == ["", "early = 1", "late = 2"]


def test_it_is_written_a_moment_later(opened: SessionHistory, tmp_path: Path) -> None:
    import threading

    threading.Thread(target=opened.keep, daemon=True).start()
    opened.store_inputs(1, "kept = 1")
    wait_for(lambda: stored(tmp_path / "state" / "history.sqlite") == ["kept = 1"])


def test_a_cell_that_is_to_be_in_no_file(opened: SessionHistory, tmp_path: Path) -> None:
    opened.unkept.add(2)
    for number, code in enumerate(("a = 1", " secret = 2", "b = 3"), 1):
        opened.store_inputs(number, code)
    opened.writeout_cache()
    assert stored(tmp_path / "state" / "history.sqlite") == ["a = 1", "b = 3"]
    assert opened.input_hist_raw == ["", "a = 1", " secret = 2", "b = 3"]


def test_a_broken_file_is_moved_aside(shell: InteractiveShell, tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite"
    file.write_bytes(b"no database" * 10_000)
    history = open_history(shell, file)
    history.store_inputs(1, "a = 1")
    history.close()
    assert file.with_suffix(".broken").read_bytes().startswith(b"no database")
    assert sqlite3.connect(file).execute("SELECT count(*) FROM sessions").fetchone() == (1,)


@pytest.mark.parametrize("obstacle", ["a directory", "a file in the way"])
def test_a_place_that_cannot_be_used(
    shell: InteractiveShell, tmp_path: Path, obstacle: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if obstacle == "a directory":
        file = tmp_path / "history.sqlite"
        file.mkdir()
    else:
        (tmp_path / "state").touch()
        file = tmp_path / "state" / "history.sqlite"
    history = open_history(shell, file)
    history.store_inputs(1, "a = 1")
    assert [entry for *_, entry in history.get_tail(5, include_latest=True)] == ["a = 1"]
    history.close()
    assert capsys.readouterr().err.count("This session's history will not be kept") == 1


def test_a_locked_file_stays_where_it_is(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kernel.worker.history._TIMEOUT", 0.05)
    file = tmp_path / "history.sqlite"
    other = sqlite3.connect(file)
    other.execute("CREATE TABLE t (x)")
    other.execute("BEGIN EXCLUSIVE")
    history = open_history(shell, file)
    assert history.hist_file == ":memory:"
    history.close()
    other.close()
    assert sorted(path.name for path in tmp_path.glob("history*")) == ["history.sqlite"]
