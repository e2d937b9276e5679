"""Drawings (SVG) as PNG, by resvg in a process of its own.

A drawing of a few hundred characters can keep any renderer busy for years (references within references, filters,
dashes), and a renderer reads what a drawing refers to: the files of whoever looks at it.  Therefore references to
anything but the drawing itself are removed, and time and memory have limits that the system enforces.
"""

import subprocess
import sys
from functools import lru_cache
from importlib.util import find_spec
from typing import Final
from xml.etree import ElementTree

from curses_client.rendering.sizes import size_of_svg

LARGEST: Final = 4_000_000
"""Characters of a drawing up to which it is drawn."""

_SECONDS: Final = 2
_MEMORY: Final = 1 << 30
# pixels of the result; larger drawings are drawn smaller
_PIXELS: Final = 4_000_000
_DEPTH: Final = 200
# Without a resolution resvg_py takes lengths in points for 0, and without the names of fonts that are there it
# leaves text out.
# without the site module: 15 ms instead of 40
_PROGRAM: Final = """
import sys
from resource import RLIMIT_AS, RLIMIT_CORE, RLIMIT_CPU, setrlimit
place, seconds, memory, fonts, width = sys.argv[1], *map(int, sys.argv[2:])
for limit, value in ((RLIMIT_CPU, seconds), (RLIMIT_AS, memory), (RLIMIT_CORE, 0)):
    setrlimit(limit, (value, value))
sys.path.append(place)
from resvg_py import svg_to_bytes
drawing = sys.stdin.buffer.read().decode()
families = ("font", "sans_serif", "serif", "monospace")
names = ("DejaVu Sans", "DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono") if sys.platform == "linux" else ()
families = {f"{family}_family": name for family, name in zip(families, names)}
png = svg_to_bytes(svg_string=drawing, skip_system_fonts=not fonts, width=width or None, dpi=96, **families)
sys.stdout.buffer.write(bytes(png))
"""
_PICTURES: Final = tuple(f"data:image/{kind};base64," for kind in ("png", "jpeg", "jpg", "gif", "webp"))


class DrawingError(Exception):
    """A drawing cannot be shown; says why."""


def is_available() -> bool:
    """Whether drawings can be drawn here."""
    return find_spec("resvg_py") is not None


@lru_cache(maxsize=4)
def png_of(drawing: str) -> bytes:
    """Return an untrusted drawing as PNG data; a DrawingError if it takes too long or is none."""
    spec = find_spec("resvg_py")
    if spec is None or not spec.submodule_search_locations:
        raise DrawingError("resvg_py is missing")
    place = spec.submodule_search_locations[0].rpartition("/")[0]
    size = size_of_svg(drawing) or (0, 0)
    too_large = size[0] * size[1] > _PIXELS
    width = max(round(size[0] * (_PIXELS / (size[0] * size[1])) ** 0.5), 1) if too_large else 0
    harmless = cleaned(drawing)
    arguments = map(str, (_SECONDS, _MEMORY, int("<text" in drawing), width))
    try:
        done = subprocess.run(
            [sys.executable, "-S", "-E", "-P", "-c", _PROGRAM, place, *arguments],
            input=harmless,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=2 * _SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise DrawingError("it takes too long to draw") from None
    except (OSError, subprocess.SubprocessError):
        raise DrawingError("it cannot be drawn") from None
    return done.stdout


def cleaned(drawing: str) -> bytes:
    """Return a drawing without references to anything outside of it; a DrawingError if it is not XML."""
    if "<!ENTITY" in drawing or len(drawing) > LARGEST:
        raise DrawingError("it is too large" if len(drawing) > LARGEST else "it defines entities")
    try:
        root = ElementTree.fromstring(drawing)
        _clean(root, 0)
        return ElementTree.tostring(root)
    except (ElementTree.ParseError, ValueError, RecursionError, LookupError):
        raise DrawingError("it is not XML") from None


def _clean(element: ElementTree.Element, depth: int) -> None:
    if depth > _DEPTH:
        raise DrawingError("it is nested too deeply")
    for name, value in list(element.items()):
        # with or without the namespace of XLink
        if name.rpartition("}")[2].lower() == "href" and not value.lstrip().startswith(("#", *_PICTURES)):
            del element.attrib[name]
    for child in element:
        _clean(child, depth + 1)
