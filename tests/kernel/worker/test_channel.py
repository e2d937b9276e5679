"""Frames over a socketpair, cut anywhere, and the markers in the pipes."""

import os
import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.worker.channel import SYNC, Channel, ChannelClosed, FrameReader, Markers, pack
from tests.kernel.support import DEADLINE


@pytest.fixture
def ends() -> Iterator[tuple[Channel, socket.socket]]:
    """A channel, and the other end of its socketpair."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(DEADLINE)
    yield Channel(ours), theirs
    ours.close()
    theirs.close()


class TestFrames:
    @given(st.lists(st.lists(st.binary(max_size=20), min_size=1, max_size=5)), st.integers(1, 7))
    def test_there_and_back_in_pieces(self, frames: list[list[bytes]], size: int) -> None:
        data = b"".join(map(pack, frames))
        reader = FrameReader()
        found = []
        for at in range(0, len(data), size):
            found += list(reader.feed(data[at : at + size]))
        assert found == frames

    @pytest.mark.parametrize(
        "data",
        [
            struct.pack(">I", 0),
            struct.pack(">I", 1 << 31),
            struct.pack(">2I", 1, (1 << 31) + 1),
            b"no stream of frames",
        ],
    )
    def test_garbage_is_noticed_before_memory_is(self, data: bytes) -> None:
        with pytest.raises(ChannelClosed):
            list(FrameReader().feed(data))


class TestChannel:
    def test_there_and_back(self, ends: tuple[Channel, socket.socket]) -> None:
        channel, other = ends
        other.sendall(pack([b"a", b""]) + pack([b"b"]))
        assert channel.receive() == [b"a", b""]
        assert channel.receive() == [b"b"]
        channel.send([b"c"])
        assert other.recv(100) == pack([b"c"])

    def test_frames_of_threads_are_not_mixed(self, ends: tuple[Channel, socket.socket]) -> None:
        channel, other = ends
        frames = [[letter.encode() * 100_000] for letter in "abcd"]
        threads = [threading.Thread(target=channel.send, args=[frame]) for frame in frames]
        for thread in threads:
            thread.start()
        reader = FrameReader()
        found: list[list[bytes]] = []
        while len(found) < 4:
            found += reader.feed(other.recv(1 << 16))
        assert sorted(found) == frames
        for thread in threads:
            thread.join()

    def test_the_other_side_is_gone(self, ends: tuple[Channel, socket.socket]) -> None:
        channel, other = ends
        other.close()
        with pytest.raises(ChannelClosed):
            channel.receive()
        with pytest.raises(ChannelClosed):
            channel.send([b"x"])

    def test_it_was_closed_here(self, ends: tuple[Channel, socket.socket]) -> None:
        channel, _ = ends
        channel.close()
        with pytest.raises(ChannelClosed):
            channel.receive()


class TestMarkers:
    def test_both_pipes_get_the_number(self) -> None:
        pipes = [os.pipe(), os.pipe()]
        markers = Markers(b"TOKEN", tuple(writer for _, writer in pipes))
        assert [markers.write(), markers.write(SYNC), markers.write()] == [b"1", b"2", b"3"]
        for reader, writer in pipes:
            assert os.read(reader, 1000) == b"TOKEN1TOKENTOKEN2sTOKENTOKEN3TOKEN"
            os.close(reader)
            os.close(writer)

    def test_a_closed_pipe_is_no_obstacle(self) -> None:
        reader, writer = os.pipe()
        os.close(reader)
        assert Markers(b"TOKEN", (writer, writer)).write() == b"1"
        os.close(writer)
        assert Markers(b"TOKEN", (writer,)).write() == b"1"

    def test_a_full_pipe_that_does_not_block_is_waited_for(self) -> None:
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        filled = 0
        try:
            while True:
                filled += os.write(writer, b"x" * 4096)
        except BlockingIOError:
            pass
        thread = threading.Thread(target=Markers(b"TOKEN", (writer,)).write)
        thread.start()
        data = b""
        while len(data) < filled + len(b"TOKEN1TOKEN"):
            data += os.read(reader, 1 << 16)
        thread.join(DEADLINE)
        assert data.endswith(b"xTOKEN1TOKEN")
        os.close(reader)
        os.close(writer)
