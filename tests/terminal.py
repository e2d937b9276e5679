"""The real program in a terminal: a pty with an emulator behind it that answers and keeps account of modes."""

import fcntl
import os
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

import pyte

from tests.home import DEADLINE, Home

ENTER = "\r"
ALT_ENTER, ALT_HOME = "\x1b\r", "\x1b[1;3H"
TAB = "\t"
ESC = "\x1b"
UP, DOWN = "\x1b[A", "\x1b[B"
PAGE_UP, PAGE_DOWN = "\x1b[5~", "\x1b[6~"
F1, F2, F8, F9, F10 = "\x1bOP", "\x1bOQ", "\x1b[19~", "\x1b[20~", "\x1b[21~"
CTRL_C, CTRL_D, CTRL_L, CTRL_U = "\x03", "\x04", "\x0c", "\x15"
WHEEL_UP, WHEEL_DOWN = "\x1b[<64;5;3M", "\x1b[<65;5;3M"

# what a terminal has, and what it has it set to when a program starts
INITIAL_MODES = {"25": True}

_SEQUENCE = re.compile(rb"\x1b\[(?P<private>[<=>?]?)(?P<params>[0-9;:]*)(?P<between>[ -/]*)(?P<final>[@-~])")
_BACKGROUND = b"\x1b]11;?\x1b\\"
# what may turn out to be the beginning of a sequence when more is read
_UNFINISHED = re.compile(rb"\x1b(?:\[[<=>?]?[0-9;:]*[ -/]*)?\Z")


class Modes:
    """What a program has turned on in a terminal, read from the bytes that it wrote."""

    def __init__(self) -> None:
        self.private = dict(INITIAL_MODES)
        self.keyboard_flags = 0
        self.other_keys = 0
        self.has_colours = False
        self.region = ""

    def take(self, match: re.Match[bytes]) -> None:
        """Take one control sequence in."""
        private, params, final = (match[name].decode() for name in ("private", "params", "final"))
        if match["between"]:
            return
        if private == "?" and final in "hl":
            for number in params.split(";"):
                self.private[number] = final == "h"
        elif final == "u" and private == ">":
            self.keyboard_flags += 1
        elif final == "u" and private == "<":
            self.keyboard_flags = max(self.keyboard_flags - int(params or 1), 0)
        elif final == "m" and private == ">":
            self.other_keys = int(params.partition(";")[2] or 0)
        elif final == "m" and not private:
            self.has_colours = any(number.strip("0") not in ("", "39", "49") for number in params.split(";"))
        elif final == "r" and not private:
            self.region = params

    @property
    def left_on(self) -> list[str]:
        """Return what is not as a program found it."""
        found = [
            f"mode {number} is {'on' if is_on else 'off'}"
            for number, is_on in self.private.items()
            if is_on != INITIAL_MODES.get(number, False)
            # auto-wrap is on at the start, and blinking of the cursor is a matter of taste
            and not (number == "7" and is_on)
        ]
        if self.keyboard_flags:
            found.append("the keyboard protocol is on")
        if self.other_keys:
            found.append("modifyOtherKeys is on")
        if self.has_colours:
            found.append("a colour is set")
        return found


