"""The command line beyond a plain `cshell`: what each command does."""

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

from curses_client.boot import complain, show, show_ended
from curses_client.commandline import parser, with_command, without_ssh
from curses_client.given import Given, GivenError
from curses_client.given import given as editor_given
from kernel.protocol.session import SessionError, find

# as a shell reports the end by SIGPIPE and SIGINT
_PIPE_CLOSED: Final = 141
_INTERRUPTED: Final = 130
# what may be said in front of a command for a new session, and what it is called
_FOR_NEW: Final = {"session": "a name", "python": "an interpreter", "kernel": "a kernel", "existing": "a kernel"}


def main(arguments: list[str]) -> int:
    """Run a command line; return the exit status."""
    if arguments[:1] == ["relay"]:
        # for another machine's cshell, which has its own words for it
        from curses_client.relay import main as relay

        return relay(arguments[1:])
    top = parser()
    arguments = with_command(arguments)
    given = top.parse_args(arguments)
    for option, value in _FOR_NEW.items():
        if getattr(given, option) is not None and given.command not in (None, "new"):
            top.error(f"{value} is for a new session, not for {given.command}")
    new = {option: _either(given, option) for option in _FOR_NEW}
    chosen = [f"--{option}" for option in ("python", "kernel", "existing") if new[option] is not None]
    if len(chosen) > 1:
        top.error(f"{chosen[0]} and {chosen[1]} exclude each other")
    try:
        if given.ssh is not None:
            return _remote(given, new, without_ssh(arguments))
        return _printed(lambda: _run(given, new))
    except GivenError as error:
        return complain(str(error))


def _either(given: Any, option: str) -> str | None:
    """Return what `new` has behind it, else what stands in front of it."""
    behind: str | None = getattr(given, f"new_{option}", None)
    before: str | None = getattr(given, option)
    return before if behind is None else behind


def _printed(run: Callable[[], int]) -> int:
    """Run a command that prints; who reads it may have enough."""
    try:
        # whatever a terminal's encoding lacks is a question mark
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
        status = run()
        sys.stdout.flush()
    except SessionError as error:
        return complain(str(error))
    except KeyboardInterrupt:
        return _INTERRUPTED
    except OSError as error:
        _let_go_of_output()
        if isinstance(error, BrokenPipeError):
            return _PIPE_CLOSED
        where = f"{error.filename}: " if error.filename is not None else ""
        return complain(f"this cannot be done: {where}{error.strerror or error}")
    return status


