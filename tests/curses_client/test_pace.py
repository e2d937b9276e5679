"""How much is asked for at once on lines of all kinds."""

from curses_client.pace import Pace
from curses_client.transport import READ_LIMIT

MOST = 1 << 19


class Line:
    """A line with a round trip in seconds and a rate in bytes a second."""

    def __init__(self, round_trip: float, rate: float) -> None:
        self.now = 100.0
        self.pace = Pace(lambda: self.now)
        self.round_trip = round_trip
        self.rate = rate

    def read(self, available: int = 1 << 30) -> float:
        """Ask for records and get them; return how long it took."""
        before = self.now
        self.pace.asked()
        size = min(self.pace.limit, available)
        self.now += self.round_trip + size / self.rate
        self.pace.answered(size)
        return self.now - before


def test_where_bytes_cost_nothing_ever_more_is_asked_for() -> None:
    line = Line(0.1, 1e8)
    limits = [line.pace.limit for _ in range(6) if line.read()]
    assert limits == [1 << 17, 1 << 18, MOST, MOST, MOST, MOST]


def test_five_megabytes_over_a_long_line_take_some_round_trips() -> None:
    line, left = Line(0.1, 1e8), 5 << 20
    trips = 0
    while left > 0:
        left -= line.pace.limit
        line.read()
        trips += 1
    assert trips <= 14


def test_on_a_narrow_line_answers_stay_short() -> None:
    line = Line(0.05, 100_000)
    line.read(available=1000)
    assert max(line.read() for _ in range(50)) < 1.5
    assert line.pace.limit == READ_LIMIT


def test_a_line_that_becomes_narrow() -> None:
    line = Line(0.05, 1e8)
    for _ in range(5):
        line.read()
    assert line.pace.limit == MOST
    line.rate = 100_000
    for _ in range(5):
        line.read()
    assert line.pace.limit == READ_LIMIT


def test_where_there_is_little_to_read_nothing_changes() -> None:
    line = Line(0.1, 1e8)
    for _ in range(10):
        line.read(available=500)
    assert line.pace.limit == READ_LIMIT


def test_waiting_for_something_to_happen_is_no_sign_of_a_slow_line() -> None:
    line = Line(0.1, 1e8)
    for _ in range(5):
        line.read()
    line.pace.asked()
    line.now += 3600
    line.pace.answered(300)
    assert line.pace.limit == MOST
