"""Somebody who types: keys in vi's notation go to the machine, and what it leaves to the client is done plainly."""

import re
from dataclasses import replace
from typing import Final

from curses_client.vi import macros, places
from curses_client.vi.lines import carried_out
from curses_client.vi.machine import given, press
from curses_client.vi.values import Asked, Register, Scene, Type, Vi

_KEY: Final = re.compile(r"<[A-Za-z-]+>|.", re.DOTALL)
_NAMES: Final = {"<Esc>": "esc", "<CR>": "enter", "<BS>": "backspace", "<lt>": "<", "<Tab>": "tab"}


def keys_of(text: str) -> list[str]:
    """Return keys in vim's notation as urwid names them."""
    return [
        _NAMES.get(key) or (f"ctrl {key[3].lower()}" if key.startswith("<C-") else key) for key in _KEY.findall(text)
    ]


class Typist:
    """A text in the normal mode; a bar in it is the cursor."""

    def __init__(self, marked: str) -> None:
        text, at = marked.replace("|", "", 1), max(marked.find("|"), 0)
        self.scene = Scene(Vi(mode="normal"), text, at)
        self.asked: list[Asked] = []
        # the line that is typed for : / ?
        self._line: str | None = None
        self._sign = ""

    def type(self, keys: str) -> "Typist":
        """Type keys."""
        for key in keys_of(keys):
            self.press(key)
        return self

    def press(self, key: str) -> None:
        """Press one key, named as urwid names it, and those of the macro that it runs."""
        self.scene = replace(self.scene, vi=macros.recorded(self.scene.vi, key), failed=False)
        self._press(key)
        while self.scene.vi.playing and not self.scene.failed:
            first, *rest = self.scene.vi.playing
            self.scene = replace(self.scene, vi=replace(self.scene.vi, playing=tuple(rest)), failed=False)
            self._press(first)
        self.scene = replace(self.scene, vi=replace(self.scene.vi, playing=None))

    def _press(self, key: str) -> None:
        if self._line is not None:
            return self._type_line(key)
        scene = press(self.scene, key)
        if scene is None:
            self._plainly(key)
            return None
        self.asked += scene.asked
        for asked in scene.asked:
            if isinstance(asked, Type):
                self._line, self._sign = asked.text, asked.sign
        self.scene = replace(scene, asked=())
        return None

    def _type_line(self, key: str) -> None:
        assert self._line is not None
        if key == "esc":
            self._line = None
        elif key == "enter":
            line, self._line = self._line, None
            scene = carried_out(self.scene, line) if self._sign == ":" else given(self.scene, line)
            self.asked += scene.asked
            self.scene = replace(scene, asked=())
        else:
            self._line += key

    def _plainly(self, key: str) -> None:
        """Do what the client does with a key in an insertion."""
        scene = self.scene
        if scene.vi.mode != "insert":
            return
        text, at = scene.text, scene.at
        if key == "backspace":
            self.scene = replace(scene, text=text[: max(at - 1, 0)] + text[at:], at=max(at - 1, 0))
        else:
            put = "\n" + places.indentation(text, at) if key == "enter" else key
            self.scene = replace(scene, text=text[:at] + put + text[at:], at=at + len(put))

    @property
    def marked(self) -> str:
        """The text with a bar before the cursor."""
        return f"{self.scene.text[: self.scene.at]}|{self.scene.text[self.scene.at :]}"

    def register(self, name: str = '"') -> Register | None:
        """What a register has."""
        return self.scene.vi.registers.get(name)
