"""The user's own ssh: its command line, a process of it, and in one sentence why it ended."""

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from curses_client.text.ansi import sanitise
from kernel.protocol.session import SessionError

# no terminal there; a dead line is noticed within 20 seconds; a command that the user's configuration
# has for this host is for logging in
_OPTIONS: Final = (
    *("-T", "-o", "RemoteCommand=none"),
    *("-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3"),
)
# when nobody can be asked
_ALONE: Final = ("-o", "BatchMode=yes", "-o", "ConnectTimeout=15")
_CSHELL: Final = "cshell"
# where programs of a user's own are that a shell's start-up files may not name when nobody logs in
_PATH: Final = 'PATH="$HOME/.local/bin:$HOME/.cshell/bin:$PATH"; export PATH; '
# the shell there would complain of it in words of its own
_FOUND: Final = f"command -v {_CSHELL} >/dev/null || exit 127; "
# what ssh ends with when it is not the command's end
OWN_FAILURE: Final = 255
NOT_FOUND: Final = 127
# argparse's
_WRONG_USAGE: Final = 2
_CHUNK: Final = 1 << 16
_LINE_LIMIT: Final = 4096


class RemoteError(SessionError):
    """A session of another machine cannot be entered; the text is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Host:
    """A machine as ssh knows it, which program reaches it, and the command that is cshell there."""

    name: str
    ssh: tuple[str, ...]
    cshell: str

    @classmethod
    def named(cls, name: str, environ: Mapping[str, str]) -> Self:
        """Return a host, with what CSHELL_SSH and CSHELL_REMOTE say.  Raises RemoteError."""
        if not name or name.startswith("-") or not name.isprintable() or " " in name:
            raise RemoteError(f"{sanitise(name)!r} is no host; nothing was connected")
        try:
            program = tuple(shlex.split(environ.get("CSHELL_SSH", ""))) or ("ssh",)
        except ValueError:
            raise RemoteError("CSHELL_SSH is no command: a quote in it is not closed") from None
        return cls(name, program, environ.get("CSHELL_REMOTE", "").strip() or _CSHELL)

    @property
    def short(self) -> str:
        """Its name without the user's, as ssh reads it (`ssh://` and a port may be around it)."""
        return self.name.removeprefix("ssh://").rpartition("@")[2]

    def command(self, arguments: Sequence[str], *, alone: bool = False, screen: bool = False) -> list[str]:
        """Return the command that runs `cshell` with arguments there.

        `alone`: ssh asks nobody anything; `screen`: it is run on a terminal there that is shown on this one.
        """
        # quoted for whatever shell is the user's there; the name of the program is a command of that shell's own
        found = _FOUND if self.cshell == _CSHELL else ""
        script = f"{_PATH}{found}exec {self.cshell} {shlex.join(arguments)}"
        options = (*_OPTIONS, *(_ALONE if alone else ()), *(("-t",) if screen else ()))
        return [*self.ssh, *options, "--", self.name, f"sh -c {shlex.quote(script)}"]

    def why(self, status: int | None, last_words: str) -> str:
        """Return in one sentence why ssh or what it ran ended without a session."""
        said = last_words or "it ended without a word"
        match status:
            case 0 | None:
                return f"{self.name} does not answer as cshell does: {said}"
            case _ if status == OWN_FAILURE:
                return f"{self.name} cannot be reached: {said}"
            case _ if status == NOT_FOUND and self.cshell != _CSHELL:
                return f"{self.name} does not find {sanitise(self.cshell)!r}, which CSHELL_REMOTE names"
            case _ if status == NOT_FOUND:
                return f"there is no cshell on {self.name}: install it there, or name it with CSHELL_REMOTE"
            case _ if status == _WRONG_USAGE:
                return f"the cshell on {self.name} is of another version, which does not know what was asked: {said}"
            case _ if status < 0:
                return f"ssh was ended by signal {-status}"
            case _:
                return f"cshell cannot be run on {self.name}: {said}"


class Ssh:
    """A process of ssh and its pipes, none of which ever blocks."""

    def __init__(self, command: Sequence[str], *, apart: bool = False) -> None:
        """Start it, `apart`: without the terminal, which it must have to ask its user.  Raises RemoteError."""
        pipe = subprocess.PIPE
        try:
            self._process = subprocess.Popen(
                command, bufsize=0, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=apart
            )
        except OSError as error:
            raise unable(command[0], error) from None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._files = (self._process.stdin, self._process.stdout, self._process.stderr)
        self.stdin, self.stdout, self.stderr = (file.fileno() for file in self._files)
        for descriptor in (self.stdin, self.stdout, self.stderr):
            os.set_blocking(descriptor, False)
        self.last_words = ""
        self._unfinished = ""

    def read(self) -> bytes | None:
        """Return what came from the other side: None when there is nothing now, no bytes at the end."""
        return _read(self.stdout)

    def write(self, data: bytes | bytearray) -> int:
        """Write what can be written now; return how much that was.  Raises BrokenPipeError at the end."""
        try:
            return os.write(self.stdin, data)
        except BlockingIOError:
            return 0

    def hear(self) -> str | None:
        """Return what ssh and the other side complained of since the last call, line by line; None at the end."""
        data = _read(self.stderr)
        if not data:
            return "" if data is None else None
        *lines, rest = (self._unfinished + data.decode(errors="replace")).split("\n")
        if len(rest) > _LINE_LIMIT:
            lines, rest = [*lines, rest], ""
        self._unfinished = rest
        harmless = [sanitise(line.rstrip("\r")) for line in lines]
        self.last_words = next((line.strip() for line in reversed(harmless) if line.strip()), self.last_words)
        return "".join(f"{line}\n" for line in harmless)

    def final_words(self) -> str:
        """Return the last line that it said, now that it has ended."""
        while self.hear():
            pass
        return sanitise(self._unfinished).strip() or self.last_words

    @property
    def status(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        return self._process.poll()

    def wait(self, seconds: float) -> int | None:
        """Give it time to end; return the exit status or None."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def finish(self) -> None:
        """Close its input: it sends what it has, and ends with the other side."""
        self._process.stdin.close()  # type: ignore[union-attr]

    def hang_up(self) -> None:
        """Close its pipes, with which it ends unless others share its connection."""
        for file in self._files:
            file.close()

    def abandon(self) -> None:
        """End it, whatever it does."""
        self.hang_up()
        self._process.terminate()


def unable(program: str, error: OSError) -> RemoteError:
    """Return that ssh cannot be run here."""
    return RemoteError(
        f"cannot run {sanitise(program)}: {error.strerror}; install OpenSSH's client, or name another with CSHELL_SSH"
    )


def _read(descriptor: int) -> bytes | None:
    try:
        return os.read(descriptor, _CHUNK)
    except BlockingIOError:
        return None
