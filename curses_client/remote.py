"""Sessions on other machines: the screen is here, and one connection of the user's ssh goes there."""

import hashlib
import os
import select
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import quote

from curses_client.boot import complain, on_terminal
from curses_client.framing import PROTOCOL, FramingError, Greeting, GreetingReader
from curses_client.launcher import Outcome, Started
from curses_client.line import Line
from curses_client.ssh import NOT_FOUND, Host, RemoteError, Ssh, unable
from curses_client.text.ansi import sanitise
from kernel.protocol.connection import Connection
from kernel.protocol.session import NAME, Session, xdg_directory
from kernel.protocol.wire import Wire, new_id

if TYPE_CHECKING:
    from curses_client.events import Event
    from curses_client.given import Given
    from curses_client.terminal import Terminal
    from curses_client.transport import Transport, Watcher

# bytes of the log of former connections that are kept
_LOG_LIMIT: Final = 1 << 20
# seconds that ssh may take to end once its output has, and after which what it said was not its last word
_ENDING: Final = 5.0
_LAST_WORDS: Final = 0.3


class RemoteSession(Started):
    """A session on another machine; its directory here has what its clients keep."""

    there: Host
    line: Line

    @property
    def log(self) -> str:
        """Where what ssh complains of goes, and what libraries print in this client."""
        return str(self.session.state.parent.parent / "remote.log")

    @property
    def host(self) -> str:
        """The machine that it is on."""
        return self.there.short

    @property
    def way_back(self) -> str:
        """The command that shows it again."""
        return self._command("attach")

    def _command(self, command: str) -> str:
        return f"cshell --ssh {shlex.quote(self.there.name)} {command} {self.session.name}"

    def called(self, name: str) -> Self:
        """Return this session under the name that it has now; its directory here keeps the name that it was met by."""
        return replace(self, session=replace(self.session, name=name)) if NAME.fullmatch(name) else self

    def transport(self, identity: str) -> "Transport":
        """Return the line; the relay at its other end has an identity of its own for the sockets there."""
        return self.line

    def follow(self, loop: "Watcher", told: "Callable[[Event], None]") -> None:
        """Have `told` what becomes of the line to the session, and of its supervisor."""
        self.line.follow(loop, told)

    def farewell(self, outcome: Outcome, failure: str | None) -> tuple[int, str]:
        """Return the exit status and what is said when the client is left."""
        where = f"{self.session.name} on {self.there.name}"
        if outcome in ("failed", "ended") or self.line.is_over:
            self._tidy()
        if outcome == "failed":
            reason = failure or "its supervisor ended without a word"
            return 1, f"cshell: the kernel could not be started on {self.there.name}: {reason}"
        if outcome == "detach" and not self.line.was_lost:
            return 0, f"[detached from {where}; come back with: {self.way_back}]"
        if outcome == "detach":
            return 0, (
                f"[detached from {where} while the line was lost; come back with: {self.way_back}, "
                "whose editor has the cells that did not go out]"
            )
        if outcome == "quit" and not self.line.is_over:
            why = "the line is lost: the session" if self.line.was_lost else "the session"
            return 1, f"cshell: {why} {where} does not end; end it with: {self._command('kill')}"
        return 0, f"[{where} ended]"

    def _tidy(self) -> None:
        """Leave no directory here of a session that is over, unless somebody has typed into it what was not run."""
        # loaded with the screen, which is not loaded before ssh connects
        from curses_client.keeping import tidy

        tidy(self.session.state / "clients")
        with suppress(OSError):
            self.session.state.rmdir()


def show(
    host: str,
    name: str | None,
    *,
    attach: bool,
    python: str | None = None,
    kernel: str | None = None,
    existing: str | None = None,
    read_only: bool = False,
    given: "Given | None" = None,
) -> int:
    """Show a session of another machine on this terminal, as `boot.show` does one of this one."""
    if attach:
        arguments = ["attach", *(["--", name] if name is not None else ())]
    else:
        chosen = (("--session", name), ("--python", python), ("--kernel", kernel), ("--existing", existing))
        arguments = ["new", *(f"{option}={value}" for option, value in chosen if value is not None)]

    def begin(terminal: "Terminal") -> Callable[[], Started]:
        started = connect(Host.named(host, os.environ), arguments, os.environ, read_only=read_only)
        return lambda: started

    return on_terminal(begin, given)


def run(host: str, arguments: Sequence[str], *, screen: bool = False) -> int:
    """Run a command of cshell's on another machine, its output or its screen here; return its exit status."""
    try:
        there = Host.named(host, os.environ)
        command = there.command(arguments, screen=screen)
        # of the same group: what a key of the terminal ends here is ended there too
        status = subprocess.call(command)
    except RemoteError as error:
        return complain(str(error))
    except OSError as error:
        return complain(str(unable(command[0], error)))
    except KeyboardInterrupt:
        return 130
    return complain(there.why(status, "")) if status == NOT_FOUND else status


