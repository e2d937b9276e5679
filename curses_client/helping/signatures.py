"""Signatures: read from what a kernel says of a function, and which parameter an argument is for."""

import re
from collections.abc import Iterator
from typing import Final, Literal

from curses_client.helping.calls import Call
from curses_client.helping.inspection import sections
from curses_client.offers import Parameter

_FIELDS: Final = ("Signature", "Init signature", "Call signature")
# what IPython gives for classes that tell nothing
_VAGUE: Final = re.compile(r"\((?:self, )?(?:/, )?\*args, \*\*kwargs\)\Z")
_PARAMETER: Final = re.compile(r"(\*{0,2})([^\W\d]\w*|\.\.\.)\s*(?::\s*(.*?))?\s*(?:=\s*(.*))?\Z", re.DOTALL)
_LONGEST: Final = 20_000
_MOST: Final = 200


def parameters_of(text: str, name: str) -> tuple[Parameter, ...] | None:
    """Return the parameters that IPython's text on a function tells; None if it tells none.

    Functions written in C may have a signature in the first line of their documentation only.
    """
    found = sections(text[:_LONGEST])
    given = next((found[field] for field in _FIELDS if found.get(field)), "")
    label = _label(given)
    if not label or _VAGUE.search(label):
        first = found.get("Docstring", "").lstrip().partition("\n")[0]
        if first.startswith(f"{name.rpartition('.')[2]}("):
            label = _label(first) or label
    return None if not label else tuple(_parameters(label))[:_MOST]


def _label(text: str) -> str:
    """Return what of a text is in its first brackets, with them; nothing if they are not closed."""
    start = text.find("(")
    depth = 0
    for at, character in _outside_strings(text, max(start, 0)):
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
            if not depth:
                return text[start : at + 1]
    return ""


def _outside_strings(text: str, start: int) -> Iterator[tuple[int, str]]:
    """Yield the characters of a text that are in no string, with their places."""
    quote = ""
    skipped = False
    for at in range(start, len(text)):
        character = text[at]
        if skipped:
            skipped = False
        elif quote:
            skipped = character == "\\"
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        else:
            yield at, character


def _parts(inside: str) -> Iterator[str]:
    """Yield what stands between the commas of a signature, the commas in brackets aside."""
    depth = begin = 0
    for at, character in _outside_strings(inside, 0):
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and depth <= 0:
            yield inside[begin:at]
            begin = at + 1
    yield inside[begin:]


def _parameters(label: str) -> Iterator[Parameter]:
    # optional ones in the old notation: range(start, stop[, step])
    inside = re.sub(r"\s*\[,\s*(.*?)\]", r", \1", label[1:-1].replace("\n", " "))
    found: list[Parameter] = []
    only: Literal["", "name"] = ""
    for part in map(str.strip, _parts(inside)):
        if part == "/":
            found = [Parameter(p.name, p.kind, "position", p.annotation, p.default) for p in found]
        elif part == "*":
            only = "name"
        elif (parsed := _PARAMETER.match(part)) is not None:
            stars, name, annotation, default = parsed.groups()
            kind: Literal["", "*", "**"] = "**" if stars == "**" else "*" if stars else ""
            found.append(Parameter(name, kind, "" if kind else only, (annotation or "").strip(), default or ""))
            only = "name" if kind else only
    if found and found[0].name == "self" and len(label) > len("(self)"):
        del found[0]
    yield from found


def current(parameters: tuple[Parameter, ...], call: Call) -> int | None:
    """Return which parameter the argument at the cursor is for; None if that cannot be told."""
    if call.keyword:
        named = [number for number, p in enumerate(parameters) if p.name == call.keyword and not p.kind]
        return next(iter(named or [number for number, p in enumerate(parameters) if p.kind == "**"]), None)
    if call.used:
        # only another keyword can follow: the first one that has no value yet
        left = (number for number, p in enumerate(parameters) if p.name not in call.used and not p.kind)
        return next((number for number in left if number >= call.position), None)
    for number, parameter in enumerate(parameters):
        if parameter.kind == "*" or (number == call.position and parameter.only != "name" and not parameter.kind):
            return number if number <= call.position else None
    return None
