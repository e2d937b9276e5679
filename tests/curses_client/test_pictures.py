"""Pictures that a terminal is given beside the frames."""

from dataclasses import replace

import pytest

from curses_client.outputs import Pane, Part, Rich
from curses_client.pictures import Pictures
from curses_client.shown import Look, Transmission
from curses_client.state import State, new_state
from tests.curses_client.rendering.shared import base64, png
from tests.curses_client.support import NOON

pytest.importorskip("PIL", reason="pictures are shown by Pillow")


def state(pictures: str, **values: object) -> State:
    return replace(new_state(80, 24, NOON), look=Look(pictures=pictures), **values)  # type: ignore[arg-type]


def picture(number: int) -> Transmission:
    return Transmission(number, png(2, 2), 1, 1)


def part() -> Part:
    return Part("display", Rich({"image/png": base64(png(100, 50))}, {}, Pane()))


def test_a_picture_is_given_once_and_the_oldest_one_is_taken_back() -> None:
    given: list[bytes] = []
    pictures = Pictures(given.append)
    for number in range(1, 41):
        assert not pictures.drawn(state("kitty"), [picture(number)])
    assert len(given) == 40
    # seen again: it is the newest one now
    pictures.drawn(state("kitty"), [picture(1)])
    assert len(given) == 40
    pictures.drawn(state("kitty"), [picture(41)])
    assert b"i=41" in given[40]
    assert b"a=d" in given[41]
    assert b"i=2;" in given[41] or b"i=2\x1b" in given[41]


@pytest.mark.parametrize("kind", ["none", "blocks"])
def test_what_is_text_needs_nothing(kind: str) -> None:
    given: list[bytes] = []
    assert not Pictures(given.append).drawn(state(kind, picture=part()), [picture(1)])
    assert given == []


def test_sixels_are_drawn_once_and_painted_over() -> None:
    given: list[bytes] = []
    pictures = Pictures(given.append)
    shown = part()
    assert not pictures.drawn(state("sixel"), [])
    assert not pictures.drawn(state("sixel", picture=shown), [])
    assert not pictures.drawn(state("sixel", picture=shown), [])
    assert len(given) == 1
    assert b"\x1bP" in given[0]
    # another size: what was there goes first
    assert pictures.drawn(state("sixel", picture=shown, cols=40), [])
    assert not pictures.drawn(state("sixel", picture=shown, cols=40), [])
    assert len(given) == 2
    assert pictures.drawn(state("sixel", cols=40), [])
    assert not pictures.drawn(state("sixel", cols=40), [])
    assert len(given) == 2
