"""Pictures by kitty's graphics protocol, as text: placeholders, and the sequences that give them a meaning.

Source: https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders.  A cell holds U+10EEEE and two
combining characters, for its row and its column within the picture; the number of the picture is its foreground
colour.  So they scroll, are covered and are cut like any text.
"""

from base64 import standard_b64encode
from typing import Final

from curses_client.rendering.wrapping import stored
from curses_client.shown import Transmission
from curses_client.text.ansi import Style

_PLACEHOLDER: Final = "\U0010eeee"
# rowcolumn-diacritics.txt, with the first of all being 0: a code point, or the first and last of several
_RANGES: Final = """
    305 30D-30E 310 312 33D-33F 346 34A-34C 350-352 357 35B 363-36F 483-487 592-595 597-599 59C-5A1 5A8-5A9 5AB-5AC 5AF
    5C4 610-617 657-65B 65D-65E 6D6-6DC 6DF-6E2 6E4 6E7-6E8 6EB-6EC 730 732-733 735-736 73A 73D 73F-741 743 745 747
    749-74A 7EB-7F1 7F3 816-819 81B-823 825-827 829-82D 951 953-954 F82-F83 F86-F87 135D-135F 17DD 193A 1A17 1A75-1A7C
    1B6B 1B6D-1B73 1CD0-1CD2 1CDA-1CDB 1CE0 1DC0-1DC1 1DC3-1DC9 1DCB-1DCC 1DD1-1DE6 1DFE 20D0-20D1 20D4-20D7 20DB-20DC
    20E1 20E7 20E9 20F0 2CEF-2CF1 2DE0-2DFF A66F A67C-A67D A6F0-A6F1 A8E0-A8F1 AAB0 AAB2-AAB3 AAB7-AAB8 AABE-AABF AAC1
    FE20-FE26 10A0F 10A38 1D185-1D189 1D1AA-1D1AD 1D242-1D244"""
_CHUNK: Final = 4096


def _marks() -> str:
    found: list[str] = []
    for entry in _RANGES.split():
        first, _, last = entry.partition("-")
        found += map(chr, range(int(first, 16), int(last or first, 16) + 1))
    return "".join(found)


MARKS: Final = _marks()
MOST: Final = len(MARKS)
"""Columns, and rows, of the largest picture that placeholders can be for."""


def placeholders(number: int, cols: int, rows: int) -> list[str]:
    """Return stored lines that show picture `number` (1 to 0xFFFFFF) on `cols` times `rows` cells."""
    style = Style(fg=(number >> 16 & 255, number >> 8 & 255, number & 255))
    marks = MARKS[:cols]
    return [stored([(style, "".join(f"{_PLACEHOLDER}{mark}{column}" for column in marks))]) for mark in MARKS[:rows]]


def transmit(picture: Transmission, in_tmux: bool = False) -> bytes:
    """Return what gives the terminal a picture without showing it; it answers nothing, not even an error."""
    data = standard_b64encode(picture.png)
    keys = b"a=T,U=1,f=100,t=d,q=2,i=%d,c=%d,r=%d," % (picture.number, picture.cols, picture.rows)
    chunks = [data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK)] or [b""]
    return b"".join(
        _sequence(b"%sm=%d;%s" % (keys if number == 0 else b"q=2,", number < len(chunks) - 1, chunk), in_tmux)
        for number, chunk in enumerate(chunks)
    )


def forget(number: int, in_tmux: bool = False) -> bytes:
    """Return what takes a picture from the terminal, with all that is shown of it."""
    return _sequence(b"a=d,d=I,q=2,i=%d" % number, in_tmux)


def _sequence(body: bytes, in_tmux: bool) -> bytes:
    """Return an application program command; tmux passes it on when it is wrapped, with each ESC in it doubled."""
    sequence = b"\x1b_G" + body + b"\x1b\\"
    return b"\x1bPtmux;" + sequence.replace(b"\x1b", b"\x1b\x1b") + b"\x1b\\" if in_tmux else sequence
