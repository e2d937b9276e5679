"""What a bundle has beside the form that is shown, where that does not stand for it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from curses_client.rendering.plain import joined, size_text
from curses_client.text.ansi import SEQUENCE
from curses_client.text.markup import decoded, pieces

# they are other forms of a text, or of the table that is shown
_SAME: Final = frozenset(
    (
        *("text/plain", "text/latex", "text/markdown", "application/vnd.jupyter.widget-view+json"),
        *("application/vnd.dataresource+json", "application/vnd.cshell.types+json"),
    )
)
# what comes as base64, four characters for three bytes
_BINARY: Final = re.compile(r"(?:image/(?!svg)|video/|audio/|application/pdf)")
_NAMED: Final = 4
_LONGEST_NAME: Final = 80

# HTML with one of these has more than words
_MORE: Final = frozenset(
    (
        *("img", "svg", "math", "video", "audio", "canvas", "iframe", "embed", "object"),
        *("script", "form", "input", "button", "select", "textarea"),
    )
)
# tags of others part the words around them
_INLINE: Final = frozenset(
    ("a", "b", "code", "em", "font", "i", "kbd", "mark", "s", "small", "span", "strong", "sub", "sup", "tt", "u", "var")
)
_UNSEEN: Final = frozenset(("style", "template", "title"))
_WORD: Final = re.compile(r"\w+")


def besides(bundle: Mapping[str, Any], shown: frozenset[str]) -> str:
    """Return the types, with their sizes, that the `shown` ones and the text form do not stand for; empty if none."""
    found = list(_others(bundle, shown))
    left_out = f"; {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return "; ".join(found[:_NAMED]) + left_out


def _others(bundle: Mapping[str, Any], shown: frozenset[str]) -> Iterator[str]:
    for mime in bundle:
        text = joined(bundle[mime])
        if mime in _SAME or mime in shown or (mime == "text/html" and not says_more(text, bundle)):
            continue
        size = len(text) * 3 // 4 if _BINARY.match(mime) else len(text)
        yield f"{mime[:_LONGEST_NAME]}, {size_text(size)}" if text else mime[:_LONGEST_NAME]


def says_more(html: str, bundle: Mapping[str, Any]) -> bool:
    """Whether untrusted HTML has a word, a link, a picture or a program that the texts of its bundle lack."""
    text = SEQUENCE.sub("", joined(bundle.get("text/plain"))) + "\n" + joined(bundle.get("text/markdown"))
    # where links of a terminal lead is in what was taken out
    targets = joined(bundle.get("text/plain")) + text
    words = []
    for piece in pieces(html, _UNSEEN):
        if isinstance(piece, str):
            words.append(piece)
        elif not piece.is_end and (piece.name in _MORE or not _is_told(piece.attributes().get("href", ""), targets)):
            return True
        elif piece.name not in _INLINE:
            words.append(" ")
    return not set(_WORD.findall(decoded("".join(words)))) <= set(_WORD.findall(text))


def _is_told(target: str, text: str) -> bool:
    """Whether text has where a link leads, if it leads out of the page."""
    return target.startswith("#") or target in text
