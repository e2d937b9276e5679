"""The limit of memory as the user writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.usage import limit_of


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("80%", 800),
        ("12.5 %", 125),
        ("100%", 1000),
        ("8 GB", 8_000_000_000),
        ("1.5gb", 1_500_000_000),
        ("500MB", 500_000_000),
        ("2 TB", 2_000_000_000_000),
        ("", None),
        ("0%", None),
        ("101%", None),
        ("8", None),
        ("8 apples", None),
        ("-1 GB", None),
        ("0 GB", None),
    ],
)
def test_a_part_or_a_size(text: str, limit: int | None) -> None:
    assert limit_of(text, 1000) == limit


def test_a_part_of_nobody_knows_what_is_no_limit() -> None:
    assert limit_of("80%", 0) is None


@given(st.text(), st.integers(0, 2**50))
def test_no_text_is_too_strange(text: str, total: int) -> None:
    limit = limit_of(text, total)
    assert limit is None or limit >= 0
