"""The output of one cell as lines: what a program printed, the way a terminal would have left it.

A `LineStore` is fed text as it arrives and is read by line number, or in blocks to be searched. What it stores
are *stored lines* in the sense of `curses_client.text.ansi`: printable text, SGR and permitted hyperlinks; nothing
else gets past `LineStore._filter`. Most output is lines in the order of printing: they are appended as they are.
Text that moves the cursor goes through an emulator (`cursor`), which takes the lines it edits apart into `cells`.
`rows` keeps the lines: the oldest packed in an `archive`, then a list, then the last line as a list of pieces, so
that even a line of megabytes in small pieces takes linear time. The archives of all stores share a `shelf`, which
moves what it has no room for to the `attic`: to the disk.
"""

import re

from curses_client.text.ansi import CODE, ESC, LIMIT, PLAIN, SEQUENCE, plain, shorten, unfinished, visible
from curses_client.text.cursor import TAB, Screen
from curses_client.text.invisible import HIDDEN, JOINING, STRAY
from curses_client.text.later import later
from curses_client.text.measured import plain_text
from curses_client.text.rows import BLOCK
from curses_client.text.shelf import Shelf

__all__ = ["BLOCK", "TAIL", "LineStore"]

TAIL = 500
"""How many of the last lines the cursor can go back to, like the height of a terminal."""

# characters of a block from which on its plain text is remembered: it is asked for while hits are gone through
_HEAVY = 1 << 18

_PRINTABLE_ASCII = bytes(range(0x20, 0x7F))
_CONTROL = later(rf"[\x00-\x1f\x7f-\x9f{HIDDEN}{JOINING}]")
_EXPECTED = frozenset("\n\r\b\t\x1b")
_NOT_SGR = later(rf"\x1b(?!\[[0-9;:]{{0,{LIMIT - 3}}}m)")
_REFUSED = later(rf"{SEQUENCE.pattern}|[\x00-\x07\x0b\x0c\x0e-\x1f\x7f-\x9f{HIDDEN}]|{STRAY}")
# characters before a text that decide about a joining one at its beginning
_BEFORE = 2
_KEPT = later(r"\x1b\[(?:[0-9;:]*m|[0-9]*[A-GK]|0*J)")
_LINK = later(r"\x1b\]8;[^;]*;(?P<uri>[^\x07\x9c\x1b]*)(?:\x07|\x9c|\x1b\\)")
_LINK_TARGET = later(r"(?:https?|file|mailto):[!-~]*|", re.IGNORECASE)
_CURSOR = later(r"\x1b\[[0-9]*[A-GJK]")


