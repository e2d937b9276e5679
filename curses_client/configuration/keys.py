"""The table ``[keys]``: the names of keys as people write them, and which command each of them runs."""

import re
from typing import Any, Final

from curses_client.binding import Binding, Context
from curses_client.keymap import BINDINGS, SECTIONS, commands, key_name
from kernel.protocol.settings import Key, Problem, nearest

_MODIFIERS: Final = {
    "shift": "shift",
    "s": "shift",
    "alt": "meta",
    "meta": "meta",
    "option": "meta",
    "opt": "meta",
    "m": "meta",
    "ctrl": "ctrl",
    "control": "ctrl",
    "ctl": "ctrl",
    "c": "ctrl",
}
_NAMES: Final = {
    **{name: name for name in ("enter", "tab", "esc", "space", "backspace", "delete", "insert", "home", "end")},
    **{name: name for name in ("up", "down", "left", "right")},
    **{f"f{number}": f"f{number}" for number in range(1, 21)},
    "return": "enter",
    "escape": "esc",
    "del": "delete",
    "ins": "insert",
    "bs": "backspace",
    "spc": "space",
    "pageup": "page up",
    "pgup": "page up",
    "pagedown": "page down",
    "pgdn": "page down",
    "pgdown": "page down",
}
# what a terminal sends for one key is what it sends for another
SAME: Final = {
    "ctrl i": "tab",
    "ctrl m": "enter",
    "ctrl j": "enter",
    "ctrl h": "backspace",
    "ctrl ?": "backspace",
    "ctrl [": "esc",
}
_SENT_WITH_CTRL: Final = re.compile(r"ctrl [a-zA-Z\\\]^_/]|ctrl .{2,}|.*(?:meta|shift) .*|[^ ]*|page .*")
_BETWEEN: Final = re.compile(r"[-+\s]+")
# a character without Ctrl or Alt is typed there
_TYPING: Final = frozenset({"editor", "answer", "line", "find", "palette"})


def key_of(text: str) -> str | None:
    """Return urwid's name of a key as people write it: Ctrl-T, ctrl t, C-t, ^T, Alt-Enter, PageUp; None for no key."""
    text = text.strip() or " "
    if len(text) == 1:
        return "space" if text == " " else text
    if text[0] == "^" and len(text) == 2:
        text = f"ctrl {text[1]}"
    parts = _BETWEEN.split(text)
    if text[-1] in "-+" and text[-2] in "-+ ":
        # what stands between keys is a key itself
        parts = [*_BETWEEN.split(text[:-2]), text[-1]]
    *words, last = parts
    if words and words[-1].lower() == "page":
        last = words.pop() + last
    modifiers = {_MODIFIERS.get(word.lower(), "") for word in words}
    name = last if len(last) == 1 else _NAMES.get(last.lower())
    if name is None or "" in modifiers:
        return None
    return _named(modifiers, name)


def _named(modifiers: set[str], name: str) -> str:
    """Return urwid's name of a key with modifiers: it has no Shift of a letter, and Ctrl-Space is a code.

    A letter stands for its key: Alt-S is typed without Shift, as Ctrl-S is.
    """
    if modifiers & {"ctrl", "meta"} and len(name) == 1:
        name = name.lower()
    if "shift" in modifiers and len(name) == 1:
        modifiers, name = modifiers - {"shift"}, name.upper()
    if modifiers == {"ctrl"} and name in ("space", "@"):
        return "<0>"
    if modifiers and name == "space":
        name = " "
    return " ".join([*(word for word in ("shift", "meta", "ctrl") if word in modifiers), name])


def own_keys(table: dict[str, Any]) -> tuple[tuple[Binding, ...], list[Problem]]:
    """Return the user's rows of the table of keys, and what is wrong with the others."""
    found: dict[tuple[Context, str], Binding] = {}
    problems: list[Problem] = []
    contexts: dict[str, Context] = {context: context for context in SECTIONS}
    for name, value in table.items():
        if not isinstance(value, dict):
            problems += _take(found, ("keys", name), "editor", value)
        elif name in contexts:
            for key, command in value.items():
                problems += _take(found, ("keys", name, key), contexts[name], command)
        else:
            known = nearest(name, contexts) or f"there are {', '.join(contexts)}"
            problems.append(Problem(("keys", name), f"keys are used nowhere that is called {name}; {known}", _LEFT_OUT))
    return tuple(found.values()), problems


_LEFT_OUT: Final = "it is left out"


def _take(found: dict[tuple[Context, str], Binding], at: Key, context: Context, value: object) -> list[Problem]:
    """Take a row of the table in; return what is wrong with it."""
    key = key_of(at[-1])
    wrong = _wrong_key(at[-1], key, context) or _wrong_command(value, context)
    if wrong or key is None or not isinstance(value, str):
        return [Problem(at, wrong, _LEFT_OUT)]
    problems = []
    command = "" if value == "none" else value
    before = found.get((context, key))
    if before is not None:
        text = f"{key_name(key)} has two commands, {before.command or 'none'} and {value}"
        problems.append(Problem(at, text, f"{value} is used"))
    elif not _SENT_WITH_CTRL.fullmatch(key):
        problems.append(Problem(at, f"most terminals send nothing for {key_name(key)}", "it works where one does"))
    found[context, key] = Binding((key,), command, context, commands()[command].help if command else "")
    return problems


def _wrong_key(text: str, key: str | None, context: Context) -> str:
    if key is None:
        last = _BETWEEN.split(text.strip())[-1].lower()
        return f"there is no key {text}; {nearest(last, _NAMES) or 'a key is written such as Ctrl-T, Alt-Enter, F5'}"
    if key in SAME:
        same = key_name(SAME[key])
        return f"a terminal sends the same for {key_name(key)} as for {same}, so that only {same} can be used"
    if context in _TYPING and (len(key) == 1 or key == "space"):
        return f"{key_name(key)} is typed there, and can be no command"
    return ""


def _wrong_command(value: object, context: Context) -> str:
    if not isinstance(value, str):
        return 'a key is to have the name of a command, or "none"'
    if value in ("", "none"):
        return ""
    if value not in commands():
        return f"there is no command {value}; {nearest(value, commands()) or 'F1 shows all of them'}"
    places = [row.context for row in (*BINDINGS, commands()[value]) if row.command == value]
    if {context, "output"} & set(places):
        return ""
    table = "[keys]" if places[0] == "editor" else f"[keys.{places[0]}]"
    return f"{value} can be run by a key of {table} only"
