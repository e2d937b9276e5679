"""How large a picture is, read from its first bytes: known without a library, and before anything is decoded."""

import re
from typing import Final

# of a drawing the opening tag is read, of a JPEG all up to its frame header
_TAG: Final = re.compile(r"<(?:\w+:)?svg\b([^<>]*)>")
_LENGTH: Final = re.compile(
    r"\s(width|height)\s*=\s*[\"']\s*([0-9]{1,7}(?:\.[0-9]{1,9})?)\s*(px|pt|pc|in|cm|mm)?\s*[\"']"
)
_BOX: Final = re.compile(r"\sviewBox\s*=\s*[\"'](?:[^\"']{1,40}?[\s,]+){2}([0-9.]{1,20})[\s,]+([0-9.]{1,20})\s*[\"']")
_PIXELS: Final = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}
# frame headers: SOF0 to SOF15 without the tables DHT, JPG and DAC
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

Size = tuple[int, int]


def size_of(data: bytes) -> Size | None:
    """Return width and height in pixels that PNG, GIF, JPEG or WebP data tells, None if it is none of these."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        return _pair(data[16:24], 4)
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return _pair(data[6:10], 2, "little")
    if data.startswith(b"\xff\xd8"):
        return _jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    return None


def size_of_svg(text: str) -> Size | None:
    """Return width and height in pixels of a drawing, None if it does not tell."""
    tag = _TAG.search(text[:100_000])
    if not tag:
        return None
    found = {name: float(number) * _PIXELS[unit or "px"] for name, number, unit in _LENGTH.findall(tag[1])}
    box = _BOX.search(tag[1])
    try:
        width, height = (float(box[1]), float(box[2])) if box else (0.0, 0.0)
    except ValueError:
        width = height = 0.0
    # one that is given alone takes the other from the view box
    ratio = width / height if width and height else 0.0
    if "width" in found and ("height" in found or ratio):
        width, height = found["width"], found.get("height", found["width"] / (ratio or 1))
    elif "height" in found and ratio:
        width, height = found["height"] * ratio, found["height"]
    return (max(round(width), 1), max(round(height), 1)) if 0 < width < 1e6 and 0 < height < 1e6 else None


def _pair(data: bytes, count: int, order: str = "big") -> Size | None:
    little = order == "little"
    width, height = (int.from_bytes(data[at : at + count], "little" if little else "big") for at in (0, count))
    return (width, height) if len(data) == 2 * count and width and height else None


def _jpeg(data: bytes) -> Size | None:
    position = 2
    while position + 9 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker in _FRAMES:
            size = _pair(data[position + 5 : position + 9], 2)
            return size and size[::-1]
        position += 1 if marker == 0xFF else 2 + max(int.from_bytes(data[position + 2 : position + 4], "big"), 2)
    return None


def _webp(data: bytes) -> Size | None:
    kind, body = data[12:16], data[20:30]
    if len(body) < 10:
        return None
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = (int.from_bytes(body[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    return (width, height) if width and height else None
