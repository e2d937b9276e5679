"""Kitty's graphics protocol."""

import re
from base64 import b64decode

import pytest

from curses_client.rendering import render
from curses_client.rendering.kitty import MARKS, MOST, forget, placeholders, transmit
from curses_client.shown import Transmission
from curses_client.text.ansi import runs
from curses_client.text.width import columns
from tests.curses_client.rendering.shared import KITTY, base64, png


def test_the_combining_characters_are_those_of_the_protocol() -> None:
    # rowcolumn-diacritics.txt has 297; its first, some in the middle and its last
    assert (MOST, len(set(MARKS))) == (297, 297)
    assert [ord(MARKS[number]) for number in (0, 1, 2, 17, 296)] == [0x305, 0x30D, 0x30E, 0x363, 0x1D244]


def test_placeholders() -> None:
    lines = placeholders(0x010203, 3, 2)
    ((style, text),) = runs(lines[1])
    assert style.fg == (1, 2, 3)
    assert text == "".join(f"\U0010eeee{MARKS[1]}{MARKS[column]}" for column in range(3))
    assert [columns(runs(line)[0][1]) for line in lines] == [3, 3]


def sequences(data: bytes) -> list[tuple[dict[str, str], bytes]]:
    found = re.findall(rb"\x1b_G([^;\x1b]*)(?:;([^\x1b]*))?\x1b\\", data)
    assert (
        b"".join(b"\x1b_G" + keys + (b";" + body if body or b"m=" in keys else b"") + b"\x1b\\" for keys, body in found)
        == data
    )
    return [(dict(pair.split("=") for pair in keys.decode().split(",")), body) for keys, body in found]


@pytest.mark.parametrize("size", [1, 3072, 3073, 10_000])
def test_a_transmission(size: int) -> None:
    data = bytes(number % 251 for number in range(size))
    found = sequences(transmit(Transmission(7, data, 40, 10)))
    first, *others = [keys for keys, _ in found]
    assert first.items() >= {"a": "T", "U": "1", "f": "100", "q": "2", "i": "7", "c": "40", "r": "10"}.items()
    assert [keys["m"] for keys, _ in found] == ["1"] * len(others) + ["0"]
    assert all(keys.keys() == {"q", "m"} for keys in others)
    assert all(len(body) <= 4096 for _, body in found)
    assert b64decode(b"".join(body for _, body in found)) == data


def test_forgetting() -> None:
    assert sequences(forget(7)) == [({"a": "d", "d": "I", "q": "2", "i": "7"}, b"")]


def test_tmux_passes_it_on() -> None:
    assert forget(7, in_tmux=True) == b"\x1bPtmux;\x1b\x1b_Ga=d,d=I,q=2,i=7\x1b\x1b\\\x1b\\"


def test_a_picture_in_the_pane() -> None:
    pytest.importorskip("PIL", reason="pictures are shown by Pillow")
    bundle = {"image/png": base64(png(160, 64))}
    result = render(bundle, {}, KITTY)
    sent = result.transmission
    assert sent is not None
    assert (sent.cols, sent.rows, len(result.lines)) == (20, 4, 5)
    ((style, _),) = runs(result.lines[0].text)
    assert style.fg == (sent.number >> 16, sent.number >> 8 & 255, sent.number & 255)
    assert sent.png.startswith(b"\x89PNG")
    # the same picture has the same number, another one another
    assert render(bundle, {}, KITTY) == result
    other = render({"image/png": base64(png(160, 65))}, {}, KITTY).transmission
    assert other is not None
    assert other.number != sent.number
