"""Where the worker stands: the text of Python's faulthandler, which answers also while C code holds the lock."""

from __future__ import annotations

import re
from typing import Any, Final

_FRAME: Final = re.compile(r'  File "(?P<file>.*)", line (?P<line>\d+|\?\?\?) in (?P<name>.*)')
_THREAD: Final = re.compile(r"(?:Current thread|Thread) 0x[0-9a-f]+")
# what of a stack is below the user's code: IPython's frames and ours
_ENGINE: Final = re.compile(r"[/\\](?:IPython[/\\]|kernel[/\\](?:worker[/\\]|forkserver))")


def frames_of(text: str) -> list[dict[str, Any]]:
    """Return the frames of the main thread, which faulthandler writes last, the innermost first.

    Frames of the engine below the user's code are left out; each has `file`, `line` (None if unknown) and `name`.
    """
    frames: list[dict[str, Any]] = []
    for line in text.splitlines():
        if _THREAD.match(line):
            frames = []
        elif found := _FRAME.match(line):
            number = found["line"]
            frames.append(
                {"file": found["file"], "line": int(number) if number.isdigit() else None, "name": found["name"]}
            )
    mine = [index for index, frame in enumerate(frames) if not _ENGINE.search(frame["file"])]
    # Python's own start of a module is below the engine
    engine = next((index for index, frame in enumerate(frames) if _is_runner(frame)), len(frames))
    mine = [index for index in mine if index < engine]
    return frames[: mine[-1] + 1] if mine else []


def _is_runner(frame: dict[str, Any]) -> bool:
    """Whether this is the frame of IPython's that runs the user's code."""
    return frame["name"] == "run_code" and bool(_ENGINE.search(frame["file"]))


def shown(frames: list[dict[str, Any]], limit: int = 8) -> str:
    """Return frames as lines for the user, the innermost first."""
    lines = [f"  {frame['name']}, line {frame['line']} of {frame['file']}" for frame in frames[:limit]]
    if len(frames) > limit:
        lines.append(f"  and {len(frames) - limit} more")
    return "\n".join(lines)
