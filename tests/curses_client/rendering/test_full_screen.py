"""A picture drawn over the whole screen as sixels."""

import re
from base64 import b64encode

import pytest

pytest.importorskip("PIL", reason="pictures are shown by Pillow")

from curses_client.rendering.full_screen import sixels_of
from tests.curses_client.rendering.shared import png


@pytest.mark.parametrize(
    ("size", "cells", "pixels"),
    [((100, 50), (80, 20), (640, 320)), ((50, 100), (80, 20), (160, 320)), ((2000, 10), (10, 10), (80, 1))],
)
def test_it_is_as_large_as_there_is_room(
    size: tuple[int, int], cells: tuple[int, int], pixels: tuple[int, int]
) -> None:
    drawn = sixels_of({"image/png": b64encode(png(*size)).decode()}, cells, (8, 16))
    assert drawn.startswith(b"\x1b7\x1b[H\x1bP")
    assert drawn.endswith(b"\x1b\\\x1b8")
    raster = re.search(rb'"1;1;(\d+);(\d+)', drawn)
    assert raster is not None
    assert tuple(map(int, raster.groups())) == pixels


@pytest.mark.parametrize("bundle", [{}, {"text/plain": "x"}, {"image/png": "broken"}, {"image/png": 5}])
def test_what_is_no_picture_draws_nothing(bundle: dict[str, object]) -> None:
    assert sixels_of(bundle, (80, 20), (8, 16)) == b""
