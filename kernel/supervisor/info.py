"""What the kernel says of itself: at once where the worker has this interpreter, else once the worker has told."""

import sys
from importlib.util import find_spec
from typing import Any

from kernel import __version__
from kernel.protocol.messages import PROTOCOL_VERSION, KernelInfoReply
from kernel.protocol.wire import Message
from kernel.supervisor.publisher import Publisher


class Info:
    """Answers `kernel_info_request`; who asks before another interpreter has told what it is waits for it."""

    def __init__(self, publisher: Publisher, *, is_own: bool) -> None:
        self._publisher = publisher
        self._is_own = is_own
        self._versions: dict[str, Any] | None = None
        self._asked: list[tuple[str, Message]] = []

    def ask(self, channel: str, message: Message) -> None:
        """Answer, at once or when it is known."""
        if self._versions is None and self._is_own:
            self._versions = own_versions()
        if self._versions is None:
            self._asked.append((channel, message))
        else:
            self._publisher.answer(channel, message, "kernel_info_reply", kernel_info(self._versions))

    def known(self, versions: dict[str, Any] | None) -> None:
        """Take in what a worker says of its interpreter; None when there will be no worker to say it."""
        self._versions = versions or self._versions or own_versions()
        asked, self._asked = self._asked, []
        for channel, message in asked:
            self.ask(channel, message)


def own_versions() -> dict[str, Any]:
    """Return what a worker with this interpreter would tell."""
    version = ".".join(map(str, sys.version_info[:3]))
    return {"python": version, "debugger": find_spec("debugpy") is not None}


def kernel_info(versions: dict[str, Any]) -> KernelInfoReply:
    """Return the answer to `kernel_info_request`."""
    version = str(versions["python"])
    debugger = bool(versions.get("debugger"))
    return KernelInfoReply(
        protocol_version=PROTOCOL_VERSION,
        implementation="cshell",
        implementation_version=__version__,
        language_info={
            "name": "python",
            "version": version,
            "mimetype": "text/x-python",
            "codemirror_mode": {"name": "ipython", "version": 3},
            "pygments_lexer": "ipython3",
            "nbconvert_exporter": "python",
            "file_extension": ".py",
        },
        banner=f"cshell {__version__}, Python {version}",
        help_links=[
            {"text": "Python", "url": f"https://docs.python.org/{version.rpartition('.')[0]}"},
            {"text": "IPython", "url": "https://ipython.readthedocs.io/"},
        ],
        # JEP 91 and 92
        supported_features=["kernel subshells", *(["debugger"] if debugger else [])],
        debugger=debugger,
    )
