"""Macros: keys that are recorded into a register, where they are text that can be put and yanked, and pressed again."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from curses_client.vi import registers
from curses_client.vi.values import Register, Scene, Vi

# keys that are pressed at most by a macro and its count
MOST: Final = 10_000
# keys that a register has as vim has them; others stand by their names between two characters that nobody types
_CODES: Final = {
    "esc": "\x1b",
    "enter": "\r",
    "tab": "\t",
    "backspace": "\x7f",
    **{f"ctrl {letter}": chr(ord(letter) - 96) for letter in "abcdefghklnopqrstuvwxyz"},
}
_NAMES: Final = {**{code: key for key, code in _CODES.items()}, "\n": "enter"}
_QUOTE: Final = "\x80"
_KEY: Final = re.compile(f"{_QUOTE}([^{_QUOTE}]+){_QUOTE}|(.)", re.DOTALL)


def text_of(keys: Iterable[str]) -> str:
    """Return keys as a register has them."""
    return "".join(_CODES.get(key) or (key if len(key) == 1 else f"{_QUOTE}{key}{_QUOTE}") for key in keys)


def keys_of(register: Register) -> tuple[str, ...]:
    """Return the keys that a register stands for; the end of a whole line is none, for Enter would run the cell."""
    return tuple(name or _NAMES.get(character, character) for name, character in _KEY.findall(register.text))


def recorded(vi: Vi, key: str) -> Vi:
    """Record a key, if keys are recorded."""
    return replace(vi, recorded=(*vi.recorded, key)) if vi.recording else vi


def begin(scene: Scene) -> Scene:
    """Record all keys from now on."""
    name = scene.command.argument
    if not (name.isascii() and name.isalnum()) and name != '"':
        return scene.saying(f"a macro is recorded into a register from a to z, and not {name}")
    return replace(scene, vi=replace(scene.vi, recording=name, recorded=()))


def end(scene: Scene) -> Scene:
    """Keep what was recorded, without the key that ends it."""
    vi = scene.vi
    scene = replace(scene, vi=replace(vi, recording="", recorded=()))
    return registers.recorded(scene, vi.recording, text_of(vi.recorded[:-1]))


def play(scene: Scene) -> Scene:
    """Have the keys of a register pressed, as often as the count says; @ is the one that was pressed last."""
    vi, name = scene.vi, scene.command.argument
    name = vi.played if name == "@" else name
    value = registers.register(vi, name) if name else None
    if value is None:
        return replace(scene.saying(f"there is no macro {name}" if name else "no macro was run yet"), failed=True)
    keys = keys_of(value)
    times = min(scene.command.times, MOST // max(len(keys), 1) + 1)
    return replace(scene, vi=replace(vi, played=name, playing=(*keys * times, *(vi.playing or ()))))
