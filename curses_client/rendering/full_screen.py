"""A picture that fills the screen of a terminal that shows sixels."""

from collections.abc import Mapping
from typing import Any, Final

from curses_client.rendering.pictures import PictureError, picture_of, pixels
from curses_client.rendering.sixel import sixel
from curses_client.rendering.sizes import Size

_SAVE: Final = b"\x1b7\x1b[H"
_RESTORE: Final = b"\x1b8"
# more than any screen has
_LARGEST: Final = (8_192, 8_192)


def sixels_of(bundle: Mapping[str, Any], cells: Size, character: Size) -> bytes:
    """Return what draws a bundle's picture in the upper left corner, in so many columns and rows; nothing if it cannot.

    A `character` is so many pixels wide and high.
    """
    picture = picture_of(bundle, {})
    if picture is None:
        return b""
    room = max(cells[0], 1) * character[0], max(cells[1], 1) * character[1]
    try:
        png, (width, height) = pixels(picture, _LARGEST)
    except (ImportError, PictureError):
        return b""
    scale = min(room[0] / width, room[1] / height)
    drawn = sixel(png, max(int(width * scale), 1), max(int(height * scale), 1))
    return _SAVE + drawn + _RESTORE
