"""Values: given in order or by name, never changed, and as good as dataclasses to whoever asks."""

from dataclasses import field, fields
from dataclasses import replace as dataclasses_replace

import pytest

from kernel.protocol.value import Value, made, replace


class Point(Value):
    x: int
    y: int = 2
    tags: list[str] = field(default_factory=list)


def test_fields_in_order_and_by_name() -> None:
    assert Point(1) == Point(x=1) == Point(1, 2, []) == Point(1, tags=[])
    assert Point(1, 3) != Point(1)
    assert Point(1).tags is not Point(1).tags
    assert repr(Point(1, 3)) == "Point(x=1, y=3, tags=[])"
    assert [one.name for one in fields(Point)] == ["x", "y", "tags"]


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((), {}),
        ((1, 2, [], 4), {}),
        ((1,), {"x": 2}),
        ((1,), {"z": 2}),
        ((), {"y": 2}),
        ((), {"y": 2, "tags": [], "z": 1}),
    ],
)
def test_what_there_is_no_field_for_or_no_value(args: tuple[int, ...], kwargs: dict[str, int]) -> None:
    with pytest.raises(TypeError):
        Point(*args, **kwargs)  # type: ignore[arg-type]


def test_replacing() -> None:
    point = Point(1, 5, ["a"])
    moved = replace(point, x=7)
    assert moved == Point(7, 5, ["a"]) == dataclasses_replace(point, x=7)
    assert point == Point(1, 5, ["a"])
    assert type(moved) is Point
    with pytest.raises(TypeError):
        replace(point, z=1)


def test_made_of_fields_that_are_known() -> None:
    assert made(Point, {"x": 1}) == Point(1)
    assert made(Point, {"x": 1, "y": 3, "tags": ["a"]}) == Point(1, 3, ["a"])
    assert made(Point, {"x": 1}).tags is not made(Point, {"x": 1}).tags
    with pytest.raises(TypeError):
        made(Point, {"y": 1})
