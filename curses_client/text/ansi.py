"""What escape sequences mean: styles, styled runs of a line, and text made harmless.

Two kinds of text occur here. A *stored line* contains printable text, SGR sequences (`CSI ... m`) and
hyperlinks (`OSC 8 ;; URI ST`) and nothing else; it starts in the style `PLAIN`, so that each line can be
read alone. *Untrusted* text may contain anything; `sanitise` shows it on one line.

References: ECMA-48 (control functions), ITU-T T.416 (colours with colons), and the OSC 8 hyperlink
convention (https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda).
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from curses_client.text.invisible import HIDDEN, JOINING, STRAY
from curses_client.text.later import later

ESC = "\x1b"

LIMIT = 4096
"""Characters of the longest escape sequence that is given a meaning."""

# what comes next tells whether they are stray
_JOIN_NEXT = ("\u200d", "\ufe0e", "\ufe0f")

_STRING_CHARACTER = r"[^\x07\x18\x1a\x1b\x9c\n]"
_STRING_BODY = rf"[\]PX^_]{_STRING_CHARACTER}*+"
_STRING_END = r"(?:[\x07\x18\x1a\x9c]|\x1b\\)"

# A control string without its end is its introducer, and what follows is text: one stray introducer in binary output
# would otherwise swallow what is printed after it.  One that is too long for that to be known ends with its line.
SEQUENCE = later(
    r"\x1b(?:"
    r"\[[0-?]*[ -/]*[@-~]?"  # CSI
    rf"|{_STRING_BODY}{_STRING_END}"  # OSC, DCS, SOS, PM, APC
    rf"|[\]PX^_](?:\0|{_STRING_CHARACTER}{{{LIMIT - 1}}}){_STRING_CHARACTER}*+"
    r"|[ -/]+[0-~]?"  # character sets and the like
    r"|[0-~]"
    r")?"
)
"""One escape sequence, whole or cut short; matches at every ESC, so that removing it leaves none.

The eight-bit introducers (U+0080-U+009F) start no sequence: they are mostly text in a wrong encoding.
"""
_WHOLE = later(rf"\x1b(?:\[[0-?]*[ -/]*[@-~]|{_STRING_BODY}{_STRING_END}|[ -/]+[0-~]|[0-OQ-WYZ\\`-~])")

CODE = later(r"(\x1b(?:\[[0-9;:]*m|\]8;;[!-~]*\x1b\\))")
"""The sequences of a stored line."""

_OPEN_STRING = later(rf"\x1b{_STRING_BODY}")
_OPEN = later(rf"\x1b(?:\[[0-?]*[ -/]*|{_STRING_BODY}|[ -/]+)?")
_SUSPECT = later(rf"[\x00-\x1f\x7f-\x9f{HIDDEN}{JOINING}]")
_UNSAFE = later(rf"{SEQUENCE.pattern}|\r\n|[\x00-\x1f\x7f-\x9f{HIDDEN}]|{STRAY}")
_HIDDEN = later(f"[{HIDDEN}]|{STRAY}")
_SPECIAL_FORMS = {"\n": "⏎", "\r\n": "⏎", "\t": " ", "\x7f": "␡"}

Colour = int | tuple[int, int, int] | None
"""The terminal's own colour, one of its palette of 256 (0-15 are the named ones), or red, green, blue."""


class Style(NamedTuple):
    """How a character looks and what it links to; all of it as one SGR state and one hyperlink set it."""

    fg: Colour = None
    bg: Colour = None
    bold: bool = False
    faint: bool = False
    italic: bool = False
    underline: bool = False
    blink: bool = False
    inverse: bool = False
    conceal: bool = False
    strike: bool = False
    link: str = ""

    def apply_sgr(self, params: str) -> "Style":
        """Return this style after `CSI params m`; what is unknown or malformed changes nothing."""
        return _applied_cached(self, params) if len(params) <= 32 else _applied(self, params)

    def apply_code(self, code: str) -> "Style":
        """Return this style after `code`, one sequence of a stored line (SGR or OSC 8)."""
        if code[1] == "]":
            return self._replace(link=code[5:-2])
        return self.apply_sgr(code[2:-1])

    def sgr(self) -> str:
        """Return the shortest sequence that gives exactly this style to text so far `PLAIN`."""
        return switch(PLAIN, self)


