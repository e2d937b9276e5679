"""What lies over the panes: the completion pop-up and the help."""

from curses_client.keymap import help_rows, keys_width
from curses_client.layout import Layout
from curses_client.places import common_path, popup_place
from curses_client.signs import Signs
from curses_client.state import Completion, State
from curses_client.text.width import columns, fit
from curses_client.widgets.rows import Row, overlaid, padded

_WIDEST = 60


def with_completion(
    rows: list[Row], state: State, completion: Completion, where: Layout, cursor: tuple[int, int]
) -> list[Row]:
    """Return the rows with the pop-up next to the cursor, below it or above, never over the line being typed."""
    place = popup_place(state, completion, cursor, len(rows))
    if place is None:
        return rows
    popup = _popup_rows(completion, place.first, place.count, where.cols, state.signs)
    width = sum(columns(text) for _, text in popup[0])
    left = min(max(place.left, 0), max(where.cols - width, 0))
    result = list(rows)
    for row, over in enumerate(popup, place.top):
        result[row] = overlaid(result[row], over, left, where.cols)
    return result


def _popup_rows(completion: Completion, first: int, count: int, cols: int, signs: Signs) -> list[Row]:
    shown = completion.matches[first : first + count]
    hidden = len(common_path(completion))
    widest = max(columns(match.text[hidden:]) for match in shown)
    kinds = max(columns(match.kind) for match in shown)
    width = min(widest + (kinds + 2 if kinds else 0) + 2, _WIDEST, cols)
    more = len(completion.matches) - count
    result: list[Row] = []
    for number, match in enumerate(shown, first):
        chosen = number == completion.selected
        attr, dim = ("popup selected", "popup selected") if chosen else ("popup", "popup dim")
        room = max(width - 2 - (kinds + 2 if kinds else 0), 1)
        text = f" {fit(match.text[hidden:], room, signs.more)}"
        gap = " " * max(width - columns(text) - columns(match.kind) - 1, 0)
        row: Row = [(attr, text + gap), (dim, f"{match.kind} ")]
        row = padded(row, width, attr)
        if more:
            row.append(("popup dim", _bar(first, count, len(completion.matches), number - first, signs)))
        result.append(row)
    return result


def _bar(first: int, count: int, total: int, row: int, signs: Signs) -> str:
    """Return one row of the scroll bar."""
    size = max(1, count * count // total)
    start = first * (count - size) // max(total - count, 1)
    return signs.thumb if start <= row < start + size else signs.track


def help_screen(state: State, where: Layout, height: int) -> list[Row]:
    """Return the help: all keys, in sections."""
    lines = help_rows(where.cols, state.session.links)
    top = min(state.help_top or 0, max(len(lines) - height + 1, 0))
    title = " Keys" if where.cols < 50 else " Keys: arrows and PageDown scroll, Esc closes"
    rows: list[Row] = [padded([("title", title)], where.cols)]
    for keys, text in lines[top : top + height - 1]:
        if text:
            shown = f"  {keys:<{keys_width(where.cols)}}  "
            rows.append(padded([("magic", shown), ("text", text)], where.cols))
        else:
            rows.append(padded([("title", f" {keys}")], where.cols))
    rows.extend(padded([], where.cols) for _ in range(height - len(rows)))
    return rows
