"""Sessions of another machine as the client sees them; a shell over here takes ssh's place."""

import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from curses_client import remote
from curses_client.coming_back import Kept
from curses_client.framing import PROTOCOL, Greeting
from curses_client.keeping import begin
from curses_client.launcher import Outcome
from curses_client.ssh import Host, RemoteError
from kernel.protocol.session import Session, running
from tests.home import Home
from tests.kernel.support import wait_for

GREETING = Greeting(PROTOCOL, "1", "main", "a key", "hmac-sha256", 77)
# runs here what ssh has run there
SSH = '#!/bin/sh\nfor last; do :; done\n{before}\nexec sh -c "$last"\n'


@pytest.fixture
def home() -> Iterator[Home]:
    with Home() as made:
        yield made


@pytest.fixture
def here(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose ssh leads back to it."""
    monkeypatch.chdir(home.work)
    for name in set(os.environ) - set(home.environ):
        monkeypatch.delenv(name)
    for name, value in home.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CSHELL_REMOTE", f"{shlex.quote(sys.executable)} -P -m curses_client")
    use_ssh(home, monkeypatch)
    return home


def use_ssh(home: Home, monkeypatch: pytest.MonkeyPatch, before: str = "") -> None:
    path = home.path / "fake-ssh"
    path.write_text(SSH.format(before=before))
    path.chmod(0o755)
    monkeypatch.setenv("CSHELL_SSH", str(path))


def connect(*arguments: str, read_only: bool = False) -> remote.RemoteSession:
    return remote.connect(Host.named("ada@gpu", os.environ), arguments, os.environ, read_only=read_only)


def leave(session: remote.RemoteSession) -> None:
    wait_for(Session.named(session.session.name, os.environ).info)
    session.line._ssh.abandon()
    session.line._ssh.wait(30)


# ---- the first connection ----------------------------------------------------------------------------------


def test_a_session_is_started_there_and_entered_again(here: Home, capfd: pytest.CaptureFixture[str]) -> None:
    session = connect("new", "--session=rides")
    assert (session.session.name, session.is_new, session.host) == ("rides", True, "gpu")
    assert capfd.readouterr().err == "connecting to ada@gpu ...\n"
    leave(session)
    session = connect("attach", "--", "rides", read_only=True)
    assert (session.is_new, session.read_only) == (False, True)
    assert [found.name for found in running(here.environ)] == ["rides"]
    leave(session)


def test_what_is_kept_here_belongs_to_one_session_there(here: Home) -> None:
    session = connect("new", "--session=rides")
    directory = session.session.state
    assert session.keeping == directory / "clients"
    assert directory.parent == here.state / "cshell" / "remote"
    assert directory.stat().st_mode & 0o077 == 0
    assert session.log == str(here.state / "cshell" / "remote.log")
    leave(session)
    again = connect("attach")
    assert again.session.state == directory
    leave(again)


def test_the_log_of_former_connections_is_bounded(here: Home) -> None:
    log = here.state / "cshell" / "remote.log"
    log.parent.mkdir(mode=0o700)
    log.write_bytes(bytes((1 << 20) + 1))
    leave(connect("new"))
    assert not log.exists()


def test_what_ssh_says_is_shown_and_harmless(
    here: Home, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    use_ssh(here, monkeypatch, "printf 'Warning:\\033[2J careful\\nsecond\\n' >&2; echo 'Welcome to gpu'")
    leave(connect("new"))
    assert capfd.readouterr().err == "connecting to ada@gpu ...\nWarning: careful\nsecond\n"


@pytest.mark.parametrize(
    ("before", "error", "shown"),
    [
        (
            "echo 'Permanently added' >&2; echo 'ssh: no route' >&2; exit 255",
            "ada@gpu cannot be reached: ssh: no route",
            "Permanently added\n",
        ),
        ("printf 'no end of line' >&2; exit 255", "ada@gpu cannot be reached: no end of line", ""),
        ("exit 0", "ada@gpu does not answer as cshell does: it ended without a word", ""),
        ("exec yes", "ada@gpu cannot be used: something else than cshell answers there", ""),
        ("echo 'cshell-relay x'; exec cat", "ada@gpu cannot be used: it greets with nonsense", ""),
        ("echo 'cshell: no command relay' >&2; exit 2", "the cshell on ada@gpu is of another version, which does", ""),
        ("kill -KILL $$", "ssh was ended by signal 9", ""),
    ],
)
def test_why_there_is_no_session(
    here: Home,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    before: str,
    error: str,
    shown: str,
) -> None:
    use_ssh(here, monkeypatch, before)
    with pytest.raises(RemoteError) as refused:
        connect("attach")
    assert str(refused.value).startswith(error)
    assert "\n" not in str(refused.value)
    assert capfd.readouterr().err == f"connecting to ada@gpu ...\n{shown}"


def test_what_the_other_side_refuses(here: Home) -> None:
    with pytest.raises(RemoteError) as refused:
        connect("attach")
    assert str(refused.value) == "on ada@gpu: no session is running; start one with: cshell --ssh ada@gpu"


def test_where_there_is_no_cshell(here: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CSHELL_REMOTE")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    with pytest.raises(RemoteError, match="there is no cshell on ada@gpu: install it there, or name it"):
        connect("attach")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"protocol": 9, "version": "7.0"}, r"version 7\.0, which this one \(.+\) cannot talk to; install the same"),
        ({"protocol": 9, "version": "\x1b[2J"}, "version unknown"),
        ({"error": "no \x1b[2Jway"}, "on gpu: no way"),
        ({"name": "../../etc"}, "nonsense"),
        ({"name": "a\nb"}, "nonsense"),
        ({"key": ""}, "nonsense"),
        ({"scheme": "rot13"}, "nonsense"),
    ],
)
def test_a_greeting_that_cannot_be_worked_with(changes: dict[str, Any], says: str) -> None:
    values = {name: getattr(GREETING, name) for name in Greeting.__slots__}
    with pytest.raises(RemoteError, match=says) as refused:
        remote._checked(Greeting(**{**values, **changes}), Host("gpu", ("ssh",), "cshell"))
    assert str(refused.value).isprintable()


# ---- what is said at the end -------------------------------------------------------------------------------


class Line:
    """What is left of a line."""

    greeting = GREETING

    def __init__(self, *, is_over: bool = False, was_lost: bool = False) -> None:
        self.is_over = is_over
        self.was_lost = was_lost


@pytest.mark.parametrize(
    ("outcome", "line", "status", "text"),
    [
        ("detach", Line(), 0, "[detached from main on ada@gpu; come back with: cshell --ssh ada@gpu attach main]"),
        ("detach", Line(was_lost=True), 0, "[detached from main on ada@gpu while the line was lost; come back with: "),
        ("quit", Line(is_over=True), 0, "[main on ada@gpu ended]"),
        (
            "quit",
            Line(),
            1,
            "cshell: the session main on ada@gpu does not end; end it with: cshell --ssh ada@gpu kill main",
        ),
        ("quit", Line(was_lost=True), 1, "cshell: the line is lost: the session main on ada@gpu does not end; "),
        ("ended", Line(is_over=True), 0, "[main on ada@gpu ended]"),
        ("failed", Line(is_over=True), 1, "cshell: the kernel could not be started on ada@gpu: its supervisor ended"),
    ],
)
def test_farewell(outcome: Outcome, line: Any, status: int, text: str, tmp_path: Path) -> None:
    session = remote.RemoteSession(
        remote.Session("main", tmp_path, tmp_path),
        remote.Connection("ipc", "", 0, 0, 0, 0, 0, key="a key"),
        77,
        is_new=True,
        read_only=False,
        there=Host("ada@gpu", ("ssh",), "cshell"),
        line=line,
    )
    found, said = session.farewell(outcome, None)
    assert found == status
    assert said.startswith(text)
    assert "\n" not in said


@pytest.mark.parametrize(
    ("outcome", "line", "text", "is_kept"),
    [
        ("quit", Line(is_over=True), "", False),
        ("ended", Line(), "", False),
        ("failed", Line(is_over=True), "", False),
        ("ended", Line(is_over=True), "not run", True),
        ("detach", Line(), "", True),
        ("quit", Line(was_lost=True), "", True),
    ],
)
def test_what_is_kept_here_of_a_session_that_is_over(
    tmp_path: Path, outcome: Outcome, line: Any, text: str, is_kept: bool
) -> None:
    directory = tmp_path / "remote" / "main@gpu-0"
    keeper, _ = begin(directory / "clients", "me")
    keeper.keep(Kept(text))
    keeper.close()
    session = remote.RemoteSession(
        remote.Session("main", directory, directory),
        remote.Connection("ipc", "", 0, 0, 0, 0, 0, key="a key"),
        77,
        is_new=True,
        read_only=False,
        there=Host("ada@gpu", ("ssh",), "cshell"),
        line=line,
    ).called("renamed")
    _, said = session.farewell(outcome, None)
    assert directory.exists() == is_kept
    assert (directory / "clients" / "me.json").exists() == is_kept
    assert "main" not in said


# ---- other commands ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("arguments", "status"), [(["ls"], 0), (["kill", "nobody"], 1)])
def test_a_command_runs_there_and_its_output_is_seen_here(
    here: Home, capfd: pytest.CaptureFixture[str], arguments: Sequence[str], status: int
) -> None:
    assert remote.run("gpu", arguments) == status
    there = here.run(*arguments)
    assert there.returncode == status
    assert capfd.readouterr() == (there.stdout, there.stderr)


@pytest.mark.parametrize(
    ("host", "ssh", "says"),
    [
        ("-V", None, "cshell: '-V' is no host; nothing was connected\n"),
        ("gpu", "no-such-ssh", "cshell: cannot run no-such-ssh: No such file or directory; install OpenSSH's client"),
    ],
)
def test_a_command_that_cannot_run(
    here: Home,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    host: str,
    ssh: str | None,
    says: str,
) -> None:
    if ssh is not None:
        monkeypatch.setenv("CSHELL_SSH", ssh)
    assert remote.run(host, ["ls"]) == 1
    out, error = capfd.readouterr()
    assert out == ""
    assert error.startswith(says)


def test_without_a_terminal_nothing_is_connected(here: Home, capfd: pytest.CaptureFixture[str]) -> None:
    assert remote.show("gpu", None, attach=True) == 1
    assert "needs a terminal" in capfd.readouterr().err
