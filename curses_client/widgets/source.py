"""The pane with the source around the line at which a debugger stands."""

from curses_client.debugging import Debugging
from curses_client.layout import Area
from curses_client.state import State
from curses_client.text.highlight import Highlighter
from curses_client.text.width import fit
from curses_client.widgets.rows import Row, Run, padded, with_right


class SourceView:
    """Draws the pane, in colours once there is a highlighter."""

    def __init__(self) -> None:
        self._highlighter: Highlighter | None = None

    def use(self, highlighter: Highlighter) -> None:
        """Colour source from now on."""
        self._highlighter = highlighter

    def draw(self, state: State, area: Area) -> list[Row]:
        """Return the rows: a title, and the lines around the current one, which is marked."""
        debugging = state.debugging
        if debugging.stop is None or area.rows < 1:
            return []
        title = fit(f" {debugging.stop.place}", area.cols, state.signs.more)
        rows: list[Row] = [with_right([("status", title)], [("status dim", "the debugger ")], area.cols, "status")]
        top = _top(debugging, area.rows - 1)
        stop = min(top + area.rows - 1, len(debugging.lines))
        digits = len(str(debugging.first + stop))
        coloured = self._coloured(debugging.lines, top, stop)
        for number, runs in enumerate(coloured, debugging.first + top):
            is_here = number == debugging.stop.line
            sign = state.signs.closed if is_here else " "
            left: Row = [("gutter", f" {number:>{digits}} "), ("gutter running", f"{sign} ")]
            rows.append(padded([*left, *([("title", _text(runs))] if is_here else runs)], area.cols))
        return rows + [padded([], area.cols)] * (area.rows - len(rows))

    def _coloured(self, lines: tuple[str, ...], top: int, stop: int) -> list[list[Run]]:
        if self._highlighter is None:
            return [[("text", line)] for line in lines[top:stop]]
        return [list(row) for row in self._highlighter.tokens(lines, top, stop)]


def _text(runs: list[Run]) -> str:
    return "".join(text for _, text in runs)


def _top(debugging: Debugging, rows: int) -> int:
    """Return the first line that is shown: the current one stands above the middle, what follows matters more."""
    assert debugging.stop is not None
    here = debugging.stop.line - debugging.first
    return min(max(here - rows // 3, 0), max(len(debugging.lines) - rows, 0))
