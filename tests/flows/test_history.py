"""The history of a user: several clients, kernels and disks, on real screens."""

import json
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from curses_client.history.entries import Entry, line_of
from tests.home import Home
from tests.terminal import CTRL_D, CTRL_U, ENTER, ESC, UP, Terminal

CTRL_R = "\x12"
ALT_ENTER = "\x1b\r"
ALT_D = "\x1bd"


def entries(home: Home) -> list[dict[str, Any]]:
    """Return what `cshell history` tells."""
    done = home.run("history", "--json")
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def texts(home: Home) -> list[str]:
    return [entry["text"] for entry in entries(home)]


def on_disk(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.glob("*.jsonl"))


def kernels(home: Home) -> list[str]:
    """Return what our kernel has of its own."""
    with closing(sqlite3.connect(home.state / "cshell" / "history.sqlite")) as connection:
        # the file is there before its tables are
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'history'").fetchall():
            return []
        return [source for (source,) in connection.execute("SELECT source_raw FROM history")]


def history(home: Home) -> Path:
    return home.state / "cshell" / "history"


@pytest.fixture
def used(home: Home) -> Home:
    """A home that has a history: no kernel is asked what it knows."""
    history(home).mkdir(mode=0o700, parents=True)
    history(home).parent.chmod(0o700)
    (history(home) / "elsewhere.jsonl").write_bytes(line_of(Entry("old = 0", 1.0, lexer="ipython3")))
    return home


def test_what_one_session_runs_is_at_once_in_the_others(used: Home) -> None:
    with Terminal(used, "-s", "one") as one, Terminal(used, "-s", "two") as two:
        one.ready()
        two.ready()
        one.run("first = 1")
        one.see("In [2]")
        two.type(CTRL_R)
        two.see("first = 1", "one")
        # while the panel is open
        one.run("second = 2")
        two.see("second = 2", seconds=5)
        two.type("irst" + ENTER)
        two.see_no("History:")
        two.see_line("first = 1")
        two.type(ENTER)
        two.see("In [2]")
        one.type("x" + UP + CTRL_U)
        assert [(entry["text"], entry["session"]) for entry in entries(used)] == [
            ("old = 0", ""),
            ("first = 1", "one"),
            ("second = 2", "one"),
            ("first = 1", "two"),
        ]
        assert entries(used)[1]["directory"] == str(used.work)


def test_what_is_not_kept(home: Home) -> None:
    with Terminal(home) as terminal:
        terminal.ready()
        terminal.run("import getpass; word = getpass.getpass('Wo' + 'rd: ')")
        terminal.see("Word:", "input() is answered above")
        terminal.run("open sesame")
        terminal.see("In [2]")
        terminal.run("line = input('Li' + 'ne: ')")
        terminal.see("Line:", "input() is answered above")
        terminal.run("an answer")
        terminal.see("In [3]")
        terminal.run(" spaced = 'hush'")
        terminal.see("In [4]")
        terminal.run("last = 3")
        terminal.see("In [5]")
        terminal.wait(lambda: b"last" in on_disk(history(home)), "the last one on the disk")
        terminal.type(UP + UP)
        # the one before the last is not the spaced one
        terminal.wait(lambda: any("line = input" in line for line in terminal.lines[-4:]), "the entry before")
        terminal.wait(lambda: "last = 3" in kernels(home), "what the kernel keeps")
    everywhere = on_disk(history(home)) + "".join(kernels(home)).encode()
    for secret in (b"sesame", b"an answer", b"hush"):
        assert secret not in everywhere
    assert [text[:6] for text in texts(home)] == ["import", "line =", "last ="]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
def test_what_was_run_before_an_end_by_force(home: Home, how: int) -> None:
    with Terminal(home) as terminal:
        terminal.ready()
        terminal.run("remembered = 1")
        terminal.see("In [2]")
        terminal.wait(lambda: b"remembered" in on_disk(history(home)), "the entry on the disk")
        with next(history(home).glob("*.jsonl")).open("ab") as file:
            # as a write that is cut short leaves it
            file.write(b'{"text":"to')
        terminal.kill(how)
        terminal.exit()
    with Terminal(home, "attach") as terminal:
        terminal.ready()
        terminal.run("later = 2")
        terminal.see("In [3]")
        terminal.press_until(UP + UP, "remembered = 1")
    assert texts(home) == ["remembered = 1", "later = 2"]


