"""The terminal through urwid's raw screen: what is drawn how, which of what it says are keys, and how it is left.

Names that urwid does not publish are used here only.
"""

import math
import os
import select
import termios
import time
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final

from urwid.canvas import Canvas
from urwid.display.common import AttrSpec
from urwid.display.raw import Screen as RawScreen
from urwid.event_loop.abstract_loop import EventLoop

from curses_client import ground
from curses_client.capabilities import depth_of
from curses_client.cells import Linked, Pen, Row
from curses_client.cursor_shape import Shape
from curses_client.drawing import Frame, draw, printable, uri_of
from curses_client.in_flight import ANSWER, QUESTION, InFlight
from curses_client.loop import Loop
from curses_client.output_line import OutputLine
from curses_client.pastes import PASTE_BEGINS, PastedText, Pastes
from curses_client.terminal import can_be_asked, has_shapes, raw_mode

# names that urwid does not publish and that its drawing can be replaced with; without them urwid draws
_USED: Final = ("_attrspec_to_escape", "_resized")
# where `resolve_attr` finds what a name stands for, by the number of colours
_COLUMN_OF_PALETTE: Final = {16: 0, 1: 1, 88: 2, 256: 3, 1 << 24: 4}
# attributes of which it is remembered how they are drawn
_PENS: Final = 4096
# DECSCUSR: a block, a bar or a line that does not blink, and the terminal's own
_SHAPES: Final[dict[Shape, int]] = {"block": 2, "bar": 6, "underline": 4, "": 0}
# seconds after which an escape character that nothing follows is the key Esc, where that key is pressed all the time.
# A terminal sends what a key makes at once, and ssh in one packet: on a line that tears it apart nevertheless, the rest
# of the key is taken for text, which is why it is longer elsewhere (as urwid has it).
_ESC_SECONDS: Final = 0.04
_ESC_SECONDS_ELSEWHERE: Final = 0.125
# what is too wide, because the terminal takes characters to be wider than we do, does not run into the next row
_NO_WRAP, _WRAP = "\x1b[?7l", "\x1b[?7h"
_ANSWER: Final = b"\x1b[0n"
# of the attributes of a terminal (DEC STD 070: DA1, behind what kind it is), that it shows sixels
_SIXELS: Final = 4
# how urwid calls what a terminal says by itself
_SAID: Final = (ANSWER, "focus in", "focus out")
# seconds for which answers of the terminal are waited for at the end, so that the shell does not get them
_LAST_ANSWERS: Final = 0.3
# seconds after which what may be the beginning of an answer was typed
_PATIENCE: Final = 1.0

_Content = list[tuple[Any, Any, bytes]]


