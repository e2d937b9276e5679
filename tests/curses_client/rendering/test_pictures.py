"""Pictures: sizes, blocks, drawings."""

import struct
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from curses_client.rendering import render
from curses_client.rendering.pictures import Picture, picture_of, picture_size, pixels, show
from curses_client.rendering.sizes import size_of, size_of_svg
from curses_client.shown import Look
from curses_client.text.ansi import PLAIN, Style, plain, runs
from tests.curses_client.rendering.shared import BLOCKS, NOTHING, TRUE_COLOUR, base64, png, shown

SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='80' height='32'>{}</svg>"


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (png(640, 480), (640, 480)),
        (b"GIF89a\x10\0\x20\0rest", (16, 32)),
        (b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc2\0\x0b\x08\x01\x00\x02\x00rest", (512, 256)),
        (b"RIFF....WEBPVP8X\x0a\0\0\0\0\0\0\0\x0f\0\0\x1f\0\0", (16, 32)),
        (b"RIFF....WEBPVP8L\x0a\0\0\0\x2f" + struct.pack("<I", 15 | 31 << 14) + b"12345", (16, 32)),
        (b"RIFF....WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x10\0\x20\0", (16, 32)),
        (png(1, 1)[:20], None),
        (b"GIF89a\0\0", None),
        (b"\xff\xd8\xff\xe0\0", None),
        (b"\xff\xd8" + b"\xff" * 100, None),
        (b"RIFF....WEBP", None),
        (b"", None),
    ],
)
def test_sizes(data: bytes, size: tuple[int, int] | None) -> None:
    assert size_of(data) == size


@pytest.mark.parametrize(
    ("tag", "size"),
    [
        ("<svg width='80' height=\"32px\">", (80, 32)),
        ("<?xml version='1.0'?><svg:svg width='72pt' height='1in'>", (96, 96)),
        ("<svg viewBox='0 0 300 150.5'>", (300, 150)),
        ("<svg viewBox='0,0,300,150' width='100'>", (100, 50)),
        ("<svg viewBox='0 0 0 0' width='100%' height='50%'>", None),
        ("<svg>", None),
        ("<svg viewBox='0 0 1.2.3 4'>", None),
    ],
)
def test_sizes_of_drawings(tag: str, size: tuple[int, int] | None) -> None:
    assert size_of_svg(tag) == size


def test_the_size_of_the_picture_of_a_bundle() -> None:
    assert picture_size({"image/png": base64(png(64, 48))}) == (64, 48)
    assert picture_size({"image/png": [base64(png(64, 48))[:40] + "\n", base64(png(64, 48))[40:]]}) == (64, 48)
    assert picture_size({"image/svg+xml": SVG}) == (80, 32)
    assert picture_size({"text/plain": "a"}) is None
    assert picture_size({"image/png": 3, "image/jpeg": "é"}) is None


@pytest.mark.parametrize(
    ("metadata", "size"),
    [
        ({"width": 32, "height": 24}, (32, 24)),
        ({"width": 32}, (32, 24)),
        ({"height": 96.0}, (128, 96)),
        ({"width": "32"}, (64, 48)),
        ({"width": -1, "height": 1e99}, (64, 48)),
        ({"width": True}, (64, 48)),
        ([], (64, 48)),
    ],
)
def test_metadata_tells_the_size_that_is_meant(metadata: Any, size: tuple[int, int]) -> None:
    picture = picture_of({"image/png": base64(png(64, 48))}, {"image/png": metadata})
    assert picture is not None
    assert picture.size == size


def test_a_line_about_a_picture() -> None:
    assert shown({"image/png": base64(png(64, 48))}, NOTHING) == ["picture 64x48, 149 B (image/png)"]
    assert shown({"image/png": base64(png(64, 48))}, Look(colors=256)) == ["picture 64x48, 149 B (image/png)"]


