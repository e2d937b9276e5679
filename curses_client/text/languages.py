"""What the editor knows of programming languages: comments, the width of a level, and what opens a block."""

import re
from functools import cache
from typing import Final, NamedTuple

from curses_client.text.buffer import INDENT


class Language(NamedTuple):
    """One language; `opens` is looked for in a line, beside an open bracket, to know that a block begins there."""

    comment: str = ""
    width: int = INDENT
    opens: str = ""
    # the delimiters of strings, the longest first
    quotes: tuple[str, ...] = ('"', "'")


_TRIPLE: Final = ('"""', "'''", '"', "'")
# Only what stands at the line's end opens a block, or a first word that no `end` on the same line closes.
_SHELL: Final = r"\b(?:then|do|else|in)$"
_ENDS: Final = r"^\s*(?:{})\b(?!.*\bend$)|\bdo(?:\s*\|.*\||\s+[\w, ]+)?$|\bbegin$"
_JULIA: Final = _ENDS.format(
    "function|macro|for|while|if|elseif|else|begin|let|module|(?:mutable )?struct|try|catch|finally|quote"
)
_RUBY: Final = _ENDS.format("def|class|module|if|unless|while|until|case|when|begin|for|else|elsif|rescue|ensure")
_OCTAVE: Final = _ENDS.format("function|if|for|parfor|while|switch|case|otherwise|else|elseif|try|catch|unwind_protect")
_LUA: Final = r"\b(?:then|do|else|repeat)$|\bfunction\b[^()]*\([^()]*\)$"

_C: Final = Language("//")
_HASH: Final = Language("#")
# by the aliases of Pygments, as kernels give them
_LANGUAGES: Final[dict[str, Language]] = {
    **dict.fromkeys(
        ("python", "python3", "py", "py3", "ipython", "ipython2", "ipython3", "cython"), Language("#", quotes=_TRIPLE)
    ),
    **dict.fromkeys(("r", "s", "splus"), Language("#", 2)),
    **dict.fromkeys(("julia", "jl", "julia-1.0"), Language("#", opens=_JULIA, quotes=('"""', '"'))),
    **dict.fromkeys(("bash", "sh", "shell", "zsh", "ksh", "fish"), Language("#", 2, _SHELL)),
    **dict.fromkeys(("ruby", "rb"), Language("#", 2, _RUBY)),
    **dict.fromkeys(("elixir", "ex"), Language("#", 2, r"\b(?:do|else|fn)$|->$")),
    **dict.fromkeys(("perl", "raku", "tcl", "awk", "make", "powershell", "nim", "gdscript", "coq"), _HASH),
    **dict.fromkeys(("yaml", "coffeescript", "crystal"), Language("#", 2)),
    **dict.fromkeys(("javascript", "js", "typescript", "ts", "jsx", "tsx"), Language("//", 2, quotes=('"', "'", "`"))),
    **dict.fromkeys(("c", "cpp", "c++", "java", "rust", "swift", "csharp", "c#", "php", "groovy", "d"), _C),
    **dict.fromkeys(("go", "golang"), Language("//", quotes=('"', "'", "`"))),
    **dict.fromkeys(("scala", "kotlin", "dart"), Language("//", 2, r"(?:=|=>)$", _TRIPLE)),
    **dict.fromkeys(("fsharp", "f#"), Language("//", opens=r"(?:=|->|\bthen|\belse|\bdo)$", quotes=('"',))),
    **dict.fromkeys(("lua", "luau", "moonscript"), Language("--", 2, _LUA)),
    **dict.fromkeys(
        ("sql", "sqlite3", "postgresql", "mysql", "plpgsql", "ada", "vhdl"), Language("--", 2, quotes=("'", '"'))
    ),
    **dict.fromkeys(("haskell", "hs", "elm"), Language("--", 2, r"(?:=|->|\b(?:do|of|where|let))$", ('"',))),
    **dict.fromkeys(("octave", "matlab"), Language("%", opens=_OCTAVE)),
    **dict.fromkeys(("latex", "tex", "erlang", "prolog", "postscript"), Language("%", 2, quotes=())),
    **dict.fromkeys(("fortran", "fortranfixed"), Language("!", 2)),
    **dict.fromkeys(
        ("clojure", "common-lisp", "scheme", "racket", "emacs-lisp", "hylang"), Language(";", 2, quotes=('"',))
    ),
}
_OTHER: Final = Language("#")
# what files are called, by the same aliases, so that an editor knows what they are
_SUFFIXES: Final = {
    **dict.fromkeys(("python", "python3", "ipython", "ipython3"), ".py"),
    **dict.fromkeys(("bash", "sh", "zsh", "ksh"), ".sh"),
    **dict.fromkeys(("octave", "matlab"), ".m"),
    **{name: f".{name}" for name in ("c", "cpp", "go", "java", "lua", "sql", "scala", "php", "fish", "nim")},
    "javascript": ".js",
    "typescript": ".ts",
    "r": ".R",
    "julia": ".jl",
    "ruby": ".rb",
    "rust": ".rs",
    "haskell": ".hs",
    "fsharp": ".fs",
    "csharp": ".cs",
    "kotlin": ".kt",
    "clojure": ".clj",
    "scheme": ".scm",
    "elixir": ".exs",
    "fortran": ".f90",
}
# what people call those whose alias in capitals is no name
_TITLES: Final = {
    **dict.fromkeys(("bash", "sh", "shell", "zsh", "ksh"), "Bash"),
    **dict.fromkeys(("javascript", "js"), "JavaScript"),
    **{name: name.upper() for name in ("sql", "json", "toml", "yaml", "html")},
    "cpp": "C++",
    "latex": "LaTeX",
    "jl": "Julia",
}


def language_of(lexer: str) -> Language:
    """Return what is known of a lexer's language; of one that is not known, what holds for most."""
    return _LANGUAGES.get(lexer.lower(), _OTHER)


def suffix_of(lexer: str) -> str:
    """Return what the name of a file in a lexer's language ends with."""
    return _SUFFIXES.get(lexer.lower(), ".txt")


def title_of(lexer: str) -> str:
    """Return what people call a lexer's language, the same for all lexers of one."""
    return "Python" if is_python(lexer) else _TITLES.get(lexer.lower(), lexer.capitalize())


def is_python(lexer: str) -> bool:
    """Whether a lexer's language is Python, with or without IPython's syntax."""
    return "python" in lexer.lower()


def indent_after(line: str, col: int, language: Language) -> str:
    """Return the indentation for a line opened at `col`: that of the line, and one level more where a block begins."""
    left = code_of_line(line[:col], language).rstrip()
    indent = line[: len(line) - len(line.lstrip())][:col]
    balance = sum(map(left.count, "([{")) - sum(map(left.count, ")]}"))
    opens = balance > 0 or left.endswith(("(", "[", "{")) or (language.opens and re.search(language.opens, left))
    if not opens:
        return indent
    return indent + ("\t" if indent.endswith("\t") else " " * language.width)


def code_of_line(line: str, language: Language) -> str:
    """Return a line with blanks in the place of strings and comments, as far as the line alone tells them."""
    return _quiet(language).sub(lambda match: " " * len(match[0]), line)


@cache
def _quiet(language: Language) -> re.Pattern[str]:
    """Return the expression of strings that end in their line, or do not end, and of comments."""
    parts = [rf"{quote}(?:\\.|(?!{quote})[^\\])*(?:{quote}|$)" for quote in map(re.escape, language.quotes)]
    if language.comment:
        parts.append(rf"{re.escape(language.comment)}.*")
    return re.compile("|".join(parts) or r"(?!)")
