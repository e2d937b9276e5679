"""Pastes in what a terminal sends: from `ESC [ 200 ~` to `ESC [ 201 ~`, wherever reads cut it (bracketed paste)."""

from typing import Final

PASTE_BEGINS: Final = b"\x1b[200~"
PASTE_ENDS: Final = b"\x1b[201~"
# a paste that is larger is taken as it comes, so that a lost end cannot swallow all keys for good
PASTE_LIMIT: Final = 64 << 20


class PastedText(str):
    """A key that is a whole paste."""

    __slots__ = ()


class Pastes:
    """Cuts pastes out of keys."""

    def __init__(self) -> None:
        self._paste: bytearray | None = None

    @property
    def is_open(self) -> bool:
        """Whether what comes next belongs to a paste."""
        return self._paste is not None

    def parts(self, data: bytes) -> list[tuple[bytes, bool]]:
        """Cut input into (bytes, whether they are a whole paste); there is at least one part."""
        parts: list[tuple[bytes, bool]] = []
        while data:
            if self._paste is None:
                before, begins, data = data.partition(PASTE_BEGINS)
                parts.append((before, False))
                if begins:
                    self._paste = bytearray()
                continue
            # the end may lie across two reads
            seen = max(len(self._paste) - len(PASTE_ENDS), 0)
            self._paste += data
            end = self._paste.find(PASTE_ENDS, seen)
            if end < 0:
                if len(self._paste) > PASTE_LIMIT:
                    parts.append((bytes(self._paste), True))
                    self._paste = None
                break
            parts.append((bytes(self._paste[:end]), True))
            data = bytes(self._paste[end + len(PASTE_ENDS) :])
            self._paste = None
        return parts or [(b"", False)]
