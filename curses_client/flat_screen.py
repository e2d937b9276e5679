"""The terminal in the flat mode: lines are printed on it, below what was there before."""

import os
from typing import Any, Final

from curses_client.flat.bottom import bottom
from curses_client.flat.changes import GREETING, changes, leaves
from curses_client.flat.news import News
from curses_client.flat.writing import Shown, shown, written
from curses_client.screen import Screen
from curses_client.state import State

# terminals that show an escape sequence as text
_PRINTS: Final = frozenset({"", "dumb", "unknown"})


class FlatScreen(Screen):
    """urwid's screen, but that it draws nothing."""

    def __init__(self, reading: int, writing: int, original: list[Any]) -> None:
        super().__init__(reading, writing, original)
        self._draws = False
        self._only_prints = os.environ.get("TERM", "") in _PRINTS
        self._news = News()
        self._state: State | None = None
        self._shown = Shown()

    def _start(self, *args: Any, **kwargs: Any) -> None:
        super()._start(*args, **{**kwargs, "alternate_buffer": False})

    def _stop(self) -> None:
        # what comes next begins a line of its own
        self.output.write("\n" if self._shown.text else "")
        self._shown = Shown()
        # the cursor is where it belongs
        self.maxrow = None
        super()._stop()

    def write(self, data: str) -> None:
        """Write what urwid wants, which is escape sequences."""
        if not self._only_prints:
            super().write(data)

    def set_mouse_tracking(self, enable: bool = True) -> None:
        """Leave the mouse to the terminal, and to what reads it."""

    def clear(self) -> None:
        """Have nothing drawn anew: what is printed stays."""

    def draw_screen(self, size: tuple[int, int], canvas: Any) -> None:
        """Print what is new since the last time, and the line being typed."""
        if not self.started:
            raise RuntimeError("the screen is not started")
        state: State = canvas.state
        before = self._state or state
        greeting = () if self._state is not None else (GREETING,)
        self._state = state
        stays = leaves(before, state) and bool(self._shown.text)
        if stays:
            self._news.leave(before.editor.buffer.text)
        lines = [state.signs.said(line) for line in (*greeting, *self._news.of(state), *changes(before, state))]
        new = shown(bottom(state), size[0])
        data = written(self._shown, lines, new, leaves=stays, erases=not self._only_prints)
        self._shown = new
        typed, self._typed = self._typed, False
        if data and self._only_prints:
            self.output.write(data)
        elif data:
            self._send(data.encode("utf-8", "replace"), typed=typed)