def _let_go_of_output() -> None:
    """Print what is left; what has nowhere to go is dropped, or Python would complain of it at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(given: Any, new: Mapping[str, str | None]) -> int:
    if given.version:
        # takes a while to import, and is needed here only
        from importlib.metadata import version

        print(f"cshell {version('cshell')}")
        return 0
    match given.command:
        case None | "new":
            session, python, kernel, existing = new.values()
            return show(session, attach=False, python=python, kernel=kernel, existing=existing, given=_given(given))
        case "attach":
            return show(given.attach_name, attach=True, read_only=given.attach_read_only)
        case "open":
            return show_ended(given.open_name)
        case command:
            return _COMMANDS[command](given)


def _given(given: Any) -> Given | None:
    """Return what is for the editor, if anything is.  Raises GivenError."""
    names = getattr(given, "new_files", None)
    return editor_given(names) if names else None


def _remote(given: Any, new: Mapping[str, str | None], rest: list[str]) -> int:
    """Do it on another machine."""
    from curses_client import remote

    match given.command:
        case None | "new" if not given.version:
            name, python, kernel, existing = new.values()
            return remote.show(
                given.ssh, name, attach=False, python=python, kernel=kernel, existing=existing, given=_given(given)
            )
        case "attach":
            return remote.show(given.ssh, given.attach_name, attach=True, read_only=given.attach_read_only)
        case "open":
            # its journal is read there, and this terminal only shows it
            return remote.run(given.ssh, rest, screen=True)
        case "export":
            from curses_client.exporting.command import run_there

            return _printed(lambda: run_there(given.ssh, _wanted(given), os.environ))
        case _:
            return remote.run(given.ssh, rest)


# ---- the commands that need no screen; each loads what it needs ----------------------------------------------


def _ls(given: Any) -> int:
    from curses_client import listing

    if given.ls_names is not None:
        for name in listing.names(os.environ, given.ls_names):
            print(name)
    else:
        listing.show(os.environ, with_ended=given.ls_all, is_json=given.ls_json)
    return 0


def _log(given: Any) -> int:
    from curses_client import log

    log.show(given.log_name, os.environ, follow=given.log_follow)
    return 0


def _history(given: Any) -> int:
    from curses_client.history import printing

    wanted = given.history_session, given.history_grep, given.history_count
    printing.show(os.environ, *wanted, is_json=given.history_json)
    return 0


def _export(given: Any) -> int:
    from curses_client.exporting.command import run

    run(_wanted(given), os.environ)
    return 0


def _wanted(given: Any) -> Any:
    from curses_client.exporting.command import Wanted

    return Wanted(given.export_name, given.export_output, given.export_format, given.export_force)


def _kill(given: Any) -> int:
    from curses_client.launcher import kill

    def end(name: str) -> None:
        kill(name, os.environ)
        print(f"[{name} ended]")

    return _each(given.kill_names, end)


def _rename(given: Any) -> int:
    from curses_client.control import rename
    from curses_client.launcher import enter
    from kernel.protocol import ended
    from kernel.protocol.session import Session, running

    old, new = given.rename_old, given.rename_new
    # a name that cannot be one is refused before anybody is asked
    Session.named(new, os.environ)
    if old is None:
        old = find(None, os.environ).name
    if any(session.name == old for session in running(os.environ)):
        rename(enter(old, os.environ), new)
    else:
        kept = next((session for session in ended.ended(os.environ) if session.name == old), None)
        if kept is None:
            raise SessionError(f"there is no session {old!r}, running or ended; see: cshell ls --all")
        ended.rename(kept, new, os.environ)
    print(f"[{old} is called {new} now]")
    return 0


def _rm(given: Any) -> int:
    from kernel.protocol.ended import remove
    from kernel.protocol.session import running

    def go(name: str) -> None:
        if any(session.name == name for session in running(os.environ)):
            raise SessionError(f"the session {name} is running; end it with: cshell kill {name}")
        remove(_kept(name), os.environ)
        print(f"[what was kept of {name} is removed]")

    return _each(given.rm_names, go)


def _kept(name: str) -> Any:
    from kernel.protocol.ended import find_ended

    return find_ended(name, os.environ)


def _each(names: list[str], act: Callable[[str], None]) -> int:
    """Do something with each name, with the others also when one fails."""
    status = 0
    for name in names:
        try:
            act(name)
        except SessionError as error:
            status = complain(str(error))
    return status


def _kernels(given: Any) -> int:
    from curses_client import kernelspecs

    kernelspecs.show(os.environ, only_names=given.kernels_names)
    return 0


def _config(given: Any) -> int:
    from curses_client.configuration import command

    chosen = [name for name in ("defaults", "path", "check", "edit") if getattr(given, f"config_{name}")]
    if len(chosen) > 1:
        raise SessionError(f"--{chosen[0]} and --{chosen[1]} exclude each other")
    return command.WAYS[chosen[0] if chosen else ""](os.environ)


def _doctor(given: Any) -> int:
    from curses_client import doctor

    return doctor.show(os.environ)


def _completion(given: Any) -> int:
    from curses_client import shells

    print(shells.script(given.completion_shell), end="")
    return 0


_COMMANDS: Final[Mapping[str, Callable[[Any], int]]] = {
    "ls": _ls,
    "log": _log,
    "history": _history,
    "export": _export,
    "kill": _kill,
    "rename": _rename,
    "rm": _rm,
    "kernels": _kernels,
    "config": _config,
    "doctor": _doctor,
    "completion": _completion,
}
