"""Completion by static analysis, by the real process with jedi in it."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.worker import static
from kernel.worker.static import Found, StaticAnalysis
from tests.kernel.support import DEADLINE, wait_for

pytest.importorskip("jedi", reason="jedi is not installed")


@pytest.fixture
def analysis() -> Iterator[StaticAnalysis]:
    made = StaticAnalysis()
    yield made
    if made._process is not None:
        made._process.kill()
        made._process.wait()


def complete(analysis: StaticAnalysis, code: str) -> list[Found]:
    """Ask until there is an answer: a busy machine may take its time."""
    return wait_for(lambda: analysis.complete(code, len(code)), f"a completion of {code!r}")


def texts(found: list[Found]) -> list[str]:
    return [completion.text for completion in found]


def test_what_is_typed_and_has_not_run(analysis: StaticAnalysis) -> None:
    found = complete(analysis, "import os\nhere = os.getcwd()\nhere.upp")
    assert found == [Found("upper", 3, "function")]
    assert "alphabet" in texts(complete(analysis, "def f():\n    alphabet = 1\n    alp"))


def test_the_first_answer_is_waited_for(analysis: StaticAnalysis, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who presses Tab once and reads that there is nothing does not press it again."""
    assert static._FIRST > 2
    monkeypatch.setattr(static, "_FIRST", DEADLINE)
    code = "import pathlib; pathlib.Pa"
    assert texts(analysis.complete(code, len(code))) == ["Path"]


def test_one_that_cannot_start_is_not_waited_for(
    analysis: StaticAnalysis, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "server.py").write_text("raise ImportError")
    monkeypatch.setattr(static, "_SERVER", str(tmp_path / "server.py"))
    monkeypatch.setattr(static, "_FIRST", 10 * DEADLINE)
    assert analysis.complete("import os; os.pat", 17) == []
    assert analysis._process is None


def test_positions_are_code_points(analysis: StaticAnalysis) -> None:
    code = "s = '\N{GRINNING FACE}'; s.upp behind"
    assert wait_for(lambda: texts(analysis.complete(code, code.index(" behind")))) == ["upper"]


def test_lines_of_magics_are_no_python(analysis: StaticAnalysis) -> None:
    assert "path" in texts(complete(analysis, "%time 1\n!ls\nimport os\nos.pat"))


def test_an_answer_that_came_late_is_for_who_asks_again(
    analysis: StaticAnalysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static, "_FIRST", 0.001)
    code = "import os; os.pat"
    assert analysis.complete(code, len(code)) == []
    assert "path" in texts(complete(analysis, code))


def test_a_process_that_ended_is_replaced(analysis: StaticAnalysis) -> None:
    complete(analysis, "import os; os.pat")
    first = analysis._process
    assert first is not None
    first.kill()
    first.wait()
    assert "getcwd" in texts(complete(analysis, "import os; os.getc"))
    assert analysis._process is not first


def test_an_interrupt_is_not_for_it(analysis: StaticAnalysis) -> None:
    complete(analysis, "import os; os.pat")
    assert analysis._process is not None
    os.kill(analysis._process.pid, signal.SIGINT)
    assert "getcwd" in texts(complete(analysis, "import os; os.getc"))


def test_a_request_that_it_fails_on_costs_nothing(analysis: StaticAnalysis) -> None:
    complete(analysis, "import os; os.pat")
    # behind the end of the line
    assert analysis._ask("x", 1) is not None
    assert analysis._process is not None
    assert analysis._process.stdin is not None
    analysis._process.stdin.write('{"id": -1, "code": "x", "line": 99, "column": 99}\n')
    assert "getcwd" in texts(complete(analysis, "import os; os.getc"))


def test_without_jedi_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jedi", None)
    monkeypatch.setattr(static, "find_spec", lambda name: None)
    analysis = StaticAnalysis()
    assert analysis.complete("import os; os.pat", 17) == []
    assert analysis._process is None
