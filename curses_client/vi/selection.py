"""What is selected, as a part of the text, and how much that is."""

from curses_client.vi import operators, places
from curses_client.vi.values import Extent, Scene, Span, Vi


def selected_span(vi: Vi, text: str, at: int) -> Span | None:
    """Return what is selected, the character under the cursor with it; of a block, the lines that it is in."""
    if not vi.is_selecting:
        return None
    start, last = sorted((min(vi.anchor, len(text)), at))
    if vi.mode in ("visual line", "visual block"):
        return Span(start, last, linewise=True)
    end = places.after(text, last)
    return Span(start, end if end > last else min(last + 1, len(text)))


def shown_span(vi: Vi, text: str, at: int) -> tuple[int, int]:
    """Return where the selection that is shown begins and ends: of whole lines, with their ends."""
    span = selected_span(vi, text, at)
    if span is None:
        return at, at
    if not span.linewise:
        return span.start, span.end
    start, end = operators.lines_of(text, span)
    return start, min(end + 1, len(text))


def extent_of(text: str, span: Span) -> Extent:
    """Return how much a part of the text is."""
    last = max(span.end - 1, span.start) if not span.linewise else span.end
    lines = text.count("\n", span.start, last)
    begin = span.start if not lines else places.line_start(text, last)
    return Extent(lines, span.end - begin, span.linewise)


def extended(scene: Scene, extent: Extent) -> Span:
    """Return as much of the text from the cursor on as was selected before."""
    text = scene.text
    last = places.row_start(text, places.row_of(text, scene.at) + extent.lines)
    if extent.linewise:
        return Span(scene.at, max(last, scene.at), linewise=True)
    begin = last if extent.lines else scene.at
    return Span(scene.at, max(min(begin + extent.columns, places.line_end(text, begin) + 1, len(text)), scene.at))
