"""HTML as a tree of elements, as deep and as large as is good for what reads it."""

from collections.abc import Iterator, Mapping
from typing import Final

from curses_client.text.markup import Tag, decoded, pieces

_DEPTH: Final = 60
_ELEMENTS: Final = 100_000

_VOID: Final = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
# the content of these is no HTML, or nothing that text could show; `style` is read by who wants to
_RAW: Final = frozenset(("script", "template", "title", "svg", "math", "object", "noscript", "textarea", "select"))

# what a start tag ends if it is open, up to but not beyond one of the others
_ENDS: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "li": (frozenset(("li", "p")), frozenset(("ul", "ol"))),
    "dt": (frozenset(("dt", "dd", "p")), frozenset(("dl",))),
    "dd": (frozenset(("dt", "dd", "p")), frozenset(("dl",))),
    "td": (frozenset(("td", "th", "p")), frozenset(("tr", "table"))),
    "th": (frozenset(("td", "th", "p")), frozenset(("tr", "table"))),
    "tr": (frozenset(("tr", "td", "th", "p")), frozenset(("table",))),
    "tbody": (frozenset(("thead", "tbody", "tr", "td", "th")), frozenset(("table",))),
    "tfoot": (frozenset(("thead", "tbody", "tr", "td", "th")), frozenset(("table",))),
    **dict.fromkeys(
        ("p", "div", "ul", "ol", "dl", "table", "pre", "blockquote", "hr", "h1", "h2", "h3", "h4", "h5", "h6"),
        (frozenset(("p",)), frozenset(("div", "li", "td", "th", "dd", "blockquote", "table"))),
    ),
}


class Element:
    """A tag and what is inside of it: elements, and text with its entities decoded."""

    __slots__ = ("_tag", "children", "name")

    def __init__(self, tag: Tag) -> None:
        self.name = tag.name
        self.children: list[Element | str] = []
        self._tag = tag

    @property
    def attributes(self) -> dict[str, str]:
        """Its attributes, by their names in lower case."""
        return self._tag.attributes() if self._tag.written else {}

    def elements(self) -> Iterator["Element"]:
        """Yield the elements below this one in the order of the document."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.elements()

    def text(self) -> str:
        """Return the text of this element and of all below."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)


def parsed(html: str) -> Element:
    """Return the root of untrusted HTML; what is nested too deeply is less deep, what is too much is left out."""
    root = Element(Tag("", False, ""))
    path = [root]
    left = _ELEMENTS
    for piece in pieces(html, _RAW):
        if isinstance(piece, str):
            if piece:
                # a newline is kept, whether it counts depends on what it is in
                lines = map(decoded, piece.split("\n"))
                path[-1].children.append("\n".join(lines) if path[-1].name != "style" else piece)
        elif piece.is_end:
            _end(path, frozenset((piece.name,)), frozenset())
        else:
            left -= 1
            if not left:
                break
            _begin(path, piece)
    return root


def _begin(path: list[Element], tag: Tag) -> None:
    if tag.name in _ENDS:
        _end(path, *_ENDS[tag.name])
    element = Element(tag)
    path[-1].children.append(element)
    if tag.name not in _VOID and len(path) < _DEPTH:
        path.append(element)


def _end(path: list[Element], names: frozenset[str], limits: frozenset[str]) -> None:
    """Leave the outermost element of these names that is open within one of `limits`."""
    found = len(path)
    for number in range(len(path) - 1, 0, -1):
        if path[number].name in limits:
            break
        if path[number].name in names:
            found = number
            if not limits:
                break
    del path[found:]
