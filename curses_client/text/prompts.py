"""The prompts of interpreters in text that was copied from a session or from documentation."""

import re
from collections.abc import Sequence
from typing import Final

# Python (also as doctests indent it), IPython, Julia, SQLite
_FIRST: Final = re.compile(r"\s*(?:>>>|In ?\[ ?\d*\]:|julia>|sqlite>)(?: |$)")
_FURTHER: Final = re.compile(r"\s*\.{3,}:?(?: |$)")


def without_prompts(lines: Sequence[str]) -> list[str]:
    """Return the code of lines with prompts, without what was printed between them; the same lines if there are none.

    What stands above the first prompt is the rest of a cell whose own was not copied, and stays.
    """
    if not any(map(_FIRST.match, lines)):
        return list(lines)
    result: list[str] = []
    # whether the line before had a prompt; None above the first one
    follows: bool | None = None
    for line in lines:
        if first := _FIRST.match(line):
            follows = True
            result.append(line[first.end() :])
        elif follows is not False and (further := _FURTHER.match(line)):
            result.append(line[further.end() :])
        elif follows is None:
            result.append(line)
        else:
            follows = False
    while len(result) > 1 and not result[-1].strip():
        result.pop()
    return result
