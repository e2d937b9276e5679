"""Highlighting of source code line by line, so that a key costs the lexing of its line and not of the text.

Pygments lexers are state machines with a stack of states. The stack at each line's end is kept, and after an
edit lexing goes on from the first changed line until a line is entered with the same stack as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from curses_client.text.buffer import Change
from curses_client.text.difference import difference

if TYPE_CHECKING:
    from pygments.lexer import ExtendedRegexLexer

Kind = Literal[
    "text",
    "keyword",
    "builtin",
    "name",
    "function",
    "class",
    "decorator",
    "string",
    "escape",
    "number",
    "operator",
    "comment",
    "magic",
    "error",
    "constant",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
Run = tuple[Kind, str]

_PYTHON = frozenset({"python", "python3", "py", "py3"})
_IPYTHON = frozenset({"ipython", "ipython2", "ipython3"})

# A Pygments token type is a tuple of names; the longest prefix found here decides.
_KIND_OF: dict[tuple[str, ...], Kind] = {
    (): "text",
    ("Keyword",): "keyword",
    ("Keyword", "Constant"): "constant",
    ("Name",): "name",
    ("Name", "Builtin"): "builtin",
    ("Name", "Class"): "class",
    ("Name", "Constant"): "constant",
    ("Name", "Decorator"): "decorator",
    ("Name", "Exception"): "builtin",
    ("Name", "Function"): "function",
    ("Name", "Tag"): "keyword",
    ("Literal",): "constant",
    ("Literal", "Number"): "number",
    ("Literal", "String"): "string",
    ("Literal", "String", "Escape"): "escape",
    ("Literal", "String", "Interpol"): "escape",
    ("Operator",): "operator",
    ("Operator", "Word"): "keyword",
    ("Comment",): "comment",
    ("Error",): "error",
    ("Magic",): "magic",
}

# The language of a cell below its %%magic; below any other magic it is plain text.
_CELL_LANGUAGES = {
    **dict.fromkeys(("capture", "debug", "prun", "pypy", "python", "python3", "time", "timeit"), "ipython"),
    **dict.fromkeys(("!", "bash", "sh", "sx", "system"), "bash"),
    **dict.fromkeys(("javascript", "js"), "javascript"),
    **{name: name for name in ("cython", "html", "latex", "markdown", "perl", "r", "ruby", "sql", "svg")},
}
# Magics whose argument is Python.
_CODE_MAGICS = "time|timeit|prun|debug"

# Regular expressions on a line this long (an inlined image, say) would take longer than the line is worth.
_MAX_LINE = 5_000
# Each bracket that an f-string leaves open pushes one more state, for all lines below.
_MAX_DEPTH = 64

# The name of the language, then the lexer's stack of states.
State = tuple[str, ...]
# Above the cell's first line of text, where alone a %%magic can stand.
_CELL_START: State = ("cell",)


class _Row(NamedTuple):
    entering: State
    runs: list[Run]
    leaving: State


class Highlighter:
    """Highlights one text that is edited between calls.

    `lexer_name` is an alias of Pygments, as in a kernel's `language_info.pygments_lexer`; the IPython ones
    add magics, shell commands and cell magics to Python. With a name that is not known all is plain text.
    """

    def __init__(self, lexer_name: str) -> None:
        self._name = name = lexer_name.lower()
        self._start: State = _CELL_START if name in _IPYTHON else (name, "root")
        _language("ipython" if name in _IPYTHON else name)
        self._lines: tuple[str, ...] = ()
        self._rows: list[_Row | None] = []
        # Rows before `_ready` are right. Those of `_tail` (start, stop) follow from each other, and are right
        # if the first of them is still entered with the same state.
        self._ready = 0
        self._tail = (0, 0)

    def another(self) -> Highlighter:
        """Return one of the same language, for another text."""
        return Highlighter(self._name)

    def tokens(self, lines: Sequence[str], first: int, last: int) -> list[list[Run]]:
        """Return the (kind, text) runs of rows `first` to `last` (excluded).

        The texts of a row join to its line. The lists are kept for the next call: do not change them.
        """
        self.advance(lines, last)
        return [row.runs for row in self._rows[max(first, 0) : max(last, 0)] if row]

    def known(self, lines: Sequence[str], row: int) -> list[Run] | None:
        """Return the runs of a row if they are known without work; do not change them."""
        self._update(lines if isinstance(lines, tuple) else tuple(lines))
        found = self._rows[row] if row < self._ready else None
        return found.runs if found is not None else None

    def advance(self, lines: Sequence[str], last: int, limit: int | None = None, change: Change | None = None) -> bool:
        """Lex at most `limit` lines towards row `last`; whether the rows before `last` are now ready.

        A line costs some 50 us: for a distant row, spread the work over idle moments with `limit`.  A `change` tells
        in which lines these differ from others.
        """
        self._update(lines if isinstance(lines, tuple) else tuple(lines), change)
        stop = min(last, len(self._rows))
        row, lexed = self._ready, 0
        while row < stop and (limit is None or lexed < limit):
            previous = self._rows[row - 1] if row else None
            state = previous.leaving if previous else self._start
            known = self._rows[row]
            if known is None or known.entering != state:
                self._rows[row] = self._lex(self._lines[row], state)
                lexed += 1
                row += 1
            else:
                start, end = self._tail
                row = end if start <= row < end else row + 1
        self._ready = row
        return row >= stop

    def _update(self, lines: tuple[str, ...], change: Change | None = None) -> None:
        """Take over a changed text, keeping the rows before and behind the change."""
        old = self._lines
        if lines is old:
            return
        first, same = difference(old, lines, change)
        end, moved = len(old) - same, len(lines) - len(old)
        self._rows[first:end] = [None] * (len(lines) - same - first)
        self._lines = lines
        start, stop = self._tail
        if self._ready > end:
            start, stop = end, self._ready
        elif stop > end:
            start = max(start, end)
        else:
            moved, stop = 0, min(stop, first)
        self._ready = min(self._ready, first)
        self._tail = max(start + moved, self._ready), stop + moved

    def _lex(self, line: str, state: State) -> _Row:
        if state != _CELL_START:
            name, *stack = state
            runs, left = _language(name).line(line, stack)
            return _Row(state, runs, (name, *left))
        stripped = line.strip()
        if not stripped:
            return _Row(state, _plain(line), state)
        if not stripped.startswith("%%"):
            return self._lex(line, ("ipython", "root"))._replace(entering=state)
        magic = stripped.split()[0]
        end = line.index(magic) + len(magic)
        runs = [("magic", line[:end]), *_plain(line[end:])]
        return _Row(state, runs, (_CELL_LANGUAGES.get(magic[2:].lower(), "text"), "root"))


class _Language:
    """One Pygments lexer, run on one line at a time."""

    def __init__(self, name: str) -> None:
        # Pygments costs 40 to 50 ms to import.
        from pygments.lexer import LexerContext

        self._context = LexerContext
        self._lexer = _line_lexer(name)

    def line(self, line: str, stack: list[str]) -> tuple[list[Run], list[str]]:
        """Lex a line entered with a stack of states; returns its runs and the stack left at its end."""
        if self._lexer is None or len(line) > _MAX_LINE:
            return _plain(line), stack
        context = self._context(line + "\n", 0, list(stack))
        try:
            found = [(_kind(token), text) for _, token, text in self._lexer.get_tokens_unprocessed(context=context)]
        except Exception:
            # Lexers are plug-ins written for whole texts, so that some fail on a line: it is shown plain.
            return _plain(line), ["root"]
        runs = _merged(found)
        if "".join(text for _, text in runs) != line:
            runs = _plain(line)
        return runs, context.stack if len(context.stack) <= _MAX_DEPTH else ["root"]


@cache
def _language(name: str) -> _Language:
    """Make a language's lexer once: its rules take 10 ms to compile, and it keeps nothing between lines."""
    return _Language(name)


