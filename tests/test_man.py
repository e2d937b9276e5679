"""The manual page says what the code does, and man can show it."""

import shutil
import subprocess

import pytest

from curses_client.commands import COMMANDS
from curses_client.configuration.schema import SETTINGS
from curses_client.keymap import SECTIONS
from kernel.protocol.settings import Setting
from tests.tables import MAN


def test_tables_are_those_of_the_code() -> None:
    assert MAN.anew == MAN.text, "write them anew: python -m tests.tables"


@pytest.mark.skipif(shutil.which("man") is None, reason="there is no man here to show the page with")
def test_man_shows_it_without_complaint() -> None:
    shown = subprocess.run(
        ["man", "--warnings", "-l", str(MAN.path)],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin"},
    )
    assert shown.stderr == ""
    assert "cshell attach [NAME]" in shown.stdout
    assert "Ctrl-C" in shown.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_page(name: str) -> None:
    assert f".RI ( {name} )".replace("-", "\\-") in MAN.text.splitlines()


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: f"{setting.table}.{setting.name}")
def test_every_setting_is_in_the_page(setting: Setting) -> None:
    page = MAN.text
    section = page.partition(f".SS [{setting.table}]\n")[2].partition(".SS")[0]
    assert f".B {setting.name}\n" in section


@pytest.mark.parametrize("context", [context for context in SECTIONS if context != "editor"])
def test_every_place_of_keys_is_in_the_page(context: str) -> None:
    assert f"[keys.{context}]" in MAN.text
