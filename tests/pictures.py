"""Pictures of the real program for the README; ``python -m tests.pictures`` makes them anew (needs pandas)."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pyte

from curses_client.themes.choice import named
from tests.home import Home
from tests.keyboard import sent
from tests.svg import picture
from tests.terminal import ENTER, TAB, Terminal

DIRECTORY: Final = Path(__file__).parent.parent / "man" / "pictures"
# the program on a machine of this name
_PROGRAM: Final = (
    "import socket, sys; socket.gethostname = lambda: 'host'; from curses_client.__main__ import main; sys.exit(main())"
)
# seconds that are never the same twice
_TOOK: Final = re.compile(r"\b\d\.\d+s")

_FRAME: Final = """\
import pandas as pd
rides = pd.DataFrame({
    "station": ["Amstel", "Dam", "Zuid", "Sloterdijk"],
    "rides": [18204, 17730, 15921, 9310],
    "minutes": [11.4, 9.8, 14.2, 17.9],
})
rides.sort_values("minutes")"""
_ERROR: Final = """\
def share(station):
    counts = dict(zip(rides["station"], rides["rides"]))
    return counts[station] / sum(counts.values())

share("Noord")"""
_LOOP: Final = """\
import time
for epoch in range(1, 1000):
    print(f"epoch {epoch}  loss {1 / (epoch + 1):.4f}")
    time.sleep(1)"""
_NEXT: Final = '''\
def evaluate(model, n=10):
    """Mean score of n runs."""
    return sum(model.score(seed) for seed in ra'''
_CELLS: Final = """\
# %% rides of a day
import statistics
rides = {"Amstel": 18204, "Dam": 17730, "Zuid": 15921}
mean = statistics.mean(rides.values())

# %% the busiest
busiest = max(rides, key=rides.get)
print(f"{busiest}: {rides[busiest] / mean:.2f} of the mean")
"""


_WIND: Final = """\
# %% how much the gusts differ
gusts = [31.2, 48.0, 52.5, 29.9]

def spread(gusts):
    lowest, highest = min(gusts), max(gusts)
    return highest - lowest

print(f"{spread(gusts):.1f} km/h")
"""


def _frame(terminal: Terminal) -> None:
    _run(terminal, _FRAME)
    terminal.see("Sloterdijk  ")
    terminal.ready()
    _run(terminal, _ERROR)
    terminal.see("KeyError: 'Noord'")
    terminal.ready()


def _queue(terminal: Terminal) -> None:
    _run(terminal, _LOOP)
    terminal.see("epoch 1  loss")
    _run(terminal, "evaluate(model)")
    _run(terminal, "plot(losses)")
    terminal.see("queued 2 of 2")
    terminal.paste(_NEXT)
    terminal.see("queue 2", "busy 4s", "epoch 4", "seed in ra")


def _completion(terminal: Terminal) -> None:
    _run(terminal, "import math")
    _run(terminal, "scores = {'ada': 41.5, 'grace': 43.0, 'edsger': 38.25}")
    _run(terminal, "for name, score in scores.items():\n    print(f'{name:<8}{score:>6.2f}')")
    terminal.see("edsger   38.25")
    terminal.type("best = math.is" + TAB)
    terminal.see("isqrt")


def _cells(terminal: Terminal) -> None:
    terminal.type(sent("Alt-O") + "rides.py" + ENTER)
    terminal.see("[rides.py]")
    terminal.paste(_CELLS)
    terminal.type(sent("Alt-Shift-R"))
    terminal.see("of the mean\n")
    terminal.type(sent("Alt-S"))
    terminal.see_no("+]")
    terminal.type(sent("Alt-Shift-E"))
    terminal.see("Variables: 3", "Enter opens")
    # what was saved is said for a while
    terminal.see("F1 help")


def _debugger(terminal: Terminal) -> None:
    terminal.type(sent("Alt-O") + "wind.py" + ENTER)
    terminal.see("[wind.py]")
    terminal.paste(_WIND)
    terminal.type(sent("Alt-G") + "5" + ENTER + sent("Alt-*") + sent("Alt-Shift-R"))
    terminal.see("Stopped at wind.py:5", "gusts: list")
    terminal.type("n")
    terminal.see("Stopped at wind.py:6", "lowest: float")


def _run(terminal: Terminal, source: str) -> None:
    terminal.paste(source)
    terminal.type("\x1b" + ENTER)


# name, what is shown, the theme, rows, and what is done
PICTURES: Final[tuple[tuple[str, str, str, int, Callable[[Terminal], None]], ...]] = (
    ("frame", "A data frame, and an error with its own line first", "dark", 32, _frame),
    ("queue", "A cell runs, two wait, and the next one is being typed", "dark", 20, _queue),
    ("cells", "A file with cells, its output, and the variables", "dark", 26, _cells),
    ("debugger", "A cell has stopped at a breakpoint in a file", "dark", 26, _debugger),
    ("light", "Completion, on a light terminal", "light", 20, _completion),
)


def taken(home: Home, theme: str, rows: int, play: Callable[[Terminal], None]) -> pyte.Screen:
    """Return the screen of the program after something was done with it."""
    environ = {"COLORFGBG": "0;15" if theme == "light" else "15;0"}
    with Terminal(home, "-s", "demo", cols=88, rows=rows, environ=environ, command=("-c", _PROGRAM)) as terminal:
        terminal.ready()
        # source has its colours a moment after the kernel is ready
        play(terminal)
        terminal.wait(lambda: is_coloured(terminal.screen), "source in colours")
        _mask(terminal.screen)
        return terminal.screen


def is_coloured(screen: pyte.Screen) -> bool:
    """Whether a keyword has the colour of keywords."""
    words = ("import", "def")
    return any(
        screen.display[y].find(word) >= 0 and screen.buffer[y][screen.display[y].find(word)].fg != "default"
        for y in range(screen.lines)
        for word in words
    )


def _mask(screen: pyte.Screen) -> None:
    """Have everything take as long as it always does."""
    for y, line in enumerate(screen.display):
        for found in _TOOK.finditer(line):
            for x, char in zip(range(*found.span()), "0.8" + "0" * (len(found[0]) - 4) + "s", strict=True):
                screen.buffer[y][x] = screen.buffer[y][x]._replace(data=char)


def main() -> None:
    """Make all pictures."""
    DIRECTORY.mkdir(exist_ok=True)
    for name, title, theme, rows, play in PICTURES:
        with Home() as home:
            svg = picture(taken(home, theme, rows, play), named(theme), title=title)
        (DIRECTORY / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
