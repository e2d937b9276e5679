"""A run of ssh in the event loop, with other programs in its place."""

import sys
from collections.abc import Callable

import pytest
from urwid.event_loop.abstract_loop import ExitMainLoop

from curses_client.call import Call
from curses_client.loop import Loop
from curses_client.ssh import Ssh
from tests.home import DEADLINE

# sends back what it gets
_ECHO = "import os\nwhile data := os.read(0, 1 << 16):\n    while data: data = data[os.write(1, data):]"


class Other:
    """A program at the other end, and what comes from it."""

    def __init__(self, code: str) -> None:
        self.loop = Loop()
        self.got = bytearray()
        self.has_ended = False
        self.ssh = Ssh([sys.executable, "-c", code])
        self.call = Call(self.ssh, self.loop, self._took)

    def _took(self, data: bytes) -> None:
        self.got += data
        if not data:
            self.has_ended = True
            self.call.drop()

    def run_until(self, condition: Callable[[], object]) -> None:
        """Serve until the condition holds."""

        def look() -> None:
            if condition():
                raise ExitMainLoop
            self.loop.alarm(0.002, look)

        def fail() -> None:
            raise AssertionError("waited in vain")

        self.loop.alarm(0, look)
        handle = self.loop.alarm(DEADLINE, fail)
        self.loop.run()
        self.loop.remove_alarm(handle)

    def close(self) -> None:
        self.ssh.abandon()
        self.ssh.wait(DEADLINE)


def test_more_than_a_pipe_holds_goes_out_when_there_is_room() -> None:
    other = Other(_ECHO)
    data = bytes(range(256)) * 4096 * 4
    other.call.send(data[:1])
    other.call.send(data[1 : 1 << 20])
    other.call.send(data[1 << 20 :])
    other.run_until(lambda: len(other.got) == len(data))
    assert other.got == data
    other.call.drop()
    other.close()


def test_the_end_is_told_once_and_what_was_said_before_it_is_kept(capfd: pytest.CaptureFixture[str]) -> None:
    other = Other("import os; os.write(1, b'out'); os.write(2, b'why it ended\\n')")
    other.run_until(lambda: other.has_ended)
    assert other.got == b"out"
    other.ssh.wait(DEADLINE)
    assert other.ssh.final_words() == "why it ended"
    assert capfd.readouterr().err in ("", "why it ended\n")
    other.close()


def test_complaints_go_where_ours_go(capfd: pytest.CaptureFixture[str]) -> None:
    other = Other("import os, time; os.write(2, b'careful\\x1b[2J!\\n'); time.sleep(60)")
    said: list[str] = []
    other.run_until(lambda: said.append(capfd.readouterr().err) or "".join(said) == "careful!\n")
    other.call.drop()
    assert other.ssh.last_words == "careful!"
    other.close()


def test_flushing_waits_for_one_that_reads_slowly() -> None:
    other = Other(
        "import os, time\ntime.sleep(0.05)\ntotal = 0\n"
        "while data := os.read(0, 1 << 12): total += len(data)\nos.write(1, str(total).encode())"
    )
    other.call.send(bytes(1 << 20))
    other.call.flush(DEADLINE)
    other.call.drop()
    other.ssh.finish()
    assert other.ssh.wait(DEADLINE) == 0
    assert other.ssh.read() == str(1 << 20).encode()
    other.close()


def test_flushing_does_not_wait_for_one_that_never_reads() -> None:
    other = Other("import time; time.sleep(60)")
    other.call.send(bytes(1 << 22))
    other.call.flush(0.05)
    other.call.drop()
    other.close()


def test_sending_to_one_that_has_ended() -> None:
    other = Other("")
    other.ssh.wait(DEADLINE)
    other.call.send(b"x")
    other.call.send(bytes(1 << 20))
    other.run_until(lambda: other.has_ended)
    other.close()
