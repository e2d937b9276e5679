"""A picture as sixels: bands of six rows, drawn once per colour.

Source: DEC VT330/340 programmer reference, chapter 14.  It stays on the screen until something is written over it.
"""

import re
from io import BytesIO
from typing import Final

from PIL import Image

_COLOURS: Final = 256
# four of the same take as much as the count does
_REPEATED: Final = re.compile(rb"(.)\1{3,}", re.DOTALL)
_IS_ONE: Final = [bytes(value == colour for value in range(256)) for colour in range(_COLOURS)]
# a sixel of six bits -> the character that stands for it
_CHARACTERS: Final = bytes((63 + bits) & 255 for bits in range(256))


def sixel(png: bytes, width: int, height: int) -> bytes:
    """Return a PNG (`pictures.pixels`), scaled to these pixels, as what a terminal draws at the cursor.

    Transparent parts stay as they are on the screen.
    """
    with Image.open(BytesIO(png), formats=["PNG"]) as opened:
        opened.load()
        image = opened.convert("RGBA") if opened.has_transparency_data else opened.convert("RGB")
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return _encoded(image)


def _encoded(image: Image.Image) -> bytes:
    width, height = image.size
    # of what is transparent nothing is sent
    opaque = None
    if image.mode == "RGBA":
        alpha = image.getchannel("A")
        if alpha.getextrema() != (255, 255):
            opaque = alpha.point([0] * 128 + [255] * 128).tobytes()
        image = image.convert("RGB")
    reduced = _reduced(image)
    palette = reduced.getpalette() or []
    data = reduced.tobytes()
    pieces = [b'\x1bP0;1q"1;1;%d;%d' % (width, height)]
    for number in sorted(set(data)):
        pieces.append(
            b"#%d;2;%d;%d;%d" % (number, *(value * 100 // 255 for value in palette[3 * number : 3 * number + 3]))
        )
    for top in range(0, height, 6):
        rows = [slice(row * width, (row + 1) * width) for row in range(top, min(top + 6, height))]
        seen = [_whole(opaque[row]) if opaque else None for row in rows]
        pieces.append(b"$".join(_band([data[row] for row in rows], seen)))
        pieces.append(b"-")
    pieces.append(b"\x1b\\")
    return b"".join(pieces)


def _reduced(image: Image.Image) -> Image.Image:
    """Return an RGB picture with a palette."""
    if image.getcolors(_COLOURS):
        return image.convert("P", palette=Image.Palette.ADAPTIVE, colors=_COLOURS)
    # the palette of the picture itself takes 150 ms of a noisy one, for little that could be seen
    small = image.resize((max(image.width // 4, 16), max(image.height // 4, 16)), Image.Resampling.NEAREST)
    palette = small.quantize(_COLOURS, Image.Quantize.MEDIANCUT)
    return image.quantize(palette=palette, dither=Image.Dither.NONE)


def _band(rows: list[bytes], seen: list[int | None]) -> list[bytes]:
    """Return the lines, one per colour, of up to six rows; a row of bytes is one large number here."""
    found: dict[int, list[int]] = {}
    for number, row in enumerate(rows):
        for colour in set(row):
            found.setdefault(colour, []).append(number)
    lines = []
    for colour, numbers in found.items():
        bits = 0
        for number in numbers:
            mask = seen[number]
            ones = _whole(rows[number].translate(_IS_ONE[colour]))
            bits |= (ones if mask is None else ones & mask) << number
        if bits:
            sixels = bits.to_bytes((bits.bit_length() + 7) // 8, "little").translate(_CHARACTERS)
            lines.append(b"#%d%s" % (colour, _REPEATED.sub(_counted, sixels)))
    return lines


def _whole(row: bytes) -> int:
    return int.from_bytes(row, "little")


def _counted(found: re.Match[bytes]) -> bytes:
    return b"!%d%s" % (found.end() - found.start(), found[1])
