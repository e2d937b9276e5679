"""Writing what may be long to a file: what is only half written does not stay, nor is anything overwritten unasked."""

import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from kernel.protocol.session import SessionError


class FileTaken(SessionError):
    """There is such a file, which nobody said to write over."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"there is a file {path} already")


def free(path: Path, *, force: bool) -> None:
    """Look whether a file may be written.  Raises SessionError if there is one, unless told to `force` it."""
    if path.is_dir():
        raise SessionError(f"{path} is a directory; nothing was written")
    if not force and path.is_file():
        raise FileTaken(path)


def write(path: Path, pieces: Iterable[bytes], *, force: bool) -> None:
    """Write a file beside the one that it becomes when it is whole.

    Raises:
        SessionError: it cannot be written, or there is one (FileTaken); nothing is left of what was written.
    """
    free(path, force=force)
    if path.is_symlink():
        path = path.resolve()
    # a device or a pipe is written to
    is_special = path.exists() and not path.is_file()
    beside = path if is_special else path.with_name(f".{path.name[:200]}.{os.getpid()}")
    try:
        with beside.open("wb" if is_special else "xb") as file:
            for piece in pieces:
                file.write(piece)
        if not is_special:
            _put(beside, path, force=force)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SessionError(f"{path} cannot be written: {reason}; nothing is left of it") from None
    finally:
        if not is_special:
            with suppress(OSError, ValueError):
                beside.unlink(missing_ok=True)


def _put(beside: Path, path: Path, *, force: bool) -> None:
    """Give a file its name."""
    if force:
        beside.replace(path)
        return
    try:
        # in one step: somebody else may have written one meanwhile
        os.link(beside, path)
    except FileExistsError:
        raise FileTaken(path) from None
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV):
            raise
        # a file system without links
        free(path, force=False)
        beside.replace(path)
