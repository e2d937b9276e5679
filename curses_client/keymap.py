"""Every key and what it does: the one table that the client, its help screen and its manual page are made of."""

import re
from collections.abc import Set
from dataclasses import replace
from functools import cache
from typing import Final

from curses_client.binding import Binding, Context, KeySet
from curses_client.binding import answer as _answer
from curses_client.binding import bind as _b
from curses_client.modern_keys import MODERN
from curses_client.options import Options
from curses_client.themes.choice import CHOICES

DEFAULTS: Final = Options()
# what something is called, and its address
Links = tuple[tuple[str, str], ...]

SECTIONS: Final[dict[Context, str]] = {
    "editor": "Editor",
    "completion": "Completion pop-up",
    "signature": "Signature",
    "documentation": "Documentation",
    "answer": "Answering input()",
    "output": "Output and session (everywhere)",
    "reading": "Reading the output",
    "line": "A line in the status line",
    "find": "Finding in the editor",
    "picture": "A picture",
    "history": "History",
    "queue": "Queue",
    "variables": "Variables",
    "where": "Where the running cell stands",
    "debugger": "Stopped at a breakpoint",
    "palette": "Finding a command",
    "help": "This help",
}

# whose keys the sets have
_KEY_SETS: Final[dict[KeySet, str]] = {"emacs": "readline and Emacs", "vi": "vi", "modern": "other editors of today"}

