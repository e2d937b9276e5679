"""Lines of files that a stack names."""

import os
from pathlib import Path

import pytest

from kernel.supervisor.sources import around, line_of, with_sources


@pytest.mark.parametrize(
    ("number", "line"), [(1, "def f():"), (2, "return 'é'"), (3, ""), (4, ""), (0, ""), (None, "")]
)
def test_a_line_without_the_blanks_around_it(tmp_path: Path, number: int | None, line: str) -> None:
    file = tmp_path / "a.py"
    file.write_text("def f():\n    return 'é'\n", encoding="utf-8")
    assert line_of(str(file), number) == line


def test_a_file_that_has_changed_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("before")
    assert line_of(str(file), 1) == "before"
    file.write_text("afterwards")
    assert line_of(str(file), 1) == "afterwards"


@pytest.mark.parametrize("name", ["<ipython-input-1-ab>", "<string>", "relative.py", "/no/such/file", "/a\0b", "/"])
def test_what_is_no_file_has_no_lines(name: str) -> None:
    assert line_of(name, 1) == ""


def test_nobody_waits_at_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert line_of(str(tmp_path / "pipe"), 1) == ""


def test_what_is_no_text_is_shown_as_far_as_it_is_one(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"x = '\xff'\n")
    assert line_of(str(file), 1) == "x = '\ufffd'"


def test_frames_get_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("f()\n")
    frames = [{"file": str(file), "line": 1, "name": "f"}, {"file": "<string>", "line": 1, "name": "<module>"}]
    assert [frame["source"] for frame in with_sources(frames)] == ["f()", ""]


class TestAround:
    @pytest.fixture
    def file(self, tmp_path: Path) -> str:
        (tmp_path / "a.py").write_text("\n".join(f"line {number}" for number in range(1, 1001)))
        return str(tmp_path / "a.py")

    @pytest.mark.parametrize(("number", "first", "last"), [(1, 1, 201), (500, 300, 700), (1000, 800, 1000)])
    def test_lines_before_and_behind(self, file: str, number: int, first: int, last: int) -> None:
        found = around(file, number)
        assert (found.first, found.lines[0], found.lines[-1]) == (first, f"line {first}", f"line {last}")

    @pytest.mark.parametrize("number", [0, -5, 1001])
    def test_lines_that_are_not_there(self, file: str, number: int) -> None:
        assert around(file, number).lines == []

    def test_the_users_home(self, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", os.path.dirname(file))
        assert around("~/a.py", 1).lines[0] == "line 1"

    def test_long_lines_are_cut(self, tmp_path: Path) -> None:
        (tmp_path / "b.py").write_text("x" * 10_000)
        assert around(str(tmp_path / "b.py"), 1).lines == ["x" * 500]
