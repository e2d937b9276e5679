"""When a session ends by itself: never, unless the user's configuration says after how long without use."""

from kernel.protocol.session import SessionStatus


class Patience:
    """Watches for how long nothing ran, waited or looked."""

    def __init__(self, seconds: float | None) -> None:
        """Without a number of seconds, wait for ever."""
        self._seconds = seconds
        # when it is over (monotonic seconds); None while the session is used
        self.deadline: float | None = None
        self.reason = ""

    @property
    def ends(self) -> bool:
        """Whether it ever ends."""
        return self._seconds is not None

    def is_over(self, status: SessionStatus, clients: int, now: float) -> bool:
        """Take in how the session is; return whether it is to end, once."""
        if self._seconds is None or self.reason:
            return False
        if clients or status.waiting or status.state not in ("idle", "dead"):
            self.deadline = None
        elif self.deadline is None:
            self.deadline = now + self._seconds
        elif now >= self.deadline:
            self.deadline = None
            self.reason = f"nobody has used it for {self._seconds / 3600:g} hours"
            return True
        return False
