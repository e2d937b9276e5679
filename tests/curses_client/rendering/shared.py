"""Bundles, and what is asked of all that is made of them."""

import re
import struct
import zlib
from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any

from curses_client.rendering import render
from curses_client.shown import EVERYTHING, Fold, Look, Rendered
from curses_client.text.ansi import CODE, plain
from curses_client.text.invisible import HIDDEN
from curses_client.text.width import columns

TRUE_COLOUR = 1 << 24
BLOCKS = Look(cols=80, colors=256, pictures="blocks")
KITTY = Look(cols=80, colors=TRUE_COLOUR, pictures="kitty")
NOTHING = Look(cols=80, colors=1, pictures="none")

# what a kernel may try: to clear the screen, write the clipboard, set the title, ask the terminal, reorder text
HOSTILE = "\x1b[2J\x1b]52;c;aGk=\x07\x1b]0;t\x07\x9b31m\u202eabc\u2066\x07\x1bP+q\x1b\\\x08\u200b\r\n\t\x1b[?1049h\x1b_Gi=1\x1b\\"

_UNSAFE = re.compile(f"[\x00-\x1f\x7f-\x9f{HIDDEN}]")


def png(width: int, height: int, pixel: bytes = b"\xff\x00\x00", rows: bytes | None = None) -> bytes:
    """Return a PNG of one colour (RGB or RGBA), or of raw rows; it says how large it is and need not be."""
    kind = 6 if len(pixel) == 4 else 2
    data = rows if rows is not None else (b"\0" + pixel * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(data)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunk(picture: bytes, kind: bytes, data: bytes) -> bytes:
    """Return a PNG with one more chunk at its end."""
    end = picture.rindex(b"IEND") - 4
    return picture[:end] + _chunk(kind, data) + picture[end:]


def base64(data: bytes) -> str:
    return b64encode(data).decode()


def shown(bundle: Mapping[str, Any], look: Look = BLOCKS, *opened: str, **metadata: Any) -> list[str]:
    """Return the text of the lines of a bundle, which are found to be harmless."""
    result = render(bundle, metadata, look, frozenset(opened))
    check(result)
    return texts(result)


def texts(result: Rendered) -> list[str]:
    return [plain(line.text) for line in result.lines]


def folds(result: Rendered) -> list[str]:
    return [line.target.key for line in result.lines if isinstance(line.target, Fold)]


def check(result: Rendered) -> None:
    """Find all lines to be stored lines that leave no style behind."""
    for line in result.lines:
        assert is_stored(line.text), line.text[:200]


def is_stored(line: str) -> bool:
    return _UNSAFE.search(CODE.sub("", line)) is None


def check_everything(bundle: Mapping[str, Any], looks: Iterable[Look] = (BLOCKS, KITTY, NOTHING)) -> None:
    """Find a bundle to be harmless however it is looked at."""
    for look in looks:
        for opened in (frozenset[str](), EVERYTHING):
            result = render(bundle, {}, look, opened)
            check(result)
            if {"text/html", "text/markdown"} & bundle.keys() and result.wraps:
                assert all(columns(text) <= look.cols for text in texts(result))
