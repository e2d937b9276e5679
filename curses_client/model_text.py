"""Widget models as text: what a browser would show of them, in lines for a terminal."""

import re
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, Final

from curses_client.text.ansi import PLAIN, Colour, Style, runs, sanitise
from curses_client.text.blocks import bar, beside, labelled, styled
from curses_client.text.lines import LineStore
from curses_client.text.markup import html_lines
from curses_client.text.width import columns

State = Mapping[str, Any]

_DEPTH: Final = 20
# characters of all values of a model and what it contains; each widget counts for some
_BUDGET: Final = 200_000
_WIDGET: Final = 20
_LINES: Final = 1000

# as wide as tqdm draws its bar when it does not know the terminal's width
_BAR_IN_TEXT: Final = 10
_BAR: Final = 30
_WIDEST_BAR: Final = 60
_NARROWEST_BAR: Final = 4
_PIXELS: Final = 8

_STYLE_COLOURS: Final = {"success": 2, "info": 6, "warning": 3, "danger": 1, "primary": 4}
_CSS_COLOURS: Final = {
    **dict(zip(("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"), range(8), strict=True)),
    **dict.fromkeys(("gray", "grey"), 8),
    "orange": 3,
    "purple": 5,
}
_HEX: Final = re.compile(r"#([0-9a-fA-F]{6})")
_WIDTH: Final = re.compile(r"([0-9]{1,5})(?:\.[0-9]*)?px")


def lines(models: Mapping[str, State], model_id: str) -> list[str]:
    """Return a model and what it contains as stored lines; none if it is hidden or unknown."""
    return _Drawing(models).lines(model_id)


class _Drawing:
    def __init__(self, models: Mapping[str, State]) -> None:
        self._models = models
        self._left = _BUDGET
        # the models that contain what is being drawn: none can contain itself
        self._path: list[str] = []

    def lines(self, model_id: str) -> list[str]:
        state = self._models.get(model_id, {})
        is_too_deep = model_id in self._path or len(self._path) == _DEPTH or self._left <= 0
        if is_too_deep or not self._is_shown(state):
            return []
        self._left -= _WIDGET
        self._path.append(model_id)
        draw = _DRAWN.get(_class_name(state), _Drawing._field if not _children(state) else _Drawing._column)
        found = draw(self, state)[:_LINES]
        self._path.pop()
        return found

    def _is_shown(self, state: State) -> bool:
        layout = self._of(state, "layout")
        return "_model_name" in state and layout.get("visibility") != "hidden" and layout.get("display") != "none"

    def _of(self, state: State, name: str) -> State:
        """Return the state of a model that another one refers to."""
        return self._models.get(_referred(state.get(name)), {})

    def _text(self, text: str) -> str:
        """Return as much of a text as there is room for."""
        text = text[: max(self._left, 0)]
        self._left -= len(text)
        return text

    def _line(self, state: State, name: str) -> str:
        value = state.get(name)
        return sanitise(self._text(value)) if isinstance(value, str) else ""

    def _label(self, state: State) -> str:
        """Return a description as it stands before a value."""
        text = self._line(state, "description").rstrip()
        return f"{text}{'' if text.endswith(':') else ':'} " if text else ""

    # ---- boxes -----------------------------------------------------------------------------------------------

    def _column(self, state: State) -> list[str]:
        return [line for child in _children(state) for line in self.lines(child)]

    def _box(self, state: State) -> list[str]:
        flow = self._of(state, "layout").get("flex_flow")
        is_column = isinstance(flow, str) and flow.startswith("column")
        return self._column(state) if is_column else self._row(state)

    def _row(self, state: State) -> list[str]:
        children = [child for child in _children(state) if self._is_shown(self._models.get(child, {}))]
        is_text = [_class_name(self._models[child]) in _TEXTS for child in children]
        found: list[str] = []
        for number, child in enumerate(children):
            if _class_name(self._models[child]) in _PROGRESS:
                in_front, behind = number > 0 and is_text[number - 1], is_text[number + 1 : number + 2] == [True]
                block = self._progress(self._models[child], percentage=not in_front, count=not behind)
            else:
                block = self.lines(child)
            found = beside(found, block)
        return found

    def _titled(self, state: State) -> list[str]:
        titles = _titles(state)
        found = []
        for number, child in enumerate(_children(state)):
            title = titles.get(number, "") or str(number + 1)
            found.append(styled((Style(bold=True), sanitise(self._text(title)))))
            found += [f"  {line}" for line in self.lines(child)]
        return found

    def _stack(self, state: State) -> list[str]:
        selected, children = state.get("selected_index"), _children(state)
        if isinstance(selected, int) and 0 <= selected < len(children):
            return self.lines(children[selected])
        return []

    # ---- values ----------------------------------------------------------------------------------------------

    def _field(self, state: State) -> list[str]:
        name = sanitise(_class_name(state))
        label = self._label(state) or f"{name or 'widget'}: "
        value = self._text(_value(state))
        if name == "Password":
            value = "•" * 8 if value else ""
        if not value:
            return [label.rstrip() if state.get("description") else label.rstrip(": ")]
        first, *rest = map(sanitise, value.split("\n"))
        return [label + first, *(" " * columns(label) + line for line in rest)]

    def _html(self, state: State) -> list[str]:
        value = state.get("value")
        return labelled(self._label(state), html_lines(self._text(value)) if isinstance(value, str) else [])

    def _plain(self, state: State) -> list[str]:
        value = state.get("value")
        found = [sanitise(line) for line in self._text(value).split("\n")] if isinstance(value, str) else []
        return labelled(self._label(state), found)

    def _button(self, state: State) -> list[str]:
        text = next(filter(None, (self._line(state, name) for name in ("description", "icon", "tooltip"))), "")
        style = Style(_style_colour(state.get("button_style")), inverse=state.get("value") is True)
        return [styled((style, f"[ {text} ]"))]

    def _progress(self, state: State, percentage: bool = True, count: bool = True) -> list[str]:
        low, value, high = (_number(state.get(name)) or 0.0 for name in ("min", "value", "max"))
        fraction = _fraction(low, value, high)
        wanted = self._of(state, "layout").get("width")
        width = _bar_columns(wanted, _BAR if percentage and count else _BAR_IN_TEXT)
        label = self._label(state)
        pieces = [(PLAIN, f"{label}{fraction * 100:3.0f}%" if percentage else label)]
        if width >= _NARROWEST_BAR:
            colour = _css_colour(self._of(state, "style").get("bar_color"))
            colour = _style_colour(state.get("bar_style")) if colour is None else colour
            pieces += [(PLAIN, "|"), (Style(colour), bar(fraction, width)), (PLAIN, "|")]
        if count:
            pieces.append((PLAIN, f" {_short(value)}/{_short(high)}"))
        return [styled(*pieces)]

    def _output(self, state: State) -> list[str]:
        store = LineStore()
        for kind, text in state.get("outputs", ()):
            if store.ends_open and kind != "stream":
                store.feed("\n")
            if kind == "view":
                store.feed("".join(f"{line}\n" for line in self.lines(text)))
            else:
                store.feed(self._text(text) if kind == "stream" else self._text(text) + "\n")
        return [styled(*runs(line)) for line in store.slice(len(store) - _LINES, len(store))]


