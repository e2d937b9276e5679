"""The command line of ssh, and a process of it, with other programs in its place."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from curses_client.ssh import Host, RemoteError, Ssh
from tests.home import DEADLINE

HOST = Host("ada@gpu", ("ssh",), "cshell")
# does over here what ssh has its argument done over there, by a shell of a user's
FAKE = '#!/bin/sh\nfor last; do :; done\nexec {shell} -c "$last"\n'


@pytest.mark.parametrize("name", ["", "-oProxyCommand=touch x", "-V", "a b", "a\nb", "a\x1b[2Jb", "\u202egpu"])
def test_what_is_no_host_is_refused(name: str) -> None:
    with pytest.raises(RemoteError, match="is no host") as refused:
        Host.named(name, {})
    assert str(refused.value).isprintable()


def test_the_environment_names_programs() -> None:
    assert Host.named("gpu", {}) == Host("gpu", ("ssh",), "cshell")
    environ = {"CSHELL_SSH": "ssh -F 'my config'", "CSHELL_REMOTE": "~/venv/bin/cshell"}
    assert Host.named("gpu", environ) == Host("gpu", ("ssh", "-F", "my config"), "~/venv/bin/cshell")
    with pytest.raises(RemoteError, match="CSHELL_SSH"):
        Host.named("gpu", {"CSHELL_SSH": "ssh '"})


@pytest.mark.parametrize(
    ("name", "short"), [("gpu", "gpu"), ("ada@gpu", "gpu"), ("ssh://ada@gpu:22", "gpu:22"), ("a@b@gpu", "gpu")]
)
def test_the_name_without_the_user(name: str, short: str) -> None:
    assert Host.named(name, {}).short == short


def test_options_stand_before_the_host_and_the_command_behind_it() -> None:
    command = HOST.command(["ls"])
    assert command[-3:-1] == ["--", "ada@gpu"]
    assert "-T" in command
    assert "BatchMode=yes" not in command
    assert "BatchMode=yes" in HOST.command(["ls"], alone=True)
    # the last of the two counts
    assert [word for word in HOST.command(["open"], screen=True) if word in ("-T", "-t")] == ["-T", "-t"]


def test_a_shell_without_cshell_has_nothing_to_say(tmp_path: Path) -> None:
    script = HOST.command(["ls"])[-1]
    environ = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(["sh", "-c", script], env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (127, "", "")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A home with a cshell in it that says how it was called."""
    program = tmp_path / ".local" / "bin" / "cshell"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nfor word; do printf "<%s>" "$word"; done\n')
    program.chmod(0o755)
    shutil.copy(program, tmp_path / "other name")
    return tmp_path


@pytest.mark.parametrize("shell", ["sh", "bash", "dash", "zsh", "fish", "tcsh", "csh", "ksh"])
@pytest.mark.parametrize("remote", ["cshell", "~/'other name'", '"$HOME/other name"'])
def test_arguments_arrive_as_they_are_whatever_shell_is_there(directory: Path, shell: str, remote: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    program = directory / "ssh"
    program.write_text(FAKE.format(shell=shell))
    program.chmod(0o755)
    words = ["relay", "a b", "$HOME", "`id`", "it's", 'say "x"', "*", ";ls", "\\n", "-s", "ü", "", "a#b", "~"]
    host = Host("gpu", (str(program),), remote)
    environ = {"HOME": str(directory), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    done = subprocess.run(host.command(words), env=environ, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "".join(f"<{word}>" for word in words)


@pytest.mark.parametrize(
    ("status", "words", "says"),
    [
        (255, "ssh: no route", "ada@gpu cannot be reached: ssh: no route"),
        (255, "", "ada@gpu cannot be reached: it ended without a word"),
        (127, "sh: not found", "there is no cshell on ada@gpu: install it there, or name it with CSHELL_REMOTE"),
        (2, "invalid choice", "the cshell on ada@gpu is of another version"),
        (126, "sh: Permission denied", "cshell cannot be run on ada@gpu: sh: Permission denied"),
        (1, "ImportError", "cshell cannot be run on ada@gpu: ImportError"),
        (0, "", "ada@gpu does not answer as cshell does"),
        (None, "", "ada@gpu does not answer as cshell does"),
        (-9, "", "ssh was ended by signal 9"),
    ],
)
def test_why_there_is_no_session(status: int | None, words: str, says: str) -> None:
    assert HOST.why(status, words).startswith(says)


def test_a_program_of_another_name_that_is_not_there() -> None:
    assert Host("gpu", ("ssh",), "/opt/\x1b[mcshell").why(127, "") == (
        "gpu does not find '/opt/cshell', which CSHELL_REMOTE names"
    )


# ---- the process -------------------------------------------------------------------------------------------


def python(code: str) -> Ssh:
    return Ssh([sys.executable, "-c", f"import os, sys, time\n{code}"])


def wait(condition: object) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.002)


def test_nothing_blocks() -> None:
    ssh = python("os.write(1, os.read(0, 5)); time.sleep(60)")
    assert ssh.read() is None
    assert ssh.hear() == ""
    assert ssh.write(b"hello") == 5
    got: list[bytes] = []
    wait(lambda: got or [got.append(data) for data in [ssh.read()] if data])
    assert got == [b"hello"]
    written = 0
    while count := ssh.write(bytes(1 << 16)):
        written += count
    assert written > 0
    assert ssh.status is None
    ssh.abandon()
    assert ssh.wait(DEADLINE) == -15


def test_what_it_says_is_harmless_and_its_last_line_is_kept() -> None:
    ssh = python(r"os.write(2, b'one\n\n\x1b[2Jtwo\r\nthree')")
    said = []
    wait(lambda: (text := ssh.hear()) is None or said.append(text))
    assert "".join(said) == "one\n\ntwo\n"
    assert ssh.last_words == "two"
    assert ssh.wait(DEADLINE) == 0
    assert ssh.final_words() == "three"
    assert ssh.read() == b""
    ssh.hang_up()


def test_a_line_without_an_end_does_not_grow_for_ever() -> None:
    ssh = python("os.write(2, b'x' * 10000); time.sleep(60)")
    said: list[str] = []
    wait(lambda: sum(map(len, said)) >= 10000 or said.append(ssh.hear() or ""))
    ssh.abandon()
    ssh.wait(DEADLINE)


def test_it_sends_what_it_has_before_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "got"
    ssh = python(f"open({str(path)!r}, 'wb').write(sys.stdin.buffer.read())")
    ssh.write(b"last")
    ssh.finish()
    assert ssh.wait(DEADLINE) == 0
    assert path.read_bytes() == b"last"
    ssh.hang_up()


def test_writing_to_one_that_has_ended() -> None:
    ssh = python("")
    ssh.wait(DEADLINE)
    with pytest.raises(BrokenPipeError):
        ssh.write(b"x")
    ssh.abandon()


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(RemoteError, match="cannot run no-such-ssh: No such file or directory; install"):
        Ssh(["no-such-ssh", "gpu"])
