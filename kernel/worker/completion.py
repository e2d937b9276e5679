"""What could stand at the cursor: IPython's completions, with what it leaves out and without what cannot be there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from IPython.core.completer import Completion, rectify_completions

from kernel.protocol.messages import CompleteReply, CompleteRequest
from kernel.worker import paths
from kernel.worker.kinds import described, is_of_known
from kernel.worker.shell import ZMQInteractiveShell

_TYPES_KEY: Final = "_jupyter_types_experimental"
# strings of a line, the last one open if it has no end
_STRING: Final = re.compile(
    r"(?P<prefix>\b[rRbBuUfF]{1,2}|)(?P<quote>'''|\"\"\"|'|\")(?P<body>(?:\\.|(?!(?P=quote)).)*)(?P<end>(?P=quote)|\Z)"
)
# first characters of a line that is no Python
_MAGIC: Final = ("%", "!", "?")
# what stands in an f-string's braces is no text
_EXPRESSION: Final = re.compile(r"\{[^}]*\Z")


def complete(shell: ZMQInteractiveShell, request: CompleteRequest) -> CompleteReply:
    """Complete from the live namespace; positions are code points (specification: Completion)."""
    position = min(max(request.cursor_pos, 0), len(request.code))
    if shell.asking_debugger is not None:
        found = _in_debugger(shell, request.code, position)
    else:
        found = _found(shell, request.code, position)
    if not found:
        return CompleteReply([], position, position)
    entries = described(shell, request.code, found)
    return CompleteReply([c.text for c in found], found[0].start, found[0].end, {_TYPES_KEY: entries})


def _found(shell: ZMQInteractiveShell, code: str, position: int) -> list[Completion]:
    line = code[code.rfind("\n", 0, position) + 1 : position]
    argument = paths.argument(line)
    if argument is not None:
        text, directories = argument
        if found := _paths(text, "", position, directories_only=directories):
            return found
    found = list(rectify_completions(code, shell.Completer.completions(code, position)))
    string = _open_string(line)
    if string is not None:
        return _in_string(found, string, position)
    found = [completion for completion in found if _can_be(completion, line, position)]
    # what has run is known already, and commands are no Python
    if not line.startswith(_MAGIC) and ("\n" in code or not (found or is_of_known(shell, line))):
        found = _with_static(shell, found, code, position)
    return found


def _open_string(line: str) -> re.Match[str] | None:
    """Return the string that a line ends in; None if it ends in none, or in an expression of an f-string."""
    last = max(_STRING.finditer(line), key=lambda found: found.start(), default=None)
    if last is None or last["end"]:
        return None
    return None if "f" in last["prefix"].lower() and _EXPRESSION.search(last["body"]) else last


def _in_string(found: list[Completion], string: re.Match[str], position: int) -> list[Completion]:
    """Return what can stand in a string: keys, or paths, which may have blanks in them."""
    keys = [completion for completion in found if completion.type == "dict key"]
    if keys or "b" in string["prefix"].lower():
        return keys or [completion for completion in found if completion.type == "path"]
    return _paths(string["body"], string["quote"][0], position)


def _paths(text: str, quote: str, position: int, *, directories_only: bool = False) -> list[Completion]:
    start = position - len(text)
    names = paths.matching(text, quote, directories_only=directories_only)
    return [Completion(start, position, name, type="path", signature="") for name in names]


def _can_be(completion: Completion, line: str, position: int) -> bool:
    """Whether a completion can stand there: a magic can where a line begins, or its sign was typed."""
    if completion.type != "magic":
        return True
    before = line[: len(line) - (position - completion.start)]
    return not before.strip() or line[len(before) :].startswith("%")


def _with_static(shell: ZMQInteractiveShell, found: list[Completion], code: str, position: int) -> list[Completion]:
    """Add what static analysis finds, where it replaces the same text as what was found."""
    start = found[0].start if found else None
    known = {completion.text for completion in found}
    for static in shell.static.complete(code, position):
        begin = position - static.length
        if start is None:
            start = begin
        # IPython's completions of attributes begin at the dot
        text = code[start:begin] + static.text
        if start <= begin and text not in known:
            found.append(Completion(start, position, text, type=static.type, signature=""))
    return found


def _in_debugger(shell: ZMQInteractiveShell, code: str, position: int) -> list[Completion]:
    """Complete in the frame where the debugger stands, and its commands."""
    frame = shell.asking_debugger.curframe
    completer = shell.Completer
    before = completer.namespace, completer.global_namespace
    completer.namespace, completer.global_namespace = frame.f_locals, frame.f_globals
    try:
        found = list(rectify_completions(code, completer.completions(code, position)))
    finally:
        completer.namespace, completer.global_namespace = before
    return [*found, *_debugger_commands(shell.asking_debugger, code[:position], {c.text for c in found})]


def _debugger_commands(debugger: Any, word: str, known: set[str]) -> Iterator[Completion]:
    if word.isidentifier():
        names = {name[3:] for name in dir(debugger) if name.startswith(f"do_{word}")}
        for name in sorted(names - known):
            yield Completion(0, len(word), name, type="keyword", signature="")