BINDINGS: Final = (
    # ---- running -------------------------------------------------------------------------------------------
    _b("enter", "run-or-newline", "editor", "run a complete cell, else make a new line"),
    _b("meta enter, shift enter", "run", "editor", "run as it is; in a file the cell, then go on"),
    _b("ctrl enter", "run-and-stay", "editor", "run and stay; in a file the cell or the selection"),
    _b("meta l", "run-lines", "editor", "run the line, or what is selected"),
    _b("meta &", "aside", "editor", "run it at once, beside the cell that runs"),
    _b("meta t", "run-to-here", "editor", "run the cells above and this one"),
    _b("meta R", "run-file", "editor", "run all cells of the file"),
    _b("ctrl o", "newline", "editor", "make a new line"),
    _b("tab", "complete-or-indent", "editor", "complete; indent at the beginning of a line"),
    _b("f8, meta h", "document", "editor", "document the name at the cursor; again: its source"),
    _b("f7", "document-follow", "editor", "keep that open, following the cursor"),
    _b("shift tab", "dedent", "editor", "take one level of indentation away"),
    # ---- files ---------------------------------------------------------------------------------------------
    _b("meta o", "file-open", "editor", "open a file, or make one"),
    _b("meta s", "file-save", "editor", "save the file; the scratch buffer under a name"),
    _b("meta S", "file-save-as", "editor", "save under another name"),
    _b("meta k", "file-close", "editor", "close the file"),
    _answer("file-save-over", "editor", "write over the file that is there, when that was asked"),
    _b("", "file-save-all", "editor", "save all files"),
    _b("", "file-reload", "editor", "read the file again; undo brings back what was in the editor"),
    _b("", "file-save-and-close", "editor", "save the file, and close it"),
    _b("", "file-drop", "editor", "close the file without its changes"),
    _answer("file-run-anyway", "editor", "run cells of another language than the kernel's, when that was asked"),
    _answer("file-recover", "editor", "take what was kept of changes, when that was asked"),
    _answer("file-forget", "editor", "drop what was kept of changes, when that was asked"),
    _b("meta .", "tab-next", "editor", "next file"),
    Binding(("meta ,",), "tab-previous", "editor", "file before"),
    _b("meta 1", "tab-1", "editor", "the scratch buffer"),
    *(_b(f"meta {number}", f"tab-{number}", "editor", f"file {number - 1}") for number in range(2, 10)),
    _b("meta G", "go-to-output", "editor", "go to the output of the cell"),
    # ---- breakpoints ---------------------------------------------------------------------------------------
    _b("meta *", "breakpoint", "editor", "set a breakpoint on the line, or take it away", "debug debugger"),
    _b("", "breakpoint-condition", "editor", "set a breakpoint with a condition"),
    _b("", "breakpoints-clear", "editor", "take all breakpoints away"),
    # ---- moving --------------------------------------------------------------------------------------------
    _b("left, ctrl b", "left", "editor", "character left"),
    _b("right, ctrl f", "right", "editor", "character right; at the end, take the suggestion"),
    _b("up, ctrl p", "up", "editor", "line up; from the first, entry that begins like it"),
    _b("down, ctrl n", "down", "editor", "line down; in the last line, the entry after"),
    _b("meta p", "history-before", "editor", "entry before that begins like it, in any line"),
    _b("meta n", "history-after", "editor", "entry after, in any line"),
    _b("ctrl r", "recall", "editor", "search the history of all sessions"),
    _b("home, ctrl a", "home", "editor", "first character of the line, then column one"),
    _b("end, ctrl e", "end", "editor", "end of the line; at the end, take the suggestion"),
    _b("meta b, ctrl left, meta left", "word-left", "editor", "word left"),
    _b(
        "meta f, ctrl right, meta right",
        "word-right",
        "editor",
        "word right; at the end, take a suggested word",
    ),
    _b("meta <, ctrl home", "top", "editor", "beginning of the text"),
    _b("meta >, ctrl end", "bottom", "editor", "end of the text"),
    _b("shift left", "select-left", "editor", "select to the left"),
    _b("shift right", "select-right", "editor", "select to the right"),
    _b("shift up", "select-up", "editor", "select upwards"),
    _b("shift down", "select-down", "editor", "select downwards"),
    _b("shift home", "select-home", "editor", "select to the beginning of the line"),
    _b("shift end", "select-end", "editor", "select to the end of the line"),
    _b("shift ctrl left, shift meta left", "select-word-left", "editor", "select a word to the left"),
    _b("shift ctrl right, shift meta right", "select-word-right", "editor", "select a word to the right"),
    _b("shift ctrl home", "select-top", "editor", "select to the beginning of the text"),
    _b("shift ctrl end", "select-bottom", "editor", "select to the end of the text"),
    _b("meta }", "block-down", "editor", "next block of lines"),
    _b("meta {", "block-up", "editor", "beginning of the block of lines"),
    _b("ctrl ]", "matching-bracket", "editor", "bracket that belongs to the one here"),
    _b("meta ]", "select-to-bracket", "editor", "select to the bracket that belongs to this one"),
    _b("meta g", "go-to-line", "editor", "a line by its number"),
    _b("<0>", "set-mark", "editor", "begin a selection that all moves extend"),
    _b("meta a", "select-all", "editor", "select everything"),
    # ---- editing -------------------------------------------------------------------------------------------
    _b("backspace, ctrl h", "delete-left", "editor", "delete to the left"),
    _b("delete", "delete-right", "editor", "delete to the right"),
    _b("ctrl d", "delete-or-leave", "editor", "delete to the right; in an empty editor, leave"),
    _b("ctrl w, meta backspace", "delete-word-left", "editor", "cut what is selected, or the word to the left"),
    _b("meta d", "delete-word-right", "editor", "cut the word to the right"),
    _b("ctrl k", "kill-line", "editor", "cut to the end of the line"),
    _b("ctrl u", "kill-to-start", "editor", "cut to the beginning of the line"),
    _b("shift delete", "cut", "editor", "cut selection or line, also to the clipboard"),
    _b("meta w", "copy", "editor", "copy selection or line, also to the clipboard"),
    _b("ctrl y", "yank", "editor", "put back what was cut or copied last"),
    _b("meta y", "yank-older", "editor", "then what was cut before it, in its place"),
    _b("meta ;", "toggle-comment", "editor", "comment lines out, or back in"),
    _b("shift meta up, shift ctrl up", "move-lines-up", "editor", "move lines up"),
    _b("shift meta down, shift ctrl down", "move-lines-down", "editor", "move lines down"),
    _b("meta D", "duplicate", "editor", "lines a second time, below"),
    _b("meta j", "join-lines", "editor", "make one line of this and the next"),
    _b("meta i", "indent", "editor", "one level of indentation more"),
    _b("meta U", "upper-case", "editor", "word or selection in capitals"),
    _b("meta L", "lower-case", "editor", "word or selection in small letters"),
    _b("meta C", "title-case", "editor", "words with a capital each"),
    _b("meta P", "strip-prompts", "editor", "take out >>> and In [1]: and what was printed"),
    _b("meta e", "edit-elsewhere", "editor", "edit the text in $EDITOR"),
    _b("meta W", "wrap-editor", "editor", "break long lines, or move them under the cursor"),
    _b("ctrl t", "transpose", "editor", "swap two characters"),
    _b("ctrl _, ctrl /, meta u", "undo", "editor", "undo"),
    _b("meta z, meta _", "redo", "editor", "redo"),
    _b("esc, ctrl g", "escape", "editor", "drop the selection; back to the end of the output"),
    # ---- finding -------------------------------------------------------------------------------------------
    _b("ctrl s", "find", "editor", "find: text, or a regular expression"),
    _b("meta N", "find-next", "editor", "next hit"),
    _b("meta V", "find-previous", "editor", "hit before"),
    _b("meta %, meta r", "replace", "editor", "find and replace"),
    # ---- completion ----------------------------------------------------------------------------------------
    _b("tab, down, ctrl n", "match-next", "completion", "next"),
    _b("shift tab, up, ctrl p", "match-previous", "completion", "previous"),
    _b("page down", "match-page-down", "completion", "a page down"),
    _b("page up", "match-page-up", "completion", "a page up"),
    _b("enter", "match-accept", "completion", "take it"),
    _b("esc, ctrl g", "match-close", "completion", "close"),
    # ---- signature and documentation -----------------------------------------------------------------------
    _b("esc", "signature-close", "signature", "close"),
    _b("page down", "document-page-down", "documentation", "page down"),
    _b("page up", "document-page-up", "documentation", "page up"),
    _b("ctrl down", "document-down", "documentation", "line down"),
    _b("ctrl up", "document-up", "documentation", "line up"),
    _b("esc", "document-close", "documentation", "close"),
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
    _b("ctrl y", "yank", "answer", "put in what was cut or copied last"),
    _b("up, ctrl p", "answer-before", "answer", "to a debugger: what was typed before"),
    _b("down, ctrl n", "answer-after", "answer", "to a debugger: what was typed after it"),
    _b("tab", "answer-complete", "answer", "to a debugger: complete names and commands"),
    _b("esc", "answer-leave", "answer", "go to the editor; F2 comes back"),
    # ---- everywhere ----------------------------------------------------------------------------------------
    _b("ctrl c, meta ctrl c", "interrupt", "output", "interrupt the running cell; else clear the editor"),
    _b("f9", "ask-restart", "output", "restart the kernel, after asking"),
    _b("f10", "ask-leave", "output", "leave: detach or quit, after asking"),
    _b("f2", "answer-enter", "output", "go to the question of input() that waits", "debugger"),
    _b("f3", "queue", "output", "the queue: drop, move, edit what waits"),
    _b("meta ?", "where", "output", "where the running cell stands, and hot lines"),
    _b("meta E", "variables", "output", "the variables: values, tables, trees"),
    _b("f12, meta q", "pane-next", "output", "to the next part: editor, output, panes"),
    _b("meta m", "pane-zoom", "output", "this part alone on the screen, or all again"),
    _b("meta B", "pane-arrange", "output", "put the editor beside the output, or below it", "split layout"),
    _b("meta +, meta =", "pane-grow", "output", "make this part larger"),
    _b("meta -", "pane-shrink", "output", "make it smaller"),
    _b("meta 0", "pane-reset", "output", "divide the screen as by default"),
    _b("meta X", "pane-hide", "output", "close the pane"),
    _b("f4", "details", "output", "unfold or fold what is known of the kernel's death"),
    _b("page up", "page-up", "output", "output a page up; the mouse wheel does three lines"),
    _b("page down", "page-down", "output", "output a page down"),
    _b("meta up, ctrl up", "line-up", "output", "output a line up"),
    _b("meta down, ctrl down", "line-down", "output", "output a line down"),
    _b(
        "meta page up, ctrl page up",
        "previous-cell",
        "output",
        "cell before, of the file if one is shown",
    ),
    _b("meta page down, ctrl page down", "next-cell", "output", "cell after"),
    _b("meta home", "output-top", "output", "first line of the output"),
    _b("meta end", "output-end", "output", "end of the output, and follow it"),
    _b("f5", "read", "output", "read the output: move in it, search, copy, open"),
    _b("meta /", "read-search-back", "output", "search the output, from its end back"),
    _b("meta '", "read-go-to-mark", "output", "go where you were last in the output"),
    _b("f6", "export", "output", "export the session: notebook, script, HTML or text"),
    _b("ctrl l", "redraw", "output", "paint the screen anew"),
    _b("ctrl z", "suspend", "output", "stop this client; the shell's fg brings it back"),
    _b("", "next-theme", "output", "show the next theme", "colours colors"),
    *(_b("", f"theme-{name}", "output", f"show the theme {name}") for name in CHOICES),
    *(_b("", f"keys-{name}", "output", f"edit with the keys of {text}") for name, text in _KEY_SETS.items()),
    _b("f1, meta x", "palette", "output", "find a command and run it; F1 again shows all keys"),
    _b("", "help", "output", "show all keys"),
    _b(
        "", "first-steps", "output", "show the keys that one begins with, as an empty session does", "greeting tutorial"
    ),
    _b("", "reload-configuration", "output", "read config.toml again, and say what has changed or is wrong"),
    _b("", "detach", "output", "leave, and let the session go on"),
    _b("", "quit", "output", "leave, and end the session"),
    _b("", "restart", "output", "restart the kernel without asking"),
    _b("", "restart-again", "output", "restart the kernel and run the cells above again, without asking"),
    _b("", "wheel-up", "output", "output three lines up, as the mouse wheel does"),
    _b("", "wheel-down", "output", "output three lines down, as the mouse wheel does"),
    _b("", "run-anyway", "editor", "run the cell as it is, also one that ends the session"),
    _answer("save-over", "output", "write over the file that is there, when that was asked"),
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
    _b("d", "read-values", "reading", "values of the names in a traceback's failing line", "debug"),
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
    _b("f", "read-go-to-source", "reading", "go to the cell of the file that it came from"),
    _b("w", "read-wrap", "reading", "break long lines, or move along them"),
    _b("<, shift left", "read-scroll-left", "reading", "to the left in wide lines and tables"),
    _b(">, shift right", "read-scroll-right", "reading", "to the right in wide lines and tables"),
    _b("esc", "read-escape", "reading", "drop the selection, then the search, then leave"),
    _b("q, f5", "read-leave", "reading", "leave, and follow the end"),
    # ---- a line in the status line -------------------------------------------------------------------------
    _b("enter", "line-accept", "line", "take it"),
    _b("esc, ctrl c, ctrl g", "line-cancel", "line", "leave it"),
    _b("tab", "line-complete", "line", "complete a path"),
    _b("left, ctrl b", "left", "line", "character left"),
    _b("right, ctrl f", "right", "line", "character right"),
    _b("home, ctrl a", "home", "line", "beginning of the line"),
    _b("end, ctrl e", "end", "line", "end of the line"),
    _b("backspace, ctrl h", "delete-left", "line", "delete to the left"),
    _b("delete, ctrl d", "delete-right", "line", "delete to the right"),
    _b("ctrl w, meta backspace", "delete-word-left", "line", "delete the word to the left"),
    _b("ctrl u", "kill-to-start", "line", "delete to the beginning"),
    _b("ctrl k", "kill-line", "line", "delete to the end"),
    _b("ctrl y", "yank", "line", "put in what was cut or copied last"),
    # ---- finding in the editor -----------------------------------------------------------------------------
    _b("ctrl s, down, tab", "find-next", "find", "next hit; at first, what was looked for last"),
    _b("ctrl r, up, shift tab", "find-previous", "find", "hit before"),
    _answer("replace-one", "find", "replace this hit, when that was asked"),
    _answer("replace-skip", "find", "leave this hit, when that was asked"),
    _answer("replace-all", "find", "replace all hits, when that was asked"),
    # ---- a picture -----------------------------------------------------------------------------------------
    _b("s", "picture-save", "picture", "save it to a file"),
    _b("esc, q, enter, space, ctrl c", "picture-close", "picture", "close"),
    # ---- history -------------------------------------------------------------------------------------------
    _b("enter, tab", "recall-take", "history", "take the entry into the editor"),
    _b("meta enter, ctrl enter, shift enter", "recall-run", "history", "run it at once"),
    _b("down, ctrl r, ctrl n", "recall-older", "history", "older entry"),
    _b("up, ctrl p", "recall-newer", "history", "newer entry"),
    _b("page down", "recall-page-older", "history", "a page of older ones"),
    _b("page up", "recall-page-newer", "history", "a page of newer ones"),
    _b("meta s, shift tab", "recall-scope", "history", "only this session, only this directory, everywhere"),
    _b("meta d, shift delete, ctrl delete", "recall-ask-forget", "history", "delete the entry, after asking"),
    _answer("recall-forget", "history", "delete the entry, when that was asked"),
    _b("left, ctrl b", "left", "history", "character left"),
    _b("right, ctrl f", "right", "history", "character right"),
    _b("home, ctrl a", "home", "history", "beginning of what is typed"),
    _b("end, ctrl e", "end", "history", "end of it"),
    _b("backspace, ctrl h", "delete-left", "history", "delete to the left"),
    _b("delete, ctrl d", "delete-right", "history", "delete to the right"),
    _b("ctrl w, meta backspace", "delete-word-left", "history", "delete the word to the left"),
    _b("ctrl u", "kill-to-start", "history", "delete to the beginning"),
    _b("ctrl k", "kill-line", "history", "delete to the end"),
    _b("esc, ctrl c, ctrl g", "recall-close", "history", "close"),
    # ---- queue ---------------------------------------------------------------------------------------------
    _b("down, j", "queue-next", "queue", "next cell"),
    _b("up, k", "queue-previous", "queue", "cell before"),
    _b("d, delete", "queue-drop", "queue", "drop the cell"),
    _b("shift up, K", "queue-up", "queue", "run the cell earlier"),
    _b("shift down, J", "queue-down", "queue", "run the cell later"),
    _b("enter, e", "queue-edit", "queue", "edit the cell; running it puts it back"),
    _b("r", "queue-run-skipped", "queue", "run again what an error skipped"),
    _b("esc, q, ctrl c", "queue-close", "queue", "close; F3 leaves it open"),
    # ---- variables -----------------------------------------------------------------------------------------
    _b("enter", "variables-open", "variables", "open it, or what is selected in it"),
    _b("down, j", "variables-next", "variables", "next row"),
    _b("up, k", "variables-previous", "variables", "row before"),
    _b("page down, space", "variables-page-down", "variables", "a page down; of a table, the next rows"),
    _b("page up, b", "variables-page-up", "variables", "a page up"),
    _b("home, g", "variables-top", "variables", "first row"),
    _b("end, G", "variables-bottom", "variables", "last row"),
    _b("left, h", "variables-left", "variables", "column before of a table; fold in a tree"),
    _b("right, l", "variables-right", "variables", "next column of a table; unfold in a tree"),
    _b("s", "variables-sort", "variables", "sort by name, type, size; a table by the column"),
    _b("/, f", "variables-filter", "variables", "filter by name or type; a table by an expression"),
    _b("a", "variables-all", "variables", "also modules, functions, classes, or not"),
    _b("esc, q, ctrl c", "variables-back", "variables", "back, then close; Alt-Shift-E leaves it open"),
    # ---- where the running cell stands ---------------------------------------------------------------------
    _b("enter, o", "where-open", "where", "go to the selected line, or open its file there"),
    _b("down, j", "where-next", "where", "next line"),
    _b("up, k", "where-previous", "where", "line before"),
    _b("esc, q", "where-close", "where", "close"),
    # ---- stopped at a breakpoint ---------------------------------------------------------------------------
    _b("n", "debug-next", "debugger", "run to the next line"),
    _b("s", "debug-in", "debugger", "step into what is called"),
    _b("r, o", "debug-out", "debugger", "run until it returns"),
    _b("c", "debug-continue", "debugger", "go on to the next breakpoint"),
    _b("x", "debug-end", "debugger", "go on without breakpoints"),
    _b("down, j", "debug-down", "debugger", "next row"),
    _b("up, k", "debug-up", "debugger", "row before"),
    _b("u", "debug-caller", "debugger", "to the call further out"),
    _b("d", "debug-callee", "debugger", "to the call further in"),
    _b("enter", "debug-enter", "debugger", "look at the call, then its line; open a variable"),
    _b("right, l", "debug-unfold", "debugger", "show what is in the variable"),
    _b("left, h", "debug-fold", "debugger", "fold it again"),
    _b("e", "debug-evaluate", "debugger", "evaluate an expression there"),
    _b("esc, q", "debug-close", "debugger", "back to the editor; the kernel stays where it is"),
    _b("", "debugger", "output", "where the kernel has stopped at a breakpoint"),
    _b("", "debug-next", "output", "stopped at a breakpoint: run to the next line"),
    _b("", "debug-in", "output", "stopped at a breakpoint: step into what is called"),
    _b("", "debug-out", "output", "stopped at a breakpoint: run until it returns"),
    _b("", "debug-continue", "output", "stopped at a breakpoint: go on to the next one"),
    _b("", "debug-end", "output", "stopped at a breakpoint: go on without breakpoints"),
    # ---- palette -------------------------------------------------------------------------------------------
    _b("enter", "palette-run", "palette", "run the command that is selected"),
    _b("down, ctrl n, tab", "palette-next", "palette", "next command"),
    _b("up, ctrl p, shift tab", "palette-previous", "palette", "command before"),
    _b("page down", "palette-page-down", "palette", "a page down"),
    _b("page up", "palette-page-up", "palette", "a page up"),
    _b("f1", "palette-help", "palette", "show all keys"),
    _b("esc, ctrl c, ctrl g", "palette-close", "palette", "close"),
    _b("left, ctrl b", "left", "palette", "character left"),
    _b("right, ctrl f", "right", "palette", "character right"),
    _b("home, ctrl a", "home", "palette", "beginning of the line"),
    _b("end, ctrl e", "end", "palette", "end of the line"),
    _b("backspace", "delete-left", "palette", "delete to the left"),
    _b("delete, ctrl d", "delete-right", "palette", "delete to the right"),
    _b("ctrl w, meta backspace", "delete-word-left", "palette", "delete the word to the left"),
    _b("ctrl u", "kill-to-start", "palette", "delete to the beginning"),
    _b("ctrl k", "kill-line", "palette", "delete to the end"),
    _b("ctrl y", "yank", "palette", "put in what was cut or copied last"),
    # ---- help ----------------------------------------------------------------------------------------------
    _b("down, j, enter", "help-down", "help", "line down"),
    _b("up, k", "help-up", "help", "line up"),
    _b("page down, space", "help-page-down", "help", "page down"),
    _b("page up, b", "help-page-up", "help", "page up"),
    _b("esc, q, f1, ctrl c, ctrl d", "help-close", "help", "close"),
)


