"""HTML as text: lines as a browser would break them, with bold, italic and underlined as styles."""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from curses_client.text.ansi import PLAIN, Style, encode, sanitise

# An attribute may hold a `>` in quotes; a `<` in front of anything but a name is text.
_TAG: Final = re.compile(
    r"""<(?: !--(?P<comment>)
           | /?(?P<name>[a-zA-Z][a-zA-Z0-9]*+)\b(?:[^<>"']++|"[^"]*"|'[^']*')*+>
           | [!?][^<>]*+>)""",
    re.VERBOSE,
)
_ATTRIBUTE: Final = re.compile(r"""([^\s=<>/"']++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++)))?""")
_SPACE: Final = re.compile(r"[ \t\n\f\r]+")
_HARD_SPACE: Final = str.maketrans("\xa0\u2007\u202f", "   ", "\u200b")

_STYLES: Final = {
    **dict.fromkeys(("b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "del", "strike"), "strike"),
}
_BLOCKS: Final = frozenset(
    (
        *("address", "article", "blockquote", "dd", "details", "div", "dl", "dt", "fieldset", "figure", "footer"),
        *("form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "option", "p", "pre"),
        *("section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    )
)
_UNSEEN: Final = frozenset(("script", "style", "template", "title"))


class Tag(NamedTuple):
    """A tag of HTML: its name in lower case, and its attributes as they are written."""

    name: str
    is_end: bool
    written: str

    def attributes(self) -> dict[str, str]:
        """Return the attributes by their names in lower case; of those that come twice the first counts."""
        found: dict[str, str] = {}
        for name, *values in _ATTRIBUTE.findall(self.written):
            found.setdefault(name.lower(), decoded("".join(values)))
        return found


def pieces(text: str, raw: frozenset[str] = _UNSEEN) -> Iterator[str | Tag]:
    """Yield the tags of untrusted HTML and the text between them, its entities as they are written.

    Comments and the like are left out, and so is what is in the elements `raw`, which is no HTML; no input is an error.
    """
    position = 0
    while tag := _TAG.search(text, position):
        yield text[position : tag.start()]
        position = tag.end()
        name = (tag["name"] or "").lower()
        is_end = text.startswith("</", tag.start())
        if tag["comment"] is not None:
            position = _after(text, "-->", position)
        elif name in raw and not is_end:
            yield Tag(name, False, text[tag.end("name") : position - 1])
            position = _after(text, f"</{name}[^>]*>?", position)
            yield Tag(name, True, "")
        elif name:
            yield Tag(name, is_end, text[tag.end("name") : position - 1])
    yield text[position:]


def html_lines(text: str) -> list[str]:
    """Return the lines of untrusted HTML (`curses_client.text.ansi`: stored lines); no input is an error."""
    page = _Page()
    for piece in pieces(text):
        if isinstance(piece, str):
            page.add(piece)
        else:
            page.tag(piece.name, piece.is_end)
    page.end_line()
    return page.lines


def _after(text: str, end: str, position: int) -> int:
    """Return where the pattern `end` ends; without it all that follows is part of it, as in a browser."""
    found = re.compile(end, re.IGNORECASE).search(text, position)
    return found.end() if found else len(text)


class _Page:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self._runs: list[tuple[Style, str]] = []
        self._depths = dict.fromkeys((*_STYLES.values(), "pre"), 0)
        # a blank would be the second one, or stand at the beginning
        self._is_spaced = True

    def tag(self, name: str, is_end: bool) -> None:
        """Take in a tag."""
        kind = "pre" if name == "pre" else _STYLES.get(name)
        if name in _BLOCKS:
            self.end_line()
        if kind is not None:
            self._depths[kind] = max(self._depths[kind] + (-1 if is_end else 1), 0)
        if name == "br":
            self.end_line(even_empty=True)
        elif name == "li" and not is_end:
            self._write("• ")
        elif name in ("td", "th") and is_end:
            self._write("  ")

    def add(self, text: str) -> None:
        """Add text between tags."""
        if self._depths["pre"]:
            first, *rest = text.split("\n")
            self._write(decoded(first))
            for line in rest:
                self.end_line(even_empty=True)
                self._write(decoded(line))
            return
        text = _SPACE.sub(" ", text)
        if self._is_spaced:
            text = text.removeprefix(" ")
        self._write(decoded(text))
        if text:
            self._is_spaced = text.endswith(" ")

    def end_line(self, even_empty: bool = False) -> None:
        """Begin a new line if there is anything on this one."""
        if self._runs or even_empty:
            self.lines.append(encode([*self._runs, (PLAIN, "")]))
        self._runs = []
        self._is_spaced = True

    def _write(self, text: str) -> None:
        if not text:
            return
        on: dict[str, Any] = {kind: True for kind, depth in self._depths.items() if depth and kind != "pre"}
        self._runs.append((Style(**on), sanitise(text)))
        self._is_spaced = text.endswith(" ")


def decoded(text: str) -> str:
    """Return text with its entities as characters, and with blanks of all kinds as blanks."""
    if "&" in text:
        # its table of entities is large
        from html import unescape

        text = unescape(text).replace("\n", " ")
    return text.translate(_HARD_SPACE)
