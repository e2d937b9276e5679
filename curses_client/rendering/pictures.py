"""Pictures of a bundle: as placeholders for the picture itself, as blocks of colour, or as a line about it."""

import warnings
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from hashlib import blake2b
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from curses_client.rendering.plain import joined, note, size_text
from curses_client.rendering.sizes import Size, size_of, size_of_svg
from curses_client.shown import Figure, Line, Look, Rendered, Transmission

if TYPE_CHECKING:
    from PIL import Image

SVG: Final = "image/svg+xml"
MIMES: Final = ("image/png", "image/jpeg", "image/webp", "image/gif", SVG)
"""The pictures that can be shown, best first."""

_ROWS: Final = 24
# pictures larger than so many pixels are made as large as there is room: a block is many of their pixels
_ICON: Final = 100
_LARGEST: Final = 64 << 20
_PIXELS: Final = 50_000_000
# what is larger than any screen is made smaller at once: each step on 50 megapixels would take its second
_SIDE: Final = 2_048
# no other decoder of Pillow's ever sees untrusted data
_FORMATS: Final = {b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"RIFF": "WEBP"}
_HINT: Final = "pip install 'cshell[rich]' shows it"


class PictureError(Exception):
    """A picture cannot be shown; says why."""


class Picture(NamedTuple):
    """A picture as it came: bytes of a format of its own, and how large it wants to be seen, in pixels."""

    mime: str
    data: bytes
    size: Size | None

    def __str__(self) -> str:
        size = "{}x{}, ".format(*self.size) if self.size else ""
        return f"picture {size}{size_text(len(self.data))} ({self.mime})"


def picture_of(bundle: Mapping[str, Any], metadata: Mapping[str, Any]) -> Picture | None:
    """Return the best picture of a bundle, None if it has none that can be read."""
    for mime in MIMES:
        text = joined(bundle.get(mime))
        if text and len(text) <= _LARGEST:
            data = text.encode("utf-8", "replace") if mime == SVG else _decoded(text)
            if data:
                own = size_of_svg(text) if mime == SVG else size_of(data)
                return Picture(mime, data, _wanted(metadata.get(mime), own))
    return None


def picture_size(bundle: Mapping[str, Any]) -> Size | None:
    """Return width and height in pixels of the picture of a bundle, None if there is none or it does not tell."""
    picture = picture_of(bundle, {})
    return picture.size if picture else None


def show(picture: Picture, look: Look, rows: int | None = None) -> Rendered:
    """Return a picture as lines: its natural size at most, or all that fits on `rows` if they are given."""
    caption = Line(note(str(picture)).text, Figure(picture.mime))
    if look.pictures == "none" or look.colors < 16:
        return Rendered((caption,))
    try:
        image = _opened(picture)
        lines, transmission = _lines(picture, image, look, rows)
    except ImportError:
        return Rendered((Line(note(f"{picture}: {_HINT}").text, Figure(picture.mime)),))
    except PictureError as error:
        return Rendered((Line(note(f"{picture}: {error}").text, Figure(picture.mime)),))
    return Rendered((*map(Line, lines), caption), transmission=transmission)


def pixels(picture: Picture, largest: Size) -> tuple[bytes, Size]:
    """Return a picture as PNG data of at most this size, and its size; a PictureError, or ImportError, if it cannot be.

    It is always decoded and written anew: what the terminal is given is a valid PNG.
    """
    return _png(_opened(picture), largest)


def _lines(
    picture: Picture, image: "Image.Image", look: Look, rows: int | None
) -> tuple[list[str], Transmission | None]:
    from curses_client.rendering.halfblocks import halfblocks

    size = picture.size or image.size
    if look.pictures != "kitty" or look.colors < 1 << 24:
        return halfblocks(image, *_cells(size, look, rows), look.colors), None
    from curses_client.rendering.kitty import MOST, placeholders

    cols, count = (min(cells, MOST) for cells in _cells(size, look, rows))
    png, _ = _png(image, (cols * look.character[0], count * look.character[1]))
    digest = blake2b(b"%d %d " % (cols, count) + png, digest_size=3).digest()
    number = int.from_bytes(digest, "big") or 1
    return placeholders(number, cols, count), Transmission(number, png, cols, count)


def _cells(size: Size, look: Look, rows: int | None) -> Size:
    """Return columns and rows of a picture that keeps its proportions."""
    cols, count = (max(pixels / max(of, 1), 0.01) for pixels, of in zip(size, look.character, strict=True))
    scale = min(max(look.cols, 1) / cols, (rows or _ROWS) / count)
    if rows is None and (look.pictures == "kitty" or max(size) < _ICON):
        scale = min(scale, 1.0)
    return max(round(cols * scale), 1), max(round(count * scale), 1)


def _png(image: "Image.Image", largest: Size) -> tuple[bytes, Size]:
    from PIL import Image

    scale = min(largest[0] / image.width, largest[1] / image.height, 1.0)
    if scale < 1:
        size = max(round(image.width * scale), 1), max(round(image.height * scale), 1)
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    file = BytesIO()
    image.save(file, "PNG", compress_level=3)
    return file.getvalue(), image.size


def _opened(picture: Picture) -> "Image.Image":
    """Return the pixels of a picture, its first frame, as RGB or RGBA."""
    from PIL import Image

    data = _drawn(picture) if picture.mime == SVG else picture.data
    kind = _FORMATS.get(data[:4]) or _FORMATS.get(data[:3])
    if kind is None:
        raise PictureError("it cannot be read")
    if kind == "WEBP":
        # else Pillow loads all of its formats to find this one
        from PIL import WebPImagePlugin  # noqa: F401
    try:
        with warnings.catch_warnings():
            # the guard against decompression bombs warns before it raises, and here is no one to warn
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(data), formats=[kind])
        if image.width * image.height > _PIXELS:
            raise PictureError("it is too large to be shown")
        image.draft("RGB", (_SIDE, _SIDE))
        return _simple(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureError("it is too large to be shown") from None
    except PictureError:
        raise
    except Exception:
        # decoders raise whatever their code meets: OSError, SyntaxError, struct.error, EOFError, ValueError, ...
        raise PictureError("it cannot be read") from None


def _simple(opened: "Image.Image") -> "Image.Image":
    """Return a picture as RGB, or as RGBA if anything in it is transparent."""
    mode = "RGBA" if opened.has_transparency_data else "RGB"
    factor = max(opened.width, opened.height) // _SIDE
    image = opened if opened.mode in ("RGB", "RGBA", "L") and factor > 1 else opened.convert(mode)
    if factor > 1:
        image = image.reduce(factor)
    image = image.convert(mode)
    # figures of matplotlib could be transparent, and mostly are not
    return image.convert("RGB") if mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255) else image


def _drawn(picture: Picture) -> bytes:
    from curses_client.rendering.svg import DrawingError, is_available, png_of

    if not is_available():
        raise ImportError("resvg_py")
    try:
        return png_of(picture.data.decode())
    except DrawingError as error:
        raise PictureError(str(error)) from None


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text)
    except (Base64Error, ValueError):
        return b""


def _wanted(metadata: Any, own: Size | None) -> Size | None:
    """Return the size that metadata asks for; one side alone keeps the proportions."""
    if not isinstance(metadata, Mapping) or not own:
        return own
    width, height = (_length(metadata.get(name)) for name in ("width", "height"))
    if width and height:
        return width, height
    if width:
        return width, max(own[1] * width // own[0], 1)
    return (max(own[0] * height // own[1], 1), height) if height else own


def _length(value: Any) -> int:
    is_length = isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value <= 100_000
    return int(value) if is_length else 0
