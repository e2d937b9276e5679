"""What is told of a function while its arguments are typed, and the pane with documentation."""

from typing import Final

from curses_client.documentation import documentation_rows
from curses_client.helping.calls import Call, call_at
from curses_client.helping.signatures import current, shown
from curses_client.layout import Area, Layout
from curses_client.offers import Documentation, Signature
from curses_client.places import signature_side
from curses_client.state import State
from curses_client.text.ansi import sanitise
from curses_client.text.width import columns, fit
from curses_client.widgets.rows import Row, overlaid, padded, with_right
from curses_client.widgets.theme import attr_of

_KEYS: Final = ("{level}  F7 {pin}  PageDown  Esc close ", "F8  F7  Esc ", "Esc ")


# ---- signature ---------------------------------------------------------------------------------------------


def with_signature(
    rows: list[Row], state: State, signature: Signature, where: Layout, cursor: tuple[int, int]
) -> tuple[list[Row], int]:
    """Return the rows with the signature next to the line being typed, and 1 if that is below it, -1 above, or 0."""
    col, row = cursor
    buffer = state.editor.buffer
    side, call = signature_side(state, row, len(rows)), call_at(buffer)
    if not side or call is None:
        return rows, 0
    over = signature_row(signature, call, where.cols)
    width = sum(columns(text) for _, text in over)
    start = buffer.at(signature.open - len(signature.name))
    left = col - columns(buffer.lines[buffer.row][: buffer.col]) + columns(start.lines[start.row][: start.col]) - 1
    left = min(max(left if start.row == buffer.row else where.margin, 0), where.cols - width)
    result = list(rows)
    result[row + side] = overlaid(result[row + side], over, left, where.cols)
    return result, side


def signature_row(signature: Signature, call: Call, cols: int) -> Row:
    """Return the signature in one row: the current parameter is marked, and in sight if not all have room."""
    chosen = current(signature.parameters, call)
    parts = shown(signature.parameters, chosen)
    name = fit(signature.name, max(cols // 3, 1))
    room = cols - columns(name) - 4
    place = next((at for at, (_, number) in enumerate(parts) if number is not None and number == chosen), 0)
    first = _first_part(parts, place, room)
    row: Row = [("popup dim", f" {name}("), *([("popup dim", "…, ")] if first else [])]
    left = room - 3 * (first > 0)
    for at in range(first, len(parts)):
        text, is_last = parts[at][0], at + 1 == len(parts)
        attr = "popup current" if at == place and chosen is not None else "popup"
        if columns(text) > left - 3 * (not is_last):
            # what is cut off ends in an ellipsis of its own
            row.append((attr, fit(text, left)) if attr == "popup current" else ("popup dim", "…"))
            break
        row += [(attr, text), ("popup dim", "" if is_last else ", ")]
        left -= columns(text) + 2
    row.append(("popup dim", ") "))
    return padded(row, min(_width(row), cols), "popup")


def _first_part(parts: list[tuple[str, int | None]], place: int, room: int) -> int:
    """Return the first parameter that is shown, so that the one at a place has room, and all others before it."""
    first = 0
    while first < place and sum(columns(text) + 2 for text, _ in parts[first : place + 1]) + 3 * (first > 0) > room - 1:
        first += 1
    return first


def _width(row: Row) -> int:
    return sum(columns(text) for _, text in row)


# ---- documentation -----------------------------------------------------------------------------------------


def documentation_pane(state: State, area: Area, colors: int) -> list[Row]:
    """Return the rows of the pane."""
    shown = state.documentation
    if shown is None or area.rows < 1:
        return []
    told = documentation_rows(state, area.cols - 2)
    top = min(shown.top, max(len(told) - area.rows + 1, 0))
    rows: list[Row] = [_title_row(shown, top, len(told), area)]
    for number in range(top, top + area.rows - 1):
        line = told[number] if number < len(told) else []
        rows.append(padded([(None, " "), *((attr_of(style, colors), text) for style, text in line)], area.cols))
    return rows


def _title_row(document: Documentation, top: int, count: int, area: Area) -> Row:
    cols, rows = area.cols, area.rows - 1
    what = "source" if document.request.detail_level else "documentation"
    more = f"  {top + 1}-{min(top + rows, count)} of {count}" if count > rows else ""
    pinned = " · follows the cursor" if document.follows else ""
    title = fit(f" {sanitise(document.name)} · {what}{pinned}{more}", cols)
    level = "F8 documentation" if document.request.detail_level else "F8 source"
    pin = "let go" if document.follows else "follow"
    keys = [text.format(level=level, pin=pin) for text in _KEYS]
    hint = next((text for text in keys if columns(title) + len(text) + 2 <= cols), "")
    return with_right([("status", title)], [("status dim", hint)], cols, "status")