# what a set has of its own beside the table above
KEY_SETS: Final[dict[KeySet, tuple[Binding, ...]]] = {"emacs": (), "vi": (), "modern": MODERN}


@cache
def bindings(keys: KeySet = "emacs", own: tuple[Binding, ...] = ()) -> tuple[Binding, ...]:
    """Return the rows of a set: each of its own stands for its command, and takes its keys from all others.

    Those of the user come last: a key that they have is nobody else's, and one for everywhere is the editor's no more.
    """
    of_set = {(row.context, row.command): row for row in KEY_SETS[keys]}
    common = BINDINGS if keys != "vi" else _beside_vi()
    taken = {(row.context, key) for row in of_set.values() for key in row.keys}
    rows = []
    for row in common:
        mine = of_set.pop((row.context, row.command), None)
        rows.append(mine or _without(row, taken))
    rows += of_set.values()
    if own:
        taken = {(row.context, key) for row in own for key in row.keys}
        taken |= {("editor", key) for context, key in taken if context == "output"}
        rows = [*(_without(row, taken) for row in rows), *own]
    return tuple(row for row in rows if row.keys or row in common)


def _beside_vi() -> tuple[Binding, ...]:
    """Return the rows of the table without what a key means in the modes of vi instead."""
    # imported here: few have these keys
    from curses_client.vi.inserting import BY_KEY

    def is_free(row: Binding, key: str) -> bool:
        return row.context not in ("editor", "output") or not (key in BY_KEY or re.fullmatch("meta .", key))

    return tuple(replace(row, keys=tuple(key for key in row.keys if is_free(row, key))) for row in BINDINGS)


