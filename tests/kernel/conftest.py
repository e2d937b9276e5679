from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.kernel.support import Client, SessionProcess, private_home, running_session

# no deadline: the machine may be busy with something else
settings.register_profile("kernel", max_examples=50, deadline=None)
settings.load_profile("kernel")


@pytest.fixture
def environ() -> Iterator[dict[str, str]]:
    """The environment of a private home."""
    with private_home() as found:
        yield found


@pytest.fixture(scope="module")
def lasting_session() -> Iterator[SessionProcess]:
    """A session that the tests of a module share."""
    with running_session() as process:
        yield process


@pytest.fixture
def client(lasting_session: SessionProcess) -> Iterator[Client]:
    """A client of the shared session, whose worker is a new one."""
    assert lasting_session.process.poll() is None, lasting_session.log()
    with lasting_session.client() as connected:
        connected.skip()
        connected.restart()
        yield connected


@pytest.fixture
def session() -> Iterator[SessionProcess]:
    """A session of the test's own, to be killed or looked into."""
    with running_session() as process:
        yield process
