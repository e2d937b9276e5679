"""What the kernel uses of the machine: memory and processor, and the limit that the user sets."""

import re
from typing import Final

from curses_client.text.later import later
from kernel.protocol.value import Value

# as `quantities.size` counts
_UNITS: Final = {"MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000}
_LIMIT: Final = later(r"(\d{1,9}(?:\.\d{1,3})?) ?(%|[MGT]B)", re.IGNORECASE)


class Usage(Value):
    """What is known, and what is asked."""

    # bytes; None for what nobody can tell
    memory: int | None = None
    # percent of one processor, while a cell runs
    cpu: float | None = None
    # bytes that there are for it
    total: int = 0
    # the cell that ran when this was told
    cell: str | None = None
    # when it was asked last, and the request that waits for its answer
    asked: float = 0.0
    tag: int = 0
    is_refused: bool = False
    # whether it has passed the limit, and the cell that was interrupted for it
    is_over: bool = False
    interrupted: str = ""


def limit_of(text: str, total: int) -> int | None:
    """Return the bytes of a limit, of which a part is one of `total`; None for what is no limit."""
    found = _LIMIT.fullmatch(text.strip())
    if found is None:
        return None
    number, unit = float(found[1]), found[2].upper()
    if unit == "%":
        return int(total * number / 100) if total and 0 < number <= 100 else None
    return int(number * _UNITS[unit]) or None
