"""The call around the cursor, found in the text alone: which function, which argument."""

import re
from functools import lru_cache
from keyword import kwlist
from typing import Final

from curses_client.text.buffer import Buffer
from kernel.protocol.value import Value

# lines above the cursor in which a call may begin
_LINES: Final = 100
# strings, whole or up to the end of the text, comments, and what structures a call
_TOKEN: Final = re.compile(
    r"(?P<string>\"\"\"(?:[^\\]|\\.)*?(?:\"\"\"|\Z)|'''(?:[^\\]|\\.)*?(?:'''|\Z)"
    r"|\"(?:[^\"\\\n]|\\.)*(?:\"|\Z|(?=\n))|'(?:[^'\\\n]|\\.)*(?:'|\Z|(?=\n)))"
    r"|(?P<comment>#[^\n]*)|[=!<>:]=|(?P<sign>[][(){},=:])",
    re.DOTALL,
)
_CALLEE: Final = re.compile(r"(?:^|[^\w.)\]'\"])((?:[^\W\d]\w*\s*\.\s*)*[^\W\d]\w*)\Z")
_NAME: Final = re.compile(r"\s*([^\W\d]\w*)\s*\Z")
_LAMBDA: Final = re.compile(r"\s*(?:\w+\s*=\s*)?lambda\b")
_LAST_WORD: Final = re.compile(r"\w+\Z")
_DEFINES: Final = re.compile(r"(?:\bdef|\bclass)\s+\Z")
_CLOSES: Final = {")": "(", "]": "[", "}": "{"}
_WORD: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


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
    text = "\n".join((*buffer.lines[first : buffer.row], buffer.lines[buffer.row][: buffer.col]))
    if "(" not in text:
        return None
    opened = _opened(text)
    # brackets of lists and the like belong to the argument
    while opened and (opened[-1].sign != "(" or _is_tuple(text, opened[-1].at)):
        opened.pop()
    if not opened:
        return None
    inner = opened[-1]
    name = _callee(text, inner.at)
    if name is None:
        return None
    before = sum(map(len, buffer.lines[:first])) + first
    return Call(name, before + inner.at, inner.position, tuple(inner.used), inner.keyword)


def is_text(line: str) -> bool:
    """Whether a line ends in a comment or in a string."""
    last = max(_TOKEN.finditer(line), key=lambda token: token.start(), default=None)
    if last is None or last.end() < len(line):
        return False
    string = last["string"] or ""
    return bool(last["comment"]) or bool(string and (len(string) == 1 or string[-1] != string[0]))


def _opened(text: str) -> list[_Bracket]:
    """Return the brackets that are open at the end of a text, the innermost last."""
    opened: list[_Bracket] = []
    for token in _TOKEN.finditer(text):
        sign, at = token["sign"], token.start()
        if sign is None:
            if token["comment"] and token.end() == len(text):
                # what is said in a comment is no argument
                return []
            continue
        if sign in "([{":
            opened.append(_Bracket(sign, at))
        elif opened and sign in _CLOSES:
            if opened[-1].sign == _CLOSES[sign]:
                opened.pop()
        elif opened:
            opened[-1].see(sign, at, text)
    return opened


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
