"""The user's own editor and pager, run in this terminal while the client stands aside."""

import os
import shlex
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, Literal

# what a command line tool runs when nobody says otherwise (POSIX: EDITOR)
_DEFAULT: Final = "vi"
_PAGER: Final = "less"
# editors that take a line as `+LINE`, and as `FILE:LINE`; any other is given the file alone
_PLUS: Final = frozenset(
    ("vi", "vim", "nvim", "view", "ex", "nano", "pico", "emacs", "emacsclient", "mg", "joe", "jed", "micro", "kak")
)
_COLON: Final = frozenset(("hx", "helix", "subl", "zed"))
_GOTO: Final = frozenset(("code", "codium", "cursor"))
# what is read back of a file, in bytes
_LIMIT: Final = 1 << 24


def edit(path: str, line: int, terminal: tuple[int, int], environ: Mapping[str, str]) -> str | None:
    """Run the editor on a file, at a line if it is not 0; return what went wrong.

    `terminal` are the descriptors that it reads from and writes to.
    """
    command = environ.get("VISUAL") or environ.get("EDITOR") or _DEFAULT
    if path.startswith("-"):
        # it came out of a traceback, and is no option
        path = f"./{path}"
    return _run("editor", command, _at_line(command, path, line), terminal, environ)


def _at_line(command: str, path: str, line: int) -> list[str]:
    """Return the arguments that open a file at a line, in the way of an editor that is known."""
    try:
        name = os.path.basename(shlex.split(command)[0])
    except (ValueError, IndexError):
        # what is wrong is told when it is run
        name = ""
    if line and name in _PLUS:
        return [f"+{line}", path]
    if line and name in _COLON:
        return [f"{path}:{line}"]
    return ["--goto", f"{path}:{line}"] if line and name in _GOTO else [path]


def edit_text(
    text: str, line: int, suffix: str, terminal: tuple[int, int], environ: Mapping[str, str]
) -> tuple[str, str | None, str]:
    """Run the editor on a text, at a line; return the text as it is then, what went wrong, and a file.

    In that file is what an editor has saved that failed.
    """
    path = ""
    try:
        # nobody else can read it
        with NamedTemporaryFile("wb", prefix="cshell-", suffix=suffix, delete=False) as file:
            path = file.name
            file.write(before := f"{text}\n".encode("utf-8", "replace"))
        failure = edit(path, line, terminal, environ)
        after = Path(path).read_bytes()
        if failure is not None and after != before:
            path, kept = "", path
            return text, failure, kept
        return after.decode("utf-8", "replace"), failure, ""
    except OSError as error:
        return text, f"no file for the editor: {error.strerror}", ""
    finally:
        if path:
            Path(path).unlink(missing_ok=True)


def show(
    text: str, how: Literal["pager", "editor"], terminal: tuple[int, int], environ: Mapping[str, str]
) -> str | None:
    """Show text in the pager, or in the editor; return what went wrong.  Nobody else can read the file it is in."""
    try:
        with NamedTemporaryFile("w", prefix="cshell-", suffix=".txt", encoding="utf-8", errors="replace") as file:
            file.write(text)
            file.flush()
            if how == "editor":
                return edit(file.name, 0, terminal, environ)
            # less shows colours, and stays for a short text
            shown = {**environ, "LESS": environ.get("LESS", "-R"), "LESSCHARSET": "utf-8"}
            return _run("pager", environ.get("PAGER") or _PAGER, [file.name], terminal, shown)
    except OSError as error:
        return f"cannot write a file for the {how}: {error.strerror}"


def _run(
    what: str, command: str, arguments: list[str], terminal: tuple[int, int], environ: Mapping[str, str]
) -> str | None:
    reading, writing = terminal
    try:
        # a Ctrl-C is for the program
        before = signal.signal(signal.SIGINT, lambda *_: None)
        try:
            run = subprocess.run(
                [*shlex.split(command), *arguments],
                stdin=reading,
                stdout=writing,
                stderr=writing,
                env=dict(environ),
                check=False,
            )
        finally:
            signal.signal(signal.SIGINT, before)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        return f"cannot run the {what} {command}: {reason}; set {what.upper()}"
    return f"the {what} {command} ended with status {run.returncode}" if run.returncode else None


def text_of(path: str) -> str:
    """Return a file's text; what cannot be read is empty."""
    try:
        with Path(path).open("rb") as file:
            return os.fsdecode(file.read(_LIMIT)).encode("utf-8", "replace").decode()
    except OSError:
        return ""
