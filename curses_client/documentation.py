"""The rows of the documentation that is shown."""

from collections.abc import Sequence
from functools import lru_cache

from curses_client.state import State
from curses_client.text.width import wrap_line
from curses_client.text.wrapping import Row


def documentation_rows(state: State, cols: int) -> Sequence[Row]:
    """Return the rows of the documentation, broken to columns."""
    return _wrapped(state.documentation.lines, cols) if state.documentation is not None else ()


def has_documentation(state: State) -> bool:
    """Whether there is some to be shown."""
    return state.documentation is not None and bool(state.documentation.lines)


@lru_cache(maxsize=2)
def _wrapped(lines: tuple[str, ...], cols: int) -> tuple[Row, ...]:
    return tuple(row for line in lines for row in wrap_line(line, max(cols, 1)))
