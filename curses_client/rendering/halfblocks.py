"""A picture as text: two pixels to a character, above and below, by its two colours."""

from collections import Counter
from typing import Final

from PIL import Image, ImageChops

from curses_client.rendering.colours import reduced
from curses_client.rendering.wrapping import stored
from curses_client.text.ansi import PLAIN, Colour, Style
from curses_client.text.width import Row

_OPAQUE: Final = 128
_SAMPLE: Final = (64, 48)
_STRONGER: Final = 3
# pixels of a drawing, for each one that there will be, from which the lines are taken
_FINE: Final = 12


def halfblocks(image: Image.Image, cols: int, rows: int, colors: int) -> list[str]:
    """Return an RGB or RGBA picture as `rows` stored lines of `cols` columns, in the colours there are.

    What is transparent has the background of the terminal.
    """
    pixels = _scaled(image, (cols, 2 * rows)).convert("RGBA").tobytes()
    known: dict[bytes, Colour] = {}

    def colour(at: int) -> Colour:
        pixel = pixels[at : at + 4]
        if pixel not in known:
            known[pixel] = reduced((pixel[0], pixel[1], pixel[2]), colors) if pixel[3] >= _OPAQUE else None
        return known[pixel]

    stride = 4 * cols
    lines = []
    for top in range(0, len(pixels), 2 * stride):
        row: Row = []
        for at in range(top, top + stride, 4):
            style, character = _cell(colour(at), colour(at + stride))
            if row and row[-1][0] == style and row[-1][1][0] == character:
                row[-1] = style, row[-1][1] + character
            else:
                row.append((style, character))
        lines.append(stored(row))
    return lines


def _scaled(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return a picture made smaller such that the thin lines of a drawing do not fade into what they are drawn on."""
    paper = _paper(image) if image.width > size[0] else None
    if paper is None:
        return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    factor = image.width // (size[0] * _FINE)
    if factor > 1:
        image = image.reduce(factor)
    background = Image.new("RGB", image.size, paper)
    red, green, blue = ImageChops.difference(image, background).split()
    ink = image.copy()
    ink.putalpha(ImageChops.lighter(ImageChops.lighter(red, green), blue))
    # so each pixel is the average of what is drawn there, and then there is more of it than there was
    ink = ink.resize(size, Image.Resampling.BOX, reducing_gap=2.0)
    ink.putalpha(ink.getchannel("A").point([min(255, value * _STRONGER) for value in range(256)]))
    return Image.alpha_composite(Image.new("RGBA", size, (*paper, 255)), ink)


def _paper(image: Image.Image) -> tuple[int, int, int] | None:
    """Return the colour that most of a drawing has, None for other pictures."""
    if image.mode != "RGB":
        return None
    sample = image.resize(_SAMPLE, Image.Resampling.NEAREST).tobytes()
    (pixel, count), *_ = Counter(sample[at : at + 3] for at in range(0, len(sample), 3)).most_common(1)
    return (pixel[0], pixel[1], pixel[2]) if 2 * count > _SAMPLE[0] * _SAMPLE[1] else None


def _cell(above: Colour, below: Colour) -> tuple[Style, str]:
    if above == below:
        return Style(bg=above), " "
    if above is None:
        return Style(fg=below), "▄"
    return (Style(fg=above, bg=below) if below is not None else PLAIN._replace(fg=above)), "▀"
