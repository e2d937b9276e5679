"""``cshell log``: what was run and shown in a session, as text, also while it goes on."""

import os
import select
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from curses_client.kept import found, preface, records
from curses_client.launcher import end_descriptor
from curses_client.printout import Printout
from kernel.protocol.ended import Ended
from kernel.protocol.records import JournalFiles
from kernel.protocol.session import Session, SessionError

# seconds between two looks at a journal that is written
_LOOK_SECONDS: Final = 0.1
_UNRECORDED: Final = "the disk takes nothing at the moment: what came after this is still in memory"


def show(name: str | None, environ: Mapping[str, str], *, follow: bool) -> None:
    """Print a session's transcript and, if told to `follow`, what is added until the session ends.

    Raises:
        SessionError: there is no such session.
    """
    session, alive = found(name, environ)
    is_terminal = sys.stdout.isatty()
    colours = is_terminal and not environ.get("NO_COLOR")
    cols = os.get_terminal_size(sys.stdout.fileno()).columns or None if is_terminal else None
    if alive is not None and follow:
        printout = Printout(sys.stdout.write, live=True, colours=colours, cols=cols)
        _follow(session, alive, printout)
    else:
        printout = Printout(sys.stdout.write, colours=colours)
        files = JournalFiles(session.state)
        printout.begin(files.first, preface(files))
        for many in records(files):
            printout.take(many)
        if alive is not None and (status := alive.status()) is not None and not status.recording:
            printout.end(_UNRECORDED, is_known=False)
        else:
            printout.end("" if alive is not None else _last_words(session, printout))


def _last_words(session: Ended, printout: Printout) -> str:
    return "" if printout.has_ended else session.end(JournalFiles(session.state))[1]


def _follow(session: Ended, alive: Session, printout: Printout) -> None:
    info = alive.info()
    if info is None:
        raise SessionError(f"the session {session.name} is still starting; try again in a moment")
    end = end_descriptor(info.pid)
    # the directory may get another name meanwhile
    directory = os.open(session.state, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        held = Path(f"/proc/self/fd/{directory}")
        here = held if held.exists() else session.state
        files = JournalFiles(here)
        printout.begin(files.first, preface(files))
        after, wait = 0, 0.0
        while True:
            has_ended = end is None or bool(select.select([end], [], [], wait)[0])
            wait = _LOOK_SECONDS
            for many in records(files, after):
                printout.take(many)
                after = many[-1].seq
                sys.stdout.flush()
            if has_ended or printout.has_ended:
                break
        printout.end("" if printout.has_ended else Ended(session.name, here).end(files)[1])
    finally:
        os.close(directory)
        if end is not None:
            os.close(end)
