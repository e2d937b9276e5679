"""Values as a message brings them -> the text that is shown of them."""

from binascii import a2b_base64 as b64decode
from collections.abc import Mapping
from typing import Any, Final

PICTURES: Final = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/svg+xml": ".svg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
}
"""What a picture's file is named like."""
_IMAGES: Final = ("image/png", "image/jpeg", "image/svg+xml")
VIEW: Final = "application/vnd.jupyter.widget-view+json"


def model_of(bundle: dict[str, Any]) -> str:
    """Return the widget model that a MIME bundle is a view of, empty if it is none."""
    view = bundle.get(VIEW)
    model_id = view.get("model_id") if isinstance(view, dict) else None
    return model_id if isinstance(model_id, str) else ""


def data_of(bundle: dict[str, Any], mime: str) -> bytes | None:
    """Return the data of a picture; None where there is none, or where it is broken."""
    value = bundle.get(mime)
    if isinstance(value, list):
        value = "".join(map(str, value))
    if not isinstance(value, str):
        return None
    if mime == "image/svg+xml":
        return value.encode()
    try:
        return b64decode(value)
    except ValueError:
        return None


def text_of(bundle: Mapping[str, Any]) -> str:
    """Return the text form of a MIME bundle, or the names of the others, and a word about the picture beside it."""
    text = bundle.get("text/plain", "")
    if not isinstance(text, str):
        text = "".join(map(str, text)) if isinstance(text, list) else str(text)
    pictures = [mime for mime in _IMAGES if mime in bundle]
    if pictures:
        size = _size(len(str(bundle[pictures[0]])) * (3 if pictures[0] != "image/svg+xml" else 4) // 4)
        text = f"{text}  \x1b[2m{pictures[0]}, {size}\x1b[0m" if text else f"\x1b[2m{pictures[0]}, {size}\x1b[0m"
    if not text and bundle and "text/plain" not in bundle:
        text = f"\x1b[2m{', '.join(sorted(bundle))}\x1b[0m"
    return text


def _size(count: int) -> str:
    return f"{count} B" if count < 1024 else f"{count // 1024} KB"
