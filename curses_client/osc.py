"""What a terminal can do beside showing text: fill the clipboard and notify.  All of it is bytes to be written.

Inside tmux and GNU screen such a request is wrapped so that it reaches the terminal outside.

References: xterm's ctlseqs (OSC 52), iTerm2 and ConEmu (OSC 9), rxvt-unicode (OSC 777), tmux(1) `allow-passthrough`
and `set-clipboard`, screen(1) "String escapes".
"""

import base64
from collections.abc import Mapping
from typing import Final

# the most base64 that xterm, tmux and others take
CLIPBOARD_LIMIT: Final = 74_994
# bytes of one wrapped piece: GNU screen has a buffer of 256
_PIECE: Final = 256 - len(b"\x1bP\x1b\\")
_TITLE_LIMIT: Final = 100
_BODY_LIMIT: Final = 400
# terminals that show both kinds of notification, so that they are sent the one that has a title
_KNOW_BOTH: Final = ("foot", "ghostty", "kitty", "wezterm")


def copying(text: str, environ: Mapping[str, str]) -> bytes | None:
    """Return what puts text on the clipboard; None where it is more than terminals take."""
    encoded = base64.b64encode(text.encode("utf-8", "replace"))
    if len(encoded) > CLIPBOARD_LIMIT:
        return None
    request = b"\x1b]52;c;" + encoded + b"\a"
    wrapped = through(request, environ)
    # tmux does it itself or lets it through, depending on its settings, and each of them ignores the other form
    return request + wrapped if environ.get("TMUX") else wrapped


def notification(title: str, body: str, environ: Mapping[str, str]) -> bytes:
    """Return what shows a notification outside of the terminal's window."""
    # a number at the front would be another command to ConEmu (`OSC 9 ; 4 ; ...` is a progress bar)
    title = _clean(title, _TITLE_LIMIT).lstrip("0123456789 ") or "cshell"
    body = _clean(body, _BODY_LIMIT)
    requests = [f"\x1b]777;notify;{title};{body}\a"]
    if not any(name in environ.get("TERM", "") for name in _KNOW_BOTH):
        requests.append(f"\x1b]9;{title}: {body}\a" if body else f"\x1b]9;{title}\a")
    return b"".join(through(request.encode(), environ) for request in requests)


def through(request: bytes, environ: Mapping[str, str]) -> bytes:
    """Return a request so that the terminal around tmux or GNU screen gets it; as it is without them."""
    if environ.get("TMUX"):
        return b"\x1bPtmux;" + request.replace(b"\x1b", b"\x1b\x1b") + b"\x1b\\"
    if environ.get("STY") or environ.get("TERM", "").startswith("screen"):
        pieces = [request[at : at + _PIECE] for at in range(0, len(request), _PIECE)]
        return b"".join(b"\x1bP" + piece + b"\x1b\\" for piece in pieces)
    return request


def _clean(text: str, limit: int) -> str:
    """Return what of a text can be in a request: no control characters, and nothing that ends a part of it."""
    text = "".join(char if char.isprintable() else " " for char in text.replace(";", ","))
    return " ".join(text.split())[:limit]
