"""What somebody else's kernel says of itself, kept to be told to whoever asks, also while it computes."""

from typing import Any

from kernel.protocol.messages import Json, KernelStarted, Status, decode, encode
from kernel.protocol.wire import EMPTY, Author, Message
from kernel.supervisor.publisher import Publisher


class Info:
    """Answers `kernel_info_request` in the kernel's own words; who asks before they are known waits for them."""

    def __init__(self, publisher: Publisher, author: Author) -> None:
        self._publisher = publisher
        self._author = author
        self._raw: bytes | None = None
        self._values: Json = {}
        self._asked: list[tuple[str, Message]] = []

    def ask(self, channel: str, message: Message) -> None:
        """Answer, at once or when it is known."""
        if self._raw is None:
            self._asked.append((channel, message))
            return
        header = encode(self._author.header("kernel_info_reply").as_dict())
        self._publisher.publish("status", Status("busy"), message.raw_header, record=False)
        self._publisher.send(channel, message.identities, [header, message.raw_header, EMPTY, self._raw])
        self._publisher.publish("status", Status("idle"), message.raw_header, record=False)

    def known(self, raw: bytes) -> None:
        """Take in what the kernel says.  Raises RemoteProtocolError."""
        self._values = decode(raw)
        self._raw = raw
        asked, self._asked = self._asked, []
        for channel, message in asked:
            self.ask(channel, message)

    def refuse(self, reason: str) -> None:
        """Answer who waits: the kernel will not say it."""
        asked, self._asked = self._asked, []
        for channel, message in asked:
            self._publisher.refuse(channel, message, "DeadKernelError", reason)

    @property
    def is_known(self) -> bool:
        """Whether the kernel has said it."""
        return self._raw is not None

    def supports(self, feature: str) -> bool:
        """Whether the kernel has an optional feature (JEP 92)."""
        features = self._values.get("supported_features")
        return isinstance(features, list) and feature in features

    @property
    def has_debugger(self) -> bool:
        """Whether the kernel answers debug requests; one that has not said yet what it is may."""
        return self._raw is None or self._values.get("debugger") is True or self.supports("debugger")

    @property
    def language(self) -> str:
        """The language's name; empty while it is not known."""
        return _text(self._language_info.get("name"))

    @property
    def lexer(self) -> str:
        """The name of Pygments' lexer; empty while it is not known."""
        return _text(self._language_info.get("pygments_lexer")) or self.language.lower()

    @property
    def _language_info(self) -> Json:
        found = self._values.get("language_info")
        return found if isinstance(found, dict) else {}

    def started(self, pid: int | None, *, restarted: bool, owned: bool) -> KernelStarted:
        """Return the record of the kernel's start."""
        links = self._values.get("help_links")
        return KernelStarted(
            pid or 0,
            restarted,
            self.language,
            self.lexer,
            _text(self._values.get("banner")),
            [link for link in links if isinstance(link, dict)] if isinstance(links, list) else [],
            owned,
        )


def _text(value: Any) -> str:
    """Return a text; CodeMirror's modes, from which kernels copy, are objects with a name."""
    if isinstance(value, dict):
        value = value.get("name")
    return value if isinstance(value, str) else ""
