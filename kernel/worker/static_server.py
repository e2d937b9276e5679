"""Answers completion requests by static analysis: a process of its own, because jedi takes a second and 50 MB.

It is run as a script, with nothing of ours to import.  Requests and answers are JSON, one a line: ``{"id", "code",
"line", "column"}`` in, ``{"id", "found": [{"text", "length", "type"}]}`` out; `length` is how much of the
text before the cursor a completion replaces.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

_LIMIT = 500


def main() -> None:
    """Serve until the input ends."""
    # Ctrl-C is for the cell
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # modules beside the user's work are looked up from its directory, not from this script's
    sys.path[0] = ""
    import jedi

    jedi.settings.case_insensitive_completion = False
    for line in _newest():
        request = json.loads(line)
        try:
            found = _complete(jedi, request["code"], request["line"], request["column"])
        # it analyses what is typed, which can be anything
        except Exception:
            found = []
        print(json.dumps({"id": request["id"], "found": found}), flush=True)


def _newest() -> Iterator[bytes]:
    """Yield the last of the requests that wait: nobody waits for the answers to those before it."""
    data = b""
    while received := os.read(0, 1 << 20):
        data += received
        *lines, data = data.split(b"\n")
        if lines:
            yield lines[-1]


def _complete(jedi: Any, code: str, line: int, column: int) -> list[dict[str, Any]]:
    found = []
    for completion in jedi.Script(code).complete(line, column)[:_LIMIT]:
        text = completion.name_with_symbols
        found.append({"text": text, "length": len(text) - len(completion.complete or ""), "type": completion.type})
    return found


if __name__ == "__main__":
    main()
