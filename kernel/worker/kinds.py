"""What completions are: modules, classes, functions, values; found without running code of the user's."""

from __future__ import annotations

import builtins
import inspect
import re
import sys
from keyword import iskeyword
from types import (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any, Final

from kernel.worker.shell import ZMQInteractiveShell

# completions of which the signature is told: it takes 20 to 100 microseconds each
_SIGNATURES: Final = 40
_OWNER: Final = re.compile(r"(?:^|[^\w.)\]'\"])([^\W\d]\w*(?:\.[^\W\d]\w*)*)\.\w*\Z")
_IMPORT: Final = re.compile(r"\s*import\s|\s*from\s+[\w.]*\Z")
_FROM: Final = re.compile(r"\s*from\s+([\w.]+)\s+import\s")
_KINDS: Final[tuple[tuple[str, tuple[type, ...]], ...]] = (
    ("module", (ModuleType,)),
    ("class", (type,)),
    ("property", (property,)),
    (
        "function",
        (
            FunctionType,
            MethodType,
            BuiltinFunctionType,
            MethodDescriptorType,
            MethodWrapperType,
            WrapperDescriptorType,
            ClassMethodDescriptorType,
        ),
    ),
)
_UNTOLD: Final = frozenset({"variable", "attribute", "<unknown>", ""})
_NOTHING: Final = object()


def described(shell: ZMQInteractiveShell, code: str, found: list[Any]) -> list[dict[str, Any]]:
    """Return what is told of completions beside their text: kind and signature as far as they are known."""
    start = found[0].start
    line = code[code.rfind("\n", 0, start) + 1 : start]
    place = _place(shell, code, line, found[0])
    entries = []
    for completion in found:
        value = _NOTHING
        if completion.type in _UNTOLD and place is not None:
            value = _looked_up(place, completion.text.rpartition(".")[2])
        kind = _kind(value, completion, line)
        signature = completion.signature
        if not signature and kind == "function" and len(found) <= _SIGNATURES:
            signature = _signature(value, is_bound=place is not None and type(place) not in (dict, ModuleType))
        entries.append(
            {
                "start": completion.start,
                "end": completion.end,
                "text": completion.text,
                "type": kind,
                "signature": signature,
            }
        )
    return entries


def is_of_known(shell: ZMQInteractiveShell, line: str) -> bool:
    """Whether a line ends in an attribute of something that is there: nothing else knows more of it."""
    found = _OWNER.search(line)
    return found is not None and _resolved(shell, found[1]) is not _NOTHING


def _place(shell: ZMQInteractiveShell, code: str, line: str, first: Any) -> Any:
    """Return where the names are that were found: a namespace or an object; None if that cannot be told."""
    if shell.asking_debugger is not None:
        # the names are those of its frame
        return None
    if first.text.startswith("."):
        found = _OWNER.search(f"{line}.")
        value = _resolved(shell, found[1]) if found is not None else _NOTHING
        return None if value is _NOTHING else value
    if _IMPORT.match(line):
        return None
    imported = _FROM.match(line)
    if imported is not None:
        return sys.modules.get(imported[1])
    return {**vars(builtins), **shell.user_ns}


def _resolved(shell: ZMQInteractiveShell, name: str) -> Any:
    """Return what a dotted name stands for, as far as that can be found without running code."""
    first, *rest = name.split(".")
    value = shell.user_ns.get(first, getattr(builtins, first, _NOTHING))
    for part in rest:
        value = _looked_up(value, part)
        if value is _NOTHING or (hasattr(type(value), "__get__") and not callable(value)):
            return _NOTHING
    return value


def _looked_up(place: Any, name: str) -> Any:
    if type(place) is dict:
        return place.get(name, _NOTHING)
    try:
        return inspect.getattr_static(place, name, _NOTHING)
    # a metaclass or a __dict__ that is something else
    except Exception:
        return _NOTHING


def _kind(value: Any, completion: Any, line: str) -> str:
    if completion.type not in _UNTOLD:
        return str(completion.type)
    if iskeyword(completion.text):
        return "keyword"
    if value is _NOTHING:
        return "module" if _IMPORT.match(line) else str(completion.type)
    if type(value) in (staticmethod, classmethod):
        value = value.__func__
    for kind, types in _KINDS:
        # not isinstance, which asks a proxy for what it stands for
        if issubclass(type(value), types):
            return kind
    # numpy's functions, and what functools makes of one
    is_named = _looked_up(value, "__name__") is not _NOTHING and _looked_up(type(value), "__call__") is not _NOTHING
    return "function" if is_named else "instance"


def _signature(value: Any, *, is_bound: bool) -> str:
    """Return the parameters of a function, without those that are given by what it belongs to."""
    is_bound = (is_bound or type(value) is classmethod) and type(value) is not staticmethod
    try:
        found = inspect.signature(getattr(value, "__func__", value) if is_bound else value)
        parameters = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in found.parameters.values()]
        return str(inspect.Signature(parameters[1:] if is_bound else parameters))
    # there is none, or a default value cannot be shown
    except Exception:
        return ""