def _plain(line: str) -> list[Run]:
    return [("text", line)] if line else []


def _merged(found: list[Run]) -> list[Run]:
    """Join neighbours of one kind and drop the newline that the lexer was given at the end."""
    runs: list[Run] = []
    for kind, text in found:
        if runs and runs[-1][0] == kind:
            runs[-1] = (kind, runs[-1][1] + text)
        else:
            runs.append((kind, text))
    if runs and runs[-1][1].endswith("\n"):
        kind, text = runs.pop()
        if len(text) > 1:
            runs.append((kind, text[:-1]))
    return [run for run in runs if run[1]]


@lru_cache(maxsize=512)
def _kind(token: tuple[str, ...]) -> Kind:
    while token not in _KIND_OF:
        token = token[:-1]
    return _KIND_OF[token]


def _line_lexer(name: str) -> ExtendedRegexLexer | None:
    """Make a lexer that keeps its stack in a context; None if the language is not known or has no states."""
    from pygments.lexer import ExtendedRegexLexer, LexerContext, RegexLexer

    class LineLexer(ExtendedRegexLexer):
        """Also takes a bare stack, with which rules call the lexer for a part of their match."""

        def get_tokens_unprocessed(  # type: ignore[no-untyped-def, override]
            self, text=None, context=None, stack=("root",)
        ):
            return super().get_tokens_unprocessed(context=context or LexerContext(text, 0, list(stack)))

    if name in _PYTHON:
        base: Any = _python_lexer(magics=False)
    elif name == "ipython":
        base = _python_lexer(magics=True)
    else:
        from pygments.lexers import find_lexer_class_by_name
        from pygments.util import ClassNotFound

        try:
            base = find_lexer_class_by_name(name)
        except ClassNotFound:
            return None
    if not issubclass(base, RegexLexer):
        return None
    lexer: ExtendedRegexLexer = type("LineLexer", (LineLexer, base), {})()
    return lexer


