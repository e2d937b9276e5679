"""An HTML table as rows and columns: spans resolved, header and body told apart, columns aligned."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from curses_client.rendering.css import declarations
from curses_client.rendering.tables import Align
from curses_client.rendering.tree import Element

_COLUMNS: Final = 1_000
_SPAN: Final = 1_000
_PLACES: Final = 100_000
_NUMBER: Final = re.compile(
    r"[-+−]?(?:[0-9][0-9,_ ]{0,40}|0x[0-9a-f]{1,20})?(?:\.[0-9]{0,40})?(?:[eE][-+]?[0-9]{1,5})?[%jJ]?"
)
# what may stand among numbers
MISSING: Final = frozenset(("NaN", "nan", "None", "null", "<NA>", "NaT", "NA", "inf", "-inf", "...", "…", "-", ""))

Place = tuple[Element | None, int]
"""A cell and over how many columns it goes; no element is where one goes over several rows."""


class Grid(NamedTuple):
    """A table: all rows have the same number of columns, that of `aligns`."""

    caption: str
    header: list[list[Place]]
    rows: list[list[Place]]
    aligns: list[Align]
    held: int
    """How many columns, from the left, are headings of the rows."""


def grid(table: Element) -> Grid:
    """Return the rows and columns of a table element; what is too much of it is left out."""
    caption = next((child.text().strip() for child in _named(table, ("caption",))), "")
    found = list(_rows(table))
    resolved = _resolved([row for row, _ in found])
    count = max((sum(span for _, span in row) for row in resolved), default=0)
    for row in resolved:
        row += [(None, 1)] * (count - sum(span for _, span in row))
    in_header = [is_head or _is_heading(row) for row, is_head in found[: len(resolved)]]
    first = in_header.index(False) if False in in_header else len(in_header)
    # rows of headings only are the header if there is anything else
    header, rows = (
        (resolved[:first], resolved[first:]) if first < len(resolved) or (found[:1] and found[0][1]) else ([], resolved)
    )
    return Grid(caption, header, rows, _aligns(header, rows, count), _held(rows))


def is_number(text: str) -> bool:
    """Whether text is a number as data frames write them."""
    return bool(text) and any(map(str.isdigit, text)) and _NUMBER.fullmatch(text) is not None


def _named(element: Element, names: Sequence[str]) -> Iterator[Element]:
    for child in element.children:
        if isinstance(child, Element) and child.name in names:
            yield child


def _rows(table: Element) -> Iterator[tuple[Element, bool]]:
    """Yield the rows of a table and whether they are in its head."""
    for child in _named(table, ("tr", "thead", "tbody", "tfoot")):
        if child.name == "tr":
            yield child, False
        else:
            for row in _named(child, ("tr",)):
                yield row, child.name == "thead"


def _is_heading(row: Element) -> bool:
    cells = list(_named(row, ("td", "th")))
    return bool(cells) and all(cell.name == "th" for cell in cells)


def _resolved(rows: Iterable[Element]) -> list[list[Place]]:
    """Return rows with a place for each column that they have."""
    found: list[list[Place]] = []
    # columns that cells of rows above take, and for how many rows more
    below: dict[int, int] = {}
    left = _PLACES
    for row in rows:
        places: list[Place] = []
        column = 0
        taken, below = below, {at: count - 1 for at, count in below.items() if count > 1}
        for cell in _named(row, ("td", "th")):
            while column in taken:
                places.append((None, 1))
                column += 1
            attributes = cell.attributes
            span = min(_count(attributes.get("colspan")), _COLUMNS - column)
            if span < 1:
                break
            down = _count(attributes.get("rowspan")) - 1
            if down:
                below.update(dict.fromkeys(range(column, column + span), down))
            places.append((cell, span))
            column += span
        while column in taken:
            places.append((None, 1))
            column += 1
        left -= column
        if left < 0:
            break
        found.append(places)
    return found


def _count(text: str | None) -> int:
    return min(max(int(text), 1), _SPAN) if text and text.isascii() and text.isdigit() and len(text) < 6 else 1


def _aligns(header: list[list[Place]], rows: list[list[Place]], count: int) -> list[Align]:
    told: dict[int, Align] = {}
    numbers: list[bool | None] = [None] * count
    for number, row in enumerate((*rows, *reversed(header))):
        column = 0
        is_body = number < len(rows)
        for cell, span in row:
            if cell is not None and span == 1:
                if column not in told and (align := _told(cell)):
                    told[column] = align
                if is_body and numbers[column] is not False and (text := cell.text().strip()) not in MISSING:
                    numbers[column] = is_number(text)
            column += span
    return [told.get(column, "right" if numbers[column] else "left") for column in range(count)]


def _told(cell: Element) -> Align | None:
    attributes = cell.attributes
    if not attributes:
        return None
    align = attributes.get("align") or declarations(attributes.get("style", "")).get("text-align")
    classes = attributes.get("class", "").split()
    match align:
        case "left" | "right" | "center":
            return align
    return "right" if "gt_right" in classes else None


def _held(rows: list[list[Place]]) -> int:
    """Return how many columns begin each row with headings."""
    if not rows:
        return 0
    held = 0
    for cell, span in rows[0]:
        if cell is None or cell.name != "th":
            break
        held += span
    return held
