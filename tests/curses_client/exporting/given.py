"""Sessions to export: records in memory, and what a format makes of them."""

from collections.abc import Iterator
from dataclasses import field
from pathlib import Path

from curses_client.events import Record
from curses_client.exporting import FORMATS, Journal
from curses_client.exporting.spool import Spool
from tests.curses_client.support import Journal as Records


class Given(Journal):
    """A session that is not on disk; its records come `size` at a time."""

    found: list[Record] = field(default_factory=list)
    size: int = 1000
    words: tuple[str, float] | None = None
    begins: int = 1

    @property
    def first(self) -> int:
        return self.begins

    @property
    def preface(self) -> list[Record]:
        return []

    def records(self) -> Iterator[list[Record]]:
        for start in range(0, len(self.found), self.size):
            yield self.found[start : start + self.size]

    def last_words(self) -> tuple[str, float] | None:
        return self.words


def given(records: Records, *, size: int = 1000, words: tuple[str, float] | None = None, begins: int = 1) -> Given:
    return Given("main", Path("/nowhere"), True, found=records.records, size=size, words=words, begins=begins)


def exported(
    form: str, records: Records, *, size: int = 1000, words: tuple[str, float] | None = None, begins: int = 1
) -> str:
    """Return the file that a format makes of records."""
    spool = Spool()
    try:
        return "".join(FORMATS[form](given(records, size=size, words=words, begins=begins), spool))
    finally:
        spool.close()


def result(records: Records, cell: str, count: int = 1, **data: object) -> Records:
    """Add a value with the forms text, html, png ... of it."""
    mimes = {"text": "text/plain", "html": "text/html", "png": "image/png", "svg": "image/svg+xml"}
    bundle = {mimes.get(name, name): value for name, value in data.items()}
    return records.add("execute_result", cell, execution_count=count, data=bundle)
