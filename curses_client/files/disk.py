"""Reading, writing and watching files."""

import os
import stat
from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path
from typing import Final

from curses_client.document import Document, NotText, Stamp, decoded, encoded
from curses_client.events import FileChanged, FileRead, FileWritten, PathsFound, WriteFile
from curses_client.files import notebooks

# bytes of a file that an editor is of no use for
_LIMIT: Final = 256 << 20
# names that a path is completed to at most
_NAMES: Final = 200


def read(path: str, line: int = 0) -> FileRead:
    """Read a file; one that is not there yet is empty."""
    try:
        return FileRead(path, _read(path), line=line)
    except FileNotFoundError:
        if not os.path.isdir(os.path.dirname(path)):
            return FileRead(path, failure="its directory is not there")
        return FileRead(path, notebooks.empty(path) if path.endswith(".ipynb") else Document(path))
    except (OSError, NotText, notebooks.NoNotebook) as error:
        return FileRead(path, failure=_reason(error))


def _read(path: str) -> Document:
    """Read a file that is there.  Raises OSError, NotText, NoNotebook."""
    # a pipe would be waited for
    found = os.stat(path)
    if stat.S_ISDIR(found.st_mode):
        raise NotText("it is a directory")
    if not stat.S_ISREG(found.st_mode):
        raise NotText("it is no regular file")
    if found.st_size > _LIMIT:
        raise NotText(f"it has more than {_LIMIT >> 20} MB")
    with open(path, "rb") as file:
        stamp = _stamp(os.fstat(file.fileno()))
        data = file.read()
    if path.endswith(".ipynb"):
        return notebooks.read(path, data, stamp)
    return decoded(path, data, stamp)


def write(wanted: WriteFile, outputs: notebooks.Outputs = ()) -> FileWritten:
    """Write a file, unless it is another one than was read; one that is only half written does not take its place.

    `outputs` are what the cells of a notebook have shown in this session.
    """
    document = wanted.document
    try:
        now = _stamp_of(document.path)
        if not wanted.over and now is not None and now != document.stamp:
            return FileWritten(wanted, is_changed=True, is_new=document.stamp is None)
        if not wanted.over and _is_read_only(document.path):
            return FileWritten(wanted, is_read_only=True)
        data = (
            notebooks.written(document, wanted.lines, outputs)
            if document.is_notebook
            else encoded(document, wanted.lines)
        )
        stamp = _put(document.path, data)
    except (OSError, NotText, notebooks.NoNotebook) as error:
        return FileWritten(wanted, failure=_reason(error))
    return FileWritten(wanted, document.written(wanted.lines, stamp))


def _is_read_only(path: str) -> bool:
    """Whether a file's rights say that it is not to be written, which keeps neither root nor a new file from it."""
    try:
        return not os.stat(path).st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(path, os.W_OK)
    except FileNotFoundError:
        return False


def _put(path: str, data: bytes) -> Stamp:
    """Write bytes so that there is either the old file or the whole new one.  Raises OSError."""
    # a link stays one
    target = Path(path).resolve()
    try:
        old = target.stat()
    except FileNotFoundError:
        old = None
    if old is not None and (old.st_nlink > 1 or old.st_uid != os.geteuid() or not os.access(target.parent, os.W_OK)):
        # other names of it, its owner and its rights would be lost with another file
        with target.open("r+b") as file:
            file.write(data)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
            return _stamp(os.fstat(file.fileno()))
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if old is not None:
                os.fchmod(file.fileno(), stat.S_IMODE(old.st_mode))
            stamp = _stamp(os.fstat(file.fileno()))
        beside.replace(target)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    return stamp


def changed(documents: Iterable[Document]) -> list[Document]:
    """Return the files that somebody else has changed since they were read, where that is not known yet."""
    return [document for document in documents if document.stamp is not None and _is_another(document)]


def _is_another(document: Document) -> bool:
    if document.is_changed:
        return False
    try:
        return _stamp_of(document.path) != document.stamp
    except OSError:
        # its directory cannot be looked into now
        return False


def reread(path: str) -> list[FileChanged]:
    """Read a file that somebody else has changed; nothing comes of one that is being written, or is of no use now."""
    try:
        return [FileChanged(path, _read(path))]
    except FileNotFoundError:
        return [FileChanged(path)]
    except (OSError, NotText, notebooks.NoNotebook):
        return []


def _stamp_of(path: str) -> Stamp | None:
    try:
        return _stamp(os.stat(path))
    except FileNotFoundError:
        return None


def _stamp(found: os.stat_result) -> Stamp:
    return Stamp(found.st_ino, found.st_mtime_ns, found.st_size)


def complete(text: str) -> PathsFound:
    """Complete a path as far as all names agree."""
    given = os.path.expanduser(text)
    directory, prefix = os.path.split(given)
    try:
        with os.scandir(directory or ".") as entries:
            names = sorted(
                entry.name + ("/" if entry.is_dir() else "")
                for entry in entries
                if entry.name.startswith(prefix) and (prefix or not entry.name.startswith("."))
            )
    except OSError:
        names = []
    if not names:
        return PathsFound(text, text, ())
    # of names in their order the first and the last differ most
    same = takewhile(lambda pair: pair[0] == pair[1], zip(names[0], names[-1], strict=False))
    common = "".join(character for character, _ in same)
    return PathsFound(text, text[: len(text) - len(prefix)] + common, tuple(names[:_NAMES]))


def _reason(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