def _without(row: Binding, taken: Set[tuple[Context, str]]) -> Binding:
    """Return a row without the keys that are taken."""
    free = tuple(key for key in row.keys if (row.context, key) not in taken)
    return row if free == row.keys else replace(row, keys=free)


@cache
def _table(keys: KeySet, own: tuple[Binding, ...] = ()) -> dict[tuple[Context, str], str]:
    rows = bindings(keys, own)
    return {(row.context, " " if key == "space" else key): row.command for row in rows for key in row.keys}


def command(context: Context, key: str, keys: KeySet = "emacs") -> str | None:
    """Return the command that a key of a set runs in a context, or None."""
    return _table(keys).get((context, key))


def bound(options: Options, key: str, *contexts: Context) -> str | None:
    """Return the command that a key runs in the first of some contexts that has one, as the user wants it."""
    table = _table(options.keys, options.bound)
    found = next((table[context, key] for context in contexts if (context, key) in table), None)
    return found or None


@cache
def commands() -> dict[str, Binding]:
    """Return a row for each command, the first one that there is: its help, and where it belongs."""
    found: dict[str, Binding] = {}
    for row in (*BINDINGS, *(row for rows in KEY_SETS.values() for row in rows)):
        found.setdefault(row.command, row)
    return found


def keys_of(name: str, options: Options, *contexts: Context) -> tuple[str, ...]:
    """Return the keys of a command in some contexts, in the words of `key_name`."""
    found = _key_names(options.keys, options.bound)
    return tuple(dict.fromkeys(key for context in contexts for key in found.get((context, name), ())))


