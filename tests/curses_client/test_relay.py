"""The relay as a process beside real sessions, its pipes in the test's hands."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from curses_client import relay
from curses_client.framing import PROTOCOL, Greeting, GreetingReader, Unpacker, packed
from curses_client.transport import READ_LIMIT
from kernel.protocol.connection import Connection
from kernel.protocol.messages import Content, ExecuteRequest, ReadRequest, ShutdownRequest, decode
from kernel.protocol.session import Session, SessionInfo, create, running
from kernel.protocol.wire import Author, Message, Wire
from tests.home import DEADLINE, Home

IDENTITY = "0123456789abcdef"


class Relay:
    """One relay, and a client of few words."""

    def __init__(self, home: Home, *arguments: str, identity: str = IDENTITY, before: str = "") -> None:
        relay = [sys.executable, "-P", "-m", "curses_client", "relay", "--identity", identity, *arguments]
        command = ["sh", "-c", f'{before}exec "$@"', "sh", *relay]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, bufsize=0, stdin=pipe, stdout=pipe, stderr=pipe, env=home.environ, cwd=home.work
        )
        self.author = Author("ada", identity)
        self._unpacker = Unpacker()
        self._messages: list[tuple[str, list[bytes]]] = []
        self.greeting, rest = self._greeted()
        self._messages += self._unpacker.feed(rest)

    def _greeted(self) -> tuple[Greeting, bytes]:
        assert self.process.stdout is not None
        reader = GreetingReader()
        while True:
            data = os.read(self.process.stdout.fileno(), 1 << 16)
            assert data, self.said()
            found = reader.feed(data)
            if found is not None:
                return found

    def said(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.read().decode()

    @property
    def wire(self) -> Wire:
        return Wire(self.greeting.key, self.greeting.scheme)

    def send(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)

    def ask(self, channel: str, msg_type: str, content: Content) -> None:
        _, parts = self.author.parts(msg_type, content)
        self.send(packed(channel, self.wire.frames((), parts)))

    def next(self) -> tuple[str, list[bytes]]:
        """Wait for what comes next."""
        assert self.process.stdout is not None
        while not self._messages:
            data = os.read(self.process.stdout.fileno(), 1 << 16)
            assert data, f"it ended: {self.said()}"
            self._messages += self._unpacker.feed(data)
        return self._messages.pop(0)

    def message(self, channel: str) -> Message:
        """Wait for a message on a channel; what comes on others is dropped."""
        while True:
            found, frames = self.next()
            if found == channel:
                return self.wire.message(frames)

    def records(self, until: Callable[[list[dict[str, Any]]], object]) -> list[dict[str, Any]]:
        """Read the journal until its records are what is waited for."""
        found: list[dict[str, Any]] = []
        while not until(found):
            after = found[-1]["seq"] if found else 0
            self.ask("feed", "read_request", ReadRequest(after, READ_LIMIT))
            found += decode(self.message("feed").raw_content)["records"]
        return found

    def ready(self) -> "Relay":
        self.records(lambda records: any(record["header"]["msg_type"] == "kernel_started" for record in records))
        return self

    def hang_up(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(DEADLINE)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for file in (self.process.stdin, self.process.stdout, self.process.stderr):
            if file is not None:
                file.close()


Start = Callable[..., Relay]


@pytest.fixture
def home() -> Iterator[Home]:
    with Home() as made:
        yield made


@pytest.fixture
def start(home: Home) -> Iterator[Start]:
    made: list[Relay] = []

    def run(*arguments: str, **options: str) -> Relay:
        made.append(Relay(home, *arguments, **options))
        return made[-1]

    yield run
    for one in made:
        one.close()


def printed(records: list[dict[str, Any]]) -> str:
    return "".join(record["content"]["text"] for record in records if record["header"]["msg_type"] == "stream")


def wait(condition: Callable[[], object]) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_new_session_is_started_and_lives_on(home: Home, start: Start) -> None:
    relay = start("new", "--session=rides")
    assert (relay.greeting.protocol, relay.greeting.name, relay.greeting.is_new) == (PROTOCOL, "rides", True)
    assert relay.greeting.error == ""
    relay.ask("shell", "execute_request", ExecuteRequest("print('one', 6 * 7)"))
    relay.records(lambda records: "one 42" in printed(records))
    assert relay.hang_up() == 0
    assert relay.said() == ""
    assert [session.name for session in running(home.environ)] == ["rides"]
    relay = start("attach", "rides")
    assert (relay.greeting.is_new, relay.greeting.pid) == (False, relay.greeting.pid)
    relay.records(lambda records: "one 42" in printed(records))


def test_replies_come_on_their_channels(start: Start) -> None:
    relay = start("new").ready()
    relay.ask("shell", "execute_request", ExecuteRequest("1"))
    relay.ask("control", "interrupt_request", Content())
    assert {relay.next()[0], relay.next()[0]} == {"shell", "control"}


def test_a_ping_comes_back(start: Start) -> None:
    relay = start("new")
    relay.send(packed("ping", [b"x"]))
    assert relay.next() == ("ping", [b"x"])


def test_what_a_login_shell_prints_does_not_disturb(start: Start) -> None:
    relay = start("new", before="echo Welcome; printf 'no end'; ")
    assert relay.greeting.name == "work"
    relay.ready()


def test_what_is_printed_in_it_goes_elsewhere(home: Home, start: Start) -> None:
    """Anything may print: a library, a thread, C code."""
    code = (
        "import os, sys, threading, time\n"
        "def noise():\n"
        "    while not os.path.exists('go'): time.sleep(0.01)\n"
        "    os.write(1, b'noise'); print('more', flush=True); open('done', 'w')\n"
        "if 'relay' in sys.orig_argv: threading.Thread(target=noise, daemon=True).start()\n"
    )
    (home.path / "sitecustomize.py").write_text(code)
    relay = start("new", before=f"export PYTHONPATH=$PYTHONPATH:{home.path}; ")
    (home.work / "go").touch()
    wait((home.work / "done").exists)
    relay.send(packed("ping", [b"x"]))
    assert relay.next() == ("ping", [b"x"])
    relay.hang_up()
    assert relay.said() == "noisemore\n"


def test_one_that_only_looks_passes_on_nothing_else(start: Start) -> None:
    relay = start("new").ready()
    watching = start("--read-only", "attach", identity="abc")
    watching.ask("shell", "execute_request", ExecuteRequest("print('watching')"))
    watching.ask("control", "shutdown_request", ShutdownRequest())
    # behind those, on the same pipe
    watching.send(packed("ping", []))
    while watching.next()[0] != "ping":
        pass
    relay.ask("shell", "execute_request", ExecuteRequest("print('allowed')"))
    records = watching.records(lambda records: "allowed" in printed(records))
    assert printed(records) == "allowed\n"


def test_a_renamed_session_is_found_by_its_supervisor(home: Home, start: Start) -> None:
    relay = start("new", "--session=one").ready()
    session = Session.named("one", home.environ)
    session.runtime.rename(session.runtime.with_name("two"))
    again = start("attach", "--pid", str(relay.greeting.pid), "one", identity="abc")
    assert again.greeting.name == "two"


@pytest.mark.parametrize("arguments", [("attach", "nobody"), ("attach",)])
def test_a_session_that_does_not_run(start: Start, arguments: tuple[str, ...]) -> None:
    relay = start(*arguments)
    assert "running" in relay.greeting.error
    assert not relay.greeting.is_gone
    assert relay.process.wait(DEADLINE) == 1


def test_a_session_that_has_ended(start: Start) -> None:
    # nobody else has this identifier of a process: it is this one's
    relay = start("attach", "--pid", str(os.getpid()), "main")
    assert relay.greeting.is_gone


def test_a_session_that_has_not_said_yet_whose_it_is(home: Home, start: Start) -> None:
    session, lock = create("main", home.environ, "/")
    Connection.local(session.runtime, "a key", "").write(session.connection_file)
    timer = threading.Timer(0.5, lambda: session.write_info(SessionInfo("main", "", os.getpid(), 1.0, "/")))
    timer.start()
    greeting = start("attach", "--pid", str(os.getpid()), "main").greeting
    timer.join()
    assert (greeting.name, greeting.is_gone) == ("main", False)
    os.close(lock)


def test_a_session_that_cannot_be_made(start: Start) -> None:
    start("new", "--session=taken")
    relay = start("new", "--session=taken", identity="abc")
    assert "'taken' is running already" in relay.greeting.error


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["attach"], "--identity"),
        (["--identity", "x/../y", "attach"], "hexadecimal"),
        (["--identity", "ab", "dance"], "dance"),
        (["--identity", "ab", "--level=9", "attach"], "--level=9"),
    ],
)
def test_a_command_line_of_another_version(arguments: list[str], says: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        relay.main(arguments)
    assert ended.value.code == 2
    out, error = capfd.readouterr()
    assert out == ""
    assert error.count("\n") == 1
    assert says in error


# ---- ends --------------------------------------------------------------------------------------------------


def test_the_end_of_the_supervisor_is_told_behind_its_last_messages(start: Start) -> None:
    relay = start("new").ready()
    newest = relay.records(lambda records: records[-1:] and records[-1]["header"]["msg_type"] == "kernel_started")
    relay.ask("feed", "read_request", ReadRequest(newest[-1]["seq"]))
    relay.send(packed("ping", []))
    assert relay.next()[0] == "ping"
    # what was asked has come to the supervisor once nobody is at work any more
    wait(lambda: is_asleep(relay.process.pid) and is_asleep(relay.greeting.pid))
    # both wait for it at the same time
    relay.process.send_signal(signal.SIGSTOP)
    os.kill(relay.greeting.pid, signal.SIGTERM)
    wait(lambda: has_ended(relay.greeting.pid))
    relay.process.send_signal(signal.SIGCONT)
    assert [relay.next()[0], relay.next()[0]] == ["feed", "ended"]
    assert relay.process.wait(DEADLINE) == 0


def is_asleep(pid: int) -> bool:
    """Whether all threads of a process wait for something, also at a second look: one may just have woken another."""
    stats = [path / "stat" for path in Path(f"/proc/{pid}/task").iterdir()]
    return all(path.read_text().rpartition(")")[2].split()[0] == "S" for path in (*stats, *stats))


def has_ended(pid: int) -> bool:
    """Whether a process has ended, also if nobody has waited for it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_supervisor_that_is_killed(start: Start) -> None:
    relay = start("new").ready()
    os.kill(relay.greeting.pid, signal.SIGKILL)
    while relay.next()[0] != "ended":
        pass
    assert relay.process.wait(DEADLINE) == 0


