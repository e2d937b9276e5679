"""A key and what it does, as a value; and which sets of keys there are."""

from typing import Literal

from kernel.protocol.value import Value

Context = Literal[
    "editor",
    "answer",
    "completion",
    "signature",
    "documentation",
    "queue",
    "variables",
    "where",
    "debugger",
    "help",
    "output",
    "reading",
    "line",
    "find",
    "picture",
    "history",
    "palette",
]
KeySet = Literal["emacs", "vi", "modern"]


class Binding(Value):
    """Keys (urwid's names), the command that they run, where, and what it is for.

    A command that is there without a key is run by other means: the palette, a question, the mouse.  In the user's own
    rows, no command stands for a key that does nothing.
    """

    keys: tuple[str, ...]
    command: str
    context: Context
    help: str
    # other words that it is looked for by
    words: str = ""
    # it answers a question, and does nothing where that was not asked
    is_answer: bool = False


def bind(keys: str, command: str, context: Context, text: str, words: str = "") -> Binding:
    """Make a row of a table of keys; several keys stand between commas."""
    return Binding(tuple(key.strip() for key in keys.split(",") if key.strip()), command, context, text, words)


def answer(command: str, context: Context, text: str) -> Binding:
    """Make the row of a command that only a question runs."""
    return Binding((), command, context, text, is_answer=True)
