"""`cshell export`: which session, which format, which file, and that no file is ever half written or overwritten."""

import os
import resource
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from curses_client import cli, commandline, exporting
from curses_client.exporting import export, files
from curses_client.exporting.spool import Spool
from kernel.protocol.session import SessionError, create, state_root
from kernel.supervisor.journal import Bounds
from tests.curses_client.written import Written
from tests.home import Home


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    with Home() as made:
        for name, value in made.environ.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(made.work)
        yield made


@pytest.fixture
def work(home: Home) -> Path:
    """A session that has ended, and the directory that is the working one."""
    Written(state_root(home.environ) / "work").session("work").run("a", "x = 1", 1, "text\n").end()
    return home.work


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


# ---- what is asked for --------------------------------------------------------------------------------------


def test_the_command_line_knows_the_formats() -> None:
    assert set(commandline.FORMATS) == set(exporting.FORMATS)


def test_without_more_it_is_a_notebook_of_the_last_session(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["export"]) == 0
    assert capsys.readouterr().out == "[work is exported to work.ipynb]\n"
    found = nbformat.read(work / "work.ipynb", as_version=4)
    nbformat.validate(found)
    assert [cell.source for cell in found.cells] == ["x = 1", found.cells[1].source]
    assert names(work) == ["work.ipynb"]


@pytest.mark.parametrize(
    ("arguments", "name", "begins"),
    [
        (["-o", "a.py"], "a.py", "# %% [markdown]\n"),
        (["-o", "a.ipynb"], "a.ipynb", '{\n "cells": ['),
        (["--output=a.HTML"], "a.HTML", "<!DOCTYPE html>"),
        (["-o", "a.txt"], "a.txt", "In [1]: x = 1\ntext\n"),
        (["-o", "a", "--format", "txt"], "a", "In [1]: x = 1\ntext\n"),
        (["-o", "a.py", "--format", "txt"], "a.py", "In [1]: x = 1\ntext\n"),
    ],
)
def test_files(work: Path, arguments: list[str], name: str, begins: str) -> None:
    assert cli.main(["export", "work", *arguments]) == 0
    assert (work / name).read_text(encoding="utf-8").startswith(begins)
    assert names(work) == [name]
    assert stat.S_IMODE((work / name).stat().st_mode) == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_text_is_what_log_prints(home: Home, work: Path) -> None:
    Written(state_root(home.environ) / "lost").session().submit("a", "x").start("a").print("a", "text\n")
    for name in ("work", "lost"):
        printed = home.run("log", name).stdout
        assert printed
        assert home.run("export", name, "--format", "txt").stdout == printed


def test_a_format_goes_to_whoever_reads_it(home: Home, work: Path) -> None:
    done = home.run("export", "--format", "html")
    assert done.stdout.startswith("<!DOCTYPE html>")
    assert done.stderr == ""
    assert home.run("export", "-o", "-", environ={"PYTHONIOENCODING": "latin-1"}).stdout.startswith('{\n "cells"')
    assert names(work) == []


