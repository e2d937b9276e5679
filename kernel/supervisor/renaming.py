"""Gives a running session another name: its directories, and the connection file in which they are named."""

import os
from collections.abc import Mapping
from dataclasses import replace

from kernel.protocol.connection import Connection, ConnectionFileError
from kernel.protocol.session import Session, SessionError, keep_former


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
    keep_former(other)
    try:
        os.rename(session.runtime, other.runtime)
    except OSError:
        # somebody has made it in this very moment
        raise taken from None
    try:
        os.rename(session.state, other.state)
        connection.write(other.connection_file)
    except OSError as error:
        os.rename(other.runtime, session.runtime)
        if other.state.exists():
            os.rename(other.state, session.state)
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
