"""``cshell relay``: what ssh runs beside a session, to carry its messages between a pipe and its sockets.

It finds or starts the session, greets, and then passes messages on as they are (see `framing`) until its input ends;
the session lives on.  Nothing else is ever written to its output.
"""

import argparse
import os
import select
import signal
import sys
import time
from typing import Any, Final, NoReturn

from curses_client.framing import PROTOCOL, Greeting, Unpacker, packed
from curses_client.launcher import SessionError, Started, end_descriptor, enter, join
from curses_client.place import Place, PlaceTakenError
from curses_client.spawn import spawn
from curses_client.transport import CHANNELS, Transport
from kernel.protocol.session import Session, running

_CHUNK: Final = 1 << 16
# bytes that may wait for a slow line before the sockets have to
_UNSENT_LIMIT: Final = 1 << 20
# seconds in which a session has begun, and how often that is looked for
_PATIENCE: Final = 5.0
_LOOK: Final = 0.005
# seconds in which the last messages of a supervisor that has ended arrive, and those for a line that closes
_LAST_MESSAGES: Final = 0.5
_LAST_BYTES: Final = 5.0
# how a journal begins, and what it has once its kernel was ready: a text that says so has its quotes escaped there
_BEGINNING: Final = b'{"seq":1,'
_READY: Final = b'"msg_type":"kernel_started"'
# bytes that the journal of a session may have that never began
_SHORT: Final = 1 << 20


class _Parser(argparse.ArgumentParser):
    """A parser that says in one sentence what is wrong."""

    def error(self, message: str) -> NoReturn:
        """Say it and end with status 2."""
        print(f"cshell relay: {message}", file=sys.stderr)
        sys.exit(2)


