"""SIGCONT in the midst of anything, told when the loop comes to it."""

import os
import select
import signal

from curses_client.continued import Continued


def is_ready(continued: Continued) -> bool:
    return bool(select.select([continued.fileno()], [], [], 0)[0])


def test_it_is_told_once_and_in_the_loop() -> None:
    told: list[int] = []
    continued = Continued(lambda: told.append(1))
    try:
        continued.serve()
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGCONT)
        assert (is_ready(continued), told) == (True, [])
        continued.serve()
        assert (is_ready(continued), told) == (False, [1])
        os.kill(os.getpid(), signal.SIGCONT)
        assert continued.forget()
        continued.serve()
        assert told == [1]
    finally:
        continued.close()
    assert signal.getsignal(signal.SIGCONT) is signal.SIG_DFL