class LineStore:
    """The lines printed by one cell; append-only but for the last `tail` lines, which programs redraw.

    A cursor moves through the lines as on a terminal of endless width whose bottom is the last line:
    carriage return, backspace, tab (stops every 8 columns), `CSI A`-`G`, erasing with `CSI K` and from the
    cursor on with `CSI J`. Clearing what was printed before (`CSI 1J`, `2J`, `3J`) and placing the cursor
    absolutely (`CSI H`) would lose output, so these are removed like every other sequence. Columns are
    counted by code point, as most terminals do.

    `version` changes with every change, `removed` counts the sequences and characters that were taken out
    or, for sequences that are cut short, bidirectional controls and invisible characters, replaced by a visible form.
    """

    __slots__ = ("__weakref__", "_before", "_pending", "_screen", "_shelf", "_tail", "removed", "version")

    def __init__(self, tail: int = TAIL, shelf: Shelf | None = None) -> None:
        """Keep what is packed on `shelf`, or on the process's own."""
        self.version = 0
        self.removed = 0
        self._tail = max(tail, 1)
        self._shelf = shelf
        self._pending = ""
        self._before = ""
        self._screen = Screen(self._tail, shelf)

    def __len__(self) -> int:
        """Count the lines; an empty last one after a newline is none."""
        return self._screen.rows.last + self.ends_open

    @property
    def ends_open(self) -> bool:
        """Whether the last line has text but no newline after it yet."""
        return not self._screen.rows.last_is_empty

    def feed(self, text: str) -> None:
        """Print `text`, any text at all; an escape sequence it breaks off in waits for the next call."""
        text = self._complete(text)
        if text:
            self._take(text)

    def end(self) -> None:
        """Take in that nothing follows: a sequence that waits for the rest of it is shown as it is."""
        text, self._pending = self._pending, ""
        if text:
            self._take(text)

    def _take(self, text: str) -> None:
        """Print text in which no sequence has to wait."""
        self.version += 1
        before, self._before = self._before, text[-_BEFORE:]
        if "\r" in text:
            text = text.replace("\r\n", "\n")
        controls = _controls(text)
        moves = not controls.isdisjoint("\r\b")
        if not controls <= _EXPECTED or (ESC in controls and _NOT_SGR.search(text)):
            text = self._filtered(before + text, len(before))
            moves = moves or _CURSOR.search(text) is not None
        tabs = "\t" in controls
        simple = ESC not in controls and text.isascii() and self._screen.style == PLAIN
        self._print(text, moves or (tabs and not simple), tabs)
        self._screen.tidy()

    def line(self, index: int) -> str:
        """Return one stored line; raises IndexError outside of `0 <= index < len(self)`."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._screen.rows.slice(index, index + 1)[0]

    def slice(self, start: int, stop: int) -> list[str]:
        """Return the stored lines from `start` to before `stop`, as far as there are such."""
        return self._screen.rows.slice(max(start, 0), min(stop, len(self)))

    def part(self, index: int, start: int, stop: int) -> str:
        """Return the characters of a line's plain text from `start` to before `stop`; raises as `line` does.

        It takes time for the line up to there only.
        """
        line = self.line(index)
        if ESC not in line:
            return line[max(start, 0) : max(stop, 0)]
        found: list[str] = []
        position = 0
        begin = 0
        for code in CODE.finditer(line):
            text = line[begin : code.start()]
            begin = code.end()
            found.append(text[max(start - position, 0) : max(stop - position, 0)])
            position += len(text)
            if position >= stop:
                break
        else:
            found.append(line[begin:][max(start - position, 0) : max(stop - position, 0)])
        return "".join(found)

    @property
    def current(self) -> int:
        """The number of the first line that is being rewritten, as several bars are, or else of the last one."""
        risen = self._screen.risen
        return risen if risen is not None else max(len(self) - 1, 0)

    @property
    def blocks(self) -> int:
        """How many blocks of `BLOCK` lines there are; the last may have fewer lines."""
        return -(-len(self) // BLOCK)

    @property
    def frozen_blocks(self) -> int:
        """How many blocks, from the first on, cannot change any more, but for `clear`."""
        return self._screen.frozen // BLOCK

    def block(self, number: int) -> str:
        """Return the plain text of the lines from `number * BLOCK` on, joined by newlines.

        Raises:
            IndexError: outside of `0 <= number < blocks`.
        """
        if not 0 <= number < self.blocks:
            raise IndexError(number)
        text = self._screen.rows.text(number * BLOCK, min((number + 1) * BLOCK, len(self)))
        return plain_text(text) if len(text) > _HEAVY else plain(text)

    def text(self) -> str:
        """Return everything as plain text; each line but an open last one ends with a newline."""
        text = "\n".join(map(plain, self.slice(0, len(self))))
        return text if self.ends_open or not len(self) else text + "\n"

    def clear(self) -> None:
        """Forget everything: lines, style, an unfinished sequence and the count of removed ones."""
        self.version += 1
        self.removed = 0
        self._pending = ""
        self._before = ""
        self._screen = Screen(self._tail, self._shelf)

    def _complete(self, text: str) -> str:
        """Return what waited and `text`, up to a sequence that is unfinished and has to wait."""
        text = self._pending + text
        end = unfinished(text)
        self._pending = shorten(text[end:])
        return text[:end]

    def _filtered(self, text: str, start: int) -> str:
        """Return what to print of text from `start` on."""
        pieces: list[str] = []
        for match in _REFUSED.finditer(text, start):
            pieces += (text[start : match.start()], self._filter(match))
            start = match.end()
        return "".join((*pieces, text[start:]))

    def _filter(self, match: re.Match[str]) -> str:
        """Return what to print for a control character or escape sequence; count those not let through."""
        token = match[0]
        if len(token) <= LIMIT:
            if _KEPT.fullmatch(token):
                return token
            if link := _LINK.fullmatch(token):
                permitted = _LINK_TARGET.fullmatch(link["uri"]) is not None
                self.removed += not permitted
                return f"\x1b]8;;{link['uri'] if permitted else ''}\x1b\\"
        self.removed += 1
        return "" if token[0] < "\x80" and token[0] != ESC else visible(token)

    def _print(self, text: str, moves: bool, tabs: bool) -> None:
        """Print filtered text, as much of it as possible without the emulator."""
        screen = self._screen
        if moves or not screen.at_end:
            screen.emulate(text)
        elif screen.appends and not (tabs and self.ends_open):
            screen.append(text.expandtabs(TAB) if tabs else text)
        else:
            # The last line is in cells, or its column matters: the emulator has to finish it.
            head, newline, rest = text.partition("\n")
            screen.emulate(head + newline)
            if rest:
                screen.append(rest.expandtabs(TAB) if tabs else rest)


def _controls(text: str) -> set[str]:
    """Return the characters of `text` that are not simply printed."""
    if text.isascii():
        # Ten times as fast as the regular expression.
        return set(text.encode().translate(None, _PRINTABLE_ASCII).decode())
    return set(_CONTROL.findall(text))
