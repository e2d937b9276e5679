"""What was found out about long texts, kept for those that were asked about last."""

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, Generic, TypeVar

LONG: Final = 1 << 14
"""Characters from which on a text is long, and what was found out about it is remembered."""

ENOUGH: Final = 1 << 24
"""Characters of the texts about which something is remembered, if there are several."""

V = TypeVar("V")
_Key = tuple[Any, ...]


class Memory(Generic[V]):
    """Values by keys that begin with a text; the oldest are forgotten once there is enough text."""

    def __init__(self) -> None:
        self._found: OrderedDict[_Key, V] = OrderedDict()
        self.size = 0

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Any:
        return iter(self._found)

    def get(self, key: _Key) -> V | None:
        """Return what is remembered."""
        found = self._found.get(key)
        if found is not None:
            self._found.move_to_end(key)
        return found

    def put(self, key: _Key, value: V) -> None:
        """Remember something new."""
        self._found[key] = value
        self.size += len(key[0])
        while self.size > ENOUGH and len(self._found) > 1:
            self.take(next(iter(self._found)))

    def last(self) -> _Key | None:
        """Return the key that was asked for last."""
        return next(reversed(self._found), None)

    def take(self, key: _Key) -> V:
        """Forget something; return it."""
        self.size -= len(key[0])
        return self._found.pop(key)


def remembered(find: Callable[..., V]) -> Callable[..., V]:
    """Have a function of a text, and of what else it is given, not find out the same again."""
    memory: Memory[V] = Memory()

    @wraps(find)
    def found(*key: Any) -> V:
        value = memory.get(key)
        if value is None:
            value = find(*key)
            memory.put(key, value)
        return value

    return found
