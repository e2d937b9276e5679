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


def show(name: str | None, *, attach: bool, python: str | None = None) -> int:
    """Show a session on this terminal, a new one or with `attach` one that runs; return the exit status.

    In a new one the interpreter `python` runs code, if it is given.
    """
    try:
        terminal = Terminal()
    except TerminalError as error:
        return complain(str(error))
    catch_signals()
    try:
        status, text = _show(terminal, name, attach=attach, python=python)
    except Terminated as end:
        return end.finish()
    print(text, file=sys.stderr if status else sys.stdout)
    return status


def _show(terminal: Terminal, name: str | None, *, attach: bool, python: str | None = None) -> tuple[int, str]:
    """Return the exit status and what is to be said when the terminal is the user's again."""
    # nothing of what is imported is garbage; the app looks for some once it has settled
    gc.disable()
    try:
        if not attach:
            terminal.enter()
            spawned = spawn(name, python, os.environ)
        from curses_client import launcher, lean

        started = launcher.enter(name, os.environ) if attach else None
        terminal.enter()
        lean.import_urwid()
        from curses_client.app import App

        if started is None:
            started = launcher.join(spawned, os.environ)
        divert_prints(started.log)
        app = App(terminal, started)
        return launcher.farewell(started, app.run(), app.failure)
    # the outermost place: what is not foreseen becomes a sentence, and its traceback goes to the log
    except Exception as error:
        return 1, f"cshell: {_sentence(error)}"
    finally:
        undivert_prints()
        terminal.restore()


def _sentence(error: Exception) -> str:
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
        "the session goes on, and cshell attach shows it again"
    )


def complain(sentence: str) -> int:
    """Say what is wrong in one sentence; return the exit status."""
    print(f"cshell: {sentence}", file=sys.stderr)
    return 1
