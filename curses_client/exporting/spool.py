"""A place for text until it is written: a little of it in memory, the rest in a file without a name."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Final

Place = tuple[int, int]
"""Where text is: the first byte, and the number of bytes."""

_IN_MEMORY: Final = 1 << 22
_PIECE: Final = 1 << 16


class Spool:
    """Takes text of any length; what is beyond a few MB of all of it is on disk, and gone when this is."""

    def __init__(self, directory: Path | None = None) -> None:
        """Have the file in a directory, or where temporary files are."""
        self._file = SpooledTemporaryFile(_IN_MEMORY, dir=str(directory) if directory else None)  # noqa: SIM115
        self._end = 0
        self._is_at_end = True

    def put(self, text: str) -> Place:
        """Keep text.  Raises OSError when the disk does not take it."""
        # text of another program may have lone surrogates
        data = text.encode("utf-8", "surrogatepass")
        if not self._is_at_end:
            self._file.seek(self._end)
            self._is_at_end = True
        self._file.write(data)
        self._end += len(data)
        return self._end - len(data), len(data)

    def append(self, places: list[Place], text: str) -> None:
        """Keep text, and add where it is; what was printed in many pieces has few places."""
        start, length = self.put(text)
        if places and sum(places[-1]) == start:
            places[-1] = places[-1][0], places[-1][1] + length
        else:
            places.append((start, length))

    def get(self, place: Place) -> str:
        """Return what was put."""
        return "".join(self.pieces([place]))

    def pieces(self, places: list[Place]) -> Iterator[str]:
        """Yield the text of some places, not much of it at once."""
        decoder = codecs.getincrementaldecoder("utf-8")("surrogatepass")
        for start, length in places:
            end = start + length
            while start < end:
                self._is_at_end = False
                self._file.seek(start)
                data = self._file.read(min(_PIECE, end - start))
                start += len(data)
                yield decoder.decode(data)

    def close(self) -> None:
        """Let go of everything."""
        self._file.close()
