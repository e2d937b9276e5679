"""The command line as a table: what reads it, its help, the manual page and the shells' completion are made of it."""

import argparse
import os
import sys
from typing import Any, Final, Literal, NoReturn

from curses_client.given import is_given
from kernel.protocol.value import Value

# what a shell offers for a value; nothing is for names that are new
Values = Literal["", "running", "ended", "sessions", "kernels", "files", "programs", "hosts"]


class Argument(Value):
    """An option, by its flags, or a positional argument, by its name; an option without `metavar` takes no value."""

    flags: tuple[str, ...]
    help: str
    metavar: str = ""
    values: Values = ""
    # how many there may be, in argparse's words
    number: Literal["?", "+", "*"] | None = None
    choices: tuple[str, ...] = ()
    hidden: bool = False

    @property
    def is_option(self) -> bool:
        """Whether it is told by its flag, not by its place."""
        return self.flags[0].startswith("-")


class Command(Value):
    """A command, its help and its arguments."""

    name: str
    help: str
    arguments: tuple[Argument, ...] = ()


SHELLS: Final = ("bash", "zsh", "fish")
FORMATS: Final = ("py", "ipynb", "html", "txt")
_SESSION: Final = Argument(("-s", "--session"), "name of the new session", "NAME")
_PYTHON: Final = Argument(
    ("--python",), "interpreter to run code with; without it, that of the active environment", "PATH", "programs"
)
_KERNEL: Final = Argument(("--kernel",), "run a kernel that Jupyter knows, by its name", "NAME", "kernels")
_EXISTING: Final = Argument(
    ("--existing",), "make a session of a kernel that runs already, by its connection file", "FILE", "files"
)
_FILES: Final = (
    "a file: a script with cells (# %%), a notebook, any text; +N in front of it goes to line N, "
    "- reads the standard input into the scratch buffer"
)
NEW: Final = (_SESSION, _PYTHON, _KERNEL, _EXISTING)
SSH: Final = Argument(("--ssh",), "do it on another machine, through ssh", "[USER@]HOST", "hosts")
TOP: Final = (Argument(("-V", "--version"), "print the version and end"), SSH, *NEW)

COMMANDS: Final = (
    Command(
        "new",
        "start a session (the default), with files in the editor if some are named",
        (*NEW, Argument(("files",), _FILES, "FILE", "files", "*")),
    ),
    Command(
        "attach",
        "come back to a running session",
        (
            Argument(("name",), "the session; without it, the one started last", "NAME", "running", "?"),
            Argument(("--read-only",), "only watch: nothing is run, answered or interrupted"),
        ),
    ),
    Command(
        "open",
        "show a session that has ended, read-only",
        (Argument(("name",), "the session; without it, the one that ended last", "NAME", "ended", "?"),),
    ),
    Command(
        "ls",
        "list the running sessions; with -a, also those that have ended",
        (
            Argument(("-a", "--all"), "also those that have ended"),
            Argument(("--json",), "as JSON, with times in seconds since the epoch"),
            Argument(("--names",), "only names", "WHICH", choices=("running", "ended", "all"), hidden=True),
        ),
    ),
    Command(
        "log",
        "print what was run and shown in a session, running or ended",
        (
            Argument(("name",), "the session; without it, the one started last", "NAME", "sessions", "?"),
            Argument(("-f", "--follow"), "go on as the session does, until it ends"),
        ),
    ),
    Command(
        "history",
        "print what was run in all sessions, the newest last",
        (
            Argument(("-s", "--session"), "only what was run in sessions of this name", "NAME"),
            Argument(("-g", "--grep"), "only what has this regular expression in it", "PATTERN"),
            Argument(("-n", "--count"), "only the last N", "N"),
            Argument(("--json",), "as JSON, with times in seconds since the epoch"),
        ),
    ),
    Command(
        "export",
        "write a session to a file: as a notebook, a script, a page or text",
        (
            Argument(("name",), "the session; without it, the one started last", "NAME", "sessions", "?"),
            Argument(
                ("-o", "--output"),
                "the file; its ending tells the format: .py, .ipynb, .html or .txt; - is the standard output",
                "FILE",
                "files",
            ),
            Argument(("--format",), "py, ipynb, html or txt, whatever the file is called", "FORMAT", choices=FORMATS),
            Argument(("--force",), "write over a file that is there"),
        ),
    ),
    Command(
        "rename",
        "give a session another name",
        (
            Argument(("old",), "the session; without it, the one started last", "OLD", "sessions", "?"),
            Argument(("new",), "its name from now on", "NEW"),
        ),
    ),
    Command(
        "kill",
        "end sessions and what runs in them",
        (Argument(("names",), "a session", "NAME", "running", "+"),),
    ),
    Command(
        "rm",
        "remove what is kept of sessions that have ended",
        (Argument(("names",), "a session", "NAME", "ended", "+"),),
    ),
    Command(
        "kernels",
        "list the kernels that Jupyter knows",
        (Argument(("--names",), "only names", hidden=True),),
    ),
    Command(
        "config",
        "print the configuration: each setting, its default, and where it was set",
        (
            Argument(("--defaults",), "a file to begin with instead: all settings and keys, commented out"),
            Argument(("--path",), "only where the file is"),
            Argument(("--check",), "only what is wrong in the file; the status is 1 if anything is"),
            Argument(("--edit",), "open the file in $VISUAL or $EDITOR, and check it afterwards"),
        ),
    ),
    Command("doctor", "look whether all is well here, and say how to mend what is not"),
    Command(
        "completion",
        "print what lets a shell complete this command line",
        (Argument(("shell",), "the shell", "SHELL", choices=SHELLS),),
    ),
)