def test_a_session_that_never_began_leaves_nothing(home: Home, start: Start) -> None:
    relay = start("new", "--python=/bin/false")
    while not relay.greeting.error and relay.next()[0] != "ended":
        pass
    relay.process.wait(DEADLINE)
    home.wait_for_no_processes()
    assert home.left_behind() == []


def test_a_session_that_began_keeps_its_journal(home: Home, start: Start) -> None:
    relay = start("new").ready()
    relay.ask("control", "shutdown_request", ShutdownRequest())
    while relay.next()[0] != "ended":
        pass
    relay.process.wait(DEADLINE)
    assert home.left_behind() == ["state/cshell/sessions/work"]


@pytest.mark.parametrize(
    ("journal", "stays"),
    [
        (b'{"seq":1,"header":{"msg_type":"session_started"}}\n', False),
        (b'{"seq":1,"header":{"msg_type":"kernel_started"}}\n', True),
        # what was before is in other files
        (b'{"seq":900,"header":{"msg_type":"stream"}}\n', True),
        (b'{"seq":1,"header":{}}\n' + b" " * (1 << 20), True),
        (b"", True),
    ],
)
def test_what_is_removed_never_began(home: Home, journal: bytes, stays: bool) -> None:
    session, lock = create("main", home.environ, "/")
    os.close(lock)
    session.journal.write_bytes(journal)
    relay._remove_unless_begun(session)
    assert session.state.exists() == stays


