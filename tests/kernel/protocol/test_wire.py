"""Two ends of a wire with one key, and what a wrong key or a broken frame comes to."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.messages import ExecuteRequest, Status, decode
from kernel.protocol.wire import DELIMITER, EMPTY, Author, Wire, new_id

KEY = "the key"


def parts_of(code: str = "1") -> list[bytes]:
    return Author("user").parts("execute_request", ExecuteRequest(code))[1]


class TestWire:
    def test_from_one_end_to_the_other(self) -> None:
        author = Author("user")
        header, parts = author.parts("execute_request", ExecuteRequest("1"), parent=b'{"msg_id":"p","msg_type":"t"}')
        message = Wire(KEY).message(Wire(KEY).frames([b"a", b"b"], parts, [b"buffer"]))
        assert message.header == header
        assert message.content == ExecuteRequest("1")
        assert message.identities == (b"a", b"b")
        assert message.buffers == (b"buffer",)
        assert message.parent is not None
        assert message.parent.msg_id == "p"

    def test_the_signature_is_that_of_the_specification(self) -> None:
        parts = parts_of()
        expected = hmac.new(KEY.encode(), b"".join(parts), hashlib.sha256).hexdigest()
        assert Wire(KEY).sign(parts) == expected.encode()

    def test_an_empty_key_means_no_signature(self) -> None:
        frames = Wire("").frames([], parts_of())
        assert frames[1] == b""
        frames[1] = b"whatever"
        assert Wire("").message(frames).content == ExecuteRequest("1")

    @pytest.mark.parametrize("scheme", ["hmac-sha512", "hmac-md5", "hmac-sha3_256"])
    def test_other_hashes(self, scheme: str) -> None:
        wire = Wire(KEY, scheme)
        assert wire.message(wire.frames([], parts_of())).content == ExecuteRequest("1")

    @pytest.mark.parametrize("scheme", ["", "sha256", "hmac-", "hmac-rot13", "hmac-shake_128", "rsa-sha256"])
    def test_unknown_schemes(self, scheme: str) -> None:
        with pytest.raises(ValueError, match="signature scheme"):
            Wire(KEY, scheme)

    @pytest.mark.parametrize("changed", [2, 3, 4, 5, 1])
    def test_a_changed_frame_is_refused(self, changed: int) -> None:
        frames = Wire(KEY).frames([b"id"], parts_of())
        frames[changed + 1] += b" "
        with pytest.raises(RemoteProtocolError, match="signature"):
            Wire(KEY).message(frames)

    def test_another_key_is_refused(self) -> None:
        with pytest.raises(RemoteProtocolError, match="signature"):
            Wire("another").message(Wire(KEY).frames([], parts_of()))

    @pytest.mark.parametrize(
        "frames",
        [
            [],
            [b"id"],
            [DELIMITER],
            [DELIMITER, b"", b"{}", b"{}", b"{}"],
            [DELIMITER, b"", b"{}", b"{}", b"{}", b"{}"],
            [DELIMITER, b"", b"nonsense", b"{}", b"{}", b"{}"],
        ],
    )
    def test_what_is_no_message(self, frames: list[bytes]) -> None:
        with pytest.raises(RemoteProtocolError):
            Wire("").message(frames)

    @given(st.lists(st.binary() | st.sampled_from([DELIMITER, EMPTY, b'{"msg_id":"1","msg_type":"status"}'])))
    def test_garbage(self, frames: list[bytes]) -> None:
        try:
            message = Wire("").message(frames)
            assert message.content is not None
            assert message.parent is None or message.parent
        except RemoteProtocolError:
            pass

    def test_no_parent(self) -> None:
        message = Wire("").message(Wire("").frames([], parts_of()))
        assert message.parent is None


class TestAuthor:
    def test_identifiers_never_repeat(self) -> None:
        authors = [Author("user"), Author("user")]
        numbers = [author.header("status").msg_id for author in authors for _ in range(100)]
        assert len(set(numbers)) == 200

    def test_what_a_header_says(self) -> None:
        header, parts = Author("user", "session").parts("status", Status("busy"))
        assert (header.username, header.session, header.msg_type) == ("user", "session", "status")
        assert header.date.endswith("+00:00")
        assert [decode(part) for part in parts[1:]] == [{}, {}, {"execution_state": "busy"}]

    def test_random_identifiers(self) -> None:
        assert len(new_id()) == 32
        assert new_id() != new_id()


def test_a_message_may_be_for_a_subshell() -> None:
    author = Author("user")
    header, parts = author.parts("execute_request", ExecuteRequest("1"), subshell="s1")
    assert (header.subshell_id, decode(parts[0])["subshell_id"]) == ("s1", "s1")
    assert "subshell_id" not in decode(author.parts("execute_request", ExecuteRequest("1"))[1][0])
