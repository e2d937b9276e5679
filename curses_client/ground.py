"""Whether the terminal's background is light, asked of the terminal; what it answers is kept from the keys.

It is asked with OSC 11, before a question that every terminal answers (device attributes, `CSI c`): once that answer
is there, no other one comes.  An answer may arrive in pieces, and late behind a slow line.

References: xterm's ctlseqs (OSC 11, DA1), the specification of mode 2031 (Contour) for the colour scheme.
"""

from typing import Final

from curses_client.text.later import later

QUESTION: Final = b"\x1b]11;?\x1b\\"
# have the terminal say when its colours change, and let it be
FOLLOW: Final = "\x1b[?2031h"
LEAVE: Final = "\x1b[?2031l"
# what it says then, as urwid calls it
CHANGES: Final = ("<csi ?997;1n>", "<csi ?997;2n>")

# the escape in front may have been taken for the key before the rest came
_ANSWER: Final = later(rb"\x1b?\]11;([^\x07\x1b]{0,40})(?:\x07|\x1b\\)")
_PAYLOAD: Final = rb";[rgba:0-9A-Fa-f/]{0,40}\x1b?"
_UNFINISHED: Final = later(rb"(?:\x1b\](?:1(?:1(?:%b)?)?)?|\]11%b)\Z" % (_PAYLOAD, _PAYLOAD))
_COLOUR: Final = later(rb"rgba?:([0-9A-Fa-f]{1,4})/([0-9A-Fa-f]{1,4})/([0-9A-Fa-f]{1,4})")
_ATTRIBUTES: Final = later(rb"\x1b\[\?[0-9;]*c")
# how much of what is seen each of red, green and blue is (ITU-R BT.601)
_WEIGHTS: Final = (0.299, 0.587, 0.114)


class Ground:
    """What the terminal has told of its background."""

    def __init__(self) -> None:
        self.is_light: bool | None = None
        self.is_awaited = False
        self._was_asked = False
        self._held = b""

    @property
    def is_held(self) -> bool:
        """Whether something is kept back that may be the beginning of an answer."""
        return bool(self._held)

    def ask(self) -> bytes:
        """Return the question, from where on an answer is looked for; nothing if the terminal never answered it."""
        if self._was_asked and self.is_light is None:
            return b""
        self._was_asked = self.is_awaited = True
        return QUESTION

    def take(self, data: bytes) -> bytes:
        """Take out the answer; return what the user has typed, and what answers other questions."""
        data, self._held = self._held + data, b""
        if not self.is_awaited:
            return data
        answer = _ANSWER.search(data)
        if answer is not None:
            self.is_awaited = False
            self.is_light = _is_light(answer[1], self.is_light)
            return data[: answer.start()] + data[answer.end() :]
        if _ATTRIBUTES.search(data):
            self.is_awaited = False
            return data
        unfinished = _UNFINISHED.search(data)
        if unfinished is not None:
            self._held = unfinished[0]
            return data[: unfinished.start()]
        return data

    def release(self) -> bytes:
        """Return what was kept back: it was typed."""
        held, self._held = self._held, b""
        return held


def _is_light(colour: bytes, before: bool | None) -> bool | None:
    found = _COLOUR.match(colour)
    if found is None:
        return before
    parts = [int(part, 16) / int("f" * len(part), 16) for part in found.groups()]
    return sum(weight * part for weight, part in zip(_WEIGHTS, parts, strict=True)) > 0.5
