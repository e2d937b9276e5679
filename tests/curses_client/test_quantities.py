"""Numbers as people write them."""

import pytest

from curses_client.quantities import age, size


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (0.9, "0 s"),
        (40, "40 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (86399, "23 h"),
        (86400, "1 d"),
        (8640000, "100 d"),
    ],
)
def test_ages(seconds: float, text: str) -> None:
    assert age(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1500, "1.5 KB"),
        (32_000_000, "32 MB"),
        (1_400_000_000, "1.4 GB"),
        (5e12, "5.0 TB"),
    ],
)
def test_sizes(number: int, text: str) -> None:
    assert size(number) == text
