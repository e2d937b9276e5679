"""A program in a pty: what it writes with the time of it, and the keys that it is sent."""

import codecs
import errno
import fcntl
import os
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from tests.benchmarks.readings import Failure, TimeLimit
from tests.benchmarks.screen import COLS, CURSOR_QUERY, ROWS, SEQUENCE, UNFINISHED, Screen, answer

_READ: Final = 1 << 16
# bytes that a slow line carries as one
_SLICE: Final = 512
# how far back a sequence that is not finished is looked for, and how much text is kept to be searched
_LOOK_BACK: Final = 1 << 12
_KEPT: Final = 1 << 16
_VISIBLE: Final = re.compile(r"\S")
# seconds between two calls of what is checked during a long wait
_CHECK: Final = 0.25
# seconds without work after which a program has done everything
_QUIET: Final = 0.5


class Terminal:
    """A pseudo-terminal of 120x40 that a program was started in.

    `started` is the moment of its exec, `painted` that of the first character that can be seen, both in seconds of
    `time.perf_counter`, as is `read_at`, that of the last read.  `received` counts the bytes that it wrote; `stream` is
    their text since the last `mark` without escape sequences, or the end of it.  With a `rate` there is a line between,
    which carries so many bytes a second from the program.
    """

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], cwd: str, typed: bytes = b"") -> None:
        """Start a program; `typed` is on the line before it can read anything.  Raises Failure."""
        self.screen = Screen()
        self.received = 0
        self.rate = 0.0
        self.read_at = 0.0
        self.stream = ""
        self.painted: float | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = b""
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLS, 0, 0))
        # it is closed by a successful exec, and tells so
        told, tell = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            _become(command, environ, cwd, slave, tell)
        os.close(slave)
        os.close(tell)
        refused = os.read(told, 1)
        self.started = time.perf_counter()
        if typed:
            os.write(self._master, typed)
        os.close(told)
        self._poll = select.poll()
        self._poll.register(self._master, select.POLLIN)
        if refused:
            self.close()
            raise Failure(f"{command[0]} cannot be started")

    def close(self) -> None:
        """End the program and hang up."""
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(self.pid, 0)
        os.close(self._master)

    @property
    def is_echoing(self) -> bool:
        """Whether the driver of the terminal echoes keys itself, because the program does not take them now."""
        return bool(termios.tcgetattr(self._master)[3] & termios.ECHO)

    # ---- keys ----------------------------------------------------------------------------------------------

    def press(self, keys: str) -> float:
        """Forget the stream so far, then send keys; return when."""
        self.mark()
        data = keys.encode()
        now = time.perf_counter()
        while data:
            data = data[os.write(self._master, data) :]
        return now

    def paste(self, text: str, seconds: float) -> float:
        """Forget the stream so far, then send a bracketed paste, reading meanwhile; return when it began.

        Raises TimeLimit.
        """
        self.mark()
        data = b"\x1b[200~" + text.replace("\n", "\r").encode() + b"\x1b[201~"
        both = select.poll()
        both.register(self._master, select.POLLIN | select.POLLOUT)
        begun = time.perf_counter()
        while data:
            if time.perf_counter() - begun > seconds:
                raise TimeLimit("room for a paste", seconds)
            for _, event in both.poll(_CHECK * 1000):
                if event & ~select.POLLOUT:
                    self.read(0)
                if event & select.POLLOUT:
                    data = data[os.write(self._master, data[:_SLICE]) :]
        return begun

    # ---- output --------------------------------------------------------------------------------------------

    def mark(self) -> None:
        """Begin a new stream."""
        self.stream = ""

    def read(self, seconds: float) -> float | None:
        """Read once, and answer what the program asks; return when it was read, None if nothing came in time."""
        if not self._poll.poll(max(seconds, 0) * 1000):
            return None
        try:
            data = os.read(self._master, _SLICE if self.rate else _READ)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""
        if not data:
            raise Failure("the program ended")
        if self.rate:
            # it is there when the line has carried it
            time.sleep(len(data) / self.rate)
        self.read_at = now = time.perf_counter()
        self.received += len(data)
        self._take(data, now)
        return now

    def _take(self, data: bytes, now: float) -> None:
        data = self._rest + data
        self._rest = b""
        if b"\x1b" in data:
            found = UNFINISHED.search(data, max(len(data) - _LOOK_BACK, 0))
            if found is not None:
                self._rest = data[found.start() :]
                data = data[: found.start()]
            self._answer(data, now)
            plain = SEQUENCE.sub(b"", data)
        else:
            self.screen.write(data, now)
            plain = data
        text = self._decoder.decode(plain)
        if self.painted is None and _VISIBLE.search(text):
            self.painted = now
        if len(self.stream) > _KEPT:
            self.stream = self.stream[-_KEPT // 4 :]
        self.stream += text

    def _answer(self, data: bytes, now: float) -> None:
        """Show what was written, and answer each query in it; where the cursor is depends on what stands before."""
        done = 0
        for found in SEQUENCE.finditer(data):
            reply = answer(found[0])
            if found[0] == CURSOR_QUERY:
                self.screen.write(data[done : found.end()], now)
                done = found.end()
                reply = b"\x1b[%d;%dR" % self.screen.cursor
            if reply is not None:
                os.write(self._master, reply)
        self.screen.write(data[done:], now)

    # ---- waiting -------------------------------------------------------------------------------------------

    def wait(
        self,
        condition: Callable[[], bool],
        seconds: float,
        what: str,
        check: Callable[[], None] | None = None,
    ) -> float:
        """Read until a condition holds; return when that was read.

        Args:
            condition: asked after each read.
            seconds: the deadline.
            what: what is waited for, in the words of a failure.
            check: called from time to time; it may raise.

        Raises:
            TimeLimit: the deadline passed.
            Failure: the program ended.
        """
        now = time.perf_counter()
        end, next_check = now + seconds, now + _CHECK
        while not condition():
            read = self.read(min(end, next_check) - now)
            now = time.perf_counter() if read is None else read
            if now >= end:
                raise TimeLimit(what, seconds, self.screen.text)
            if now >= next_check:
                next_check = now + _CHECK
                if check is not None:
                    check()
        return now

    def wait_stream(self, pattern: str, seconds: float, what: str, check: Callable[[], None] | None = None) -> float:
        """Wait until the text written since the last mark matches."""
        search = re.compile(pattern).search
        return self.wait(lambda: search(self.stream) is not None, seconds, what, check)

    def wait_shown(
        self, written: str, shown: str, seconds: float, what: str, check: Callable[[], None] | None = None
    ) -> float:
        """Wait until the text written since the last mark matches one pattern, or the screen the other one.

        A program may write only the columns that differ from what stood there, so that what can be seen was never
        written as a whole.  To look at the screen after each read would take longer than what is measured, so it is
        looked at when nothing more comes.  Return when the last of it was read.
        """
        in_stream, in_screen = re.compile(written).search, re.compile(shown, re.MULTILINE).search
        seen = -1

        def is_there() -> bool:
            nonlocal seen
            if in_stream(self.stream) is not None:
                return True
            is_quiet, seen = self.received == seen, self.received
            return is_quiet and in_screen(self.screen.text) is not None

        self.wait(is_there, seconds, what, check)
        return self.read_at

    def settle(self, seconds: float, quiet: float = 0.1) -> float:
        """Read until nothing has come for a while; return when the last of it was read.  Raises TimeLimit."""
        begun = time.perf_counter()
        while self.read(quiet) is not None:
            if time.perf_counter() - begun > seconds:
                raise TimeLimit("end of what is drawn", seconds, self.screen.text)
        return self.read_at

    def wait_screen(self, pattern: str, seconds: float, what: str) -> float:
        """Wait until the screen matches; slower, and unlike the stream it knows what was overwritten."""
        search = re.compile(pattern, re.MULTILINE).search
        return self.wait(lambda: search(self.screen.text) is not None, seconds, what)

    def wait_idle(self, seconds: float) -> float:
        """Read until the program computes no more; return since when."""
        since, before = time.perf_counter(), self._ticks()
        end = since + seconds
        while time.perf_counter() - since < _QUIET and time.perf_counter() < end:
            self.go_on(_QUIET / 10)
            now = self._ticks()
            if now > before + 1:
                since, before = time.perf_counter(), now
        return since

    def _ticks(self) -> int:
        """Return the processor time that the program has used (proc_pid_stat(5): utime and stime)."""
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def go_on(self, seconds: float) -> None:
        """Read what comes for a while, as somebody does who looks on."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.read(left)


def _become(command: Sequence[str], environ: Mapping[str, str], cwd: str, slave: int, tell: int) -> None:
    try:
        os.login_tty(slave)
        # Python ignores it, and a program would inherit that
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.chdir(cwd)
        os.execvpe(command[0], list(command), environ)
    finally:
        os.write(tell, b"!")
        os._exit(127)
