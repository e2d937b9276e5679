"""Finding what was typed in what is offered: its beginning, the beginnings of its words, its letters in order."""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Final

from curses_client.offers import Match
from curses_client.text.later import later

# characters of a text that are looked at: nobody types more of them
_LONGEST: Final = 200
# a word begins after a sign, at a capital, at a number
_START: Final = later(r"(?<![^\W_])[^\W_]|(?<=[a-z])[A-Z]|(?<=[^\W\d_])\d")

# the rank of a match, and the characters that were found
Found = tuple[int, tuple[int, ...]]


def ranked(matches: Iterable[Match], typed: str) -> tuple[Match, ...]:
    """Return the matches that have what was typed, the best first and marked; equal ones in the order given."""
    found = []
    for match in matches:
        at = find(typed, match.text)
        if at is not None:
            rank, marks = at
            found.append((rank, match if match.marks == marks else replace(match, marks=marks)))
    return tuple(match for _, match in sorted(found, key=lambda pair: pair[0]))


@lru_cache(maxsize=8192)
def find(typed: str, text: str) -> Found | None:
    """Return the rank of a text, less being better, and where in it the typed characters are; None if they are not.

    A typed capital stands for itself, any other letter for both.
    """
    if text.startswith(typed):
        return 0, tuple(range(len(typed)))
    text = text[:_LONGEST]
    plain = text if typed != typed.lower() else text.lower()
    if len(plain) != len(text):
        return None
    if plain.startswith(typed):
        return 1, tuple(range(len(typed)))
    if not _letters(typed).match(plain):
        return None
    humps = _by_humps(typed, plain, _starts(text))
    if humps is not None:
        return (2 if humps[0] == 0 else 3), humps
    at = plain.find(typed)
    if at >= 0:
        return 4, tuple(range(at, at + len(typed)))
    marks = _in_order(typed, plain)
    return 5 + marks[-1] - marks[0], marks


@lru_cache(maxsize=16)
def _letters(typed: str) -> re.Pattern[str]:
    """Return what finds the typed characters in their order; it never goes back."""
    return re.compile("".join(f"[^{re.escape(letter)}]*{re.escape(letter)}" for letter in typed), re.DOTALL)


@lru_cache(maxsize=8192)
def _starts(text: str) -> frozenset[int]:
    """Return where words begin."""
    return frozenset(found.start() for found in _START.finditer(text))


def _by_humps(typed: str, text: str, starts: frozenset[int]) -> tuple[int, ...] | None:
    """Return where the characters are, if each begins a word or follows the one before it."""
    # the ways to the typed characters so far, by where they end
    ways: dict[int, tuple[int, ...]] = {}
    for number, character in enumerate(typed):
        first = min(ways, default=-1)
        found: dict[int, tuple[int, ...]] = {}
        at = text.find(character, first + 1)
        while at >= 0:
            if number and at - 1 in ways:
                found[at] = (*ways[at - 1], at)
            elif at in starts or (not number and not character.isalnum()):
                found[at] = (*(ways[first] if number else ()), at)
            at = text.find(character, at + 1)
        if not found:
            return None
        ways = found
    return ways[min(ways)]


def _in_order(typed: str, text: str) -> tuple[int, ...]:
    """Return where the characters are, as near to the end of the first occurrence as they can be."""
    end = -1
    for character in typed:
        end = text.index(character, end + 1)
    marks = [end]
    for character in reversed(typed[:-1]):
        marks.append(text.rindex(character, 0, marks[-1]))
    return tuple(reversed(marks))
