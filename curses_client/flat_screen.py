"""The terminal in the flat mode: lines are printed on it, below what was there before."""

import os
import time
from typing import Any, Final

from curses_client.flat.bottom import bottom
from curses_client.flat.changes import changes, greeting, leaves
from curses_client.flat.news import News
from curses_client.flat.pauses import pause
from curses_client.flat.writing import Shown, shown, written
from curses_client.loop import Loop
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
        self._loop: Loop | None = None
        # output waits for the end of a word that is being typed
        self._is_held = False

    def use(self, loop: Loop) -> None:
        """Have a loop send what the terminal does not take at once, and say later what waits."""
        super().use(loop)
        self._loop = loop

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
        first = () if self._state is not None else greeting(state)
        self._state = state
        stays = leaves(before, state) and bool(self._shown.text)
        if stays:
            self._news.leave(before.editor.buffer.text)
        news = () if self._holds(size, canvas) else self._news.of(state)
        lines = [state.signs.said(line) for line in (*first, *news, *changes(before, state))]
        new = shown(bottom(state), size[0])
        data = written(self._shown, lines, new, leaves=stays, erases=not self._only_prints)
        self._shown = new
        typed, self._typed = self._typed, False
        if data and self._only_prints:
            self.output.write(data)
        elif data:
            self._send(data.encode("utf-8", "replace"), typed=typed)

    def _holds(self, size: tuple[int, int], canvas: Any) -> bool:
        """Whether output waits for a word that is being typed; then it is said a moment later."""
        seconds = pause(canvas.state, time.time())
        if self._loop is None or not seconds:
            return False
        if not self._is_held:
            self._is_held = True
            self._loop.alarm(seconds, lambda: self._go_on(size, canvas))
        return True

    def _go_on(self, size: tuple[int, int], canvas: Any) -> None:
        self._is_held = False
        if self.started:
            canvas.state = self._state
            self.draw_screen(size, canvas)
