"""What lies over the panes: the completion pop-up with documentation beside it, and the help."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from curses_client.keymap import help_rows, keys_width
from curses_client.layout import Layout
from curses_client.offers import Completion, Match
from curses_client.places import popup_place
from curses_client.signs import Signs
from curses_client.state import State
from curses_client.text.width import columns, cut, fit
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
    place = popup_place(state, completion, cursor, len(rows), signature)
    if place is None:
        return rows
    popup = _popup_rows(completion, place.first, place.count, where.cols, state.signs)
    width = sum(columns(text) for _, text in popup[0])
    left = min(max(place.left, 0), max(where.cols - width, 0))
    result = _with_box(rows, state, completion, (left, width), (place.top, place.count, place.free))
    for row, over in enumerate(popup, place.top):
        result[row] = overlaid(result[row], over, left, where.cols)
    return result


def _popup_rows(completion: Completion, first: int, count: int, cols: int, signs: Signs) -> list[Row]:
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
        text = _marked(match, room, attr, signs)
        gap = " " * max(width - sum(columns(part) for _, part in text) - columns(match.kind) - 1, 0)
        row = padded([*text, (attr, gap), (dim, f"{match.kind} ")], width, attr)
        if more:
            row.append(("popup dim", _bar(first, count, len(completion.matches), number - first, signs)))
        result.append(row)
    return result


def _marked(match: Match, room: int, attr: str, signs: Signs) -> list[Run]:
    """Return a match with a blank before it, the characters marked that were typed."""
    text = fit(match.text, room, signs.more)
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


def _bar(first: int, count: int, total: int, row: int, signs: Signs) -> str:
    """Return one row of the scroll bar."""
    size = max(1, count * count // total)
    start = first * (count - size) // max(total - count, 1)
    return signs.thumb if start <= row < start + size else signs.track


# ---- documentation beside it -------------------------------------------------------------------------------


def _with_box(
    rows: list[Row], state: State, completion: Completion, across: tuple[int, int], down: tuple[int, int, int]
) -> list[Row]:
    """Return the rows with the selected match's documentation right of the pop-up, or left of it, if there is room.

    The pop-up has (column, columns) and (row, rows, rows free below the line, or above it if that is negative).
    """
    (left, width), (top, count, free) = across, down
    lines = _told(completion)
    right_room, left_room = state.cols - left - width - (len(completion.matches) > count), left
    room = min(right_room if right_room >= _NARROWEST else left_room, _BOX)
    result = list(rows)
    if not lines or room < _NARROWEST:
        return result
    told = _word_rows(lines, room - 2)[: min(abs(free), _BOX_ROWS)]
    first = top if free > 0 else top + count - len(told)
    col = left + width if right_room >= _NARROWEST else left - room
    for number, text in enumerate(told, first):
        over = padded([("popup dim", state.signs.track), ("popup", f" {text}"[: room - 1])], room, "popup")
        result[number] = overlaid(result[number], over, col, state.cols)
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
    lines = help_rows(where.cols, state.session.links, state.options)
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
