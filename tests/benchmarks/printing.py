"""What cells call that print at a pace or show a picture: this file is copied to where they can import it.

It runs in the kernels, so it needs nothing but Python and IPython.
"""

import time
from typing import Any

# where `paced` writes when it ended (`time.perf_counter`) and how many lines it had printed
PRINTED = "printed.txt"
# the last line of `paced`, none of whose characters stands in the others
_END = "=" * 8
# a full screen of lines comes before those that are looked at
_SCREEN = 80


def paced(rate: int, seconds: float) -> None:
    """Print `rate` numbered lines a second for some seconds, as many as possible with 0; and the last line."""
    begun = now = time.perf_counter()
    printed = 0
    while now < begun + seconds:
        due = int((now - begun) * rate) if rate else printed + 500
        for number in range(printed, due):
            print(number, "x" * 30)
        printed = due
        if rate:
            time.sleep(0.001)
        now = time.perf_counter()
    with open(PRINTED, "w") as file:
        file.write(f"{time.perf_counter()} {printed}")
    # whoever sees it finds the file
    print(_END)


def one_by_one(lines: int, pause: float) -> None:
    """Fill the screen, then print so many lines like those of a long computation, with pauses."""
    for number in range(-_SCREEN, lines):
        if number >= 0:
            time.sleep(pause)
        step = number + 1000
        print(f"step {step}: loss {1 / step:.6f}, {step * 7919 % 997} of 997 done, {step * 31 % 60} s")


def picture(path: str) -> Any:
    """Return a picture that a cell shows."""
    from IPython.display import Image

    with open(path, "rb") as file:
        return Image(data=file.read())
