"""Grapheme clusters and how many columns each takes; and the characters for which neither needs working out.

Text is expected without tabs, other control characters and escape sequences.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from curses_client.text.later import later

JOINS: Final = 1 << 30
"""The width given to a character that its neighbours may join or change: far more than any other."""

# Letters, ideographs, syllables and drawing characters that nothing but a following mark ever joins: to find that
# out for each of a text's thousands of ideographs would take longer than the text.
_NARROW: Final = (
    *((0x20, 0x7E), (0xA1, 0xA8), (0xAA, 0xAC), (0xAF, 0x24F), (0x391, 0x3A1), (0x3A3, 0x3FF), (0x400, 0x481)),
    *((0x5D0, 0x5EA), (0x621, 0x64A), (0x2026, 0x2026), (0x2500, 0x259F), (0x25B7, 0x25BF), (0x25C1, 0x25FA)),
)
_WIDE: Final = (
    *((0x3041, 0x3096), (0x30A1, 0x30FA), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xFF01, 0xFF60)),
)
_UNJOINED: Final = (*_NARROW, *_WIDE)
# texts of narrow characters only, and of wide ones: what takes a look at each is ten times slower
_EVEN: Final = tuple(
    later("[" + "".join(rf"\u{first:04x}-\u{last:04x}" for first, last in ranges) + "]*+")
    for ranges in (_NARROW, _WIDE)
)
# characters up to which Unicode's tables are quicker than the widths that are remembered
_FEW: Final = 16
# So many characters are remembered: there are a million, and a program may print them all.
_REMEMBERED: Final = 1 << 15


@cache
def unicode() -> Any:
    """Return the package of Unicode's tables: they take 40 ms to load, and most sessions begin with ASCII only."""
    import wcwidth

    return wcwidth


def columns(text: str) -> int:
    """Return how many columns `text` takes."""
    if text.isascii() and text.isprintable():
        return len(text)
    if each := even_width(text):
        return each * len(text)
    if len(text) > _FEW and (total := sum(map(WIDTHS.__getitem__, text))) < JOINS:
        return total
    width: int = unicode().width(text, control_codes="ignore")
    return width


def even_width(text: str) -> int:
    """Return how many columns each character takes if it is the same for all, and nothing joins; else 0."""
    return next((width for width, pattern in enumerate(_EVEN, 1) if pattern.fullmatch(text)), 0)


def clusters(text: str, start: int = 0) -> Iterator[tuple[str, int]]:
    """Yield the grapheme clusters from `start` on, where one begins, and how many columns each takes."""
    width = unicode().width
    for cluster in graphemes(text, start):
        yield cluster, width(cluster, control_codes="ignore")


def graphemes(text: str, start: int) -> Iterator[str]:
    """Yield the grapheme clusters from `start` on, in time proportional to what is consumed."""
    iter_graphemes = unicode().iter_graphemes
    window = 64
    while start < len(text):
        stop = min(start + window, len(text))
        begin = start
        for cluster in iter_graphemes(text[start:stop]):
            # The window may cut its last cluster short: take that one from the next window.
            if start + len(cluster) == stop < len(text):
                break
            start += len(cluster)
            yield cluster
        window = 4096 if start > begin else window * 2


class _Widths(dict[str, int]):
    """By character: how many columns it adds to a text whatever stands around it, or `JOINS`."""

    def __missing__(self, character: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        code = ord(character)
        if any(first <= code <= last for first, last in _UNJOINED):
            width = int(unicode().wcwidth(character))
        else:
            width = lone_width(character)
        self[character] = width
        return width


WIDTHS: Final = _Widths()
"""By character: how many columns it adds to a text whatever stands around it, or `JOINS` if that is not certain.

With such characters only, a text takes the sum of these columns, and it may be broken before each but those of
width 0.  The one exception is that a wide character is narrow with a `JOINS` (a variation selector) after it.
"""


def lone_width(character: str) -> int:
    """Return what `WIDTHS` has for a character, found by trying what it does next to all kinds of others."""
    alone = columns(character)
    if alone in (1, 2):
        apart = _apart("a", character) and _apart(character, "a") and _apart(character, character)
        return alone if apart else JOINS
    return 0 if alone == 0 and _changes_nothing(character) else JOINS


def _apart(first: str, second: str) -> bool:
    return len(list(unicode().iter_graphemes(first + second))) == 2


def _changes_nothing(mark: str) -> bool:
    """Whether a character without width, wherever it stands, neither joins characters nor changes their widths."""
    # an ASCII letter, an ideograph, emoji by default narrow and by default wide, Indic, and marks themselves
    bases = ("a", "漢", "❤", "⌚", "क", "\u0301")
    if any(columns(base + mark) != columns(base) for base in bases):
        return False
    # it joins neither emoji, letters (a conjunct) nor what follows
    between = all(len(list(unicode().iter_graphemes(base + mark + base))) > 1 for base in ("👩", "क"))
    return between and all(_apart(mark, base) for base in ("a", "漢", "👩", "क", "\u1100"))
