"""The command line beyond a plain `cshell`: its options, and the commands that need no screen."""

import argparse
import os
import sys
import time
from typing import Any, Final, NoReturn

from curses_client.boot import complain, show
from curses_client.text.ansi import sanitise
from kernel.protocol.session import SessionError, running

_PYTHON: Final = "interpreter to run code with; without it, that of the active environment"


class _Parser(argparse.ArgumentParser):
    """A parser that says in one sentence what is wrong."""

    def error(self, message: str) -> NoReturn:
        """Say it and end with status 2."""
        print(f"cshell: {message}; see: cshell --help", file=sys.stderr)
        sys.exit(2)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = _Parser(
        prog="cshell",
        description="A full-screen terminal client for interactive computing. Without a command, a new session "
        "is started; it goes on when the terminal is closed.",
        epilog="F1 shows the keys. The manual: man cshell.",
    )
    top.add_argument("-V", "--version", action="store_true", help="print the version and end")
    top.add_argument("-s", "--session", metavar="NAME", help="name of the new session")
    top.add_argument("--python", metavar="PATH", help=_PYTHON)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    new = commands.add_parser("new", help="start a session (the default)")
    new.add_argument("-s", "--session", metavar="NAME", dest="new_session", help="name of the new session")
    new.add_argument("--python", metavar="PATH", dest="new_python", help=_PYTHON)
    attach = commands.add_parser("attach", help="come back to a running session")
    attach.add_argument("name", nargs="?", metavar="NAME", help="the session; without it, the one started last")
    commands.add_parser("ls", help="list the running sessions")
    kill = commands.add_parser("kill", help="end a session and what runs in it")
    kill.add_argument("name", metavar="NAME", help="the session")
    return top


def main(arguments: list[str]) -> int:
    """Run a command line; return the exit status."""
    top = parser()
    given = top.parse_args(arguments)
    for option, value in (("a name", given.session), ("an interpreter", given.python)):
        if value is not None and given.command not in (None, "new"):
            top.error(f"{option} is for a new session, not for {given.command}")
    try:
        return _run(given)
    except SessionError as error:
        return complain(str(error))


def _run(given: Any) -> int:
    if given.version:
        # takes a while to import, and is needed here only
        from importlib.metadata import version

        print(f"cshell {version('cshell')}")
        return 0
    match given.command:
        case None:
            return show(given.session, attach=False, python=given.python)
        case "new":
            name = given.session if given.new_session is None else given.new_session
            return show(name, attach=False, python=given.python if given.new_python is None else given.new_python)
        case "attach":
            return show(given.name, attach=True)
        case "ls":
            return _list()
        case _:
            return _kill(given.name)


def _list() -> int:
    sessions = running(os.environ)
    if not sessions:
        print("no session is running")
        return 0
    rows = [("NAME", "PID", "AGE", "DIRECTORY")]
    for session in sessions:
        info = session.info()
        if info is None:
            rows.append((session.name, "", "starting", ""))
        else:
            rows.append((session.name, str(info.pid), age(time.time() - info.started), sanitise(info.cwd)))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        print("  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[3]]).rstrip())
    return 0


def age(seconds: float) -> str:
    """Return a length of time in its largest unit: 40 s, 12 min, 3 h, 2 d."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(max(seconds, 0))} s"


def _kill(name: str) -> int:
    from curses_client.launcher import kill

    kill(name, os.environ)
    print(f"[{name} ended]")
    return 0
