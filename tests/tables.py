"""The tables of the manual page and of the README, made from the client's own; ``python -m tests.tables`` writes them."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from tests import man_tables, readme_tables

_ROOT: Final = Path(__file__).parent.parent


class Page(NamedTuple):
    """A text, what stands before and behind each of its tables, and what makes them, by name."""

    path: Path
    begin: str
    end: str
    tables: dict[str, Callable[[], str]]

    @property
    def text(self) -> str:
        """What is on disk."""
        return self.path.read_text(encoding="utf-8")

    @property
    def anew(self) -> str:
        """The same with its tables as the code has them now."""
        text = self.text
        for name, table in self.tables.items():
            begin, end = self.begin.format(name), self.end.format(name)
            head, _, rest = text.partition(begin)
            text = head + begin + table() + end + rest.partition(end)[2]
        return text


MAN: Final = Page(
    _ROOT / "man" / "cshell.1",
    '.\\" begin {}: made by python -m tests.tables\n',
    '.\\" end {}\n',
    man_tables.TABLES,
)
README: Final = Page(
    _ROOT / "README.md",
    "<!-- begin {}: made by python -m tests.tables -->\n",
    "<!-- end {} -->\n",
    readme_tables.TABLES,
)


def main() -> None:
    """Write all tables anew."""
    for page in (MAN, README):
        page.path.write_text(page.anew, encoding="utf-8")


if __name__ == "__main__":
    main()
