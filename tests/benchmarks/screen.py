"""A small terminal emulator behind the bytes that a program writes, and the answers that a terminal gives."""

import re
from collections.abc import Callable, Sequence
from typing import Final

import pyte

COLS: Final = 120
ROWS: Final = 40
# a control sequence, a string sequence with its end, or another escape (ECMA-48; xterm: Control Sequences)
SEQUENCE: Final = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[]PX^_].*?(?:\x07|\x1b\\)|[ -/]*[0-OQ-WYZ\\`-~])", re.DOTALL)
# what may go on in the next bytes
UNFINISHED: Final = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[]PX^_][^\x07\x1b]*\x1b?|[ -/]*)\Z", re.DOTALL)
# DSR 6: a terminal answers with the place of the cursor
CURSOR_QUERY: Final = b"\x1b[6n"
# what pyte would print, or would stumble over
_UNKNOWN: Final = re.compile(
    rb"\x1b(?:\[[<=>][0-?]*[ -/]*[@-~]|\[\?[0-?]*[ -/]*[@-gi-km-~]|\[[0-?]*[ -/]+[@-~]|[]PX^_].*?(?:\x07|\x1b\\))",
    re.DOTALL,
)
# an unread amount from which a scrolling program's older bytes can no longer matter
_TAIL: Final = 1 << 16
_ALTERNATE: Final = re.compile(rb"\x1b\[\?1049([hl])")
_ON: Final = (b"7", b"25")
_OFF: Final = (b"1000", b"1002", b"1003", b"1004", b"1006", b"1049", b"2004", b"2026")


class _Screen(pyte.Screen):  # type: ignore[misc]
    """pyte's screen with the two scrolling sequences (SU, SD) that it lacks."""

    def scroll_up(self, count: int = 1) -> None:
        """Move the scrolling region up; empty lines come in below."""
        self._scroll(count, self.delete_lines)

    def scroll_down(self, count: int = 1) -> None:
        """Move the scrolling region down; empty lines come in above."""
        self._scroll(count, self.insert_lines)

    def _scroll(self, count: int, move: Callable[[int], None]) -> None:
        row, column = self.cursor.y, self.cursor.x
        self.cursor.y = self.margins.top if self.margins else 0
        move(count or 1)
        self.cursor.y, self.cursor.x = row, column


class _Stream(pyte.ByteStream):  # type: ignore[misc]
    """pyte's parser that knows them."""

    csi: Final = {**pyte.ByteStream.csi, "S": "scroll_up", "T": "scroll_down"}
    events: Final = pyte.ByteStream.events | {"scroll_up", "scroll_down"}


class Screen:
    """What a terminal of 120x40 shows; what is written is read only when somebody looks, for that is slow."""

    def __init__(self) -> None:
        self._screen = _Screen(COLS, ROWS)
        self._stream = _Stream(self._screen)
        # with the moment at which each was read
        self._unread: list[tuple[float, bytes]] = []
        self._size = 0
        self._is_alternate = False

    def write(self, data: bytes, now: float) -> None:
        """Take in what the program wrote, cut between sequences, and was read at a moment."""
        for found in _ALTERNATE.finditer(data) if b"\x1b[?1049" in data else ():
            self._is_alternate = found[1] == b"h"
        self._unread.append((now, data))
        self._size += len(data)
        if self._size > 2 * _TAIL and not self._is_alternate:
            data = b"".join(unread for _, unread in self._unread)[-_TAIL:]
            # not from the middle of a line
            self._unread = [(now, data[data.find(b"\n") + 1 :])]
            self._size = len(data)

    def look(self) -> None:
        """Show what was written so far."""
        if self._unread:
            data = b"".join(unread for _, unread in self._unread)
            self._unread, self._size = [], 0
            self._stream.feed(_UNKNOWN.sub(b"", data))

    def first_shown(self, patterns: Sequence[str]) -> list[float | None]:
        """Return when each pattern was first to be seen, in what was written since somebody looked; None if never."""
        searches = [re.compile(pattern, re.MULTILINE).search for pattern in patterns]
        moments: list[float | None] = [None] * len(patterns)
        unread, self._unread, self._size = self._unread, [], 0
        for now, data in unread:
            self._stream.feed(_UNKNOWN.sub(b"", data))
            text = self.text
            for number, search in enumerate(searches):
                if moments[number] is None and search(text) is not None:
                    moments[number] = now
        return moments

    @property
    def text(self) -> str:
        """The rows, joined by line ends, without the blanks at their ends."""
        self.look()
        return "\n".join(row.rstrip() for row in self._screen.display)

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of the cursor, counted from one."""
        self.look()
        return self._screen.cursor.y + 1, self._screen.cursor.x + 1


def answer(query: bytes) -> bytes | None:
    """Return what a terminal answers to a sequence; None if nothing was asked, or `CURSOR_QUERY`."""
    if query.startswith(b"\x1b[?") and query.endswith(b"$p"):
        mode = query[3:-2]
        return b"\x1b[?%s;%d$y" % (mode, 1 if mode in _ON else 2 if mode in _OFF else 0)
    if query.startswith(b"\x1b]") and b"?" in query:
        return _colour(query)
    return _ANSWERS.get(query)


def _colour(query: bytes) -> bytes | None:
    """Answer OSC 4, 10, 11 and 12: black on white would do as well, but this is white on black."""
    found = re.match(rb"\x1b\](10|11|12|4;\d+);\?", query)
    if found is None:
        return None
    colour = b"rgb:0000/0000/0000" if found[1] in (b"11", b"4;0") else b"rgb:e5e5/e5e5/e5e5"
    return b"\x1b]%s;%s\x1b\\" % (found[1], colour)


_ANSWERS: Final = {
    # DA1, DA2, DSR, XTVERSION, XTQMODKEYS, and the window's size in pixels and characters
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[0c": b"\x1b[?62;22c",
    b"\x1b[>c": b"\x1b[>41;388;0c",
    b"\x1b[>0c": b"\x1b[>41;388;0c",
    b"\x1b[5n": b"\x1b[0n",
    b"\x1b[>q": b"\x1bP>|XTerm(388)\x1b\\",
    b"\x1b[>0q": b"\x1bP>|XTerm(388)\x1b\\",
    b"\x1b[?4m": b"\x1b[>4;0m",
    b"\x1b[14t": b"\x1b[4;%d;%dt" % (ROWS * 16, COLS * 8),
    b"\x1b[16t": b"\x1b[6;16;8t",
    b"\x1b[18t": b"\x1b[8;%d;%dt" % (ROWS, COLS),
}
