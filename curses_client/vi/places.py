"""Places in a text, counted in code points: lines, rows, and the graphemes in a line."""

from collections.abc import Mapping
from typing import Final

from curses_client.text.width import column_of, index_at, next_grapheme, previous_grapheme

BLANKS: Final = " \t"
# the screen column that $ aims at
FAR: Final = 1 << 30


def line_start(text: str, at: int) -> int:
    """Return where the line begins that a place is in."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Return where that line ends."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def line_at(text: str, at: int) -> str:
    """Return that line."""
    return text[line_start(text, at) : line_end(text, at)]


def row_of(text: str, at: int) -> int:
    """Return the row of a place."""
    return text.count("\n", 0, at)


def row_start(text: str, row: int) -> int:
    """Return where a row begins; the last one if there is no such row."""
    at = 0
    for _ in range(row):
        end = text.find("\n", at)
        if end < 0:
            return at
        at = end + 1
    return at


def first_character(text: str, at: int) -> int:
    """Return the first character of the line that is no blank; in a line of blanks its end."""
    start, line = line_start(text, at), line_at(text, at)
    return start + len(line) - len(line.lstrip(BLANKS))


def landing(text: str, at: int) -> int:
    """Return where the cursor goes in a line: its first character, or the last blank where there are only such."""
    return on_character(text, first_character(text, at))


def indentation(text: str, at: int) -> str:
    """Return the blanks that the line begins with."""
    return text[line_start(text, at) : first_character(text, at)]


def is_empty_line(text: str, at: int) -> bool:
    """Whether a place is an empty line."""
    return (at == 0 or text[at - 1] == "\n") and text[at : at + 1] in ("", "\n")


def after(text: str, at: int) -> int:
    """Return the end of the grapheme at a place; the end of the line stays where it is."""
    start = line_start(text, at)
    return start + next_grapheme(line_at(text, at), at - start)


def before(text: str, at: int) -> int:
    """Return the start of the grapheme before a place; the start of the line stays where it is."""
    start = line_start(text, at)
    return start + previous_grapheme(line_at(text, at), at - start) if at > start else at


def on_character(text: str, at: int) -> int:
    """Return the place itself, or the last character of a line of which it is the end."""
    at = min(max(at, 0), len(text))
    start, line = line_start(text, at), line_at(text, at)
    if at - start == len(line):
        return before(text, at)
    # the start of the grapheme that it is in
    return start + previous_grapheme(line, at - start + 1)


def column(text: str, at: int) -> int:
    """Return the screen column of a place."""
    return column_of(line_at(text, at), at - line_start(text, at))


def at_column(text: str, start: int, column: int) -> int:
    """Return the character at a screen column of the line that begins at `start`; its last one, if it is shorter."""
    return on_character(text, start + index_at(line_at(text, start), column))


def common_start(one: str, other: str) -> int:
    """Return how many code points two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        # what is known to be alike is not compared again
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def moved_marks(marks: Mapping[str, int], before: str, after: str) -> Mapping[str, int]:
    """Return where marks are after a change of the text: those behind it go with what they stand on."""
    if not marks or before == after:
        return marks
    start = common_start(before, after)
    return {name: at if at <= start else max(at + len(after) - len(before), start) for name, at in marks.items()}
