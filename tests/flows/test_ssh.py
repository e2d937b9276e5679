"""A session behind OpenSSH: the screen here, the rest there, and the line between them cut."""

import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.flows.test_sessions import COUNTING, numbers, shown_numbers
from tests.home import Home
from tests.sshd import HOST, JUMP, Sshd, children, needs_sshd
from tests.terminal import ALT_ENTER, CTRL_C, CTRL_D, CTRL_U, Terminal

pytestmark = needs_sshd


@pytest.fixture
def sshd(home: Home) -> Iterator[Sshd]:
    with Sshd(home) as server:
        yield server


def client(home: Home, sshd: Sshd, *arguments: str, **environ: str) -> Terminal:
    return Terminal(home, "--ssh", HOST, *arguments, environ={**sshd.environ, **environ})


def detach(terminal: Terminal) -> None:
    terminal.type(CTRL_D)
    terminal.see("Leave?")
    terminal.type("d")
    assert terminal.exit() == 0


def journal(sshd: Sshd, name: str = "work") -> Path:
    return sshd.far.journals / name / "journal.jsonl"


def submitted(sshd: Sshd) -> list[str]:
    """Return the cells that the session there was given, in order."""
    records = map(json.loads, journal(sshd).read_text().splitlines())
    return [record["content"]["code"] for record in records if record["header"]["msg_type"] == "submitted"]


def test_a_session_that_has_ended_there(home: Home, sshd: Sshd) -> None:
    with client(home, sshd, "new", "-s", "rides") as terminal:
        terminal.ready()
        terminal.run("6 * 7")
        terminal.see_line("╰ 42")
        terminal.type(CTRL_D)
        terminal.see("Leave?")
        terminal.type("q")
        assert terminal.exit() == 0
    with client(home, sshd, "open", "rides") as terminal:
        terminal.see("ended")
        terminal.see_line("╰ 42")
        terminal.type(CTRL_D)
        assert terminal.exit() == 0


def test_the_screen_is_here_and_the_session_there(home: Home, sshd: Sshd) -> None:
    with client(home, sshd, "new", "-s", "rides") as terminal:
        terminal.ready()
        terminal.see(f"rides@{HOST}")
        terminal.run("import os; 'in ' + os.path.basename(os.environ['HOME'])")
        terminal.see_line(f"╰ 'in {sshd.far.path.name}'")
        detach(terminal)
        assert f"[detached from rides on {HOST}; come back with: cshell --ssh {HOST} attach rides]" in terminal.text
    assert not home.sessions.exists()
    sshd.wait_for_no_connections()
    listed = home.run("--ssh", HOST, "ls", environ=sshd.environ)
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["NAME", "rides"]
    with client(home, sshd, "attach", "rides") as terminal:
        terminal.see_line(f"╰ 'in {sshd.far.path.name}'")
        detach(terminal)
    killed = home.run("--ssh", HOST, "kill", "rides", environ=sshd.environ)
    assert (killed.returncode, killed.stdout) == (0, "[rides ended]\n")
    sshd.far.wait_for_no_processes()


Cut = Callable[[Terminal, Sshd], None]


def cut_there(terminal: Terminal, sshd: Sshd) -> None:
    sshd.cut()


def last_number(terminal: Terminal) -> int:
    """Return the last of the numbers that are shown."""
    found = re.findall(r"\bn (\d+)$", terminal.text, re.MULTILINE)
    return int(found[-1]) if found else 0


def cut_here(terminal: Terminal, sshd: Sshd) -> None:
    for pid in children(terminal.pid):
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("cut", [cut_there, cut_here])
def test_nothing_is_missing_after_the_line_was_cut_again_and_again(home: Home, sshd: Sshd, cut: Cut) -> None:
    with client(home, sshd, "new") as terminal:
        terminal.ready()
        terminal.run("import os, time; i = 0")
        terminal.see("In [2]")
        terminal.type("while not os.path.exists('enough'): print('n', i, flush=True); i += 1; time.sleep(0.01)\r\r")
        for _ in range(3):
            seen = last_number(terminal)
            terminal.wait(lambda seen=seen: last_number(terminal) > seen + 20, "some more numbers")
            cut(terminal, sshd)
            terminal.see("line lost")
            terminal.see_no("line lost")
        (sshd.far.work / "enough").touch()
        terminal.ready()
        printed = numbers(journal(sshd))
        assert printed == list(range(len(printed)))
        assert shown_numbers(terminal, len(printed)) == printed
        detach(terminal)


def test_what_is_submitted_while_the_line_is_cut_runs_once_it_is_back(home: Home, sshd: Sshd) -> None:
    with client(home, sshd, "new") as terminal:
        terminal.ready()
        terminal.type(COUNTING.format(300, 0.01))
        terminal.see("n 20")
        sshd.shut()
        terminal.see("line lost · retrying in", "Connection refused")
        terminal.run("runs = globals().get('runs', 0) + 1; 'run', runs")
        terminal.see("1 cell to send")
        terminal.type(CTRL_C)
        terminal.see("the kernel was not reached")
        terminal.type("typed meanwhile")
        sshd.start()
        terminal.see_line("╰ ('run', 1)")
        terminal.see_no("line lost")
        terminal.see_line("typed meanwhile")
        terminal.type(CTRL_U)
        assert shown_numbers(terminal, 300) == list(range(300))
        detach(terminal)
    assert numbers(journal(sshd)) == list(range(300))
    assert submitted(sshd)[2:] == ["runs = globals().get('runs', 0) + 1; 'run', runs"]
    sshd.wait_for_no_connections()
    sshd.wait_for_no_relays()


