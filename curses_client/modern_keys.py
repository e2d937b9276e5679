"""The keys that editors of today have, where they differ from those of readline and Emacs."""

from typing import Final

from curses_client.binding import Binding
from curses_client.binding import bind as _b

MODERN: Final[tuple[Binding, ...]] = (
    _b("ctrl c", "copy-or-interrupt", "editor", "copy the selection; else interrupt, or clear"),
    _b("ctrl x, shift delete", "cut", "editor", "cut selection or line, also to the clipboard"),
    _b("ctrl v, ctrl insert", "yank", "editor", "put back what was cut or copied last"),
    _b("ctrl z, ctrl _, meta u", "undo", "editor", "undo"),
    _b("ctrl y, ctrl Z, meta z", "redo", "editor", "redo"),
    _b("ctrl a", "select-all", "editor", "select everything"),
    _b("ctrl v, ctrl y", "yank", "answer", "put in what was cut or copied last"),
    _b("ctrl v, ctrl y", "yank", "line", "put in what was cut or copied last"),
    _b("meta ctrl z, ctrl z", "suspend", "output", "stop this client; the shell's fg brings it back"),
)
