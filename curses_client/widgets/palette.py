"""The palette over the whole screen: what is typed, and the commands that fit."""

from curses_client.layout import Layout
from curses_client.palette import Entry, entries, lessons, teaches, window
from curses_client.state import State
from curses_client.text.ansi import in_place
from curses_client.text.width import columns, fit
from curses_client.widgets.rows import Row, padded, with_right

_PROMPT = " command: "
_HINTS = ("Enter runs  F1 all keys  Esc closes ", "F1 all keys  Esc closes ", "Esc closes ")
# columns in which a name says anything
_NAME = 8


def palette_screen(state: State, where: Layout, height: int) -> tuple[list[Row], tuple[int, int]]:
    """Return the palette in rows, and the place of the cursor (column, row)."""
    assert state.palette is not None
    found = entries(state)
    chosen = min(state.palette.selected, len(found) - 1)
    rows, cursor = _query_row(state, where, len(found))
    if teaches(state):
        rows += [*lesson_rows(state, where.cols), padded([], where.cols)]
    _, first, seen = window(state, len(found))
    for number, entry in enumerate(found[first : first + seen], first):
        rows.append(_entry_row(entry, where.cols, state.signs.more, chosen=number == chosen))
    if not found:
        rows.append(padded([("dim", "  no command fits")], where.cols))
    rows += [padded([], where.cols) for _ in range(height - len(rows))]
    return rows[:height], cursor


def lesson_rows(state: State, cols: int) -> list[Row]:
    """Return what a new user needs, a line a key."""
    return [padded([("dim", f"  {keys:>9}  {text}")], cols) for keys, text in lessons(state.options)]


def _query_row(state: State, where: Layout, count: int) -> tuple[list[Row], tuple[int, int]]:
    assert state.palette is not None
    query = state.palette.query
    prompt = _PROMPT if where.cols >= 40 else " "
    room = max(where.cols - len(prompt) - 1, 1)
    # what is at the cursor stays in sight
    text, before = in_place(query.text), columns(in_place(query.text[: query.col]))
    while before >= room:
        before -= columns(text[:1])
        text = text[1:]
    cursor = len(prompt) + before
    left: Row = [("title", prompt), ("text", fit(text, room, state.signs.more))]
    hint = next((hint for hint in _HINTS if len(hint) + columns(text) + len(prompt) + 2 <= where.cols), "")
    return [with_right(left, [("dim", hint)], where.cols)], (min(cursor, where.cols - 1), 0)


def _entry_row(entry: Entry, cols: int, more: str, *, chosen: bool) -> Row:
    """Return what a command does, its name, and at the right its keys."""
    attr, dim, key = ("popup selected",) * 3 if chosen else ("text", "dim", "magic")
    if entry.why and not chosen:
        attr = key = "dim"
    shown = ", ".join(entry.keys[:2])
    if columns(entry.help) + columns(shown) + 4 > cols:
        shown = entry.keys[0] if entry.keys else ""
    room = max(cols - columns(shown) - 3, 4)
    row: Row = [(attr, f" {fit(entry.help, room, more)}")]
    left = room - columns(entry.help) - 2
    if left >= min(len(entry.name), _NAME):
        row.append((dim, f"  {fit(entry.name, left, more)}"))
    return with_right(row, [(key, f"{shown} ")], cols, attr)
