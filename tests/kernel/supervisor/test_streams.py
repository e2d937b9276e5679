"""Pipes and messages with markers go in, cut anywhere; text and messages come out in their order."""

import random
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.supervisor.streams import TEXT_LIMIT, Frame, Ordered, Text

TOKEN = b"\x00token\xff\x01token!!"


def mark(number: int, kind: bytes = b"") -> bytes:
    return b"%b%d%b%b" % (TOKEN, number, kind, TOKEN)


def sync(number: int) -> bytes:
    return mark(number, b"s")


def frame(number: int) -> list[bytes]:
    return [b"iopub", b"%d" % number]


def shown(items: Iterable[Text | Frame]) -> list[str]:
    """Items as short strings: o:text, e:text, #number."""
    return [f"{item.name[3]}:{item.text}" if isinstance(item, Text) else f"#{item.parts[1].decode()}" for item in items]


@pytest.fixture
def ordered() -> Ordered:
    return Ordered(TOKEN)


class TestOrder:
    def test_text_before_a_message_and_behind_it(self, ordered: Ordered) -> None:
        ordered.feed("stdout", b"a" + mark(1) + b"b")
        ordered.feed("stderr", b"c" + mark(1) + b"d")
        assert shown(ordered.take()) == ["o:a", "e:c"]
        ordered.add(frame(1))
        assert shown(ordered.take()) == ["#1", "o:b", "e:d"]

    def test_a_message_waits_for_both_pipes(self, ordered: Ordered) -> None:
        ordered.add(frame(1))
        assert shown(ordered.take()) == []
        ordered.feed("stdout", b"a" + mark(1) + b"b")
        assert shown(ordered.take()) == ["o:a"]
        ordered.feed("stderr", mark(1))
        assert shown(ordered.take()) == ["#1", "o:b"]

    def test_errors_between_output(self, ordered: Ordered) -> None:
        ordered.feed("stdout", b"a" + sync(1) + sync(2) + b"c" + sync(3) + sync(4))
        ordered.feed("stderr", sync(1) + b"b" + sync(2) + sync(3) + b"d" + sync(4))
        assert shown(ordered.take()) == ["o:a", "e:b", "o:c", "e:d"]

    def test_neighbouring_texts_are_joined(self, ordered: Ordered) -> None:
        ordered.feed("stdout", sync(1) + sync(2) + sync(3) + sync(4))
        ordered.feed("stderr", sync(1) + b"b" + sync(2) + sync(3) + b"d" + sync(4))
        assert shown(ordered.take()) == ["e:bd"]

    def test_long_text_is_cut(self, ordered: Ordered) -> None:
        ordered.feed("stdout", b"x" * (TEXT_LIMIT + 1))
        assert [len(item.text) for item in ordered.take() if isinstance(item, Text)] == [TEXT_LIMIT, 1]

    def test_a_pipe_that_ended_keeps_nobody_waiting(self, ordered: Ordered) -> None:
        ordered.feed("stderr", b"e")
        ordered.feed("stderr", b"")
        ordered.add(frame(1))
        ordered.feed("stdout", b"a" + mark(1) + b"b")
        assert shown(ordered.take()) == ["o:a", "e:e", "#1", "o:b"]
        ordered.feed("stdout", b"")
        ordered.add(frame(2))
        assert shown(ordered.take()) == ["#2"]

    def test_a_marker_that_was_lost_keeps_nobody_waiting(self, ordered: Ordered) -> None:
        for number in (1, 2):
            ordered.add(frame(number))
        ordered.feed("stdout", mark(2) + b"a")
        ordered.feed("stderr", mark(2))
        assert shown(ordered.take()) == ["#1", "#2", "o:a"]

    def test_garbage_between_tokens_is_dropped(self, ordered: Ordered) -> None:
        ordered.feed("stdout", b"a" + TOKEN + b"garbage" + TOKEN + b"b")
        assert shown(ordered.take()) == ["o:ab"]


