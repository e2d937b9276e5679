"""Questions and answers: what waits for them, for how long, and what does not."""

import pytest

from curses_client.in_flight import InFlight


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def line(clock: Clock) -> InFlight:
    """A terminal that has answered before."""
    line = InFlight(clock)
    assert line.sent(10, typed=False)
    line.answered()
    return line


def test_output_waits_for_the_answer_to_output(line: InFlight, clock: Clock) -> None:
    assert line.held_until(typed=False) <= clock.now
    assert line.sent(10, typed=False)
    assert line.held_until(typed=False) == clock.now + 1
    line.answered()
    assert line.held_until(typed=False) <= clock.now


def test_keys_do_not_wait(line: InFlight) -> None:
    line.sent(1000, typed=False)
    assert line.held_until(typed=True) == 0
    assert not line.sent(100, typed=True)
    assert line.held_until(typed=True) == 0


def test_what_keys_cause_is_bounded_too(line: InFlight, clock: Clock) -> None:
    sent = 0
    while line.held_until(typed=True) <= clock.now:
        line.sent(500, typed=True)
        sent += 500
        assert sent < 20_000
    assert sent == 8500
    while line.is_answer_due:
        line.answered()
    assert line.held_until(typed=True) == 0


def test_little_asks_nothing(line: InFlight) -> None:
    assert [line.sent(900, typed=True) for _ in range(4)] == [False, False, True, False]


def test_a_line_that_was_busy_rests(line: InFlight, clock: Clock) -> None:
    line.sent(3000, typed=False)
    clock.now += 0.05
    line.answered()
    assert line.held_until(typed=False) == pytest.approx(clock.now + 0.05)
    assert line.held_until(typed=True) == 0
    clock.now += 0.05
    line.sent(3000, typed=False)
    clock.now += 0.9
    line.answered()
    assert line.held_until(typed=False) == pytest.approx(clock.now + 0.1)


def test_a_line_that_is_long_does_not_rest(clock: Clock) -> None:
    line = InFlight(clock)
    for _ in range(3):
        line.sent(1000, typed=False)
        clock.now += 0.25
        line.answered()
        assert line.held_until(typed=False) <= clock.now


def test_an_answer_that_does_not_come_is_given_up(line: InFlight, clock: Clock) -> None:
    line.sent(10, typed=False)
    clock.now += 1
    assert line.held_until(typed=False) <= clock.now
    assert line.sent(10, typed=False)
    assert line.held_until(typed=False) == clock.now + 1
    # the late one counts for the next: at most one frame more is under way
    line.answered()
    assert line.held_until(typed=False) <= clock.now


def test_a_terminal_that_never_answers_is_not_asked_for_long(clock: Clock) -> None:
    line = InFlight(clock)
    asked = []
    waited = 0.0
    for _ in range(10):
        asked.append(line.sent(10, typed=False))
        waited += max(line.held_until(typed=False) - clock.now, 0)
        clock.now = max(line.held_until(typed=False), clock.now)
    assert asked == [True] * 3 + [False] * 7
    assert waited < 1
    line.answered()
    assert line.sent(10, typed=False)


def test_an_answer_that_nobody_asked_for(line: InFlight, clock: Clock) -> None:
    line.answered()
    assert line.held_until(typed=False) <= clock.now
    line.sent(10, typed=False)
    assert line.held_until(typed=False) == clock.now + 1


def test_answers_are_due_for_a_while(line: InFlight, clock: Clock) -> None:
    assert not line.is_answer_due
    line.sent(10, typed=False)
    assert line.is_answer_due
    clock.now += 1
    assert not line.is_answer_due


def test_forgotten(line: InFlight) -> None:
    line.sent(10_000, typed=False)
    line.forget()
    assert line.held_until(typed=True) == line.held_until(typed=False) == 0
    assert not line.is_answer_due
