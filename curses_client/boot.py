"""Shows a session on this terminal; a first frame is there before what draws the second one is imported."""

import gc
import os
import sys

from curses_client.spawn import spawn
from curses_client.terminal import (
    Terminal,
    TerminalError,
    Terminated,
    catch_signals,
    divert_prints,
    undivert_prints,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from curses_client.given import Given
    from curses_client.launcher import Started

    # what finds or starts a session, and what waits until it can be entered: the screen is imported in between
    Join = Callable[[], Started]
    Begin = Callable[[Terminal], Join]


def show(
    name: str | None,
    *,
    attach: bool,
    python: str | None = None,
    kernel: str | None = None,
    existing: str | None = None,
    read_only: bool = False,
    given: "Given | None" = None,
) -> int:
    """Show a session on this terminal, a new one or with `attach` one that runs; return the exit status.

    A new one runs the interpreter `python`, or the `kernel` that Jupyter has under this name, or takes over the
    kernel with the connection file `existing`.  One that runs may be entered `read_only`.  What is `given` is in the
    editor.
    """

    def enter(terminal: Terminal) -> "Join":
        from curses_client import launcher

        started = launcher.enter(name, os.environ, read_only=read_only)
        return lambda: started

    def start(terminal: Terminal) -> "Join":
        if name is not None:
            _check_name(name)
        # whether these can be had is known when the session is made: what is wrong is said on the user's own screen
        is_sure = python is None and kernel is None and existing is None
        if is_sure:
            terminal.enter()
        spawned = spawn(name, python, os.environ, kernel=kernel, existing=existing)
        from curses_client import launcher

        if is_sure:
            return lambda: launcher.join(spawned, os.environ)
        started = launcher.join(spawned, os.environ)
        return lambda: started

    return on_terminal(enter if attach else start, given)


def _check_name(name: str) -> None:
    """Check that a new session can have a name.  Raises SessionError."""
    from kernel.protocol.session import Session, SessionError

    if Session.named(name, os.environ).is_running:
        raise SessionError(f"the session {name!r} is running already; enter it with: cshell attach {name}")


def show_ended(name: str | None) -> int:
    """Show a session that has ended, read-only; return the exit status."""

    def find(terminal: Terminal) -> "Join":
        from curses_client import ended

        found = ended.find(name, os.environ)
        return lambda: found

    return on_terminal(find)


def on_terminal(begin: "Begin", given: "Given | None" = None) -> int:
    """Show the session that `begin` finds on this terminal, the editor with what is given; return the exit status."""
    try:
        terminal = Terminal()
    except TerminalError as error:
        return complain(str(error))
    catch_signals()
    try:
        status, text = _show(terminal, begin, given)
    except Terminated as end:
        return end.finish()
    print(text, file=sys.stderr if status else sys.stdout)
    return status


def _show(terminal: Terminal, begin: "Begin", given: "Given | None" = None) -> tuple[int, str]:
    """Return the exit status and what is to be said when the terminal is the user's again."""
    # nothing of what is imported is garbage; the app looks for some once it has settled
    gc.disable()
    way_back = "cshell attach"
    try:
        join = begin(terminal)
        from curses_client import lean

        terminal.enter()
        lean.import_urwid()
        from curses_client.app import App

        started = join()
        way_back = started.way_back
        divert_prints(started.log)
        app = App(terminal, started, given)
        outcome = app.run()
        return started.called(app.session_name).farewell(outcome, app.failure)
    # the outermost place: what is not foreseen becomes a sentence, and its traceback goes to the log
    except Exception as error:
        return 1, f"cshell: {_sentence(error, way_back)}"
    finally:
        undivert_prints()
        terminal.restore()


def _sentence(error: Exception, way_back: str) -> str:
    from kernel.protocol.session import SessionError

    if isinstance(error, SessionError):
        return str(error)
    if isinstance(error, OSError):
        return f"the session cannot be shown: {error}"
    import traceback

    # to the log, if the prints go there by now
    traceback.print_exc()
    return (
        f"it stopped on an error of its own, {type(error).__name__}: {error}; "
        f"the session goes on, and {way_back} shows it again"
    )


def complain(sentence: str) -> int:
    """Say what is wrong in one sentence; return the exit status."""
    print(f"cshell: {sentence}", file=sys.stderr)
    return 1
