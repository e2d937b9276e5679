"""An entry of the history, its line in a file, and many of them in order."""

import json
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, Final, NamedTuple

from kernel.protocol.value import Value

# seconds since the epoch that a year of four digits has
_LATEST: Final = 253_402_300_800.0


class Entry(NamedTuple):
    """A cell that was run; `time` is in seconds since the epoch, 0 where nobody knows."""

    text: str
    time: float = 0.0
    session: str = ""
    directory: str = ""
    host: str = ""
    # the language, as Pygments calls it
    lexer: str = ""


class Forgotten(NamedTuple):
    """The entries of a text up to a time are deleted; of the text there is a digest and its length."""

    digest: str
    length: int
    time: float

    @classmethod
    def of(cls, text: str, time: float) -> "Forgotten":
        """Make it of the text."""
        return cls(_digest(text), len(text), time)

    def covers(self, entry: Entry) -> bool:
        """Whether an entry is one of them."""
        return self.length == len(entry.text) and entry.time <= self.time and _digest(entry.text) == self.digest


Item = Entry | Forgotten
# what stands for a language in entries that were typed to a debugger
DEBUGGER: Final = "pdb"


class History(Value):
    """All that is known of it, the newest entry last; `is_whole` when everything was read that is kept.

    What was typed to debuggers is apart.
    """

    entries: tuple[Entry, ...] = ()
    debugger: tuple[Entry, ...] = ()
    is_whole: bool = False


_TIME: Final = attrgetter("time")
_made: Final = Entry._make
# entries among which what is read back of one's own is found again
_LOOK_BACK: Final = 1000


def _digest(text: str) -> str:
    # it loads OpenSSL, and is needed where something was deleted
    from hashlib import blake2b

    return blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def is_kept(source: str) -> bool:
    """Whether a cell is one for the history: not if it begins with a space."""
    return bool(source.strip()) and not source.startswith(" ")


def line_of(item: Item) -> bytes:
    """Return the line of a file that says this."""
    if isinstance(item, Forgotten):
        values: dict[str, Any] = {"forgotten": item.digest, "length": item.length, "time": item.time}
    else:
        values = item._asdict()
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass") + b"\n"


def items_of(lines: Sequence[bytes]) -> list[Item]:
    """Read lines; what is torn or none of ours is passed over."""
    try:
        # all at once takes a third of the time
        found = json.loads(b"[" + b",".join(lines) + b"]")
        if len(found) != len(lines):
            raise ValueError
    except (ValueError, RecursionError):
        found = [_loaded(line) for line in lines]
    # the names are the same for most: kept once, they take a fraction of the memory
    names: dict[object, str] = {}
    items = (_item(values, names) for values in found if type(values) is dict)
    return [item for item in items if item is not None]


def _loaded(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _item(values: dict[str, Any], names: dict[object, str]) -> Item | None:
    try:
        # as this client writes them, and with names that were met before: nearly all
        text, moment = values["text"], values["time"]
        if type(text) is str and text and type(moment) is float and 0 <= moment < _LATEST:
            session, directory = names[values["session"]], names[values["directory"]]
            return _made((text, moment, session, directory, names[values["host"]], names[values["lexer"]]))
    except (KeyError, TypeError):
        pass
    return _unusual_item(values, names)


def _unusual_item(values: dict[str, Any], names: dict[object, str]) -> Item | None:
    text, digest, moment = values.get("text"), values.get("forgotten"), values.get("time", 0.0)
    # also infinities and what is no number, which Python reads
    if type(moment) not in (int, float) or not 0 <= moment < _LATEST:
        return None
    if type(text) is str and text:
        return _made((text, float(moment), *(_name(values.get(field), names) for field in Entry._fields[2:])))
    length = values.get("length")
    return Forgotten(digest, length, float(moment)) if type(digest) is str and type(length) is int else None


def _name(value: object, names: dict[object, str]) -> str:
    return names.setdefault(value, value) if type(value) is str else ""


def ordered(items: Iterable[Item], size: int) -> tuple[Entry, ...]:
    """Return the newest `size` entries by time, each once, without those that were deleted."""
    entries: dict[Entry, None] = {}
    # by the length of their text, which few entries share
    forgotten: dict[int, list[Forgotten]] = {}
    for item in items:
        if isinstance(item, Forgotten):
            forgotten.setdefault(item.length, []).append(item)
        else:
            entries[item] = None
    # a stable order: entries without a time stay in the order of their file
    kept = sorted(entries, key=_TIME)
    if forgotten:
        kept = [entry for entry in kept if not _is_covered(entry, forgotten.get(len(entry.text), ()))]
    return tuple(kept[-size:]) if size else ()


def _is_covered(entry: Entry, forgotten: Iterable[Forgotten]) -> bool:
    return any(item.covers(entry) for item in forgotten)


def with_items(entries: tuple[Entry, ...], items: Sequence[Item], size: int) -> tuple[Entry, ...]:
    """Return entries that are in order together with some more."""
    newest = entries[-1].time if entries else 0.0
    # what is read back from one's own file is among the last
    last = set(entries[-len(items) - _LOOK_BACK :])
    new = [item for item in items if item not in last]
    if not new:
        return entries
    added = [item for item in new if isinstance(item, Entry) and item.time >= newest]
    if len(added) < len(new):
        return ordered((*entries, *new), size)
    return (*entries, *sorted(dict.fromkeys(added), key=_TIME))[-size:] if size else ()
