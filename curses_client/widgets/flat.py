"""The flat mode has no widgets: urwid is given the state itself to show."""

from curses_client.state import State
from curses_client.widgets.root import Root
from curses_client.widgets.rows import RowsCanvas


class StateCanvas(RowsCanvas):
    """A canvas with nothing on it but a state."""

    def __init__(self, state: State, size: tuple[int, int]) -> None:
        super().__init__([[]] * size[1], size[0], None)
        self.state = state


class FlatRoot(Root):
    """Hands the state through."""

    def render(self, size: tuple[int, int], focus: bool = False) -> StateCanvas:  # type: ignore[override]
        """Return the state."""
        return StateCanvas(self.state, size)

    def key_at(self, col: int, row: int) -> str | None:
        """Return None: there is nothing at a place of the screen."""
        return None
