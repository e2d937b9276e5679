"""What lies over the panes: the completion pop-up with documentation beside it, and the help."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from curses_client.keymap import help_rows, keys_width
from curses_client.layout import MATCHES_SHOWN, Layout
from curses_client.offers import Completion, Match
from curses_client.state import State
from curses_client.text.width import column_of, columns, cut, fit
from curses_client.widgets.rows import Row, Run, overlaid, padded

_WIDEST: Final = 60
# the documentation beside the pop-up: columns from which it says anything, columns and rows that it takes
_NARROWEST: Final = 28
_BOX: Final = 64
_BOX_ROWS: Final = 12


def with_completion(
    rows: list[Row], state: State, completion: Completion, where: Layout, cursor: tuple[int, int], signature: int = 0
) -> list[Row]:
    """Return the rows with the pop-up next to the cursor, below it or above, never over the line being typed.

    The signature is 1 row below the line, or -1, or there is none.
    """
    col, row = cursor
    below, above = len(rows) - row - 1 - (signature > 0), row - (signature < 0)
    count = min(len(completion.matches), MATCHES_SHOWN, max(below, above))
    if count < 1:
        return rows
    selected = completion.selected or 0
    first = min(max(selected - count // 2, 0), len(completion.matches) - count)
    popup = _popup_rows(completion, first, count, where.cols)
    is_below = below >= MATCHES_SHOWN or below > above
    top = row + 1 + (signature > 0) if is_below else above - count
    left, width = _left(state, completion, col), sum(columns(text) for _, text in popup[0])
    left = min(max(left, 0), max(where.cols - width, 0))
    result = _with_box(rows, completion, where, (left, width), (top, count, below if is_below else -above))
    for offset, over in enumerate(popup):
        result[top + offset] = overlaid(result[top + offset], over, left, where.cols)
    return result


def _left(state: State, completion: Completion, col: int) -> int:
    """Return the column at which the pop-up's text would begin with that of the line, if it had the room."""
    buffer = state.editor.buffer
    start = buffer.at(completion.start)
    return col - column_of(buffer.lines[buffer.row], buffer.col) + column_of(start.lines[start.row], start.col) - 1


def _popup_rows(completion: Completion, first: int, count: int, cols: int) -> list[Row]:
    shown = completion.matches[first : first + count]
    widest = max(columns(match.text) for match in shown)
    kinds = max(columns(match.kind) for match in shown)
    width = min(widest + (kinds + 2 if kinds else 0) + 2, _WIDEST, cols)
    room = max(width - 2 - (kinds + 2 if kinds else 0), 1)
    more = len(completion.matches) - count
    result: list[Row] = []
    for number, match in enumerate(shown, first):
        chosen = number == completion.selected
        attr, dim = ("popup selected", "popup selected") if chosen else ("popup", "popup dim")
        text = _marked(match, room, attr)
        gap = " " * max(width - sum(columns(part) for _, part in text) - columns(match.kind) - 1, 0)
        row = padded([*text, (attr, gap), (dim, f"{match.kind} ")], width, attr)
        if more:
            row.append(("popup dim", _bar(first, count, len(completion.matches), number - first)))
        result.append(row)
    return result


def _marked(match: Match, room: int, attr: str) -> list[Run]:
    """Return a match with a blank before it, the characters marked that were typed."""
    text = fit(match.text, room)
    runs: list[Run] = [(attr, " ")]
    at = 0
    for mark in match.marks:
        if mark < at or mark >= len(text):
            continue
        stop = mark + 1
        while stop in match.marks and stop < len(text):
            stop += 1
        runs += [(attr, text[at:mark]), (f"{attr} mark", text[mark:stop])]
        at = stop
    return [(style, part) for style, part in [*runs, (attr, text[at:])] if part]


def _bar(first: int, count: int, total: int, row: int) -> str:
    """Return one row of the scroll bar."""
    size = max(1, count * count // total)
    start = first * (count - size) // max(total - count, 1)
    return "█" if start <= row < start + size else "│"


# ---- documentation beside it -------------------------------------------------------------------------------


def _with_box(
    rows: list[Row], completion: Completion, where: Layout, across: tuple[int, int], down: tuple[int, int, int]
) -> list[Row]:
    """Return the rows with the selected match's documentation right of the pop-up, or left of it, if there is room.

    The pop-up has (column, columns) and (row, rows, rows free below the line, or above it if that is negative).
    """
    (left, width), (top, count, free) = across, down
    lines = _told(completion)
    right_room, left_room = where.cols - left - width - (len(completion.matches) > count), left
    room = min(right_room if right_room >= _NARROWEST else left_room, _BOX)
    result = list(rows)
    if not lines or room < _NARROWEST:
        return result
    told = _word_rows(lines, room - 2)[: min(abs(free), _BOX_ROWS)]
    first = top if free > 0 else top + count - len(told)
    col = left + width if right_room >= _NARROWEST else left - room
    for number, text in enumerate(told, first):
        over = padded([("popup dim", "│"), ("popup", f" {text}"[: room - 1])], room, "popup")
        result[number] = overlaid(result[number], over, col, where.cols)
    return result


def _told(completion: Completion) -> tuple[str, ...]:
    """Return what is known of the selected match: its documentation, or until that is there its signature."""
    match = completion.match
    if match is None:
        return ()
    if completion.documented == match.text and completion.documentation:
        return completion.documentation
    return (f"{match.text}{match.signature}",) if match.signature.startswith("(") else ()


@lru_cache(maxsize=4)
def _word_rows(lines: tuple[str, ...], cols: int) -> tuple[str, ...]:
    """Break lines between words, those that are wider within."""
    return tuple(row for line in lines for row in _broken(line, cols))


def _broken(line: str, cols: int) -> Iterator[str]:
    indent = line[: len(line) - len(line.lstrip())][: cols // 2]
    rest = line.strip()
    while columns(indent + rest) > cols:
        head, _ = cut(rest, max(cols - columns(indent), 1))
        blank = head.rfind(" ")
        if blank > 0 and not rest[len(head) :].startswith(" "):
            head = head[:blank]
        yield indent + head.rstrip()
        rest = rest[max(len(head), 1) :].lstrip()
    yield indent + rest


# ---- help --------------------------------------------------------------------------------------------------


def help_screen(state: State, where: Layout, height: int) -> list[Row]:
    """Return the help: all keys, in sections."""
    lines = help_rows(where.cols, state.session.links, state.options.keys)
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