# ---- the first connection ----------------------------------------------------------------------------------


def connect(
    there: Host, arguments: Sequence[str], environ: Mapping[str, str], *, read_only: bool = False
) -> RemoteSession:
    """Start or find a session; ssh has the terminal meanwhile, to ask what it has to.

    Raises:
        RemoteError: there is no connection, or no session.
    """
    relay = ["relay", "--identity", new_id(), *(["--read-only"] if read_only else [])]
    print(f"connecting to {there.name} ...", file=sys.stderr, flush=True)
    ssh = Ssh(there.command([*relay, *arguments]))
    try:
        _import_screen()
        greeting = _greeting(ssh, there)
        directory = _directory(there, greeting, environ)
    except BaseException:
        ssh.abandon()
        raise
    back = [*relay, "attach", "--pid", str(greeting.pid)]
    line = Line(ssh, greeting, lambda: Ssh(there.command(back, alone=True), apart=True), there.why)
    return RemoteSession(
        Session(greeting.name, directory, directory),
        Connection("ipc", "", 0, 0, 0, 0, 0, key=greeting.key, signature_scheme=greeting.scheme),
        greeting.pid,
        is_new=greeting.is_new,
        read_only=read_only,
        there=there,
        line=line,
    )


def _import_screen() -> None:
    """Load the screen while ssh connects."""
    from curses_client import lean

    lean.import_urwid()
    import curses_client.app  # noqa: F401


def _greeting(ssh: Ssh, there: Host) -> Greeting:
    """Wait for the relay there.  Raises RemoteError with what ssh or the relay says instead."""
    reader = GreetingReader()
    waiting = [ssh.stdout, ssh.stderr]
    # what ssh says is shown, but for its last line if that is the end: the error has it
    said = ""
    while True:
        ready, _, _ = select.select(waiting, [], [], _LAST_WORDS if said else None)
        if ssh.stderr in ready:
            text = ssh.hear()
            if text is None:
                waiting.remove(ssh.stderr)
            *lines, said = (said + (text or "")).splitlines(keepends=True) or [""]
            _say("".join(lines))
        if ssh.stdout not in ready:
            if not ready:
                _say(said)
                said = ""
            continue
        data = ssh.read()
        if data == b"":
            raise RemoteError(there.why(ssh.wait(_ENDING), ssh.final_words()))
        try:
            found = reader.feed(data or b"")
        except FramingError as error:
            raise RemoteError(f"{there.name} cannot be used: {error}") from None
        if found is not None:
            _say(said)
            return _checked(found[0], there)


def _say(text: str) -> None:
    print(text, end="", file=sys.stderr, flush=True)


def _checked(greeting: Greeting, there: Host) -> Greeting:
    """Return a greeting that can be worked with.  Raises RemoteError."""
    if greeting.protocol != PROTOCOL:
        raise RemoteError(
            f"the cshell on {there.name} is version {sanitise(greeting.version) or 'unknown'}, which this one "
            f"({_version()}) cannot talk to; install the same version on both machines"
        )
    if greeting.error:
        # what it says of commands is said for those who are there
        error = sanitise(greeting.error).replace("with: cshell", f"with: cshell --ssh {there.name}")
        raise RemoteError(f"on {there.name}: {error}")
    try:
        Wire(greeting.key, greeting.scheme)
    except ValueError:
        raise RemoteError(f"{there.name} cannot be used: it greets with nonsense") from None
    if not NAME.fullmatch(greeting.name) or not greeting.key:
        raise RemoteError(f"{there.name} cannot be used: it greets with nonsense")
    return greeting


def _version() -> str:
    # takes a while to import, and is hardly ever needed
    from importlib.metadata import version

    return version("cshell")


def _directory(there: Host, greeting: Greeting, environ: Mapping[str, str]) -> Path:
    """Return the directory here of a session there, made if need be.  Raises RemoteError."""
    root = xdg_directory("XDG_STATE_HOME", ".local/state", environ) / "cshell"
    # a later session of the same name is another one
    mark = hashlib.sha256(greeting.key.encode()).hexdigest()[:8]
    directory = root / "remote" / f"{greeting.name}@{quote(there.name, safe='@')[:100]}-{mark}"
    log = root / "remote.log"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > _LOG_LIMIT:
            log.unlink()
    except OSError as error:
        raise RemoteError(f"cannot make the directory {directory}: {error.strerror}") from None
    return directory
