"""What the configuration file says, and what is said of a wrong one."""

import os
import time
from pathlib import Path

import pytest

from curses_client.settings import Notify, Settings, config_path, read_settings, run_command


def reading(home: Path, text: str | bytes | None) -> Settings:
    """Read a configuration file with this text."""
    path = home / "cshell" / "config.toml"
    if text is not None:
        path.parent.mkdir(parents=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_settings({"XDG_CONFIG_HOME": str(home)})


@pytest.mark.parametrize(
    ("environ", "path"),
    [
        ({"XDG_CONFIG_HOME": "/x"}, "/x/cshell/config.toml"),
        ({"XDG_CONFIG_HOME": "/x", "HOME": "/h"}, "/x/cshell/config.toml"),
        ({"HOME": "/h"}, "/h/.config/cshell/config.toml"),
        # the specification: a path that is not absolute is ignored
        ({"XDG_CONFIG_HOME": "x", "HOME": "/h"}, "/h/.config/cshell/config.toml"),
        ({"XDG_CONFIG_HOME": "", "HOME": "/h"}, "/h/.config/cshell/config.toml"),
        ({"HOME": ""}, f"{Path.home()}/.config/cshell/config.toml"),
        ({}, f"{Path.home()}/.config/cshell/config.toml"),
    ],
)
def test_where_it_is(environ: dict[str, str], path: str) -> None:
    assert str(config_path(environ)) == path


@pytest.mark.parametrize(
    ("text", "notify"),
    [
        (None, Notify()),
        ("", Notify()),
        ("[kernel]\nx = 1\n[[other]]\ny = 2", Notify()),
        ("[notify]", Notify()),
        ("[notify]\nafter = 5", Notify(after=5)),
        ("[notify]\nafter = 0", Notify(after=0)),
        ("[notify]\nafter = 0.5\nhow = 'notification'", Notify(0.5, "notification")),
        ("[notify]\nafter = inf", Notify(after=float("inf"))),
        ("[notify]\nhow = 'none'", Notify(how="none")),
        ("[notify]\ncommand = 'beep'", Notify(how="command", command="beep")),
        ("[notify]\ncommand = 'beep'\nhow = 'bell'", Notify(how="bell", command="beep")),
        ("[notify]\ncommand = ''", Notify()),
        ("notify.after = 7", Notify(after=7)),
    ],
)
def test_what_it_says(tmp_path: Path, text: str | None, notify: Notify) -> None:
    assert reading(tmp_path, text) == Settings(notify)


@pytest.mark.parametrize(
    ("text", "notify", "problems"),
    [
        ("[notify]\nafter = -1", Notify(), ["after is to be a number of seconds; 30.0 is used"]),
        ("[notify]\nafter = nan", Notify(), ["after is to be a number of seconds"]),
        ("[notify]\nafter = true", Notify(), ["after is to be a number of seconds"]),
        ("[notify]\nafter = '5'", Notify(), ["after is to be a number of seconds"]),
        ("[notify]\nhow = 'gong'", Notify(), ["how is to be one of bell, notification, command, none; 'bell' is used"]),
        ("[notify]\nhow = ['bell']", Notify(), ["how is to be one of"]),
        ("[notify]\ncommand = 3", Notify(), ["command is to be a shell command"]),
        ("[notify]\nbell = 3", Notify(), ["has no setting bell; it knows after, how, command"]),
        ("[notify]\nx = 1\nafter = 9\ny = 2", Notify(after=9), ["no setting x", "no setting y"]),
        ("notify = 3", Notify(), ["notify is no table"]),
        ("[notify", Notify(), ["Expected"]),
        ("a = 1\na = 2", Notify(), ["overwrite"]),
        (b"\xff", Notify(), ["utf-8"]),
        ("x = " + "[" * 5000, Notify(), [""]),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_holds(
    tmp_path: Path, text: str | bytes, notify: Notify, problems: list[str]
) -> None:
    found = reading(tmp_path, text)
    assert found.notify == notify
    assert len(found.problems) == len(problems)
    for problem, part in zip(found.problems, problems, strict=True):
        assert problem.startswith(f"{tmp_path}/cshell/config.toml: ")
        assert part in problem


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "cshell" / "config.toml").mkdir(parents=True)
    assert reading(tmp_path, None).problems == (f"cannot read {tmp_path}/cshell/config.toml: Is a directory",)


def test_no_directory_at_all(tmp_path: Path) -> None:
    (tmp_path / "cshell").write_text("a file")
    assert "Not a directory" in reading(tmp_path, None).problems[0]


def test_the_command_gets_the_text_and_nothing_of_the_terminal(tmp_path: Path) -> None:
    target = tmp_path / "said"
    command = f'printf "%s|%s|" "$CSHELL_TITLE" "$CSHELL_TEXT" > {target}.part; echo noise; cat >> {target}.part; mv {target}.part {target}'
    run_command(command, "cell 1 finished", "'; rm -rf $HOME `x`\n漢")
    deadline = time.monotonic() + 10
    while not target.exists() and time.monotonic() < deadline:
        os.sched_yield()
    assert target.read_text() == "cell 1 finished|'; rm -rf $HOME `x`\n漢|"
