"""Gives a running session another name: its directories, and the connection file in which they are named."""

import errno
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from kernel.protocol.connection import Connection, ConnectionFileError
from kernel.protocol.session import Session, SessionError, keep_former

# what a directory that is to be made, and is there, is refused with
_IS_THERE: Final = (errno.EEXIST, errno.ENOTEMPTY)


def renamed(session: Session, name: str, environ: Mapping[str, str]) -> Session:
    """Move a session that this process holds to another name; who is connected stays connected.

    Raises:
        SessionError: the name is taken or unfit, or a directory cannot be moved; the session has its former name.
    """
    other = Session.named(name, environ)
    if name == session.name:
        return session
    taken = SessionError(f"the session {name!r} is running already; nothing was renamed")
    if other.is_running or other.is_new:
        raise taken
    connection = _connection(session, other)
    other.remove_runtime()
    moved: list[tuple[Path, Path]] = []
    try:
        keep_former(other)
        for directory, to in ((session.runtime, other.runtime), (session.state, other.state)):
            os.rename(directory, to)
            moved.append((directory, to))
        connection.write(other.connection_file)
    except OSError as error:
        for directory, to in reversed(moved):
            # what cannot be moved back is nothing to end the session for
            with suppress(OSError):
                os.rename(to, directory)
        if not moved and error.errno in _IS_THERE:
            # somebody has made it in this very moment
            raise taken from None
        raise SessionError(f"the session cannot be renamed: {error.strerror}; it keeps its name") from None
    return other


def _connection(session: Session, other: Session) -> Connection:
    """Return the session's connection as it is in the other directory.  Raises SessionError."""
    connection = session.connection()
    try:
        fresh = Connection.local(other.runtime, connection.key, connection.kernel_name)
    except ConnectionFileError as error:
        raise SessionError(str(error)) from None
    return replace(connection, ip=fresh.ip)