def test_what_the_kernel_knows_is_taken_over_once(home: Home) -> None:
    with Terminal(home) as terminal:
        terminal.ready()
        terminal.run("known = 1")
        terminal.wait(lambda: "known = 1" in kernels(home), "the entry in the kernel's own history")
        terminal.type(CTRL_D)
        terminal.see("Leave?")
        terminal.type("q")
        terminal.exit()
    for path in history(home).iterdir():
        path.unlink()
    for _ in range(2):
        with Terminal(home) as terminal:
            terminal.ready()
            terminal.wait(lambda: b"known" in on_disk(history(home)), "what the kernel knows")
            terminal.press_until(UP, "known = 1")
            terminal.type(CTRL_U + CTRL_D)
            terminal.see("Leave?")
            terminal.type("q")
            terminal.exit()
    assert [(entry["text"], entry["time"], entry["session"]) for entry in entries(home)] == [("known = 1", 0.0, "")]


def test_an_entry_is_deleted_for_good(used: Home) -> None:
    with Terminal(used) as terminal, Terminal(used, "-s", "other") as other:
        terminal.ready()
        other.ready()
        for source in ("keep = 1", "token = 'hush'"):
            terminal.run(source)
        terminal.wait(lambda: b"hush" in on_disk(history(used)), "the entry on the disk")
        other.type(CTRL_R)
        other.see("token")
        terminal.type(CTRL_R + "token")
        terminal.see("1 · everywhere")
        terminal.type(ALT_D)
        terminal.see("Delete this entry")
        terminal.type("y")
        terminal.wait(lambda: b"hush" not in on_disk(history(used)), "the entry off the disk")
        other.see_no("token")
        other.see("keep = 1")
        terminal.type(ESC)
    assert texts(used) == ["old = 0", "keep = 1"]


def test_a_place_that_cannot_be_written(home: Home) -> None:
    history(home).parent.mkdir(parents=True)
    history(home).parent.chmod(0o700)
    history(home).write_text("in the way")
    with Terminal(home) as terminal:
        terminal.ready()
        terminal.run("x = 12345")
        terminal.see("history not written: File exists")
        terminal.type(UP)
        terminal.see_line("x = 12345")
        history(home).unlink()
        terminal.type("0" + ENTER)
        terminal.wait(lambda: on_disk(history(home)).count(b"\n") == 2, "both entries on the disk")
        terminal.see_no("not written")
    assert texts(home) == ["x = 12345", "x = 123450"]


@pytest.fixture
def full(home: Home) -> Iterator[Home]:
    """A home whose history is on a small file system of its own."""
    history(home).mkdir(parents=True)
    history(home).parent.chmod(0o700)
    command = ["mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "cshell-test", str(history(home))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    yield home
    subprocess.run(["umount", "--lazy", str(history(home))], check=True)


def test_a_full_disk(full: Home) -> None:
    ballast = history(full) / "ballast"
    with Terminal(full) as terminal:
        terminal.ready()
        ballast.write_bytes(bytes(64 << 10))
        terminal.run("x = 12345")
        terminal.see("history not written: No space left on device")
        terminal.type(UP)
        terminal.see_line("x = 12345")
        ballast.unlink()
        terminal.type(CTRL_U + "y = 2" + ENTER)
        terminal.wait(lambda: on_disk(history(full)).count(b"\n") == 2, "both entries on the disk")
        assert texts(full) == ["x = 12345", "y = 2"]


def test_it_is_printed(home: Home) -> None:
    assert home.run("history").stdout == "nothing is in the history\n"
    with Terminal(home, "-s", "one") as terminal:
        terminal.ready()
        terminal.paste("for i in range(2):\n    print(i)")
        terminal.type(ALT_ENTER)
        terminal.see("In [2]")
        terminal.run("Total = 3")
        terminal.wait(lambda: b"Total" in on_disk(history(home)), "the entry on the disk")
    lines = home.run("history").stdout.splitlines()
    assert [line[16:] for line in lines] == ["  one  for i in range(2):", "           print(i)", "  one  Total = 3"]
    assert home.run("history", "-n", "1").stdout.endswith("  one  Total = 3\n")
    assert home.run("history", "--grep", "total").stdout.endswith("  one  Total = 3\n")
    assert home.run("history", "--grep", "TOTAL").stdout == "nothing like this is in the history\n"
    assert home.run("history", "--session", "two", "--json").stdout == "[]\n"
    for arguments in (("-n", "0"), ("-n", "many"), ("--grep", "(")):
        done = home.run("history", *arguments)
        assert done.returncode == 1
        assert done.stderr.startswith("cshell: ")
        assert done.stderr.count("\n") == 1
