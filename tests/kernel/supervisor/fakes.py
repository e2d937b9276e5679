"""A supervisor's sockets and worker without sockets and processes: what is sent is kept to be looked at."""

import json
from collections.abc import Sequence
from pathlib import Path

from kernel.protocol.messages import Content, Json, encode
from kernel.protocol.wire import EMPTY, Author, Message, Wire
from kernel.supervisor.journal import Journal
from kernel.supervisor.publisher import Publisher

WIRE = Wire("")


class FakeSockets:
    """Keeps what is sent as (channel, first identity or topic, message type, content)."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str, Json]] = []
        # channels on which nobody is connected
        self.deserted: set[str] = set()

    def send(
        self, channel: str, identities: Sequence[bytes], parts: Sequence[bytes], buffers: Sequence[bytes] = ()
    ) -> bool:
        if channel in self.deserted:
            return False
        msg_type = json.loads(parts[0])["msg_type"]
        self.sent.append((channel, identities[0].decode(), msg_type, json.loads(parts[3])))
        return True

    def take(self, *channels: str) -> list[tuple[str, str, str, Json]]:
        """What was sent on these channels since the last look."""
        taken = [item for item in self.sent if item[0] in channels]
        self.sent = [item for item in self.sent if item[0] not in channels]
        return taken


class Bench:
    """A publisher on fake sockets with a real journal."""

    def __init__(self, directory: Path) -> None:
        self.sockets = FakeSockets()
        self.journal = Journal(directory / "journal.jsonl")
        self.publisher = Publisher(self.sockets, self.journal, Author("supervisor"))  # type: ignore[arg-type]

    def records(self) -> list[Json]:
        """All records so far."""
        found: list[Json] = json.loads(b"[" + self.journal.read(0, 1 << 30) + b"]")
        return found

    def kinds(self) -> list[str]:
        """The types of all records so far."""
        return [record["header"]["msg_type"] for record in self.records()]


class FakeClient:
    """Writes messages as a client's."""

    def __init__(self, name: str = "client") -> None:
        self.identity = name.encode()
        self._author = Author(name)

    def message(self, msg_type: str, content: Content | Json | bytes, parent: bytes = EMPTY) -> Message:
        header = encode(self._author.header(msg_type).as_dict())
        values = content.as_dict() if isinstance(content, Content) else content
        raw = values if isinstance(values, bytes) else encode(values)
        return WIRE.message(WIRE.frames([self.identity], [header, parent, EMPTY, raw]))
