"""``cshell history``: what was run on this machine's account, in all sessions, the newest last."""

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from time import localtime, strftime
from typing import Final

from curses_client.history.entries import Entry, Item, ordered
from curses_client.history.files import Files, directory_of
from curses_client.text.ansi import sanitise
from curses_client.text.width import columns
from kernel.protocol.session import SessionError

_TIME: Final = "%Y-%m-%d %H:%M"
# columns that times and names have, and what is between them
_TIME_COLUMNS: Final = 16
_GAP: Final = "  "


def entries(environ: Mapping[str, str]) -> tuple[Entry, ...]:
    """Return all that is kept.  Raises OSError."""
    found: list[Item] = []
    for items in Files(directory_of(environ), "").more():
        found += items
    return ordered(found, sys.maxsize)


def chosen(found: Iterable[Entry], session: str | None, pattern: str | None, count: str | None) -> list[Entry]:
    """Return the entries that are wanted: of a session, with a regular expression in their text, the last ones.

    Letters in lower case stand for both cases.  Raises SessionError for what makes no sense.
    """
    kept = [entry for entry in found if session is None or entry.session == session]
    if pattern is not None:
        regex = _regex(pattern)
        kept = [entry for entry in kept if regex.search(entry.text)]
    if count is None:
        return kept
    if not count.isascii() or not count.isdecimal() or not int(count[:9]):
        raise SessionError(f"{count!r} is no number of entries")
    return kept[-int(count[:9]) :]


def _regex(pattern: str) -> re.Pattern[str]:
    # an escape such as \S is no capital
    letters = re.sub(r"\\.", "", pattern)
    try:
        return re.compile(pattern, re.MULTILINE | (re.IGNORECASE if letters == letters.lower() else 0))
    except (re.error, OverflowError, RecursionError) as error:
        raise SessionError(f"{pattern!r} is no regular expression: {error}") from None


def as_json(found: Sequence[Entry]) -> str:
    """Return a JSON list of objects."""
    return json.dumps([entry._asdict() for entry in found], indent=2, ensure_ascii=True)


def lines(found: Sequence[Entry]) -> list[str]:
    """Return lines to read: when, in which session and what; the further lines of an entry stand below its first."""
    widest = max((columns(sanitise(entry.session)) for entry in found), default=0)
    result = []
    for entry in found:
        moment = strftime(_TIME, localtime(entry.time)) if entry.time else ""
        session = sanitise(entry.session)
        head = f"{moment:{_TIME_COLUMNS}}{_GAP}{session}{' ' * (widest - columns(session))}{_GAP}"
        for number, line in enumerate(entry.text.split("\n")):
            result.append(f"{' ' * columns(head) if number else head}{sanitise(line)}".rstrip())
    return result


def show(
    environ: Mapping[str, str], session: str | None, pattern: str | None, count: str | None, *, is_json: bool
) -> None:
    """Print it.  Raises SessionError and OSError."""
    found = chosen(entries(environ), session, pattern, count)
    if is_json:
        print(as_json(found))
    elif not found:
        print(
            "nothing is in the history"
            if session is None and pattern is None
            else "nothing like this is in the history"
        )
    for line in lines(found) if not is_json else ():
        print(line)
