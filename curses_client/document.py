"""A file in the editor, as values: its lines, and how they are written on disk so that nothing else changes."""

import codecs
from dataclasses import replace
from typing import Final, Self

from curses_client.text.later import later
from kernel.protocol.value import Value

# a declaration in one of the first two lines (PEP 263)
_DECLARED: Final = later(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# what a file may begin with that says how it is encoded, and that the codec does not write by itself
_WRITTEN_BOMS: Final = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
# takes any bytes, and gives the same back
_ANY: Final = "latin-1"
NOTEBOOK: Final = ".ipynb"
_LEXERS: Final = {
    ".py": "python",
    ".pyw": "python",
    ".pyi": "python",
    ".ipy": "ipython",
    ".r": "r",
    ".jl": "julia",
    ".sh": "bash",
    ".bash": "bash",
    ".js": "javascript",
    ".sql": "sql",
    ".md": "markdown",
    ".toml": "toml",
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".c": "c",
    ".h": "c",
    ".cpp": "cpp",
    ".rs": "rust",
    ".tex": "latex",
    ".html": "html",
}


class NotText(Exception):
    """A file is none that an editor can show; the text says why."""


class Stamp(Value):
    """What tells whether a file is still the one that was read: its number, when it was written, its size."""

    inode: int
    # nanoseconds since the epoch
    time: int
    size: int


class Document(Value):
    """A file that is open: where it is, what is in it on disk, and how that is written."""

    path: str
    saved: tuple[str, ...] = ("",)
    encoding: str = "utf-8"
    ending: str = "\n"
    # whether its last line has an end
    is_ended: bool = True
    # None: it is not on disk
    stamp: Stamp | None = None
    # it is another one on disk than the one that was read
    is_changed: bool = False
    # of a notebook: the language of its cells, and all of it as it was read
    language: str = ""
    notebook: str = ""

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]

    @property
    def suffix(self) -> str:
        """What its name ends with, in small letters, with the dot."""
        name = self.name.lower()
        return name[name.rfind(".") :] if "." in name[1:] else ""

    @property
    def is_notebook(self) -> bool:
        """Whether it is one of Jupyter's notebooks, shown as a script with cells."""
        return self.suffix == NOTEBOOK

    @property
    def lexer(self) -> str:
        """Pygments' name of its language, empty for one that is not known."""
        return self.language or _LEXERS.get(self.suffix, "")

    def written(self, lines: tuple[str, ...], stamp: Stamp) -> Self:
        """Return the file as it is after it was written."""
        return replace(self, saved=lines, stamp=stamp, is_changed=False)

    def has(self, lines: tuple[str, ...]) -> bool:
        """Whether lines are those on disk."""
        return lines is self.saved or lines == self.saved


def decoded(path: str, data: bytes, stamp: Stamp | None) -> Document:
    """Read a file's bytes.

    A file whose lines do not all end alike keeps the odd ends as characters, so that all of them are written back.

    Raises:
        NotText: it holds what no text does.
    """
    encoding = _encoding(data)
    bom = _WRITTEN_BOMS.get(encoding, b"")
    text = data[len(bom) :].decode(encoding)
    if "\0" in text:
        raise NotText("it is no text")
    ending = _ending(text)
    lines = text.split(ending)
    # a file that is one line end and nothing else has two empty lines, not one that is ended
    is_ended = len(lines) > 1 and not lines[-1] and text != ending
    if is_ended:
        lines.pop()
    return Document(path, tuple(lines), encoding, ending, is_ended or not data, stamp)


def _encoding(data: bytes) -> str:
    for bom, name in _BOMS:
        if data.startswith(bom):
            return name if _fits(data, name) else _ANY
    for line in data.split(b"\n", 2)[:2]:
        found = _DECLARED.match(line)
        if found is not None and _fits(data, name := found[1].decode()):
            return name
    return "utf-8" if _fits(data, "utf-8") else _ANY


def _fits(data: bytes, encoding: str) -> bool:
    """Whether bytes are text in an encoding, and the same bytes come back from it."""
    bom = _WRITTEN_BOMS.get(encoding, b"")
    try:
        return bom + data[len(bom) :].decode(encoding).encode(encoding) == data
    except (LookupError, ValueError):
        return False


def _ending(text: str) -> str:
    """Return what all lines of a text end with, or else the newline alone."""
    ends = text.count("\n")
    pairs = text.count("\r\n")
    if ends == pairs and text.count("\r") == pairs and pairs:
        return "\r\n"
    return "\r" if not ends and "\r" in text else "\n"


def encoded(document: Document, lines: tuple[str, ...]) -> bytes:
    """Return the bytes of a file with these lines.

    Raises:
        NotText: the file's encoding lacks a character; the text names it.
    """
    text = document.ending.join(lines) + (document.ending if document.is_ended and lines != ("",) else "")
    try:
        return _WRITTEN_BOMS.get(document.encoding, b"") + text.encode(document.encoding)
    except UnicodeEncodeError as error:
        row = text.count(document.ending, 0, error.start) + 1
        character = text[error.start]
        raise NotText(f"{document.encoding} has no {character!r}, which is in line {row}") from None
