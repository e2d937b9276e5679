"""At which line of a TOML file a key stands: what tomllib reads does not say it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kernel.protocol.settings import Key

_TOKEN = re.compile(
    r"""
      (?P<blank>[ \t\r]+|\#[^\n]*)
    | (?P<newline>\n)
    | (?P<long>\"{3}(?:[^\\]|\\.)*?\"{3,5}|'{3}.*?'{3,5})
    | (?P<quoted>\"(?:[^"\\\n]|\\.)*\"|'[^'\n]*')
    | (?P<sign>[][{}=,.])
    | (?P<bare>[^][{}=,."'\#\s]+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}


def line_of(text: str, key: Key) -> int | None:
    """Return the line of a key or a table in a file that is right, from 1; None where it is not certain."""
    return next((line for found, line in _keys(text) if found == key), None)


def _keys(text: str) -> Iterator[tuple[Key, int]]:
    """Yield each key and table with its line; what is in arrays of tables is left out."""
    tokens = list(_tokens(text))
    place = 0
    table: Key = ()
    arrays: set[Key] = set()
    while place < len(tokens):
        kind, value, line = tokens[place]
        found: list[tuple[Key, int]] = []
        if kind == "newline":
            place += 1
            continue
        if kind == "sign" and value == "[":
            brackets = 2 if tokens[place + 1 : place + 2] == [("sign", "[", line)] else 1
            place, table = _dotted(tokens, place + brackets)
            place += brackets
            if brackets == 2:
                arrays.add(table)
            found.append((table, line))
        else:
            place, names = _dotted(tokens, place)
            found.append(((*table, *names), line))
            place = _value(tokens, place + 1, (*table, *names), found)
        if not any(table[: len(array)] == array for array in arrays):
            yield from found


_Token = tuple[str, str, int]


def _tokens(text: str) -> Iterator[_Token]:
    """Yield what a file is made of: the kind, the text, and the line at which it begins."""
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind != "blank":
            yield kind, match[0], line
        line += match[0].count("\n")


def _dotted(tokens: list[_Token], place: int) -> tuple[int, Key]:
    """Return the names from a place on, and the place behind them."""
    names: list[str] = []
    while place < len(tokens) and (tokens[place][0] in ("bare", "quoted") or tokens[place][1] == "."):
        kind, value, _ = tokens[place]
        if kind == "bare":
            names.append(value)
        elif kind == "quoted":
            names.append(_unquoted(value))
        place += 1
    return place, tuple(names)


def _value(tokens: list[_Token], place: int, key: Key, found: list[tuple[Key, int]]) -> int:
    """Return the place behind a value; the keys of tables that are written in a line are found on the way."""
    opened: list[str] = []
    while place < len(tokens):
        kind, value, _ = tokens[place]
        if kind == "newline" and not opened:
            break
        if kind == "sign" and value in "[{":
            opened.append(value)
            if value == "{" and "[" not in opened:
                place = _table(tokens, place + 1, key, found)
                continue
        elif kind == "sign" and value in "]}" and opened:
            opened.pop()
        elif kind == "sign" and value in "]}," and not opened:
            break
        place += 1
    return place


def _table(tokens: list[_Token], place: int, key: Key, found: list[tuple[Key, int]]) -> int:
    """Find the keys of a table that is written in a line; return the place of its closing brace."""
    while place < len(tokens) and tokens[place][1] != "}":
        if tokens[place][0] not in ("bare", "quoted"):
            place += 1
            continue
        line = tokens[place][2]
        place, names = _dotted(tokens, place)
        found.append(((*key, *names), line))
        place = _value(tokens, place + 1, (*key, *names), found)
    return place


def _unquoted(text: str) -> str:
    """Return the text of a key in quotes."""
    if text.startswith("'"):
        return text[1:-1]
    return _ESCAPE.sub(_escaped, text[1:-1])


def _escaped(match: re.Match[str]) -> str:
    number = match[1] or match[2]
    return chr(int(number, 16)) if number else _ESCAPED.get(match[3], match[3])
