"""A cell as IPython takes it -> Python that any interpreter takes: what only IPython knows becomes a comment.

Comments are those that jupytext makes, and makes magics of again: ``# %time x``.  Where a statement has to stand,
inside of a block, there is one in front of the comment.
"""

import ast
import io
import re
import tokenize
import warnings
from typing import Final

# of a cell under one of these, the rest is Python that runs here as well
_AROUND_PYTHON: Final = frozenset(("capture", "debug", "prun", "time", "timeit"))
_CELL_MAGIC: Final = re.compile(r"\s*%%(!|\w*)")
_MAGIC: Final = re.compile(
    r"""\s*(?: %{1,2}[A-Za-z_]                          # %time f()
             | !                                        # !ls
             | \?{1,2}\s*[%\w*]                         # ?f
             | %{0,2}[\w*][\w*.\[\]]*\?{1,2}\s*$        # f?
             | [,;/][A-Za-z_]                           # ,f a b
             | [A-Za-z_][\w.,\s\[\]]*=\s*(?:!|%[A-Za-z_])  # files = !ls
           )""",
    re.VERBOSE,
)
# what IPython takes without its sign if it stands alone, and if no Python follows it
_ALONE: Final = frozenset(("hist", "history", "ll", "ls", "lsmagic", "pwd", "who", "whos"))
_BEFORE: Final = re.compile(
    r"\s*(?:cat|cd|conda|cp|env|history|less|ll|ls|lsmagic|magic|mamba|man|mkdir|more|mv|pip|pwd|rm|rmdir|run|time|"
    r"timeit|uv|who|whos)\s+[^\s=(]"
)


def without_magics(code: str) -> str:
    """Return the source of a cell as Python, as far as that can be told; what is Python stays as it is."""
    if _parses(code):
        return code
    lines = code.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    cell_magic = _CELL_MAGIC.match(lines[first])
    if cell_magic is not None and cell_magic[1] not in _AROUND_PYTHON:
        return commented(code)
    if cell_magic is not None:
        head = [*lines[:first], f"# {lines[first]}"]
        rest = "\n".join(lines[first + 1 :])
        return "\n".join([*head, without_magics(rest)] if lines[first + 1 :] else head)
    return "\n".join(_line_by_line(lines))


def commented(code: str) -> str:
    """Return text as comments, whatever ends lines in it."""
    return "\n".join(f"# {line}".rstrip() for line in code.replace("\0", "␀").splitlines())


def awaits(code: str) -> bool:
    """Whether code is Python for IPython only because it awaits something outside of any function."""
    return not _compiles(code) and _compiles(code, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def without_future(code: str) -> tuple[str, list[str]]:
    """Return code without its imports from `__future__`, which begin a file, and their names."""
    if "__future__" not in code:
        return code, []
    try:
        statements = _parsed(code).body
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return code, []
    lines = code.split("\n")
    names: list[str] = []
    for statement in statements:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            names += [alias.name for alias in statement.names]
            for number in range(statement.lineno - 1, statement.end_lineno or statement.lineno):
                lines[number] = f"# {lines[number]}"
    return "\n".join(lines), names


def _line_by_line(lines: list[str]) -> list[str]:
    """Return lines with those commented that are for IPython; others that look like it are inside of something."""
    found: list[str] = []
    goes_on = False
    blanks = ""
    for number, line in enumerate(lines):
        text = line.lstrip()
        if goes_on:
            found.append(f"{blanks}# {text}")
        elif _is_magic(line) and not _is_inside(found):
            blanks = line[: len(line) - len(text)]
            found.append(f"{blanks}pass  # {text}" if blanks else f"# {text}")
            goes_on = True
        else:
            found.append(line)
        goes_on = goes_on and line.endswith("\\") and number + 1 < len(lines)
    return found


def _is_magic(line: str) -> bool:
    if _MAGIC.match(line) or line.strip() in _ALONE:
        return True
    return _BEFORE.match(line) is not None and not _parses(line.strip())


def _is_inside(lines: list[str]) -> bool:
    """Whether what follows these lines is inside of a string or of brackets."""
    if not lines:
        return False
    if lines[-1].endswith("\\") and not lines[-1].lstrip().startswith("#"):
        return True
    try:
        for _ in tokenize.generate_tokens(io.StringIO("\n".join([*lines, ""])).readline):
            pass
    except tokenize.TokenError:
        return True
    except SyntaxError:
        # indented otherwise than anything before
        return False
    return False


def _parses(code: str) -> bool:
    try:
        _parsed(code)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return False
    return True


def _parsed(code: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)


def _compiles(code: str, flags: int = 0) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, "<cell>", "exec", flags=flags, dont_inherit=True)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return False
    return True
