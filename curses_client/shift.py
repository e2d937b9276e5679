"""Rows that moved up or down as a block, for which a terminal can be told to scroll."""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Final, NamedTuple, TypeVar

# shifts that are looked at closely, of those that most rows speak for
_CANDIDATES: Final = 3
# rows that look alike speak for so many shifts
_ALIKE: Final = 4
# about what telling the terminal costs in bytes
_COST: Final = 20

T = TypeVar("T")


class Shift(NamedTuple):
    """Rows `top` to `bottom`, both included, move up by `by`, down where it is negative; blank ones come in."""

    top: int
    bottom: int
    by: int


def find(old: Sequence[Hashable], new: Sequence[Hashable], weights: Sequence[int]) -> Shift | None:
    """Return the shift of the old rows after which least has to be written; None where there is none.

    Weights are what it costs to write a new row; rows with weight 0 have nothing on them.
    """
    best, least = None, _written(old, new, weights)
    for count in _counts(old, new, weights):
        shift = _block(old, new, weights, count)
        if shift is None:
            continue
        cost = _written(applied(old, shift, None), new, weights) + _COST
        if cost < least:
            best, least = shift, cost
    return best


def applied(rows: Sequence[T], shift: Shift, blank: T) -> list[T]:
    """Return what the rows are after the shift."""
    top, bottom, by = shift
    within = rows[top : bottom + 1]
    blanks = [blank] * abs(by)
    within = [*within[by:], *blanks] if by > 0 else [*blanks, *within[:by]]
    return [*rows[:top], *within, *rows[bottom + 1 :]]


def _written(old: Sequence[Hashable], new: Sequence[Hashable], weights: Sequence[int]) -> int:
    return sum(weight for a, b, weight in zip(old, new, weights, strict=True) if a != b)


def _counts(old: Sequence[Hashable], new: Sequence[Hashable], weights: Sequence[int]) -> list[int]:
    """Return how far most of what changed has moved."""
    places: dict[Hashable, list[int]] = {}
    for y, row in enumerate(old):
        places.setdefault(row, []).append(y)
    votes: Counter[int] = Counter()
    for y, (before, after) in enumerate(zip(old, new, strict=True)):
        if before != after and weights[y]:
            for place in sorted(places.get(after, ()), key=lambda place: abs(place - y))[:_ALIKE]:
                votes[place - y] += weights[y]
    return [count for count, _ in votes.most_common(_CANDIDATES)]


def _block(old: Sequence[Hashable], new: Sequence[Hashable], weights: Sequence[int], count: int) -> Shift | None:
    """Return the rows that gain most when they are moved so far."""
    best, gained = None, 0
    begin, gain = 0, 0
    for y in range(max(-count, 0), len(new) - max(count, 0)):
        if gain <= 0:
            begin, gain = y, 0
        gain += weights[y] * ((new[y] == old[y + count]) - (new[y] == old[y]))
        if gain > gained:
            best, gained = (begin, y), gain
    if best is None:
        return None
    first, last = best
    return Shift(first, last + count, count) if count > 0 else Shift(first + count, last, count)
