"""Sessions from the shell, with real supervisors and kernels."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from curses_client.launcher import Started, end_descriptor, enter, join, wait_for_end
from curses_client.spawn import spawn
from kernel.protocol.messages import ExecuteRequest
from kernel.protocol.wire import Author
from tests.home import DEADLINE, Home
from tests.terminal import CTRL_D, Terminal


def start(home: Home, name: str | None) -> Started:
    """Start a session without a screen."""
    directory = os.getcwd()
    os.chdir(home.work)
    try:
        return join(spawn(name, None, home.environ), home.environ)  # type: ignore[arg-type]
    finally:
        os.chdir(directory)


@contextmanager
def submitting(started: Started, *sources: str) -> Iterator[None]:
    """Submit cells, and stay connected until they have arrived."""
    author, wire = Author("me"), started.wire()
    transport = started.transport(author.session)
    transport.open(lambda channel, frames: None, lambda: None)
    for source in sources:
        _, parts = author.parts("execute_request", ExecuteRequest(source))
        transport.send("shell", wire.frames((), parts))
    yield
    transport.close()


def until(home: Home, *arguments: str, shows: str) -> str:
    """Run a command again and again until it prints something."""
    end = time.monotonic() + DEADLINE
    while True:
        printed = home.run(*arguments).stdout
        if re.search(shows, printed, re.MULTILINE):
            return printed
        assert time.monotonic() < end, printed


def test_what_a_session_does_is_listed(home: Home) -> None:
    started = start(home, "rides")
    with submitting(started, "import time; print('began'); time.sleep(100)", "1 + 1"):
        until(home, "log", shows="^began$")
    (row,) = json.loads(home.run("ls", "--json").stdout)
    assert (row["name"], row["state"], row["pid"], row["queue"]) == ("rides", "busy", started.pid, 1)
    assert row["cell"] == "import time; print('began'); time.sleep(100)"
    assert row["memory"] > 1 << 20
    assert 0 <= time.time() - row["since"] < DEADLINE
    line = home.run("ls").stdout.splitlines()[1]
    assert re.search(r"rides +.* busy +\d+ s +\[1\] \d+ s: import time; print\('began'\)", line)
    log = home.run("log").stdout.splitlines()
    assert log[:3] == ["In [1]: import time; print('began'); time.sleep(100)", "began", "── runs ──"]
    assert log[-2:] == ["In [ ]: 1 + 1", "── waits ──"]


def test_a_supervisor_that_is_killed(home: Home) -> None:
    started = start(home, "rides")
    with submitting(started, "print('last words')"):
        until(home, "log", shows="^last words$")
    end = end_descriptor(started.pid)
    os.kill(started.pid, signal.SIGKILL)
    assert end is not None
    os.close(end)
    assert wait_for_end(started.pid, DEADLINE)
    home.wait_for_no_processes()
    assert home.run("ls").stdout == "no session is running\n"
    listed = home.run("ls", "--all").stdout.splitlines()[1]
    assert re.match(r"rides +.* lost +\d+ s ago +[0-9.]+ KB kept; its supervisor ended .* recorded until \d\d:", listed)
    assert (
        home.run("log", "rides").stdout.splitlines()[-1].startswith("── its supervisor ended without a word; recorded")
    )
    assert home.left_behind() == ["state/cshell/sessions/rides"]
    with Terminal(home, "open", "rides", cols=120) as terminal:
        terminal.see("last words", "ended")
        terminal.type(CTRL_D)
        assert terminal.exit() == 0
        assert "[rides has ended; show it again with: cshell open rides]" in terminal.text
        assert terminal.modes.left_on == []
    removed = home.run("rm", "rides")
    assert (removed.returncode, removed.stdout) == (0, "[what was kept of rides is removed]\n")
    assert home.left_behind() == []


def test_another_name(home: Home) -> None:
    started = start(home, "rides")
    start(home, "second")
    taken = home.run("rename", "rides", "second")
    assert taken.returncode == 1
    assert taken.stderr.count("\n") == 1
    assert "'second' is running already" in taken.stderr
    renamed = home.run("rename", "rides", "tours")
    assert (renamed.returncode, renamed.stdout, renamed.stderr) == (0, "[rides is called tours now]\n", "")
    assert set(home.run("ls", "--names", "running").stdout.split()) == {"tours", "second"}
    # the connection file leads there
    moved = enter("tours", home.environ)
    assert moved.pid == started.pid
    with submitting(moved, "print('still here')"):
        until(home, "log", "tours", shows="^still here$")
    assert home.run("kill", "tours", "second").stdout == "[tours ended]\n[second ended]\n"
    home.wait_for_no_processes()
    assert home.left_behind() == ["state/cshell/sessions/second", "state/cshell/sessions/tours"]


SPAWN = (
    "import os, sys\nfrom curses_client.launcher import SessionError, join\nfrom curses_client.spawn import spawn\n"
    "sys.stdin.readline()\n"
    "try:\n    print(join(spawn(sys.argv[1] or None, None, os.environ), os.environ).session.name)\n"
    "except SessionError as error:\n    sys.exit(str(error))\n"
)


@pytest.mark.parametrize("name", ["same", ""])
def test_eight_at_once(home: Home, name: str) -> None:
    """Of those with one name exactly one wins; without a name all get different ones."""
    command = [sys.executable, "-c", SPAWN, name]
    pipe = subprocess.PIPE
    racers = [
        subprocess.Popen(command, env=home.environ, cwd=home.work, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        for _ in range(8)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("\n")
        racer.stdin.flush()
    ends = [racer.communicate(timeout=DEADLINE * 3) for racer in racers]
    made = [out.strip() for out, _ in ends if out]
    refused = [err for _, err in ends if err]
    if name:
        assert made == ["same"]
        assert refused == ["the session 'same' is running already; enter it with: cshell attach same\n"] * 7
    else:
        assert sorted(made) == sorted(["work", *(f"work-{number}" for number in range(2, 9))])
        assert refused == []
    assert sorted(home.run("ls", "--names", "running").stdout.split()) == sorted(made)


def test_an_ended_session_is_opened_read_only(home: Home) -> None:
    with Terminal(home, "-s", "rides") as terminal:
        terminal.ready()
        terminal.run("print('kept ' * 2)")
        terminal.see_line("╰ kept kept")
        terminal.type(CTRL_D)
        terminal.see("Leave?")
        terminal.type("q")
        assert terminal.exit() == 0
    with Terminal(home, "open") as terminal:
        terminal.see("kept kept", "session ended")
        terminal.type(CTRL_D)
        assert terminal.exit() == 0
    running = start(home, "rides")
    with Terminal(home, "open", "rides") as terminal:
        assert terminal.exit() == 1
        assert "the session rides is running; show it with: cshell attach" in terminal.text
    assert running.session.is_running
    former = home.run("ls", "--names", "ended").stdout.strip()
    assert re.fullmatch(r"rides\.\d{8}-\d{6}", former)
    with Terminal(home, "open", former) as terminal:
        terminal.see("kept kept")


def test_an_ended_session_is_listed_with_the_number_of_its_cells(home: Home) -> None:
    with Terminal(home, "-s", "rides") as terminal:
        terminal.ready()
        terminal.run("1")
        terminal.run("2")
        terminal.see("In [3]")
        assert home.run("kill", "rides").returncode == 0
        (row,) = json.loads(home.run("ls", "--all", "--json").stdout)
    assert (row["state"], row["execution_count"]) == ("ended", 2)
