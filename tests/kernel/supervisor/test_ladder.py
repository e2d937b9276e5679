"""Which step an interrupt request takes, by how long ago the one before it was."""

import pytest

from kernel.supervisor.ladder import _PATIENCE, Ladder, Step

SIGNAL, DUMP, KILL = Step.SIGNAL, Step.DUMP, Step.KILL


@pytest.mark.parametrize(
    ("times", "steps"),
    [
        ([0.0], [SIGNAL]),
        ([0.0, _PATIENCE, 2 * _PATIENCE], [SIGNAL, DUMP, KILL]),
        # pressed in a hurry, or by several clients: the step before gets its time from when it was taken
        ([0.0, 0.1, 0.2], [SIGNAL, SIGNAL, SIGNAL]),
        ([0.0, 0.4 * _PATIENCE, 0.8 * _PATIENCE, 1.1 * _PATIENCE], [SIGNAL, SIGNAL, SIGNAL, DUMP]),
        ([0.0, _PATIENCE, 1.5 * _PATIENCE, 2 * _PATIENCE], [SIGNAL, DUMP, SIGNAL, KILL]),
        # whoever waits for long goes no further than the next step
        ([0.0, 100.0, 1000.0], [SIGNAL, DUMP, KILL]),
    ],
)
def test_each_step_has_time_to_work(times: list[float], steps: list[Step]) -> None:
    ladder = Ladder()
    assert [ladder.next(now) for now in times] == steps


@pytest.mark.parametrize("taken", [1, 2, 3])
def test_a_reset_begins_anew(taken: int) -> None:
    ladder = Ladder()
    for number in range(taken):
        ladder.next(number * 10.0)
    ladder.reset()
    assert [ladder.next(now) for now in (100.0, 110.0)] == [SIGNAL, DUMP]


def test_no_moment_is_too_early_for_the_first_step() -> None:
    # monotonic time may begin at 0 with the machine
    assert Ladder().next(0.0) is SIGNAL
