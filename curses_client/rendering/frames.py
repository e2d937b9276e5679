"""Data frames: tables that are not wrapped, with their shape and, where they are known, their types."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from curses_client.rendering.colours import BOLD, DIM
from curses_client.rendering.css import declarations, rules, styled
from curses_client.rendering.folds import fold_line, is_open
from curses_client.rendering.grid import MISSING, Grid, Place, grid, is_number
from curses_client.rendering.links import leads_to
from curses_client.rendering.plain import note
from curses_client.rendering.tables import Cell, Table, cell, scrolling
from curses_client.rendering.tree import Element
from curses_client.rendering.wrapping import stored
from curses_client.shown import Line, Rendered
from curses_client.text.ansi import PLAIN, Style, sanitise

LARGEST: Final = 1_000_000
"""Characters of HTML up to which a table is shown: a second."""

# pandas' own limit: its tables are shown as they are
_ROWS: Final = 60
_FIRST: Final = 20
_LAST: Final = 10
_OPENED: Final = 5_000
_FIELDS: Final = 1_000
_CHARACTERS: Final = 1_000
# of what stands around a table that is all there is
_LINES_AROUND: Final = 3
_LINE_AROUND: Final = 120
_FOREIGN: Final = frozenset(
    (
        *("input", "button", "details", "form", "pre", "ul", "ol"),
        *("canvas", "iframe", "img", "svg", "math", "video", "audio", "object", "embed"),
    )
)
# between the levels of a column's name
_LEVEL: Final = "\t"
# the longest name of a type that stands above a column
_TYPE: Final = 16


class Frame(NamedTuple):
    """HTML that is one table, with little around it."""

    table: Element
    before: list[str]
    after: list[str]
    sheet: str

    @property
    def has_rows(self) -> bool:
        """Whether there is any data."""
        return any(element.name == "td" for element in self.table.elements())


def frame_of(root: Element) -> Frame | None:
    """Return the one table that HTML consists of, None if there is more to it or none."""
    elements = list(root.elements())
    tables = [element for element in elements if element.name == "table"]
    if len(tables) != 1 or any(element.name in _FOREIGN for element in elements):
        return None
    before, after = _around(root, tables[0])
    shortly = [
        len(lines) <= _LINES_AROUND and all(len(line) <= _LINE_AROUND for line in lines) for lines in (before, after)
    ]
    sheet = "".join(element.text() for element in elements if element.name == "style")
    return Frame(tables[0], before, after, sheet) if all(shortly) else None


def html_frame(frame: Frame, types: Mapping[str, str], colors: int, opened: frozenset[str]) -> Rendered:
    """Return a table from HTML; of columns without a type of their own `types` may tell it by name."""
    found = grid(frame.table)
    looks = _Looks(rules(frame.sheet), colors)
    header = [[looks.heading(place) for place in row] for row in found.header]
    if types:
        header = _typed(header, found.header, types)
    rows = [[looks.cell(place) for place in row] for row in found.rows]
    table = Table(header, _indexed(rows, found), found.aligns, found.held)
    caption = [stored([(BOLD, sanitise(found.caption))])] if found.caption else []
    before = [*(note(line).text for line in frame.before), *caption]
    return rendered(table, opened, before, frame.after)


def field_types(resource: Any) -> dict[str, str]:
    """Return the types of the fields of a data resource by their names."""
    schema = resource.get("schema") if isinstance(resource, Mapping) else None
    fields = schema.get("fields") if isinstance(schema, Mapping) else None
    found = {}
    for field in fields[:_FIELDS] if isinstance(fields, list) else ():
        if isinstance(field, Mapping) and isinstance(name := field.get("name"), str):
            kind = field.get("type")
            found[name] = sanitise(kind[:_TYPE]) if isinstance(kind, str) else "any"
    return found


def rendered(table: Table, opened: frozenset[str], before: Sequence[str] = (), after: Sequence[str] = ()) -> Rendered:
    """Return a table as lines, its middle folded if it is long, with stored lines before and untrusted ones after."""
    count = len(table.rows)
    left_out = max(count - _OPENED, 0)
    is_long = count > _ROWS
    opens = is_open("rows", opened)
    rows = table.rows[:_OPENED]
    if is_long and not opens:
        rows = [*table.rows[:_FIRST], *table.rows[-_LAST:]]
    texts, held = scrolling(Table(table.header, rows, table.aligns, table.held))
    first = len(before)
    last = first + len(table.header)
    lines = [*(Line(text, stays=True) for text in before), *map(Line, texts)]
    if is_long:
        hidden = count - _FIRST - _LAST
        lines.insert(last + _FIRST, fold_line(f"{'▾' if opens else '…'} {hidden:,} rows", "rows"))
    if opens and left_out:
        lines.append(note(f"… {left_out:,} more rows"))
    lines += map(note, after)
    return Rendered(tuple(lines), wraps=False, held_cols=held, header=(first, last))


class _Looks:
    """How the cells of an HTML table look."""

    def __init__(self, by_id: Mapping[str, str], colors: int) -> None:
        self._by_id = by_id
        self._colors = colors

    def heading(self, place: Place) -> Cell:
        element, span = place
        is_type = element is not None and element.name == "td"
        return cell(_text(place), DIM if is_type else BOLD, span)

    def cell(self, place: Place) -> Cell:
        element, span = place
        text = _text(place)
        style = DIM if text in MISSING else PLAIN
        if element is not None and (attributes := element.attributes):
            told = self._by_id.get(attributes.get("id", ""), "") + ";" + attributes.get("style", "")
            style = styled(style, declarations(told), self._colors)
        return cell(text, style, span)


def _text(place: Place) -> str:
    element, _ = place
    if element is None:
        return ""
    lines = (" ".join(line.split()) for line in _told(element)[:_CHARACTERS].split("\v"))
    return sanitise(" ⏎ ".join(line for line in lines if line))


def _told(element: Element) -> str:
    """Return the text of an element, line breaks as vertical tabs, with where its links lead."""
    if element.name == "br":
        return "\v"
    text = "".join(child if isinstance(child, str) else _told(child) for child in element.children)
    return text + leads_to(element, text) if element.name == "a" else text


def _indexed(rows: Sequence[Sequence[Cell]], found: Grid) -> list[list[Cell]]:
    """Return rows whose first columns are seen to be the index: dim where they only count, else bold."""
    column = [row[0].row[0][1] for row in rows if found.held and row and row[0].row]
    style = DIM if found.held == 1 and all(map(is_number, column)) else BOLD
    return [[*(_with(cell, style) for cell in row[: found.held]), *row[found.held :]] for row in rows]


def _with(cell: Cell, style: Style) -> Cell:
    row = tuple((own._replace(bold=style.bold, faint=style.faint), text) for own, text in cell.row)
    return Cell(row, cell.span, cell.align)


def _type_row(types: Sequence[str]) -> list[list[Cell]]:
    return [[cell(kind, DIM) for kind in types]] if any(types) else []


def _typed(header: list[list[Cell]], found: list[list[Place]], types: Mapping[str, str]) -> list[list[Cell]]:
    """Return a header with the types of the columns, in the row that has the names of the index if there is one."""
    levels = max(name.count(_LEVEL) for name in types) + 1
    columns = [[_text(place) for place in row for _ in range(place[1])] for row in found[:levels]]
    kinds = [types.get(_LEVEL.join(names), "") for names in zip(*columns, strict=False)]
    last = header[-1] if len(header) > levels else []
    if len(last) != len(kinds) or any(kind and own.row for kind, own in zip(kinds, last, strict=True)):
        return header + _type_row(kinds)
    return [*header[:-1], [cell(kind, DIM) if kind else own for kind, own in zip(kinds, last, strict=True)]]


def _around(root: Element, table: Element) -> tuple[list[str], list[str]]:
    """Return the lines of text before and after a table."""
    before: list[str] = []
    after: list[str] = []
    target = before

    def walk(element: Element) -> None:
        nonlocal target
        for child in element.children:
            if isinstance(child, str):
                target.append(child)
            elif child is table:
                target = after
            elif child.name != "style":
                is_block = child.name in ("div", "p", "br", "h1", "h2", "h3", "h4", "caption", "details", "hr")
                target += ["\n"] * is_block
                walk(child)
                target += [leads_to(child, child.text())] * (child.name == "a")
                target += ["\n"] * is_block

    walk(root)
    return _lines(before), _lines(after)


def _lines(texts: Sequence[str]) -> list[str]:
    """Return the lines of pieces of text; within one, newlines are blanks."""
    joined = "".join(text if text == "\n" else text.replace("\n", " ") for text in texts)
    return [line for line in (" ".join(line.split()) for line in joined.split("\n")) if line]
