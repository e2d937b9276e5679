"""Regular expressions that are compiled when they are first used: together they cost a start as much as a frame."""

import re
from typing import Any, AnyStr, Generic, cast


class _Later(Generic[AnyStr]):
    """Stands for a pattern; what is once looked up is the compiled pattern's own from then on."""

    def __init__(self, pattern: AnyStr, flags: int) -> None:
        self.pattern: AnyStr = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, found)
        return found


def later(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what is used like ``re.compile(pattern, flags)``; an error in it is raised when it is used."""
    return cast(re.Pattern[AnyStr], _Later(pattern, flags))
