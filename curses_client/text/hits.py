"""The hits of a pattern in the lines of a text, found line by line, and putting something in their place."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from curses_client.text.buffer import Position
from curses_client.text.patience import TooSlow, limited
from curses_client.text.pattern import Pattern

# row, first and last column (excluded)
Hit = tuple[int, int, int]
# hits in one line that are marked
_MOST: Final = 500


def hits(lines: Sequence[str], pattern: Pattern, most: int | None = None) -> list[Hit]:
    """Return all hits, or the first ones; raises TooSlow."""
    found = islice(_hits(lines, pattern), most)
    if pattern.is_literal:
        return list(found)
    with limited():
        return list(found)


def _hits(lines: Sequence[str], pattern: Pattern) -> Iterator[Hit]:
    finditer = pattern.regex.finditer
    for row, line in enumerate(lines):
        for match in finditer(line):
            if match.end() > match.start():
                yield row, match.start(), match.end()


def hits_of_line(line: str, pattern: Pattern) -> list[tuple[int, int]]:
    """Return the hits of a line that is shown, not more than can be told apart; none if that takes too long."""
    try:
        return [(start, end) for _, start, end in hits((line,), pattern, _MOST)]
    except TooSlow:
        return []


def nearest(found: Sequence[Hit], place: Position, step: int) -> int | None:
    """Return the index of the first hit from a place on, or of the last that ends before it; round the ends."""
    if not found:
        return None
    if step > 0:
        return next((index for index, (row, start, _) in enumerate(found) if (row, start) >= place), 0)
    before = (index for index in reversed(range(len(found))) if (found[index][0], found[index][2]) < place)
    return next(before, len(found) - 1)


def replacement_for(line: str, hit: Hit, pattern: Pattern, template: str) -> str:
    r"""Return what takes the place of a hit: of an expression, with its groups for \1 and the like."""
    if pattern.is_literal:
        return template
    match = next((found for found in pattern.regex.finditer(line) if found.start() == hit[1]), None)
    try:
        return match.expand(template) if match is not None else template
    except (re.error, IndexError):
        return template


def replaced(lines: Sequence[str], found: Sequence[Hit], pattern: Pattern, template: str) -> tuple[str, ...]:
    """Return the lines with something in the place of all these hits."""
    by_row: dict[int, list[Hit]] = {}
    for hit in found:
        by_row.setdefault(hit[0], []).append(hit)
    result = list(lines)
    for row, ones in by_row.items():
        line = result[row]
        for hit in sorted(ones, reverse=True):
            new = replacement_for(lines[row], hit, pattern, template)
            line = line[: hit[1]] + new + line[hit[2] :]
        result[row] = line
    # an expression may put line ends there
    return tuple(part for line in result for part in line.split("\n"))
