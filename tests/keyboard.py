"""Keys as the README writes them: Alt-S is the letter alone, Alt-Shift-S with Shift."""

import re
from typing import Final

from curses_client.configuration.keys import key_of

_MODIFIERS: Final = {"Shift": 1, "Alt": 2, "Ctrl": 4}
_PLAIN: Final = {
    "Enter": "\r",
    "Tab": "\t",
    "Esc": "\x1b",
    "Backspace": "\x7f",
    "Space": " ",
    "Plus": "+",
    "Minus": "-",
}
# what stands at the end of their sequence, or in it
_FINAL: Final = {"Up": "A", "Down": "B", "Right": "C", "Left": "D", "Home": "H", "End": "F"}
_NUMBER: Final = {"Insert": 2, "Delete": 3, "PageUp": 5, "PageDown": 6} | {
    f"F{number}": code for number, code in enumerate((15, 17, 18, 19, 20, 21, 23, 24), 5)
}
# of keys that a terminal of old has no sequence for (the keyboard protocol's)
_CODE: Final = {"Enter": 13, "Tab": 9}


def urwid_key(name: str) -> str | None:
    """Return urwid's name of a key; None for what is none."""
    name = {"Alt-Plus": "Alt-+", "Alt-Minus": "Alt--"}.get(name, name)
    return key_of(name.lower() if re.fullmatch("Alt-[A-Z]", name) else name)


def sent(name: str) -> str:
    """Return what a terminal sends for a key.  Raises KeyError for what is none."""
    *words, key = re.findall(r"[A-Z][a-z]+(?=-)|[^-].*|-$", name)
    held = sum(_MODIFIERS[word] for word in words)
    if key in _FINAL:
        return f"\x1b[1;{held + 1}{_FINAL[key]}" if held else f"\x1b[{_FINAL[key]}"
    if key in _NUMBER:
        return f"\x1b[{_NUMBER[key]};{held + 1}~" if held else f"\x1b[{_NUMBER[key]}~"
    if re.fullmatch("F[1-4]", key) and not held:
        return f"\x1bO{'PQRS'[int(key[1]) - 1]}"
    if key in _CODE and held & ~_MODIFIERS["Alt"]:
        return f"\x1b[{_CODE[key]};{held + 1}u"
    character = _PLAIN[key] if len(key) > 1 else key if held & _MODIFIERS["Shift"] else key.lower()
    if held & _MODIFIERS["Ctrl"]:
        character = chr(ord(character.upper()) & 31)
    return "\x1b" * bool(held & _MODIFIERS["Alt"]) + character
