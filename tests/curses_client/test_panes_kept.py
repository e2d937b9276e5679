"""How the screen was divided is known to the next client."""

import json
from pathlib import Path

import pytest

from curses_client.arrangement import Panes
from curses_client.panes_kept import keep_panes, kept_panes


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(tmp_path)}


def test_sizes_are_kept_and_open_panes_are_not(environ: dict[str, str]) -> None:
    panes = Panes(open=("queue",), focus="queue", zoomed="queue", beside=True, editor_cols=0.4, side_rows=0.25)
    keep_panes(panes, environ)
    assert kept_panes(environ) == Panes(beside=True, editor_cols=0.4, side_rows=0.25)


def test_without_anything_kept(environ: dict[str, str]) -> None:
    assert kept_panes(environ) == Panes()


@pytest.mark.parametrize(
    ("text", "panes"),
    [
        ("", Panes()),
        ("[" * 100_000, Panes()),
        ("[]", Panes()),
        ("\udcff", Panes()),
        (
            json.dumps({"beside": 1, "editor_cols": "0.5", "editor_rows": 2.0, "side_cols": 0.5, "other": 1}),
            Panes(side_cols=0.5),
        ),
    ],
)
def test_what_makes_no_sense_is_left_out(environ: dict[str, str], tmp_path: Path, text: str, panes: Panes) -> None:
    (tmp_path / "cshell").mkdir()
    (tmp_path / "cshell" / "panes.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert kept_panes(environ) == panes


def test_a_directory_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    keep_panes(Panes(beside=True), {"XDG_STATE_HOME": str(tmp_path / "file")})
