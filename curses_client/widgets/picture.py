"""A picture that fills the screen."""

from dataclasses import replace

from curses_client.layout import Layout
from curses_client.outputs import Part, Rich
from curses_client.shown import Look, Rendered
from curses_client.state import State
from curses_client.text.ansi import runs
from curses_client.text.width import columns
from curses_client.widgets.rows import Row, padded
from curses_client.widgets.theme import attr_of


class PictureView:
    """Draws the picture of an output, and keeps it until another one is shown or the screen has another size."""

    def __init__(self, colors: int) -> None:
        self._colors = colors
        self._rendered: Rendered | None = None
        self._rendered_for: tuple[Part, Look] | None = None

    def rendered(self, state: State) -> Rendered | None:
        """Return the picture as lines, as large as the screen allows."""
        part = state.picture
        if part is None or not isinstance(part.body, Rich):
            return None
        look = replace(state.look, cols=state.cols, rows=max(state.rows - 2, 1))
        if self._rendered_for != (part, look):
            pane = state.transcript.pane
            self._rendered = pane.render(part.body.bundle, part.body.metadata, look, frozenset())
            self._rendered_for = part, look
        return self._rendered

    def draw(self, state: State, where: Layout, count: int) -> list[Row]:
        """Return the rows, the picture in the middle of them."""
        # sixels are drawn over the frame
        rendered = self.rendered(state) if state.look.pictures != "sixel" else None
        lines = [runs(line.text) for line in rendered.lines[:count]] if rendered is not None else []
        left = " " * max((where.cols - max((sum(columns(t) for _, t in line) for line in lines), default=0)) // 2, 0)
        rows = [
            padded([(None, left), *((attr_of(style, self._colors), text) for style, text in line)], where.cols)
            for line in lines
        ]
        above = (count - len(rows)) // 2
        blank: Row = [(None, " " * where.cols)]
        return [*[blank] * above, *rows, *[blank] * (count - len(rows) - above)]
