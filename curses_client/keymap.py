"""Every key and what it does: the one table that the client, its help screen and its manual page are made of."""

from typing import Final, Literal

from kernel.protocol.value import Value

Context = Literal["editor", "answer", "completion", "queue", "help", "output", "reading", "line", "picture"]


class Binding(Value):
    """Keys (urwid's names), the command that they run, where, and what it is for."""

    keys: tuple[str, ...]
    command: str
    context: Context
    help: str


def _b(keys: str, command: str, context: Context, text: str) -> Binding:
    return Binding(tuple(key.strip() for key in keys.split(",")), command, context, text)


# what something is called, and its address
Links = tuple[tuple[str, str], ...]

SECTIONS: Final[dict[Context, str]] = {
    "editor": "Editor",
    "completion": "Completion pop-up",
    "answer": "Answering input()",
    "output": "Output and session (everywhere)",
    "reading": "Reading the output",
    "line": "A line in the status line",
    "picture": "A picture",
    "queue": "Queue",
    "help": "This help",
}

BINDINGS: Final = (
    # ---- running -------------------------------------------------------------------------------------------
    _b("enter", "run-or-newline", "editor", "run a complete cell, else make a new line"),
    _b("meta enter, ctrl enter, shift enter", "run", "editor", "run the cell as it is"),
    _b("ctrl o", "newline", "editor", "make a new line"),
    _b("tab", "complete-or-indent", "editor", "complete; indent at the beginning of a line"),
    _b("shift tab", "dedent", "editor", "take one level of indentation away"),
    # ---- moving --------------------------------------------------------------------------------------------
    _b("left, ctrl b", "left", "editor", "character left"),
    _b("right, ctrl f", "right", "editor", "character right"),
    _b("up, ctrl p", "up", "editor", "line up; in the first line, the entry before"),
    _b("down, ctrl n", "down", "editor", "line down; in the last line, the entry after"),
    _b("home, ctrl a", "home", "editor", "first character of the line, then column one"),
    _b("end, ctrl e", "end", "editor", "end of the line"),
    _b("meta b, ctrl left, meta left", "word-left", "editor", "word left"),
    _b("meta f, ctrl right, meta right", "word-right", "editor", "word right"),
    _b("meta <, ctrl home", "top", "editor", "beginning of the text"),
    _b("meta >, ctrl end", "bottom", "editor", "end of the text"),
    _b("shift left", "select-left", "editor", "select to the left"),
    _b("shift right", "select-right", "editor", "select to the right"),
    _b("shift up", "select-up", "editor", "select upwards"),
    _b("shift down", "select-down", "editor", "select downwards"),
    _b("shift home", "select-home", "editor", "select to the beginning of the line"),
    _b("shift end", "select-end", "editor", "select to the end of the line"),
    _b("meta a", "select-all", "editor", "select everything"),
    # ---- editing -------------------------------------------------------------------------------------------
    _b("backspace, ctrl h", "delete-left", "editor", "delete to the left"),
    _b("delete", "delete-right", "editor", "delete to the right"),
    _b("ctrl d", "delete-or-leave", "editor", "delete to the right; in an empty editor, leave"),
    _b("ctrl w, meta backspace", "delete-word-left", "editor", "delete the word to the left"),
    _b("meta d", "delete-word-right", "editor", "delete the word to the right"),
    _b("ctrl k", "kill-line", "editor", "cut to the end of the line"),
    _b("ctrl u", "kill-to-start", "editor", "cut to the beginning of the line"),
    _b("ctrl y", "yank", "editor", "put back what was cut last"),
    _b("ctrl t", "transpose", "editor", "swap two characters"),
    _b("ctrl _, ctrl /, meta u", "undo", "editor", "undo"),
    _b("meta z, meta _", "redo", "editor", "redo"),
    _b("esc", "escape", "editor", "drop the selection; back to the end of the output"),
    # ---- completion ----------------------------------------------------------------------------------------
    _b("tab, down, ctrl n", "match-next", "completion", "next"),
    _b("shift tab, up, ctrl p", "match-previous", "completion", "previous"),
    _b("page down", "match-page-down", "completion", "a page down"),
    _b("page up", "match-page-up", "completion", "a page up"),
    _b("enter", "match-accept", "completion", "take it"),
    _b("esc, ctrl g", "match-close", "completion", "close"),
    # ---- input() -------------------------------------------------------------------------------------------
    _b("enter", "answer-send", "answer", "send the line"),
    _b("ctrl d", "answer-end-of-file", "answer", "end of file, when the line is empty"),
    _b("left, ctrl b", "left", "answer", "character left"),
    _b("right, ctrl f", "right", "answer", "character right"),
    _b("home, ctrl a", "home", "answer", "beginning of the line"),
    _b("end, ctrl e", "end", "answer", "end of the line"),
    _b("backspace, ctrl h", "delete-left", "answer", "delete to the left"),
    _b("delete", "delete-right", "answer", "delete to the right"),
    _b("ctrl w, meta backspace", "delete-word-left", "answer", "delete the word to the left"),
    _b("ctrl u", "kill-to-start", "answer", "delete to the beginning"),
    _b("ctrl k", "kill-line", "answer", "delete to the end"),
    _b("esc", "answer-leave", "answer", "go to the editor; F2 comes back"),
    # ---- everywhere ----------------------------------------------------------------------------------------
    _b("ctrl c, meta ctrl c", "interrupt", "output", "interrupt the running cell; else clear the editor"),
    _b("f9", "ask-restart", "output", "restart the kernel, after asking"),
    _b("f10", "ask-leave", "output", "leave: detach or quit, after asking"),
    _b("f2", "answer-enter", "output", "go to the question of input() that waits"),
    _b("f3", "queue", "output", "the queue: drop, move, edit what waits"),
    _b("f4", "details", "output", "unfold or fold what is known of the kernel's death"),
    _b("page up", "page-up", "output", "output a page up; the mouse wheel does three lines"),
    _b("page down", "page-down", "output", "output a page down"),
    _b("meta up, ctrl up", "line-up", "output", "output a line up"),
    _b("meta down, ctrl down", "line-down", "output", "output a line down"),
    _b("meta page up, ctrl page up", "previous-cell", "output", "cell before"),
    _b("meta page down, ctrl page down", "next-cell", "output", "cell after"),
    _b("meta home", "output-top", "output", "first line of the output"),
    _b("meta end", "output-end", "output", "end of the output, and follow it"),
    _b("f5, meta o", "read", "output", "read the output: move in it, search, copy, open"),
    _b("meta /", "read-search", "output", "search the output"),
    _b("meta '", "read-go-to-mark", "output", "go where you were last in the output"),
    _b("f6", "export", "output", "export the session: notebook, script, HTML or text"),
    _b("ctrl l", "redraw", "output", "paint the screen anew"),
    _b("ctrl z", "suspend", "output", "stop this client; the shell's fg brings it back"),
    _b("f1", "help", "output", "show this help"),
    # ---- reading the output --------------------------------------------------------------------------------
    _b("down, j", "read-down", "reading", "line down"),
    _b("up, k", "read-up", "reading", "line up"),
    _b("left, h", "read-left", "reading", "character left"),
    _b("right, l", "read-right", "reading", "character right"),
    _b("home, 0, ctrl a", "read-home", "reading", "beginning of the line"),
    _b("end, $, ctrl e", "read-end", "reading", "end of the line"),
    _b("page down, space, ctrl f", "read-page-down", "reading", "page down"),
    _b("page up, b, ctrl b", "read-page-up", "reading", "page up"),
    _b("ctrl d", "read-half-page-down", "reading", "half a page down"),
    _b("ctrl u", "read-half-page-up", "reading", "half a page up"),
    _b("g, ctrl home, meta <", "read-top", "reading", "first line"),
    _b("G, ctrl end, meta >", "read-bottom", "reading", "last line"),
    _b("}, meta page down", "read-next-cell", "reading", "next cell"),
    _b("{, meta page up", "read-previous-cell", "reading", "cell before"),
    _b("e", "read-next-error", "reading", "next error"),
    _b("E", "read-previous-error", "reading", "error before"),
    _b(".", "read-running", "reading", "the running cell"),
    _b("c", "read-go-to-cell", "reading", "a cell by its number"),
    _b("m", "read-mark", "reading", "mark this place"),
    _b("'", "read-go-to-mark", "reading", "go to the mark, or where you were last"),
    _b("/", "read-search", "reading", "search: text, or a regular expression"),
    _b("?", "read-search-back", "reading", "search back"),
    _b("n", "read-next-hit", "reading", "next hit"),
    _b("N", "read-previous-hit", "reading", "hit before"),
    _b("enter, o", "read-open", "reading", "open what is folded, a frame's file, a picture"),
    _b("tab", "read-toggle", "reading", "fold a long output, a source, a frame; open it"),
    _b("d", "read-values", "reading", "values of the names in a traceback's failing line"),
    _b("v", "read-select", "reading", "select by characters"),
    _b("V", "read-select-lines", "reading", "select by lines"),
    _b("C", "read-select-cells", "reading", "select by cells"),
    _b("y, meta w", "read-copy", "reading", "copy what is selected, or the line"),
    _b("Y", "read-copy-output", "reading", "copy the whole output, or source"),
    _b("s", "read-save", "reading", "save the output, or its picture, to a file"),
    _b("p", "read-pager", "reading", "open the output in the pager ($PAGER)"),
    _b("x", "read-editor", "reading", "open the output in the editor ($EDITOR)"),
    _b("i", "read-to-editor", "reading", "take the cell's source into the editor"),
    _b("r", "read-run-again", "reading", "run the cell again"),
    _b("w", "read-wrap", "reading", "break long lines, or move along them"),
    _b("<, shift left", "read-scroll-left", "reading", "to the left in wide lines and tables"),
    _b(">, shift right", "read-scroll-right", "reading", "to the right in wide lines and tables"),
    _b("esc", "read-escape", "reading", "drop the selection, then the search, then leave"),
    _b("q, f5, meta o", "read-leave", "reading", "leave, and follow the end"),
    # ---- a line in the status line -------------------------------------------------------------------------
    _b("enter", "line-accept", "line", "take it"),
    _b("esc, ctrl c, ctrl g", "line-cancel", "line", "leave it"),
    _b("left, ctrl b", "left", "line", "character left"),
    _b("right, ctrl f", "right", "line", "character right"),
    _b("home, ctrl a", "home", "line", "beginning of the line"),
    _b("end, ctrl e", "end", "line", "end of the line"),
    _b("backspace, ctrl h", "delete-left", "line", "delete to the left"),
    _b("delete, ctrl d", "delete-right", "line", "delete to the right"),
    _b("ctrl w, meta backspace", "delete-word-left", "line", "delete the word to the left"),
    _b("ctrl u", "kill-to-start", "line", "delete to the beginning"),
    _b("ctrl k", "kill-line", "line", "delete to the end"),
    # ---- a picture -----------------------------------------------------------------------------------------
    _b("s", "picture-save", "picture", "save it to a file"),
    _b("esc, q, enter, space, ctrl c", "picture-close", "picture", "close"),
    # ---- queue ---------------------------------------------------------------------------------------------
    _b("down, j", "queue-next", "queue", "next cell"),
    _b("up, k", "queue-previous", "queue", "cell before"),
    _b("d, delete", "queue-drop", "queue", "drop the cell"),
    _b("shift up, K", "queue-up", "queue", "run the cell earlier"),
    _b("shift down, J", "queue-down", "queue", "run the cell later"),
    _b("enter, e", "queue-edit", "queue", "edit the cell; running it puts it back"),
    _b("r", "queue-run-skipped", "queue", "run again what an error skipped"),
    _b("esc, q, f3, ctrl c", "queue-close", "queue", "close"),
    # ---- help ----------------------------------------------------------------------------------------------
    _b("down, j, enter", "help-down", "help", "line down"),
    _b("up, k", "help-up", "help", "line up"),
    _b("page down, space", "help-page-down", "help", "page down"),
    _b("page up, b", "help-page-up", "help", "page up"),
    _b("esc, q, f1, ctrl c, ctrl d", "help-close", "help", "close"),
)