@cache
def _key_names(keys: KeySet, own: tuple[Binding, ...]) -> dict[tuple[Context, str], tuple[str, ...]]:
    found: dict[tuple[Context, str], tuple[str, ...]] = {}
    for row in bindings(keys, own):
        place = (row.context, row.command)
        found[place] = (*found.get(place, ()), *map(key_name, row.keys))
    return found


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
    "insert": "Insert",
    "<0>": "Ctrl-Space",
}


def key_name(key: str) -> str:
    """Return a key as people write it: ``ctrl left`` is Ctrl-Left, ``meta Z`` Alt-Shift-Z, ``page up`` PageUp."""
    words = key.split(" ")
    if len(words) > 1 and "A" <= words[-1] <= "Z":
        words.insert(-1, "shift")
    named = [_NAMES.get(word, word.upper() if len(words) > 1 or len(word) > 1 else word) for word in words]
    name = "-".join(named)
    return name.replace("Page-", "Page")


def help_lines(links: Links = (), options: Options = DEFAULTS) -> list[tuple[str, str]]:
    """Return the help screen: (keys, what they do), and (heading, "") before each section; then the kernel's links."""
    lines: list[tuple[str, str]] = []
    for context, title in SECTIONS.items():
        if lines:
            lines.append(("", ""))
        lines.append((title, ""))
        for row in bindings(options.keys, options.bound):
            if row.context == context and row.keys and row.command:
                lines.append((", ".join(map(key_name, row.keys)), row.help))
        if context == "editor" and options.keys == "vi":
            lines += vi_lines()
    if links:
        lines += [("", ""), ("The kernel's documentation", ""), *links]
    return lines


