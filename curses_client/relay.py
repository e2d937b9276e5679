"""``cshell relay``: what ssh runs beside a session, to carry its messages between a pipe and its sockets.

It finds or starts the session, greets, and then passes messages on as they are (see `framing`) until its input ends;
the session lives on.  Nothing else is ever written to its output.
"""

import argparse
import fcntl
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any, Final

import zmq

from curses_client.framing import PROTOCOL, FramingError, Greeting, Unpacker, packed
from curses_client.launcher import SessionError, Started, end_descriptor, enter, join
from curses_client.spawn import spawn
from kernel.protocol.session import Session

_SOCKETS: Final = ("control", "stdin", "shell", "feed")
_CHUNK: Final = 1 << 16
# bytes that may wait for a slow line before the sockets have to
_UNSENT_LIMIT: Final = 1 << 20
_LINGER_MS: Final = 500
# seconds that a new supervisor may take until it listens, and a former relay until it is gone
_PATIENCE: Final = 30.0
_LOOK: Final = 0.005
# seconds in which the last messages of a supervisor that has ended arrive, and those for a line that is closed
_LAST_MESSAGES: Final = 0.1
_LAST_BYTES: Final = 5.0
# what a journal has once its kernel was ready; text in a record would have its quotes escaped
_READY: Final = b'"msg_type":"kernel_started"'


def parser() -> argparse.ArgumentParser:
    """Return the parser of its command line, which other versions of cshell write."""
    top = argparse.ArgumentParser(prog="cshell relay", description=__doc__, allow_abbrev=False)
    top.add_argument("--identity", required=True, type=_identity, help="what the client is known by in the session")
    top.add_argument("--read-only", action="store_true", help="pass on nothing but what reads the journal")
    commands = top.add_subparsers(dest="command", required=True)
    new = commands.add_parser("new")
    new.add_argument("-s", "--session", metavar="NAME")
    new.add_argument("--python", metavar="PATH")
    commands.add_parser("attach").add_argument("name", nargs="?", metavar="NAME")
    return top


def _identity(text: str) -> str:
    if not 1 <= len(text) <= 64 or not set(text) <= set("0123456789abcdef"):
        raise argparse.ArgumentTypeError("it must be hexadecimal")
    return text


def main(arguments: list[str]) -> int:
    """Carry messages until the input ends; return the exit status."""
    given = parser().parse_args(arguments)
    # the pipe is for messages: what anything prints goes the way of complaints
    output = os.dup(1)
    os.dup2(2, 1)
    # the other side is gone, whoever says so
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        started = _started(given)
        greeting = _greeting(started)
    except SessionError as error:
        started, greeting = None, Greeting(PROTOCOL, error=str(error), is_gone=_is_gone(given))
    try:
        os.write(output, greeting.line())
        if started is None:
            return 1
        place = _Place(started.session, given.identity)
        _Relay(started, given.identity, output, is_read_only=given.read_only).run()
        place.leave()
    except BrokenPipeError:
        pass
    return 0


def _started(given: Any) -> Started:
    if given.command == "attach":
        return enter(given.name, os.environ)
    try:
        return join(spawn(given.session, given.python, os.environ), os.environ)
    except OSError as error:
        raise SessionError(f"the session cannot be started: {error}") from None


def _greeting(started: Started) -> Greeting:
    # takes a while to import, which a new session's kernel needs anyway
    from importlib.metadata import version

    connection = started.connection
    return Greeting(
        PROTOCOL,
        version("cshell"),
        started.session.name,
        connection.key,
        connection.signature_scheme,
        started.pid,
        started.is_new,
    )


def _is_gone(given: Any) -> bool:
    """Whether the session that a client wants to come back to has ended."""
    try:
        return given.command == "attach" and given.name is not None and not _named(given.name).is_running
    except SessionError:
        return False


def _named(name: str) -> Session:
    return Session.named(name, os.environ)


class _Place:
    """The one relay of a client beside a session: one whose line is dead may not know it yet, and is ended."""

    def __init__(self, session: Session, identity: str) -> None:
        self._path = session.runtime / f"relay-{identity}"
        end = time.monotonic() + _PATIENCE
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.open(self._path, flags, 0o600)
        while not self._taken():
            former = os.pread(self._file, 20, 0)
            if former.isdigit() and time.monotonic() < end:
                # whoever holds the lock is the one who wrote this
                os.kill(int(former), signal.SIGTERM)
            time.sleep(_LOOK)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode(), 0)
