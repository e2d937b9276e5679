"""Two pictures as PNG files, made without a library: a plot on white paper, and one with as many colours as a photograph."""

import math
import struct
import zlib
from collections.abc import Callable
from typing import Final

WIDTH: Final = 640
HEIGHT: Final = 480
_Colour = tuple[int, int, int]
_INK: Final = ((31, 119, 180), (255, 127, 14), (44, 160, 44))


def plot() -> bytes:
    """Return three curves between axes."""
    return _png(_plotted)


def photograph() -> bytes:
    """Return one in which hardly two pixels are alike."""
    return _png(_photographed)


def _plotted(x: int, y: int) -> _Colour:
    if (x in (80, 81, 575, 576) and 57 <= y <= 427) or (y in (57, 58, 426, 427) and 80 <= x <= 576):
        return 0, 0, 0
    if 80 < x < 576:
        for number, ink in enumerate(_INK):
            if abs(240 - 150 * math.sin((x - 80) / 60 + number) - y) < 3:
                return ink
    return 255, 255, 255


def _photographed(x: int, y: int) -> _Colour:
    light = math.hypot(x - 400, y - 150) / 6
    return (x * 255 // WIDTH, y * 255 // HEIGHT, int(127 + 127 * math.sin(light / 3 + x / 50)))


def _png(colour: Callable[[int, int], _Colour]) -> bytes:
    """Return a PNG of 8-bit RGB (PNG specification, 5 and 11)."""
    rows = (b"\0" + bytes(part for x in range(WIDTH) for part in colour(x, y)) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
