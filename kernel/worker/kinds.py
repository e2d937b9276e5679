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

# completions of which the signature is told: of a function in Python that takes 20 microseconds, of others far more
_SIGNATURES: Final = 40
_OWNER: Final = re.compile(r"(?:^|[^\w.)\]'\"])([^\W\d]\w*(?:\.[^\W\d]\w*)*)\.\w*\Z")
_IMPORT: Final = re.compile(r"\s*import\s|\s*from\s+[\w.]*\Z")
_FROM: Final = re.compile(r"\s*from\s+([\w.]+)\s+import\s")
_FUNCTIONS: Final[tuple[type, ...]] = (
    FunctionType,
    MethodType,
    BuiltinFunctionType,
    MethodDescriptorType,
    MethodWrapperType,
    WrapperDescriptorType,
    ClassMethodDescriptorType,
    staticmethod,
    classmethod,
)
_PYTHON: Final = (FunctionType, MethodType, staticmethod, classmethod)
_KINDS: Final[tuple[tuple[str, tuple[type, ...]], ...]] = (
    ("module", (ModuleType,)),
    ("class", (type,)),
    ("property", (property,)),
    ("function", _FUNCTIONS),
)
_UNTOLD: Final = frozenset({"variable", "attribute", "<unknown>", ""})
_NOTHING: Final = object()
# what a class says of itself may be made by its metaclass
_MRO: Final[Any] = type.__dict__["__mro__"]
_DICT: Final[Any] = type.__dict__["__dict__"]


def described(shell: ZMQInteractiveShell, code: str, found: list[Any]) -> list[dict[str, Any]]:
    """Return what is told of completions beside their text: kind and signature as far as they are known."""
    start = found[0].start
    line = code[code.rfind("\n", 0, start) + 1 : start]
    members, is_object = _place(shell, line, found[0])
    entries = []
    for completion in found:
        value = _NOTHING
        if completion.type in _UNTOLD:
            value = members.get(completion.text.rpartition(".")[2], _NOTHING)
        kind = _kind(value, completion, line)
        signature = completion.signature
        if not signature and kind == "function" and len(found) <= _SIGNATURES and type(value) in _PYTHON:
            signature = _signature(value, is_bound=is_object)
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


def _place(shell: ZMQInteractiveShell, line: str, first: Any) -> tuple[dict[str, Any], bool]:
    """Return the names that were found, as far as that can be told, and whether they belong to an object."""
    if shell.asking_debugger is not None:
        # the names are those of its frame
        return {}, False
    if first.text.startswith("."):
        found = _OWNER.search(f"{line}.")
        value = _resolved(shell, found[1]) if found is not None else _NOTHING
        return (_members(value), type(value) is not ModuleType) if value is not _NOTHING else ({}, False)
    if _IMPORT.match(line):
        return {}, False
    imported = _FROM.match(line)
    if imported is not None:
        return _members(sys.modules.get(imported[1])), False
    return {**vars(builtins), **shell.user_ns}, False


def _members(value: Any) -> dict[str, Any]:
    """Return the attributes of a module, a class or an object, none of which is computed."""
    if type(value) is ModuleType:
        return vars(value)
    members: dict[str, Any] = {}
    for kind in reversed(_MRO.__get__(type(value))):
        members.update(_DICT.__get__(kind))
    if issubclass(type(value), type):
        for kind in reversed(_MRO.__get__(value)):
            members.update(_DICT.__get__(kind))
    return {**members, **_own(value)}


def _own(value: Any) -> dict[str, Any]:
    """Return the attributes that an object has itself."""
    try:
        return dict(object.__getattribute__(value, "__dict__"))
    # it has slots, or something else under that name
    except Exception:
        return {}


def _resolved(shell: ZMQInteractiveShell, name: str) -> Any:
    """Return what a dotted name stands for, as far as that can be found without running code."""
    first, *rest = name.split(".")
    value = shell.user_ns.get(first, getattr(builtins, first, _NOTHING))
    for part in rest:
        value = _attribute(value, part)
        if value is _NOTHING or (hasattr(type(value), "__get__") and not callable(value)):
            return _NOTHING
    return value


def _attribute(value: Any, name: str) -> Any:
    try:
        return inspect.getattr_static(value, name, _NOTHING)
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
    for kind, types in _KINDS:
        # not isinstance, which asks a proxy for what it stands for
        if issubclass(type(value), types):
            return kind
    # numpy's functions, and what functools makes of one
    return "function" if callable(value) and "__name__" in _members(value) else "instance"


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