def test_it_ends_when_nobody_listens(start: Start) -> None:
    relay = start("new").ready()
    assert relay.process.stdout is not None
    relay.process.stdout.close()
    assert relay.process.wait(DEADLINE) == 0


def test_what_was_said_before_nobody_listened_is_passed_on(home: Home, start: Start) -> None:
    relay = start("new").ready()
    relay.process.send_signal(signal.SIGSTOP)
    relay.ask("shell", "execute_request", ExecuteRequest("print('passed', 'on')"))
    assert relay.process.stdout is not None
    relay.process.stdout.close()
    relay.process.send_signal(signal.SIGCONT)
    assert relay.process.wait(DEADLINE) == 0
    start("attach", identity="abc").records(lambda records: "passed on" in printed(records))


def test_what_makes_no_sense_ends_it(start: Start) -> None:
    relay = start("new").ready()
    relay.send(b"GET / HTTP/1.1\r\n\r\n" + bytes(100))
    assert relay.process.wait(DEADLINE) == 1
    assert relay.said() == "cshell relay: FramingError: what comes through the line is no message\n"


# ---- coming back -------------------------------------------------------------------------------------------


def test_a_former_relay_whose_line_is_dead_makes_room(start: Start) -> None:
    former = start("new").ready()
    relay = start("attach", "--pid", str(former.greeting.pid))
    assert relay.greeting.error == ""
    assert former.process.wait(DEADLINE) == -signal.SIGKILL
    relay.ask("shell", "execute_request", ExecuteRequest("print('still', 'here')"))
    relay.records(lambda records: "still here" in printed(records))


