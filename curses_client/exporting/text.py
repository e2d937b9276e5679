"""A session as text: what ``cshell log`` prints."""

from collections.abc import Iterator

from curses_client.exporting.journal import Journal
from curses_client.exporting.spool import Spool
from curses_client.printout import Printout


def text(journal: Journal, spool: Spool) -> Iterator[str]:
    """Yield the text, as much as there is of it, in pieces."""
    written: list[str] = []
    printout = Printout(written.append)
    printout.begin(journal.first, journal.preface)
    for records in journal.records():
        printout.take(records)
        yield "".join(written)
        written.clear()
    words = journal.last_words()
    printout.end(words[0] if words else "")
    yield "".join(written)
