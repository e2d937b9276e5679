"""The call around the cursor, found in the text alone: which function, which argument."""

import re
from copy import copy
from functools import lru_cache
from keyword import kwlist
from typing import Final, NamedTuple, Self

from curses_client.text.buffer import Buffer
from curses_client.text.later import later
from kernel.protocol.value import Value

# lines above the cursor in which a call may begin
_LINES: Final = 100
# in a line: strings, whole or open at its end, comments, and what structures a call
_TOKEN: Final = later(
    r"(?P<quote>\"\"\"|\'\'\'|\"|\')(?:\\.|(?!(?P=quote)).)*(?:(?P=quote)|(?P<open>\\?\Z))"
    r"|(?P<comment>#.*)|[=!<>:]=|(?P<sign>[][(){},=:])"
)
_CALLEE: Final = later(r"(?:^|[^\w.)\]'\"])((?:[^\W\d]\w*\s*\.\s*)*[^\W\d]\w*)\Z")
_NAME: Final = later(r"\s*([^\W\d]\w*)\s*\Z")
_LAMBDA: Final = later(r"\s*(?:\w+\s*=\s*)?lambda\b")
_LAST_WORD: Final = later(r"\w+\Z")
_DEFINES: Final = later(r"(?:\bdef|\bclass)\s+\Z")
_CLOSES: Final = {")": "(", "]": "[", "}": "{"}
_WORD: Final = later(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


class Call(Value):
    """A call whose brackets the cursor is in: the function, the offset of its bracket, and the argument."""

    name: str
    open: int
    # arguments without a keyword before this one, the keywords used, and that of this one
    position: int = 0
    used: tuple[str, ...] = ()
    keyword: str = ""


class _Bracket:
    """A bracket that is open, and what was seen behind it."""

    def __init__(self, sign: str, at: int) -> None:
        self.sign = sign
        self.at = at
        self.position = 0
        self.used: list[str] = []
        self.keyword = ""
        # where the argument begins
        self.begin = at + 1
        # what a lambda takes is behind its colon
        self.has_colon = False

    def another(self) -> Self:
        """Return one like this that can be changed."""
        one = copy(self)
        one.used = [*self.used]
        return one

    def see(self, sign: str, at: int, text: str) -> None:
        """Take in what separates arguments, and names from their values."""
        argument = text[self.begin : at]
        if sign == ":":
            self.has_colon = True
        elif sign == "=":
            named = _NAME.match(argument)
            self.keyword = named[1] if named is not None else self.keyword
        elif self.has_colon or not _LAMBDA.match(argument):
            self.used += [self.keyword] if self.keyword else []
            self.position += not self.keyword
            self.keyword, self.begin, self.has_colon = "", at + 1, False


@lru_cache(maxsize=8)
def call_at(buffer: Buffer) -> Call | None:
    """Return the innermost call whose brackets the cursor is in; None if it is in none that has a name."""
    first = max(buffer.row - _LINES, 0)
    above, line = buffer.lines[first : buffer.row], buffer.lines[buffer.row][: buffer.col]
    text = "\n".join((*above, line))
    opened = _opened(above, line, text) if "(" in text else []
    # brackets of lists and the like belong to the argument
    while opened and (opened[-1].sign != "(" or _is_tuple(text, opened[-1].at)):
        opened.pop()
    name = _callee(text, opened[-1].at) if opened else None
    if name is None:
        return None
    inner = opened[-1]
    before = sum(map(len, buffer.lines[:first])) + first
    return Call(name, before + inner.at, inner.position, tuple(inner.used), inner.keyword)


def is_text(line: str) -> bool:
    """Whether a line ends in a comment or in a string."""
    return _signs(line, "").ends_in != ""


def _opened(above: tuple[str, ...], line: str, text: str) -> list[_Bracket]:
    """Return the brackets that are open at the end of a text, its last line apart, the innermost last."""
    known, base, quote = _opened_above(above)
    opened = [bracket.another() for bracket in known]
    signs = _signs(line, quote)
    if signs.ends_in == "#":
        # what is said in a comment is no argument
        return []
    _see(opened, signs, base, text)
    return opened


@lru_cache(maxsize=8)
def _opened_above(lines: tuple[str, ...]) -> tuple[list[_Bracket], int, str]:
    """Return the brackets that are open behind lines, their length, and the quote of a string that goes on there.

    While one types in a line, those above it stay as they are.
    """
    text = "\n".join(lines)
    opened: list[_Bracket] = []
    base, quote = 0, ""
    for line in lines:
        signs = _signs(line, quote)
        _see(opened, signs, base, text)
        base, quote = base + len(line) + 1, signs.quote
    return opened, base, quote


class _Signs(NamedTuple):
    """What structures a line, without what is in brackets that are closed in it.

    `quote` is that of a string which goes on in the next line; `ends_in` that of any, or the sign of a comment.
    """

    found: tuple[tuple[str, int], ...]
    quote: str
    ends_in: str


@lru_cache(maxsize=4096)
def _signs(line: str, quote: str) -> _Signs:
    """Read a line that begins inside of a string with this quote, if there is one."""
    begin = 0
    if quote:
        end = line.find(quote)
        if end < 0:
            return _Signs((), quote, quote)
        begin = end + len(quote)
    found: list[tuple[str, int]] = []
    ends_in = ""
    for token in _TOKEN.finditer(line, begin):
        sign = token["sign"]
        if sign is not None:
            opened = next((at for at in reversed(range(len(found))) if found[at][0] in "([{"), None)
            if opened is not None and found[opened][0] == _CLOSES.get(sign):
                del found[opened:]
            else:
                found.append((sign, token.start()))
        elif token["open"] is not None:
            ends_in = token["quote"]
        elif token["comment"] is not None:
            ends_in = "#"
    return _Signs(tuple(found), ends_in if len(ends_in) == 3 else "", ends_in)


def _see(opened: list[_Bracket], signs: _Signs, base: int, text: str) -> None:
    """Take a line in that begins at an offset of the text."""
    for sign, at in signs.found:
        if sign in "([{":
            opened.append(_Bracket(sign, base + at))
        elif opened and sign in _CLOSES:
            if opened[-1].sign == _CLOSES[sign]:
                opened.pop()
        elif opened:
            opened[-1].see(sign, base + at, text)


def _is_tuple(text: str, at: int) -> bool:
    """Whether a bracket only groups: nothing that could be called stands before it."""
    before = text[:at].rstrip(" ")
    if not before or not (before[-1].isalnum() or before[-1] in "_)]"):
        return True
    word = _LAST_WORD.search(before)
    return word is not None and word[0] in kwlist


def _callee(text: str, at: int) -> str | None:
    """Return the dotted name before a bracket; None where there is another expression, or a definition."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    found = _CALLEE.search(line)
    if found is None or _DEFINES.search(line[: found.start(1)]):
        return None
    return re.sub(r"\s", "", found[1])


def name_at(buffer: Buffer) -> tuple[str, int] | None:
    """Return the dotted name that the cursor is in or behind, up to the part that it is in, and its end's offset.

    Where there is none, it is the function whose arguments the cursor is in.
    """
    line, col = buffer.lines[buffer.row], buffer.col
    for found in _WORD.finditer(line):
        if found.start() <= col <= found.end():
            stop = found.end() if (dot := line.find(".", col, found.end())) < 0 else dot
            return line[found.start() : stop], buffer.offset - col + stop
    call = call_at(buffer)
    return (call.name, call.open) if call is not None else None
