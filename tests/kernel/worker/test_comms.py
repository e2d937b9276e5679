"""Comms through the package `comm`, whose messages are published by us."""

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import comm
import pytest

from kernel.protocol.messages import encode
from kernel.worker.comms import Comms, message_of

Published = list[tuple[str, dict[str, Any], "dict[str, Any] | None", list[bytes]]]


@pytest.fixture
def published() -> Published:
    return []


@pytest.fixture
def comms(published: Published, monkeypatch: pytest.MonkeyPatch) -> Iterator[Comms]:
    for name in ("create_comm", "get_comm_manager"):
        monkeypatch.setattr(comm, name, getattr(comm, name))

    def publish(kind: str, content: dict[str, Any], metadata: dict[str, Any] | None, buffers: Sequence[bytes]) -> None:
        published.append((kind, content, metadata, list(buffers)))

    found = Comms(publish)
    yield found
    for each in list(found.manager.comms.values()):
        # a comm that is garbage later would close itself through another test's manager
        each._closed = True


def message(msg_type: str, content: dict[str, Any], *buffers: bytes) -> dict[str, Any]:
    raw = [b"1", encode({"msg_type": msg_type, "msg_id": "m"}), b"{}", b'{"m":1}', encode(content)]
    return message_of([*raw, *buffers])


def test_what_a_library_opens_and_says_is_published(comms: Comms, published: Published) -> None:
    opened = comm.create_comm(target_name="widget", data={"a": 1}, metadata={"v": 2}, buffers=[b"raw"])
    opened.send({"b": 2})
    opened.close()
    assert published == [
        (
            "comm_open",
            {"data": {"a": 1}, "comm_id": opened.comm_id, "target_name": "widget", "target_module": None},
            {"v": 2},
            [b"raw"],
        ),
        ("comm_msg", {"data": {"b": 2}, "comm_id": opened.comm_id}, None, []),
        ("comm_close", {"data": {}, "comm_id": opened.comm_id}, None, []),
    ]


def test_buffers_are_bytes_whatever_they_were(comms: Comms, published: Published) -> None:
    import array

    opened = comm.create_comm(target_name="widget")
    opened.send({}, buffers=[bytearray(b"ab"), memoryview(b"cd"), array.array("H", [258])])
    assert [len(part) for part in published[-1][3]] == [2, 2, 2]
    assert published[-1][3][2] in (b"\x01\x02", b"\x02\x01")
    assert {type(part) for part in published[-1][3]} == {bytes}


def test_a_client_opens_speaks_and_closes(comms: Comms) -> None:
    heard: list[tuple[str, object]] = []

    def opened(each: Any, opening: dict[str, Any]) -> None:
        heard.append(("open", opening["content"]["data"]))
        each.on_msg(lambda said: heard.append(("msg", [bytes(part) for part in said["buffers"]])))
        each.on_close(lambda closing: heard.append(("close", closing["metadata"])))

    comms.manager.register_target("target", opened)
    comms.handle(message("comm_open", {"comm_id": "c", "target_name": "target", "data": {"x": 1}}))
    assert comms.open(None) == {"c": {"target_name": "target"}}
    comms.handle(message("comm_msg", {"comm_id": "c", "data": {}}, b"one", b"two"))
    comms.handle(message("comm_close", {"comm_id": "c", "data": {}}))
    assert heard == [("open", {"x": 1}), ("msg", [b"one", b"two"]), ("close", {"m": 1})]
    assert comms.open(None) == {}


def test_open_comms_are_listed_by_target(comms: Comms) -> None:
    one, two = comm.create_comm(target_name="one"), comm.create_comm(target_name="two")
    assert comms.open(None) == {one.comm_id: {"target_name": "one"}, two.comm_id: {"target_name": "two"}}
    assert comms.open("two") == {two.comm_id: {"target_name": "two"}}
    assert comms.open("three") == {}


def test_an_unknown_target_is_closed(comms: Comms, published: Published) -> None:
    comms.handle(message("comm_open", {"comm_id": "c", "target_name": "nowhere", "data": {}}))
    assert [(kind, content["comm_id"]) for kind, content, _, _ in published] == [("comm_close", "c")]
    assert comms.open(None) == {}


def test_a_message_for_an_unknown_comm_does_nothing(comms: Comms, published: Published) -> None:
    comms.handle(message("comm_msg", {"comm_id": "gone", "data": {}}))
    comms.handle(message("comm_close", {"comm_id": "gone", "data": {}}))
    assert published == []


class TestWithoutThePackage:
    @pytest.fixture
    def alone(self, published: Published, monkeypatch: pytest.MonkeyPatch) -> Comms:
        monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
        for name in [name for name in sys.modules if name == "comm" or name.startswith("comm.")]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setattr(sys, "path", [])
        return Comms(lambda kind, content, metadata, buffers: published.append((kind, content, metadata, [])))

    def test_a_client_that_opens_one_is_told_that_it_is_closed(self, alone: Comms, published: Published) -> None:
        alone.handle(message("comm_open", {"comm_id": "c", "target_name": "t", "data": {}}))
        alone.handle(message("comm_msg", {"comm_id": "c", "data": {}}))
        assert published == [("comm_close", {"comm_id": "c", "data": {}}, None, [])]

    def test_none_is_open(self, alone: Comms) -> None:
        assert alone.open(None) == {}

    def test_libraries_are_told_what_is_missing(self, alone: Comms) -> None:
        with pytest.raises(ImportError):
            alone.manager  # noqa: B018
