"""What the configuration file says, and what is said of a wrong one."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curses_client.configuration.reading import Configuration, read
from curses_client.configuration.schema import CLIENT_SETTINGS, OPTIONS, choice, flag, number
from curses_client.options import Options
from kernel.protocol.settings import default_of


def reading(home: Path, text: str | bytes | None, called: str = "") -> Configuration:
    """Read a configuration file with this text."""
    path = home / "cshell" / "config.toml"
    if text is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read({"XDG_CONFIG_HOME": str(home)}, called)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (None, Options()),
        ("", Options()),
        ("[kernel]\nprofile = 'x'", Options()),
        ("[notify]", Options()),
        ("[notify]\nafter = 5", Options(notify_after=5)),
        ('[memory]\nlimit = "80%"\naction = "interrupt"', Options(memory_limit="80%", memory_action="interrupt")),
        ("[notify]\nafter = 0", Options(notify_after=0)),
        ("[notify]\nafter = 0.5\nhow = 'notification'", Options(notify_after=0.5, notify_how="notification")),
        ("[notify]\nafter = inf", Options(notify_after=float("inf"))),
        ("[notify]\nhow = 'none'", Options(notify_how="none")),
        ("[notify]\ncommand = 'beep'", Options(notify_how="command", notify_command="beep")),
        ("[notify]\ncommand = 'beep'\nhow = 'bell'", Options(notify_how="bell", notify_command="beep")),
        ("[notify]\ncommand = ''", Options()),
        ("notify.after = 7", Options(notify_after=7)),
        ("behaviour = { hints = false }", Options(hints=False)),
        ("[editor]\nkeys = 'modern'", Options(keys="modern")),
    ],
)
def test_what_it_says(tmp_path: Path, text: str | None, options: Options) -> None:
    found = reading(tmp_path, text)
    assert (found.options, found.problems) == (options, ())


@pytest.mark.parametrize(
    ("text", "options", "problems"),
    [
        (
            "[notify]\nafter = -1",
            Options(),
            [", line 2: [notify] after is to be a number of seconds of at least 0; 30 is used"],
        ),
        ("[memory]\nlimit = '8 apples'", Options(), [", line 2: [memory] limit is to be a part such as"]),
        ("[notify]\nafter = nan", Options(), [", line 2: [notify] after is to be a number of seconds"]),
        ("[notify]\nafter = true", Options(), [", line 2: [notify] after is to be a number of seconds"]),
        ("[notify]\nafter = '5'", Options(), [", line 2: [notify] after is to be a number of seconds"]),
        (
            "[notify]\nhow = 'gong'",
            Options(),
            [', line 2: [notify] how is to be one of bell, notification, command, none; "bell" is used'],
        ),
        ("[notify]\nhow = ['bell']", Options(), [", line 2: [notify] how is to be one of"]),
        ("[notify]\ncommand = 3", Options(), [", line 2: [notify] command is to be a shell command"]),
        ("[notify]\nhwo = 3", Options(), [", line 2: [notify] has no setting hwo; did you mean how?"]),
        ("[notify]\nzz = 3", Options(), [", line 2: [notify] has no setting zz; it has after, how, command"]),
        ("[notify]\nx = 1\nafter = 9\ny = 2", Options(notify_after=9), [", line 2: ", ", line 4: "]),
        ("notify = 3", Options(), [", line 1: notify is to be a table: [notify]; the defaults are used"]),
        ("[behavior]\nhints = false", Options(), [", line 1: there is no table [behavior]; did you mean behaviour?"]),
        ("[zz]", Options(), [", line 1: there is no table [zz]; there are [editor], "]),
        ("[[zz]]", Options(), [": there is no table [zz]"]),
        ("[behaviour]\nhints = 1", Options(), [", line 2: [behaviour] hints is to be true or false; true is used"]),
        ("[kernel]\nprofile = 1", Options(), [", line 2: [kernel] profile is to be a text", "no new session starts"]),
        ("[keys]\n'f5' = 'runn'", Options(), [", line 2: there is no command runn; did you mean run? it is left out"]),
        ("keys = 3", Options(), [", line 1: keys is to be a table: [keys]; it is left out"]),
        ("[notify", Options(), [", line 1, column 8: expected ']'"]),
        ("[notify]\nafter = 5\na = 1\na = 2", Options(), [", line 4, column 6: cannot overwrite a value"]),
        (b"\xff", Options(), [", line 1, column 1: this is no UTF-8; nothing of the file is used"]),
        ("x = " + "[" * 5000, Options(), [", line 1, column 1: it is nested too deep"]),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_holds(
    tmp_path: Path, text: str | bytes, options: Options, problems: list[str]
) -> None:
    found = reading(tmp_path, text)
    assert found.options == options
    said = "\n".join(found.problems)
    assert said.startswith(f"{tmp_path}/cshell/config.toml{problems[0]}")
    for part in problems:
        assert part in said
    named = reading(tmp_path, text, "config.toml").problems
    assert named == tuple(problem.replace(f"{tmp_path}/cshell/", "") for problem in found.problems)


def test_what_is_given_is_what_is_right(tmp_path: Path) -> None:
    text = "[notify]\nafter = 5\nhow = 3\n[journal]\nsize = '2 GB'\nage = 3"
    assert reading(tmp_path, text).given == {("notify", "after"): 5, ("journal", "size"): "2 GB"}
    assert reading(tmp_path, text).table("journal") == {"size": "2 GB"}


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "cshell" / "config.toml").mkdir(parents=True)
    assert reading(tmp_path, None).problems == (f"cannot read {tmp_path}/cshell/config.toml: Is a directory",)


def test_no_directory_at_all(tmp_path: Path) -> None:
    (tmp_path / "cshell").write_text("a file")
    assert "Not a directory" in reading(tmp_path, None).problems[0]


@pytest.mark.parametrize("setting", CLIENT_SETTINGS, ids=lambda setting: setting.name)
def test_a_default_of_the_table_is_that_of_the_options(setting: Any) -> None:
    assert default_of(setting) == getattr(Options(), OPTIONS[setting.table, setting.name])
    assert setting.help
    assert not setting.help.endswith(".")


def test_every_option_can_be_set() -> None:
    assert set(OPTIONS.values()) == set(Options.__dataclass_fields__) - {"bound"}


@pytest.mark.parametrize(
    ("read", "value", "ok"),
    [
        (flag, True, True),
        (flag, 1, False),
        (choice("a", "b"), "b", True),
        (choice("a", "b"), "c", False),
        (choice("a", "b"), [], False),
        (number(1, 5), 5, True),
        (number(1, 5), 5.5, False),
        (number(1, 5), 0, False),
        (number(1, 5), True, False),
    ],
)
def test_what_values_are_to_be(read: Any, value: object, ok: bool) -> None:
    if ok:
        assert read(value) == value
    else:
        with pytest.raises(ValueError, match=r"a number from 1 to 5|true or false|one of a, b"):
            read(value)


LINES = st.lists(
    st.sampled_from(
        [
            "[notify]",
            "[keys]",
            "[keys.reading]",
            "after = 5",
            "how = 'x'",
            "'f5' = 'run'",
            "'^' = ''",
            "x = [1]",
            "keys.a = 1",
        ]
    )
    | st.text(alphabet="ab=[]'\"# \n.{}", max_size=8),
    max_size=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES)
def test_no_file_stops_the_client(tmp_path: Path, lines: list[str]) -> None:
    found = reading(tmp_path, "\n".join(lines))
    assert all(problem and "\n" not in problem for problem in found.problems)
