"""Completion in the shells themselves."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from curses_client import shells
from curses_client.commandline import COMMANDS, SHELLS, TOP
from kernel.protocol.session import create, state_root
from tests.curses_client.written import Written
from tests.home import Home
from tests.terminal import Terminal


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    """A home with the sessions rides and main, one that has ended, a kernel, and `cshell` on the path."""
    with Home() as made:
        programs = made.path / "bin"
        programs.mkdir()
        program = programs / "cshell"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m curses_client "$@"\n')
        program.chmod(0o755)
        made.environ["PATH"] = f"{programs}{os.pathsep}{made.environ['PATH']}"
        made.environ["PYTHONPATH"] = str(Path(__file__).parents[2])
        made.environ["JUPYTER_PATH"] = str(made.path / "jupyter")
        spec = made.path / "jupyter" / "kernels" / "mine" / "kernel.json"
        spec.parent.mkdir(parents=True)
        spec.write_text('{"argv": ["/bin/sh"], "display_name": "Mine", "language": "shell"}')
        Written(state_root(made.environ) / "over").session("over").end()
        (made.work / "kernel-1.json").touch()
        locks = [create(name, made.environ, "/")[1] for name in ("rides", "main")]
        yield made
        for lock in locks:
            os.close(lock)


# what is typed, and what is offered among others; nothing at all where nothing is expected
CASES = [
    ("cshell ", {command.name for command in COMMANDS}),
    ("cshell at", {"attach"}),
    ("cshell -s x at", {"attach"}),
    ("cshell attach ", {"rides", "main"}),
    ("cshell attach ri", {"rides"}),
    ("cshell open ", {"over"}),
    ("cshell log ", {"rides", "main", "over"}),
    ("cshell export ", {"rides", "main", "over"}),
    ("cshell export -o x.py ", {"rides", "main", "over"}),
    ("cshell export --format ", {"py", "ipynb", "html", "txt"}),
    ("cshell export -o kern", {"kernel-1.json"}),
    ("cshell kill rides ", {"rides", "main"}),
    ("cshell rm ", {"over"}),
    ("cshell rename ", {"rides", "main", "over"}),
    ("cshell rename rides ", set()),
    ("cshell --ssh host attach ", set()),
    ("cshell completion ", set(SHELLS)),
    ("cshell ls --", {"--all", "--json"}),
    ("cshell attach --", {"--read-only"}),
    ("cshell --existing kern", {"kernel-1.json"}),
    ("cshell new -s ", set()),
]


def offered(home: Home, command: list[str]) -> list[str]:
    done = subprocess.run(
        command, env=home.environ, cwd=home.work, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize("shell", SHELLS)
def test_it_has_all_that_is_listed_and_nothing_that_is_hidden(shell: str) -> None:
    script = shells.script(shell)
    for argument in [*TOP, *(argument for command in COMMANDS for argument in command.arguments)]:
        for flag in argument.flags if argument.is_option and not argument.hidden else ():
            assert flag.lstrip("-") in script
    assert "WHICH" not in script


BASH = """\
eval "$(cshell completion bash)"
# a builtin that works only while a key is served
compopt() { :; }
COMP_LINE=$1
read -ra COMP_WORDS <<< "$1"
[[ $1 == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_cshell
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(("typed", "expected"), CASES)
def test_bash(home: Home, typed: str, expected: set[str]) -> None:
    found = set(offered(home, ["bash", "-c", BASH, "bash", typed])) - {""}
    assert expected <= found
    assert bool(found) == bool(expected)


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_bash_offers_kernels(home: Home) -> None:
    assert "mine" in offered(home, ["bash", "-c", BASH, "bash", "cshell new --kernel "])


def test_bash_runs_nothing_that_a_name_says(home: Home) -> None:
    name = "$(touch ran)"
    journal = Written(state_root(home.environ) / name).session().end()
    offered(home, ["bash", "-c", BASH, "bash", "cshell rm "])
    assert not (home.work / "ran").exists()
    shutil.rmtree(journal.path.parent)


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish here")
@pytest.mark.parametrize(("typed", "expected"), CASES)
def test_fish(home: Home, typed: str, expected: set[str]) -> None:
    script = f"cshell completion fish | source; complete -C '{typed}'"
    found = {line.partition("\t")[0] for line in offered(home, ["fish", "-c", script])}
    assert expected <= found
    assert bool(found) == bool(expected)


ZSH = 'import os; os.execvp("zsh", ["zsh", "-f", "-i"])'


@pytest.mark.skipif(shutil.which("zsh") is None, reason="there is no zsh here")
def test_zsh(home: Home) -> None:
    """On a terminal, since its completion works nowhere else."""
    with Terminal(home, command=("-c", ZSH), cols=110, rows=40) as terminal:
        terminal.type("PS1='ready> '; autoload -U compinit; compinit -u -D; setopt no_beep\r")
        terminal.type('eval "$(cshell completion zsh)"; echo "loa"ded\r')
        terminal.see("loaded")
        for typed, expected in CASES:
            texts = sorted(expected)
            if len(texts) == 1 and not texts[0].startswith("-"):
                # of one match there is no list: it is typed out
                texts = [f"{typed.rpartition(' ')[0]} {texts[0]}"]
            terminal.type("\x15\x0c")
            terminal.see_no("ready> cshell")
            terminal.type(typed)
            terminal.see(f"ready> {typed.rstrip()}")
            terminal.type("\t")
            terminal.see(*texts)
            terminal.type("\x07")
        assert "command not found" not in terminal.text
