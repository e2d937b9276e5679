"""A session as a notebook of Jupyter's, with its outputs (nbformat 4.5, byte for byte as nbformat writes it).

Widgets are there as text: their state is not in a journal to be shown again.  Cells that did not run are there too,
and what happened to the kernel is said between the cells.
"""

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final

from curses_client.bundle import VIEW
from curses_client.exporting.entries import Entry, Failure, Output, Shown, Stream
from curses_client.exporting.journal import Journal
from curses_client.exporting.recorded import Recorded
from curses_client.exporting.spool import Spool
from curses_client.state import SessionView
from curses_client.text.ansi import plain
from curses_client.transcript import Notice

_JSON: Final = re.compile(r"application/(.*\+)?json")
_OURS: Final = "application/vnd.cshell."
# of these nbformat writes a list of lines
_IN_LINES: Final = ("application/javascript", "image/svg+xml")
# what ends a line for str.splitlines, with which nbformat splits text
_BREAKS: Final = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
# CommonMark: what a backslash makes plain text
_PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")
_PYTHON: Final = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}


def notebook(journal: Journal, spool: Spool) -> Iterator[str]:
    """Yield the notebook in pieces."""
    session = Recorded(spool).read(journal)
    yield '{\n "cells": ['
    separator = "\n"
    for number, item in enumerate(session.items(), 1):
        yield separator
        separator = ",\n"
        if isinstance(item, Notice):
            yield _notice(item, number)
        else:
            yield from _cell(item, spool)
    yield "],\n" if separator == "\n" else "\n ],\n"
    yield f' "metadata": {_dumped(_metadata(session.view, session.language), 1)},\n'
    yield ' "nbformat": 4,\n "nbformat_minor": 5\n}\n'


def _metadata(view: SessionView, language: str) -> dict[str, Any]:
    language = language or view.lexer
    if language.lower() == "python":
        # each environment has a kernel of this name
        spec = {"display_name": view.kernel or "Python 3", "language": "python", "name": "python3"}
        return {"kernelspec": spec, "language_info": _PYTHON}
    kernel = view.kernel or language
    return {
        "kernelspec": {"display_name": kernel, "language": language, "name": kernel},
        "language_info": {"name": language, "pygments_lexer": view.lexer},
    }


# ---- cells -------------------------------------------------------------------------------------------------


def _notice(notice: Notice, number: int) -> str:
    """Return a cell of Markdown that says what happened, with nothing in it that Markdown would read."""
    lines = [f"**{_escaped(notice.text)}**", *([""] if notice.details else ())]
    lines += [f"{_escaped(line)}  " for line in notice.details]
    cell = {
        "cell_type": "markdown",
        "id": f"notice-{number}",
        "metadata": {},
        "source": "\n".join(lines).splitlines(keepends=True),
    }
    return f"  {_dumped(cell, 2)}"


def _escaped(text: str) -> str:
    blanks = len(text) - len(text.lstrip(" "))
    return "\xa0" * blanks + _PUNCTUATION.sub(r"\\\1", text[blanks:])


def _cell(entry: Entry, spool: Spool) -> Iterator[str]:
    yield '  {\n   "cell_type": "code",\n'
    yield f'   "execution_count": {json.dumps(entry.cell.count)},\n'
    yield f'   "id": "{entry.name}",\n'
    yield f'   "metadata": {_dumped(_cell_metadata(entry), 3)},\n'
    yield '   "outputs": ['
    separator = "\n"
    for output in entry.outputs:
        for number, piece in enumerate(_output(output, spool)):
            yield piece if number else f"{separator}    {piece}"
            separator = ",\n"
    yield "],\n" if separator == "\n" else "\n   ],\n"
    yield f'   "source": {_dumped(entry.cell.code.splitlines(keepends=True), 3)}\n  }}'