def test_on_a_terminal_a_format_is_that_of_the_file(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert cli.main(["export", "--format", "py"]) == 0
    assert names(work) == ["work.py"]


def test_source_cannot_command_a_terminal(
    home: Home, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    Written(state_root(home.environ) / "work").session().run("a", "x = '\x1b[2J\u202e'\n\ty", 1).end()
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert cli.main(["export", "--format", "py", "-o", "-"]) == 0
    assert b"# %% In 1\nx = '<U+202E>'\n" in capfdbinary.readouterr().out


def test_a_session_that_runs(home: Home) -> None:
    session, lock = create("rides", home.environ, "/")
    Written(session.state).session().submit("a", "slow").start("a").print("a", "half")
    assert cli.main(["export", "rides", "-o", "a.txt"]) == 0
    assert (home.work / "a.txt").read_text() == "In [1]: slow\nhalf\n── runs ──\n"
    path = home.work / "b.txt"
    assert export(session.state, path) is None
    assert path.read_text() == "In [1]: slow\nhalf\n── runs ──\n"
    os.close(lock)
    assert export(session.state, path, force=True) is None
    assert "had not ended" in path.read_text()


# ---- what cannot be done ------------------------------------------------------------------------------------


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.main(["export", *arguments]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


def test_sentences(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "there is no session 'x'; see: cshell ls --all" in refused(capsys, "x")
    assert "a.zip does not tell the format: it ends in none of .py, .ipynb, .html, .txt" in refused(
        capsys, "-o", "a.zip"
    )
    assert "no/a.py cannot be written: No such file or directory" in refused(capsys, "-o", "no/a.py")
    (work / "d.py").mkdir()
    assert "d.py is a directory; nothing was written" in refused(capsys, "-o", "d.py", "--force")
    assert names(work) == ["d.py"]


def test_a_session_of_another_language(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    journal = Written(state_root(home.environ) / "r")
    journal.add("session_started", name="r", kernel="ir", language="R", cwd="/", pid=1).run("a", "x <- 1", 1).end()
    assert "r is a session of R, not of Python" in refused(capsys, "-o", "a.py")
    assert names(home.work) == []


def test_a_file_that_is_there_stays(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = work / "a.txt"
    path.write_text("mine")
    assert "there is a file a.txt already; write over it with --force, or name another with -o FILE" in refused(
        capsys, "-o", "a.txt"
    )
    assert path.read_text() == "mine"
    assert cli.main(["export", "-o", "a.txt", "--force"]) == 0
    assert path.read_text().startswith("In [1]")
    assert names(work) == ["a.txt"]


def test_a_file_that_comes_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"

    def pieces() -> Iterator[bytes]:
        yield b"new"
        path.write_text("mine")

    for has_links in (True, False):
        path.unlink(missing_ok=True)
        if not has_links:

            def link(_source: Path, _target: Path) -> None:
                raise PermissionError(1, "Operation not permitted")

            monkeypatch.setattr(os, "link", link)
        with pytest.raises(SessionError, match="there is a file"):
            files.write(path, pieces(), force=False)
        assert path.read_text() == "mine"
        assert names(tmp_path) == ["a"]
    path.unlink()
    files.write(path, [b"new"], force=False)
    assert path.read_bytes() == b"new"


def test_links_and_devices_stay_what_they_are(tmp_path: Path) -> None:
    target, link, pipe = tmp_path / "target", tmp_path / "link", tmp_path / "pipe"
    target.write_text("old")
    link.symlink_to(target)
    with pytest.raises(SessionError, match="there is a file"):
        files.write(link, [b"new"], force=False)
    files.write(link, [b"new"], force=True)
    assert (link.is_symlink(), target.read_bytes()) == (True, b"new")
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    files.write(pipe, [b"new"], force=True)
    assert os.read(reader, 10) == b"new"
    os.close(reader)
    assert pipe.is_fifo()
    assert names(tmp_path) == ["link", "pipe", "target"]


def test_nothing_is_left_of_what_is_interrupted(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"new"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.write(tmp_path / "a", pieces(), force=True)
    assert names(tmp_path) == []


@pytest.mark.parametrize("form", exporting.FORMATS)
def test_a_disk_that_is_full(home: Home, form: str) -> None:
    journal = Written(state_root(home.environ) / "work").session()
    journal.run("a", f"'{'y' * 20_000}'", 1, "x\n" * 10_000).end()
    (home.work / f"a.{form}").write_text("old")

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

    command = [sys.executable, "-m", "curses_client", "export", "-o", f"a.{form}", "--force"]
    done = subprocess.run(
        command, env=home.environ, cwd=home.work, capture_output=True, text=True, preexec_fn=limited, check=False
    )
    assert done.returncode == 1
    assert done.stderr == f"cshell: a.{form} cannot be written: File too large; nothing is left of it\n"
    assert (home.work / f"a.{form}").read_text() == "old"
    assert names(home.work) == [f"a.{form}"]


def test_who_reads_it_may_have_enough(home: Home) -> None:
    journal = Written(state_root(home.environ) / "work").session()
    journal.run("a", "x", 1, "x\n" * 500_000).end()
    command = f"{sys.executable} -m curses_client export --format html | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], env=home.environ, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["<!DOCTYPE html>", "141"]
    assert done.stderr == ""


def test_for_a_client(work: Path, home: Home) -> None:
    directory = state_root(home.environ) / "work"
    assert export(directory, work / "a.py") is None
    assert export(directory, work / "a.py") == f"there is a file {work}/a.py already"
    assert export(directory, work / "a.py", force=True) is None
    assert export(directory, Path("~/b.html")) is None
    assert (home.path / "b.html").exists()
    assert "does not tell the format" in (export(directory, work / "a") or "")
    assert "cannot be written" in (export(directory, work / "a\0.py") or "")
    assert "nothing is kept of a session" in (export(work / "none", work / "c.py") or "")


# ---- on another machine -------------------------------------------------------------------------------------


@pytest.fixture
def far(home: Home, work: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another machine, which is this one with another working directory; `ssh` runs its last argument."""
    there = home.path / "there"
    there.mkdir()
    ssh = home.path / "ssh"
    ssh.write_text(f'#!/bin/sh\nfor last; do :; done\ncd {there}\neval "$last"\n')
    ssh.chmod(0o755)
    monkeypatch.setenv("CSHELL_SSH", str(ssh))
    monkeypatch.setenv("CSHELL_REMOTE", f"{shlex.quote(sys.executable)} -P -m curses_client")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    return there


def test_what_is_there_is_written_here(far: Path, home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--ssh", "ada@far", "export"]) == 0
    assert cli.main(["--ssh", "ada@far", "export", "work"]) == 0
    assert cli.main(["--ssh", "ada@far", "export", "work", "-o", "a.py"]) == 0
    assert names(home.work) == ["a.py", "far.ipynb", "work.ipynb"]
    assert names(far) == []
    assert (
        (home.work / "a.py")
        .read_text()
        .endswith("# %% In 1\nx = 1\n" + (home.work / "a.py").read_text().partition("x = 1\n")[2])
    )
    nbformat.validate(nbformat.read(home.work / "far.ipynb", as_version=4))
    assert capsys.readouterr().out.splitlines()[1] == "[work on ada@far is exported to work.ipynb]"
    done = home.run("--ssh", "far", "export", "--format", "txt", environ=dict(os.environ))
    assert done.stdout.startswith("In [1]: x = 1\ntext\n")


def test_what_cannot_be_done_there(far: Path, home: Home) -> None:
    environ = dict(os.environ)
    done = home.run("--ssh", "far", "export", "none", "-o", "a.py", environ=environ)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "cshell: there is no session 'none'; see: cshell ls --all\n"
    (home.work / "a.py").write_text("mine")
    done = home.run("--ssh", "far", "export", "-o", "a.py", environ=environ)
    assert (done.returncode, (home.work / "a.py").read_text()) == (1, "mine")
    done = home.run("--ssh", "far", "export", "-o", "a.zip", environ=environ)
    assert "does not tell the format" in done.stderr
    done = home.run("--ssh", "far", "export", environ={**environ, "CSHELL_REMOTE": "/nowhere"})
    assert done.stderr.endswith("cshell: far does not find '/nowhere', which CSHELL_REMOTE names\n")
    done = home.run("--ssh", "far", "export", environ={**environ, "CSHELL_SSH": "/nowhere"})
    assert "cannot run /nowhere: No such file or directory" in done.stderr
    assert names(home.work) == ["a.py"]


# ---- long sessions ------------------------------------------------------------------------------------------


def test_one_whose_beginning_was_dropped(home: Home) -> None:
    journal = Written(state_root(home.environ) / "work", Bounds(size=8192)).session()
    for number in range(100):
        journal.run(f"c{number}", f"cell_{number}", number)
    for name, last in (("a.py", "\ncell_99\n"), ("a.txt", ": cell_99\n")):
        assert export(state_root(home.environ) / "work", home.work / name) is None
        text = (home.work / name).read_text()
        assert "older records were dropped" in text
        assert "missing" not in text
        assert text.count(last) == 1


def test_one_whose_beginning_was_dropped_within_a_cell(home: Home) -> None:
    journal = Written(state_root(home.environ) / "work", Bounds(size=8192)).session().submit("a", "loop()").start("a")
    for number in range(100):
        journal.print("a", f"{number}\n")
    journal.finish("a").end()
    export(state_root(home.environ) / "work", home.work / "a.txt")
    text = (home.work / "a.txt").read_text()
    assert "In [1]: loop()\n" in text
    assert "\n98\n99\n" in text
    export(state_root(home.environ) / "work", home.work / "a.py")
    assert "\nloop()\n" in (home.work / "a.py").read_text()


def test_records_that_are_none_to_this_client(home: Home) -> None:
    journal = Written(state_root(home.environ) / "work").session().submit("a", "x").start("a")
    with journal.path.open("ab") as file:
        head = journal.head
        file.write(b'{"seq":%d,"time":1.0,nonsense}\n' % (head + 1))
        file.write(b'{"seq":%d,"time":1.0,"header":{"msg_type":"of_tomorrow"}}\n' % (head + 2))
    journal._journal.head = head + 2
    journal.print("a", "text\n").finish("a").end()
    assert export(state_root(home.environ) / "work", home.work / "a.txt") is None
    assert (home.work / "a.txt").read_text().startswith("In [1]: x\ntext\n\n── session ended")


@pytest.mark.parametrize("form", exporting.FORMATS)
def test_memory_does_not_grow_with_the_output(home: Home, form: str) -> None:
    root = state_root(home.environ)
    line = "x" * 100
    journal = Written(root / "many").session()
    for number in range(1, 200):
        journal.run(f"c{number}", "x", number, f"{line}\n" * 500)
    journal.submit("one", "y").start("one", 200)
    for _ in range(200):
        journal.print("one", f"{line}\n" * 500)
    journal.finish("one").end()
    Written(root / "few").session().run("a", "x", 1, "x").end()
    script = (
        "import sys, resource\nfrom curses_client import cli\ncli.main(['export', sys.argv[1], '-o', sys.argv[2]])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    peaks = []
    for name in ("many", "few"):
        done = subprocess.run(
            [sys.executable, "-c", script, name, f"{name}.{form}"],
            env=home.environ,
            cwd=home.work,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            timeout=60,
            check=True,
        )
        peaks.append(int(done.stderr))
    assert (root / "many" / "journal.jsonl").stat().st_size > 20_000_000
    assert form == "py" or (home.work / f"many.{form}").stat().st_size > 20_000_000
    # in KB: what is read at once and what waits in memory, of the journal's 20 MB
    assert peaks[0] - peaks[1] < 16_000


def test_what_is_kept_in_many_pieces(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    places: list[tuple[int, int]] = []
    other: list[tuple[int, int]] = []
    for number in range(1000):
        spool.append(places, f"{number}é😀\ud800\n" * 100)
        if number == 500:
            spool.append(other, "other")
            assert spool.get((0, 1)) == "0"
            assert spool.get(other[0]) == "other"
            assert spool.get((0, 1)) == "0"
    assert len(places) == 2
    assert "".join(spool.pieces(places)) == "".join(f"{number}é😀\ud800\n" * 100 for number in range(1000))
    assert max(map(len, spool.pieces(places))) <= 1 << 16
    # without a name
    assert names(tmp_path) == []
    spool.close()
