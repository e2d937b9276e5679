"""Source code as rows, highlighted if its language is known."""

from typing import Final

from curses_client.rendering.colours import code_style
from curses_client.text.ansi import PLAIN, sanitise
from curses_client.text.width import Row

# more is shown as it is: a line costs some 50 us
_LINES: Final = 2_000
_TAB: Final = 4


def code_rows(text: str, language: str, colors: int) -> list[Row]:
    """Return untrusted code as rows; nothing is wrapped."""
    lines = [sanitise(line.expandtabs(_TAB)) for line in text.rstrip("\n").split("\n")]
    if not language or len(lines) > _LINES:
        return [[(PLAIN, line)] for line in lines]
    from curses_client.text.highlight import Highlighter

    rows = Highlighter(language).tokens(lines, 0, len(lines))
    return [[(code_style(kind, colors), piece) for kind, piece in row] for row in rows]
