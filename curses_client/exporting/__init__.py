"""A session as a file: a script, a notebook, a page or text, made of its journal.

    journal     a session's directory -> its records, in pieces
      recorded  records -> entries: the cells with their outputs as they were sent
      spool     where the text of the outputs is meanwhile: on the disk
    script, notebook, page, text   a journal -> the file, in pieces; one module a format
      magics    IPython's syntax -> Python (script)
      spans, stylesheet, tables    what the page is made of
    files       pieces -> a file, whole or not at all
    command     what the command line asks for, here or on another machine

What is in memory of a session is the source of its cells; what they printed never is, however much it was.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from curses_client.exporting import files
from curses_client.exporting.journal import Journal
from curses_client.exporting.notebook import notebook
from curses_client.exporting.page import page
from curses_client.exporting.script import script
from curses_client.exporting.spool import Spool
from curses_client.exporting.text import text
from kernel.protocol.session import SessionError

__all__ = ["FORMATS", "Journal", "export", "format_of", "pieces", "write"]

FORMATS: Final[Mapping[str, Callable[[Journal, Spool], Iterator[str]]]] = {
    "py": script,
    "ipynb": notebook,
    "html": page,
    "txt": text,
}
"""What makes a file of a journal, by the ending of the file's name."""


def format_of(path: Path) -> str:
    """Return the format that a file's name tells.  Raises SessionError if it tells none."""
    name = path.suffix.removeprefix(".").lower()
    if name not in FORMATS:
        known = ", ".join(f".{ending}" for ending in FORMATS)
        raise SessionError(f"{path} does not tell the format: it ends in none of {known}; see: cshell export --help")
    return name


def pieces(journal: Journal, form: str, directory: Path | None = None) -> Iterator[bytes]:
    """Yield the file in a format; what does not fit in memory meanwhile is in a directory.

    Raises:
        SessionError: the session cannot be written in this format.
        OSError: the disk does not take what has to wait there.
    """
    spool = Spool(directory)
    try:
        for piece in FORMATS[form](journal, spool):
            # lone surrogates are no text in any encoding
            yield piece.encode("utf-8", "replace")
    finally:
        spool.close()


def write(journal: Journal, form: str, path: Path, *, force: bool) -> None:
    """Write a file.  Raises SessionError when it cannot be, or when there is one already; nothing is left then."""
    files.write(path, pieces(journal, form, path.parent), force=force)


def export(directory: Path, path: Path, *, force: bool = False, environ: Mapping[str, str] = os.environ) -> str | None:
    """Write the session that is kept in a directory to a file, whose name tells the format.

    Returns what went wrong in one sentence, None if nothing did; a file that is there is written anew only by `force`.
    """
    try:
        path = path.expanduser()
        write(Journal.at(directory, environ), format_of(path), path, force=force)
    except (SessionError, RuntimeError) as error:
        return str(error)
    return None
