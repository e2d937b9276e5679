"""What a terminal is given for pictures beside the frames: those that placeholders stand for, or sixels over them."""

from collections.abc import Callable, Iterable
from typing import Final

from curses_client.outputs import Part
from curses_client.shown import Transmission
from curses_client.state import State

# pictures that the terminal is to keep
_KEPT: Final = 40


class Pictures:
    """The pictures that the terminal has."""

    def __init__(self, give: Callable[[bytes], None]) -> None:
        """Take what sends bytes to the terminal."""
        self._give = give
        # the numbers of those it keeps for placeholders, the oldest one first
        self._kept: dict[int, None] = {}
        # the one over the frame, and the columns and rows that it has
        self._over: tuple[Part | None, tuple[int, int]] = (None, (0, 0))

    def drawn(self, state: State, placeholders: Iterable[Transmission]) -> bool:
        """Take in that a frame was drawn; return whether the screen has to be painted anew."""
        if state.look.pictures == "kitty":
            self._keep(placeholders)
        return state.look.pictures == "sixel" and self._draw(state.picture, (state.cols, state.rows - 2), state)

    def _keep(self, placeholders: Iterable[Transmission]) -> None:
        from curses_client.rendering.kitty import forget, transmit

        for picture in placeholders:
            if self._kept.pop(picture.number, False) is False:
                self._give(transmit(picture))
            # as the newest one
            self._kept[picture.number] = None
        while len(self._kept) > _KEPT:
            oldest = next(iter(self._kept))
            del self._kept[oldest]
            self._give(forget(oldest))

    def _draw(self, part: Part | None, size: tuple[int, int], state: State) -> bool:
        if part is self._over[0] and (part is None or size == self._over[1]):
            return False
        if self._over[0] is not None:
            # it stands in the way of text that has not changed; the next frame draws the one that there is now
            self._over = None, size
            return True
        if part is not None:
            from curses_client.rendering.full_screen import sixels_of

            self._give(sixels_of(part.bundle, size, state.look.character))
        self._over = part, size
        return False
