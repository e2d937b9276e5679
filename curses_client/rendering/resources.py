"""Data resources: tables as values (pandas' `table_schema`, nteract's explorer).

Source: https://specs.frictionlessdata.io/tabular-data-resource/
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, Final

from curses_client.rendering.colours import BOLD, DIM
from curses_client.rendering.frames import field_types, rendered
from curses_client.rendering.tables import Align, Cell, Table, cell
from curses_client.shown import Rendered
from curses_client.text.ansi import PLAIN, Style, sanitise

_PLACES: Final = 100_000
_CHARACTERS: Final = 200
_DIGITS: Final = 6
_NUMBERS: Final = frozenset(("integer", "number", "duration"))


def resource_frame(resource: Any, opened: frozenset[str]) -> Rendered | None:
    """Return a data resource as a table, None if it is none."""
    types = field_types(resource)
    data = resource.get("data") if types else None
    if not isinstance(data, list):
        return None
    records = [record for record in data[: _PLACES // len(types)] if isinstance(record, Mapping)]
    key = resource["schema"].get("primaryKey")
    index = [name for name in ([key] if isinstance(key, str) else key or ()) if name in types] if _is_key(key) else []
    names = [*index, *(name for name in types if name not in index)]
    columns = [_column([record.get(name) for record in records], types[name]) for name in names]
    only_counts = index == ["index"] and types["index"] == "integer"
    styles = [(DIM if only_counts else BOLD) if name in index else PLAIN for name in names]
    rows = [
        [_cell(text, style) for text, style in zip(texts, styles, strict=True)] for texts in zip(*columns, strict=True)
    ]
    aligns: list[Align] = ["right" if types[name] in _NUMBERS else "left" for name in names]
    header = [
        # pandas calls an index without a name so
        [cell("" if name == "index" and only_counts else sanitise(name[:_CHARACTERS]), BOLD) for name in names],
        [cell(types[name] if name not in index or not only_counts else "", DIM) for name in names],
    ]
    shape = f"{len(data):,} rows × {len(names) - len(index):,} columns"
    return rendered(Table(header, rows, aligns, len(index)), opened, after=[shape])


def _is_key(key: Any) -> bool:
    return isinstance(key, str) or (isinstance(key, list) and all(isinstance(name, str) for name in key))


def _cell(text: str | None, style: Style) -> Cell:
    return cell("–", DIM) if text is None else cell(text, style)


def _column(values: Sequence[Any], kind: str) -> list[str | None]:
    """Return the values of a column as text, None where there is none."""
    digits = _decimals(values) if kind == "number" else None
    texts = [None if value is None else _text(value, digits) for value in values]
    if kind == "datetime":
        # times of day that all are midnight say nothing
        ends = {text[10:] for text in texts if text}
        cut = 10 if ends <= {"T00:00:00.000", "T00:00:00.000Z", "T00:00:00", "T00:00:00Z"} else 19
        return [text and text[:cut].replace("T", " ") for text in texts]
    return texts


def _text(value: Any, digits: int | None) -> str:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float) and digits is not None and isfinite(value):
        return f"{value:.{digits}f}" if digits >= 0 else f"{value:.{_DIGITS}g}"
    if isinstance(value, int) and value.bit_length() > 1000:
        return "…"
    text = value[:_CHARACTERS] if isinstance(value, str) else str(value)[:_CHARACTERS]
    return sanitise(text)


def _decimals(values: Sequence[Any]) -> int:
    """Return how many decimals show all numbers of a column alike, -1 if they are too different in size."""
    numbers = [abs(value) for value in values if isinstance(value, float) and isfinite(value)]
    if any(value and not 1e-4 <= value < 1e9 for value in numbers):
        return -1
    decimals = (len(f"{value:.{_DIGITS}f}".rstrip("0").partition(".")[2]) for value in numbers)
    return max(decimals, default=0) or bool(numbers)