def _python_lexer(magics: bool) -> type:
    """Make a Python lexer whose rules never look beyond the line, with IPython's syntax if asked for."""
    from pygments import lexer
    from pygments.lexers.python import PythonLexer
    from pygments.token import String, Text, Token, Whitespace

    magic = Token.Magic
    bygroups: Any = lexer.bygroups  # has no types
    ipython = [
        (rf"^([ \t]*)(%%?(?:{_CODE_MAGICS})\b)", bygroups(Text, magic)),
        (r"^([ \t]*)(%%?\w+|!!?(?!=)|\?\??)([^\n]*)", bygroups(Text, magic, Text)),
        (r"(?<==)([ \t]*)(%\w+|!)([^\n]*)", bygroups(Text, magic, Text)),
        (r"\?\??(?=[ \t]*$)", magic),
    ]

    class LinePythonLexer(PythonLexer):
        """Pygments' own rule for docstrings needs both of their ends in one text."""

        tokens = {  # noqa: RUF012
            "root": [
                (r'^(\s*)([rRuUbB]{,2})(""")', bygroups(Whitespace, String.Affix, String.Doc), "doc-double"),
                (r"^(\s*)([rRuUbB]{,2})(''')", bygroups(Whitespace, String.Affix, String.Doc), "doc-single"),
                *(ipython if magics else ()),
                lexer.inherit,
            ],
            # While the name is still to be typed, the next line's first word is not it.
            "classname": [lexer.inherit, lexer.default("#pop")],
            "doc-double": [(r'"""', String.Doc, "#pop"), (r'[^"\\]+|\\[\s\S]|"', String.Doc)],
            "doc-single": [(r"'''", String.Doc, "#pop"), (r"[^'\\]+|\\[\s\S]|'", String.Doc)],
        }

    return LinePythonLexer
