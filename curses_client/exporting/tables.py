"""A table of somebody's HTML as a table of ours: of it there is nothing but the text and where it stands."""

from collections.abc import Sequence
from html import escape
from typing import Final

from curses_client.rendering.frames import frame_of
from curses_client.rendering.grid import Place, grid
from curses_client.rendering.html import LARGEST
from curses_client.rendering.tables import Align
from curses_client.rendering.tree import Element, parsed
from curses_client.text.ansi import sanitise

# of the text of a cell the end is left out
_CHARACTERS: Final = 10_000


def table_html(html: str) -> str:
    """Return the one table that untrusted HTML consists of; empty if there is more to it, or none."""
    if "<table" not in html or len(html) > LARGEST:
        return ""
    frame = frame_of(parsed(html))
    if frame is None or not frame.has_rows:
        return ""
    found = grid(frame.table)
    caption = f"<caption>{escape(sanitise(found.caption))}</caption>" if found.caption else ""
    head = "".join(_row(row, found.aligns, len(row)) for row in found.header)
    body = "".join(_row(row, found.aligns, found.held) for row in found.rows)
    table = f"<table>{caption}<thead>\n{head}</thead><tbody>\n{body}</tbody></table>\n"
    return _notes(frame.before) + table + _notes(frame.after)


def _notes(lines: Sequence[str]) -> str:
    return "".join(f'<div class="note">{escape(sanitise(line))}</div>\n' for line in lines)


def _row(row: Sequence[Place], aligns: Sequence[Align], headings: int) -> str:
    cells = []
    column = 0
    for element, span in row:
        name = "th" if column < headings else "td"
        align = aligns[column] if span == 1 else "left"
        attributes = (f' colspan="{span}"' if span > 1 else "") + (f' class="{align}"' if align != "left" else "")
        cells.append(f"<{name}{attributes}>{escape(_text(element))}</{name}>")
        column += span
    return f"<tr>{''.join(cells)}</tr>\n"


def _text(element: Element | None) -> str:
    return sanitise(" ".join(element.text()[:_CHARACTERS].split())) if element is not None else ""
