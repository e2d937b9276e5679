"""What the doctor finds, and whether it says how to mend it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from curses_client import doctor
from curses_client.doctor import environment, places, terminal
from curses_client.doctor.finding import Finding, answer
from kernel.protocol.session import create, runtime_root, state_root
from tests.curses_client.written import Written
from tests.home import Home
from tests.terminal import Terminal


@pytest.fixture
def home() -> Iterator[Home]:
    with Home() as made:
        yield made


def about(found: Iterator[Finding], text: str) -> Finding:
    """Return the one finding that is about something."""
    matching = [finding for finding in found if text in finding.what]
    assert len(matching) == 1, (text, matching)
    return matching[0]


class TestEnvironment:
    def test_all_is_well(self, home: Home) -> None:
        found = list(environment.findings(home.environ))
        assert "broken" not in {finding.state for finding in found}
        code = about(iter(found), "code is run by")
        assert sys.executable in code.what
        assert "IPython" in code.what

    def test_a_configuration_that_cannot_be_read(self, home: Home) -> None:
        path = home.path / "config" / "cshell" / "config.toml"
        path.parent.mkdir(parents=True)
        path.write_text("[kernel\n")
        done = home.run("doctor")
        assert f"! {path}, line 1, column 8: expected ']'" in done.stdout
        assert "nothing of the file is used" in done.stdout

    def test_a_configuration_that_no_session_starts_with(self, home: Home) -> None:
        path = home.path / "config" / "cshell" / "config.toml"
        path.parent.mkdir(parents=True)
        path.write_text("[kernel]\nprofile = 5\n")
        done = home.run("doctor")
        assert done.returncode == 1
        assert f"✗ {path}, line 2: [kernel] profile is to be a text" in done.stdout
        assert "correct it" in done.stdout

    def test_what_the_configuration_names_and_is_not_there(self, home: Home) -> None:
        path = home.path / "config" / "cshell" / "config.toml"
        path.parent.mkdir(parents=True)
        path.write_text(
            '[kernel]\npreload = ["json", "no_such_module"]\nprofile = "nope"\n[notify]\nafter = "soon"\nwhen = 1\n'
        )
        done = home.run("doctor")
        assert "IPython has no profile nope in " in done.stdout
        assert "preload: no_such_module cannot be imported: ModuleNotFoundError: No module named" in done.stdout
        assert f"correct {path}, or install what is missing" in done.stdout
        assert f"{path}, line 5: [notify] after is to be a number of seconds of at least 0; 30 is used" in done.stdout
        assert f"{path}, line 6: [notify] has no setting when; it has after, how, command" in done.stdout
        assert "configuration: " not in done.stdout
        assert "json cannot" not in done.stdout

    def test_what_the_configuration_names_and_is_there(self, home: Home) -> None:
        path = home.path / "config" / "cshell" / "config.toml"
        path.parent.mkdir(parents=True)
        path.write_text('[kernel]\npreload = ["json"]\nprofile = "mine"\n')
        (home.path / ".ipython" / "profile_mine").mkdir(parents=True)
        done = home.run("doctor")
        assert f"configuration: {path}" in done.stdout
        assert "cannot be imported" not in done.stdout
        assert "no profile" not in done.stdout

    def test_a_table_that_nobody_knows(self, home: Home) -> None:
        path = home.path / "config" / "cshell" / "config.toml"
        path.parent.mkdir(parents=True)
        path.write_text("[kernle]\n")
        assert f"! {path}, line 1: there is no table [kernle]; did you mean kernel?" in home.run("doctor").stdout

    def test_an_interpreter_without_ipython(self, home: Home) -> None:
        done = home.run("doctor", environ={"VIRTUAL_ENV": str(self.environment(home, 'echo "3.12"; echo'))})
        assert done.returncode == 1
        assert "has no IPython; install it with: " in done.stdout
        assert "-m pip install ipython" in done.stdout

    def test_an_interpreter_that_is_too_old(self, home: Home) -> None:
        done = home.run("doctor", environ={"VIRTUAL_ENV": str(self.environment(home, 'echo "3.8"; echo 8.12'))})
        assert "is Python 3.8; Python 3.9 or newer is needed" in done.stdout

    def test_an_interpreter_that_cannot_be_run(self, home: Home) -> None:
        path = home.path / "config" / "cshell" / "config.toml"
        path.parent.mkdir(parents=True)
        path.write_text('[kernel]\npython = "/nowhere/python"\n')
        done = home.run("doctor")
        assert done.returncode == 1
        assert "✗ /nowhere/python should run code, but cannot be run: No such file or directory" in done.stdout

    def environment(self, home: Home, script: str) -> Path:
        python = home.path / "env" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f"#!/bin/sh\n{script}\n")
        python.chmod(0o755)
        return python.parents[1]

    def test_a_kernel_whose_program_is_gone(self, home: Home) -> None:
        spec = home.path / ".local" / "share" / "jupyter" / "kernels" / "gone" / "kernel.json"
        spec.parent.mkdir(parents=True)
        spec.write_text('{"argv": ["/nowhere/python"], "display_name": "Gone", "language": "python"}')
        found = about(environment.findings(home.environ), "the kernel gone cannot be started")
        assert found.state == "doubtful"
        assert str(spec.parent) in found.mend

    def test_a_package_that_is_too_old(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(environment.metadata, "requires", lambda name: ["pyzmq>=999", "no-such-thing~=1.0", "x; y"])
        found = environment._packages()
        assert found.state == "broken"
        assert "pip install 'pyzmq>=999' 'no-such-thing>=1.0'" in found.mend


class TestPlaces:
    def test_all_is_well(self, home: Home) -> None:
        assert {finding.state for finding in places.findings(home.environ)} == {"ok"}

    def test_what_is_stale_is_removed(self, home: Home) -> None:
        session, lock = create("work", home.environ, "/")
        session.connection_file.touch()
        os.close(lock)
        state = state_root(home.environ)
        (state.parent / "starting-999999999.log").touch()
        (state.parent / f"starting-{os.getpid()}.log").touch()
        (state / ".old.999999999").mkdir()
        found = about(places.findings(home.environ), "stale")
        assert found.what == (
            "stale, and removed now: sockets of work; 2 files of sessions that never began or were being removed"
        )
        assert not session.runtime.exists()
        assert session.state.exists()
        assert (state.parent / f"starting-{os.getpid()}.log").exists()
        assert not (state / ".old.999999999").exists()
        assert about(places.findings(home.environ), "nothing stale").state == "ok"

    def test_what_was_kept_of_sessions_elsewhere_that_nobody_came_back_to(self, home: Home) -> None:
        remote = state_root(home.environ).parent / "remote"
        now = time.time()
        for name, age in (("old@gpu-0", 200 * 86400), ("new@gpu-1", 86400)):
            (remote / name / "clients").mkdir(parents=True)
            (remote / name / "clients" / "a.json").touch()
            for path in (*(remote / name).rglob("*"), remote / name):
                os.utime(path, (now - age, now - age))
        found = about(places.findings(home.environ), "stale")
        assert found.what == "stale, and removed now: what was kept here of old@gpu-0"
        assert [path.name for path in remote.iterdir()] == ["new@gpu-1"]

    def test_what_runs_is_left_alone(self, home: Home) -> None:
        session, lock = create("work", home.environ, "/")
        assert about(places.findings(home.environ), "nothing stale")
        assert session.is_running
        os.close(lock)

    def test_a_directory_that_is_open_to_others(self, home: Home) -> None:
        runtime_root(home.environ).chmod(0o755)
        (found,) = places.findings(home.environ)
        assert found.state == "broken"
        assert "chmod 700" in found.what

    def test_a_long_path(self, home: Home) -> None:
        for length, state in ((50, "ok"), (75, "doubtful"), (110, "broken")):
            directory = home.path / ("x" * (length - len(str(home.path)) - len("/cshell") - 1))
            directory.mkdir(mode=0o700)
            found = places._socket_paths(directory / "cshell")
            assert len(str(directory / "cshell")) == length
            assert found.state == state, found

    @pytest.mark.parametrize(
        ("room", "files", "state"), [(1 << 40, 1000, "ok"), (1 << 20, 1000, "broken"), (1 << 40, 5, "broken")]
    )
    def test_room(self, tmp_path: Path, room: int, files: int, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
        real = os.statvfs(tmp_path)
        values = list(real)
        values[1], values[4], values[5], values[7] = 1, room, 10_000, files
        monkeypatch.setattr(os, "statvfs", lambda path: os.statvfs_result(values))
        assert places._directory(tmp_path, "journals").state == state

    def test_a_file_system_of_the_network(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        mounts = tmp_path / "mountinfo"
        monkeypatch.setattr(places, "_MOUNTS", mounts)
        mounts.write_text(
            "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
            f"40 22 0:35 / {tmp_path} rw - nfs4 server:/home rw\n"
            f"41 22 0:36 / {tmp_path}x rw - tmpfs tmpfs rw\n"
            f"42 22 0:37 / {tmp_path}/a\\040b\\134c rw - cifs //server/x rw\n"
            f"43 22 0:38 / {tmp_path}/été rw - 9p host rw\n",
            encoding="utf-8",
        )
        assert places.file_system(tmp_path / "a") == "nfs4"
        assert places.file_system(Path("/")) == "ext4"
        assert places.file_system(tmp_path / "a b\\c" / "x") == "cifs"
        assert places.file_system(tmp_path / "été" / "x") == "9p"
        monkeypatch.setattr(places, "_MOUNTS", tmp_path / "missing")
        assert places.file_system(tmp_path) == ""
        monkeypatch.setattr(places, "file_system", lambda directory: "nfs4")
        found = places._file_system(tmp_path)
        assert (found.state, "XDG_STATE_HOME" in found.mend) == ("doubtful", True)

    def test_what_is_kept(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        Written(state_root(home.environ) / "over").session().end()
        found = about(places.findings(home.environ), "sessions: 0 running, 1 ended")
        assert found.state == "ok"
        monkeypatch.setattr(places, "_MUCH", 10)
        assert "cshell rm NAME" in about(places.findings(home.environ), "1 ended").mend


def at(environ: dict[str, str]) -> Iterator[Finding]:
    """Yield what is found of a terminal; curses knows one terminal in the life of a process."""
    script = "import os, json; from curses_client.doctor import terminal; print(json.dumps([*terminal.findings(os.environ)]))"
    kept = {name: value for name, value in os.environ.items() if name not in ("COLORTERM", "NO_COLOR", "TMUX", "STY")}
    done = subprocess.run(
        [sys.executable, "-c", script], env=kept | environ, capture_output=True, text=True, timeout=60, check=True
    )
    yield from (Finding(*values) for values in json.loads(done.stdout))


class TestTerminal:
    @pytest.mark.parametrize("name", ["dumb", "unknown"])
    def test_no_screen(self, name: str) -> None:
        assert about(at({"TERM": name}), "cannot show a screen").state == "doubtful"

    def test_a_terminal_without_a_type(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "isatty", lambda _: True)
        assert about(terminal.findings({"PATH": os.environ["PATH"]}), "cannot show a screen").state == "doubtful"

    def test_no_terminal_at_all(self) -> None:
        found = list(at({"TERM": ""}))
        assert about(iter(found), "this is not run on a terminal").state == "ok"
        assert not [one for one in found if "colours" in one.what or "TERM" in one.what]

    def test_one_that_is_not_known(self) -> None:
        found = about(at({"TERM": "from-tomorrow"}), "is not known on this machine")
        assert "infocmp -x from-tomorrow" in found.mend

    @pytest.mark.parametrize(
        ("environ", "says", "state"),
        [
            ({"COLORTERM": "truecolor", "TERM": "xterm"}, "all colours", "ok"),
            ({"TERM": "xterm-256color"}, "256 colours", "ok"),
            ({"TERM": "xterm"}, "8 colours", "doubtful"),
            ({"TERM": "vt100"}, "no colours", "doubtful"),
            ({"TERM": "xterm", "NO_COLOR": "1"}, "NO_COLOR", "ok"),
        ],
    )
    def test_colours(self, environ: dict[str, str], says: str, state: str) -> None:
        assert about(at(environ), says).state == state

    def test_gnu_screen(self) -> None:
        assert about(at({"TERM": "screen", "STY": "1.x"}), "GNU screen").state == "doubtful"

    @pytest.mark.parametrize(
        ("options", "says"),
        [
            ({"escape-time": "500", "extended-keys": "on", "set-clipboard": "on"}, ["holds Esc back for 500 ms"]),
            ({"escape-time": "10", "extended-keys": "off", "set-clipboard": "on"}, ["Ctrl-Enter"]),
            ({"escape-time": "10", "extended-keys": "on", "set-clipboard": "off"}, ["clipboard"]),
            ({"escape-time": "10", "extended-keys": "on", "set-clipboard": "external"}, ["passes keys"]),
        ],
    )
    def test_tmux(self, options: dict[str, str], says: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        def asked(command: list[str]) -> tuple[int, str]:
            return 0, options.get(command[-1], "tmux 3.4")

        monkeypatch.setattr(terminal, "answer", asked)
        found = [finding for finding in terminal._tmux() if "tmux 3.4" in finding.what]
        assert len(found) == len(says)
        assert all(text in finding.what for text, finding in zip(says, found, strict=True))
        assert all(finding.state == "ok" or "tmux.conf" in finding.mend for finding in found)

    @pytest.mark.parametrize(
        ("version", "setting", "good"), [("3.1c", "external", 0), ("3.1c", "on", 1), ("3.2", "external", 1)]
    )
    def test_an_old_tmux_passes_no_copies(
        self, version: str, setting: str, good: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said = {"-V": f"tmux {version}", "escape-time": "10", "extended-keys": "on", "set-clipboard": setting}
        monkeypatch.setattr(terminal, "answer", lambda command: (0, said[command[-1]]))
        assert [finding.state == "ok" for finding in terminal._tmux()] == [bool(good)]

    def test_no_ssh(self) -> None:
        found = about(at({"TERM": "xterm", "CSHELL_SSH": "/nowhere/ssh -v"}), "there is no /nowhere/ssh")
        assert found.state == "doubtful"

    @pytest.mark.parametrize(("name", "state"), [("C.UTF-8", "ok"), ("xx_YY.UTF-8", "doubtful"), ("POSIX", "doubtful")])
    def test_locales(self, home: Home, name: str, state: str) -> None:
        script = "import os; from curses_client.doctor import terminal; print(terminal._locale(os.environ).state)"
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={**home.environ, "LC_ALL": name},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert done.stdout.strip() == state


def test_on_a_terminal(home: Home) -> None:
    with Terminal(home, "doctor", cols=120, rows=40) as shown:
        assert shown.exit() == 0
        assert "✓ the terminal type is xterm-256color" in shown.text
        assert "✓ the terminal has 120 columns and 40 rows" in shown.text
        assert "✗" not in shown.text


def test_nothing_commands_the_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "findings", lambda environ: [Finding("doubtful", "\x1b[2Jx", "\x1b]0;t\x07y")])
    assert doctor.show({}) == 0
    assert capsys.readouterr().out == "! x; y\n"


def test_a_program_that_is_not_there() -> None:
    assert answer(["/nowhere/program"]) == (127, "No such file or directory")
