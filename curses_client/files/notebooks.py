"""Notebooks as scripts with cells, and back, through Jupytext: what is not shown of one is kept as it is.

The markup between cells is Jupytext's percent format.  Outputs, attachments and metadata stay in the notebook that was
read; on writing, each cell gets those of the cell that it was, and a cell that has run in this session its new outputs.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any, Final

from curses_client.document import Document, Stamp

# seconds for a conversion: of a notebook of a hundred megabytes, on a slow machine
_SECONDS: Final = 60.0

# the source of a cell, its execution count, and its outputs as nbformat has them
Outputs = Sequence[tuple[str, int | None, list[dict[str, Any]]]]


class NoNotebook(Exception):
    """A notebook cannot be read or written; the text says why."""


def read(path: str, data: bytes, stamp: Stamp | None) -> Document:
    """Read a notebook's bytes.  Raises NoNotebook."""
    text = data.decode("utf-8", "surrogateescape")
    answer = _converted({"do": "read", "notebook": text})
    return Document(
        path, tuple(answer["text"].rstrip("\n").split("\n")), stamp=stamp, language=answer["lexer"], notebook=text
    )


def empty(path: str) -> Document:
    """Return a notebook that is not there yet."""
    return Document(path, ("# %%", ""), language="python", notebook="")


def written(document: Document, lines: tuple[str, ...], outputs: Outputs) -> bytes:
    """Return the bytes of a notebook with these lines.  Raises NoNotebook."""
    request = {"do": "write", "notebook": document.notebook, "text": "\n".join(lines) + "\n", "outputs": list(outputs)}
    notebook: str = _converted(request)["notebook"]
    return notebook.encode("utf-8", "surrogateescape")


def _converted(request: dict[str, Any]) -> Any:
    """Have another process convert: Jupytext takes half a second to load, and memory that an editor has no use for."""
    try:
        run = subprocess.run(
            [sys.executable, "-P", "-m", "curses_client.files.jupytexts"],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoNotebook(f"it cannot be converted: {error}") from None
    if run.returncode:
        said = run.stderr.decode(errors="replace").strip().splitlines()
        raise NoNotebook(said[-1] if said else "it cannot be converted")
    return json.loads(run.stdout)
