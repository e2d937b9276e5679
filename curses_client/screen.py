"""The terminal through urwid's raw screen: a paste is one key, what was typed early is kept, a hang-up is survived.

Names that urwid does not publish are used here only.
"""

import os
import termios
from collections.abc import Callable
from typing import Any, Final

from urwid.display.raw import Screen as RawScreen
from urwid.event_loop.abstract_loop import EventLoop

from curses_client.terminal import raw_mode

PASTE_BEGINS: Final = b"\x1b[200~"
PASTE_ENDS: Final = b"\x1b[201~"
# a paste that is larger is taken as it comes, so that a lost end cannot swallow all keys for good
PASTE_LIMIT: Final = 64 << 20


class PastedText(str):
    """A key that is a whole paste."""

    __slots__ = ()


class Descriptor:
    """A descriptor as the file that urwid wants: writes whole texts, also when the terminal takes them slowly."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._descriptor

    def write(self, text: str) -> int:
        """Write text; a terminal that is gone (EIO after a hang-up) takes everything."""
        data = text.encode("utf-8", "replace")
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:
                os.set_blocking(self._descriptor, True)
            except OSError:
                return len(text)
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""


class Screen(RawScreen):
    """urwid's screen on descriptors of its own."""

    def __init__(self, reading: int, writing: int, original: list[Any]) -> None:
        """Use these descriptors of the terminal; `original` is its mode (termios) that `stop` restores."""
        self.output = Descriptor(writing)
        self._original = original
        super().__init__(
            input=Descriptor(reading),
            output=self.output,
            bracketed_paste_mode=True,
            focus_reporting=False,
            extended_keys=True,
        )
        self._reading = reading
        self._is_starting = False
        self._paste: bytearray | None = None

    def _start(self, *args: Any, **kwargs: Any) -> None:
        # urwid would discard what was typed already when it sets the terminal's mode, so it is set here
        termios.tcsetattr(self._reading, termios.TCSANOW, raw_mode(self._original))
        self._signal_keys_set = True
        self._paste = None
        self._is_starting = True
        try:
            super()._start(*args, **kwargs)
        finally:
            self._is_starting = False
        self._detect_terminal_modes()

    def _input_fileno(self) -> int | None:
        return None if self._is_starting else super()._input_fileno()

    def _stop(self) -> None:
        try:
            super()._stop()
            # answers of the terminal that come late are not for the shell
            termios.tcsetattr(self._reading, termios.TCSAFLUSH, self._original)
        except (OSError, termios.error):
            # the terminal is gone (a hang-up): there is nothing to restore
            pass

    def parse_input(
        self,
        event_loop: EventLoop | None,
        callback: Callable[[list[Any], list[int]], Any] | None,
        codes: list[int],
        wait_for_more: bool = True,
    ) -> Any:
        """Cut pastes out before urwid decodes the rest key by key, which takes the square of a paste's length."""
        if self._paste is None and (len(codes) < len(PASTE_BEGINS) or 27 not in codes):
            return super().parse_input(event_loop, callback, codes, wait_for_more)
        data = bytes(code for code in codes if 0 <= code < 256)
        if self._paste is None and PASTE_BEGINS not in data:
            return super().parse_input(event_loop, callback, codes, wait_for_more)
        keys: list[Any] = []
        *parts, (last, last_is_paste) = self._parts(data)
        for part, is_paste in parts:
            if is_paste:
                keys.append(PastedText(part.decode("utf-8", "replace")))
            else:
                # nothing follows it that could belong to it
                keys += super().parse_input(None, None, list(part), False)[0]
        if last_is_paste:
            keys.append(PastedText(last.decode("utf-8", "replace")))
            last = b""
        if callback is None:
            return [*keys, *super().parse_input(None, None, list(last), wait_for_more)[0]], codes
        callback(keys, codes)
        # an escape sequence that breaks off at the end waits for its rest
        return super().parse_input(event_loop, callback, list(last), wait_for_more)

    def _parts(self, data: bytes) -> list[tuple[bytes, bool]]:
        """Cut input into (bytes, whether they are a whole paste); there is at least one part."""
        parts: list[tuple[bytes, bool]] = []
        while data:
            if self._paste is None:
                before, begins, data = data.partition(PASTE_BEGINS)
                parts.append((before, False))
                if begins:
                    self._paste = bytearray()
                continue
            # the end may lie across two reads
            seen = max(len(self._paste) - len(PASTE_ENDS), 0)
            self._paste += data
            end = self._paste.find(PASTE_ENDS, seen)
            if end < 0:
                if len(self._paste) > PASTE_LIMIT:
                    parts.append((bytes(self._paste), True))
                    self._paste = None
                break
            parts.append((bytes(self._paste[:end]), True))
            data = bytes(self._paste[end + len(PASTE_ENDS) :])
            self._paste = None
        return parts or [(b"", False)]
