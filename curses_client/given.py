"""What the command line gives the editor: files, and a text that comes through a pipe."""

import os
import sys
from collections.abc import Iterable
from typing import Final

from curses_client.text.later import later
from kernel.protocol.value import Value

# stands for the standard input
PIPE: Final = "-"
# in front of a file: the line to go to
_LINE: Final = later(r"\+(\d{1,9})")
# bytes that are read from a pipe at most
_LIMIT: Final = 16 << 20


class Given(Value):
    """Files, each with the line to go to in it, from 1, or 0 for none; and a text for the scratch buffer."""

    files: tuple[tuple[str, int], ...] = ()
    text: str = ""


class GivenError(Exception):
    """What is given cannot be had; the text is one sentence."""


def is_given(argument: str) -> bool:
    """Whether an argument is one for the editor by what it looks like."""
    return argument == PIPE or _LINE.fullmatch(argument) is not None


def given(arguments: Iterable[str]) -> Given:
    """Return what arguments mean, with what the pipe has if it is among them.  Raises GivenError."""
    files: list[tuple[str, int]] = []
    text, line = "", 0
    for argument in arguments:
        found = _LINE.fullmatch(argument)
        if found is not None:
            line = int(found[1])
        elif argument == PIPE:
            text += _piped()
        else:
            files.append((argument, line))
            line = 0
    if line:
        raise GivenError(f"+{line} stands in front of a file, and here is none")
    return Given(tuple(files), text)


def _piped() -> str:
    """Read the standard input to its end, and have the terminal in its place from then on: the keys come from there."""
    if os.isatty(0):
        raise GivenError(f"cshell {PIPE} reads a pipe into the editor, such as: git diff | cshell {PIPE}")
    data = sys.stdin.buffer.read(_LIMIT + 1)
    if len(data) > _LIMIT:
        raise GivenError(f"the standard input has more than the {_LIMIT >> 20} MB that an editor is of use for")
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError as error:
        raise GivenError(f"there is no terminal for the keys: {error.strerror}") from None
    os.dup2(terminal, 0)
    os.close(terminal)
    return data.decode("utf-8", "replace")
