"""The keys that editors of today have, where they differ from those of readline and Emacs."""

from typing import Final

from curses_client.binding import Binding
from curses_client.binding import bind as _b

MODERN: Final[tuple[Binding, ...]] = (
    _b("ctrl c", "copy-or-interrupt", "editor", "copy the selection; else interrupt, or clear"),
    _b("ctrl x, shift delete", "cut", "editor", "cut selection or line, also to the clipboard"),
    _b("ctrl v, ctrl insert", "yank", "editor", "put back what was cut or copied last"),
    _b("ctrl z, meta u", "undo", "editor", "undo"),
    _b("ctrl y, ctrl Z, meta z", "redo", "editor", "redo"),
    _b("ctrl a", "select-all", "editor", "select everything"),
    _b("ctrl f", "find", "editor", "find: text, or a regular expression"),
    _b("ctrl f, ctrl g, down, tab", "find-next", "find", "next hit; at first, what was looked for last"),
    _b("ctrl g", "go-to-line", "editor", "a line by its number"),
    _b("esc", "escape", "editor", "drop the selection; back to the end of the output"),
    _b("ctrl _, ctrl /, meta ;", "toggle-comment", "editor", "comment lines out, or back in"),
    _b("meta up, shift ctrl up", "move-lines-up", "editor", "move lines up"),
    _b("meta down, shift ctrl down", "move-lines-down", "editor", "move lines down"),
    _b("shift meta down, meta D", "duplicate", "editor", "lines a second time, below"),
    _b("ctrl w, meta backspace", "delete-word-left", "editor", "delete the word to the left"),
    _b("ctrl v, ctrl y", "yank", "answer", "put in what was cut or copied last"),
    _b("ctrl v, ctrl y", "yank", "line", "put in what was cut or copied last"),
    _b("meta ctrl z, ctrl z", "suspend", "output", "stop this client; the shell's fg brings it back"),
)
