"""``cshell export``: which format is asked for and where it goes, also of a session on another machine."""

import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from curses_client.exporting import Journal, files, format_of, pieces
from curses_client.ssh import NOT_FOUND, Host, unable
from curses_client.text.ansi import sanitise
from kernel.protocol.session import SessionError
from kernel.protocol.value import Value

_DEFAULT: Final = "ipynb"
_STDOUT: Final = "-"
_CHUNK: Final = 1 << 16


class Wanted(Value):
    """What is asked for: of which session, the file, and in which format; None is what is left to choose."""

    name: str | None = None
    output: str | None = None
    form: str | None = None
    force: bool = False

    def goes_to_stdout(self) -> bool:
        """Whether it is printed: if told so, or if a format is named and somebody reads it."""
        if self.output is None:
            return self.form is not None and not sys.stdout.isatty()
        return self.output == _STDOUT

    def chosen(self) -> str:
        """Return the format.  Raises SessionError when the file's name does not tell it."""
        if self.form is not None:
            return self.form
        return format_of(Path(self.output)) if self.output not in (None, _STDOUT) else _DEFAULT

    def path(self, name: str) -> Path:
        """Return the file of a session of this name."""
        return Path(self.output) if self.output is not None else Path(f"{name}.{self.chosen()}")


def run(wanted: Wanted, environ: Mapping[str, str]) -> None:
    """Write or print a session.  Raises SessionError when that cannot be done."""
    form = wanted.chosen()
    journal = Journal.named(wanted.name, environ)
    if wanted.goes_to_stdout():
        _print(pieces(journal, form))
        return
    path = wanted.path(journal.name)
    _write(path, pieces(journal, form, path.parent), force=wanted.force)
    print(f"[{journal.name} is exported to {sanitise(str(path))}]")


def _write(path: Path, found: Iterable[bytes], *, force: bool) -> None:
    try:
        files.write(path, found, force=force)
    except files.FileTaken as taken:
        raise SessionError(f"{taken}; write over it with --force, or name another with -o FILE") from None


def _print(found: Iterable[bytes]) -> None:
    is_terminal = sys.stdout.isatty()
    for piece in found:
        # of a script, what commands a terminal may be part of the source
        sys.stdout.buffer.write(_harmless(piece) if is_terminal else piece)
        sys.stdout.buffer.flush()


def _harmless(piece: bytes) -> bytes:
    return "\n".join(map(sanitise, piece.decode().split("\n"))).encode()


# ---- on another machine ------------------------------------------------------------------------------------


class _Ended(Exception):
    """What ran there failed, and has said why."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


def run_there(host: str, wanted: Wanted, environ: Mapping[str, str]) -> int:
    """Write or print here what is made there; return the exit status.  Raises SessionError."""
    form = wanted.chosen()
    there = Host.named(host, environ)
    command = there.command(
        ["export", "--output", _STDOUT, "--format", form, *(["--", wanted.name] if wanted.name else ())]
    )
    name = wanted.name or quote(there.short, safe="@")
    try:
        if wanted.goes_to_stdout():
            _print(_said(command))
        else:
            path = wanted.path(name)
            _write(path, _said(command), force=wanted.force)
            print(f"[{wanted.name or 'the session'} on {there.name} is exported to {sanitise(str(path))}]")
    except _Ended as ended:
        if ended.status == NOT_FOUND:
            raise SessionError(there.why(ended.status, "")) from None
        return ended.status
    return 0


def _said(command: list[str]) -> Iterator[bytes]:
    """Yield what a command prints.  Raises _Ended unless it ends as it should."""
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
    except OSError as error:
        raise unable(command[0], error) from None
    assert process.stdout is not None
    with process:
        while data := process.stdout.read(_CHUNK):
            yield data
    if process.returncode:
        raise _Ended(process.returncode)
