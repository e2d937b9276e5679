"""The line to a session, with programs in the place of ssh and the relay that do what a test wants."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from urwid.event_loop.abstract_loop import ExitMainLoop

from curses_client import line as line_module
from curses_client.events import Event, LineBack, LineLost, SupervisorEnded
from curses_client.framing import PROTOCOL, Greeting, packed
from curses_client.line import Line
from curses_client.loop import Loop
from curses_client.ssh import Host, RemoteError, Ssh
from tests.home import DEADLINE

GREETING = Greeting(PROTOCOL, "1", "main", "a key", "hmac-sha256", 77, True)
# what a relay says, sent back: what is sent on a channel comes on it
ECHO = "while data := os.read(0, 1 << 16):\n    while data: data = data[os.write(1, data):]"


def greets(greeting: Greeting = GREETING, then: str = ECHO) -> str:
    return f"os.write(1, {greeting.line()!r})\n{then}"


def says(message: bytes, then: str = "time.sleep(60)") -> str:
    return f"os.write(1, {message!r})\n{then}"


def fails(status: int, words: str) -> str:
    return f"os.write(2, {words.encode()!r} + b'\\n'); sys.exit({status})"


class Client:
    """A line in a loop, what came through it, and what was told of it."""

    def __init__(self, first: str, *others: str | RemoteError) -> None:
        """Begin with a program that need not greet any more; each attempt runs the next one, the last for ever."""
        self.loop = Loop()
        self.others = list(others)
        self.dialled: list[Ssh] = []
        self.got: list[tuple[str, list[bytes]]] = []
        self.told: list[Event] = []
        self.resumed = 0
        self.on_resumed: Callable[[], None] = lambda: None
        self.line = Line(self.run(first), GREETING, self._dial, Host("gpu", ("ssh",), "cshell").why)
        assert self.line.open(lambda channel, frames: self.got.append((channel, frames)), self._resume) == []
        self.line.follow(self.loop, self.told.append)

    def run(self, code: str) -> Ssh:
        self.dialled.append(Ssh([sys.executable, "-c", f"import os, sys, time\n{code}"]))
        return self.dialled[-1]

    def _dial(self) -> Ssh:
        other = self.others.pop(0) if len(self.others) > 1 else self.others[0]
        if isinstance(other, RemoteError):
            raise other
        return self.run(other)

    def _resume(self) -> None:
        self.resumed += 1
        self.on_resumed()

    def until(self, condition: Callable[[], object]) -> None:
        """Serve until the condition holds."""

        def look() -> None:
            if condition():
                raise ExitMainLoop
            self.loop.alarm(0.002, look)

        def fail() -> None:
            raise AssertionError(f"only this was told: {self.told}, and this came: {self.got}")

        self.loop.alarm(0, look)
        handle = self.loop.alarm(DEADLINE, fail)
        self.loop.run()
        self.loop.remove_alarm(handle)

    def losses(self) -> list[str]:
        return [event.text for event in self.told if isinstance(event, LineLost)]

    def loses(self, *texts: str) -> None:
        """Wait until it is told that the line is lost with all these texts."""
        self.until(lambda: any(all(text in loss for text in texts) for loss in self.losses()))


Make = Callable[..., Client]


@pytest.fixture
def client() -> Iterator[Make]:
    made: list[Client] = []

    def make(first: str, *others: str | RemoteError) -> Client:
        made.append(Client(first, *others))
        return made[-1]

    yield make
    for one in made:
        one.line.close()
        for ssh in one.dialled:
            ssh.abandon()
            ssh.wait(DEADLINE)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "_DELAYS", (0, 0.02))
    monkeypatch.setattr(line_module, "_DELAY_WITHOUT_USER", 0.02)


def test_messages_go_there_and_come_back(client: Make) -> None:
    user = client(ECHO)
    for channel in ("shell", "control", "stdin", "feed"):
        user.line.send(channel, [channel.encode(), b"", bytes(100_000)])
    user.until(lambda: len(user.got) == 4)
    assert [(channel, len(frames)) for channel, frames in user.got] == [
        (channel, 3) for channel in ("shell", "control", "stdin", "feed")
    ]
    assert user.told == []


@pytest.mark.usefixtures("quick")
def test_a_lost_line_is_made_again_at_once_and_resumed(client: Make) -> None:
    user = client("", greets())
    user.on_resumed = lambda: user.line.send("shell", [b"again"])
    user.until(lambda: user.got)
    assert user.told == [LineLost("line lost · connecting"), LineBack()]
    assert user.resumed == 1
    assert user.got == [("shell", [b"again"])]


def test_a_line_that_was_back_is_made_again_at_once(client: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "_DELAYS", (0, 0.01, 60))
    user = client("", fails(255, "x"), greets(then=""), greets())
    user.until(lambda: user.resumed == 2)


def test_half_a_message_is_lost_with_the_line(client: Make) -> None:
    half = packed("shell", [b"twice"])[:-3]
    user = client(says(half, ""), greets(then=says(packed("shell", [b"twice"]))))
    user.until(lambda: user.got)
    assert user.got == [("shell", [b"twice"])]
    assert user.losses() == ["line lost · connecting"]


@pytest.mark.usefixtures("quick")
def test_what_is_sent_meanwhile_is_lost_with_the_line(client: Make) -> None:
    user = client("", fails(255, "no route"), fails(255, "no route"), greets())
    user.loses("no route")
    user.line.send("shell", [b"lost"])
    user.until(lambda: user.resumed)
    user.line.send("shell", [b"later"])
    user.until(lambda: user.got)
    assert user.got == [("shell", [b"later"])]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (fails(255, "ssh: connect to host gpu port 22: No route to host"), "· No route to host"),
        (fails(255, "Connection closed by gpu"), "· Connection closed by gpu"),
        (fails(255, "ada@gpu: Permission denied (publickey)."), "· log in by hand"),
        (fails(255, "Host key verification failed."), "· log in by hand"),
        (fails(126, "cshell: Permission denied"), "· cshell cannot be run on gpu: cshell: Permission denied"),
        (fails(127, "sh: not found"), "· there is no cshell on gpu"),
        (greets(Greeting(PROTOCOL, error="the session is still starting"), ""), "· the session is still starting"),
        (greets(replace(GREETING, protocol=2, key="")), "another version"),
        (says(b"cshell-relay nonsense\n"), "nonsense"),
        ("while True: os.write(1, b'y\\n')", "something else"),
        (RemoteError("cannot run ssh"), "· cannot run ssh"),
        ("sys.exit(0)", "gpu does not answer as cshell does"),
    ],
)
def test_why_it_cannot_be_made_again_is_told_until_it_can(client: Make, other: str, reason: str) -> None:
    user = client("", other, other, greets())
    user.loses("line lost · retrying in 1 s", reason)
    user.until(lambda: user.resumed)
    assert user.told[-1] == LineBack()


def test_attempts_become_rarer_and_are_counted_down(client: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "_DELAYS", (0, 0.01, 2))
    user = client("", fails(255, "x"))
    user.until(lambda: len(user.losses()) >= 5)
    texts = [text.split(" · ")[1] for text in user.losses()]
    assert texts[:5] == ["connecting", "retrying in 1 s", "connecting", "retrying in 2 s", "retrying in 1 s"]


def test_the_delays() -> None:
    assert line_module._DELAYS[:2] == (0, 1)
    assert line_module._DELAYS[-1] <= 15
    assert line_module._DELAYS[-1] < line_module._DELAY_WITHOUT_USER


@pytest.mark.usefixtures("quick")
def test_an_attempt_that_says_nothing_is_given_up(client: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "_ATTEMPT", 0.05)
    user = client("", "time.sleep(60)", greets())
    user.until(lambda: user.resumed)
    assert any("no answer" in loss for loss in user.losses())
    assert user.dialled[1].wait(DEADLINE) == -15


@pytest.mark.parametrize(
    "greeting",
    [
        Greeting(PROTOCOL, error="the session has ended", is_gone=True),
        # one of the same name, made since
        replace(GREETING, key="another key"),
    ],
)
def test_a_session_that_ended_meanwhile(client: Make, greeting: Greeting) -> None:
    user = client("", greets(greeting))
    user.until(lambda: SupervisorEnded() in user.told)
    assert user.told == [LineLost("line lost · connecting"), SupervisorEnded()]
    assert user.line.is_over
    assert user.resumed == 0


def test_a_session_that_ends_says_its_last_messages_first(client: Make) -> None:
    user = client(says(packed("feed", [b"last"]) + packed("ended", [])))
    user.until(lambda: user.told)
    assert user.got == [("feed", [b"last"])]
    assert user.told == [SupervisorEnded()]
    user.line.close()
    assert not user.line.was_lost


def test_a_session_that_was_renamed_keeps_its_line(client: Make) -> None:
    user = client("", greets(replace(GREETING, name="other", is_new=False)))
    user.until(lambda: user.resumed)
    assert user.line.greeting.name == "other"


def test_what_is_no_message_loses_the_line(client: Make) -> None:
    user = client(says(b"Segmentation fault, sorry"), greets())
    user.until(lambda: user.resumed)
    assert "no message" in user.losses()[0]


def test_silence_is_told_and_a_sign_of_life(client: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "_PING", 0.05)
    deaf = "data = b''\nwhile b'speak' not in data: data += os.read(0, 100)\n"
    user = client(deaf + says(packed("shell", [b"hello"])))
    user.loses("no answer for ")
    user.line.send("shell", [b"speak"])
    user.until(lambda: LineBack() in user.told)
    assert user.got == [("shell", [b"hello"])]


def test_a_line_that_answers_is_not_spoken_of(client: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "_PING", 1.0)
    user = client(ECHO)
    user.loop.alarm(2.5, lambda: user.got.append(("end", [])))
    user.until(lambda: user.got)
    assert user.told == []


def test_what_was_sent_last_still_goes_out(client: Make, tmp_path: Path) -> None:
    path = tmp_path / "got"
    user = client(f"open({str(path)!r}, 'wb').write(sys.stdin.buffer.read())")
    last = bytes(1 << 18)
    user.line.send("shell", [last])
    user.line.close()
    assert user.dialled[0].wait(DEADLINE) == 0
    assert path.read_bytes() == packed("shell", [last])
    assert not user.line.was_lost


def test_leaving_while_the_line_is_lost(client: Make) -> None:
    user = client("", "time.sleep(60)")
    user.until(lambda: len(user.dialled) == 2)
    user.line.close()
    assert user.line.was_lost
    assert user.dialled[1].wait(DEADLINE) == -15


def test_leaving_between_two_attempts(client: Make) -> None:
    user = client("", fails(255, "x"))
    user.loses("retrying")
    user.line.close()
    assert user.line.was_lost
    user.line.send("shell", [b"nowhere"])


def test_leaving_a_line_that_says_nothing(client: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "_PING", 0.05)
    user = client("time.sleep(60)")
    user.loses("no answer")
    user.line.close()
    assert user.line.was_lost


def test_more_is_asked_for_where_it_is_cheap(client: Make) -> None:
    user = client(ECHO)
    before = user.line.limit
    for number in range(20):
        # what is asked comes back, as large as an answer
        user.line.send("feed", [bytes(user.line.limit)])
        user.until(lambda number=number: len(user.got) > number)
    assert user.line.limit > before
