"""What a process left in the log that ended without a word."""

import subprocess
import sys
from pathlib import Path

import pytest

SAY = "from kernel.supervisor.last_words import without_a_word; print(without_a_word('it'))"


def said(log: Path) -> str:
    """What is said by a process whose log this is."""
    with log.open("ab") as file:
        done = subprocess.run([sys.executable, "-c", SAY], stdout=subprocess.PIPE, stderr=file, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("", ""),
        ("\n \n", ""),
        ("Traceback\nImportError: broken\n\n", "; the last line of the log is: ImportError: broken"),
        ("x" * 10_000 + "\nlast", "; the last line of the log is: last"),
        ("\udcff", "; the last line of the log is: \ufffd"),
    ],
)
def test_the_last_line_of_the_log(tmp_path: Path, text: str, end: str) -> None:
    (tmp_path / "log").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert said(tmp_path / "log") == f"it ended without a word{end}\n"


def test_a_log_that_was_moved(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("last\n")
    with (tmp_path / "log").open("ab") as file:
        (tmp_path / "log").rename(tmp_path / "moved")
        done = subprocess.run([sys.executable, "-c", SAY], stdout=subprocess.PIPE, stderr=file, text=True, check=True)
    assert done.stdout == "it ended without a word; the last line of the log is: last\n"


def test_what_is_no_file_is_not_waited_for() -> None:
    done = subprocess.run([sys.executable, "-c", SAY], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "it ended without a word\n"
