"""Which bracket belongs to which, looked for so many lines around and in code alone."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from curses_client.text.buffer import Position
from curses_client.text.later import later

OPENING: Final = "([{"
CLOSING: Final = ")]}"
# lines that are looked through in each direction: at most some 300 us of work
REACH: Final = 100

_BRACKET: Final = later(r"[][(){}]")
_NO_CODE: Final = frozenset({"string", "escape", "comment"})
# the code of a row, blanks in the place of all else; None where it is not known
Code = Callable[[int], str | None]


class Pair(NamedTuple):
    """A bracket and the one that belongs to it, if that was found; `is_wrong` when they are not of one kind.

    A closing one that is alone for certain is wrong too.
    """

    place: Position
    other: Position | None = None
    is_wrong: bool = False


def masked(runs: Iterable[tuple[str, str]]) -> str:
    """Return the code of a row of (kind, text) runs, blanks in the place of strings and comments."""
    return "".join(" " * len(text) if kind in _NO_CODE else text for kind, text in runs)


def bracket_at(lines: Sequence[str], row: int, col: int) -> Position | None:
    """Return the bracket that a cursor is at: one that opens behind it, one that closes before it, or any beside it."""
    line = lines[row]
    behind, before = line[col : col + 1], line[col - 1 : col] if col else ""
    for character, kinds, place in (
        (behind, OPENING, col),
        (before, CLOSING, col - 1),
        (behind, CLOSING, col),
        (before, OPENING, col - 1),
    ):
        if character and character in kinds:
            return row, place
    return None


def pair_of(lines: Sequence[str], place: Position, code: Code) -> Pair | None:
    """Find the bracket that belongs to the one at a place; None if that one is in a string or a comment."""
    row, col = place
    own = code(row)
    if own is not None and own[col : col + 1] != lines[row][col]:
        return None
    step = 1 if lines[row][col] in OPENING else -1
    ours = OPENING if step > 0 else CLOSING
    depth = 0
    for at in _brackets(lines, place, step, code):
        if at is None:
            return Pair(place)
        depth += 1 if lines[at[0]][at[1]] in ours else -1
        if not depth:
            return Pair(place, at, not _fit(lines[row][col], lines[at[0]][at[1]]))
    return Pair(place, is_wrong=step < 0)


def _fit(one: str, other: str) -> bool:
    return one + other in ("()", "[]", "{}", ")(", "][", "}{")


def _brackets(lines: Sequence[str], place: Position, step: int, code: Code) -> Iterator[Position | None]:
    """Yield the brackets of the code from a place on, at last None where the text does not end but the reach."""
    row, col = place
    end = len(lines) if step > 0 else -1
    stop = min(row + REACH, end) if step > 0 else max(row - REACH, end)
    for number in range(row, stop, step):
        if not _BRACKET.search(lines[number]):
            continue
        text = code(number)
        if text is None:
            yield None
            return
        cols = [found.start() for found in _BRACKET.finditer(text)]
        for at in cols if step > 0 else reversed(cols):
            if number != row or (at - col) * step >= 0:
                yield number, at
    if stop != end:
        yield None
