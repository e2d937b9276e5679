"""The manual page says what the code does, and man can show it."""

import re
import shutil
import subprocess

import pytest

from curses_client.commands import COMMANDS
from curses_client.configuration.keys import key_of
from curses_client.configuration.schema import SETTINGS
from curses_client.keymap import KEY_SETS, SECTIONS, command
from curses_client.layout import BESIDE, LEAST_COLS
from curses_client.text.pattern import SPECIAL
from curses_client.themes.choice import CHOICES
from kernel.protocol.settings import Setting
from tests.tables import MAN

# what is written by hand, without the marks of roff
TEXT = re.sub(r'\.\\" begin .*?\.\\" end \w+\n', "", MAN.text, flags=re.DOTALL).replace("\\-", "-")
KEYS = sorted(set(re.findall(r"(?<![\w-])(?:(?:Ctrl|Alt|Shift)-)+(?:[A-Z][a-z]+|[^\s\\])|\bF\d+", TEXT)))


def section(title: str) -> str:
    return TEXT.partition(f"\n.SH {title}\n")[2].partition("\n.SH ")[0]


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


@pytest.mark.parametrize("name", KEYS)
def test_a_key_that_is_named_does_something(name: str) -> None:
    key = key_of(name)
    assert key is not None
    assert any(command(context, key, keys) for context in SECTIONS for keys in KEY_SETS)


@pytest.mark.parametrize("name", CHOICES)
def test_every_theme_is_in_the_page(name: str) -> None:
    assert re.search(rf"(?<![\w-]){name}(?![\w-])", section("THEMES"))


def test_what_makes_a_text_an_expression() -> None:
    line = next(line for line in section("FINDING").splitlines() if line.startswith(".B . "))
    assert {"\\" if shown == "\\e" else shown for shown in line.split()[1:]} == {
        character for character in map(chr, range(32, 127)) if SPECIAL.match(character)
    }


def test_the_sizes_of_the_screen() -> None:
    assert f"of {BESIDE} columns or more" in section("PANES")
    assert f"takes {2 * LEAST_COLS + 1} columns" in section("PANES")
