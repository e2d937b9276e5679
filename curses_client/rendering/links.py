"""Links of HTML: how their text looks, and where they lead."""

from typing import Final
from urllib.parse import quote

from curses_client.rendering.tree import Element
from curses_client.text.ansi import Style, sanitise

LONGEST: Final = 2000
"""Characters of an address that are shown."""

_LINKABLE: Final = ("http://", "https://", "mailto:", "ftp://")


def link_style(style: Style, target: str) -> Style:
    """Return the style of text that links somewhere; unchanged if terminals should not be told to go there."""
    target = target.strip()
    if not target.lower().startswith(_LINKABLE):
        return style
    uri = quote(target, safe="!#$%&'()*+,/:;=?@[]~")
    return style._replace(underline=True, link=uri) if len(uri) <= LONGEST else style


def leads_to(element: Element, text: str) -> str:
    """Return where a link leads, to stand behind its text; empty if the text says it: of itself it may say anything."""
    target = element.attributes.get("href", "").strip()
    if not target or target.startswith("#") or text.strip().rstrip("/") == target.removeprefix("mailto:").rstrip("/"):
        return ""
    return f" ({sanitise(target[:LONGEST])})"
