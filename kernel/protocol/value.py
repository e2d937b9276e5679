"""Frozen dataclasses that cost next to nothing to define.

Python takes about a millisecond to make a frozen dataclass, because it compiles each of its methods.  Client,
supervisor and worker define some ninety of them before the first prompt.  The subclasses of `Value` are
dataclasses to everything that asks (`dataclasses.fields`, `replace`, `match`, type checkers), but share the methods
that are written here once: 20 microseconds a class.
"""

from __future__ import annotations

import inspect
from dataclasses import MISSING, Field, FrozenInstanceError, field
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

if TYPE_CHECKING:
    from typing import dataclass_transform
else:
    # what it tells is for type checkers, and Python has it since 3.11 only

    def dataclass_transform(**_options):
        """Change nothing."""
        return lambda kind: kind


def _annotations(cls: type) -> dict[str, Any]:
    """Return the annotations of a class itself (inspect.get_annotations, which Python has since 3.10)."""
    if hasattr(inspect, "get_annotations"):
        return inspect.get_annotations(cls)
    return dict(cls.__dict__.get("__annotations__", {}))  # noqa: RUF063


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Value:
    """The base of values: fields are annotated in the class, are given in order or by name, and never change."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]] = {}
    # what most fields are when they are not given
    _defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        # PEP 681 and the dataclasses module: fields of the bases first, in the order of their definition
        found = dict(cls.__dataclass_fields__)
        for name in _annotations(cls):
            default = cls.__dict__.get(name, MISSING)
            spec: Field[Any] = default if isinstance(default, Field) else field(default=default)
            spec.name = name
            # what `dataclasses.fields` looks for
            spec._field_type = _FIELD  # type: ignore[attr-defined]
            if spec is default:
                delattr(cls, name)
            found[name] = spec
        cls.__dataclass_fields__ = found
        cls._defaults = {name: spec.default for name, spec in found.items() if spec.default is not MISSING}
        type.__setattr__(cls, "__match_args__", tuple(found))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        specs = self.__dataclass_fields__
        given = dict(zip(specs, args), **kwargs) if args else kwargs
        if len(given) < len(args) + len(kwargs) or not given.keys() <= specs.keys():
            raise TypeError(f"{type(self).__name__}() got arguments that it has no fields for")
        values = self.__dict__
        values.update(self._defaults, **given)
        if len(values) < len(specs):
            for name, spec in specs.items():
                if name not in values:
                    values[name] = self._default(spec)

    def _default(self, spec: Field[Any]) -> Any:
        if spec.default is not MISSING:
            return spec.default
        if spec.default_factory is not MISSING:
            return spec.default_factory()
        raise TypeError(f"{type(self).__name__}() is missing {spec.name!r}")

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def _values(self) -> tuple[Any, ...]:
        return tuple(map(self.__dict__.__getitem__, self.__dataclass_fields__))

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name}={self.__dict__[name]!r}" for name, spec in self.__dataclass_fields__.items() if spec.repr
        )
        return f"{type(self).__name__}({shown})"


V = TypeVar("V", bound=Value)


def made(kind: type[V], fields: dict[str, Any]) -> V:
    """Return a value of fields that are known to be its own, and to be all that have no default."""
    new = object.__new__(kind)
    values = new.__dict__
    values.update(kind._defaults, **fields)
    if len(values) < len(kind.__dataclass_fields__):
        for name, spec in kind.__dataclass_fields__.items():
            if name not in values:
                values[name] = new._default(spec)
    return new


def replace(value: V, /, **changes: Any) -> V:
    """Return a value with other fields, as `dataclasses.replace` does in ten times as long."""
    if not changes.keys() <= value.__dataclass_fields__.keys():
        raise TypeError(f"{type(value).__name__}() got arguments that it has no fields for")
    new = object.__new__(type(value))
    new.__dict__.update(value.__dict__, **changes)
    return new


def _field_kind() -> Any:
    """Return the mark that the dataclasses module gives to ordinary fields."""
    from dataclasses import dataclass

    @dataclass
    class Sample:
        one: int

    return Sample.__dataclass_fields__["one"]._field_type  # type: ignore[attr-defined]


_FIELD = _field_kind()
