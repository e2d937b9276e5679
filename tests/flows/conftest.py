"""A home for each test of the real program."""

from collections.abc import Iterator

import pytest

from tests.home import Home


@pytest.fixture
def home() -> Iterator[Home]:
    """Directories of the test's own; what runs in them is ended."""
    with Home() as made:
        yield made