class TestBlocks:
    @pytest.fixture(autouse=True)
    def _needs_pillow(self) -> None:
        pytest.importorskip("PIL", reason="pictures are shown by Pillow")

    @pytest.mark.parametrize(
        ("size", "rows", "cells"),
        [
            ((160, 64), None, (80, 16)),
            ((80, 32), None, (10, 2)),
            ((6400, 1600), None, (80, 10)),
            ((480, 1600), None, (14, 24)),
            ((160, 64), 40, (80, 16)),
            ((480, 1600), 10, (6, 10)),
            ((10_000, 1), None, (80, 1)),
            ((1, 1), None, (1, 1)),
        ],
    )
    def test_how_many_cells(self, size: tuple[int, int], rows: int | None, cells: tuple[int, int]) -> None:
        result = show(Picture("image/png", png(*size), size), BLOCKS, rows)
        lines = [plain(line.text) for line in result.lines[:-1]]
        assert (len(lines[0]), len(lines)) == cells

    def test_two_pixels_to_a_cell(self) -> None:
        red, blue, clear = b"\xff\0\0\xff", b"\0\0\xff\xff", b"\0\0\0\0"
        rows = b"\0" + red + red + blue + clear + clear + b"\0" + red + blue + clear + blue + clear
        picture = Picture("image/png", png(5, 2, red, rows), (40, 16))
        line = show(picture, Look(cols=80, colors=TRUE_COLOUR, pictures="blocks")).lines[0].text
        r, b = (255, 0, 0), (0, 0, 255)
        assert runs(line) == [
            (Style(bg=r), " "),
            (Style(fg=r, bg=b), "▀"),
            (Style(fg=b), "▀▄"),
            (PLAIN, " "),
        ]

    @pytest.mark.parametrize(("colors", "colour"), [(1 << 24, (200, 30, 40)), (256, 160), (16, 1)])
    def test_the_colours_that_there_are(self, colors: int, colour: object) -> None:
        picture = Picture("image/png", png(8, 16, bytes((200, 30, 40))), (8, 16))
        line = show(picture, Look(cols=80, colors=colors, pictures="blocks")).lines[0].text
        assert runs(line) == [(Style(bg=colour), " ")]

    def test_thin_lines_do_not_fade(self) -> None:
        from PIL import Image, ImageDraw

        image = Image.new("RGB", (640, 480), "white")
        ImageDraw.Draw(image).line([(0, 240), (640, 240)], fill=(255, 0, 0), width=2)
        file = BytesIO()
        image.save(file, "PNG")
        result = show(Picture("image/png", file.getvalue(), (640, 480)), Look(colors=TRUE_COLOUR, pictures="blocks"))
        found = {style.fg for line in result.lines for style, _ in runs(line.text)}
        found |= {style.bg for line in result.lines for style, _ in runs(line.text)}
        assert min(colour[1] for colour in found if isinstance(colour, tuple)) < 140

    @pytest.mark.parametrize("kind", ["PNG", "GIF", "JPEG", "WEBP"])
    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
    def test_formats(self, kind: str, mode: str) -> None:
        from PIL import Image

        file = BytesIO()
        try:
            Image.new(mode, (32, 32)).save(file, kind)
        except (OSError, KeyError, ValueError):
            pytest.skip(f"{kind} has no {mode}")
        lines = shown({f"image/{kind.lower()}": base64(file.getvalue())})
        assert (len(lines), lines[-1].startswith("picture 32x32")) == (3, True)

    def test_a_picture_for_the_whole_screen(self) -> None:
        data, size = pixels(Picture("image/png", png(640, 480), None), (320, 400))
        assert (size, size_of(data)) == ((320, 240), (320, 240))


class TestDrawings:
    @pytest.fixture(autouse=True)
    def _needs_resvg(self) -> None:
        pytest.importorskip("PIL", reason="pictures are shown by Pillow")
        pytest.importorskip("resvg_py", reason="drawings are drawn by resvg")

    def colours(self, drawing: str) -> set[Any]:
        result = render({"image/svg+xml": drawing}, {}, Look(colors=TRUE_COLOUR, pictures="blocks"))
        return {style.bg for line in result.lines[:-1] for style, _ in runs(line.text)}

    def test_a_drawing(self) -> None:
        drawing = SVG.format("<rect width='80' height='32' fill='#0a0b0c'/>")
        assert self.colours(drawing) == {(10, 11, 12)}
        assert len(shown({"image/svg+xml": drawing})) == 3

    def test_lengths_in_points(self) -> None:
        head = "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd'>"
        body = "<svg xmlns='http://www.w3.org/2000/svg' width='60pt' height='24pt'><rect width='80' height='32' fill='red'/></svg>"
        assert self.colours(head + body) == {(255, 0, 0)}

    @pytest.mark.parametrize("reference", ["{}", "file://{}", "  {}", "/proc/self/cwd/../..{}"])
    @pytest.mark.parametrize("attribute", ["href", "xlink:href", "HREF"])
    def test_files_are_not_read(self, tmp_path: Path, reference: str, attribute: str) -> None:
        (tmp_path / "green.png").write_bytes(png(8, 8, b"\0\xff\0"))
        link = reference.format(tmp_path / "green.png")
        xlink = "xmlns:xlink='http://www.w3.org/1999/xlink'"
        assert self.colours(SVG.format(f"<image {xlink} {attribute}='{link}' width='80' height='32'/>")) == {None}

    def test_a_drawing_within_a_drawing_is_left_out(self) -> None:
        inner = base64(SVG.format("<rect width='80' height='32' fill='red'/>").encode())
        link = f"data:image/svg+xml;base64,{inner}"
        assert self.colours(SVG.format(f"<image href='{link}' width='80' height='32'/>")) == {None}

    def test_a_picture_within_a_drawing_is_drawn(self) -> None:
        link = f"data:image/png;base64,{base64(png(80, 32))}"
        assert self.colours(SVG.format(f"<image href='{link}' width='80' height='32'/>")) == {(255, 0, 0)}

    def test_what_takes_too_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("curses_client.rendering.svg._SECONDS", 1)
        noise = "<filter id='f'><feTurbulence numOctaves='1000000000' baseFrequency='0.5'/></filter>"
        lines = shown({"image/svg+xml": SVG.format(f"{noise}<rect width='80' height='32' filter='url(#f)'/>")})
        assert lines[-1].startswith("picture 80x32")
        assert lines[-1].endswith(("it cannot be drawn", "it takes too long to draw"))
