"""Our kernel and Jupyter's own, asked the same: both say what the messaging specification 5.5 wants."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.kernel.conformance import comms, control, debugging, execution, introspection, questions  # noqa: F401
from tests.kernel.conformance.support import Kernel, running
from tests.kernel.conformance.table import CASES, Case, Outcome

OURS, THEIRS = "cshell", "ipykernel"

# where ipykernel says something else, and why ours is to stay as it is
DIFFERENCES = {
    "a_breakpoint_asks": "ipykernel's breakpoint() passes when no debugger is attached; a user in a terminal wants pdb.",
    "a_busy_kernel_is_shut_down": "ipykernel goes on until its cell ends, or its manager kills it.",
    "a_group_of_exceptions_is_one_error": "ipykernel prints the group to stderr, so no client can show it as an error.",
    "an_aborted_cell_has_a_count": "The specification gives every execute_reply a count; ipykernel leaves it out.",
    "an_unknown_request_is_refused": "A client that is refused need not wait until it gives up; ipykernel says nothing.",
    "every_subscriber_is_welcomed": "JEP 65 welcomes every subscription; ipykernel only the first one to a topic.",
    "exit_asks_the_client_and_ends_nothing": "ipykernel ends by itself; that is for the client to ask its user.",
    "the_running_session_has_one_number": "ipykernel gives the running session number 0 in a range, and its own in a tail.",
    "what_a_thread_prints_later_belongs_to_its_cell": "ipykernel gives it to the cell that happens to run.",
}


class Kernels:
    """The kernels that the cases share; one that a case left in disorder is replaced."""

    def __init__(self) -> None:
        self._running: dict[str, tuple[Kernel, ExitStack]] = {}

    def play(self, name: str, case: Case) -> Outcome:
        if case.alone:
            with running(name) as kernel:
                kernel.client.begin()
                return case.play(kernel)
        kernel = self._shared(name)
        try:
            kernel.client.begin()
            return case.play(kernel)
        except BaseException:
            self._stop(name)
            raise

    def _shared(self, name: str) -> Kernel:
        if name not in self._running:
            stack = ExitStack()
            self._running[name] = stack.enter_context(running(name)), stack
        return self._running[name][0]

    def _stop(self, name: str) -> None:
        _, stack = self._running.pop(name)
        stack.close()

    def close(self) -> None:
        for name in list(self._running):
            self._stop(name)


@pytest.fixture(scope="module")
def kernels() -> Iterator[Kernels]:
    shared = Kernels()
    yield shared
    shared.close()


def skip_what_is_missing(name: str, case: str) -> None:
    if name == THEIRS:
        pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    if CASES[case].play.__module__.endswith("debugging"):
        pytest.importorskip("debugpy", reason="debugpy is not installed")


SAME = [(name, case) for name in (OURS, THEIRS) for case in CASES if name == OURS or case not in DIFFERENCES]


@pytest.mark.parametrize(("name", "case"), SAME)
def test_a_kernel_says_what_the_specification_wants(kernels: Kernels, name: str, case: str) -> None:
    skip_what_is_missing(name, case)
    found, expected = kernels.play(name, CASES[case])
    assert found == expected


@pytest.mark.parametrize("case", DIFFERENCES)
def test_a_difference_in_the_table_is_one(kernels: Kernels, case: str) -> None:
    skip_what_is_missing(THEIRS, case)
    found, expected = kernels.play(THEIRS, CASES[case])
    assert found != expected, f"the difference has gone, take {case} out of DIFFERENCES"
