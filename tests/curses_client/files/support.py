"""A client with files open in its editor."""

from curses_client.document import Document, Stamp
from curses_client.events import FileRead, FileWritten, WriteFile
from tests.curses_client.support import Client, Journal

STAMP = Stamp(1, 1, 1)
CELLS = "# %% one\na = 1\n\n# %% [markdown]\n# text\n\n# %% three\nb = 2\nprint(b)"


def document(text: str = CELLS, path: str = "/w/a.py") -> Document:
    return Document(path, tuple(text.split("\n")), stamp=STAMP)


def opened(text: str = CELLS, path: str = "/w/a.py", cols: int = 80, rows: int = 24) -> Client:
    """A client that has read a file."""
    client = Client(cols=cols, rows=rows, journal=Journal().session())
    return client.send(FileRead(path, document(text, path)))


def save(client: Client) -> Client:
    """Do what was asked for last: write the file."""
    wanted = next(effect for effect in reversed(client.effects) if isinstance(effect, WriteFile))
    return client.send(FileWritten(wanted, wanted.document.written(wanted.lines, Stamp(1, 2, 2))))
