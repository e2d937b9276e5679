"""Regular expressions that would take too long."""

import re
import signal
from threading import Thread

import pytest

from curses_client.text.patience import Moment, TooSlow, limited


def test_an_expression_is_given_up() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(TooSlow), limited(0.05):
        re.search("(a+)+$", "a" * 60 + "b")
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_what_is_quick_is_let_be() -> None:
    with limited(30):
        assert re.search("a", "ba")
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_elsewhere_than_in_the_main_thread_there_is_no_limit() -> None:
    found = []

    def work() -> None:
        with limited(30):
            found.append(1)

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert found == [1]


def test_a_moment_is_over_after_its_time() -> None:
    times = iter([10.0, 10.0, 10.004, 10.006])
    over = Moment(0.005, lambda: next(times))
    assert [over(), over(), over()] == [False, False, True]