_Draw = Callable[[_Drawing, State], list[str]]
_PROGRESS: Final[dict[str, _Draw]] = dict.fromkeys(("IntProgress", "FloatProgress"), _Drawing._progress)
_TEXTS: Final[dict[str, _Draw]] = {"HTML": _Drawing._html, "HTMLMath": _Drawing._html, "Label": _Drawing._plain}
_DRAWN: Final[dict[str, _Draw]] = {
    **_PROGRESS,
    **_TEXTS,
    **dict.fromkeys(("HBox", "Box"), _Drawing._box),
    **dict.fromkeys(("VBox", "GridBox"), _Drawing._column),
    **dict.fromkeys(("Accordion", "Tab"), _Drawing._titled),
    **dict.fromkeys(("Button", "ToggleButton"), _Drawing._button),
    "Stack": _Drawing._stack,
    "Output": _Drawing._output,
}


# ---- what a state says ---------------------------------------------------------------------------------------


def _class_name(state: State) -> str:
    name = state.get("_model_name")
    return name.removesuffix("Model") if isinstance(name, str) else ""


def _referred(value: object) -> str:
    return value.removeprefix("IPY_MODEL_") if isinstance(value, str) else ""


def _children(state: State) -> list[str]:
    children = state.get("children")
    return [_referred(child) for child in children] if isinstance(children, list) else []


def _titles(state: State) -> dict[int, str]:
    # `_titles` until ipywidgets 8
    match state.get("titles"), state.get("_titles"):
        case list(titles), _:
            return {number: title for number, title in enumerate(titles) if isinstance(title, str)}
        case _, dict(titles):
            found = {key: title for key, title in titles.items() if isinstance(title, str)}
            return {int(key): title for key, title in found.items() if key.isdecimal() and len(key) < 5}
    return {}


def _value(state: State) -> str:
    labels = state.get("_options_labels")
    if isinstance(labels, list):
        index = state.get("index")
        chosen = index if isinstance(index, list) else [index]
        between = " – " if "Range" in _class_name(state) else ", "
        return between.join(_short(labels[i]) for i in chosen if isinstance(i, int) and 0 <= i < len(labels))
    value = state.get("value")
    if isinstance(value, list) and "Range" in _class_name(state):
        return " – ".join(map(_short, value))
    return _short(value)


def _short(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case float():
            return f"{value:.12g}"
        case list():
            return ", ".join(map(_short, value))
        case {"year": int(year), "month": int(month), "date": int(day)}:
            # months count from 0, as in JavaScript
            return " ".join(filter(None, (f"{year:04}-{month + 1:02}-{day:02}", _clock(value))))
        case {"hours": _}:
            return _clock(value)
        case dict():
            return ", ".join(f"{key}: {_short(item)}" for key, item in value.items())
    return str(value)


def _clock(value: Mapping[str, Any]) -> str:
    parts = [value.get(name) for name in ("hours", "minutes", "seconds")]
    return ":".join(f"{part:02}" for part in parts if isinstance(part, int))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if isfinite(value) else None


def _fraction(low: float, value: float, high: float) -> float:
    span = high - low
    return min(max((value - low) / span, 0.0), 1.0) if span > 0 and isfinite(span) else 0.0


# ---- how it looks --------------------------------------------------------------------------------------------


def _bar_columns(wanted: object, default: int) -> int:
    width = _WIDTH.fullmatch(wanted) if isinstance(wanted, str) else None
    return min(int(width[1]) // _PIXELS, _WIDEST_BAR) if width else default


def _style_colour(name: object) -> Colour:
    return _STYLE_COLOURS.get(name) if isinstance(name, str) else None


def _css_colour(name: object) -> Colour:
    if not isinstance(name, str):
        return None
    digits = _HEX.fullmatch(name)
    if digits:
        red, green, blue = bytes.fromhex(digits[1])
        return red, green, blue
    return _CSS_COLOURS.get(name.lower())
