"""A client in the flat mode on a terminal that only prints: what is on it, line by line."""

import pyte

from curses_client.flat.bottom import bottom
from curses_client.flat.changes import changes, leaves
from curses_client.flat.news import News
from curses_client.flat.writing import Shown, shown, written
from tests.curses_client.support import Client


class Printer:
    """Prints a client's states on an emulated terminal."""

    def __init__(self, user: Client | None = None, *, erases: bool = False) -> None:
        self.user = user or Client()
        self._erases = erases
        self._news = News()
        self._state = self.user.state
        self._shown = Shown()
        self._screen = pyte.Screen(self.user.state.cols, 400)
        self._stream = pyte.Stream(self._screen)
        self.print()

    def print(self) -> "Printer":
        """Print what is new."""
        before, state = self._state, self.user.state
        stays = leaves(before, state)
        if stays:
            self._news.leave(before.editor.buffer.text)
        lines = [*self._news.of(state), *changes(before, state)]
        new = shown(bottom(state), state.cols)
        data = written(self._shown, lines, new, leaves=stays, erases=self._erases)
        self._stream.feed(data.replace("\n", "\r\n"))
        self._state, self._shown = state, new
        return self

    def press(self, *keys: str) -> "Printer":
        """Press keys, each seen before the next."""
        for key in keys:
            self.user.press(key)
            self.print()
        return self

    def write(self, text: str) -> "Printer":
        """Type text."""
        return self.press(*text)

    def read(self) -> "Printer":
        """Read what the journal has."""
        self.user.read()
        return self.print()

    @property
    def lines(self) -> list[str]:
        """What is on the terminal, down to the line being typed."""
        return ["".join(self._row(y)).rstrip() for y in range(self._screen.cursor.y + 1)]

    @property
    def marked(self) -> str:
        """The last line with the cursor as a bar."""
        x, y = self._screen.cursor.x, self._screen.cursor.y
        row = self._row(y)
        return f"{''.join(row[:x])}|{''.join(row[x:]).rstrip()}"

    def _row(self, y: int) -> list[str]:
        return [self._screen.buffer[y][x].data for x in range(self._screen.columns)]
