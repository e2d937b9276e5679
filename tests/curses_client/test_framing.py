"""What goes through the pipe between a client and a relay, whole, in pieces, and wrong."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.framing import CHANNELS, PROTOCOL, FramingError, Greeting, GreetingReader, Unpacker, packed

GREETING = Greeting(PROTOCOL, "1.2", "main", "a key", "hmac-sha256", 77, True)
MESSAGES = st.lists(st.tuples(st.sampled_from(CHANNELS), st.lists(st.binary(max_size=300), max_size=5)), max_size=6)


@given(MESSAGES, st.integers(1, 50))
def test_messages_arrive_in_order_however_they_are_cut(messages: list[tuple[str, list[bytes]]], size: int) -> None:
    data = b"".join(packed(channel, frames) for channel, frames in messages)
    unpacker = Unpacker()
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    assert [message for piece in pieces for message in unpacker.feed(piece)] == messages


@pytest.mark.parametrize(
    "data",
    [
        b"\0\0\0\0\0",
        b"\0\0\0\1\x77",
        b"\xff\xff\xff\xff\0",
        b"\0\0\0\3\0ab",
        b"\0\0\0\6\0\0\0\0\x09a",
        b"Last login: Mon",
    ],
    ids=["no channel", "unknown channel", "too long", "half a length", "frame too long", "text"],
)
def test_what_is_no_message(data: bytes) -> None:
    with pytest.raises(FramingError, match="message"):
        list(Unpacker().feed(data + bytes(20)))


def test_messages_before_a_wrong_one_are_taken() -> None:
    feed = Unpacker().feed(packed("shell", [b"x"]) + b"\0\0\0\0\0")
    assert next(feed) == ("shell", [b"x"])
    with pytest.raises(FramingError):
        next(feed)


@pytest.mark.parametrize(
    "noise", [b"", b"Welcome to gpu\n", b"\n\n", b"no end of line", b"cshell-rela\n", b"\xff\0\r\n", b"x" * 5000]
)
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_a_greeting_is_found_behind_what_a_shell_prints(noise: bytes, size: int) -> None:
    data = noise + GREETING.line() + b"\0behind\nit"
    reader = GreetingReader()
    for at in range(0, len(data), size):
        found = reader.feed(data[at : at + size])
        if found is not None:
            greeting, rest = found
            assert greeting == GREETING
            assert rest + data[at + size :] == b"\0behind\nit"
            return
    raise AssertionError("no greeting was found")


@pytest.mark.parametrize("noise", [b"y\n" * 200_000, b"y" * 400_000])
def test_noise_without_an_end_is_given_up(noise: bytes) -> None:
    with pytest.raises(FramingError, match="something else"):
        GreetingReader().feed(noise)


def greeting(**changes: object) -> bytes:
    values = json.loads(GREETING.line().partition(b" ")[2])
    values = {name: value for name, value in {**values, **changes}.items() if value is not None}
    return b"cshell-relay " + json.dumps(values).encode() + b"\n"


@pytest.mark.parametrize(
    "line",
    [
        b"cshell-relay \n",
        b"cshell-relay []\n",
        b"cshell-relay {\n",
        b"cshell-relay 5\n",
        b"cshell-relay \xff\n",
        b"cshell-relay " + b"[" * 100_000 + b"\n",
        greeting(protocol=None),
        greeting(protocol="1"),
        greeting(protocol=True),
        greeting(name=5),
        greeting(pid="5"),
        greeting(key=["k"]),
        greeting(is_new=1),
    ],
)
def test_a_greeting_that_makes_no_sense(line: bytes) -> None:
    with pytest.raises(FramingError, match="nonsense"):
        GreetingReader().feed(line)


def test_a_greeting_of_another_version_is_read_as_far_as_it_is_known() -> None:
    found = GreetingReader().feed(greeting(protocol=99, colour="blue", name=None))
    assert found == (replace(GREETING, protocol=99, name=""), b"")
