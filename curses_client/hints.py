"""What may have been meant after a mistake that many make; the option `hints` turns them off."""

import re
from dataclasses import replace
from typing import Final

from curses_client.commanding import say
from curses_client.keymap import key_name, keys_of
from curses_client.state import Message, State
from curses_client.text.ansi import sanitise
from curses_client.text.later import later

# seconds for which a hint is shown: it is to be read and tried
_SECONDS: Final = 15.0
_ENDS: Final = later(r"(?:exit|quit)(?:\(\s*\))?;?")
_SHELL: Final = (
    "git|ls|cd|pwd|cat|cp|mv|rm|mkdir|touch|chmod|head|tail|grep|find|echo|which|man|sudo|apt|apt-get|brew|make|"
    "docker|ssh|scp|curl|wget|npm|node|uv|conda|mamba|bash|sh"
)
# a line of code, the error that it ended with (none at all if that is empty), and what is said: with what stands in the
# parentheses of the pattern, and with the keys of commands
_MISTAKES: Final = tuple(
    (re.compile(pattern), errors, hint)
    for pattern, errors, hint in (
        (r"python[0-9.]*\s+(\S+\.py)\b.*", "SyntaxError", "%run {0} runs a file here · !python {0} runs it by itself"),
        (
            r"(?:!?python[0-9.]* -m )?pip[0-9.]*\s+install\s+(.+)",
            "SyntaxError",
            "%pip install {0} installs into this environment",
        ),
        (r"(?:vim?|nano|emacs|code)\s+(\S+)", "SyntaxError", "%edit {0} opens a file in your editor"),
        (rf"((?:{_SHELL})(?:\s+[^=(].*)?)", "SyntaxError NameError", "!{0} runs it in the shell"),
        (r":(?:q|wq|x|qa)!?", "SyntaxError", "{delete-or-leave} leaves: the session can go on"),
        (
            r"!?cshell(?:\s+(?:attach|open|new)\b.*)?",
            "SyntaxError NameError",
            "that is for a shell · {delete-or-leave} leaves: the session can go on",
        ),
        (r"(cshell\s+.+)", "SyntaxError", "!{0} runs it in the shell"),
        (r"q|x|bye|logout", "NameError", "{delete-or-leave} leaves: the session can go on"),
        (r"clear|cls", "NameError", "{redraw} paints the screen anew"),
        (r"help|\?", "", "{palette} finds any command · name? tells what is known of a name"),
    )
)
_UNDEFINED: Final = later(r"name '(\w+)' is not defined")
_IDENTIFIER: Final = later(r"[^\W\d]\w+")
# cells whose names may have been meant, and how near a name is to be
_LOOK_BACK: Final = 200
_NEAR: Final = 0.75
# what a key is that can be no character
_KEY: Final = later(r"(?:(?:shift|meta|ctrl) )+\S.*|f[0-9]+")


def key_for(state: State, name: str) -> str:
    """Return the first key of a command, as the user has it; the command's name where it has none."""
    keys = keys_of(name, state.options, "editor", "output")
    return keys[0] if keys else name


def ends_session(state: State, source: str) -> bool:
    """Whether a cell is nothing but what ends the kernel, and with it the session."""
    return state.options.hints and "python" in state.session.lexer and _ENDS.fullmatch(source.strip()) is not None


def hinted(state: State, source: str, error: str, text: str = "") -> State:
    """Say what may have been meant by a cell of this user that ended with an error and its text; without, with none."""
    if not state.options.hints or "python" not in state.session.lexer:
        return state
    hint = _of_line(state, source.strip(), error) or _of_name(state, text)
    return replace(state, message=Message(hint, state.now + _SECONDS)) if hint else state


def _of_line(state: State, line: str, error: str) -> str:
    """Return what is said of a line that many mistake for code."""
    for pattern, errors, hint in _MISTAKES if "\n" not in line else ():
        found = pattern.fullmatch(line)
        if found is not None and error in (errors.split() or [""]):
            return _filled(state, hint, found)
    return ""


def _of_name(state: State, text: str) -> str:
    """Return which name was meant by one that is not defined, if a builtin or one of the session is near."""
    found = _UNDEFINED.fullmatch(text)
    if found is None:
        return ""
    # few mistype, and it takes a while to import
    import builtins
    from difflib import get_close_matches

    done = [cell.code for cell in state.transcript.cells() if cell.state == "done"][-_LOOK_BACK:]
    known = {*dir(builtins), *(name for code in done for name in _IDENTIFIER.findall(code))}
    near = get_close_matches(found[1], sorted(known - {found[1]}), 1, _NEAR)
    return f"did you mean {near[0]}?" if near else ""


def _filled(state: State, hint: str, found: re.Match[str]) -> str:
    """Return a hint with what it is about, and the user's keys."""

    def fill(match: re.Match[str]) -> str:
        return sanitise(found[1]) if match[1] == "0" else key_for(state, match[1])

    return re.sub(r"\{([a-z0-9-]+)\}", fill, hint)


def unbound(state: State, key: str) -> State:
    """Say that a key does nothing."""
    if not state.options.hints or _KEY.fullmatch(key) is None:
        return state
    return say(state, f"{key_name(key)} does nothing here · {key_for(state, 'palette')} finds a command")
