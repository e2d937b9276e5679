"""The forms of a MIME bundle -> the best one that a terminal can show, as lines."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from curses_client.bundle import text_of
from curses_client.rendering.besides import besides
from curses_client.rendering.folds import folded
from curses_client.rendering.plain import joined, note, size_text, text_lines
from curses_client.shown import Line, Look, Rendered

if TYPE_CHECKING:
    from curses_client.rendering.tree import Element

HTML: Final = "text/html"
JSON: Final = "application/json"
LATEX: Final = "text/latex"
MARKDOWN: Final = "text/markdown"
PLAIN: Final = "text/plain"
RESOURCE: Final = "application/vnd.dataresource+json"
# our own kernel tells the types of a DataFrame's columns with it
TYPES: Final = "application/vnd.cshell.types+json"
VIEW: Final = "application/vnd.jupyter.widget-view+json"

_PICTURES: Final = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/svg+xml")
# what a browser runs, and no one reads
_PROGRAMS: Final = re.compile(
    r"application/(javascript|vnd\.(vega|plotly|bokeh|holoviews|jupyter\.es)[\w.+-]*)|text/javascript"
)
# of an object without a text of its own
_BARE: Final = re.compile(
    r"<[^\n<>]{0,300}( at 0x[0-9a-fA-F]+| object|with \d+ Axes|image mode=[^\n]{0,100})>"
    r"|\w{0,40}\.Chart\(\.\.\.\)|plot without title"
)
_HINT: Final = "pip install 'cshell[rich]' lays it out"


def is_rich(bundle: Mapping[str, Any]) -> bool:
    """Whether there is more to a bundle than its text."""
    return VIEW not in bundle and (len(bundle) != 1 or PLAIN not in bundle)


def render(
    bundle: Mapping[str, Any], metadata: Mapping[str, Any], look: Look, opened: frozenset[str] = frozenset()
) -> Rendered:
    """Return an untrusted MIME bundle as lines fitted to the screen; `opened` has the keys of folds that were toggled.

    No bundle is an error, whatever the types of its values.
    """
    output = _Output(bundle, metadata, look, opened)
    if is_rich(bundle):
        for form in _FORMS:
            try:
                found = form(output)
            except Exception:
                # libraries are given what anyone may have written; the next form is as good as an error
                found = None
            if found is not None and found.lines:
                return found
    return output.text()


class _Output:
    """A bundle, and what it is to be fitted to; None is for a form that there is not."""

    def __init__(
        self, bundle: Mapping[str, Any], metadata: Mapping[str, Any], look: Look, opened: frozenset[str]
    ) -> None:
        self.bundle = bundle
        self.metadata = metadata if isinstance(metadata, Mapping) else {}
        self.look = look
        self.opened = opened

    def __getitem__(self, mime: str) -> str:
        return joined(self.bundle.get(mime))

    @property
    def has_text(self) -> bool:
        """Whether the text says more than that there is an object."""
        text = self[PLAIN].strip()
        return bool(text) and _BARE.fullmatch(text) is None

    @cached_property
    def tree(self) -> "Element | None":
        """The HTML form, unless it is too long even for a table."""
        from curses_client.rendering.frames import LARGEST
        from curses_client.rendering.tree import parsed

        html = self[HTML]
        return parsed(html) if 0 < len(html) <= LARGEST else None

    def text(self) -> Rendered:
        """Return the text form, or the names of the others; nothing of a value that shows nothing."""
        try:
            text = text_of(dict(self.bundle))
        except (RecursionError, ValueError, TypeError):
            # a value that has no text: nested too deeply, or a number with too many digits
            text = ""
        lines = text_lines(text, self.opened) if text else []
        # without a text form the types are what is shown
        return Rendered((*lines, *self.others())) if PLAIN in self.bundle else Rendered(tuple(lines))

    def picture(self) -> Rendered | None:
        """Return a picture, below text that says more than that it is one."""
        if self.bundle.keys().isdisjoint(_PICTURES) or (LATEX in self.bundle and self.has_text):
            # of a formula (sympy with `use_latex="png"`) the text is easier to read
            return None
        from curses_client.rendering.pictures import picture_of, show

        picture = picture_of(self.bundle, self.metadata)
        if picture is None:
            return None
        shown = show(picture, self.look, self.look.rows)
        text = text_lines(self[PLAIN], self.opened) if self.has_text else []
        lines = (*text, *shown.lines, *self.others(*_PICTURES))
        return Rendered(lines, wraps=not text or shown.wraps, transmission=shown.transmission)

    def frame(self) -> Rendered | None:
        """Return a table of data."""
        if "<table" in self[HTML] and self.tree is not None:
            from curses_client.rendering.frames import field_types, frame_of, html_frame

            frame = frame_of(self.tree)
            if frame is not None and (frame.has_rows or not self.has_text):
                types = field_types(self.bundle.get(RESOURCE) or self.bundle.get(TYPES))
                return self._with_others(html_frame(frame, types, self.look.colors, self.opened), HTML)
        if RESOURCE in self.bundle:
            from curses_client.rendering.resources import resource_frame

            return self._with_others(resource_frame(self.bundle[RESOURCE], self.opened))
        return None

    def markdown(self) -> Rendered | None:
        """Return Markdown, as it is written if it is very long."""
        source = self[MARKDOWN]
        if not source.strip():
            return None
        from curses_client.rendering.markdown import LARGEST, markdown_rows

        try:
            if len(source) <= LARGEST:
                rows = markdown_rows(source, self.look.cols, self.look.colors)
                return self._with_others(Rendered(tuple(folded(rows, "lines", self.opened))))
            lines = [*text_lines(source, self.opened), self._too_long(MARKDOWN)]
        except ImportError:
            lines = [*text_lines(source, self.opened), note(f"Markdown: {_HINT}")]
        return self._with_others(Rendered(tuple(lines)))

    def formula(self) -> Rendered | None:
        """Return LaTeX in Unicode, or as it is written, if there is no text that was made for terminals."""
        source, text = self[LATEX], self[PLAIN].strip()
        if not source.strip() or (self.has_text and ("\n" in text or not text.isascii())):
            return None
        from curses_client.rendering.latex import converted

        try:
            lines = text_lines(converted(source) or source, self.opened)
        except ImportError:
            lines = [*text_lines(source, self.opened), note(f"LaTeX: {_HINT}")]
        return self._with_others(Rendered(tuple(lines)))

    def json(self) -> Rendered | None:
        """Return JSON as a tree; that of other types only if there is no text."""
        mime = next((mime for mime in self.bundle if mime == JSON), None)
        if mime is None and not self.has_text:
            mime = next((mime for mime in self.bundle if _is_json(mime)), None)
        if mime is None:
            return None
        from curses_client.rendering.json_tree import tree_lines

        told = self.metadata.get(mime)
        expanded = isinstance(told, Mapping) and told.get("expanded") is True
        lines = tree_lines(self.bundle[mime], self.look.cols, self.look.colors, self.opened, expanded)
        return self._with_others(Rendered(tuple(lines)), mime)

    def html(self) -> Rendered | None:
        """Return HTML, if there is no text: that of most libraries is made for terminals."""
        if self.has_text or not self[HTML].strip():
            return None
        from curses_client.rendering.html import LARGEST, html_rows

        if self.tree is None or len(self[HTML]) > LARGEST:
            return Rendered((self._too_long(HTML),))
        rows = html_rows(self.tree, self.look.cols, self.look.colors)
        if not any(rows):
            return None
        return self._with_others(Rendered(tuple(folded(rows, "lines", self.opened))), HTML)

    def _too_long(self, mime: str) -> Line:
        return note(f"{mime}, {size_text(len(self[mime]))}: it is too long to be laid out")

    def _with_others(self, shown: Rendered | None, *mimes: str) -> Rendered | None:
        others = tuple(self.others(*mimes))
        return replace(shown, lines=shown.lines + others) if shown is not None and others else shown

    def others(self, *shown: str) -> Iterator[Line]:
        """Yield lines about forms that would be worth a look elsewhere, and about one that is too long."""
        if HTML not in shown and "<table" in self[HTML] and self.tree is None:
            yield self._too_long(HTML)
            shown = (*shown, HTML)
        # the picture of a formula is one more form of it
        found = besides(self.bundle, frozenset((*shown, *(_PICTURES if LATEX in self.bundle else ()))))
        if found:
            yield note(f"also: {found}")


_FORMS: Final[tuple[Callable[[_Output], Rendered | None], ...]] = (
    _Output.picture,
    _Output.frame,
    _Output.markdown,
    _Output.json,
    _Output.html,
    _Output.formula,
)


def _is_json(mime: str) -> bool:
    """Whether a type is data as JSON, and no program for a browser."""
    return mime.endswith("+json") and mime != TYPES and not _PROGRAMS.match(mime)
