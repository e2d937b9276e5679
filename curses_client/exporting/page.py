"""A session as a page of HTML: one file that loads nothing and runs nothing.

Whatever a kernel sent is text, escaped; pictures are data.  A policy in the page (CSP) says the same to the browser.
"""

import json
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from curses_client.bundle import data_of
from curses_client.exporting.entries import WORDS, Entry, Failure, Output, Shown, Stream
from curses_client.exporting.journal import Journal
from curses_client.exporting.recorded import Recorded
from curses_client.exporting.spans import code_html, lines_html
from curses_client.exporting.spool import Spool
from curses_client.exporting.stylesheet import stylesheet
from curses_client.exporting.tables import table_html
from curses_client.quantities import duration
from curses_client.rendering import is_rich, render
from curses_client.shown import EVERYTHING, Look
from curses_client.text.ansi import sanitise
from curses_client.text.highlight import Highlighter
from curses_client.text.lines import LineStore
from curses_client.tracebacks import Traceback
from curses_client.transcript import Cell, Notice

# in an img element the scripts of a drawing do not run, and it loads nothing
_PICTURES: Final = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/svg+xml")
_POLICY: Final = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
# the 16 colours are the page's own, light or dark
_LOOK: Final = Look(cols=110, colors=16)
_LINES: Final = 1000
_PIXELS: Final = 10_000
_HEAD: Final = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>
{style}
</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p>{about}</p>
</header>
"""


def page(journal: Journal, spool: Spool) -> Iterator[str]:
    """Yield the page in pieces."""
    session = Recorded(spool).read(journal)
    view = session.view
    title = escape(view.name or sanitise(journal.name))
    about = " · ".join(escape(text) for text in (view.kernel, view.cwd, _times(session)) if text)
    yield _HEAD.format(policy=escape(_POLICY), title=title, style=stylesheet(), about=about)
    highlighter = Highlighter("ipython" if view.lexer in ("python", "ipython3") else view.lexer)
    for item in session.items():
        if isinstance(item, Notice):
            yield _notice(item)
        else:
            yield from _cell(item, spool, highlighter)
    yield "</body>\n</html>\n"


def _times(session: Recorded) -> str:
    moments = [moment for moment in (session.began, session.ended) if moment is not None]
    return " – ".join(dict.fromkeys(time.strftime("%Y-%m-%d %H:%M", time.localtime(moment)) for moment in moments))


def _notice(notice: Notice) -> str:
    kind = "rule alarming" if notice.alarming else "rule"
    rule = f'<div class="{kind}">{escape(notice.text)}</div>\n'
    if not notice.details:
        return rule
    details = "\n".join(map(escape, notice.details))
    return f"{rule}<details><summary>Details</summary><pre>{details}</pre></details>\n"


def _cell(entry: Entry, spool: Spool, highlighter: Highlighter) -> Iterator[str]:
    cell = entry.cell
    yield f'<section id="{entry.name}" class="{entry.verdict}">\n'
    if cell.source:
        prompt = f"In [{cell.count if cell.count is not None else ' '}]:"
        yield f'<a class="in" href="#{entry.name}"{_title(cell)}>{prompt}</a>\n'
        code = code_html(highlighter.tokens(cell.source, 0, len(cell.source)))
        yield f'<pre class="code">{_kept(code)}</pre>\n'
    for output in entry.outputs:
        yield from _output(output, spool)
    if entry.verdict not in ("done", "failed"):
        yield f'<div class="note">{WORDS[entry.verdict]}</div>\n'
    yield "</section>\n"


def _kept(html: str) -> str:
    """Return the content of a pre element: its first newline would not count."""
    return f"\n{html}" if html.startswith("\n") else html


def _title(cell: Cell) -> str:
    if cell.started is None or cell.count is None:
        return ""
    took = f", {duration(cell.finished - cell.started)}" if cell.finished is not None else ""
    return f' title="{time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(cell.started))}{took}"'


# ---- outputs -----------------------------------------------------------------------------------------------


def _output(output: Output, spool: Spool) -> Iterator[str]:
    match output:
        case Stream(name=name, places=places):
            store = LineStore()
            for piece in spool.pieces(places):
                store.feed(piece)
            yield from _pre(store, "out stderr" if name == "stderr" else "out")
        case Shown():
            yield from _shown(output, spool)
        case Failure(place=place):
            ename, evalue, traceback = json.loads(spool.get(place))
            error = Traceback(ename, evalue, traceback, folds=False)
            yield f'<pre class="out">{_kept(lines_html(error.slice(0, len(error))))}</pre>\n'


def _pre(store: LineStore, kind: str) -> Iterator[str]:
    """Yield lines, however many there are."""
    if not len(store):
        return
    for start in range(0, len(store), _LINES):
        text = lines_html(store.slice(start, start + _LINES))
        yield text if start else f'<pre class="{kind}">{_kept(text)}'
    yield "</pre>\n"


def _shown(shown: Shown, spool: Spool) -> Iterator[str]:
    if shown.kind == "result":
        yield f'<div class="in">Out{f"[{shown.count}]" if shown.count is not None else ""}:</div>\n'
    if shown.model_text is not None:
        yield from _text(spool.get(shown.model_text))
        return
    data, metadata = json.loads(spool.get(shown.place))
    picture = _picture(data, metadata)
    if picture:
        yield f'<div class="out">{picture}</div>\n'
        return
    table = table_html(_joined(data.get("text/html")))
    if table:
        yield f'<div class="out">{table}</div>\n'
    elif is_rich(data):
        found = render(data, metadata, _LOOK, EVERYTHING)
        kind = "out" if found.wraps else "out wide"
        yield f'<pre class="{kind}">{_kept(lines_html([line.text for line in found.lines]))}</pre>\n'
    else:
        yield from _text(_joined(data.get("text/plain")))


def _text(text: str) -> Iterator[str]:
    store = LineStore()
    store.feed(text)
    yield from _pre(store, "out")


def _joined(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else value if isinstance(value, str) else ""


def _picture(data: dict[str, Any], metadata: Mapping[str, Any]) -> str:
    """Return the picture of a bundle as an element; empty if there is none."""
    for mime in _PICTURES:
        content = data_of(data, mime)
        if content:
            size = _size(metadata.get(mime))
            alt = escape(sanitise(_joined(data.get("text/plain")))[:200])
            # encoded anew: whatever was sent, this is base64
            return f'<img src="data:{mime};base64,{b64encode(content).decode()}" alt="{alt}"{size}>'
    return ""


def _size(told: Any) -> str:
    """Return how large a picture is to be, as IPython's metadata tell it."""
    if not isinstance(told, Mapping):
        return ""
    sizes = {name: told.get(name) for name in ("width", "height")}
    return "".join(f' {name}="{value}"' for name, value in sizes.items() if type(value) is int and 0 < value < _PIXELS)
