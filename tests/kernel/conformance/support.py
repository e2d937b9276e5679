"""Any kernel under Jupyter's own manager, and a client of its sockets that sorts what it hears by its parent."""

import contextlib
import datetime
import json
import queue
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import zmq
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import LocalProvisioner

from tests.kernel.support import DEADLINE, private_home

Json = dict[str, Any]
Said = tuple[str, Json]

# an answer takes milliseconds; on a loaded machine it may take this many seconds
PATIENCE: Final = 10.0
_LOOK_MS: Final = 50

COMMANDS: Final = {
    "cshell": [sys.executable, "-P", "-m", "kernel", "-f", "{connection_file}"],
    "ipykernel": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
}
CHANNELS: Final = ("shell", "control", "stdin", "iopub")

BUSY: Final[Said] = ("status", {"execution_state": "busy"})
IDLE: Final[Said] = ("status", {"execution_state": "idle"})


def around(*said: Said) -> list[Said]:
    """What is published for a request: busy, `said`, idle."""
    return [BUSY, *said, IDLE]


def but(content: Json, *names: str) -> Json:
    """A content without the fields that nobody prescribes."""
    return {name: value for name, value in content.items() if name not in names}


def plain(text: str) -> str:
    """A text without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@dataclass(slots=True)
class Exchange:
    """A request's reply, and what was published for it."""

    replies: list[Json] = field(default_factory=list)
    published: list[Said] = field(default_factory=list)
    messages: list[Json] = field(default_factory=list)

    @property
    def reply(self) -> Json:
        """The content of the one reply."""
        (reply,) = self.replies
        return reply

    @property
    def is_idle(self) -> bool:
        return IDLE in self.published

    @property
    def kinds(self) -> list[str]:
        """The types of what was published between busy and idle."""
        assert self.published[0] == BUSY, self.published
        assert self.published[-1] == IDLE, self.published
        return [kind for kind, _ in self.published[1:-1]]

    def contents(self, msg_type: str) -> list[Json]:
        """The contents of all published messages of a type."""
        return [content for kind, content in self.published if kind == msg_type]

    def text(self, *names: str) -> str:
        """What was written to the named streams, or to both."""
        wanted = names or ("stdout", "stderr")
        return "".join(c["text"] for c in self.contents("stream") if c["name"] in wanted)

    @property
    def value(self) -> str:
        """The text of the cell's result."""
        (content,) = self.contents("execute_result")
        return str(content["data"]["text/plain"])

    @property
    def buffers(self) -> list[bytes]:
        """The buffers of all that was published."""
        return [bytes(buffer) for message in self.messages for buffer in message["buffers"]]

    def add(self, message: Json, content: Json) -> None:
        """Take in a published message; pieces of one stream are one text, however a kernel cuts them."""
        kind = message["msg_type"]
        self.messages.append(message)
        last = self.published[-1:]
        if kind == "stream" and last and last[0][0] == kind and last[0][1]["name"] == content["name"]:
            content = {"name": content["name"], "text": self.published.pop()[1]["text"] + content["text"]}
        self.published.append((kind, content))