def test_what_was_just_submitted_when_the_line_is_cut_runs_once(home: Home, sshd: Sshd) -> None:
    """Whether it had arrived nobody knows: it is said again, and done once."""
    with client(home, sshd, "new") as terminal:
        terminal.ready()
        terminal.run("runs = 0")
        terminal.see("In [2]")
        for number in range(1, 6):
            terminal.run("runs += 1; 'run', runs")
            sshd.cut()
            terminal.see_line(f"╰ ('run', {number})")
        detach(terminal)
    assert len(submitted(sshd)) == 6


def test_a_session_that_ends_while_the_line_is_cut(home: Home, sshd: Sshd) -> None:
    with client(home, sshd, "new") as terminal:
        terminal.ready()
        sshd.shut()
        terminal.see("line lost")
        assert sshd.far.run("kill", "work").returncode == 0
        sshd.start()
        terminal.see("supervisor ended", "✗ ended")
        terminal.type(CTRL_D)
        assert terminal.exit() == 0
        assert f"[work on {HOST} ended]" in terminal.text


def test_quitting_ends_the_session_there(home: Home, sshd: Sshd) -> None:
    with client(home, sshd, "new") as terminal:
        terminal.ready()
        terminal.type(CTRL_D)
        terminal.see("Leave?")
        terminal.type("q")
        assert terminal.exit() == 0
        assert f"[work on {HOST} ended]" in terminal.text
    sshd.far.wait_for_no_processes()


def test_cells_that_did_not_go_out_are_there_when_one_comes_back(home: Home, sshd: Sshd) -> None:
    with client(home, sshd, "new") as terminal:
        terminal.ready()
        sshd.shut()
        terminal.see("line lost")
        terminal.run("'kept'.upper()")
        terminal.see("1 cell to send")
        detach(terminal)
        assert "while the line was lost" in terminal.text
    sshd.start()
    with client(home, sshd, "attach") as terminal:
        terminal.ready()
        terminal.see("'kept'.upper()")
        assert submitted(sshd) == []
        terminal.type(ALT_ENTER)
        terminal.see_line("╰ 'KEPT'")
        detach(terminal)


def test_a_client_that_is_killed_leaves_nothing_there_but_the_session(home: Home, sshd: Sshd) -> None:
    with client(home, sshd, "new") as terminal:
        terminal.ready()
        terminal.kill(signal.SIGKILL)
        terminal.exit()
    sshd.wait_for_no_connections()
    sshd.wait_for_no_relays()
    assert [line.split()[0] for line in sshd.far.run("ls").stdout.splitlines()] == ["NAME", "work"]


def test_a_key_with_a_passphrase_is_asked_for_on_the_terminal(home: Home, sshd: Sshd) -> None:
    sshd.lock_key("secret")
    with client(home, sshd, "new") as terminal:
        terminal.see(f"connecting to {HOST}", "Enter passphrase")
        terminal.run("secret")
        terminal.ready()
        sshd.cut()
        # nobody is asked behind the screen
        terminal.see("line lost", "log in by hand: Ctrl-D, then attach again")
        detach(terminal)


def test_ctrl_c_while_it_connects(home: Home, sshd: Sshd) -> None:
    sshd.lock_key("secret")
    with client(home, sshd, "new") as terminal:
        terminal.see("Enter passphrase")
        terminal.type(CTRL_C)
        assert terminal.exit() == -signal.SIGINT
        assert terminal.modes.left_on == []


@pytest.mark.parametrize(
    ("host", "environ", "says"),
    [
        ("-oProxyCommand=x", {}, "is no host; nothing was connected"),
        ("nowhere.invalid", {}, "nowhere.invalid cannot be reached: ssh: Could not resolve hostname"),
        (
            HOST,
            {"CSHELL_REMOTE": "/no/such/cshell"},
            f"{HOST} does not find '/no/such/cshell', which CSHELL_REMOTE names",
        ),
        (HOST, {"CSHELL_REMOTE": "echo"}, f"{HOST} does not answer as cshell does"),
    ],
)
def test_what_the_far_side_lacks_is_said_in_one_sentence(
    home: Home, sshd: Sshd, host: str, environ: dict[str, str], says: str
) -> None:
    with Terminal(home, f"--ssh={host}", "attach", cols=160, environ={**sshd.environ, **environ}) as terminal:
        assert terminal.exit() == 1
        assert says in terminal.text
        assert len(re.findall("^cshell: ", terminal.text, re.MULTILINE)) == 1
        # no screen was there to be seen
        assert b"\x1b[?1049h" not in terminal.raw


def test_someone_who_may_not_enter(home: Home, sshd: Sshd) -> None:
    sshd.refuse()
    with client(home, sshd, "attach") as terminal:
        assert terminal.exit() == 1
        assert re.search("cannot be reached: .*Permission denied", terminal.text.replace("\n", " "))


def test_the_configuration_of_ssh_is_the_users(home: Home, sshd: Sshd) -> None:
    """A jump host is used; a command and a terminal that are for logging in do not get in the way."""
    sshd.configure("RequestTTY force", "RemoteCommand tmux", f"ProxyJump {JUMP}")
    with client(home, sshd, "new") as terminal:
        terminal.ready()
        terminal.run("1 + 1")
        terminal.see_line("╰ 2")
        assert len(list(sshd.sessions())) == 2
        detach(terminal)
