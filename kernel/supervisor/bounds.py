"""How much of a session is kept, as the user's configuration says."""

from __future__ import annotations

from dataclasses import dataclass

_DAY = 86400.0


@dataclass(frozen=True)
class Bounds:
    """How much of a session is kept: bytes, and seconds if not for ever."""

    size: int = 1_000_000_000
    age: float | None = None

    @property
    def file_size(self) -> int:
        """How large a file grows before the next one begins: what is dropped is dropped by files."""
        return min(max(self.size // 16, 1), 1 << 26)

    @property
    def file_age(self) -> float | None:
        """For how many seconds a file is written."""
        return max(self.age / 16, min(self.age, _DAY)) if self.age is not None else None