def test_relays_of_other_clients_stay(start: Start) -> None:
    first = start("new").ready()
    start("attach", identity="abc").ready()
    first.send(packed("ping", []))
    while first.next()[0] != "ping":
        pass


def test_a_former_relay_that_is_stopped(start: Start) -> None:
    former = start("new").ready()
    former.process.send_signal(signal.SIGSTOP)
    assert start("attach").greeting.error == ""


def test_a_place_that_nobody_gives_up(home: Home, start: Start) -> None:
    start("new", identity="abc").ready()
    (place,) = home.sessions.glob("*/relay-abc")
    taken = os.open(place.with_name(f"relay-{IDENTITY}"), os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(taken, fcntl.LOCK_EX)
    relay = start("attach")
    assert "does not end" in relay.greeting.error
    assert not relay.greeting.is_gone
    assert relay.process.wait(DEADLINE) == 1
    os.close(taken)


def test_a_relay_that_ends_leaves_nothing_beside_the_session(home: Home, start: Start) -> None:
    relay = start("new").ready()
    assert len(list(home.sessions.glob("*/relay-*"))) == 1
    relay.hang_up()
    assert list(home.sessions.glob("*/relay-*")) == []


def test_what_is_said_again_is_done_once(start: Start) -> None:
    former = start("new").ready()
    _, parts = former.author.parts("execute_request", ExecuteRequest("print('once')"))
    again = packed("shell", former.wire.frames((), parts))
    former.send(again)
    former.records(lambda records: "once" in printed(records))
    former.hang_up()
    relay = start("attach")
    relay.send(again)
    relay.ask("shell", "execute_request", ExecuteRequest("print('done')"))
    assert printed(relay.records(lambda records: "done" in printed(records))) == "once\ndone\n"


def test_a_reply_that_comes_after_the_line_is_back(start: Start) -> None:
    """The relay has the same place in the session: what was asked before is answered to it."""
    former = start("new").ready()
    former.ask("shell", "execute_request", ExecuteRequest("import time; time.sleep(1); print('slept')"))
    former.records(lambda records: any(record["header"]["msg_type"] == "execute_input" for record in records))
    relay = start("attach")
    assert decode(relay.message("shell").raw_content)["status"] == "ok"