class Terminal:
    """A program in a pty, and what its screen shows."""

    def __init__(
        self,
        home: Home,
        *arguments: str,
        cols: int = 80,
        rows: int = 24,
        environ: dict[str, str] | None = None,
        command: Sequence[str] = ("-m", "curses_client"),
        typed: str = "",
        background: str = "",
    ) -> None:
        """Start `cshell` with arguments; `typed` waits in the terminal before it reads anything.

        Asked for its background (rrrr/gggg/bbbb), the terminal tells it if it has one.
        """
        self.background = background
        self.raw = bytearray()
        self.modes = Modes()
        self.cols, self.rows = cols, rows
        self._main, self._alternate = pyte.Screen(cols, rows), pyte.Screen(cols, rows)
        self._shown = self._main
        self._stream = pyte.ByteStream(self._main)
        self._rest = b""
        self._status: int | None = None
        self.master, self.slave = os.openpty()
        self._set_size(cols, rows)
        self.original = termios.tcgetattr(self.slave)
        if typed:
            self.type(typed)
        argv = [sys.executable, *command, *arguments]
        whole = {**home.environ, **(environ or {})}
        self.pid = os.fork()
        if not self.pid:
            self._become(argv, whole, str(home.work))

    def _become(self, argv: list[str], environ: dict[str, str], cwd: str) -> None:
        try:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for descriptor in (0, 1, 2):
                os.dup2(self.slave, descriptor)
            os.closerange(3, 256)
            os.chdir(cwd)
            os.execve(argv[0], argv, environ)
        finally:
            os._exit(127)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the program if it still runs, and the terminal with it."""
        if self._status is None:
            os.kill(self.pid, signal.SIGKILL)
            _, status = os.waitpid(self.pid, 0)
            self._status = os.waitstatus_to_exitcode(status)
        for descriptor in (self.master, self.slave):
            if descriptor >= 0:
                os.close(descriptor)
        self.master = self.slave = -1

    # ---- what the user does --------------------------------------------------------------------------------

    def type(self, text: str) -> None:
        """Press keys."""
        data = text.encode()
        while data:
            data = data[os.write(self.master, data) :]

    def run(self, source: str) -> None:
        """Type one line and press Enter."""
        self.type(source + ENTER)

    def paste(self, text: str) -> None:
        """Paste as a terminal with bracketed paste does."""
        self.type(f"\x1b[200~{text}\x1b[201~")

    def resize(self, cols: int, rows: int) -> None:
        """Change the size of the window; what it shows then is anybody's guess, here nothing."""
        self.cols, self.rows = cols, rows
        for screen in (self._main, self._alternate):
            screen.resize(rows, cols)
            screen.erase_in_display(2)
        self._set_size(cols, rows)

    def _set_size(self, cols: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def waiting(self) -> bytes:
        """Return what a program that reads after this one would get."""
        mode = termios.tcgetattr(self.slave)
        mode[3] &= ~termios.ICANON
        termios.tcsetattr(self.slave, termios.TCSANOW, mode)
        ready, _, _ = select.select([self.slave], [], [], 0)
        return os.read(self.slave, 1 << 12) if ready else b""

    def hang_up(self) -> None:
        """Cut the line: the terminal is gone from now on."""
        os.close(self.master)
        self.master = -1

    def kill(self, signum: int) -> None:
        """Send the program a signal from outside."""
        os.kill(self.pid, signum)

    # ---- what the user sees --------------------------------------------------------------------------------

    @property
    def screen(self) -> pyte.Screen:
        """The screen that is shown, character by character."""
        return self._shown

    @property
    def lines(self) -> list[str]:
        """The rows of the screen without blanks at their ends."""
        return [line.rstrip() for line in self._shown.display]

    @property
    def text(self) -> str:
        """The whole screen."""
        return "\n".join(self.lines)

    @property
    def status_line(self) -> str:
        """The last row."""
        return self.lines[-1]

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and row of the cursor."""
        return self._shown.cursor.x, self._shown.cursor.y

    # ---- waiting -------------------------------------------------------------------------------------------

    def wait(self, condition: Callable[[], Any], what: str, seconds: float = DEADLINE) -> None:
        """Read the terminal until the condition holds; fail after a deadline."""
        end = time.monotonic() + seconds
        while not condition():
            left = end - time.monotonic()
            if left <= 0 or not self._pump(min(left, 0.2)):
                if condition():
                    return
                raise AssertionError(f"waited in vain for {what}; the screen was:\n{self.text}")

    def look(self, seconds: float = 0.01) -> None:
        """Read what has come."""
        self._pump(seconds)

    def see(self, *texts: str, seconds: float = DEADLINE) -> None:
        """Wait until all of these are on the screen."""
        self.wait(lambda: all(text in self.text for text in texts), repr(texts), seconds)

    def see_line(self, line: str) -> None:
        """Wait until a row of the screen, without the blanks around it, is this."""
        self.wait(lambda: any(row.strip() == line for row in self.lines), repr(line))

    def see_no(self, text: str) -> None:
        """Wait until this is off the screen."""
        self.wait(lambda: text not in self.text, f"no {text!r}")

    def ready(self) -> None:
        """Wait until the kernel is."""
        self.wait(lambda: " idle" in self.status_line, "an idle kernel")

    def exit(self, seconds: float = DEADLINE) -> int:
        """Wait for the end of the program; return its status, negative for a signal."""

        def ended() -> bool:
            if self._status is None:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    self._status = os.waitstatus_to_exitcode(status)
            return self._status is not None

        self.wait(ended, "the end of the program", seconds)
        while self.master >= 0 and self._pump(0):
            pass
        assert self._status is not None
        return self._status

    def press_until(self, keys: str, line: str) -> None:
        """Press keys, again and again, until a row of the screen is this."""
        end = time.monotonic() + DEADLINE
        while True:
            self.type(keys)
            try:
                self.wait(lambda: any(row.strip() == line for row in self.lines), repr(line), 0.5)
            except AssertionError:
                if time.monotonic() > end:
                    raise
            else:
                return

    # ---- the emulator --------------------------------------------------------------------------------------

    def _pump(self, seconds: float) -> bool:
        """Read once; return whether it makes sense to go on."""
        if self.master < 0:
            time.sleep(min(seconds, 0.005))
            return True
        # a short wait, since the end of a process is not announced by the descriptor
        ready, _, _ = select.select([self.master], [], [], min(seconds, 0.02))
        if not ready:
            return seconds > 0
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:
            return False
        self._feed(data)
        return True

    def _feed(self, data: bytes) -> None:
        self.raw += data
        for _ in range(data.count(_BACKGROUND) if self.background else 0):
            self._answer(f"\x1b]11;rgb:{self.background}\x1b\\")
        data = self._rest + data
        unfinished = _UNFINISHED.search(data)
        self._rest = unfinished[0] if unfinished else b""
        data = data[: len(data) - len(self._rest)]
        at = 0
        for match in _SEQUENCE.finditer(data):
            self._stream.feed(data[at : match.start()])
            at = match.end()
            self.modes.take(match)
            if not self._handled(match):
                self._stream.feed(match[0])
        self._stream.feed(data[at:])

    def _handled(self, match: re.Match[bytes]) -> bool:
        """Do what the emulator behind us cannot; return whether it was that."""
        private, params, between, final = (match[name].decode() for name in ("private", "params", "between", "final"))
        if final == "c" and not private and params in ("", "0"):
            self._answer("\x1b[?62;22c")
        elif final == "p" and between == "$":
            known = self.modes.private.get(params)
            state = {None: 2 if params in ("1004", "2004", "1000", "1006") else 0, True: 1, False: 2}[known]
            self._answer(f"\x1b[{private}{params};{state}$y")
        elif final == "n" and params == "5":
            self._answer("\x1b[0n")
        elif final == "n" and params == "6":
            x, y = self.cursor
            self._answer(f"\x1b[{y + 1};{x + 1}R")
        elif private == "?" and params == "1049":
            self._switch(self._alternate if final == "h" else self._main)
        elif final in "ST" and not private:
            self._scroll(int(params or 1), up=final == "S")
        else:
            return private in tuple("<=>") or bool(between) or (private == "?" and final not in "hl")
        return True

    def _answer(self, text: str) -> None:
        if self.master >= 0:
            self.type(text)

    def _switch(self, screen: pyte.Screen) -> None:
        if screen is not self._shown:
            screen.reset()
            self._shown = screen
            self._stream = pyte.ByteStream(screen)

    def _scroll(self, count: int, *, up: bool) -> None:
        screen = self._shown
        margins = screen.margins
        top, bottom = (margins.top, margins.bottom) if margins else (0, screen.lines - 1)
        x, y = screen.cursor.x, screen.cursor.y
        for _ in range(count):
            screen.cursor.y = bottom if up else top
            (screen.index if up else screen.reverse_index)()
        screen.cursor.x, screen.cursor.y = x, y
