"""The command `cshell`: a first frame is on the screen before what draws the second one is imported."""

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


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if not arguments:
        return show(None, attach=False)
    from curses_client.cli import main as command

    return command(arguments)


def show(name: str | None, *, attach: bool) -> int:
    """Show a session on this terminal, a new one or with `attach` one that runs; return the exit status."""
    try:
        terminal = Terminal()
    except TerminalError as error:
        return complain(str(error))
    catch_signals()
    try:
        return _show(terminal, name, attach=attach)
    except Terminated as end:
        return end.finish()


def _show(terminal: Terminal, name: str | None, *, attach: bool) -> int:
    # nothing of what is imported is garbage; the app looks for some once it has settled
    gc.disable()
    if not attach:
        terminal.enter()
    try:
        spawned = None if attach else spawn(name, os.environ)
        from curses_client.launcher import SessionError, enter, farewell, join

        try:
            started = enter(name, os.environ) if spawned is None else None
            terminal.enter()
            from curses_client import lean

            lean.import_urwid()
            from curses_client.app import App

            if started is None:
                assert spawned is not None
                started = join(spawned, os.environ)
        except SessionError as error:
            terminal.restore()
            return complain(str(error))
        divert_prints(started.log)
        try:
            app = App(terminal, started)
            outcome = app.run()
        finally:
            undivert_prints()
    finally:
        terminal.restore()
    status, text = farewell(started, outcome, app.failure)
    print(text, file=sys.stderr if status else sys.stdout)
    return status


def complain(sentence: str) -> int:
    """Say what is wrong in one sentence; return the exit status."""
    print(f"cshell: {sentence}", file=sys.stderr)
    return 1
