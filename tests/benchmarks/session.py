"""A program that was started and answers: cells are typed, keys echoed, results awaited."""

import math
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from shutil import copyfile
from string import ascii_uppercase
from subprocess import DEVNULL, TimeoutExpired, run
from typing import Final

from tests.benchmarks import printing
from tests.benchmarks.cells import END, Cell
from tests.benchmarks.home import Home, Process, private_home
from tests.benchmarks.programs import Program
from tests.benchmarks.readings import Failure, NotMeasured
from tests.benchmarks.terminal import Terminal

START_SECONDS: Final = 20.0
CELL_SECONDS: Final = 10.0
ECHO_SECONDS: Final = 5.0
INTERRUPT: Final = "\x03"
# the one key that every program deletes with
BACKSPACE: Final = "\x7f"
# a letter that no program shows around its prompt
PROBE: Final = "Z"
# seconds between an echo and the next key: a fast typist's, and not in step with anybody's frame clock
_PACE: Final = (0.005, 0.03)

# a program that takes more is ended
_MEMORY_LIMIT: Final = 3 << 30

_random = random.Random(1)


class TooLarge(Failure):
    """A process takes so much memory that it has to be ended."""


@dataclass(slots=True)
class Session:
    """A program in a terminal and a home of its own."""

    program: Program
    home: Home
    terminal: Terminal

    # ---- cells ---------------------------------------------------------------------------------------------

    def type_cell(self, code: str) -> None:
        """Type code of one line at an idle prompt, and wait until all of it is there."""
        self.terminal.press(code)
        end = code[-12:]
        self.terminal.wait(lambda: end in self.terminal.screen.text, CELL_SECONDS, "echo of a cell")

    def run(self, code: str) -> float:
        """Type code and run it; return when the key was pressed."""
        self.type_cell(code)
        return self.terminal.press(self.program.run)

    def start(self, cell: Cell, seconds: float = CELL_SECONDS) -> None:
        """Run a cell, and wait until it shows that it runs."""
        cell = cell.marked()
        self.run(cell.code)
        self.terminal.wait_stream(cell.shows, seconds, "output of a running cell")

    def wait_result(self, value: object, seconds: float = CELL_SECONDS) -> float:
        """Wait for the value of an expression; return when it was there."""
        pattern = self.program.result.format(value)
        return self.terminal.wait_shown(pattern, pattern, seconds, f"result {value}")

    def wait_end(self, seconds: float, check: Callable[[], None] | None = None) -> float:
        """Wait until the last line of much output is shown, and nothing runs any more; return when that was read."""
        # the sign that it is idle must come behind the last line
        written, shown = f"{END}(?s:.*){self.program.idle}", f"{END}(?s:.*){self.program.rests}"
        return self.terminal.wait_shown(written, shown, seconds, "last line", check)

    def evaluate(self, expression: str) -> str:
        """Return the value of an expression that is a number, the first one of a session."""
        self.run(expression)
        self.wait_result(r"\d+")
        self.wait_rest()
        found = re.findall(self.program.result.format(r"(\d+)"), self.terminal.screen.text)
        if not found:
            raise Failure(f"no value of {expression}")
        return str(found[-1])

    def wait_rest(self, seconds: float = CELL_SECONDS) -> None:
        """Wait until the screen shows that nothing runs, after what was to be waited for was seen."""
        self.terminal.wait_screen(self.program.rests, seconds, "sign that it is idle")

    def probe(self, seconds: float) -> float:
        """Wait until a prompt that seems to be there takes a key, and clear it again; return when it did."""
        self.terminal.press(PROBE)
        now = self.wait_echo(PROBE, seconds)
        self.terminal.press(BACKSPACE)
        return now

    def interrupt(self, seconds: float = CELL_SECONDS) -> float:
        """Press Ctrl-C; return the seconds until nothing runs any more and the prompt can be used."""
        pressed = self.terminal.press(INTERRUPT)
        self.terminal.wait_shown(self.program.idle, self.program.rests, seconds, "prompt after Ctrl-C")
        return self.probe(seconds) - pressed

    # ---- keys ----------------------------------------------------------------------------------------------

    def wait_echo(self, letter: str, seconds: float = ECHO_SECONDS) -> float:
        """Wait until the program has shown a letter that was not on the screen; return when."""
        now = self.terminal.wait(lambda: letter in self.terminal.stream, seconds, "echo")
        if self.terminal.is_echoing:
            raise NotMeasured("keys typed while a cell runs are echoed by the terminal's driver, amid the output")
        return now

    def letters(self) -> str:
        """Return letters that stand nowhere on the screen."""
        shown = self.terminal.screen.text
        return "".join(letter for letter in ascii_uppercase if letter not in shown)

    def echoes(self, count: float, letters: str, seconds: float, until: float = math.inf) -> list[float]:
        """Type letters at a prompt, one after the other has been echoed; return how long each took, in seconds.

        `letters` are used in two halves in turn, the line being cleared between them, so that whatever is painted
        anew with the line, a letter's first sight is its echo.  After the moment `until` no other one is typed.
        """
        half = len(letters) // 2
        if half < 3:
            raise Failure("too few letters are free on the screen")
        lines = (letters[:half], letters[half : 2 * half])
        taken: list[float] = []
        while len(taken) < count and time.perf_counter() < until:
            for line in lines:
                for letter in line:
                    if len(taken) >= count or time.perf_counter() >= until:
                        break
                    pressed = self.terminal.press(letter)
                    taken.append(self.wait_echo(letter, seconds) - pressed)
                    self.terminal.go_on(_random.uniform(*_PACE))
                self.terminal.press(BACKSPACE * half)
        return taken

    # ---- what a cell needs ---------------------------------------------------------------------------------

    def can_import(self) -> None:
        """Put the module `printing` where cells find it."""
        copyfile(printing.__file__, self.home.work / "printing.py")

    # ---- processes -----------------------------------------------------------------------------------------

    def kernel_pid(self) -> int:
        """Return the process that runs the user's code."""
        return int(self.evaluate("__import__('os').getpid()"))

    def by_role(self, kernel: int) -> dict[str, Process]:
        """Return the processes of this program: client, supervisor, fork server and kernel, where there are such."""
        found = {}
        for process in self.home.processes():
            if process.pid == self.terminal.pid:
                found["client"] = process
            elif process.pid == kernel:
                found["kernel"] = process
            elif "kernel.forkserver" in process.command:
                found["fork server"] = process
            elif "kernel" in process.command:
                found["supervisor"] = process
        return found

    def check_memory(self) -> None:
        """Raise TooLarge if one of the processes takes so much memory that it may take the machine down."""
        if any(process.memory("VmRSS") > _MEMORY_LIMIT for process in self.home.processes()):
            raise TooLarge(f"a process takes more than {_MEMORY_LIMIT >> 30} GB")


