"""The text objects: what a pair of keys names around the cursor."""

from bisect import bisect_right
from collections.abc import Callable
from itertools import pairwise
from typing import Final, Literal

from curses_client.vi import places, words
from curses_client.vi.places import BLANKS
from curses_client.vi.values import Span
from kernel.protocol.value import Value

# the text, a place in it, and how many
Find = Callable[[str, int, int], Span | None]
Grows = Literal["on", "by line", "out", "not"]


class TextObject(Value):
    """A row of the table; a selection that has one already grows by the next one, or by the one around it."""

    keys: tuple[str, ...]
    find: Find
    grows: Grows
    help: str


# ---- words and sentences -----------------------------------------------------------------------------------


def _word(big: bool, around: bool) -> Find:
    def find(text: str, at: int, times: int) -> Span | None:
        if places.is_empty_line(text, at):
            return None if around else Span(at, at)
        runs = words.runs(text, at, big)
        first = bisect_right([start for start, _, _ in runs], at) - 1
        return _around(runs, first, times) if around else _in(runs, first, times)

    return find


# start, end, and whether it is more than blanks
Part = tuple[int, int, bool]


def _in(parts: list[Part], first: int, times: int) -> Span | None:
    """Take so many parts, the blanks between the others counted as well."""
    chosen = parts[first : first + times]
    return Span(chosen[0][0], chosen[-1][1]) if len(chosen) == times else None


def _around(parts: list[Part], first: int, times: int) -> Span | None:
    """Take parts with the blanks before or behind each; with none behind, those before all, if they do not indent."""
    end, begins_blank = first, not parts[first][2]
    for _ in range(times):
        end += begins_blank
        if end >= len(parts):
            return None
        end += 1
        end += not begins_blank and end < len(parts) and not parts[end][2]
    start = parts[first][0]
    if not begins_blank and parts[end - 1][2] and first > 1 and not parts[first - 1][2]:
        start = parts[first - 1][0]
    return Span(start, parts[end - 1][1])


def _sentence(around: bool) -> Find:
    def find(text: str, at: int, times: int) -> Span | None:
        parts = _sentence_parts(text)
        first = bisect_right([start for start, _, _ in parts], at) - 1
        if not 0 <= first < len(parts):
            return None
        return _around(parts, first, times) if around else _in(parts, first, times)

    return find


def _sentence_parts(text: str) -> list[Part]:
    """Return the sentences and the blanks between them; the last one of a paragraph has its line's end."""
    parts: list[Part] = []
    for start, stop in pairwise([*words.sentence_starts(text), len(text)]):
        ends = places.is_empty_line(text, stop) or places.is_empty_line(text, start)
        end = stop if ends else start + len(text[start:stop].rstrip(" \t\n"))
        parts += [part for part in ((start, end, True), (end, stop, False)) if part[0] < part[1]]
    return parts


def _paragraph(around: bool) -> Find:
    """Take lines that are not blank, or the blank ones between them."""

    def find(text: str, at: int, times: int) -> Span | None:
        lines = text.split("\n")
        row = places.row_of(text, at)
        first, last = _block(lines, row)
        is_blank = not lines[row].strip()
        for left in range(2 * times - 1 if around else times - 1, 0, -1):
            if last + 1 >= len(lines):
                # an object of blank lines ends with a paragraph
                if not around or is_blank or left > 1:
                    return None
                first = _block(lines, first - 1)[0] if first else 0
                break
            last = _block(lines, last + 1)[1]
        return Span(places.row_start(text, first), places.row_start(text, last), linewise=True)

    return find


def _block(lines: list[str], row: int) -> tuple[int, int]:
    """Return the first and the last of the lines around a row that are blank as it is, or are not."""
    first = last = row
    is_blank = not lines[row].strip()
    while first and bool(lines[first - 1].strip()) is not is_blank:
        first -= 1
    while last + 1 < len(lines) and bool(lines[last + 1].strip()) is not is_blank:
        last += 1
    return first, last


# ---- quotes and brackets -----------------------------------------------------------------------------------


def _quoted(quote: str, around: bool) -> Find:
    def find(text: str, at: int, times: int) -> Span | None:
        start, line = places.line_start(text, at), places.line_at(text, at)
        pair = _quotes_around(line, at - start, quote)
        if pair is None:
            return None
        first, last = pair
        if not around:
            return Span(start + first + 1, start + last)
        end = last + 1 + _blanks(line[last + 1 :])
        if end == last + 1:
            first = len(line[:first].rstrip(BLANKS))
        return Span(start + first, start + end)

    return find


def _blanks(text: str) -> int:
    return len(text) - len(text.lstrip(BLANKS))


