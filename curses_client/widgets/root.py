"""The one widget that urwid sees: it draws the whole screen from a state."""

from collections.abc import Callable
from typing import Final

from urwid.widget.constants import Sizing
from urwid.widget.widget import Widget

from curses_client.arrangement import PaneName
from curses_client.layout import Area, Layout, layout
from curses_client.shown import Transmission
from curses_client.state import State
from curses_client.text.highlight import Highlighter
from curses_client.widgets.debugger import debugger_rows
from curses_client.widgets.documentation import documentation_pane, with_signature
from curses_client.widgets.editor import EditorView
from curses_client.widgets.history import HistoryView
from curses_client.widgets.keys import key_in
from curses_client.widgets.output import OutputView
from curses_client.widgets.palette import palette_screen
from curses_client.widgets.panel import queue_rows
from curses_client.widgets.picture import PictureView
from curses_client.widgets.popups import help_screen, with_completion
from curses_client.widgets.rows import Row, RowsCanvas, composed, padded
from curses_client.widgets.source import SourceView
from curses_client.widgets.status import asking_row, drawn_rule, row_above_line, status_row, tab_at
from curses_client.widgets.variables import variables_rows
from curses_client.widgets.where import where_rows


class Root(Widget):
    """Shows `state`.  It is a box widget, selectable so that urwid asks it for a cursor; keys go elsewhere."""

    _sizing = frozenset({Sizing.BOX})
    _selectable = True
    # a state is drawn once: nothing is gained by urwid's cache
    no_cache = ("render",)

    def __init__(self, state: State, colors: int) -> None:
        super().__init__()
        self.state = state
        self._colors = colors
        self._output = OutputView(colors)
        self._editor = EditorView()
        self._picture = PictureView(colors)
        self._history = HistoryView()
        self._source = SourceView()

    def use_lexer(self, name: str) -> None:
        """Colour source; this imports Pygments."""
        self._output.use(Highlighter(name))
        self._source.use(Highlighter(name))
        self._editor.use(name)
        self._history.use_colours()
        self._invalidate()

    @property
    def transmissions(self) -> list[Transmission]:
        """The pictures that placeholders in the last frame stand for."""
        full = self._picture.rendered(self.state)
        found = [*self._output.transmissions.values(), full.transmission if full is not None else None]
        return [transmission for transmission in found if transmission is not None]

    def key_at(self, col: int, row: int) -> str | None:
        """Return the key that is named at a place of the screen outside of the panes, for the mouse to press."""
        where = layout(self.state)
        rows, _ = self._draw()
        is_of_panes = where.output.has(col, row) or where.editor.has(col, row)
        return key_in(rows[row], col) if row < len(rows) and not is_of_panes else None

    def tab_at(self, col: int, row: int) -> int | None:
        """Return the tab that is named at a place of the screen, for the mouse to choose."""
        state = self.state
        lies_over = (state.picture, state.help_top, state.palette, state.question, state.asking)
        if any(each is not None for each in lies_over):
            return None
        areas = (rule.area for rule in layout(state).rules if rule.titled and rule.area.has(col, row))
        return next((tab_at(state, area.cols, col - area.col) for area in areas), None)

    @property
    def is_unfinished(self) -> bool:
        """Whether the last frame left something out for want of time."""
        return self._editor.is_unfinished

    def show(self, state: State) -> None:
        """Draw this state from now on."""
        self.state = state
        self._invalidate()

    def render(self, size: tuple[int, int], focus: bool = False) -> RowsCanvas:  # type: ignore[override]
        """Draw the state; `size` is what the state knows too, but for the moment of a resize."""
        cols, rows = size
        drawn, cursor = self._draw()
        if len(drawn) != rows or self.state.cols != cols:
            drawn = [padded(row, cols) for row in [*drawn, *[[]] * rows][:rows]]
            cursor = None
        return RowsCanvas(drawn, cols, cursor)

    def _draw(self) -> tuple[list[Row], tuple[int, int] | None]:
        state = self.state
        where = layout(state)
        cursor: tuple[int, int] | None
        if state.picture is not None:
            rows = self._picture.draw(state, where, state.rows - where.status)
            cursor = None
        elif state.help_top is not None:
            rows = help_screen(state, where, state.rows - where.status)
            cursor = None
        elif state.palette is not None:
            rows, cursor = palette_screen(state, where, state.rows - where.status)
        else:
            rows, cursor, is_above = self._parts(state, where)
            if cursor is not None and (not is_above or state.completion is not None):
                rows = self._with_popups(rows, where, cursor)
        if where.status:
            rows.append(status_row(state, where))
        if state.asking is not None and where.status and state.question is None and state.palette is None:
            if len(rows) > 1 and (above := row_above_line(state, where)) is not None:
                rows[-2] = above
            return rows, (min(asking_row(state, where)[1], where.cols - 1), len(rows) - 1)
        is_typed = state.panes.focus is None or state.palette is not None
        return rows, cursor if state.question is None and is_typed else None

    def _parts(self, state: State, where: Layout) -> tuple[list[Row], tuple[int, int] | None, bool]:
        """Return the rows above the status line, the place of the cursor (column, row), and if it is in the output."""
        output, answer_cursor = self._output.draw(state, where)
        if state.recall is not None:
            output, answer_cursor = self._history.draw([*output], state, where)
        editor, editor_cursor = self._editor.draw(state, where)
        blocks = [(where.output, output), (where.editor, editor)]
        blocks += [(area, self._pane(name, area)) for name, area in where.panes]
        blocks += [(rule.area, drawn_rule(state, rule)) for rule in where.rules]
        is_above = state.answer is not None or state.cursor is not None or state.recall is not None
        area, place = (where.output, answer_cursor) if is_above else (where.editor, editor_cursor)
        rows = composed(blocks, where.cols, where.rows - where.status)
        return rows, (place[0] + area.col, place[1] + area.row) if place is not None else None, is_above

    def _pane(self, name: PaneName, area: Area) -> list[Row]:
        if name == "documentation" and self.state.debugging.is_shown:
            # nobody asks for documentation where a debugger is answered
            return self._source.draw(self.state, area)
        return PANES[name](self.state, area, self._colors)

    def _with_popups(self, rows: list[Row], where: Layout, cursor: tuple[int, int]) -> list[Row]:
        """Return the rows with what stands next to the cursor."""
        state, side = self.state, 0
        if state.signature is not None and state.signature.is_shown and state.answer is None:
            rows, side = with_signature(rows, state, state.signature, where, cursor)
        if state.completion is not None:
            rows = with_completion(rows, state, state.completion, where, cursor, side)
        return rows


# what draws each of the panes
PANES: Final[dict[PaneName, Callable[[State, Area, int], list[Row]]]] = {
    "queue": lambda state, area, colors: queue_rows(state, area),
    "variables": lambda state, area, colors: variables_rows(state, area),
    "documentation": documentation_pane,
    "debugger": lambda state, area, colors: debugger_rows(state, area),
    "where": lambda state, area, colors: where_rows(state, area),
}