def vi_lines() -> list[tuple[str, str]]:
    """Return the help of the modes: for each section an empty line, its heading, and its rows."""
    from curses_client.vi.keys import sections

    lines: list[tuple[str, str]] = []
    for title, rows in sections():
        lines += [("", ""), (title, "")]
        lines += [(", ".join(map(_vi_name, names)), text) for names, text in rows]
    return lines


def _vi_name(key: str) -> str:
    """Return a key of the modes as people write it; several letters are as many keys."""
    if key in _NAMES or key.partition(" ")[0] in ("ctrl", "shift"):
        return key_name(key)
    return "Space" if key == " " else key


def help_rows(cols: int, links: Links = (), options: Options = DEFAULTS) -> list[tuple[str, str]]:
    """Return the help screen in rows of `cols` columns: (keys, what they do), or (heading, "")."""
    # imported here: it is needed when somebody asks for help
    from textwrap import wrap

    width = keys_width(cols)
    room = max(cols - width - 4, 8)
    rows: list[tuple[str, str]] = []
    for names, text in help_lines(links, options):
        if not text:
            rows.append((names, ""))
            continue
        left, right = wrap(names, width), wrap(text, room)
        for index in range(max(len(left), len(right))):
            rows.append(("".join(left[index : index + 1]), "".join(right[index : index + 1]) or " "))
    return rows


def keys_width(cols: int) -> int:
    """Return how many columns of the help the keys have."""
    return max(min(34, cols // 3), 8)