PLAIN = Style()
"""The style of a terminal after reset."""

_FLAG_CODES = {
    "bold": 1,
    "faint": 2,
    "italic": 3,
    "underline": 4,
    "blink": 5,
    "inverse": 7,
    "conceal": 8,
    "strike": 9,
}

_CHANGES: dict[int, dict[str, Any]] = {
    **{code: {flag: True} for flag, code in _FLAG_CODES.items()},
    6: {"blink": True},
    21: {"underline": True},
    22: {"bold": False, "faint": False},
    23: {"italic": False},
    24: {"underline": False},
    25: {"blink": False},
    27: {"inverse": False},
    28: {"conceal": False},
    29: {"strike": False},
    39: {"fg": None},
    49: {"bg": None},
    **{30 + colour: {"fg": colour} for colour in range(8)},
    **{40 + colour: {"bg": colour} for colour in range(8)},
    **{90 + colour: {"fg": 8 + colour} for colour in range(8)},
    **{100 + colour: {"bg": 8 + colour} for colour in range(8)},
}

# 58 is the colour of the underline: its arguments must be skipped or they would be taken for flags.
_EXTENDED = {38: "fg", 48: "bg", 58: ""}


def _applied(style: Style, params: str) -> Style:
    fields = params.split(";")
    position = 0
    while position < len(fields):
        field = fields[position]
        position += 1
        code = _number(field)
        if ":" in field:
            style = _with_subparameters(style, field)
        elif code == 0:
            style = Style(link=style.link)
        elif code in _EXTENDED:
            colour, used = _extended_colour(fields[position : position + 4])
            style = _with_colour(style, code, colour)
            position += used
        elif changes := _CHANGES.get(code):
            style = style._replace(**changes)
    return style


_applied_cached = lru_cache(maxsize=4096)(_applied)


def _number(field: str) -> int:
    """Return a parameter's value, 0 for an empty one, -1 for one that is no sensible number."""
    if not field:
        return 0
    return int(field) if len(field) <= 5 and field.isascii() and field.isdigit() else -1


def _with_subparameters(style: Style, field: str) -> Style:
    code, *values = (_number(value) for value in field.split(":"))
    if code == 4:
        return style._replace(underline=values[0] != 0)
    if code not in _EXTENDED:
        return style
    if values[0] == 2 and len(values) > 4:
        del values[1]  # the colour space
    return _with_colour(style, code, _colour(values))


def _extended_colour(fields: list[str]) -> tuple[Colour, int]:
    """Return the colour that the fields after a 38 or 48 tell, and how many of them it took."""
    values = [_number(field) for field in fields]
    if values[:1] == [5]:
        return _colour(values[:2]), 2
    if values[:1] == [2]:
        return _colour(values[:4]), 4
    return None, 0


def _colour(values: list[int]) -> Colour:
    """Return the colour of `[5, index]` or `[2, red, green, blue]`, None if it is neither."""
    if not all(0 <= value <= 255 for value in values):
        return None
    match values:
        case [5, index, *_]:
            return index
        case [2, red, green, blue, *_]:
            return red, green, blue
    return None


def _with_colour(style: Style, code: int, colour: Colour) -> Style:
    name = _EXTENDED[code]
    change: dict[str, Any] = {name: colour} if name and colour is not None else {}
    return style._replace(**change)


@lru_cache(maxsize=1024)
def switch(before: Style, after: Style) -> str:
    """Return the sequence that changes the style `before` to `after`, empty if they are equal."""
    codes = _sgr(after) if before[:-1] != after[:-1] else ""
    return codes if before.link == after.link else f"{codes}\x1b]8;;{after.link}\x1b\\"


