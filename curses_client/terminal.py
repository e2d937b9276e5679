"""The terminal before urwid and after it: its mode, a first frame, and its restoration whatever happens.

Only modules that Python has loaded anyway are imported: this runs before everything else.
"""

import os
import signal
import sys
import termios
from types import FrameType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_ENTER = "\x1b[?1049h\x1b[2J\x1b[H"
# everything that a client may have turned on, off again: mouse, paste, focus, keyboard protocols, colours,
# the hidden cursor
_LEAVE = (
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?1004l\x1b[?2026l\x1b[?2031l\x1b[?7h"
    "\x1b[<u\x1b[>4m\x1b[0m\x1b[?25h"
)
# terminals that know DECSCUSR; on others it may mean something else, such as the lamps of the Linux console's keyboard
_SHAPED = (
    "xterm",
    "screen",
    "tmux",
    "rxvt",
    "alacritty",
    "foot",
    "kitty",
    "wezterm",
    "ghostty",
    "konsole",
    "gnome",
    "vte",
    "contour",
    "st-",
    "iterm",
    "mintty",
    "mlterm",
)


def has_shapes(term: str) -> bool:
    """Whether the cursor of a terminal of this type can have several shapes."""
    return term.startswith(_SHAPED)


_MAIN_SCREEN = "\x1b[?1049l"
# OSC 11: the terminal tells its background (see `ground`)
GROUND_QUESTION = "\x1b]11;?\x1b\\"
# what terminals are called that would show it as text
_SHOW_IT = ("linux", "dumb", "unknown", "fbterm", "cons", "ansi", "vt")
# seconds for which the answer is waited for, so that the shell does not get it
_ANSWER_SECONDS = 0.3


class TerminalError(Exception):
    """There is no terminal to draw on; the text is one sentence."""


class Terminated(BaseException):
    """A signal asked this process to end."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum

    def finish(self) -> int:
        """End as the signal would have ended the process, now that the terminal is restored."""
        signal.signal(self.signum, signal.SIG_DFL)
        os.kill(os.getpid(), self.signum)
        return 128 + self.signum


class Terminal:
    """The terminal that this process was started on."""

    def __init__(self) -> None:
        """Take it over.  Raises TerminalError."""
        if not (os.isatty(0) and os.isatty(1)):
            raise TerminalError("cshell needs a terminal for its input and output; nothing was started")
        try:
            self.original = termios.tcgetattr(0)
        except termios.error as error:
            raise TerminalError(f"the terminal cannot be used: {error.args[-1]}") from None
        # of our own, so that what libraries print to 1 and 2 can go elsewhere
        self.reading = os.dup(0)
        self.writing = os.dup(1)
        self._entered = False
        # whether its background was asked for, so that the answer is there before the first frame with colours
        self.has_asked = False
        # whether it shows escape sequences as text
        self.only_prints = os.environ.get("TERM", "") in ("", "dumb", "unknown")
        # whether lines are printed, and no screen is drawn
        self.is_flat = self.only_prints or bool(os.environ.get("CSHELL_FLAT"))
        # whether the alternate screen is ours to leave; urwid leaves it when its screen stops
        self.is_ours = True

    def enter(self) -> None:
        """Stop the echo and draw the first frame, once; keys typed from here on wait in the terminal."""
        if self._entered:
            return
        termios.tcsetattr(self.reading, termios.TCSANOW, raw_mode(self.original))
        self._entered = True
        if not self.is_flat:
            self.has_asked = can_be_asked(os.environ)
            self.write(_ENTER + _skeleton(*self.size()) + GROUND_QUESTION * self.has_asked)

    def flatten(self) -> None:
        """Go back to where lines are printed."""
        if self._entered and not self.is_flat:
            self.write(_MAIN_SCREEN)
        self.is_flat = True

    def size(self) -> tuple[int, int]:
        """Return columns and rows."""
        try:
            size = os.get_terminal_size(self.writing)
        except OSError:
            return 80, 24
        return size.columns or 80, size.lines or 24

    def write(self, text: str) -> None:
        """Write to the terminal; one that is gone takes everything."""
        data = text.encode()
        try:
            while data:
                data = data[os.write(self.writing, data) :]
        except OSError:
            pass

    def restore(self) -> None:
        """Give the terminal back as it was."""
        if not self._entered:
            return
        self._entered = False
        if self.is_ours and not self.only_prints:
            shape = "\x1b[0 q" * has_shapes(os.environ.get("TERM", ""))
            self.write((_LEAVE if self.is_flat else _LEAVE + _MAIN_SCREEN) + shape)
            self._discard_answer()
        try:
            termios.tcsetattr(self.reading, termios.TCSADRAIN, self.original)
        except termios.error:
            # it is gone
            pass

    def _discard_answer(self) -> None:
        """Read what the terminal answers to a question that nobody waits for any more."""
        # not needed for the first frame
        import select

        poll = select.poll()
        poll.register(self.reading, select.POLLIN)
        read = b""
        while self.has_asked and b"\x1b]11;" not in read and poll.poll(_ANSWER_SECONDS * 1000):
            if not (data := os.read(self.reading, 1 << 12)):
                return
            read += data


def can_be_asked(environ: "Mapping[str, str]") -> bool:
    """Whether the terminal takes the question for its background for what it is."""
    return not (environ.get("TERM") or "unknown").startswith(_SHOW_IT)


def raw_mode(original: "termios._AttrReturn") -> "termios._AttrReturn":
    """Return a terminal's mode (termios) with every key delivered at once and as it is, Ctrl-C and Ctrl-S too."""
    mode = list(original)
    mode[0] &= ~termios.IXON
    mode[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
    return mode


def _skeleton(cols: int, rows: int) -> str:
    """Return the frame that stands until the real one is ready, the same lines in the same places."""
    lower = 1 if rows >= 16 else 0
    line, sign = ("-", "o") if is_ascii(os.environ) else ("─", "○")
    parts = []
    if rows > 3:
        rule = f"{line * 4} In [1] " if cols >= 20 else ""
        parts.append(f"\x1b[{rows - 2 - lower};1H\x1b[2m{rule}{line * (cols - len(rule))}\x1b[0m")
    if lower:
        parts.append(f"\x1b[{rows - 1};1H\x1b[2m{line * cols}\x1b[0m")
    if rows > 1:
        parts.append(f"\x1b[{rows};1H {sign} starting")
    editor = rows - 1 - lower if rows > 1 else 1
    return "".join(parts) + f"\x1b[{editor};{2 if cols > 20 else 1}H"


def is_ascii(environ: "Mapping[str, str]") -> bool:
    """Whether the locale has another encoding than UTF-8, which only ASCII is sure to be part of.

    Without a locale it is UTF-8, as Python has it (PEP 538 and 540), and as terminals have.
    """
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or "C.UTF-8"
    name, _, encoding = locale.partition("@")[0].partition(".")
    if not encoding:
        return name not in ("C", "POSIX") or bool(environ.get("LC_ALL"))
    return encoding.lower().replace("-", "") != "utf8"


def catch_signals() -> None:
    """Let the signals that end a program run our way out first."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, _terminate)


def _terminate(signum: int, frame: FrameType | None) -> None:
    # the way out must not be interrupted by a second one
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    raise Terminated(signum)


_diverted: list[tuple[int, int]] = []


def divert_prints(path: str) -> None:
    """Send what is printed to descriptors 1 and 2 to a log file from now on, and not to the screen."""
    try:
        log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        log = os.open(os.devnull, os.O_WRONLY)
    sys.stdout.flush()
    sys.stderr.flush()
    for descriptor in (1, 2):
        _diverted.append((descriptor, os.dup(descriptor)))
        os.dup2(log, descriptor)
    os.close(log)


def undivert_prints() -> None:
    """Print to the terminal again."""
    sys.stdout.flush()
    sys.stderr.flush()
    while _diverted:
        descriptor, saved = _diverted.pop()
        os.dup2(saved, descriptor)
        os.close(saved)
