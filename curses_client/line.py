"""The line to a session on another machine: messages through ssh, and ssh again whenever that ends."""

import math
import time
from collections.abc import Callable
from typing import Final

from curses_client.call import Call
from curses_client.events import Event, LineBack, LineLost, SupervisorEnded
from curses_client.framing import PROTOCOL, FramingError, Greeting, GreetingReader, Unpacker, packed
from curses_client.pace import Pace
from curses_client.ssh import OWN_FAILURE, RemoteError, Ssh
from curses_client.transport import Receive, Source, Watcher

# seconds between attempts; the last one stays
_DELAYS: Final = (0, 1, 2, 4, 8, 15)
# where somebody would have to type something
_DELAY_WITHOUT_USER: Final = 30
# what ssh says then
_NEEDS_USER: Final = ("Permission denied", "Host key verification failed", "Too many authentication failures")
# seconds that an attempt may take, and an ssh whose output has ended
_ATTEMPT: Final = 30.0
_ENDING: Final = 1.0
_LOOK: Final = 0.01
# seconds after which a line is asked whether it is there, and again after which it is shown that it is not
_PING: Final = 3.0
# seconds that leaving may take to get out what was sent a moment ago
_LINGER: Final = 0.5


class Line:
    """A transport (see `curses_client.transport`) through ssh, which is run again until the session answers."""

    def __init__(
        self, ssh: Ssh, greeting: Greeting, dial: Callable[[], Ssh], why: Callable[[int | None, str], str]
    ) -> None:
        """Go on with an ssh whose relay has greeted.

        `dial` starts another one, or raises RemoteError; `why` says in a sentence what its exit status and its last
        words mean.
        """
        self.greeting = greeting
        # whether the session has ended, and whether the line was lost when it was left
        self.is_over = False
        self.was_lost = False
        self._ssh = ssh
        self._dial, self._why = dial, why
        self._call: Call | None = None
        # while a connection is being made
        self._greeter: GreetingReader | None = None
        self._unpacker = Unpacker()
        self._pace = Pace()
        self._attempts = 0
        self._retry_at = 0.0
        self._reason = ""
        # when the line was asked whether it is there, if it has said nothing since
        self._pinged: float | None = None
        self._is_silent = False
        self._receive: Receive = lambda channel, frames: None
        self._resumed: Callable[[], None] = lambda: None

    # ---- what a link asks for ----------------------------------------------------------------------------

    @property
    def limit(self) -> int:
        """How many bytes of records are to be asked for at once, by now."""
        return self._pace.limit

    def open(self, receive: Receive, resumed: Callable[[], None]) -> list[Source]:
        """Take in who is served; the loop is told by `follow`."""
        self._receive, self._resumed = receive, resumed
        return []

    def send(self, channel: str, frames: list[bytes]) -> None:
        """Send a message; it is lost while the line is."""
        if self._call is not None and self._greeter is None:
            if channel == "feed":
                self._pace.asked()
            self._call.send(packed(channel, frames))

    def end(self) -> None:
        """Do nothing: when the session ends, the line is hung up by itself."""

    def close(self) -> None:
        """Hang up; what was sent a moment ago still goes out."""
        call, self._call = self._call, None
        is_up = call is not None and self._greeter is None
        self.was_lost = not self.is_over and (not is_up or self._is_silent)
        if call is None:
            return
        if is_up:
            call.flush(_LINGER)
            call.drop()
            call.ssh.finish()
        else:
            call.drop()
            call.ssh.abandon()

    # ---- in the loop -------------------------------------------------------------------------------------

    def follow(self, loop: Watcher, told: Callable[[Event], None]) -> None:
        """Serve the line in a loop, and tell when it is lost, is back, or the session has ended."""
        self._loop, self._told = loop, told
        self._call = Call(self._ssh, loop, self._took)
        loop.alarm(_PING, self._ping)

    def _took(self, data: bytes) -> None:
        if not data:
            self._ended()
            return
        try:
            if self._greeter is not None:
                found = self._greeter.feed(data)
                if found is None or not self._greeted(found[0]):
                    return
                data = found[1]
            self._answered()
            for channel, frames in self._unpacker.feed(data):
                self._heard(channel, frames)
        except FramingError as error:
            self._lost(f"{error}")

    def _heard(self, channel: str, frames: list[bytes]) -> None:
        if channel == "ended":
            self._over()
        elif channel != "ping":
            if channel == "feed":
                self._pace.answered(sum(map(len, frames)))
            self._receive(channel, frames)

    def _greeted(self, greeting: Greeting) -> bool:
        """Take in what the relay of a new connection says; return whether the line is back."""
        if greeting.protocol != PROTOCOL:
            self._lost("the cshell there is of another version now")
        elif greeting.is_gone or (not greeting.error and greeting.key != self.greeting.key):
            self._over()
        elif greeting.error:
            self._lost(greeting.error)
        else:
            self.greeting = greeting
            self._greeter = None
            self._attempts = 0
            self._pace = Pace()
            self._told(LineBack())
            self._resumed()
            return True
        return False

    def _over(self) -> None:
        """The session has ended: there is nothing to come back to."""
        self.is_over = True
        if self._call is not None:
            self._call.drop()
            self._call.ssh.hang_up()
            self._call = None
        self._told(SupervisorEnded())

    # ---- whether it is there -----------------------------------------------------------------------------

    def _ping(self) -> None:
        """Ask for a sign of life, or say that there was none."""
        if self.is_over:
            return
        if self._call is not None and self._greeter is None:
            now = time.monotonic()
            if self._pinged is None:
                self._pinged = now
                self._call.send(packed("ping", []))
            else:
                self._is_silent = True
                self._told(LineLost(f"no answer for {round(now - self._pinged)} s"))
        self._loop.alarm(_PING, self._ping)

    def _answered(self) -> None:
        self._pinged = None
        if self._is_silent:
            self._is_silent = False
            self._told(LineBack())

    # ---- when it is lost ---------------------------------------------------------------------------------

    def _ended(self) -> None:
        """Take in that the output of ssh has ended."""
        call = self._call
        assert call is not None
        if self._greeter is None:
            self._lost("")
        else:
            # only when ssh itself has ended is it known why
            call.drop()
            self._call = None
            self._wait_for_status(call.ssh, time.monotonic() + _ENDING)

    def _wait_for_status(self, ssh: Ssh, until: float) -> None:
        status = ssh.status
        if status is None and time.monotonic() < until:
            self._loop.alarm(_LOOK, lambda: self._wait_for_status(ssh, until))
            return
        words = ssh.final_words()
        ssh.abandon()
        if status != OWN_FAILURE:
            self._lost(self._why(status, words))
        elif any(text in words for text in _NEEDS_USER):
            self._lost("log in by hand: Ctrl-D, then attach again", _DELAY_WITHOUT_USER)
        else:
            # the place is known: ssh: connect to host gpu port 22: Connection refused
            self._lost(words.rpartition(": ")[2])

    def _lost(self, reason: str, delay: float | None = None) -> None:
        """Try again later, at once when there was a connection until now."""
        call, self._call = self._call, None
        if call is not None:
            call.drop()
            if self._greeter is None:
                # others may share a connection that was made
                call.ssh.hang_up()
            else:
                call.ssh.abandon()
        self._pinged = None
        self._is_silent = False
        self._reason = reason
        if delay is None:
            delay = _DELAYS[min(self._attempts, len(_DELAYS) - 1)]
        self._attempts += 1
        self._retry_at = time.monotonic() + delay
        self._count_down()

    def _count_down(self) -> None:
        left = self._retry_at - time.monotonic()
        if left > 0:
            self._tell_loss(f"retrying in {math.ceil(left)} s")
            self._loop.alarm(min(left, 1), self._count_down)
        else:
            self._tell_loss("connecting")
            self._try()

    def _tell_loss(self, what: str) -> None:
        self._told(LineLost(" · ".join(filter(None, ("line lost", what, self._reason)))))

    def _try(self) -> None:
        try:
            call = Call(self._dial(), self._loop, self._took)
        except RemoteError as error:
            self._lost(str(error))
            return
        self._call = call
        self._greeter = GreetingReader()
        self._unpacker = Unpacker()
        self._loop.alarm(_ATTEMPT, lambda: self._too_late(call))

    def _too_late(self, call: Call) -> None:
        if self._call is call and self._greeter is not None:
            self._lost("no answer")
