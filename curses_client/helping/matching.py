"""Finding what was typed in what is offered: its beginning, the beginnings of its words, its letters in order."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Final

from curses_client.offers import Match

# characters of a text that are looked at: nobody types more of them
_LONGEST: Final = 200

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
    if not _is_in(typed, plain):
        return None
    humps = _by_humps(typed, plain, _starts(text))
    if humps is not None:
        return (2 if humps[0] == 0 else 3), humps
    at = plain.find(typed)
    if at >= 0:
        return 4, tuple(range(at, at + len(typed)))
    marks = _in_order(typed, plain)
    return 5 + marks[-1] - marks[0], marks


def _is_in(typed: str, text: str) -> bool:
    """Whether a text has all typed characters in their order."""
    characters = iter(text)
    return all(character in characters for character in typed)


def _starts(text: str) -> tuple[bool, ...]:
    """Return of each character whether a word begins with it: after a sign, at a capital, at a digit."""
    return tuple(
        here.isalnum()
        and (not last.isalnum() or (here.isupper() and last.islower()) or (here.isdigit() and not last.isdigit()))
        for last, here in pairwise(f" {text}")
    )


def _by_humps(typed: str, text: str, starts: tuple[bool, ...]) -> tuple[int, ...] | None:
    """Return where the characters are, if each begins a word or follows the one before it."""
    # the ways to the typed characters so far, by where they end
    ways: dict[int, tuple[int, ...]] = {}
    for number, character in enumerate(typed):
        first = min(ways, default=-1)
        found: dict[int, tuple[int, ...]] = {}
        for at, other in enumerate(text):
            if other != character or at <= first:
                continue
            if number and at - 1 in ways:
                found[at] = (*ways[at - 1], at)
            elif starts[at] or (not number and not other.isalnum()):
                found[at] = (*(ways[first] if number else ()), at)
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
