"""The other side lives on: the line is cut, the client dies, and nothing that was printed is missing."""

import json
import os
import re
import signal
from pathlib import Path

import pytest

from tests.home import Home
from tests.terminal import CTRL_C, CTRL_D, ENTER, F10, Terminal

# prints numbered lines for a while, then says so
COUNTING = "import time\rfor i in range({}): print('n', i, flush=True); time.sleep({})\r\r"


def numbers(journal: Path) -> list[int]:
    """Return the numbers that a session printed, as its journal has them."""
    printed = []
    for line in journal.read_text().splitlines():
        record = json.loads(line)
        if record["header"]["msg_type"] == "stream":
            printed.append(record["content"]["text"])
    return [int(number) for number in re.findall(r"^n (\d+)$", "".join(printed), re.MULTILINE)]


def shown_numbers(terminal: Terminal, count: int) -> list[int]:
    """Scroll through the whole transcript and return the numbers that it shows, in order."""
    found: list[int] = []
    terminal.type("\x1b[1;3H")
    terminal.see("0", "scrolled")
    folded = [row for row, line in enumerate(terminal.lines) if re.search("… [0-9,]+ lines", line)]
    for row in folded:
        terminal.type(f"\x1b[<0;20;{row + 1}M")
        terminal.see_no("click opens")
    while not found or found[-1] < count - 1:
        page = [int(number) for number in re.findall(r"\bn (\d+)$", terminal.text, re.MULTILINE)]
        new = [number for number in page if not found or number > found[-1]]
        assert page == sorted(page)
        found += new
        last = terminal.text
        if found and found[-1] == count - 1:
            break
        terminal.type("\x1b[6~")
        terminal.wait(lambda last=last: terminal.text != last, "the next page")
    return found


@pytest.mark.parametrize("how", ["hang up", "kill"])
def test_nothing_is_missing_after_the_client_was_gone(home: Home, how: str) -> None:
    with Terminal(home) as terminal:
        terminal.ready()
        terminal.type(COUNTING.format(150, 0.007))
        terminal.see("n 20")
        if how == "hang up":
            terminal.hang_up()
        else:
            terminal.kill(signal.SIGKILL)
        assert terminal.exit() in (-signal.SIGHUP, -signal.SIGKILL)
    with Terminal(home, "attach") as terminal:
        terminal.see("n 149")
        terminal.ready()
        assert shown_numbers(terminal, 150) == list(range(150))
    assert numbers(home.journals / "work" / "journal.jsonl") == list(range(150))


def test_coming_back_while_the_kernel_is_busy(home: Home) -> None:
    with Terminal(home) as terminal:
        terminal.ready()
        terminal.run("print('before'); import time; time.sleep(60)")
        terminal.see_line("╰ before")
        terminal.hang_up()
        terminal.exit()
    with Terminal(home, "attach", "work") as terminal:
        terminal.see("● busy", "before", "time.sleep(60)")
        terminal.type(CTRL_C)
        terminal.see("KeyboardInterrupt")
        terminal.ready()


def test_a_queue_outlives_its_client(home: Home) -> None:
    with Terminal(home) as terminal:
        terminal.ready()
        terminal.run("import time; print('began'); time.sleep(1)")
        terminal.see_line("╰ began")
        terminal.run("'queued'.upper()")
        terminal.see("queued 1 of 1")
        terminal.kill(signal.SIGKILL)
        terminal.exit()
    with Terminal(home, "attach") as terminal:
        terminal.see_line("╰ 'QUEUED'")


def test_a_question_waits_for_the_next_client(home: Home) -> None:
    with Terminal(home) as terminal:
        terminal.ready()
        terminal.run("name = input('Name: ')")
        terminal.see("input() is answered above")
        terminal.hang_up()
        terminal.exit()
    with Terminal(home, "attach") as terminal:
        terminal.see("Name:", "input() is answered above")
        terminal.run("Ada")
        terminal.ready()
        terminal.run("name")
        terminal.see_line("╰ 'Ada'")


