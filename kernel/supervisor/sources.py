"""The lines of source that a stack or a debugger stands in, read where its files are: beside the kernel."""

from __future__ import annotations

import os
import stat
from functools import lru_cache
from typing import Any, Final

from kernel.protocol.messages import SourceReply

# bytes of a file that is read for a line of it
_LARGEST: Final = 4 << 20
# lines before and behind one that are told with it, and characters of each
_AROUND: Final = 200
_LONGEST: Final = 500


def with_sources(frames: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return frames with the text of their line as `source`, empty where it is in no file."""
    return [frame | {"source": line_of(frame["file"], frame["line"])} for frame in frames]


def line_of(file: str, number: int | None) -> str:
    """Return a line of a file, from 1, without the blanks around it; empty if it is not there."""
    lines = _lines_of(file) if number is not None else ()
    return lines[number - 1].strip() if number is not None and 0 < number <= len(lines) else ""


def around(file: str, number: int) -> SourceReply:
    """Return the lines of a file around one, from 1; none if that is not there."""
    lines = _lines_of(os.path.expanduser(file))
    if not 0 < number <= len(lines):
        return SourceReply()
    first = max(number - _AROUND, 1)
    return SourceReply(first, [line[:_LONGEST] for line in lines[first - 1 : number + _AROUND]])


def _lines_of(file: str) -> tuple[str, ...]:
    if not os.path.isabs(file):
        return ()
    try:
        found = os.stat(file)
    except (OSError, ValueError):
        return ()
    # who opens a pipe waits for its other end
    if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
        return ()
    return _lines(file, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=32)
def _lines(file: str, _changed: int, _size: int) -> tuple[str, ...]:
    """Return the lines of a file as it was at a time."""
    try:
        with open(file, encoding="utf-8", errors="replace") as opened:
            return tuple(opened.read(_LARGEST).split("\n"))
    except OSError:
        return ()