class Client:
    """A client of jupyter_client's; what it hears is checked, made comparable and sorted by its parent.

    Execution counts are counted from the last `begin`: the first cell after it is number 1.
    """

    def __init__(self, manager: KernelManager) -> None:
        self._manager = manager
        self.jupyter = manager.blocking_client()
        assert isinstance(self.jupyter, BlockingKernelClient)
        self.jupyter.start_channels(hb=False)
        self.session = self.jupyter.session
        self.sockets = {name: getattr(self.jupyter, f"{name}_channel").socket for name in CHANNELS}
        self._poller = zmq.Poller()
        for sock in self.sockets.values():
            self._poller.register(sock, zmq.POLLIN)
        self._exchanges: defaultdict[str, Exchange] = defaultdict(Exchange)
        self._sent: dict[str, Json] = {}
        self._seen: set[str] = set()
        self._base = 0
        self._beside: str | None = None
        # in the order of their arrival: all that was published, and all questions
        self.published: list[Json] = []
        self.questions: queue.SimpleQueue[Json] = queue.SimpleQueue()

    def close(self) -> None:
        self.jupyter.stop_channels()

    def another(self) -> "Client":
        """Another client of the same kernel, which hears what is published from here on."""
        other = Client(self._manager)
        other.wait_until_ready()
        return other

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def wait_until_ready(self) -> None:
        """Wait until the kernel answers, and until this client hears what it publishes."""
        heard = False
        while not heard:
            exchange = self._exchanges[self.send("shell", "kernel_info_request")]
            self.until(lambda asked=exchange: asked.replies, "an answer to kernel_info_request", DEADLINE)
            with contextlib.suppress(AssertionError):
                self.until(lambda asked=exchange: asked.is_idle, "idle", within=0.5)
            heard = exchange.is_idle

    def begin(self) -> None:
        """Forget what was said, and count cells from here on."""
        expressions = {"next": "get_ipython().execution_count"}
        found = self.run("", silent=True, user_expressions=expressions).reply["user_expressions"]
        self._base = int(found["next"]["data"]["text/plain"]) - 1
        self.published.clear()

    # ---- sending -----------------------------------------------------------------------------------------

    def send(
        self,
        channel: str,
        msg_type: str,
        content: Json | None = None,
        *,
        subshell: str | None = None,
        buffers: Sequence[bytes] = (),
        parent: Json | None = None,
    ) -> str:
        """Send a message; return its identifier."""
        message = self.session.msg(msg_type, content or {}, parent=parent)
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        self._sent[message["header"]["msg_id"]] = message["header"]
        self.session.send(self.sockets[channel], message, buffers=list(buffers))
        return str(message["header"]["msg_id"])

    def ask(self, msg_type: str, content: Json | None = None, *, channel: str = "shell", **options: Any) -> Exchange:
        """Send a request; return what became of it."""
        return self.finished(self.send(channel, msg_type, content, **options))

    def submit(self, code: str, *, subshell: str | None = None, **options: Any) -> str:
        """Have a cell run; return the identifier of its request."""
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": True,
            "stop_on_error": True,
        }
        return self.send("shell", "execute_request", content | options, subshell=subshell)

    def run(self, code: str, **options: Any) -> Exchange:
        """Run a cell to its end."""
        return self.finished(self.submit(code, **options))

    def received(self) -> None:
        """Wait until the kernel has taken in what was sent on the shell channel, whatever it computes.

        Messages on one channel keep their order, and a subshell answers while the main shell is busy.
        """
        if self._beside is None:
            created = self.ask("create_subshell_request", channel="control").reply
            self._beside = created.get("subshell_id", "")
        self.ask("kernel_info_request", subshell=self._beside or None)

    @contextlib.contextmanager
    def computing(self) -> Iterator[str]:
        """Keep the main shell busy; yield the identifier of the request that does."""
        msg_id = self.submit("import time\nprint('computing')\nwhile True: time.sleep(0.002)")
        self.said(msg_id, "computing")
        yield msg_id
        self.ask("interrupt_request", channel="control")
        assert self.finished(msg_id).reply["ename"] == "KeyboardInterrupt"

    def answer(self, line: str, question: Json | None = None) -> None:
        """Answer input()."""
        self.send("stdin", "input_reply", {"value": line}, parent=question)

    # ---- hearing -----------------------------------------------------------------------------------------

    def until(self, condition: Callable[[], Any], what: str, within: float = PATIENCE) -> None:
        """Take messages in until the condition holds."""
        end = time.monotonic() + within
        while not condition():
            # what the condition looks at need not be a message
            self._poller.poll(_LOOK_MS)
            assert time.monotonic() < end, f"{what} did not come in {within} s"
            for channel, sock in self.sockets.items():
                while sock.poll(0):
                    self._take(channel, sock.recv_multipart())

    def finished(self, msg_id: str, *, reply: bool = True) -> Exchange:
        """Wait until the kernel is done with a message, which has a reply if it is a request."""
        exchange = self._exchanges[msg_id]
        asked = self._sent[msg_id]["msg_type"]
        self.until(lambda: exchange.is_idle and (exchange.replies or not reply), f"the end of {asked}")
        return exchange

    def so_far(self, msg_id: str) -> Exchange:
        """What was heard of a request until now."""
        return self._exchanges[msg_id]

    def begun(self, msg_id: str) -> None:
        """Wait until a cell runs."""
        self.until(lambda: self._exchanges[msg_id].contents("execute_input"), "the beginning of a cell")

    def said(self, msg_id: str, text: str) -> None:
        """Wait until a cell has printed `text`."""
        self.until(lambda: text in self._exchanges[msg_id].text(), f"the text {text!r}")

    def question(self) -> Json:
        """Wait until the kernel asks for a line."""
        self.until(lambda: not self.questions.empty(), "a question")
        return self.questions.get()

    def event(self, name: str) -> Json:
        """Wait for an event of the debugger's, and take it out of what was published."""

        def found() -> list[Json]:
            events = [message for message in self.published if message["msg_type"] == "debug_event"]
            return [message for message in events if message["content"]["event"] == name]

        self.until(found, f"the event {name!r}")
        event = found()[0]
        self.published.remove(event)
        return event

    def _take(self, channel: str, frames: list[bytes]) -> None:
        identities, parts = self.session.feed_identities(frames)
        message = self.session.deserialize(parts)
        self._check(channel, identities, message)
        parent = message["parent_header"].get("msg_id", "")
        content = self._comparable(message["content"])
        if channel == "iopub":
            self.published.append(message)
            self._exchanges[parent].add(message, content)
        elif channel == "stdin":
            self.questions.put(message)
        else:
            assert message["msg_type"] == self._sent[parent]["msg_type"].replace("_request", "_reply"), message
            self._exchanges[parent].replies.append(content)

    def _check(self, channel: str, identities: list[bytes], message: Json) -> None:
        """Fail for a message that is none in the sense of the specification, whatever it says."""
        header, parent = message["header"], message["parent_header"]
        for name in ("msg_id", "session", "username", "msg_type", "version"):
            assert isinstance(header[name], str), message
        assert isinstance(header["date"], datetime.datetime), message
        assert header["date"].tzinfo is not None, message
        assert header["version"].startswith("5."), message
        assert header["msg_id"] not in self._seen, f"{header['msg_id']} came twice"
        self._seen.add(header["msg_id"])
        # a welcome's topic is the subscription, which ipykernel leaves out when it is empty
        if message["msg_type"] != "iopub_welcome":
            assert len(identities) == (1 if channel == "iopub" else 0), message
        if parent.get("msg_id") in self._sent:
            sent = self._sent[parent["msg_id"]]
            assert {name: parent.get(name) for name in sent} == sent, message

    def _comparable(self, content: Json) -> Json:
        # what ipyparallel alone wants
        content = but(content, "engine_info")
        if "execution_count" in content:
            content["execution_count"] -= self._base
        return content