def _cell_metadata(entry: Entry) -> dict[str, Any]:
    """Return when a cell ran, as JupyterLab keeps it, and what became of it if that was not its end."""
    found: dict[str, Any] = {}
    if entry.verdict not in ("done", "failed"):
        found["cshell"] = {"state": entry.verdict}
    cell = entry.cell
    times = {"iopub.execute_input": cell.started, "shell.execute_reply": cell.finished}
    known = {name: _iso(moment) for name, moment in times.items() if moment is not None and cell.count is not None}
    if known:
        found["execution"] = known
    return found


def _iso(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + f".{int(moment % 1 * 1000):03d}000Z"


# ---- outputs -----------------------------------------------------------------------------------------------


def _output(output: Output, spool: Spool) -> Iterator[str]:
    match output:
        case Stream(name=name, places=places):
            yield f'{{\n     "name": {json.dumps(name)},\n     "output_type": "stream",\n     "text": ['
            yield from _lines(spool.pieces(places))
            yield "]\n    }"
        case Shown():
            value = _value(output, spool)
            if value is not None:
                yield _dumped_value(value)
        case Failure(place=place):
            ename, evalue, traceback = json.loads(spool.get(place))
            error = {"ename": ename, "evalue": evalue, "output_type": "error", "traceback": traceback}
            yield _dumped(error, 4)


def _lines(pieces: Iterable[str]) -> Iterator[str]:
    """Yield text as the members of a list of its lines, however long one is."""
    is_open = is_any = False
    rest = ""
    for piece in chain(pieces, ("",)):
        text = rest + piece
        # the first half of the end of a line, perhaps
        rest = "\r" if piece and text.endswith("\r") else ""
        written = []
        for line in text.removesuffix(rest).splitlines(keepends=True):
            if not is_open:
                written.append(',\n      "' if is_any else '\n      "')
            written.append(json.dumps(line, ensure_ascii=False)[1:-1])
            is_any, is_open = True, line[-1] not in _BREAKS
            if not is_open:
                written.append('"')
        yield "".join(written)
    yield ('"' if is_open else "") + ("\n     " if is_any else "")


def _value(shown: Shown, spool: Spool) -> dict[str, Any] | None:
    """Return a value; None for a widget that shows nothing any more."""
    data, metadata = json.loads(spool.get(shown.place))
    if shown.model_text is not None:
        text = plain(spool.get(shown.model_text))
        if not text:
            return None
        data, metadata = {"text/plain": text}, {}
    found: dict[str, Any] = {"data": _bundle(data), "metadata": metadata}
    if shown.kind == "result":
        return {**found, "execution_count": shown.count, "output_type": "execute_result"}
    return {**found, "output_type": "display_data"}


def _bundle(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a MIME bundle with the types that nbformat asks for."""
    found: dict[str, Any] = {}
    for mime, value in data.items():
        if mime == VIEW or mime.startswith(_OURS):
            # without the state of its model nobody can show it; what is said to cshell is for cshell
            continue
        if _JSON.fullmatch(mime):
            found[mime] = value
            continue
        text = "".join(map(str, value)) if isinstance(value, list) else str(value)
        is_in_lines = mime.startswith("text/") or mime in _IN_LINES
        found[mime] = text.splitlines(keepends=True) if is_in_lines else text
    return found or {"text/plain": []}


def _dumped_value(value: dict[str, Any]) -> str:
    try:
        return _dumped(value, 4)
    except RecursionError:
        # nested more deeply than anybody reads
        data = {mime: text for mime, text in value["data"].items() if not _JSON.fullmatch(mime)}
        return _dumped({**value, "data": data or {"text/plain": []}, "metadata": {}}, 4)


def _dumped(value: Any, depth: int) -> str:
    """Return JSON as nbformat writes it, indented as what stands so deep."""
    try:
        text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    except ValueError:
        # other readers know no infinity, nor what is no number
        value = json.loads(json.dumps(value), parse_constant=lambda name: None)
        text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    return text.replace("\n", "\n" + " " * depth)