def parser() -> argparse.ArgumentParser:
    """Return the parser of its command line, which the client writes."""
    top = _Parser(prog="cshell relay", description=__doc__, allow_abbrev=False)
    top.add_argument("--identity", required=True, type=_identity, help="what the client is known by in the session")
    top.add_argument("--read-only", action="store_true", help="pass on nothing but what reads the journal")
    commands = top.add_subparsers(dest="command", required=True)
    new = commands.add_parser("new")
    new.add_argument("-s", "--session", metavar="NAME")
    for option in ("--python", "--kernel", "--existing"):
        new.add_argument(option)
    attach = commands.add_parser("attach")
    attach.add_argument("name", nargs="?", metavar="NAME")
    attach.add_argument("--pid", type=int, help="the supervisor's, by which a session is found that was renamed")
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
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        started = _started(given)
        place = _place(started.session, given.identity)
    except _GoneError as error:
        return _refuse(output, Greeting(PROTOCOL, error=str(error), is_gone=True))
    except SessionError as error:
        return _refuse(output, Greeting(PROTOCOL, error=str(error)))
    try:
        os.write(output, _greeting(started).line())
        relay = _Relay(started.transport(given.identity), output, is_read_only=given.read_only)
        if relay.run(started.pid) and started.is_new:
            _remove_unless_begun(started.session)
    # the outermost place: the client keeps what is said here in its log
    except Exception as error:
        print(f"cshell relay: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    finally:
        place.leave()
    return 0


def _refuse(output: int, greeting: Greeting) -> int:
    os.write(output, greeting.line())
    return 1


# ---- the session -------------------------------------------------------------------------------------------


class _GoneError(Exception):
    """The session that a client comes back to has ended."""


def _started(given: Any) -> Started:
    if given.command == "attach":
        return enter(given.name if given.pid is None else _name_of(given.pid), os.environ)
    try:
        spawned = spawn(given.session, given.python, os.environ, kernel=given.kernel, existing=given.existing)
        return join(spawned, os.environ)
    except OSError as error:
        raise SessionError(f"the session cannot be started: {error}") from None


def _name_of(pid: int) -> str:
    """Return the name of the session whose supervisor is a process.  Raises _GoneError, SessionError."""
    end = time.monotonic() + _PATIENCE
    while True:
        found = [(session, session.info()) for session in running(os.environ)]
        for session, info in found:
            if info is not None and info.pid == pid:
                return session.name
        if all(info is not None for _, info in found):
            raise _GoneError("the session has ended")
        # one that begins has not said yet whose it is
        if time.monotonic() > end:
            raise SessionError("the session is still starting")
        time.sleep(_LOOK)


def _greeting(started: Started) -> Greeting:
    # takes a while to import, which the kernel of a new session needs anyway
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


def _place(session: Session, identity: str) -> Place:
    """Become the one relay of a client beside a session.  Raises SessionError."""
    try:
        return Place(session.runtime / f"relay-{identity}")
    except OSError as error:
        raise SessionError(f"the session {session.name} cannot be entered: {error.strerror}") from None
    except PlaceTakenError:
        raise SessionError(f"the session {session.name} has a client's former relay that does not end") from None


def _remove_unless_begun(session: Session) -> None:
    """Remove what a session leaves behind whose kernel was never ready; what is in doubt stays."""
    try:
        with session.journal.open("rb") as file:
            journal = file.read(_SHORT + 1)
    except OSError:
        return
    if len(journal) <= _SHORT and journal.startswith(_BEGINNING) and _READY not in journal:
        session.remove()


# ---- the messages ------------------------------------------------------------------------------------------


class _Relay:
    """Passes messages on between descriptor 0, a pipe for the output, and a session's sockets."""

    def __init__(self, transport: Transport, output: int, *, is_read_only: bool) -> None:
        self._transport = transport
        self._sources = transport.open(self._say, lambda: None)
        self._output = output
        os.set_blocking(output, False)
        self._channels = ("feed",) if is_read_only else CHANNELS
        self._unpacker = Unpacker()
        self._unsent = bytearray()
        self._poll = select.poll()
        for source in self._sources:
            self._poll.register(source.fileno(), select.POLLIN)
        self._poll.register(0, select.POLLIN)

    def run(self, pid: int) -> bool:
        """Go on until the input ends, or the supervisor does; return whether it was that.

        Raises:
            FramingError: the other side sends what makes no sense.
        """
        end = end_descriptor(pid)
        if end is not None:
            self._poll.register(end, select.POLLIN)
        try:
            while end is not None:
                ready = self._wait()
                if 0 in ready and not self._take_input():
                    return False
                self._serve()
                self._flush()
                if end in ready:
                    end = None
            self._tell_end()
        except BrokenPipeError:
            # nobody hears us; what was said before is passed on nevertheless
            self._take_rest()
            return False
        finally:
            self._transport.close()
        return True

    def _wait(self) -> dict[int, int]:
        """Wait for something to do; return what is ready, with its events.  Raises BrokenPipeError."""
        self._poll.register(self._output, select.POLLOUT if self._unsent else 0)
        # asked in any case: a descriptor of zmq's is ready until then
        waiting = [source for source in self._sources if source.pending()]
        ready = dict(self._poll.poll(0 if waiting and self._has_room else None))
        if ready.get(self._output, 0) & (select.POLLERR | select.POLLHUP):
            raise BrokenPipeError
        return ready

    @property
    def _has_room(self) -> bool:
        return len(self._unsent) < _UNSENT_LIMIT

    def _take_input(self) -> bool:
        """Pass on what came; return False at the end of the input."""
        data = os.read(0, _CHUNK)
        for channel, frames in self._unpacker.feed(data):
            if channel in self._channels:
                self._transport.send(channel, frames)
            elif channel == "ping":
                self._say(channel, frames)
        return bool(data)

    def _take_rest(self) -> None:
        while select.select([0], [], [], 0)[0] and self._take_input():
            pass

    def _serve(self) -> None:
        for source in self._sources:
            while self._has_room and source.pending():
                source.serve()

    def _say(self, channel: str, frames: list[bytes]) -> None:
        self._unsent += packed(channel, frames)

    def _flush(self) -> None:
        try:
            while self._unsent:
                del self._unsent[: os.write(self._output, self._unsent)]
        except BlockingIOError:
            pass

    def _tell_end(self) -> None:
        """Say that the supervisor has ended, behind its last messages."""
        end = time.monotonic() + _LAST_MESSAGES
        while (left := end - time.monotonic()) > 0:
            select.select([source.fileno() for source in self._sources], [], [], left)
            self._serve()
        self._say("ended", [])
        end = time.monotonic() + _LAST_BYTES
        while self._unsent and (left := end - time.monotonic()) > 0:
            select.select([], [self._output], [], left)
            self._flush()
