"""Contents as values: what goes through JSON and back, and what is refused."""

import json
from dataclasses import MISSING, fields
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.messages import (
    CONTENTS,
    Content,
    ExecuteReply,
    ExecuteRequest,
    Header,
    HistoryRequest,
    InputDone,
    ReadRequest,
    decode,
    encode,
    parse,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def sample(kind: type[Content]) -> Content:
    """A content with its required fields only."""
    hints = get_type_hints(kind)
    texts: dict[str, Any] = {}
    for spec in fields(kind):
        if spec.default is MISSING and spec.default_factory is MISSING:
            hint = hints[spec.name]
            literals = get_args(hint)
            texts[spec.name] = {str: "x", int: 3, bool: True, dict: {}, list: []}.get(
                getattr(hint, "__origin__", hint), literals[0] if literals else {}
            )
    return kind(**texts)


class TestTable:
    @pytest.mark.parametrize("msg_type", CONTENTS)
    def test_a_content_survives_the_wire(self, msg_type: str) -> None:
        content = sample(CONTENTS[msg_type])
        assert parse(msg_type, decode(encode(content.as_dict()))) == content

    @pytest.mark.parametrize("msg_type", CONTENTS)
    def test_required_fields_are_required(self, msg_type: str) -> None:
        kind = CONTENTS[msg_type]
        required = [s for s in fields(kind) if s.default is MISSING and s.default_factory is MISSING]
        if required:
            with pytest.raises(RemoteProtocolError, match=msg_type):
                parse(msg_type, {})
        else:
            assert parse(msg_type, {}) == kind()

    def test_every_request_has_a_reply(self) -> None:
        requests = {name.removesuffix("_request") for name in CONTENTS if name.endswith("_request")}
        assert {name for name in requests if f"{name}_reply" not in CONTENTS} == set()

    @given(st.sampled_from(sorted(CONTENTS)), json_values)
    def test_nothing_but_a_protocol_error_comes_of_garbage(self, msg_type: str, values: object) -> None:
        try:
            parse(msg_type, values)
        except RemoteProtocolError:
            pass

    @given(st.sampled_from(sorted(CONTENTS)), st.data())
    def test_nor_of_garbage_in_the_right_fields(self, msg_type: str, data: st.DataObject) -> None:
        names = [spec.name for spec in fields(CONTENTS[msg_type])]
        values = {name: data.draw(json_values) for name in names}
        try:
            content = parse(msg_type, values)
        except RemoteProtocolError:
            return
        encode(content.as_dict())


class TestParse:
    def test_unknown_fields_are_ignored(self) -> None:
        assert parse("execute_request", {"code": "1", "cell_id": "x"}) == ExecuteRequest("1")

    def test_null_stands_for_a_default(self) -> None:
        assert parse("execute_request", {"code": "1", "silent": None}) == ExecuteRequest("1")
        assert parse("history_request", {"n": None}) == HistoryRequest()

    def test_whole_floats_are_integers(self) -> None:
        assert parse("read_request", {"after": 3.0}) == ReadRequest(3)

    @pytest.mark.parametrize(
        ("msg_type", "values"),
        [
            ("no_such_type", {}),
            ("execute_request", []),
            ("execute_request", None),
            ("execute_request", {"code": None}),
            ("execute_request", {"code": 1}),
            ("execute_request", {"code": "1", "silent": 1}),
            ("execute_request", {"code": "1", "user_expressions": []}),
            ("read_request", {"after": True}),
            ("read_request", {"after": 1.5}),
            ("read_request", {"after": float("nan")}),
            ("read_request", {"after": "1"}),
        ],
    )
    def test_wrong_types_are_refused(self, msg_type: str, values: object) -> None:
        with pytest.raises(RemoteProtocolError):
            parse(msg_type, values)

    def test_none_is_left_out(self) -> None:
        assert InputDone("r").as_dict() == {"request": "r"}
        assert ExecuteReply("aborted").as_dict() == {"status": "aborted", "execution_count": 0}


class TestHeader:
    def test_there_and_back(self) -> None:
        header = Header("1", "status", "s", "u", "d", "5.5", "sub")
        assert Header.from_dict(header.as_dict()) == header
        assert "subshell_id" not in Header("1", "status").as_dict()

    @pytest.mark.parametrize(
        "values", [{}, {"msg_id": "1"}, {"msg_type": "x"}, {"msg_id": 1, "msg_type": "x"}, {"msg_id": None}]
    )
    def test_what_it_needs(self, values: dict[str, Any]) -> None:
        with pytest.raises(RemoteProtocolError):
            Header.from_dict(values)


class TestEncode:
    def test_one_line_of_utf_8(self) -> None:
        assert encode({"a": "é\n☃"}) == '{"a":"é\\n☃"}'.encode()

    def test_what_json_lacks(self) -> None:
        assert decode(encode({"a": float("nan"), "b": [float("inf")], "c": 1.5})) == {
            "a": None,
            "b": [None],
            "c": 1.5,
        }
        assert decode(encode({"a": {1, 2}.__class__})) == {"a": "<class 'set'>"}
        assert decode(encode({(1, 2): 3})) == {"(1, 2)": 3}
        assert decode(encode({"a": "\ud800"})) == {"a": "?"}

    def test_what_contains_itself(self) -> None:
        values: dict[str, Any] = {}
        values["self"] = values
        with pytest.raises(RecursionError):
            encode(values)

    @given(st.dictionaries(st.text(), json_values))
    def test_it_is_always_one_line_of_json(self, values: dict[str, Any]) -> None:
        data = encode(values)
        assert b"\n" not in data
        json.loads(data)


class TestDecode:
    @pytest.mark.parametrize(
        "data", [b"", b"{", b"[]", b"1", b"null", b'{"a": \xff}', '{"a": 1}'.encode("utf-16"), b"[" * 100_000]
    )
    def test_what_is_no_object_is_refused(self, data: bytes) -> None:
        with pytest.raises(RemoteProtocolError):
            decode(data)

    @given(st.binary())
    def test_bytes(self, data: bytes) -> None:
        try:
            assert isinstance(decode(data), dict)
        except RemoteProtocolError:
            pass
