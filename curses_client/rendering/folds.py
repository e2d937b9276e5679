"""What is folded away of long outputs."""

from collections.abc import Sequence
from typing import Final

from curses_client.rendering.colours import DIM
from curses_client.rendering.wrapping import stored
from curses_client.shown import EVERYTHING, Fold, Line

# more lines are folded to the first and the last ones; and all that is ever shown of them
_LONG: Final = 100
_FIRST: Final = 60
_LAST: Final = 20
_MOST: Final = 50_000


def is_open(key: str, opened: frozenset[str], by_default: bool = False) -> bool:
    """Whether a fold is open: those in `opened` are not what they are by default."""
    return (by_default or opened >= EVERYTHING) != (key in opened)


def fold_line(text: str, key: str) -> Line:
    """Return a dim line that opens and closes a fold."""
    return Line(stored([(DIM, text)]), Fold(key), stays=True)


def folded(lines: Sequence[str], key: str, opened: frozenset[str]) -> list[Line]:
    """Return stored lines, their middle folded away if they are many."""
    count = len(lines)
    if count <= _LONG:
        return list(map(Line, lines))
    hidden = count - _FIRST - _LAST
    if not is_open(key, opened):
        middle = [fold_line(f"… {hidden:,} lines", key)]
    else:
        middle = [fold_line(f"▾ {hidden:,} lines", key), *map(Line, lines[_FIRST : min(count - _LAST, _MOST)])]
        if count > _MOST:
            middle.append(Line(stored([(DIM, f"… {count - _LAST - _MOST:,} more lines")])))
    return [*map(Line, lines[:_FIRST]), *middle, *map(Line, lines[count - _LAST :])]
