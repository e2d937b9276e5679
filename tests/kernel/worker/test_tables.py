"""The types of a DataFrame's columns, told beside its HTML."""

from typing import Any

import pytest

from kernel.inprocess import InProcessKernel
from kernel.worker.tables import MIME


@pytest.fixture(scope="module")
def kernel() -> InProcessKernel:
    pytest.importorskip("pandas", reason="it is about its tables")
    engine = InProcessKernel()
    engine.execute("import pandas as pd")
    return engine


def bundle(kernel: InProcessKernel, source: str) -> dict[str, Any]:
    (shown,) = kernel.execute(source).outputs
    return shown.data  # type: ignore[union-attr]


def test_types_of_columns(kernel: InProcessKernel) -> None:
    shown = bundle(kernel, "pd.DataFrame({'n': [1], 'x': [1.5], 't': [pd.Timestamp('2024')], 7: [True]})")
    fields = {field["name"]: field["type"] for field in shown[MIME]["schema"]["fields"]}
    assert fields.keys() == {"n", "x", "t", "7"}
    assert (fields["n"], fields["x"], fields["7"]) == ("int64", "float64", "bool")
    assert fields["t"].startswith("datetime64")


@pytest.mark.parametrize(
    "source",
    [
        "pd.Series([1])",
        "[1]",
        "'a'",
    ],
)
def test_what_has_no_such_columns_says_nothing(kernel: InProcessKernel, source: str) -> None:
    assert MIME not in bundle(kernel, source)


def test_names_of_several_levels_have_tabs(kernel: InProcessKernel) -> None:
    shown = bundle(kernel, "pd.DataFrame([[1, 'x']], columns=pd.MultiIndex.from_tuples([('a', 1), ('a', 'b')]))")
    names = [field["name"] for field in shown[MIME]["schema"]["fields"]]
    assert names == ["a\t1", "a\tb"]


def test_of_very_many_columns_the_first_are_told(kernel: InProcessKernel) -> None:
    shown = bundle(kernel, "pd.DataFrame([range(2000)])")
    assert len(shown[MIME]["schema"]["fields"]) == 500
