"""The output of one cell as lines: what a program printed, the way a terminal would have left it.

A `LineStore` is fed text as it arrives and is read by line number. What it stores are *stored lines* in the
sense of `curses_client.text.ansi`: printable text, SGR and permitted hyperlinks; nothing else gets past
`LineStore._filter`. Most output is lines in the order of printing: they are appended as they are. Text that
moves the cursor goes through an emulator (`_Screen`), which takes the lines it edits apart into cells
(`_Row`). `_Rows` keeps the lines: the oldest packed in `_Archive`, then a list, then the last line as a list
of pieces, so that even a line of megabytes in small pieces takes linear time.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter

from curses_client.text.ansi import (
    CODE,
    ESC,
    HIDDEN,
    LIMIT,
    PLAIN,
    SEQUENCE,
    Style,
    encode,
    plain,
    runs,
    shorten,
    switch,
    unfinished,
    visible,
)
from curses_client.text.width import character_columns

TAIL = 500
"""How many of the last lines the cursor can go back to, like the height of a terminal."""

_CHUNK = 1024
# Chunks at the end that are not compressed: some 250,000 lines.
_UNCOMPRESSED = 256
# Rows kept as cells between two calls of feed, because programs redraw the same ones, and within one.
_EDITED_ROWS = 64
_EDITED_AT_ONCE = 1024
# Filling up to a cursor sent far to the right, or erasing to it, would otherwise cost any amount.
_FARTHEST_JUMP = 1000
_TAB = 8

_PRINTABLE_ASCII = bytes(range(0x20, 0x7F))
_CONTROL = re.compile(rf"[\x00-\x1f\x7f-\x9f{HIDDEN}]")
_EXPECTED = frozenset("\n\r\b\t\x1b")
_NOT_SGR = re.compile(rf"\x1b(?!\[[0-9;:]{{0,{LIMIT - 3}}}m)")
_REFUSED = re.compile(rf"{SEQUENCE.pattern}|[\x00-\x07\x0b\x0c\x0e-\x1f\x7f-\x9f{HIDDEN}]")
_KEPT = re.compile(r"\x1b\[(?:[0-9;:]*m|[0-9]*[A-GK]|0*J)")
_LINK = re.compile(r"\x1b\]8;[^;]*;(?P<uri>[^\x07\x9c\x1b]*)(?:\x07|\x9c|\x1b\\)")
_LINK_TARGET = re.compile(r"(?:https?|file|mailto):[!-~]*|", re.IGNORECASE)
_CURSOR = re.compile(r"\x1b\[[0-9]*[A-GJK]")
_STEP = re.compile(rf"[\n\r\b\t]|\x1b\[(?P<count>[0-9]*)(?P<final>[A-GJK])|(?P<code>{CODE.pattern})")
_RESET = "\x1b[0m"


class LineStore:
    """The lines printed by one cell; append-only but for the last `tail` lines, which programs redraw.

    A cursor moves through the lines as on a terminal of endless width whose bottom is the last line:
    carriage return, backspace, tab (stops every 8 columns), `CSI A`-`G`, erasing with `CSI K` and from the
    cursor on with `CSI J`. Clearing what was printed before (`CSI 1J`, `2J`, `3J`) and placing the cursor
    absolutely (`CSI H`) would lose output, so these are removed like every other sequence. Columns are
    counted by code point, as most terminals do.

    `version` changes with every change, `removed` counts the sequences and characters that were taken out
    or, for bidirectional controls and invisible characters, replaced by a visible form.
    """

    def __init__(self, tail: int = TAIL) -> None:
        self.version = 0
        self.removed = 0
        self._tail = max(tail, 1)
        self._pending = ""
        self._screen = _Screen(self._tail)

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
        if not text:
            return
        self.version += 1
        if "\r" in text:
            text = text.replace("\r\n", "\n")
        controls = _controls(text)
        moves = not controls.isdisjoint("\r\b")
        if not controls <= _EXPECTED or (ESC in controls and _NOT_SGR.search(text)):
            text = _REFUSED.sub(self._filter, text)
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

    def text(self) -> str:
        """Return everything as plain text; each line but an open last one ends with a newline."""
        text = "\n".join(map(plain, self.slice(0, len(self))))
        return text if self.ends_open or not len(self) else text + "\n"

    def clear(self) -> None:
        """Forget everything: lines, style, an unfinished sequence and the count of removed ones."""
        self.version += 1
        self.removed = 0
        self._pending = ""
        self._screen = _Screen(self._tail)

    def _complete(self, text: str) -> str:
        """Return what waited and `text`, up to a sequence that is unfinished and has to wait."""
        text = self._pending + text
        end = unfinished(text)
        self._pending = shorten(text[end:])
        return text[:end]

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
        return "" if token < "\xa0" else visible(token)

    def _print(self, text: str, moves: bool, tabs: bool) -> None:
        """Print filtered text, as much of it as possible without the emulator."""
        screen = self._screen
        if moves or not screen.at_end:
            screen.emulate(text)
        elif screen.appends and not (tabs and self.ends_open):
            screen.append(text.expandtabs(_TAB) if tabs else text)
        else:
            # The last line is in cells, or its column matters: the emulator has to finish it.
            head, newline, rest = text.partition("\n")
            screen.emulate(head + newline)
            if rest:
                screen.append(rest.expandtabs(_TAB) if tabs else rest)


def _controls(text: str) -> set[str]:
    """Return the characters of `text` that are not simply printed."""
    if text.isascii():
        # Ten times as fast as the regular expression.
        return set(text.encode().translate(None, _PRINTABLE_ASCII).decode())
    return set(_CONTROL.findall(text))


class _Screen:
    """A cursor and a style over rows; the text it gets has passed the filter.

    `column` is None as long as the cursor is at the end of the last row and that row is not in cells,
    which is the case for nearly all output and makes knowing the column needless.
    """

    def __init__(self, tail: int) -> None:
        self.rows = _Rows()
        self.style = PLAIN
        self.row = 0
        self.column: int | None = None
        self._tail = tail
        self._top = 0

    @property
    def appends(self) -> bool:
        """Whether text without cursor movement may be given to `append`."""
        return self.column is None

    @property
    def at_end(self) -> bool:
        """Whether the cursor is after the last character."""
        if self.column is None:
            return True
        cells = self.rows.edited.get(self.row)
        return self.row == self.rows.last and cells is not None and self.column == len(cells.characters)

    def append(self, text: str) -> None:
        """Print text with no other controls than newlines and the sequences of stored lines."""
        self.style = self.rows.append(text, self.style)
        self.row = self.rows.last

    def emulate(self, text: str) -> None:
        """Print text with cursor movement."""
        position = 0
        for step in _STEP.finditer(text):
            if step.start() > position:
                self._write(text[position : step.start()])
            position = step.end()
            if code := step["code"]:
                self.style = self.style.apply_code(code)
            else:
                _STEPS[step["final"] or step[0]](self, int(step["count"] or 0))
        if position < len(text):
            self._write(text[position:])

    def tidy(self) -> None:
        """Pack what is unlikely to change."""
        at_end = self.at_end
        self.rows.freeze(self._tail)
        if at_end and self.rows.last not in self.rows.edited:
            self.column = None

    def _write(self, text: str) -> None:
        if self.column is None:
            self.rows.append_piece(text, self.style)
        else:
            self.column = self.rows.edit(self.row).write(self.column, text, self.style)

    def newline(self, _: int) -> None:
        """Go to the start of the next row, adding one at the end."""
        if self.row == self.rows.last:
            self.rows.finish_last()
        self.row += 1
        self._go_to_column(0)

    def carriage_return(self, _: int) -> None:
        """Go to the start of the row."""
        self._go_to_column(0)

    def tab(self, _: int) -> None:
        """Go to the next tab stop, filling up a row that ends before it."""
        stop = (self._known_column() // _TAB + 1) * _TAB
        self.rows.edit(self.row).pad(stop)
        self._go_to_column(stop)

    def up(self, count: int) -> None:
        """Go up, not above the tail; lines that were once above it stay out of reach."""
        column = self._known_column()
        self._top = max(self._top, self.rows.last - self._tail + 1)
        self.row = max(self.row - (count or 1), self._top)
        self._go_to_column(column)

    def down(self, count: int) -> None:
        """Go down, not below the last row."""
        column = self._known_column()
        self.row = min(self.row + (count or 1), self.rows.last)
        self._go_to_column(column)

    def right(self, count: int) -> None:
        """Go right, also past the end of the row."""
        column = self._known_column()
        self._go_to_column(max(column, min(column + (count or 1), _FARTHEST_JUMP)))

    def left(self, count: int) -> None:
        """Go left, not past the start of the row."""
        self._go_to_column(max(self._known_column() - (count or 1), 0))

    def to_column(self, number: int) -> None:
        """Go to a column counted from 1."""
        self._go_to_column(min(max(number, 1), max(_FARTHEST_JUMP, self._known_column() + 1)) - 1)

    def erase_in_row(self, mode: int) -> None:
        """Erase from the cursor to the end (0), from the start to the cursor (1) or the row (2)."""
        if self.column is None and mode == 0:
            return
        column = self._known_column()
        cells = self.rows.edit(self.row)
        if mode == 0:
            cells.truncate(column)
        elif mode == 1 and column <= _FARTHEST_JUMP:
            cells.blank(column + 1)
        elif mode == 2:
            cells.truncate(0)

    def erase_below(self, _: int) -> None:
        """Erase from the cursor to the end; its row becomes the last."""
        self.erase_in_row(0)
        if self.row < self.rows.last:
            self.rows.remove_after(self.row)

    def _known_column(self) -> int:
        if self.column is None:
            empty = self.rows.last_is_empty
            self.column = 0 if empty else len(self.rows.edit(self.row).characters)
        return self.column

    def _go_to_column(self, column: int) -> None:
        fresh = column == 0 and self.row == self.rows.last and self.rows.last_is_fresh
        self.column = None if fresh else column


def _next_row(screen: _Screen, count: int) -> None:
    screen.down(count)
    screen.carriage_return(0)


def _previous_row(screen: _Screen, count: int) -> None:
    screen.up(count)
    screen.carriage_return(0)


_STEPS: dict[str, Callable[[_Screen, int], None]] = {
    "\n": _Screen.newline,
    "\r": _Screen.carriage_return,
    "\b": _Screen.left,
    "\t": _Screen.tab,
    "A": _Screen.up,
    "B": _Screen.down,
    "C": _Screen.right,
    "D": _Screen.left,
    "E": _next_row,
    "F": _previous_row,
    "G": _Screen.to_column,
    "J": _Screen.erase_below,
    "K": _Screen.erase_in_row,
}


class _Rows:
    """The lines of a store. Rows are numbered from 0; `last` always exists and may be empty.

    `edited` holds rows as cells while they are likely to be edited again; such a row's place among the
    other lines is stale until it is needed.
    """

    def __init__(self) -> None:
        self.edited: dict[int, _Row] = {}
        self._archive = _Archive()
        self._lines: list[str] = []
        self._pieces: list[str] = []
        self._end_style = PLAIN

    @property
    def last(self) -> int:
        """The number of the last row."""
        return len(self._archive) + len(self._lines)

    @property
    def last_is_fresh(self) -> bool:
        """Whether nothing was ever written to the last row."""
        return not self._pieces and self.last not in self.edited

    @property
    def last_is_empty(self) -> bool:
        """Whether the last row shows nothing."""
        cells = self.edited.get(self.last)
        return not (self._pieces if cells is None else cells.characters)

    def append(self, text: str, style: Style) -> Style:
        """Add lines after the last row, which is not in cells; return the style at the end of `text`."""
        *lines, rest = text.split("\n")
        if ESC in text or style != PLAIN or self._end_style != PLAIN:
            lines, rest, style = self._with_styles(lines, rest, style)
        if lines:
            self._pieces.append(lines[0])
            lines[0] = "".join(self._pieces)
            self._lines += lines
            self._pieces = []
        if rest:
            self._pieces.append(rest)
        return style

    def append_piece(self, text: str, style: Style) -> None:
        """Add printable text at the end of the last row, which is not in cells."""
        self._pieces.append(switch(self._end_style, style) + text)
        self._end_style = style

    def finish_last(self) -> None:
        """Begin a new last row."""
        self._lines.append("" if self.last in self.edited else "".join(self._pieces))
        self._pieces = []
        self._end_style = PLAIN

    def edit(self, row: int) -> "_Row":
        """Return a row as cells."""
        cells = self.edited.get(row)
        if cells is None:
            if len(self.edited) >= _EDITED_AT_ONCE:
                self._settle()
            cells = _Row(self._line(row))
            self.edited[row] = cells
            if row == self.last:
                self._pieces = []
        return cells

    def remove_after(self, row: int) -> None:
        """Make `row`, which is in cells, the last one."""
        self.edited = {number: cells for number, cells in self.edited.items() if number <= row}
        del self._lines[row - len(self._archive) :]
        self._pieces = []

    def slice(self, start: int, stop: int) -> list[str]:
        """Return the stored lines from `start` to before `stop`."""
        self._refresh()
        base = len(self._archive)
        found = self._archive.slice(start, min(stop, base)) if start < base else []
        found += self._lines[max(start - base, 0) : max(stop - base, 0)]
        if start <= self.last < stop:
            found.append(self._line(self.last))
        return found

    def freeze(self, keep: int) -> None:
        """Pack old lines, but not the last `keep`."""
        chunks = (len(self._lines) - keep) // _CHUNK
        if chunks > 1 or len(self.edited) > _EDITED_ROWS:
            self._settle()
        if chunks < 2:
            return
        for start in range(0, chunks * _CHUNK, _CHUNK):
            self._archive.add(self._lines[start : start + _CHUNK])
        del self._lines[: chunks * _CHUNK]

    def _with_styles(self, lines: list[str], rest: str, style: Style) -> tuple[list[str], str, Style]:
        """Make each line begin with the style that the text before it left."""
        prefix = switch(self._end_style, style)
        carried = style.sgr()
        styled = []
        for line in lines:
            styled.append(prefix + line if line else "")
            if ESC in line:
                style = _style_after(style, line)
                carried = style.sgr()
            prefix = carried
        if lines:
            self._end_style = PLAIN
        after = _style_after(style, rest)
        if not plain(rest):
            return styled, "", after
        self._end_style = after
        return styled, prefix + rest, after

    def _line(self, row: int) -> str:
        if cells := self.edited.get(row):
            return cells.line()
        if row < self.last:
            return self._lines[row - len(self._archive)]
        self._pieces = ["".join(self._pieces)] if self._pieces else []
        return self._pieces[0] if self._pieces else ""

    def _refresh(self) -> None:
        """Bring the lines of edited rows up to date."""
        base = len(self._archive)
        for row, cells in self.edited.items():
            if row < self.last:
                self._lines[row - base] = cells.line()

    def _settle(self) -> None:
        """Turn all cells into lines."""
        self._refresh()
        if cells := self.edited.get(self.last):
            line = cells.line()
            self._pieces = [line] if line else []
            self._end_style = cells.styles[-1] if line else PLAIN
        self.edited = {}


def _style_after(style: Style, line: str) -> Style:
    if "\x1b]" not in line:
        reset = line.rfind(_RESET)
        if reset >= 0:
            style = Style(link=style.link) if style.link else PLAIN
            line = line[reset + len(_RESET) :]
    if ESC in line:
        for code in CODE.findall(line):
            style = style.apply_code(code)
    return style


class _Row:
    """A line as cells: for each column its character, with combining marks, and its style.

    A wide character is followed by an empty cell. Taking a row's line apart gives the same cells again,
    so that it does not matter when a row is packed.
    """

    def __init__(self, line: str) -> None:
        self.characters: list[str] = []
        self.styles: list[Style] = []
        for style, text in runs(line):
            self.write(len(self.characters), text, style)
        self._line: str | None = line

    def line(self) -> str:
        """Return the stored line."""
        if self._line is None:
            self._line = encode(self._runs())
        return self._line

    def write(self, column: int, text: str, style: Style) -> int:
        """Overwrite cells from `column` on; return the column after the text."""
        self.pad(column)
        marks, cells = _cells(text)
        if marks and column:
            target = column - 1 if self.characters[column - 1] else column - 2
            self.characters[target] += marks
        elif marks:
            cells.insert(0, marks)
        end = column + len(cells)
        self._halve(column)
        self._halve(end)
        self.characters[column:end] = cells
        self.styles[column:end] = [style] * len(cells)
        self._line = None
        return end

    def pad(self, column: int) -> None:
        """Fill up with blanks if the row ends before `column`."""
        missing = column - len(self.characters)
        if missing > 0:
            self.characters += " " * missing
            self.styles += [PLAIN] * missing
            self._line = None

    def blank(self, end: int) -> None:
        """Blank the cells before column `end`."""
        end = min(end, len(self.characters))
        self._halve(end)
        self.characters[:end] = " " * end
        self.styles[:end] = [PLAIN] * end
        self._line = None

    def truncate(self, column: int) -> None:
        """Remove the cells from `column` on."""
        self._halve(column)
        del self.characters[column:]
        del self.styles[column:]
        self._line = None

    def _halve(self, column: int) -> None:
        """Replace a wide character by blanks if one of its halves is to go."""
        if 0 < column < len(self.characters) and not self.characters[column]:
            self.characters[column - 1 : column + 1] = "  "

    def _runs(self) -> Iterator[tuple[Style, str]]:
        styles = self.styles
        if not styles or styles.count(styles[0]) == len(styles):
            yield from [(styles[0], "".join(self.characters))] if styles else []
            return
        for style, cells in groupby(zip(styles, self.characters, strict=True), itemgetter(0)):
            yield style, "".join([character for _, character in cells])


def _cells(text: str) -> tuple[str, list[str]]:
    """Split text into cells; marks that belong to a character before the text come separately."""
    if text.isascii():
        return "", list(text)
    begins = [(index, width) for index, one in enumerate(text) if (width := character_columns(one))]
    marks = text[: begins[0][0]] if begins else text
    cells: list[str] = []
    for position, (start, width) in enumerate(begins, 1):
        end = begins[position][0] if position < len(begins) else len(text)
        cells.append(text[start:end])
        if width > 1:
            cells.append("")
    return marks, cells


class _Archive:
    """Lines that will not change any more, packed in chunks of `_CHUNK` lines; the older ones are compressed.

    Compressing takes longer than storing, so that what most cells print is not: it costs no time, and little memory.
    """

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        # of these the first ones are compressed
        self._compressed = 0
        self._unpacked: tuple[int, list[str]] = (-1, [])

    def __len__(self) -> int:
        return len(self._chunks) * _CHUNK

    def add(self, lines: list[str]) -> None:
        """Add one chunk of lines."""
        self._chunks.append("\n".join(lines).encode())
        if len(self._chunks) - self._compressed > _UNCOMPRESSED:
            self._chunks[self._compressed] = zlib.compress(self._chunks[self._compressed], 1)
            self._compressed += 1

    def slice(self, start: int, stop: int) -> list[str]:
        """Return the lines from `start` to before `stop`, both within the archive."""
        found: list[str] = []
        while start < stop:
            number, offset = divmod(start, _CHUNK)
            part = self._chunk(number)[offset : offset + stop - start]
            found += part
            start += len(part)
        return found

    def _chunk(self, number: int) -> list[str]:
        if self._unpacked[0] != number:
            chunk = self._chunks[number]
            data = zlib.decompress(chunk) if number < self._compressed else chunk
            self._unpacked = number, data.decode().split("\n")
        return self._unpacked[1]
