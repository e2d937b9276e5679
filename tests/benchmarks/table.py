"""The table: a row a measurement, a column a program, and how many times the best peer takes what cshell takes."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final

from tests.benchmarks.programs import COLUMNS
from tests.benchmarks.readings import Measurement, Reading, Row, Statistic, Unit
from tests.benchmarks.runner import Results

_NONE: Final = "–"
_GAP: Final = "  "


def render(measurements: Sequence[Measurement], installed: Collection[str], results: Results) -> str:
    """Return the table and the notes below it."""
    lines = [["", *COLUMNS, "best peer / cshell"]]
    for measurement in measurements:
        lines.extend([row.label, *_cells(measurement, row, results)] for row in measurement.rows)
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = []
    for line in lines:
        cells = [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        text.append(_GAP.join([line[0].ljust(widths[0]), *cells]).rstrip())
    text.insert(1, "─" * (sum(widths) + len(_GAP) * (len(widths) - 1)))
    return "\n".join([*text, "", *_notes(installed, results)])


def _cells(measurement: Measurement, row: Row, results: Results) -> Iterator[str]:
    own, *peers = (_statistic(results.readings.get((row.key, column), []), row.statistic) for column in COLUMNS)
    for column, reading in zip(COLUMNS, (own, *peers), strict=True):
        lack = results.lacks.get((row.key, column))
        failure = results.failures.get((measurement.name, column))
        if lack is not None:
            yield lack.cell
        elif reading is not None:
            yield _formatted(reading, row.unit)
        else:
            yield f"failed: {failure}" if failure is not None else _NONE
    yield _ratio(own, [peer for peer in peers if peer is not None], row.unit)


def _statistic(readings: Sequence[Reading], statistic: Statistic) -> Reading | None:
    """Return the median, or the 99th percentile by the nearest rank; a limit is larger than any value."""
    if not readings:
        return None
    ranked = sorted(readings, key=lambda reading: (reading.over, reading.value))
    part = 0.5 if statistic == "median" else 0.99
    return ranked[max(math.ceil(len(ranked) * part) - 1, 0)]


def _ratio(own: Reading | None, peers: Sequence[Reading], unit: Unit) -> str:
    if own is None or own.over or not own.value or not peers:
        return ""
    if unit == "rate":
        # of a rate more is better: its inverse is what a line takes
        peers, own = [_inverse(peer) for peer in peers], _inverse(own)
    best = min(peers, key=lambda reading: (reading.over, reading.value))
    ratio = best.value / own.value
    return f"{'>' if best.over else ''}{ratio:{',.0f' if ratio >= 100 else '.3g'}}"


def _inverse(reading: Reading) -> Reading:
    return reading._replace(value=1 / reading.value if reading.value else math.inf)


def _formatted(reading: Reading, unit: Unit) -> str:
    text = _FORMATS[unit](reading.value)
    return f">{text}" if reading.over else text


def _seconds(value: float) -> str:
    if value < 1:
        return f"{value * 1000:.3g} ms" if value < 0.1 else f"{value * 1000:.0f} ms"
    return f"{value:.2f} s" if value < 10 else f"{value:.1f} s"


def _bytes(value: float) -> str:
    for unit in ("B", "KB", "MB"):
        if value < 1000:
            return f"{value:.3g} {unit}"
        value /= 1024
    return f"{value:.3g} GB"


def _rate(value: float) -> str:
    return f"{value / 1e6:.3g} M" if value >= 1e6 else f"{value / 1e3:.3g} k"


_FORMATS: Final[Mapping[Unit, Callable[[float], str]]] = {"time": _seconds, "bytes": _bytes, "rate": _rate}


def _notes(installed: Collection[str], results: Results) -> Iterator[str]:
    missing = [column for column in COLUMNS if column not in installed]
    if missing:
        yield f"not installed: {', '.join(missing)}; install with: pip install '.[bench]'"
    for (name, column), failure in results.failures.items():
        # where there are figures, they are of the rounds before
        yield f"{column}: {name} failed: {failure}"
    by_note: dict[str, list[str]] = {}
    for (name, column), note in results.notes.items():
        by_note.setdefault(f"{name}: {note}", []).append(column)
    for (_, column), lack in results.lacks.items():
        by_note.setdefault(lack.note, []).append(column)
    for note, columns in by_note.items():
        yield f"{', '.join(dict.fromkeys(columns))}: {note}"