@dataclass(slots=True)
class Kernel:
    """A kernel that a manager of Jupyter's has started."""

    name: str
    manager: KernelManager
    environ: dict[str, str]
    client: Client

    @property
    def home(self) -> Path:
        return Path(self.environ["HOME"])

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """The process that the manager knows."""
        provisioner = self.manager.provisioner
        assert isinstance(provisioner, LocalProvisioner)
        assert isinstance(provisioner.process, subprocess.Popen)
        return provisioner.process

    def ended(self, within: float = PATIENCE) -> int | None:
        """The status with which the process ends in time, if it does."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.process.wait(within)
        return None


def install(specs: Path) -> None:
    """Install the kernelspecs of all implementations in a directory of JUPYTER_PATH."""
    for name, argv in COMMANDS.items():
        directory = specs / "kernels" / name
        directory.mkdir(parents=True)
        spec = {"argv": argv, "display_name": name, "language": "python", "interrupt_mode": "message"}
        (directory / "kernel.json").write_text(json.dumps(spec))


@contextlib.contextmanager
def home_with_kernels() -> Iterator[tuple[dict[str, str], KernelSpecManager]]:
    """Make a home with the kernelspecs of all implementations; yield its environment and their finder."""
    with private_home() as environ:
        specs = Path(environ["HOME"]) / "specs"
        install(specs)
        environ["JUPYTER_PATH"] = str(specs)
        # fonts of matplotlib, grammars of jedi: to make them anew takes seconds
        environ.setdefault("XDG_CACHE_HOME", str(Path("~/.cache").expanduser()))
        yield environ, KernelSpecManager(kernel_dirs=[str(specs / "kernels")], ensure_native_kernel=False)


@contextlib.contextmanager
def running(name: str) -> Iterator[Kernel]:
    """Run a kernel in a home of its own."""
    with home_with_kernels() as (environ, finder):
        manager = KernelManager(kernel_name=name, kernel_spec_manager=finder)
        # a file, because nobody reads a pipe
        with (Path(environ["HOME"]) / "kernel.log").open("wb") as log:
            manager.start_kernel(env=environ, cwd=environ["HOME"], stdout=log, stderr=log)
            try:
                with Client(manager) as client:
                    client.wait_until_ready()
                    yield Kernel(name, manager, environ, client)
            finally:
                if manager.has_kernel:
                    manager.shutdown_kernel(now=True)