def test_detach_list_kill(home: Home) -> None:
    with Terminal(home, "-s", "rides") as terminal:
        terminal.ready()
        terminal.run("kept = 41")
        terminal.see("In [2]")
        terminal.type(CTRL_D)
        terminal.see("Leave?")
        terminal.type("d")
        assert terminal.exit() == 0
        assert "[detached from rides; come back with: cshell attach rides]" in terminal.text
    listed = home.run("ls").stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["NAME", "rides"]
    with Terminal(home, "attach", "rides") as terminal:
        terminal.see("kept = 41")
        terminal.run("kept + 1")
        terminal.see_line("╰ 42")
        terminal.type(F10)
        terminal.see("Leave?")
        terminal.type("d")
        assert terminal.exit() == 0
    killed = home.run("kill", "rides")
    assert (killed.returncode, killed.stdout, killed.stderr) == (0, "[rides ended]\n", "")
    assert home.run("ls").stdout == "no session is running\n"
    assert home.left_behind() == ["state/cshell/sessions/rides"]
    home.wait_for_no_processes()


def test_two_clients_see_the_same(home: Home) -> None:
    with Terminal(home) as one:
        one.ready()
        with Terminal(home, "attach") as two:
            two.ready()
            one.run("'from' + ' one'")
            two.see_line("╰ 'from one'")
            two.run("'from' + ' two'")
            one.see_line("╰ 'from two'")
            two.type(CTRL_D)
            two.see("Leave?")
            two.type("q")
            assert two.exit() == 0
        one.see("ended")
        one.type(CTRL_D)
        assert one.exit() == 0


def test_the_kernel_is_ended_with_what_it_started(home: Home) -> None:
    with Terminal(home) as terminal:
        terminal.ready()
        terminal.run("import subprocess; child = subprocess.Popen(['sleep', '1000'])")
        terminal.see("In [2]")
        terminal.run("while True: pass")
        terminal.type(ENTER)
        terminal.see("● busy")
        terminal.type(CTRL_D)
        terminal.see("Leave?")
        terminal.type("q")
        assert terminal.exit() == 0
        assert "[work ended]" in terminal.text
    assert not (home.sessions / "work").exists()


def test_a_supervisor_that_dies_is_told(home: Home) -> None:
    with Terminal(home) as terminal:
        terminal.ready()
        terminal.run("'kept'.upper()")
        terminal.see_line("╰ 'KEPT'")
        terminal.type("typed")
        pid = json.loads((home.sessions / "work" / "session.json").read_text())["pid"]
        os.kill(pid, signal.SIGKILL)
        terminal.see("supervisor ended", "✗ ended")
        terminal.see_line("typed")
        terminal.type("\x15" + CTRL_D)
        assert terminal.exit() == 0
    assert home.run("ls").stdout == "no session is running\n"


def test_sessions_are_named_after_their_directory(home: Home) -> None:
    with Terminal(home) as one:
        one.see("work@")
        with Terminal(home) as two:
            two.see("work-2@")
            names = [line.split()[0] for line in home.run("ls").stdout.splitlines()[1:]]
            assert names == ["work", "work-2"]


def test_a_window_of_an_ended_session_enters_no_other_one(home: Home) -> None:
    """It was renamed, and another session has its old name."""
    with Terminal(home, "-s", "s1") as former:
        former.ready()
        connected = len(sockets_of(former.pid))
        assert home.run("rename", "s1", "s2").returncode == 0
        with Terminal(home, "-s", "s1") as other:
            other.ready()
            assert home.run("kill", "s2").returncode == 0
            former.see("✗ ended")
            former.wait(lambda: len(sockets_of(former.pid)) <= connected - 4, "the end of its four connections")
            other.run("'still' + ' here'")
            other.see_line("╰ 'still here'")
            (row,) = json.loads(home.run("ls", "--json").stdout)
            assert (row["name"], row["clients"]) == ("s1", 1)
            former.type(CTRL_D)
            assert former.exit() == 0
        assert home.run("kill", "s1").returncode == 0
    assert "dropped" not in (home.journals / "s1" / "supervisor.log").read_text()


def sockets_of(pid: int) -> list[str]:
    """Return the sockets that a process has."""
    directory = Path(f"/proc/{pid}/fd")
    return [link for entry in directory.iterdir() if (link := os.readlink(entry)).startswith("socket:")]
