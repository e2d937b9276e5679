"""The panel of the history, over the end of the output pane: entries, the newest first, and the selected one's text."""

from collections.abc import Sequence
from time import localtime, strftime
from typing import Final

from curses_client.history.entries import Entry
from curses_client.history.matching import Finder, Span
from curses_client.layout import WIDE, Layout, recall_rows
from curses_client.quantities import age
from curses_client.recall import selected_entry
from curses_client.state import Recall, Scope, State
from curses_client.text.ansi import in_place, sanitise
from curses_client.text.buffer import editable
from curses_client.text.highlight import Highlighter
from curses_client.text.width import columns, fit
from curses_client.widgets.rows import Row, Run, padded, with_right

_LABEL: Final = " History: "
_SCOPES: Final[dict[Scope, str]] = {
    "everywhere": "everywhere",
    "session": "this session",
    "directory": "this directory",
}
# the longest that fits is shown
_KEYS: Final = (
    "Enter takes  Alt-Enter runs  Alt-S narrows  Alt-D deletes  Esc",
    "Enter takes  Alt-Enter runs  Alt-S narrows  Esc",
    "Enter takes  Alt-S narrows",
    "Alt-S narrows",
    "",
)
# columns of what is typed before the keys give way
_TYPED: Final = 12
# columns of a session's name and a directory at most, and from how many of the screen on they are shown
_SESSION: Final = 14
_DIRECTORY: Final = 32
_WITH_SESSION: Final = 50
_AGE: Final = 6
# lines of an entry that are looked at and coloured: more would keep the next key waiting
_COLOURED: Final = 200


class HistoryView:
    """Draws the panel; its highlighters keep what they know from one key to the next."""

    def __init__(self) -> None:
        self._has_colours = False
        self._highlighters: dict[str, Highlighter] = {}

    def use_colours(self) -> None:
        """Colour source from now on."""
        self._has_colours = True

    def draw(self, rows: list[Row], state: State, where: Layout) -> tuple[list[Row], tuple[int, int] | None]:
        """Return the pane's rows with the panel over the last ones, and the place of the cursor (column, row)."""
        recall = state.recall
        if recall is None or not rows:
            return rows, None
        count, text = recall_rows(state)
        panel = [_title_row(state, recall, where), *_entry_rows(state, recall, where, count)]
        if text:
            panel += self._text_rows(state, recall.finder, where, text)
        top = len(rows) - len(panel)
        return [*rows[:top], *panel], (_cursor_col(recall, where), top)

    def _text_rows(self, state: State, finder: Finder, where: Layout, count: int) -> list[Row]:
        """Return what the selected entry is, and its text."""
        entry = selected_entry(state)
        if entry is None:
            return [_rule(where, state.signs.rule, ""), *([padded([], where.output.cols)] * count)]
        lines = editable(entry.text).split("\n")
        top = _top(lines, finder, count)
        shown = [_marked(runs, finder, "hit") for runs in self._runs(entry.lexer, lines, top, top + count)]
        rows = [padded([(None, " "), *runs], where.output.cols) for runs in shown]
        below = len(lines) - top - len(rows)
        rows += [padded([], where.output.cols)] * (count - len(rows))
        return [_rule(where, state.signs.rule, _what(state, entry), f"… {below} more" if below > 0 else ""), *rows]

    def _runs(self, lexer: str, lines: list[str], top: int, last: int) -> list[list[Run]]:
        if self._has_colours and len(lines) <= _COLOURED:
            name = lexer or "python"
            if name not in self._highlighters:
                self._highlighters[name] = Highlighter(name)
            coloured = self._highlighters[name].tokens(lines, top, min(last, len(lines)))
            return [[(kind, in_place(text)) for kind, text in runs] for runs in coloured]
        return [[("text", in_place(line))] for line in lines[top:last]]


def _top(lines: list[str], finder: Finder, count: int) -> int:
    """Return the first line to be shown: that in which most is found is among them."""
    found = [sum(stop - start for start, stop in finder.spans(in_place(line))) for line in lines[:_COLOURED]]
    best = found.index(max(found))
    return min(best, len(lines) - count) if best >= count else 0


def _title_row(state: State, recall: Recall, where: Layout) -> Row:
    """Return what is typed, how much is found of what, and the keys."""
    more = "" if recall.finder.is_complete and state.history.is_whole else "+"
    told = f"{recall.finder.count:,}{more} · {_SCOPES[recall.scope]} "
    typed = _typed(recall, where)
    room = where.output.cols - columns(_LABEL) - max(columns(typed), _TYPED) - columns(told) - 4
    keys = next((keys for keys in _KEYS if len(keys) <= room), "")
    right: list[Run] = [("status starting" if recall.scope != "everywhere" else "status", told)]
    if keys:
        right.append(("status dim", f" {keys} "))
    return with_right([("status", _LABEL), ("status", typed)], right, where.output.cols, "status")