@contextmanager
def launched(program: Program, typed: str = "", variables: Mapping[str, str] | None = None) -> Iterator[Session]:
    """Start a program in a new home, with keys that are typed at that very moment; end it and all that it started.

    `variables` are added to its environment.
    """
    with private_home() as home:
        terminal = Terminal(program.command, home.environ | dict(variables or {}), str(home.work), typed.encode())
        try:
            yield Session(program, home, terminal)
        finally:
            if program.end is not None:
                _end(program.end, home)
            terminal.close()


@contextmanager
def opened(program: Program, variables: Mapping[str, str] | None = None) -> Iterator[Session]:
    """Start a program and wait until it can be used."""
    with launched(program, variables=variables) as session:
        session.wait_rest(START_SECONDS)
        session.type_cell(PROBE)
        session.wait_echo(PROBE)
        session.terminal.press(BACKSPACE)
        yield session


def _end(command: tuple[str, ...], home: Home) -> None:
    try:
        run(command, env=home.environ, cwd=home.work, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, timeout=10)
    except (OSError, TimeoutExpired):
        # the home ends whoever is left
        pass


def sums() -> Iterator[tuple[str, int]]:
    """Yield sums that were not asked before, with their values, of which no digit is that of the value before."""
    for number in range(900):
        digits = (number % 9 + 1, (number // 9 + number) % 10, (number // 90 + number) % 10, number % 10)
        value = int("".join(map(str, digits)))
        yield f"{value - 7}+7", value
