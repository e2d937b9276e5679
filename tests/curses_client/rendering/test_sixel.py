"""Pictures as sixels."""

import re
from io import BytesIO

import pytest

pytest.importorskip("PIL", reason="pictures are shown by Pillow")

from PIL import Image

from curses_client.rendering.sixel import sixel
from tests.curses_client.rendering.shared import png


def drawn(data: bytes) -> dict[tuple[int, int], tuple[int, int, int]]:
    """Return the pixels that sixels draw, by column and row, in percent."""
    body = re.fullmatch(rb'\x1bP0;1q"1;1;\d+;\d+(.*)\x1b\\', data, re.DOTALL)
    assert body
    palette: dict[int, tuple[int, int, int]] = {}
    pixels = {}
    x = y = colour = 0
    for token in re.finditer(rb"#(\d+);2;(\d+);(\d+);(\d+)|#(\d+)|!(\d+)(.)|([$-])|([?-~])", body[1], re.DOTALL):
        number, red, green, blue, chosen, count, repeated, control, single = token.groups()
        if number:
            palette[int(number)] = int(red), int(green), int(blue)
        elif chosen:
            colour = int(chosen)
        elif control:
            x, y = 0, y + 6 * (control == b"-")
        else:
            bits = (repeated or single)[0] - 63
            stop = x + int(count or 1)
            rows = [y + bit for bit in range(6) if bits >> bit & 1]
            pixels.update({(column, row): palette[colour] for column in range(x, stop) for row in rows})
            x = stop
    return pixels


def test_a_picture() -> None:
    image = Image.new("RGB", (20, 15), (255, 0, 0))
    image.paste((0, 0, 255), (3, 4, 10, 9))
    file = BytesIO()
    image.save(file, "PNG")
    pixels = drawn(sixel(file.getvalue(), 20, 15))
    assert len(pixels) == 300
    assert {at for at, colour in pixels.items() if colour == (0, 0, 100)} == {
        (x, y) for x in range(3, 10) for y in range(4, 9)
    }
    assert set(pixels.values()) == {(100, 0, 0), (0, 0, 100)}


def test_many_colours() -> None:
    image = Image.merge(
        "RGB", [Image.linear_gradient("L"), Image.radial_gradient("L"), Image.linear_gradient("L").rotate(90)]
    )
    file = BytesIO()
    image.save(file, "PNG")
    pixels = drawn(sixel(file.getvalue(), 100, 50))
    assert len(pixels) == 5000
    assert 100 < len(set(pixels.values())) <= 256


def test_transparent_parts_are_not_drawn() -> None:
    assert drawn(sixel(png(10, 10, b"\xff\0\0\0"), 10, 10)) == {}
    assert len(drawn(sixel(png(10, 10, b"\xff\0\0\xff"), 10, 10))) == 100
