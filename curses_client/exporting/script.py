"""A session as a Python script of ``# %%`` cells, as editors and jupytext read them, that runs as it stands.

Only what ran to its end without an error is code; everything else is there as a comment that says why.
"""

from collections.abc import Iterator

from curses_client.exporting.entries import WORDS, Entry
from curses_client.exporting.journal import Journal
from curses_client.exporting.magics import awaits, commented, without_future, without_magics
from curses_client.exporting.recorded import Recorded
from curses_client.exporting.spool import Spool
from curses_client.text.ansi import sanitise
from curses_client.transcript import Notice
from kernel.protocol.session import SessionError


def script(journal: Journal, spool: Spool) -> Iterator[str]:
    """Yield the script in pieces.  Raises SessionError for a session of another language than Python."""
    session = Recorded().read(journal)
    language = session.language or session.view.lexer
    if language.lower() not in ("python", "python3", "ipython", "ipython3"):
        raise SessionError(f"{journal.name} is a session of {language}, not of Python; export it as ipynb, html or txt")
    items = [item if isinstance(item, Notice) else _Code(item) for item in session.items()]
    # in the first two lines, what is told there could be read as the file's encoding (PEP 263)
    yield "# %% [markdown]\n# A session of cshell:\n"
    about = (session.view.name or journal.name, session.view.kernel, session.view.cwd)
    yield f"# {', '.join(sanitise(text) for text in about if text)}\n"
    names = list(dict.fromkeys(name for item in items if isinstance(item, _Code) for name in item.future))
    if names:
        yield f"\n# %%\nfrom __future__ import {', '.join(names)}\n"
    for item in items:
        if isinstance(item, Notice):
            lines = [item.text, *item.details]
            yield "\n# %% [markdown]\n" + "".join(f"# {sanitise(line)}".rstrip() + "\n" for line in lines)
        elif item.entry.cell.source:
            yield f"\n{item.text()}\n"


class _Code:
    """A cell as code, or as a comment."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.future: list[str] = []
        self._why = WORDS[entry.verdict]
        if entry.failure and entry.verdict == "failed":
            self._why = f"{self._why}: {sanitise(entry.failure)}"
        code = entry.cell.code.rstrip("\n")
        if not self._why:
            code = without_magics(code)
            if awaits(code):
                self._why = "awaits outside of a function, which only IPython does"
        if self._why:
            code = commented(entry.cell.code.rstrip("\n"))
        else:
            code, self.future = without_future(code)
        self._code = code

    def text(self) -> str:
        """Return the cell with its heading."""
        count = self.entry.cell.count
        lines = [f"# %% In {count}" if count is not None else "# %%"]
        if self._why:
            lines.append(f"# {self._why}")
        return "\n".join([*lines, self._code])
