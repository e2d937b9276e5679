"""Pastes cut out of what is read; the screen's tests have them among keys."""

import pytest

from curses_client.pastes import PASTE_BEGINS, PASTE_ENDS, Pastes


@pytest.mark.parametrize(
    ("reads", "parts"),
    [
        ([b""], [(b"", False)]),
        ([b"ab"], [(b"ab", False)]),
        ([b"a" + PASTE_BEGINS + b"x" + PASTE_ENDS + b"b"], [(b"a", False), (b"x", True), (b"b", False)]),
        ([PASTE_BEGINS + b"x", b"y" + PASTE_ENDS], [(b"", False), (b"xy", True)]),
        ([PASTE_BEGINS, PASTE_ENDS[:2], PASTE_ENDS[2:]], [(b"", False), (b"", False), (b"", True)]),
    ],
)
def test_parts(reads: list[bytes], parts: list[tuple[bytes, bool]]) -> None:
    pastes = Pastes()
    assert [part for data in reads for part in pastes.parts(data)] == parts
    assert not pastes.is_open


def test_open() -> None:
    pastes = Pastes()
    pastes.parts(PASTE_BEGINS + b"x")
    assert pastes.is_open
