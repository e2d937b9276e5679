"""Cells that do not end by themselves, each with what it shows when it runs."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Cell:
    """Code on one line, and a pattern of its output that its source does not match."""

    code: str
    shows: str


LOOP: Final = Cell(r"""exec("print('be'+'gun')\nwhile True: pass")""", "begun")
SLEEP: Final = Cell("import time; print('be'+'gun'); time.sleep(100)", "begun")
PRINTING: Final = Cell("while True: print('x'*60)", "x{60}")
