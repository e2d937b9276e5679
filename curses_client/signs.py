"""The signs that are drawn, by meaning: a Unicode one, and an ASCII one of the same width for terminals without it."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal

from kernel.protocol.value import Value

Choice = Literal["auto", "unicode", "ascii"]


class Signs(Value):
    """What is drawn for each meaning; the defaults are those of Unicode."""

    # ---- cells and the session ------------------------------------------------------------------------------
    done: str = "│"
    running: str = "●"
    queued: str = "┊"
    skipped: str = "┊"
    error: str = "✗"
    lost: str = "╳"
    idle: str = "○"
    output: str = "╰"
    # ---- lines ----------------------------------------------------------------------------------------------
    rule: str = "─"
    track: str = "│"
    thumb: str = "█"
    # ---- in text --------------------------------------------------------------------------------------------
    more: str = "…"
    between: str = "·"
    link: str = "→"
    value: str = "↳"
    opened: str = "▾"
    closed: str = "▸"
    secret: str = "•"
    times: str = "×"
    dash: str = "–"
    newline: str = "⏎"
    unchecked: str = "☐"
    checked: str = "☑"
    # from an eighth of a column to seven
    eighths: str = "▏▎▍▌▋▊▉"

    def of(self, meaning: str) -> str:
        """Return the sign for a meaning by its name."""
        sign: str = getattr(self, meaning)
        return sign

    def said(self, text: str) -> str:
        """Return a text of this program's own in these signs; no character changes its width."""
        return text if self == UNICODE or text.isascii() else text.translate(_table(self))


UNICODE: Final = Signs()
ASCII: Final = Signs(
    done="|",
    running="*",
    queued=":",
    skipped=":",
    error="x",
    lost="X",
    idle="o",
    output="`",
    rule="-",
    track="|",
    thumb="#",
    more="~",
    between="-",
    link=">",
    value="`",
    opened="v",
    closed=">",
    secret="*",
    times="x",
    dash="-",
    newline="$",
    unchecked="_",
    checked="x",
    eighths="---====",
)
# the font of Linux's console has lines, blocks and a few others
CONSOLE: Final = Signs(
    running="*",
    queued=":",
    skipped=":",
    error="x",
    lost="X",
    idle="o",
    output="└",
    more="~",
    value="`",
    opened="v",
    closed=">",
    newline="$",
    unchecked="_",
    checked="x",
    eighths="---====",
)


@lru_cache(maxsize=4)
def _table(signs: Signs) -> dict[int, str]:
    names = Signs.__dataclass_fields__
    pairs = (pair for name in names for pair in zip(UNICODE.of(name), signs.of(name), strict=True))
    return {ord(unicode): own for unicode, own in pairs}


def signs_of(choice: Choice, environ: Mapping[str, str], *, is_ascii: bool) -> Signs:
    """Return the signs that are wanted, or that the terminal is sure to have; `is_ascii` is what the locale says."""
    if choice != "auto":
        return ASCII if choice == "ascii" else UNICODE
    if is_ascii:
        return ASCII
    return CONSOLE if re.match(r"linux|fbterm|cons", environ.get("TERM", "")) else UNICODE