def _quotes_around(line: str, col: int, quote: str) -> tuple[int, int] | None:
    """Return the quotes around a column, or the next ones: on a quote, counted from the line's beginning."""
    quotes = [at for at, character in enumerate(line) if character == quote and not _is_escaped(line, at)]
    before = sum(at < col for at in quotes)
    first = before // 2 * 2 if col in quotes else max(before - 1, 0)
    pair = quotes[first : first + 2]
    return (pair[0], pair[1]) if len(pair) == 2 else None


def _is_escaped(line: str, at: int) -> bool:
    return (at - len(line[:at].rstrip("\\"))) % 2 == 1


def _bracketed(pair: str, around: bool) -> Find:
    def find(text: str, at: int, times: int) -> Span | None:
        opening, closing = pair[0], pair[1]
        # the bracket that the cursor is on counts
        start: int | None = at
        if text[at : at + 1] != opening:
            start = _unmatched(text, at - 1, opening, closing, -1)
        if start is None and times == 1:
            # in none, the next ones are meant
            start = _found(text, opening, at)
        for _ in range(times - 1):
            start = None if start is None else _unmatched(text, start - 1, opening, closing, -1)
        end = None if start is None else _unmatched(text, start + 1, closing, opening, 1)
        if start is None or end is None:
            return None
        return Span(start, end + 1) if around else _inner(text, start + 1, end)

    return find


def _found(text: str, wanted: str, at: int) -> int | None:
    found = text.find(wanted, at)
    return found if found >= 0 else None


def _unmatched(text: str, at: int, wanted: str, other: str, step: int) -> int | None:
    """Return the next bracket of a kind that belongs to none between."""
    depth = 0
    while 0 <= at < len(text):
        if text[at] == wanted and not depth:
            return at
        depth += (text[at] == other) - (text[at] == wanted)
        at += step
    return None


def _inner(text: str, start: int, end: int) -> Span:
    """Return what is between two brackets; whole lines where each of them has a line to itself."""
    line = places.line_start(text, end)
    if line <= start or text[line:end].strip(BLANKS):
        return Span(start + 1 if text[start:end].startswith("\n") else start, end)
    if text[start] == "\n":
        return Span(start + 1, line - 1, linewise=True) if line > start + 1 else Span(start, start)
    return Span(start, line - 1)


# ---- the table ---------------------------------------------------------------------------------------------


def _o(keys: str, find: Callable[[bool], Find], grows: Grows, text: str) -> list[TextObject]:
    """Make the two rows of an object: what is in it, and with what is around it."""
    names = keys.split(" ")
    return [
        TextObject(tuple(sign + name for name in names), find(sign == "a"), grows, help)
        for sign, help in (("i", f"in {text}"), ("a", f"{text}, and what is around"))
    ]


OBJECTS: Final = (
    *_o("w", lambda around: _word(False, around), "on", "a word"),
    *_o("W", lambda around: _word(True, around), "on", "a word between blanks"),
    *_o("s", _sentence, "on", "a sentence"),
    *_o("p", _paragraph, "by line", "a paragraph"),
    *_o('"', lambda around: _quoted('"', around), "not", "double quotes"),
    *_o("'", lambda around: _quoted("'", around), "not", "single quotes"),
    *_o("`", lambda around: _quoted("`", around), "not", "backquotes"),
    *_o("( ) b", lambda around: _bracketed("()", around), "out", "parentheses"),
    *_o("[ ]", lambda around: _bracketed("[]", around), "out", "brackets"),
    *_o("{ } B", lambda around: _bracketed("{}", around), "out", "braces"),
    *_o("< >", lambda around: _bracketed("<>", around), "out", "angle brackets"),
)
BY_KEY: Final = {key: row for row in OBJECTS for key in row.keys}


def object_at(key: str, text: str, at: int, times: int) -> Span | None:
    """Return the object that a pair of keys names around a place."""
    return BY_KEY[key].find(text, at, times)


def grown(key: str, text: str, selected: Span, times: int) -> Span | None:
    """Return what is selected when an object is asked for and something is selected already, up to `end` itself."""
    row, first, last = BY_KEY[key], selected.start, selected.end
    if row.grows == "not" or (first == last and not (selected.linewise and row.grows == "by line")):
        return row.find(text, first, times)
    if row.grows in ("on", "by line"):
        next_one = (last if row.grows == "on" else places.line_end(text, last)) + 1
        more = row.find(text, next_one, times) if next_one < len(text) else None
        return None if more is None else Span(first, more.end, more.linewise)
    for outer in range(times, text.count("\n") + len(text) + 1):
        span = row.find(text, first, outer)
        if span is None or (span.start <= first and span.end > last + 1) or span.start < first:
            return span
    return None
