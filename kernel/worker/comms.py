"""Comms: what objects here and widgets in a front end say to each other (specification: Custom messages).

Libraries find them through the `comm` package, which is given our own comms once it is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kernel.protocol.messages import decode
from kernel.worker.imports import when_imported

# message type, content, metadata, buffers
Publish = Callable[[str, "dict[str, Any]", "dict[str, Any] | None", Sequence[bytes]], None]


def message_of(parts: list[bytes]) -> dict[str, Any]:
    """Return a client's message as the package's manager of comms takes it."""
    _, raw_header, _, raw_metadata, raw_content, *buffers = parts
    header = decode(raw_header)
    return {
        "header": header,
        "msg_type": header["msg_type"],
        "metadata": decode(raw_metadata),
        "content": decode(raw_content),
        "buffers": [memoryview(buffer) for buffer in buffers],
    }


class Comms:
    """The comms of this worker."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._manager: Any = None
        when_imported("comm", self._install)

    def _install(self, package: Any) -> None:
        publish = self._publish

        class KernelComm(package.base_comm.BaseComm):  # type: ignore[misc]
            """A comm whose messages are published."""

            def publish_msg(
                self,
                msg_type: str,
                data: dict[str, Any] | None = None,
                metadata: dict[str, Any] | None = None,
                buffers: Sequence[Any] | None = None,
                **keys: Any,
            ) -> None:
                content = {"data": data or {}, "comm_id": self.comm_id, **keys}
                publish(msg_type, content, metadata, [bytes(memoryview(part).cast("B")) for part in buffers or ()])

        self._manager = manager = package.base_comm.CommManager()
        package.create_comm = KernelComm
        package.get_comm_manager = lambda: manager

    @property
    def manager(self) -> Any:
        """The package's manager of comms.  Raises ImportError when the package is not installed."""
        if self._manager is None:
            import comm  # noqa: F401  (nobody needs it until a comm is opened)
        return self._manager

    def handle(self, message: dict[str, Any]) -> None:
        """Take a client's message in: `comm_open`, `comm_msg` or `comm_close`."""
        msg_type = message["msg_type"]
        try:
            manager = self.manager
        except ImportError:
            self._refuse(msg_type, message["content"])
            return
        getattr(manager, msg_type)(None, None, message)

    def _refuse(self, msg_type: str, content: dict[str, Any]) -> None:
        if msg_type == "comm_open":
            self._publish("comm_close", {"comm_id": content.get("comm_id"), "data": {}}, None, ())

    def open(self, target: str | None) -> dict[str, Any]:
        """Return the open comms as a `comm_info_reply` lists them, all or those of one target."""
        if self._manager is None:
            return {}
        return {
            comm_id: {"target_name": comm.target_name}
            for comm_id, comm in list(self._manager.comms.items())
            if target in (None, comm.target_name)
        }
