"""The registers: where deleted and yanked text goes, and what is put back."""

from dataclasses import replace
from typing import Final

from curses_client.vi.values import Register, Scene, Vi, Yank

CLIPBOARD: Final = "+"
_NUMBERED: Final = "123456789"
NAMES: Final = frozenset('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"-+*_')


def register(vi: Vi, name: str) -> Register | None:
    """Return what a register has; without a name, what was deleted or yanked last."""
    return vi.registers.get(_plain(name) or '"')


def _plain(name: str) -> str:
    return CLIPBOARD if name == "*" else name.lower()


def yanked(scene: Scene, text: str, linewise: bool, *, is_block: bool = False) -> Scene:
    """Keep what was yanked."""
    return _kept(scene, Register(text, linewise, is_block), "0")


def recorded(scene: Scene, name: str, text: str) -> Scene:
    """Keep the keys of a macro, which are not what was yanked last."""
    value, found = Register(text), dict(scene.vi.registers)
    found[name.lower()] = _appended(found.get(name.lower()), value) if name.isupper() else value
    return replace(scene, vi=replace(scene.vi, registers=found))


def deleted(scene: Scene, text: str, linewise: bool, *, is_block: bool = False) -> Scene:
    """Keep what was deleted: lines in the numbered registers, less in the one for that."""
    value = Register(text, linewise, is_block)
    if "\n" not in text and not linewise:
        return _kept(scene, value, "-")
    if scene.command.register:
        return _kept(scene, value, "")
    registers = dict(scene.vi.registers)
    for older, newer in zip(_NUMBERED[:0:-1], _NUMBERED[-2::-1], strict=True):
        if newer in registers:
            registers[older] = registers[newer]
    return _kept(replace(scene, vi=replace(scene.vi, registers=registers)), value, "1")


def _kept(scene: Scene, value: Register, place: str) -> Scene:
    """Keep a text in the register that was named, else in the one for what was done; and as the last one."""
    name = scene.command.register
    if name == "_":
        return scene
    registers = dict(scene.vi.registers)
    if name.isupper():
        value = _appended(registers.get(name.lower()), value)
    registers['"'] = value
    if name not in ("", '"') or place:
        registers[_plain(name).replace('"', "") or place] = value
    vi = replace(scene.vi, registers=registers)
    asked = (Yank(value.text + "\n" * value.linewise),) if _plain(name) == CLIPBOARD else ()
    return replace(scene, vi=vi, asked=(*scene.asked, *asked))


def _appended(old: Register | None, new: Register) -> Register:
    if old is None:
        return new
    linewise, is_block = old.linewise or new.linewise, old.is_block and new.is_block
    return Register(old.text + "\n" * (linewise or is_block) + new.text, linewise, is_block)
