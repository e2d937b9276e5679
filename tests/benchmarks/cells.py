"""Cells that do not end by themselves, each with what it shows when it runs; and those that print much, and an end.

A program that knows what stands on the screen writes only the columns in which a row differs.  So what is waited for
has no character in common with what was printed before it.
"""

from dataclasses import dataclass
from itertools import cycle
from typing import Final

# stands for a character of which a cell prints many, another one each time that it is run
_MARK: Final = "¤"
_marks = cycle("#@%&~")


@dataclass(frozen=True, slots=True)
class Cell:
    """Code on one line, and a pattern of its output that its source does not match."""

    code: str
    shows: str

    def marked(self) -> "Cell":
        """Return the cell with a character of its own."""
        mark = next(_marks)
        return Cell(self.code.replace(_MARK, mark), self.shows.replace(_MARK, mark))


LOOP: Final = Cell(rf"""exec("print('{_MARK}'*8)\nwhile True: pass")""", f"{_MARK}{{8}}")
SLEEP: Final = Cell(f"import time; print('{_MARK}'*8); time.sleep(100)", f"{_MARK}{{8}}")
PRINTING: Final = Cell(f"while True: print('{_MARK}'*60)", f"{_MARK}{{60}}")

# what the last line of much output looks like
END: Final = "={8}"


def flood(lines: int, line: str) -> str:
    """Return code on one line that prints expressions of `i` so often, and then `END`, which its source is not."""
    return rf"""exec("for i in range({lines}): print({line})\nprint('='*8)")"""