class _Help(argparse.HelpFormatter):
    """Help as wide as the terminal; argparse would load shutil to know that, for each argument of each command."""

    def __init__(self, prog: str) -> None:
        try:
            cols = os.get_terminal_size(1).columns
        except OSError:
            cols = 0
        super().__init__(prog, width=(cols or 80) - 2)


class _Parser(argparse.ArgumentParser):
    """A parser that says in one sentence what is wrong."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, formatter_class=_Help, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Say it and end with status 2."""
        if message.startswith("unrecognized arguments") and "--ssh" in message:
            message += "; --ssh HOST stands in front of the command"
        print(f"cshell: {message}; see: cshell --help", file=sys.stderr)
        sys.exit(2)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; what belongs to a command is called `COMMAND_NAME` in the result."""
    top = _Parser(
        prog="cshell",
        description="A full-screen terminal client for interactive computing. Without a command, a new session "
        "is started; it goes on when the terminal is closed.",
        epilog="F1 shows the keys. The manual: man cshell.",
    )
    for argument in TOP:
        _add(top, argument, "")
    # with a name argparse need not make one, for which it would load much
    subparsers = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser, prog="cshell")
    for command in COMMANDS:
        text = f"{command.help[:1].upper()}{command.help[1:]}."
        sub = subparsers.add_parser(command.name, help=command.help, description=text)
        for argument in command.arguments:
            _add(sub, argument, f"{command.name}_")
    return top


def _add(parser: argparse.ArgumentParser, argument: Argument, prefix: str) -> None:
    # a sign of its own for argparse
    help_text = argparse.SUPPRESS if argument.hidden else argument.help.replace("%", "%%")
    dest = prefix + argument.flags[-1].lstrip("-").replace("-", "_")
    if argument.is_option and not argument.metavar:
        parser.add_argument(*argument.flags, dest=dest, action="store_true", help=help_text)
    elif argument.is_option:
        choices = argument.choices or None
        parser.add_argument(*argument.flags, dest=dest, metavar=argument.metavar, choices=choices, help=help_text)
    else:
        parser.add_argument(
            dest, metavar=argument.metavar, nargs=argument.number, choices=argument.choices or None, help=help_text
        )


def with_command(arguments: list[str]) -> list[str]:
    """Return a command line with the command for what has only the names of files: ``cshell a.py`` opens it."""
    valued = {flag for argument in TOP if argument.metavar for flag in argument.flags}
    index = 0
    while index < len(arguments) and arguments[index].startswith("-") and not is_given(arguments[index]):
        index += 2 if arguments[index] in valued else 1
    first = arguments[index : index + 1]
    if not first or first[0] in {command.name for command in COMMANDS}:
        return arguments
    is_file = is_given(first[0]) or os.sep in first[0] or "." in first[0] or os.path.isfile(first[0])
    return [*arguments[:index], "new", *arguments[index:]] if is_file else arguments


def without_ssh(arguments: list[str]) -> list[str]:
    """Return a command line without its option `--ssh`, which stands in front of the command."""
    for index, argument in enumerate(arguments):
        if argument == "--ssh":
            return arguments[:index] + arguments[index + 2 :]
        if argument.startswith("--ssh="):
            return arguments[:index] + arguments[index + 1 :]
    return arguments