def _sgr(style: Style) -> str:
    codes = [0, *(code for flag, code in _FLAG_CODES.items() if getattr(style, flag))]
    return f"\x1b[{';'.join(map(str, codes))}{_colour_code(style.fg, 30)}{_colour_code(style.bg, 40)}m"


def _colour_code(colour: Colour, base: int) -> str:
    if colour is None:
        return ""
    if isinstance(colour, tuple):
        return ";{};2;{};{};{}".format(base + 8, *colour)
    if colour < 8:
        return f";{base + colour}"
    return f";{base + 52 + colour}" if colour < 16 else f";{base + 8};5;{colour}"


def runs(line: str) -> list[tuple[Style, str]]:
    """Split a stored line into its stretches of one style, without the sequences; neighbours differ."""
    if ESC not in line:
        return [(PLAIN, line)] if line else []
    found: list[tuple[Style, str]] = []
    texts: list[str] = []
    style = current = PLAIN
    # With its one group, split() gives text and sequence in turn.
    for position, piece in enumerate(CODE.split(line)):
        if position % 2:
            current = current.apply_code(piece)
        elif piece:
            if current != style and texts:
                found.append((style, "".join(texts)))
                texts = []
            style = current
            texts.append(piece)
    if texts:
        found.append((style, "".join(texts)))
    return found


def encode(styled: Iterable[tuple[Style, str]]) -> str:
    """Return the stored line of these runs: the inverse of `runs`."""
    pieces: list[str] = []
    before = PLAIN
    for style, text in styled:
        pieces += (switch(before, style), text)
        before = style
    return "".join(pieces)


def plain(line: str) -> str:
    """Return a stored line's text without its sequences."""
    return CODE.sub("", line) if ESC in line else line


def sanitise(text: str) -> str:
    """Return untrusted text as one harmless line: no escape sequence, nothing invisible or reordering.

    Escape sequences are removed, and one that is cut short leaves a sign (`␛[`). Control characters, bidirectional
    controls and invisible characters are shown (`␇`, `<U+202E>`), a newline as `⏎`, a tab as a space.
    """
    if _SUSPECT.search(text) is None:
        return text
    return _UNSAFE.sub(lambda match: visible(match[0]), text)


def in_place(text: str) -> str:
    """Return text that is being typed as it is shown, each character in its place.

    A tab is one blank, and what would reorder or hide text is one replacement character.
    """
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\t", " ")
    return text if text.isascii() else _HIDDEN.sub("\ufffd", text)


def visible(token: str) -> str:
    """Return what to show for an escape sequence, or for a control, bidirectional or invisible character.

    Of a whole sequence that is nothing, of one that is cut short how it begins, of a surrogate U+FFFD.
    """
    if token[0] == ESC:
        return "" if _WHOLE.fullmatch(token) else f"␛{token[1:2]}"
    if special := _SPECIAL_FORMS.get(token):
        return special
    code = ord(token)
    if code < 0x20:
        return chr(0x2400 + code)
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else f"<U+{code:04X}>"


def unfinished(text: str) -> int:
    """Return where the escape sequence, or the joining character, is that `text` breaks off in, else `len(text)`."""
    start = text.rfind(ESC)
    if start < 0 or not _OPEN.fullmatch(text, start):
        return len(text) - text.endswith(_JOIN_NEXT)
    if start == len(text) - 1:
        # This ESC may be the first half of the terminator of a string.
        before = text.rfind(ESC, 0, start)
        if before >= 0 and _OPEN_STRING.fullmatch(text, before, start):
            return before
    return start


def shorten(sequence: str) -> str:
    """Return a stand-in for an unfinished sequence that exceeds `LIMIT`, else the sequence itself.

    The stand-in goes on and ends as the sequence would, and is certain to be of no effect.
    """
    if len(sequence) <= LIMIT:
        return sequence
    introducer, last = sequence[:2], sequence[-1]
    if introducer == "\x1b[":
        return "\x1b[?!" if " " <= last <= "/" else "\x1b[?"
    if introducer[1] in "]PX^_":
        return introducer + "\0" + (ESC if last == ESC else "")
    return introducer
