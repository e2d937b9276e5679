"""The pane that shows where the running cell stands."""

from typing import Final

from curses_client.layout import Area
from curses_client.standing import Frame, Standing, folded
from curses_client.state import State
from curses_client.text.width import columns, fit
from curses_client.widgets.rows import Row, padded, with_right

# columns of a share, and of a place at most
_SHARE: Final = 6
_PLACE: Final = 24
# from which share on a line stands out
_MUCH: Final = 0.5


def where_rows(state: State, area: Area) -> list[Row]:
    """Return the rows of the pane: its title, the calls with the innermost one last, and the hot lines."""
    if area.rows < 1:
        return []
    body = _selected_rows if state.panes.focus == "where" else _shown_rows
    rows = [_title_row(state, area.cols), *body(state, area.cols, area.rows - 1)]
    return [*rows, *[padded([], area.cols)] * (area.rows - len(rows))]


def _shown_rows(state: State, cols: int, room: int) -> list[Row]:
    """Return as much as there is room for: the innermost calls matter most, and then what is hot."""
    calls, hot = folded(state.standing.frames), _hot_rows(state.standing, state, cols)
    left = room - min(len(calls), max(room - len(hot), 1))
    hot = hot[:left] if left > 1 else []
    return [*_call_rows(_innermost(calls, room - len(hot)), state, cols), *hot]


def _selected_rows(state: State, cols: int, room: int) -> list[Row]:
    """Return the rows around the one that is selected."""
    calls, hot = folded(state.standing.frames), _hot_rows(state.standing, state, cols)
    rows = [*_call_rows(calls, state, cols), *hot]
    # a library's frames and the heading are no choices
    places = [number for number, call in enumerate(calls) if isinstance(call, Frame)]
    places += range(len(calls) + 1, len(rows))
    if not places:
        return rows[:room]
    at = places[state.standing.place]
    rows[at] = [("popup selected", text) for _, text in rows[at]]
    top = min(max(at - room // 2, 0), max(len(rows) - room, 0))
    return rows[top : top + room]


def _call_rows(calls: list[Frame | str], state: State, cols: int) -> list[Row]:
    width = min(max([columns(row.spot.place) for row in calls if isinstance(row, Frame)], default=0), _PLACE)
    return [_call_row(row, state.standing, state, cols, width) for row in calls]


def _innermost(calls: list[Frame | str], room: int) -> list[Frame | str]:
    """Return the last of the calls, as many as there is room for, with a count of the others."""
    if len(calls) <= room:
        return calls
    return [f"{len(calls) - room + 1} calls above", *calls[len(calls) - room + 1 :]] if room > 0 else []


def _title_row(state: State, cols: int) -> Row:
    standing, session = state.standing, state.session
    cell = state.transcript.cell(standing.cell)
    named = f" [{cell.count}]" if cell is not None and cell.count is not None else ""
    verb = "stands" if standing.cell == session.running else "stood last"
    many = len(standing.samples)
    known = f" {state.signs.between} {many} sample{'s' if many > 1 else ''}" if many else f" {state.signs.more}"
    title = fit(f" Where cell{named} {verb}{known}", cols, state.signs.more)
    keys = "Enter open  Esc close" if state.panes.focus == "where" else "F12 goes there"
    return with_right([("status", title)], [("status dim", f"{keys} ")], cols, "status")


def _call_row(row: Frame | str, standing: Standing, state: State, cols: int, width: int) -> Row:
    if isinstance(row, str):
        return padded([(None, " " * _SHARE), ("fold", fit(f"{state.signs.more} {row}", max(cols - _SHARE, 1)))], cols)
    attr = "title" if row is standing.frames[-1] else "text"
    return _frame_row(row, standing.shares.get(row.spot, 0.0), state, cols, width, attr)


def _hot_rows(standing: Standing, state: State, cols: int) -> list[Row]:
    """Return the lines that were innermost most often, if there is more than one."""
    hottest = standing.hottest
    if len(hottest) < 2:
        return []
    width = min(max(columns(frame.spot.place) for frame, _ in hottest), _PLACE)
    heading = fit(f"{'':{_SHARE}}hot, by the innermost of the user's lines:", cols, state.signs.more)
    rows = [_frame_row(frame, share, state, cols, width, "text") for frame, share in hottest]
    return [padded([("dim", heading)], cols), *rows]


def _frame_row(frame: Frame, share: float, state: State, cols: int, width: int, attr: str) -> Row:
    """Return a call: in which part of the samples its line was, where that is, its text, and the function."""
    place = fit(frame.spot.place, width, state.signs.more)
    place += " " * (width - columns(place) + 2)
    left: Row = [("gutter running" if share >= _MUCH else "dim", f"{round(share * 100):>{_SHARE - 2}d}% ")]
    left += [("dim", place)]
    room = cols - _SHARE - columns(place)
    name = "" if frame.name == "<module>" else f" {frame.name} "
    name = name if columns(name) <= room // 3 else ""
    return with_right(
        [*left, (attr, fit(frame.source, room - columns(name) - 1, state.signs.more))], [("dim", name)], cols
    )