def _table() -> dict[tuple[Context, str], str]:
    table: dict[tuple[Context, str], str] = {}
    for binding in BINDINGS:
        for key in binding.keys:
            table[binding.context, " " if key == "space" else key] = binding.command
    return table


_COMMANDS: Final = _table()


def command(context: Context, key: str) -> str | None:
    """Return the command that a key runs in a context, or None."""
    return _COMMANDS.get((context, key))


_NAMES: Final = {
    "meta": "Alt",
    "ctrl": "Ctrl",
    "shift": "Shift",
    "esc": "Esc",
    "page": "Page",
    "enter": "Enter",
    "tab": "Tab",
    "backspace": "Backspace",
    "delete": "Delete",
    "home": "Home",
    "end": "End",
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
    "space": "Space",
}


def key_name(key: str) -> str:
    """Return a key as people write it: ``ctrl left`` is Ctrl-Left, ``page up`` is PageUp."""
    words = key.split(" ")
    upper = words[0] == "ctrl"
    named = [_NAMES.get(word, word.upper() if upper or len(word) > 1 else word) for word in words]
    name = "-".join(named)
    return name.replace("Page-", "Page")


def help_lines(links: Links = ()) -> list[tuple[str, str]]:
    """Return the help screen: (keys, what they do), and (heading, "") before each section; then the kernel's links."""
    lines: list[tuple[str, str]] = []
    for context, title in SECTIONS.items():
        if lines:
            lines.append(("", ""))
        lines.append((title, ""))
        for binding in BINDINGS:
            if binding.context == context:
                lines.append((", ".join(map(key_name, binding.keys)), binding.help))
    if links:
        lines += [("", ""), ("The kernel's documentation", ""), *links]
    return lines


def help_rows(cols: int, links: Links = ()) -> list[tuple[str, str]]:
    """Return the help screen in rows of `cols` columns: (keys, what they do), or (heading, "")."""
    # imported here: it is needed when somebody asks for help
    from textwrap import wrap

    width = keys_width(cols)
    room = max(cols - width - 4, 8)
    rows: list[tuple[str, str]] = []
    for keys, text in help_lines(links):
        if not text:
            rows.append((keys, ""))
            continue
        left, right = wrap(keys, width), wrap(text, room)
        for index in range(max(len(left), len(right))):
            rows.append(("".join(left[index : index + 1]), "".join(right[index : index + 1]) or " "))
    return rows


def keys_width(cols: int) -> int:
    """Return how many columns of the help the keys have."""
    return max(min(34, cols // 3), 8)
