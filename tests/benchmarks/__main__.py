"""``python -m tests.benchmarks [NAME ...] [--runs N] [--quick]``: measure and print one table."""

import argparse
import gc
import os
import platform
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Final

from tests.benchmarks.programs import CSHELL, installed, versions
from tests.benchmarks.readings import Measurement, Plan
from tests.benchmarks.runner import Results, Tell, run
from tests.benchmarks.table import render

_NAMES: Final = (
    "start",
    "echo",
    "result",
    "flood",
    "floods",
    "drawing",
    "editing",
    "reading",
    "interrupt",
    "restart",
    "death",
    "kernel",
    "sessions",
)
_RUNS: Final = 5


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for; return the exit status."""
    given = _parser().parse_args(arguments)
    columns = installed()
    if CSHELL.name not in columns:
        print("cshell is not installed in this environment; install it with: pip install '.[bench]'", file=sys.stderr)
        return 1
    try:
        measurements = [measurement for measurement in _measurements() if measurement.name in (given.names or _NAMES)]
    except ModuleNotFoundError as error:
        print(f"{error.name} is not installed; install it with: pip install '.[bench]'", file=sys.stderr)
        return 1
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    # the collector of this process would be seen in the figures
    gc.freeze()
    gc.disable()
    plan = Plan(1 if given.quick else given.runs, given.quick)
    results = Results()
    status = 0
    try:
        for measurement in measurements:
            run(measurement, columns, plan, results, _teller())
    except KeyboardInterrupt:
        print("interrupted; this is what was measured before", file=sys.stderr)
        status = 130
    _teller()("")
    print(f"{versions()}; Python {platform.python_version()}, {os.cpu_count()} processors, runs: {plan.runs}\n")
    print(render(measurements, columns, results))
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Measure cshell and the peers that are installed beside it, and print one table.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", type=_name, help=f"what to measure: {', '.join(_NAMES)}")
    parser.add_argument(
        "--runs", type=_positive, default=_RUNS, metavar="N", help="rounds of each (default: %(default)s)"
    )
    parser.add_argument("--quick", action="store_true", help="one short round of each")
    return parser


def _name(text: str) -> str:
    # argparse's own choices refuse the empty list
    if text not in _NAMES:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(_NAMES)}")
    return text


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def _measurements() -> list[Measurement]:
    # here, so that a package that is missing is a sentence and no traceback
    from tests.benchmarks import (
        measure_death,
        measure_drawing,
        measure_echo,
        measure_editing,
        measure_flood,
        measure_floods,
        measure_interrupt,
        measure_kernel,
        measure_reading,
        measure_restart,
        measure_result,
        measure_sessions,
        measure_start,
    )

    return [
        measure_start.MEASUREMENT,
        measure_echo.MEASUREMENT,
        measure_result.MEASUREMENT,
        measure_flood.MEASUREMENT,
        measure_floods.MEASUREMENT,
        measure_drawing.MEASUREMENT,
        measure_editing.MEASUREMENT,
        measure_reading.MEASUREMENT,
        measure_interrupt.MEASUREMENT,
        measure_restart.MEASUREMENT,
        measure_death.MEASUREMENT,
        measure_kernel.MEASUREMENT,
        measure_sessions.MEASUREMENT,
    ]


def _teller() -> Tell:
    """Return what shows the progress, where somebody can see it."""

    def tell(text: str) -> None:
        if sys.stderr.isatty():
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    return tell


def _stop(signum: int, frame: FrameType | None) -> None:
    # ending what was started must not be interrupted by a second one
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
