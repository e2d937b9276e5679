"""Clients whose editor holds a text with a cursor in it, and other keys than the usual ones."""

from curses_client.options import Options
from tests.curses_client.support import Client, Journal


def editing(marked: str, lexer: str = "python", cols: int = 80, rows: int = 24, **options: object) -> Client:
    """Return a client whose editor holds the text, the cursor where the bar is."""
    before, _, after = marked.partition("|")
    user = Client(before + after, cols=cols, rows=rows, journal=Journal().session(lexer=lexer))
    for _ in after:
        user.press("left")
    return user.set(options=Options(**options))
