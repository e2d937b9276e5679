"""``cshell doctor``: looks whether all is well here, one line for each thing, with how to mend what is not.

`environment`, `places` and `terminal` look; what they find are values, which are printed here.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from curses_client.doctor import environment, places, terminal
from curses_client.doctor.finding import Finding
from curses_client.text.ansi import sanitise

_SIGNS: Final = {"ok": "✓", "doubtful": "!", "broken": "✗"}


def findings(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is found, as it is found."""
    yield from environment.findings(environ)
    yield from places.findings(environ)
    yield from terminal.findings(environ)


def show(environ: Mapping[str, str]) -> int:
    """Print what is found; return the exit status, 1 if something is broken."""
    status = 0
    for finding in findings(environ):
        text = f"{finding.what}; {finding.mend}" if finding.mend else finding.what
        print(f"{_SIGNS[finding.state]} {sanitise(text)}", flush=True)
        if finding.state == "broken":
            status = 1
    return status