def _typed(recall: Recall, where: Layout) -> str:
    """Return as much of what is typed as has room; what is at the cursor stays in sight."""
    buffer = recall.buffer
    text, before = in_place(buffer.text), in_place(buffer.text[: buffer.col])
    room = max(where.output.cols - columns(_LABEL) - 1, 4)
    while columns(before) >= room:
        text, before = text[1:], before[1:]
    return fit(text, room)


def _cursor_col(recall: Recall, where: Layout) -> int:
    before = columns(in_place(recall.buffer.text[: recall.buffer.col]))
    room = max(where.output.cols - columns(_LABEL) - 1, 4)
    return min(columns(_LABEL) + min(before, room), where.output.cols - 1)


def _entry_rows(state: State, recall: Recall, where: Layout, count: int) -> list[Row]:
    found = recall.finder.count
    empty: Row = padded([], where.output.cols)
    if not found and count:
        return [padded([("dim", f" {_nothing(state, recall)}")], where.output.cols), *([empty] * (count - 1))]
    selected = min(recall.selected, found - 1)
    first = max(min(selected - count // 2, found - count), 0)
    shown = recall.finder.found(first, first + count)
    sessions = max((min(columns(sanitise(entry.session)), _SESSION) for entry in shown), default=0)
    rows = [
        _entry_row(state, recall.finder, entry, sessions, where, chosen=place == selected)
        for place, entry in enumerate(shown, first)
    ]
    return [*rows, *([padded([], where.output.cols)] * (count - len(rows)))]


def _nothing(state: State, recall: Recall) -> str:
    if not recall.finder.is_complete:
        return "searching …"
    if not state.history.is_whole:
        return "the history is still read …"
    if recall.scope == "everywhere":
        return "nothing like this in the history" if state.history.entries else "nothing is in the history yet"
    return f"nothing like this in {_SCOPES[recall.scope]} · Alt-S looks elsewhere"


def _entry_row(state: State, finder: Finder, entry: Entry, sessions: int, where: Layout, *, chosen: bool) -> Row:
    """Return one entry: its first line, and at the right how many there are, and when and where it was run."""
    attr, dim = ("popup selected", "popup selected") if chosen else ("popup", "popup dim")
    lines = entry.text.count("\n") + 1
    right = f" … {lines} lines" if lines > 1 else ""
    if where.output.cols >= _WITH_SESSION:
        ago = age(state.now - entry.time) if entry.time else ""
        right += f"  {ago:>{_AGE}}  {_filled(sanitise(entry.session), sessions)} "
    if where.output.cols >= WIDE:
        room = min(where.output.cols // 5, _DIRECTORY)
        right += f" {_filled(_end_of(sanitise(entry.directory), room), room)} "
    right = fit(right, where.output.cols * 3 // 5)
    line = fit(in_place(_first_line(entry.text)), max(where.output.cols - columns(right) - 2, 1))
    runs = _marked([(attr, line)], finder, "hit current" if chosen else "hit")
    return with_right([(attr, " "), *runs], [(dim, right)], where.output.cols, attr)


def _first_line(text: str) -> str:
    """Return the first line of a text that is not blank."""
    return next((line for line in editable(text).split("\n") if line.strip()), "")


def _filled(text: str, cols: int) -> str:
    text = fit(text, cols)
    return text + " " * (cols - columns(text))


def _end_of(text: str, cols: int) -> str:
    """Return a directory, or as much of its end as has room."""
    while columns(text) > cols:
        text = "…" + text[max(len(text) - cols, 1) + 1 :]
    return text


def _what(state: State, entry: Entry) -> str:
    """Return when and where an entry was run."""
    moment = strftime("%Y-%m-%d %H:%M", localtime(entry.time)) if entry.time else "some time ago"
    host = entry.host if entry.host != state.machine else ""
    return " · ".join(filter(None, (moment, *map(sanitise, (entry.session, entry.directory, host)))))


def _rule(where: Layout, line: str, text: str, more: str = "") -> Row:
    left: list[Run] = [("rule", f"{line * 2} "), ("dim", f"{text} ")] if text else [("rule", line * 2)]
    right: list[Run] = [("dim", f" {more} "), ("rule", line * 2)] if more else []
    used = sum(columns(part) for _, part in (*left, *right))
    if used > where.output.cols:
        return padded(left, where.output.cols)
    return [*left, ("rule", line * (where.output.cols - used)), *right]


def _marked(runs: Sequence[Run], finder: Finder, attr: str) -> list[Run]:
    """Return the runs of a line with what is found in it marked."""
    spans: list[Span] = finder.spans("".join(text for _, text in runs))
    result: list[Run] = []
    at = 0
    for old, text in runs:
        end = at + len(text)
        for start, stop in spans:
            if stop > at and start < end:
                begin = max(start, at)
                result += [(old, text[len(text) - end + at : len(text) - end + begin])]
                result += [(attr, text[len(text) - end + begin : len(text) - end + min(stop, end)])]
                at = max(at, min(stop, end))
        result.append((old, text[len(text) - end + at :]))
        at = end
    return [(kind, text) for kind, text in result if text]
