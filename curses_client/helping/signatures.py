"""Signatures: read from what a kernel says of a function, and which parameter an argument is for."""

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Final, Literal

from curses_client.helping.calls import Call
from curses_client.helping.inspection import sections
from curses_client.offers import Parameter
from curses_client.text.ansi import plain, sanitise
from curses_client.text.later import later
from curses_client.text.width import fit

_FIELDS: Final = ("Signature", "Init signature", "Call signature")
_DOCUMENTATION: Final = ("Docstring", "Init docstring", "Class docstring")
# columns of a default value, and of an annotation, at most; lines of a digest, and columns of its first
_VALUE: Final = 24
_ANNOTATION: Final = 40
_DIGEST: Final = 40
_HEAD: Final = 160
# what IPython gives for classes that tell nothing
_VAGUE: Final = later(r"\((?:self, )?(?:/, )?\*args, \*\*kwargs\)\Z")
_PARAMETER: Final = later(r"(\*{0,2})([^\W\d]\w*|\.\.\.)\s*(?::\s*(.*?))?\s*(?:=\s*(.*))?\Z", re.DOTALL)
_OPTIONAL: Final = later(r"(?<![\w\])])\[(\w.*?)\]|\[(,\s*.*?)\]")
_LONGEST: Final = 20_000
_MOST: Final = 200


def parameters_of(text: str, name: str) -> tuple[Parameter, ...] | None:
    """Return the parameters that IPython's text on a function tells; None if it tells none.

    Functions written in C may have a signature in the first lines of their documentation only, each for one way to
    call them: it is the longest one.
    """
    found = sections(text[:_LONGEST])
    field = next((field for field in _FIELDS if found.get(field)), "")
    label = _label(found.get(field, ""))
    if label and not _VAGUE.search(label):
        return _without_self(tuple(_parameters(label))[:_MOST], field)
    start = f"{name.rpartition('.')[2]}("
    told = takewhile(lambda line: line.startswith(start), found.get("Docstring", "").lstrip().split("\n"))
    # optional ones are in brackets: range(start, stop[, step])
    ways = [tuple(_parameters(_OPTIONAL.sub(r"\1\2", label))) for line in told if (label := _label(line))]
    return max(ways, key=len, default=())[:_MOST] or None


def _without_self(parameters: tuple[Parameter, ...], field: str) -> tuple[Parameter, ...]:
    """Return the parameters of a class without the object that is made."""
    return parameters[1:] if field == _FIELDS[1] and parameters and parameters[0].name == "self" else parameters


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
    found: list[Parameter] = []
    only: Literal["", "name"] = ""
    for part in map(str.strip, _parts(label[1:-1].replace("\n", " "))):
        if part == "/":
            found = [Parameter(p.name, p.kind, "position", p.annotation, p.default) for p in found]
        elif part == "*":
            only = "name"
        elif (parsed := _PARAMETER.match(part)) is not None:
            stars, name, annotation, default = parsed.groups()
            kind: Literal["", "*", "**"] = "**" if stars == "**" else "*" if stars else ""
            found.append(Parameter(name, kind, "" if kind else only, (annotation or "").strip(), default or ""))
            only = "name" if kind else only
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


def shown(parameters: tuple[Parameter, ...], chosen: int | None = None) -> list[tuple[str, int | None]]:
    """Return the parameters as they are written, each with its number, and the signs between them.

    What a value is to be is told of the chosen one only: one row has no room for all of them.
    """
    parts: list[tuple[str, int | None]] = []
    before = ""
    has_star = False
    for number, parameter in enumerate(parameters):
        if before == "position" and parameter.only != "position":
            parts.append(("/", None))
        if parameter.only == "name" and not has_star and parameter.kind != "**":
            parts.append(("*", None))
        has_star = has_star or parameter.only == "name" or parameter.kind == "*"
        parts.append((_written(parameter, is_chosen=number == chosen), number))
        before = parameter.only
    return [*parts, ("/", None)] if before == "position" else parts


def _written(parameter: Parameter, *, is_chosen: bool) -> str:
    text = parameter.kind + parameter.name
    if is_chosen and parameter.annotation:
        text += f": {fit(sanitise(parameter.annotation), _ANNOTATION)}"
    if not parameter.default:
        return text
    equals = " = " if is_chosen and parameter.annotation else "="
    return text + equals + fit(sanitise(parameter.default), _VALUE)


def digest(lines: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Return what of a kernel's text on a name is worth a few rows: parameters or value, then the documentation."""
    text = "\n".join(map(plain, lines))
    found = sections(text)
    if not found:
        return tuple(text.split("\n")[:_DIGEST]) if text else ()
    parameters = parameters_of(text, name)
    if parameters is not None:
        head = [fit(f"{name.rpartition('.')[2]}({', '.join(part for part, _ in shown(parameters))})", _HEAD)]
    else:
        head = [" ".join(found[field].split()) for field in ("Type", "String form") if found.get(field)]
    documentation = next((found[field] for field in _DOCUMENTATION if found.get(field)), "")
    if documentation == "<no docstring>":
        documentation = ""
    told = documentation.split("\n") if documentation else []
    return tuple([*head, *([""] if head and told else []), *told][:_DIGEST])
