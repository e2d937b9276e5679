"""The one widget that urwid sees: it draws the whole screen from a state."""

from urwid.widget.constants import Sizing
from urwid.widget.widget import Widget

from curses_client.layout import layout
from curses_client.shown import Transmission
from curses_client.state import State
from curses_client.text.highlight import Highlighter
from curses_client.widgets.editor import EditorView
from curses_client.widgets.output import OutputView
from curses_client.widgets.palette import palette_screen
from curses_client.widgets.panel import with_panel
from curses_client.widgets.picture import PictureView
from curses_client.widgets.popups import help_screen, with_completion
from curses_client.widgets.rows import Row, RowsCanvas, padded
from curses_client.widgets.status import asking_row, rule_row, status_row


class Root(Widget):
    """Shows `state`.  It is a box widget, selectable so that urwid asks it for a cursor; keys go elsewhere."""

    _sizing = frozenset({Sizing.BOX})
    _selectable = True
    # a state is drawn once: nothing is gained by urwid's cache
    no_cache = ("render",)

    def __init__(self, state: State, colors: int) -> None:
        super().__init__()
        self.state = state
        self._output = OutputView(colors)
        self._editor = EditorView()
        self._picture = PictureView(colors)

    def use_lexer(self, name: str) -> None:
        """Colour source; this imports Pygments."""
        self._output.use(Highlighter(name))
        self._editor.use(Highlighter(name))
        self._invalidate()

    @property
    def transmissions(self) -> list[Transmission]:
        """The pictures that placeholders in the last frame stand for."""
        full = self._picture.rendered(self.state)
        found = [*self._output.transmissions.values(), full.transmission if full is not None else None]
        return [transmission for transmission in found if transmission is not None]

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
            output, answer_cursor = self._output.draw(state, where)
            editor, (col, row) = self._editor.draw(state, where)
            is_above = state.answer is not None or state.cursor is not None
            cursor = answer_cursor if is_above else (col, row + where.editor_top)
            rows = with_panel(output, state, where) if state.panel is not None else [*output]
            if where.rule:
                rows.append(rule_row(state, where))
            rows += editor
            if where.lower_rule:
                rows.append([("rule", "─" * where.cols)])
            if state.completion is not None and cursor is not None:
                rows = with_completion(rows, state, state.completion, where, cursor)
        if where.status:
            rows.append(status_row(state, where))
        if state.asking is not None and where.status and state.question is None and state.palette is None:
            return rows, (min(asking_row(state, where)[1], where.cols - 1), len(rows) - 1)
        is_typed = state.panel is None or state.palette is not None
        return rows, cursor if state.question is None and is_typed else None
