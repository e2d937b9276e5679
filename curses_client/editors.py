"""The user's own editor, run in this terminal while the client stands aside."""

import os
import shlex
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

# what a command line tool runs when nobody says otherwise (POSIX: EDITOR)
_DEFAULT: Final = "vi"
# what is read back of a file, in bytes
_LIMIT: Final = 1 << 24


def edit(path: str, line: int, terminal: tuple[int, int], environ: Mapping[str, str]) -> str | None:
    """Run the editor on a file, at a line if it is not 0; return what went wrong.

    `terminal` are the descriptors that it reads from and writes to.
    """
    reading, writing = terminal
    command = environ.get("VISUAL") or environ.get("EDITOR") or _DEFAULT
    try:
        arguments = [*shlex.split(command), *([f"+{line}"] if line else []), path]
        # a Ctrl-C is for the editor
        before = signal.signal(signal.SIGINT, lambda *_: None)
        try:
            status = subprocess.run(arguments, stdin=reading, stdout=writing, stderr=writing, check=False).returncode
        finally:
            signal.signal(signal.SIGINT, before)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        return f"cannot run the editor {command}: {reason}; set EDITOR"
    return f"the editor {command} ended with status {status}" if status else None


def text_of(path: str) -> str:
    """Return a file's text; what cannot be read is empty."""
    try:
        with Path(path).open("rb") as file:
            return os.fsdecode(file.read(_LIMIT)).encode("utf-8", "replace").decode()
    except OSError:
        return ""
