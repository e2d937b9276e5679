"""What a kernel says of a name (specification: Introspection), as lines, and as the fields that IPython writes."""

import re
from collections.abc import Mapping
from typing import Any, Final

from curses_client.text.ansi import plain
from curses_client.text.later import later
from curses_client.text.lines import LineStore

_FIELDS: Final = (
    "Signature|Init signature|Call signature|Docstring|Init docstring|Class docstring|Call docstring|Source|File|Type|"
    "Subclasses|String form|Namespace|Length|Base Class|Repr|Library file"
)
_HEADING: Final = later(rf"^({_FIELDS}):[ \t]*", re.MULTILINE)
# characters of an answer that are read, and lines that are kept
_LONGEST: Final = 400_000
_LINES: Final = 5_000


def lines_of(bundle: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the text of a MIME bundle as stored lines, without empty ones at its end."""
    text = bundle.get("text/plain")
    if not isinstance(text, str):
        return ()
    store = LineStore()
    store.feed(text[:_LONGEST])
    lines = store.slice(0, _LINES)
    while lines and not plain(lines[-1]).strip():
        lines.pop()
    return tuple(lines)


def sections(text: str) -> dict[str, str]:
    """Return the fields of IPython's text on a name; an empty one where it has another form."""
    found: dict[str, str] = {}
    headings = list(_HEADING.finditer(text))
    for number, heading in enumerate(headings):
        if heading[1] in found:
            # a docstring may have such a line
            continue
        end = headings[number + 1].start() if number + 1 < len(headings) else len(text)
        found[heading[1]] = text[heading.end() : end].strip()
    return found
