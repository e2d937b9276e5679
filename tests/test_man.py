"""The manual page says what the code does, and man can show it."""

import shutil
import subprocess

import pytest

from tests.man_tables import PAGE, with_tables


def test_tables_are_those_of_the_code() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_tables(page) == page, "write them anew: python -m tests.man_tables"


@pytest.mark.skipif(shutil.which("man") is None, reason="there is no man here to show the page with")
def test_man_shows_it_without_complaint() -> None:
    shown = subprocess.run(
        ["man", "--warnings", "-l", str(PAGE)],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin"},
    )
    assert shown.stderr == ""
    assert "cshell attach [NAME]" in shown.stdout
    assert "Ctrl-C" in shown.stdout
