"""HTML as a browser would lay it out, in rows of text."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from curses_client.rendering.code import code_rows
from curses_client.rendering.colours import BOLD, DIM, code_style
from curses_client.rendering.css import declarations, is_hidden, styled
from curses_client.rendering.grid import grid
from curses_client.rendering.links import LONGEST, leads_to, link_style
from curses_client.rendering.tables import Cell, Table, fitted
from curses_client.rendering.tree import Element
from curses_client.rendering.wrapping import collapsed, prefixed, stored, wrapped
from curses_client.text.ansi import PLAIN, Style, sanitise
from curses_client.text.width import Row, columns, wrap_runs

LARGEST: Final = 500_000
"""Characters of HTML up to which it is shown."""

# wider paragraphs are hard to read
_PARAGRAPH: Final = 110
_NARROWEST: Final = 16
_UNSEEN: Final = frozenset(("script", "style", "template", "title", "head", "noscript", "textarea", "select", "source"))
_MARKS: Final[dict[str, dict[str, Any]]] = {
    name: dict.fromkeys(flags, True)
    for flags, names in (
        (("bold", "underline"), ("h1",)),
        (("bold",), ("b", "strong", "th", "h2", "h3", "h4", "h5", "h6", "dt", "summary", "caption")),
        (("italic",), ("i", "em", "cite", "var", "dfn", "address")),
        (("underline",), ("u", "ins")),
        (("strike",), ("s", "del", "strike")),
        (("inverse",), ("mark",)),
    )
    for name in names
}
_SPACED: Final = frozenset(
    ("p", "ul", "ol", "dl", "pre", "blockquote", "table", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "figure")
)
_BLOCKS: Final = _SPACED | frozenset(
    (
        *("address", "article", "aside", "body", "caption", "center", "dd", "details", "div", "dt", "fieldset"),
        *("figcaption", "footer", "form", "header", "html", "li", "main", "nav", "section", "summary", "tbody"),
        *("thead", "tfoot", "tr", "td", "th"),
    )
)
# what stands for what a terminal cannot show, with the address of that if it has one
_UNSHOWN: Final = {
    "video": "video",
    "audio": "audio",
    "canvas": "canvas",
    "object": "object",
    "svg": "drawing",
    "math": "formula",
    "iframe": "page",
    "embed": "page",
}
# of a line break; in untrusted text it would have been replaced
_BREAK: Final = "\v"
# how items of a list of tasks begin
_TASKS: Final = ("☐", "☑")
_LANGUAGE: Final = re.compile(r"(?:^|\s)(?:language|lang|highlight|source)-([\w+#-]{1,30})")


class _Block(NamedTuple):
    rows: list[Row]
    # whether an empty line sets it off from others
    is_spaced: bool


def html_rows(root: Element, cols: int, colors: int) -> list[str]:
    """Return a tree as stored lines of at most `cols` columns."""
    layout = _Layout(colors)
    return [stored(row) for row in _stacked(layout.blocks(root, max(cols, 1), PLAIN))]


def _stacked(blocks: Sequence[_Block]) -> list[Row]:
    rows: list[Row] = []
    was_spaced = False
    for block in blocks:
        if block.rows:
            if rows and (block.is_spaced or was_spaced):
                rows.append([])
            rows += block.rows
            was_spaced = block.is_spaced
    return rows


class _Layout:
    def __init__(self, colors: int) -> None:
        self._colors = colors

    def blocks(self, parent: Element, cols: int, style: Style) -> list[_Block]:
        """Return the blocks inside of an element; text between blocks is one too."""
        found: list[_Block] = []
        inline: Row = []

        def flush() -> None:
            row = collapsed(_prose(inline))
            if row:
                found.append(_Block(wrapped(row, min(cols, _PARAGRAPH)), is_spaced=False))
            inline.clear()

        for child in parent.children:
            if isinstance(child, str):
                inline.append((style, _sanitised(child)))
            elif child.name in _UNSEEN:
                continue
            elif child.name in _BLOCKS or _has_block(child):
                flush()
                found += self._block(child, cols, style)
            else:
                inline += self._inline(child, style)
        flush()
        return found

    def _block(self, element: Element, cols: int, style: Style) -> list[_Block]:
        name = element.name
        style, hidden = self._style(element, style)
        if hidden:
            return []
        is_spaced = name in _SPACED
        if name == "hr":
            return [_Block([[(DIM, "─" * cols)]], is_spaced)]
        if name == "pre":
            return [_Block(self._code(element, cols, style), is_spaced)]
        if name == "table":
            return [_Block(self._table(element, cols, style), is_spaced)]
        if name in ("ul", "ol"):
            return [_Block(self._list(element, cols, style), is_spaced)]
        if name in ("blockquote", "dd"):
            bar, inside = _beside((DIM, "│ ") if name == "blockquote" else (PLAIN, "    "), cols)
            return [_Block(prefixed(bar, bar, _stacked(self.blocks(element, inside, style))), is_spaced)]
        inner_blocks = self.blocks(element, cols, style)
        # a division is no more than what is in it
        return [_Block(_stacked(inner_blocks), is_spaced)] if is_spaced else inner_blocks

    def _list(self, element: Element, cols: int, style: Style) -> list[Row]:
        start = element.attributes.get("start", "1")
        number = int(start) if start.isdecimal() and len(start) < 9 else 1
        blocks = []
        for child in element.children:
            if isinstance(child, str) or child.name in _UNSEEN:
                continue
            mark = f"{number}. " if element.name == "ol" else "• "
            number += child.name == "li"
            blocks.append(self._item(child, mark, cols, style))
        return _stacked(blocks)

    def _item(self, element: Element, mark: str, cols: int, style: Style) -> _Block:
        first, inside = _beside((DIM, mark), cols)
        if element.name == "li":
            style, hidden = self._style(element, style)
            inner = [] if hidden else self.blocks(element, inside, style)
        else:
            # what some write for a deeper list
            first, inner = [(PLAIN, " " * len(mark))], self._block(element, inside, style)
        # a list within an item follows its text at once
        is_loose = element.name == "li" and any(block.is_spaced for block in inner[:1])
        rows = _stacked([block._replace(is_spaced=block.is_spaced and is_loose) for block in inner])
        if rows and any(text[:1] in _TASKS for _, text in rows[0][:1] if text):
            first = []
        rest: Row = [(PLAIN, " " * (len(mark) if first else 2))] if inside < cols else []
        return _Block(prefixed(first if inside < cols else [], rest, rows), is_loose)

    def _code(self, element: Element, cols: int, style: Style) -> list[Row]:
        language = _LANGUAGE.search(
            " ".join(part.attributes.get("class", "") for part in (element, *element.elements()))
        )
        indent, inside = _beside((PLAIN, "  "), cols)
        if language:
            rows = code_rows(element.text().removeprefix("\n"), language[1], self._colors)
        else:
            rows = _lines_of(self._inline_of(element, style))
        return prefixed(indent, indent, [piece for row in rows for piece in wrap_runs(row, inside)])

    def _table(self, element: Element, cols: int, style: Style) -> list[Row]:
        found = grid(element)
        caption = (
            wrapped(collapsed([(BOLD, _sanitised(found.caption).replace("\n", " "))]), cols) if found.caption else []
        )

        def cells(rows: Sequence[Sequence[tuple[Element | None, int]]], style: Style) -> list[list[Cell]]:
            return [[self._cell(element, span, style) for element, span in row] for row in rows]

        table = Table(cells(found.header, style._replace(bold=True)), cells(found.rows, style), found.aligns)
        return [*caption, *fitted(table, cols)] if found.aligns else caption

    def _cell(self, element: Element | None, span: int, style: Style) -> Cell:
        if element is None:
            return Cell(span=span)
        style, hidden = self._style(element, style)
        row = [] if hidden else collapsed(_prose(self._inline_of(element, style)))
        return Cell(tuple((style, text.replace("\n", " ")) for style, text in row), span)

    def _inline_of(self, element: Element, style: Style) -> Row:
        return [run for child in element.children for run in self._inline(child, style)]

    def _inline(self, child: Element | str, style: Style) -> Iterator[tuple[Style, str]]:
        """Yield the text of an element, its blanks and newlines as they are."""
        if isinstance(child, str):
            yield style, _sanitised(child)
            return
        name = child.name
        style, hidden = self._style(child, style)
        if hidden or name in _UNSEEN:
            return
        if name == "br":
            yield style, _BREAK
        elif name in ("img", "input") or name in _UNSHOWN:
            yield from _stand_in(child, style)
        elif name == "a":
            yield from self._link(child, style)
        else:
            if name in _BLOCKS:
                yield style, " "
            yield from self._inline_of(child, style)

    def _link(self, element: Element, style: Style) -> Iterator[tuple[Style, str]]:
        target = element.attributes.get("href", "").strip()
        row = self._inline_of(element, link_style(style, target))
        yield from row
        if told := leads_to(element, "".join(text for _, text in row)):
            yield style._replace(faint=True), told

    def _style(self, element: Element, style: Style) -> tuple[Style, bool]:
        name = element.name
        if name in _MARKS:
            style = style._replace(**_MARKS[name])
        elif name in ("code", "kbd", "samp", "tt"):
            style = style._replace(fg=code_style("builtin", self._colors).fg)
        attributes = element.attributes
        if not attributes:
            return style, False
        found = declarations(attributes.get("style", ""))
        if name == "font" and "color" in attributes:
            found.setdefault("color", attributes["color"])
        return styled(style, found, self._colors), "hidden" in attributes or is_hidden(found)


def _has_block(element: Element) -> bool:
    """Whether there is a block inside of an element that is none itself."""
    return any(below.name in _BLOCKS for below in element.elements()) and element.name != "a"


def _stand_in(element: Element, style: Style) -> Iterator[tuple[Style, str]]:
    attributes = element.attributes
    dim = style._replace(faint=True)
    if element.name == "img":
        yield dim, f"[image: {sanitise(attributes['alt'])[:200]}]" if attributes.get("alt") else "[image]"
    elif element.name == "input":
        if attributes.get("type") == "checkbox":
            yield style, "☑ " if "checked" in attributes else "☐ "
    else:
        source = _source(element)
        # anything but an address may be the data itself
        shown = sanitise(source[:LONGEST]) if not source.lower().startswith("data:") else ""
        kind = _UNSHOWN[element.name]
        yield link_style(dim, source), f"[{kind}: {shown}]" if shown else f"[{kind}]"


def _source(element: Element) -> str:
    """Return the address of what an element shows, which may be that of a source inside of it."""
    tags = (element, *(below for below in element.elements() if below.name == "source"))
    found = (tag.attributes.get("src") or tag.attributes.get("data") for tag in tags)
    return next((source.strip() for source in found if source), "")


def _sanitised(text: str) -> str:
    """Return untrusted text without control characters but newlines."""
    if text.isascii() and text.isprintable():
        return text
    return "\n".join(sanitise(line.replace("\t", "    ")) for line in text.split("\n"))


def _prose(row: Row) -> Row:
    """Return text in which lines end where there is a tag for it, and newlines are blanks."""
    return [(style, text.replace("\n", " ").replace(_BREAK, "\n")) for style, text in row]


def _lines_of(row: Row) -> list[Row]:
    """Return the lines of preformatted text."""
    lines: list[Row] = [[]]
    for style, text in row:
        first, *others = text.replace(_BREAK, "\n").split("\n")
        lines[-1].append((style, first))
        lines += [[(style, line)] for line in others]
    while lines and not "".join(text for _, text in lines[-1]).strip():
        lines.pop()
    if lines and not "".join(text for _, text in lines[0]).strip():
        del lines[0]
    return lines


def _beside(run: tuple[Style, str], cols: int) -> tuple[Row, int]:
    """Return what goes in front of a block, nothing where it is narrow, and the columns that are left for the block."""
    inside = cols - columns(run[1])
    return ([run], inside) if inside >= _NARROWEST else ([], cols)
