"""``cshell config``, as it is run."""

import stat
import sys
import tomllib
from pathlib import Path

import pytest

from curses_client import cli
from curses_client.configuration.printing import defaults


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "cshell" / "config.toml"


def write(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)


def test_it_prints_the_configuration(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(file, "[notify]\nafter = 5")
    assert cli.main(["config"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"# {file}\n")
    assert tomllib.loads(printed)["notify"]["after"] == 5


def test_it_prints_defaults_and_path(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["config", "--defaults"]) == 0
    assert capsys.readouterr().out == defaults()
    assert cli.main(["config", "--path"]) == 0
    assert capsys.readouterr().out == f"{file}\n"


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        (None, 0, "there is no {}, so all is as by default\n"),
        ("", 0, "{}: nothing is wrong\n"),
        ("[notify", 1, "{}, line 1, column 8: expected ']'"),
        ("[notify]\nafter = 'x'\n[zz]", 1, "{}, line 2: [notify] after is to be"),
    ],
)
def test_it_checks(file: Path, capsys: pytest.CaptureFixture[str], text: str | None, status: int, said: str) -> None:
    if text is not None:
        write(file, text)
    assert cli.main(["config", "--check"]) == status
    assert capsys.readouterr().out.startswith(said.format(file))


def test_only_one_thing_is_done(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["config", "--path", "--check"]) == 1
    assert capsys.readouterr().err == "cshell: --path and --check exclude each other\n"


def test_an_editor_needs_a_terminal(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["config", "--edit"]) == 1
    assert "an editor needs a terminal" in capsys.readouterr().err
    assert not file.exists()


class TestEditing:
    @pytest.fixture(autouse=True)
    def terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("os.isatty", lambda descriptor: True)
        monkeypatch.delenv("VISUAL", raising=False)

    def use(self, monkeypatch: pytest.MonkeyPatch, directory: Path, code: str) -> None:
        """Have a program of this code be the editor; `path` is the file."""
        editor = directory / "editor.py"
        editor.write_text(f"import pathlib, sys\npath = pathlib.Path(sys.argv[1])\n{code}\n")
        monkeypatch.setenv("EDITOR", f"{sys.executable} {editor}")
        # the terminal of a test is none
        monkeypatch.setattr("curses_client.editors._run", _ran_elsewhere)

    def test_a_new_file_has_the_defaults_and_is_nobody_elses(
        self, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.use(monkeypatch, tmp_path, "assert '[notify]' in path.read_text()")
        assert cli.main(["config", "--edit"]) == 0
        assert file.read_text() == defaults()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert "nothing is wrong" in capsys.readouterr().out

    def test_what_was_written_is_checked(
        self, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write(file, "# mine\n")
        self.use(monkeypatch, tmp_path, "path.write_text(path.read_text() + 'x = 1')")
        assert cli.main(["config", "--edit"]) == 1
        assert file.read_text() == "# mine\nx = 1"
        assert f"{file}, line 2: there is no table [x]" in capsys.readouterr().out

    def test_an_editor_that_cannot_be_run(
        self, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("EDITOR", "/no/such/editor")
        assert cli.main(["config", "--edit"]) == 1
        assert "cannot run the editor /no/such/editor" in capsys.readouterr().err


def _ran_elsewhere(what: str, command: str, arguments: list[str], terminal: object, environ: object) -> str | None:
    import subprocess

    done = subprocess.run([*command.split(), *arguments], check=False, capture_output=True)
    return None if not done.returncode else done.stderr.decode()
