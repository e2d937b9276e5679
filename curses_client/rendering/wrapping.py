"""Styled text broken between words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from curses_client.text.ansi import PLAIN, Style, encode
from curses_client.text.width import Row, columns, wrap_runs

_PIECE: Final = re.compile(r"\n| +|[^ \n]+")


def stored(row: Iterable[tuple[Style, str]]) -> str:
    """Return runs as a stored line that leaves no style behind."""
    return encode([*row, (PLAIN, "")])


def row_columns(row: Iterable[tuple[Style, str]]) -> int:
    """Return how many columns runs take."""
    return sum(columns(text) for _, text in row)


def collapsed(styled: Iterable[tuple[Style, str]]) -> Row:
    """Return runs without the blanks around newlines, at either end, and of several in a row all but the first."""
    row: Row = []
    after_blank = True
    for style, text in styled:
        for piece in _PIECE.findall(text):
            is_blank = piece[0] == " "
            if piece == "\n" and row and row[-1][1] == " ":
                row.pop()
            if not (is_blank and after_blank):
                row.append((style, " " if is_blank else piece))
            after_blank = is_blank or piece == "\n"
    while row and row[-1][1] == " ":
        row.pop()
    return row


def wrapped(styled: Iterable[tuple[Style, str]], cols: int) -> list[Row]:
    """Break sanitised runs into rows of at most `cols` columns, between words where possible and at newlines."""
    cols = max(cols, 1)
    rows: list[Row] = [[]]
    used = 0
    gap: Row = []
    for word in _words(styled):
        text = word[0][1]
        if text == "\n":
            rows.append([])
            used, gap = 0, []
        elif text[0] == " ":
            gap = word
        else:
            width, blanks = row_columns(word), row_columns(gap)
            if used and used + blanks + width > cols:
                rows.append([])
                used, blanks, gap = 0, 0, []
            if width <= cols - blanks:
                rows[-1] += [*gap, *word]
                used += blanks + width
            else:
                pieces = wrap_runs([*gap, *word], cols)
                rows[-1:] = [[*rows[-1], *pieces[0]], *pieces[1:]] if not used else [rows[-1], *pieces]
                used = row_columns(rows[-1])
            gap = []
    return rows


def _words(styled: Iterable[tuple[Style, str]]) -> Iterator[Row]:
    """Yield words, which may be of several styles, blanks between words, and newlines."""
    word: Row = []
    for style, text in styled:
        for piece in _PIECE.findall(text):
            if piece[0] in " \n":
                if word:
                    yield word
                    word = []
                yield [(style, piece)]
            else:
                word.append((style, piece))
    if word:
        yield word


def prefixed(first: Row, rest: Row, rows: Sequence[Row]) -> list[Row]:
    """Return rows with `first` in front of the first one and `rest` of the others; empty ones get no blanks."""
    is_blank = not "".join(text for _, text in rest).strip()
    return [row if is_blank and not row else [*(rest if number else first), *row] for number, row in enumerate(rows)]


def padded(row: Row, cols: int, align: str = "left") -> Row:
    """Return a row filled up with blanks; one that is wider stays as it is."""
    missing = cols - row_columns(row)
    if missing <= 0:
        return row
    left = {"right": missing, "center": missing // 2}.get(align, 0)
    return [
        *([(PLAIN, " " * left)] if left else ()),
        *row,
        *([(PLAIN, " " * (missing - left))] if missing > left else ()),
    ]
