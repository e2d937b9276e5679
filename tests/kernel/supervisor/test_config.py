"""The user's configuration file, and the choice of the interpreter."""

import os
import sys
from pathlib import Path

import pytest

from kernel.supervisor.bounds import Bounds
from kernel.supervisor.config import Config, ConfigError, interpreter, read_config


class Home:
    """A home directory and its environment."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.environ = {"HOME": str(path), "PATH": str(path / "bin")}
        self.file = path / ".config" / "cshell" / "config.toml"

    def write(self, text: str | bytes) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def read(self) -> Config:
        return read_config(self.environ)

    def program(self, name: str, *, mode: int = 0o755) -> str:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("#!/bin/sh\n")
        file.chmod(mode)
        return str(file)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


class TestFile:
    def test_none_is_the_default(self, home: Home) -> None:
        assert home.read() == Config((), "default", None)

    def test_all_settings(self, home: Home) -> None:
        home.write('[kernel]\npreload = ["numpy", "pandas"]\nprofile = "mine"\npython = "~/py"\n[notify]\nx = 1\n')
        assert home.read() == Config(("numpy", "pandas"), "mine", "~/py")

    @pytest.mark.parametrize(
        ("text", "bounds"),
        [
            ('size = "500 MB"', Bounds(500_000_000)),
            ('size = "1.5gb"', Bounds(1_500_000_000)),
            ('age = "12 hours"', Bounds(age=43_200.0)),
            ('age = "10 minutes"', Bounds(age=600.0)),
            ('age = "1 day"\nsize = "1 TB"', Bounds(10**12, 86_400.0)),
            ("", Bounds()),
        ],
    )
    def test_how_much_is_kept(self, home: Home, text: str, bounds: Bounds) -> None:
        home.write(f"[journal]\n{text}\n")
        assert home.read().journal == bounds

    def test_a_file_without_the_table(self, home: Home) -> None:
        home.write('[notify]\nhow = "bell"\n')
        assert home.read() == Config()

    @pytest.mark.parametrize("text", ["[kernel", "preload = numpy", b'x = "\xff"', "x = " + "[" * 5000])
    def test_a_file_that_is_none_stops_no_session(self, home: Home, text: str | bytes) -> None:
        home.write(text)
        assert home.read() == Config()

    @pytest.mark.parametrize("text", ["[kernle]\npreload = []", 'profile = "x"', "[notify]\nx = 1", "[keys]\na = []"])
    def test_what_else_is_in_it_is_the_clients(self, home: Home, text: str) -> None:
        home.write(text)
        assert home.read() == Config()

    def test_the_directory_of_configuration_unless_it_is_relative(self, home: Home, tmp_path: Path) -> None:
        home.write('[kernel]\nprofile = "of the home"\n')
        other = tmp_path / "other" / "cshell" / "config.toml"
        other.parent.mkdir(parents=True)
        other.write_text('[kernel]\nprofile = "of the other"\n')
        home.environ["XDG_CONFIG_HOME"] = str(tmp_path / "other")
        assert home.read().profile == "of the other"
        for ignored in ("other", ""):
            home.environ["XDG_CONFIG_HOME"] = ignored
            assert home.read().profile == "of the home"

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("kernel = 5", "kernel is to be a table: [kernel]"),
            ("[[kernel]]", "kernel is to be a table: [kernel]"),
            ("[kernel]\npreloads = []", "[kernel] has no setting preloads; did you mean preload?"),
            ("[kernel]\nzzz = []", "line 2: [kernel] has no setting zzz; it has preload, profile, python; correct it"),
            ('[kernel]\npreload = "numpy"', 'preload is to be a list of modules, such as ["numpy", "pandas"]'),
            ("[kernel]\npreload = [1]", 'preload is to be a list of modules, such as ["numpy", "pandas"]'),
            ("[kernel]\nprofile = 1", "profile is to be a text"),
            ("[kernel]\npython = []", "python is to be a text"),
            ("journal = 5", "journal is to be a table: [journal]"),
            ("[journal]\nlength = 5", "[journal] has no setting length; it has size, age"),
            ("[journal]\nsize = 5", 'size is to be a size of at least 1 MB, such as "500 MB" or "2 GB"'),
            ('[journal]\nsize = "5 B"', "size is to be a size of at least 1 MB"),
            ('[journal]\nsize = "0.5 MB"', "size is to be a size of at least 1 MB"),
            ('[journal]\nage = "soon"', "age is to be a length of time in minutes, hours, days"),
            ('[session]\nidle = "never"', 'months or years, such as "90 days"'),
            ('[journal]\nage = "0 days"', "age is to be a length of time"),
        ],
    )
    def test_what_is_wrong_is_one_sentence_that_names_the_file(self, home: Home, text: str | bytes, words: str) -> None:
        home.write(text)
        with pytest.raises(ConfigError) as caught:
            home.read()
        told = str(caught.value)
        assert told.startswith(str(home.file)) or str(home.file) in told
        assert words in told
        assert "\n" not in told

    def test_what_cannot_be_read(self, home: Home) -> None:
        home.file.mkdir(parents=True)
        with pytest.raises(ConfigError, match=f"cannot read {home.file}: Is a directory"):
            home.read()


class TestInterpreter:
    def test_ours_unless_there_is_another(self, home: Home) -> None:
        assert interpreter(None, Config(), home.environ) == sys.executable

    @pytest.mark.parametrize("variable", ["VIRTUAL_ENV", "CONDA_PREFIX"])
    def test_the_active_environments(self, home: Home, variable: str) -> None:
        python = home.program("env/bin/python")
        home.environ[variable] = str(home.path / "env")
        assert interpreter(None, Config(python="/other/python"), home.environ) == python

    def test_a_virtual_environment_in_a_conda_environment(self, home: Home) -> None:
        home.program("conda/bin/python")
        python = home.program("env/bin/python")
        home.environ |= {"CONDA_PREFIX": str(home.path / "conda"), "VIRTUAL_ENV": str(home.path / "env")}
        assert interpreter(None, Config(), home.environ) == python

    def test_the_active_environment_is_our_own(self, home: Home) -> None:
        link = home.path / "link"
        link.symlink_to(sys.prefix)
        home.environ["VIRTUAL_ENV"] = str(link)
        assert interpreter(None, Config(), home.environ) == sys.executable

    def test_an_environment_without_an_interpreter_is_none(self, home: Home) -> None:
        home.program("env/bin/python", mode=0o644)
        home.environ |= {"VIRTUAL_ENV": str(home.path / "gone"), "CONDA_PREFIX": str(home.path / "env")}
        assert interpreter(None, Config(), home.environ) == sys.executable
        assert interpreter(None, Config(python="/configured"), home.environ) == "/configured"

    def test_the_one_given_wins(self, home: Home) -> None:
        home.program("env/bin/python")
        home.environ["VIRTUAL_ENV"] = str(home.path / "env")
        assert interpreter("/given/python", Config(python="/configured"), home.environ) == "/given/python"

    def test_a_name_is_looked_for_as_a_shell_does(self, home: Home) -> None:
        (home.path / "first" / "python3.9").mkdir(parents=True)
        home.program("second/python3.9", mode=0o644)
        python = home.program("third/python3.9")
        home.environ["PATH"] = os.pathsep.join(str(home.path / name) for name in ("first", "second", "third"))
        assert interpreter("python3.9", Config(), home.environ) == python
        assert interpreter("python3.0", Config(), home.environ) == "python3.0"

    def test_a_configured_name_is_looked_for_in_the_same_way(self, home: Home) -> None:
        python = home.program("bin/python3.9")
        assert interpreter(None, Config(python="python3.9"), home.environ) == python

    def test_paths_may_be_relative_and_begin_at_home(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", str(home.path))
        monkeypatch.chdir(home.path)
        expected = str(home.path / "env/bin/python")
        assert interpreter("~/env/bin/python", Config(), home.environ) == expected
        assert interpreter("env/bin/python", Config(), home.environ) == expected
        assert interpreter(None, Config(python="~/env/bin/python"), home.environ) == expected