class TestBytes:
    def test_characters_cut_in_two(self, ordered: Ordered) -> None:
        data = "é☃".encode()
        for byte in data:
            ordered.feed("stdout", bytes([byte]))
        assert shown(ordered.take()) == ["o:é☃"]

    def test_what_is_no_utf_8(self, ordered: Ordered) -> None:
        ordered.feed("stdout", b"a\xff\xfeb\xc3")
        assert shown(ordered.take()) == ["o:a\ufffd\ufffdb"]
        assert shown(ordered.rest()) == ["o:\ufffd"]

    def test_the_beginning_of_a_token_waits(self, ordered: Ordered) -> None:
        ordered.feed("stdout", b"a" + TOKEN[:5])
        assert shown(ordered.take()) == ["o:a"]
        ordered.feed("stdout", b"b")
        assert shown(ordered.take()) == ["o:" + (TOKEN[:5] + b"b").decode("utf-8", "replace")]


class TestRest:
    def test_everything_comes_out_at_the_end(self, ordered: Ordered) -> None:
        ordered.feed("stdout", b"a" + mark(1) + b"b" + mark(2) + b"c" + TOKEN[:3])
        ordered.feed("stderr", b"d" + mark(1) + b"e")
        ordered.add(frame(1))
        items = shown(ordered.rest())
        assert items[:4] == ["o:a", "e:d", "#1", "o:b"]
        assert "e:e" in items
        assert items[-1].startswith("o:c")

    def test_messages_without_markers(self, ordered: Ordered) -> None:
        ordered.add(frame(1))
        ordered.add(frame(2))
        assert shown(ordered.rest()) == ["#1", "#2"]


# what a worker does: print to a stream, publish a message, or mark the pipes
actions = st.lists(
    st.tuples(st.just("stdout") | st.just("stderr"), st.text(max_size=4)) | st.just("message") | st.just("sync"),
    max_size=30,
)


class Script:
    """A worker's pipes and messages after some actions, and what has to come out."""

    def __init__(self, script: Sequence[object]) -> None:
        self.pipes = {"stdout": b"", "stderr": b""}
        self.frames: list[list[bytes]] = []
        self.expected: list[dict[str, str] | str] = [{"stdout": "", "stderr": ""}]
        number = 0
        for action in script:
            if isinstance(action, tuple):
                name, text = action
                self.pipes[name] += text.encode()
                segment = self.expected[-1]
                assert isinstance(segment, dict)
                segment[name] += text
                continue
            number += 1
            marker = mark(number) if action == "message" else sync(number)
            for name in self.pipes:
                self.pipes[name] += marker
            if action == "message":
                self.frames.append(frame(number))
                self.expected.append(f"#{number}")
            self.expected.append({"stdout": "", "stderr": ""})

    def expected_items(self) -> list[str]:
        """What has to come out, neighbouring texts of one stream joined."""
        found: list[str] = []
        for segment in self.expected:
            if isinstance(segment, str):
                found.append(segment)
                continue
            for name, text in segment.items():
                _join(found, f"{name[3]}:", text)
        return found


def _join(found: list[str], prefix: str, text: str) -> None:
    if text and found and found[-1].startswith(prefix):
        found[-1] += text
    elif text:
        found.append(prefix + text)


@given(actions, st.randoms(use_true_random=False))
def test_order_does_not_depend_on_how_it_arrives(script: list[object], rng: random.Random) -> None:
    worker = Script(script)
    ordered = Ordered(TOKEN)
    found: list[str] = []
    pipes = dict(worker.pipes)
    frames = list(worker.frames)
    while any(pipes.values()) or frames:
        source = rng.choice([*(name for name, data in pipes.items() if data), *(["frames"] if frames else [])])
        if source == "frames":
            ordered.add(frames.pop(0))
        else:
            count = rng.randint(1, 12)
            ordered.feed(source, pipes[source][:count])  # type: ignore[arg-type]
            pipes[source] = pipes[source][count:]
        for item in shown(ordered.take()):
            if item.startswith("#"):
                found.append(item)
            else:
                _join(found, item[:2], item[2:])
    # between two markers only the order within one stream is known
    assert _by_stream(found) == _by_stream(worker.expected_items())


def _by_stream(items: list[str]) -> list[tuple[str, str]]:
    """Between two messages, the text of each stream."""
    found: list[tuple[str, str]] = [("", "")]
    for item in items:
        if item.startswith("#"):
            found.append((item, ""))
            found.append(("", ""))
            continue
        out, err = found[-1]
        found[-1] = (out + item[2:], err) if item.startswith("o") else (out, err + item[2:])
    return found
