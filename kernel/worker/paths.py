"""Paths that begin like a text, for strings and for the magics that take a file."""

from __future__ import annotations

import os
import re
from typing import Final

# paths that are offered at most
_MOST: Final = 500
# magics whose argument is a path: of these it is the rest of the line, and a directory
_DIRECTORY: Final = re.compile(r"\s*%?(?:cd|pushd)\s+(?:-\w+\s+)*([^'\"-]*)\Z")
_FILE: Final = re.compile(r"\s*%%?(?:load|loadpy|edit|writefile|file|notebook|save|store)\s+(?:.*\s)?([^\s'\"-]*)\Z")


def argument(line: str) -> tuple[str, bool] | None:
    """Return the path that a line with a magic ends in, and whether it is to be a directory; None if there is none."""
    found = _DIRECTORY.match(line)
    if found is not None:
        return found[1], True
    found = _FILE.match(line)
    return (found[1], False) if found is not None else None


def matching(text: str, quote: str, *, directories_only: bool = False) -> list[str]:
    """Return the paths that begin with `text`, directories with a slash, as they are written between the quotes."""
    directory, _, begun = _unescaped(text, quote).rpartition("/")
    typed = text[: text.rfind("/") + 1]
    place = os.path.expanduser(f"{directory}/") if "/" in text else "."
    try:
        with os.scandir(place) as entries:
            names = sorted(
                entry.name + ("/" if is_directory else "")
                for entry in entries
                if entry.name.startswith(begun)
                and (begun.startswith(".") or not entry.name.startswith("."))
                and ((is_directory := entry.is_dir()) or not directories_only)
            )
    # a directory that is not there, is not ours, or has a name that none can have
    except (OSError, ValueError):
        return []
    return [typed + _escaped(name, quote) for name in names[:_MOST] if name.isprintable()]


def _unescaped(text: str, quote: str) -> str:
    return text.replace(f"\\{quote}", quote).replace("\\\\", "\\") if quote else text


def _escaped(name: str, quote: str) -> str:
    return name.replace("\\", "\\\\").replace(quote, f"\\{quote}") if quote else name
