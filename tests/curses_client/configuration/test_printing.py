"""A configuration as a file: it is TOML, says where everything comes from, and reads as it was."""

import re
import tomllib
from pathlib import Path

import pytest

from curses_client.configuration.printing import defaults, effective
from curses_client.configuration.reading import Configuration
from curses_client.configuration.schema import SETTINGS
from curses_client.options import Options
from tests.curses_client.configuration.test_reading import reading

FILE = """\
[notify]
after = 5
command = "say \\"\\u007f\\" 漢"

[journal]
age = "90 days"

[keys]
"ctrl t" = "none"
F5 = "run"
[keys.reading]
"x" = "read-next-error"
"""


def test_what_is_printed_reads_as_it_was(tmp_path: Path) -> None:
    found = reading(tmp_path, FILE)
    assert found.problems == ()
    printed = effective(found, "/path")
    again = reading(tmp_path, printed)
    assert (again.options, again.problems) == (found.options, ())
    assert again.given.items() >= found.given.items()


def test_it_says_where_a_value_comes_from(tmp_path: Path) -> None:
    lines = effective(reading(tmp_path, FILE), "/the/path").splitlines()
    assert lines[0] == "# /the/path"
    assert "after = 5  # line 2; the default is 30" in lines
    assert 'how = "command"  # because there is a command' in lines
    assert 'profile = "default"  # the default' in lines
    assert 'age = "90 days"  # line 6; the default is none' in lines
    assert '# idle = "30 days"  # not set; for example' in lines
    assert '"Ctrl-T" = "none"' in lines
    assert '"x" = "read-next-error"  # next error' in lines


def test_what_is_wrong_stands_above(tmp_path: Path) -> None:
    lines = effective(reading(tmp_path, "[notify]\nafter = 'x'", "f"), "/p").splitlines()
    assert lines[1].startswith("# wrong: f, line 2: [notify] after is to be a number")
    assert "after = 30  # the default" in lines


@pytest.mark.parametrize("text", ["a = 1\na = 2", ""])
def test_with_nothing_usable_all_is_as_by_default(tmp_path: Path, text: str) -> None:
    printed = effective(reading(tmp_path, text), "/p")
    assert reading(tmp_path, printed).options == Options()


def test_the_defaults_set_nothing(tmp_path: Path) -> None:
    found = reading(tmp_path, defaults())
    assert (found.options, found.problems, found.given) == (Options(), (), {})


def test_each_line_of_the_defaults_can_be_taken_as_it_is(tmp_path: Path) -> None:
    text = re.sub(r'^# (?=[a-z]+ = |")', "", defaults(), flags=re.MULTILINE)
    found = reading(tmp_path, text)
    assert found.problems == ()
    assert {(setting.table, setting.name) for setting in SETTINGS} == found.given.keys()
    assert len(found.options.bound) > 100


def test_every_line_is_short_enough_to_be_read() -> None:
    for text in (defaults(), effective(Configuration(), "/p")):
        tomllib.loads(text)
        assert max(map(len, text.splitlines())) <= 130