class Descriptor:
    """A descriptor as the file that urwid reads from."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._descriptor


class Screen(RawScreen):
    """urwid's screen on descriptors of its own."""

    def __init__(self, reading: int, writing: int, original: list[Any], *, is_asked: bool = False) -> None:
        """Use these descriptors of the terminal; `original` is its mode (termios) that `stop` restores.

        Its background may have been asked for already.
        """
        self.output = OutputLine(writing)
        # whether the terminal has the focus; None as long as it has not said so
        self.has_focus: bool | None = None
        # whether it says that it shows sixels: urwid asks for its attributes when it starts
        self.has_sixels = False
        self.ground = ground.Ground()
        self._is_asked = is_asked
        # what gives up an answer that goes on no further
        self._giving_up: Any = None
        self._original = original
        # what each attribute of a canvas is drawn with
        self._pens: dict[Hashable, Pen] = {}
        self._content: list[_Content] = []
        self._frame = Frame((), 0, None)
        self._in_flight = InFlight()
        # whether a key was pressed since the last frame
        self._typed = True
        super().__init__(
            input=Descriptor(reading),
            output=self.output,
            bracketed_paste_mode=True,
            focus_reporting=True,
            extended_keys=True,
        )
        # the colours of fbterm are no SGR
        self._draws = self.term != "fbterm" and all(hasattr(self, name) for name in _USED)
        self._reading = reading
        self._is_starting = False
        self._pastes = Pastes()
        self._shape: Shape = ""

    def use(self, loop: Loop) -> None:
        """Have a loop send what the terminal does not take at once, and draw no more than it can take."""
        self.output.use(loop)
        loop.hold_frames(self._held_until)

    def _held_until(self) -> float:
        return self._in_flight.held_until(typed=self._typed) if self.output.is_clear else math.inf

    def use_colors(self, environ: Mapping[str, str]) -> int:
        """Draw with as many colours as the terminal has; return their number, 8 where bright ones are bold."""
        colors = depth_of(environ, self.colors, bright_is_bold=self.fg_bright_is_bold)
        self.set_terminal_properties(colors=16 if colors == 8 else colors, bright_is_bold=False)
        return colors

    # ---- what the terminal can do beside showing frames ------------------------------------------------------

    def copy(self, text: str) -> bool:
        """Put text on the clipboard; return whether it was little enough.  Not every terminal does it."""
        # what is rarely needed is not loaded before the first frame
        from curses_client.osc import copying

        request = copying(text, os.environ)
        if request is not None:
            self._send(request)
        return request is not None

    def decide_on_esc(self, *, soon: bool) -> None:
        """Take a lone Esc for the key sooner for who presses it all the time, or later again."""
        self.complete_wait = _ESC_SECONDS if soon else _ESC_SECONDS_ELSEWHERE

    def shape_cursor(self, shape: Shape) -> None:
        """Give the cursor a shape, where the terminal is known to have several."""
        if shape != self._shape and self.started and has_shapes(os.environ.get("TERM", "")):
            self._shape = shape
            self._send(b"\x1b[%d q" % _SHAPES[shape])

    def ring(self) -> None:
        """Ring the bell."""
        self._send(b"\a")

    def notify(self, title: str, body: str) -> None:
        """Show a notification outside of the window.  Not every terminal does it."""
        from curses_client.osc import notification

        self._send(notification(title, body, os.environ))

    def give(self, data: bytes) -> None:
        """Give the terminal something beside the frames, such as the picture that placeholders in them stand for."""
        self._send(data)

    def _send(self, data: bytes, *, typed: bool = True) -> None:
        asks = self._in_flight.sent(len(data), typed=typed)
        self.output.send(data + QUESTION if asks else data)

    # ---- start and stop --------------------------------------------------------------------------------------

    def _start(self, *args: Any, **kwargs: Any) -> None:
        # urwid would discard what was typed already when it sets the terminal's mode, so it is set here
        termios.tcsetattr(self._reading, termios.TCSANOW, raw_mode(self._original))
        self._signal_keys_set = True
        self._pastes = Pastes()
        self._typed = True
        self.has_focus = None
        self._is_starting = True
        try:
            super()._start(*args, **kwargs)
        finally:
            self._is_starting = False
        if self._draws:
            self.write(_NO_WRAP)
        if can_be_asked(os.environ):
            # urwid's question for the device attributes follows, at the first start
            question = self.ground.ask().decode()
            self.write(ground.FOLLOW + ("" if self._is_asked else question))
            self._is_asked = False
        self._detect_terminal_modes()

    def _input_fileno(self) -> int | None:
        return None if self._is_starting else super()._input_fileno()

    def _stop(self) -> None:
        try:
            if self._draws:
                self.write(_WRAP)
            if self._shape:
                self._shape = ""
                self.write(f"\x1b[{_SHAPES['']} q")
            if can_be_asked(os.environ):
                self.write(ground.LEAVE)
            super()._stop()
            self.output.drain()
            self._await_answers()
            # answers of the terminal that come late are not for the shell
            termios.tcsetattr(self._reading, termios.TCSAFLUSH, self._original)
        except (OSError, termios.error):
            # the terminal is gone (a hang-up): there is nothing to restore
            pass

    def _await_answers(self) -> None:
        """Let the answers come that are under way, for a moment; what is typed meanwhile is discarded in any case."""
        poll = select.poll()
        poll.register(self._reading, select.POLLIN)
        end = time.monotonic() + _LAST_ANSWERS
        read = b""
        while self._in_flight.is_answer_due and poll.poll(max(end - time.monotonic(), 0) * 1000):
            if not (data := os.read(self._reading, 1 << 12)):
                break
            *answers, read = (read + data).split(_ANSWER)
            for _ in answers:
                self._in_flight.answered()
        self._in_flight.forget()

    # ---- frames ----------------------------------------------------------------------------------------------

    def draw_screen(self, size: tuple[int, int], canvas: Canvas) -> None:
        """Send what makes the terminal show a canvas; raises RuntimeError where the screen is not started."""
        if not self._draws:
            super().draw_screen(size, canvas)
            return
        if not self.started:
            raise RuntimeError("the screen is not started")
        if self._resized:
            return
        content = list(canvas.content())
        frame = Frame(self._rows(content), size[0], canvas.cursor)
        # urwid forgets its own buffer when everything has to be drawn again
        shown = self._frame if self.screen_buf is not None else None
        data = draw(shown, frame, at_once=bool(self.modes.synchronized_output))
        self.screen_buf = self._content = content
        self._frame = frame
        typed, self._typed = self._typed, False
        if data:
            self._send(data, typed=typed)

    def _rows(self, content: list[_Content]) -> list[Row]:
        """Return the rows of a canvas with what they are drawn with."""
        rows: list[Row] = []
        old = self._content if self._pens else []
        for y, line in enumerate(content):
            if y < len(old) and old[y] == line:
                rows.append(self._frame.rows[y])
                continue
            rows.append(tuple((self._pen(attr), printable(run.decode("utf-8", "replace"))) for attr, _, run in line))
        return rows

    def _pen(self, attr: Hashable) -> Pen:
        return self._pens.get(attr) or self._new_pen(attr)

    def _new_pen(self, attr: Hashable) -> Pen:
        if len(self._pens) >= _PENS:
            self._pens.clear()
        spec = self.resolve_attr(attr, _COLUMN_OF_PALETTE[self.colors])
        link = uri_of(attr.uri) if isinstance(attr, Linked) else ""
        # `CSI 0 ; foreground ; settings ; background m`, where the default colours say nothing after the 0
        sgr = self._attrspec_to_escape(spec).removeprefix("\x1b[0;").removesuffix("m")
        has_background = spec.background_basic or spec.background_high or spec.background_true
        if not has_background:
            sgr = sgr.removesuffix("49").removesuffix(";")
        if not (spec.foreground_basic or spec.foreground_high or spec.foreground_true):
            sgr = sgr.removeprefix("39").removeprefix(";")
        is_seen = has_background or spec.standout or spec.underline or spec.strikethrough or bool(link)
        pen = self._pens[attr] = Pen(sgr, link, not is_seen)
        return pen

    def resolve_attr(self, attr: Hashable, index: int) -> AttrSpec:
        """Return what urwid draws an attribute with."""
        return super().resolve_attr(attr.attr if isinstance(attr, Linked) else attr, index)

    def register_palette_entry(self, *args: Any, **kwargs: Any) -> None:
        """Take in what a name in the palette stands for."""
        self._pens.clear()
        super().register_palette_entry(*args, **kwargs)

    def set_terminal_properties(self, *args: Any, **kwargs: Any) -> None:
        """Take in what the terminal can do."""
        self._pens.clear()
        super().set_terminal_properties(*args, **kwargs)

    # ---- keys ------------------------------------------------------------------------------------------------

    def parse_input(
        self,
        event_loop: EventLoop | None,
        callback: Callable[[list[Any], list[int]], Any] | None,
        codes: list[int],
        wait_for_more: bool = True,
    ) -> Any:
        """Decode keys and keep back what is none: answers and the focus.

        With a callback, return whether there was something for it.
        """
        codes = self._without_ground(event_loop, callback, codes)
        return self._parsed(event_loop, callback, codes, wait_for_more)

    def _parsed(
        self,
        event_loop: EventLoop | None,
        callback: Callable[[list[Any], list[int]], Any] | None,
        codes: list[int],
        wait_for_more: bool,
    ) -> Any:
        if callback is None:
            keys, raw = self._decode(event_loop, None, codes, wait_for_more)
            return self._keys(keys), raw
        typed = False

        def take(keys: list[Any], raw: list[int]) -> None:
            nonlocal typed
            keys = self._keys(keys)
            typed = typed or bool(keys)
            callback(keys, raw)

        self._decode(event_loop, take, codes, wait_for_more)
        return typed

    def _without_ground(
        self, event_loop: EventLoop | None, callback: Callable[[list[Any], list[int]], Any] | None, codes: list[int]
    ) -> list[int]:
        """Take out what the terminal tells of its background, and keep back what may be the beginning of that."""
        if not (self.ground.is_awaited or self.ground.is_held):
            return codes
        if self._giving_up is not None and event_loop is not None:
            event_loop.remove_alarm(self._giving_up)
        self._giving_up = None
        codes = list(self.ground.take(bytes(code for code in codes if 0 <= code < 256)))
        if self.ground.is_held and event_loop is not None:

            def give_up() -> None:
                self._parsed(event_loop, callback, list(self.ground.release()), False)

            self._giving_up = event_loop.alarm(_PATIENCE, give_up)
        return codes

    def _apply_terminal_reports(self, decoded_codes: list[Any]) -> list[Any]:
        """Take in what the terminal says of itself; urwid takes it out."""
        for code in decoded_codes:
            if isinstance(code, tuple) and code[:1] == ("device attributes",):
                self.has_sixels = self.has_sixels or _SIXELS in code[1][1:]
        kept: list[Any] = super()._apply_terminal_reports(decoded_codes)
        return kept

    def _keys(self, decoded: list[Any]) -> list[Any]:
        """Take in what the terminal says by itself; return the rest."""
        keys = []
        for key in decoded:
            said = key.removeprefix("meta ") if isinstance(key, str) else ""
            if isinstance(key, PastedText) or said not in (*_SAID, *ground.CHANGES):
                keys.append(key)
                continue
            if said != key:
                # Esc, with what the terminal said right behind it
                keys.append("esc")
            if said == ANSWER:
                self._in_flight.answered()
            elif said in ground.CHANGES:
                self._send(self.ground.ask())
            else:
                self.has_focus = said == "focus in"
        self._typed = self._typed or bool(keys)
        return keys

    def _decode(
        self,
        event_loop: EventLoop | None,
        callback: Callable[[list[Any], list[int]], Any] | None,
        codes: list[int],
        wait_for_more: bool,
    ) -> Any:
        """Cut pastes out before urwid decodes the rest key by key, which takes the square of a paste's length."""
        if not self._pastes.is_open and (len(codes) < len(PASTE_BEGINS) or 27 not in codes):
            return super().parse_input(event_loop, callback, codes, wait_for_more)
        data = bytes(code for code in codes if 0 <= code < 256)
        if not self._pastes.is_open and PASTE_BEGINS not in data:
            return super().parse_input(event_loop, callback, codes, wait_for_more)
        keys: list[Any] = []
        *parts, (last, last_is_paste) = self._pastes.parts(data)
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
