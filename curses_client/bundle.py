"""Values and errors as a message brings them -> the text that is shown of them."""

from typing import Any, Final

from curses_client.text.ansi import plain, sanitise

# lines of a traceback up to which the message is not repeated below it
_SHORT_TRACEBACK: Final = 12
_IMAGES: Final = ("image/png", "image/jpeg", "image/svg+xml")
_VIEW: Final = "application/vnd.jupyter.widget-view+json"


def model_of(bundle: dict[str, Any]) -> str:
    """Return the widget model that a MIME bundle is a view of, empty if it is none."""
    view = bundle.get(_VIEW)
    model_id = view.get("model_id") if isinstance(view, dict) else None
    return model_id if isinstance(model_id, str) else ""


def text_of(bundle: dict[str, Any]) -> str:
    """Return the text form of a MIME bundle, and a word about the picture that goes with it."""
    text = bundle.get("text/plain", "")
    if not isinstance(text, str):
        text = "".join(map(str, text)) if isinstance(text, list) else str(text)
    pictures = [mime for mime in _IMAGES if mime in bundle]
    if pictures:
        size = _size(len(str(bundle[pictures[0]])) * (3 if pictures[0] != "image/svg+xml" else 4) // 4)
        text = f"{text}  \x1b[2m{pictures[0]}, {size}\x1b[0m" if text else f"\x1b[2m{pictures[0]}, {size}\x1b[0m"
    if not text and bundle:
        text = f"\x1b[2m{', '.join(sorted(bundle))}\x1b[0m"
    return text


def _size(count: int) -> str:
    return f"{count} B" if count < 1024 else f"{count // 1024} KB"


def error_text(ename: str, evalue: str, traceback: list[str]) -> str:
    """Return an error as it is shown: the last line first, then where it came from.

    IPython's traceback begins with a rule and a heading and ends with the line that comes first here.
    """
    last = f"{ename}: {evalue}" if evalue else ename
    first_line = last.split("\n")[0]
    frames = list(traceback)
    if len(frames) > 1 and not plain(frames[0]).strip("-\n"):
        del frames[:2]
    if frames and plain(frames[-1]).startswith(first_line):
        frames.pop()
    elif len(frames) == 1 and plain(frames[0]).rstrip().split("\n")[-1].startswith(ename):
        # a syntax error is one piece: place and message together
        frames = ["\n".join(frames[0].rstrip().split("\n")[:-1])]
    body = "\n".join(frame.rstrip("\n") for frame in frames if plain(frame).strip())
    head = f"\x1b[1;31m{_bare(last)}\x1b[0m"
    if not body:
        return head
    # the pane shows the end of what is longer than itself
    tail = f"\n{head}" if body.count("\n") >= _SHORT_TRACEBACK else ""
    return f"{head}\n{body}{tail}"


def _bare(text: str) -> str:
    """Return text without escape sequences, its lines kept."""
    return "\n".join(sanitise(line) for line in text.split("\n"))
