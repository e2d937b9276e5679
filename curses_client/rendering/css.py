"""What style sheets say of text that a terminal can show too: colours, weight, slant, lines."""

import re
from collections.abc import Mapping
from typing import Any, Final

from curses_client.rendering.colours import Rgb, css_colour, reduced
from curses_client.text.ansi import Style

_DECLARATION: Final = re.compile(r"\s*([a-z-]{1,30})\s*+:([^;]*+)(?:;|$)", re.IGNORECASE)
# a colour of text that is nearly a grey is meant for a white page
_GREY: Final = 40
# of a style sheet rules for single elements are read: what pandas gives the cells of a styled table
_RULES: Final = 20_000


def declarations(text: str) -> dict[str, str]:
    """Return the properties that a `style` attribute sets."""
    found = {name.lower(): value.strip().lower()[:100] for name, value in _DECLARATION.findall(text[:2000])}
    if "background" in found:
        found.setdefault("background-color", found["background"])
    return found


def styled(style: Style, found: Mapping[str, str], colors: int) -> Style:
    """Return a style after declarations."""
    background = css_colour(found.get("background-color", ""))
    colour = css_colour(found.get("color", ""))
    changes: dict[str, Any] = {}
    if background and not _is_page(background):
        changes["bg"] = reduced(background, colors)
    if colour and (changes.get("bg") is not None or style.bg is not None or max(colour) - min(colour) >= _GREY):
        changes["fg"] = reduced(colour, colors)
    if changes.get("bg") is not None and not colour and background:
        # text of the colour of the terminal might not be seen on it
        red, green, blue = background
        is_light = 2 * red + 5 * green + blue > 8 * 128
        changes["fg"] = reduced((0, 0, 0) if is_light else (255, 255, 255), colors)
    weight = found.get("font-weight", "")
    if weight:
        changes["bold"] = weight in ("bold", "bolder") or (weight.isdecimal() and len(weight) == 3 and weight >= "600")
    if "font-style" in found:
        changes["italic"] = found["font-style"] in ("italic", "oblique")
    line = found.get("text-decoration", "")
    if "underline" in line:
        changes["underline"] = True
    if "line-through" in line:
        changes["strike"] = True
    return style._replace(**changes)


def is_hidden(found: Mapping[str, str]) -> bool:
    """Whether an element with these declarations is not seen."""
    return found.get("display") == "none" or found.get("visibility") == "hidden"


def rules(sheet: str) -> dict[str, str]:
    """Return the declarations for elements by their identifiers."""
    found: dict[str, str] = {}
    for rule in sheet.split("}"):
        selectors, _, body = rule.partition("{")
        for selector in selectors.split(","):
            selector = selector.strip()
            if selector.startswith("#") and selector[1:].replace("_", "").replace("-", "").isalnum():
                found[selector[1:]] = f"{found.get(selector[1:], '')};{body}"[:2000]
        if len(found) > _RULES:
            break
    return found


def _is_page(colour: Rgb) -> bool:
    return colour == (255, 255, 255)
