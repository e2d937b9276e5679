"""How much of a session is kept, as the user's configuration says."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DAY = 86400.0
_SIZES = {"KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
_AGES = {"minute": 60.0, "hour": 3600.0, "day": _DAY, "week": 7 * _DAY, "month": 30 * _DAY, "year": 365 * _DAY}
_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?) *([A-Za-z]+)")
# less could not hold what one screen shows
_LEAST_SIZE = 1_000_000


@dataclass(frozen=True)
class Bounds:
    """How much of a session is kept: bytes, and seconds if not for ever."""

    size: int = 1 << 30
    age: float | None = None

    @property
    def file_size(self) -> int:
        """How large a file grows before the next one begins: what is dropped is dropped by files."""
        return min(max(self.size // 16, 1), 1 << 26)

    @property
    def file_age(self) -> float | None:
        """For how many seconds a file is written."""
        return max(self.age / 16, min(self.age, _DAY)) if self.age is not None else None


def size_of(text: object) -> int:
    """Read a size such as ``500 MB``.  Raises ValueError with what it is to be."""
    value, unit = _quantity(text)
    if unit.upper() not in _SIZES or value * _SIZES[unit.upper()] < _LEAST_SIZE:
        raise ValueError('a size of at least 1 MB, such as "500 MB" or "2 GB"')
    return int(value * _SIZES[unit.upper()])


def age_of(text: object) -> float:
    """Read a length of time such as ``90 days``, in seconds.  Raises ValueError with what it is to be."""
    value, unit = _quantity(text)
    unit = unit.lower().removesuffix("s")
    if unit not in _AGES or not value:
        raise ValueError('a length of time in minutes, hours, days, weeks, months or years, such as "90 days"')
    return value * _AGES[unit]


def _quantity(text: object) -> tuple[float, str]:
    found = _QUANTITY.fullmatch(text.strip()) if isinstance(text, str) else None
    return (float(found[1]), found[2]) if found is not None else (0.0, "")
