"""Python's layout rules for unfinished source: how to indent a new line, and whether a cell is complete.

Nothing here is executed, and source that is not Python yet is the normal case.
"""

from __future__ import annotations

import ast
import codeop
import re
import warnings
from collections.abc import Sequence
from itertools import takewhile

from curses_client.text.later import later

LEVEL = "    "

_LEAVES_BLOCK = later(r"\s*(?:return|pass|raise|break|continue)\b")
_IPYTHON = later(r"[\w.,\s\[\]*]+=\s*(?:%\w|!)|[^#'\"(]*\?$")
_STRING_REST = {quote: re.compile(rf"(?:\\.|(?!{quote})[^\\])*(?P<end>{quote})?") for quote in ("'", '"', "'''", '"""')}
_OTHER = r"[^'\"()\[\]{}#]"
_TOKEN = later(
    rf"""(?P<quote>'''|"{{3}}|'|")|(?P<open>[(\[{{])|(?P<close>[)\]}}])|(?P<comment>\#.*)"""
    rf"""|(?!\s){_OTHER}(?:{_OTHER}*(?!\s){_OTHER})?"""
)

# A line's indentation needs what is open around it. Scanning 10,000 lines for that would take 30 ms, so it
# starts at a definition between these distances back; only a longer string or bracket can mislead it.
_ENOUGH_ROWS = 80
_TOO_MANY_ROWS = 600
_DEFINITION = ("def ", "class ", "async def ", "@")


def indent_after(lines: Sequence[str], row: int, col: int) -> str:
    """Return the indentation for a line opened at (row, col) of Python source.

    It is that of the line where the statement, or the element of an open bracket, began; one level more after
    a colon, an opened bracket or a backslash, one less after a statement that leaves its block.
    """
    scan = _Scan()
    first = _scan_start(lines, row)
    for number in range(first, row):
        scan.line(number, lines[number])
    left = lines[row][:col]
    scan.line(row, left)
    if scan.quote:
        return _blank(left)
    base = left if scan.base == row else lines[scan.base]
    return _indented(base, scan)


def is_simple_statement(line: str) -> bool:
    """Whether one line of Python is a whole statement for certain, so that nobody need be asked.

    A compound statement is not, as it may go on, nor is anything in IPython's own syntax.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(line).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return bool(body) and not hasattr(body[-1], "body")


def looks_complete(source: str) -> bool:
    """Guess whether a cell can be executed as it is, as Jupyter's `is_complete` would say for IPython.

    True for what is complete and for what can never be (the kernel has the better error message); False while
    a bracket, a string or a block is open: a block ends with a blank line, as does the body of a cell magic.
    """
    lines = source.split("\n")
    ends_blank = not lines[-1].strip()
    if source.lstrip().startswith("%%"):
        return ends_blank or len(source.strip().split("\n")) == 1
    scan = _Scan()
    python = [_python_for(line) if scan.line(row, line) else line for row, line in enumerate(lines)]
    if scan.brackets or scan.quote or scan.continued:
        return False
    return _compiles("\n".join(python), ends_blank)


def _indented(base: str, scan: _Scan) -> str:
    indent = _blank(base)
    level = "\t" if indent.endswith("\t") else LEVEL
    if scan.brackets:
        return indent + level if scan.brackets[-1] == scan.base else indent
    if scan.tail == ":" or scan.continued:
        return indent + level
    return indent[: -len(level)] if _LEAVES_BLOCK.match(base) else indent


class _Scan:
    """What is open after the lines seen so far.

    `base` is the row whose indentation counts for the last line: its own, or that of the line it continues.
    `brackets` holds, for each open bracket, the base row of the line that opened it; `quote` is the delimiter
    of an open string, `tail` the last character of code in the line, `continued` whether that is a backslash.
    """

    def __init__(self) -> None:
        self.base = 0
        self.brackets: list[int] = []
        self.quote = ""
        self.continued = False
        self.tail = ""

    def line(self, row: int, text: str) -> bool:
        """Take in one more line; whether it is IPython syntax and not Python."""
        inside = self.quote or self.continued
        if not inside:
            self.base = row
        self.tail = ""
        self.continued = False
        if not inside and not self.brackets and _is_ipython(text):
            return True
        self._tokens(text, self._string(text, 0) if self.quote else 0)
        return False

    def _tokens(self, text: str, pos: int) -> None:
        while found := _TOKEN.search(text, pos):
            pos = found.end()
            if found["comment"]:
                return
            self.tail = text[pos - 1]
            if quote := found["quote"]:
                self.quote = quote
                pos = self._string(text, pos)
            elif found["open"]:
                self.brackets.append(self.base)
            elif found["close"] and self.brackets:
                self.base = self.brackets.pop()
        self.continued = self.tail == "\\" and not self.quote

    def _string(self, text: str, pos: int) -> int:
        """Pass over the rest of an open string; a triple quote or a backslash keeps it open."""
        found = _STRING_REST[self.quote].match(text, pos)
        end = found.end() if found else pos
        if found and found["end"]:
            self.tail = "'"
            self.quote = ""
        elif len(self.quote) == 1 and not text.endswith("\\"):
            self.quote = ""
        return end if not self.quote else len(text)


def _scan_start(lines: Sequence[str], row: int) -> int:
    first = max(row - _ENOUGH_ROWS, 0)
    last = max(row - _TOO_MANY_ROWS, 0)
    while first > last and not lines[first].startswith(_DEFINITION):
        first -= 1
    return first


def _blank(line: str) -> str:
    return "".join(takewhile(" \t".__contains__, line))


def _is_ipython(line: str) -> bool:
    """Whether a line that begins a statement is a magic, a shell command or a question."""
    stripped = line.strip()
    return stripped.startswith(("%", "!", "?")) or bool(_IPYTHON.match(stripped))


def _python_for(line: str) -> str:
    return _blank(line) + "pass"


def _compiles(source: str, ends_blank: bool) -> bool:
    compiler = codeop.CommandCompiler()
    # A cell may await at its top level.
    compiler.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if compiler(source, "<cell>", "exec") is None:
                return False
            statements = ast.parse(source).body
    except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError):
        return True
    return ends_blank or not statements or not hasattr(statements[-1], "body")
