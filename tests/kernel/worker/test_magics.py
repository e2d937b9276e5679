"""Magics whose work is the client's: what they open goes to it as a payload."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kernel.inprocess import InProcessKernel
from kernel.protocol.messages import ClearOutput


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcessKernel]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        yield InProcessKernel()


def payload(engine: InProcessKernel, code: str) -> dict[str, Any]:
    """The one thing that a cell wants its client to do."""
    execution = engine.execute(code)
    assert execution.reply.status == "ok", execution.reply
    (only,) = execution.reply.payload or [{}]
    found: dict[str, Any] = only
    return found


def complaint(engine: InProcessKernel, code: str) -> str:
    """What the user reads when a magic cannot be used so."""
    execution = engine.execute(code)
    assert not execution.reply.payload
    return execution.text + (execution.reply.evalue or "")


class TestEdit:
    @pytest.mark.parametrize("name", ["edit", "ed"])
    def test_a_file(self, engine: InProcessKernel, tmp_path: Path, name: str) -> None:
        file = tmp_path / "script.py"
        file.write_text("1\n2\n")
        found = payload(engine, f"%{name} {file}")
        assert (found["source"], found["filename"]) == ("edit_magic", str(file))

    def test_a_line_of_a_file_is_a_number(self, engine: InProcessKernel, tmp_path: Path) -> None:
        file = tmp_path / "script.py"
        file.write_text("1\n2\n")
        assert payload(engine, f"%edit -n 2 {file}")["line_number"] == 2

    def test_a_new_file(self, engine: InProcessKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        assert payload(engine, "%edit new.py")["filename"] == str(tmp_path / "new.py")
        assert not (tmp_path / "new.py").exists()

    def test_the_source_of_an_object(self, engine: InProcessKernel) -> None:
        found = payload(engine, "import textwrap\n%edit textwrap.dedent")
        assert Path(found["filename"]).name == "textwrap.py"
        assert "def dedent" in Path(found["filename"]).read_text().splitlines()[found["line_number"] - 1]

    def test_lines_of_input_and_a_text(self, engine: InProcessKernel) -> None:
        count = engine.execute("first = 1").reply.execution_count
        assert Path(payload(engine, f"%edit {count}")["filename"]).read_text() == "first = 1"
        engine.namespace["text"] = "some = 'text'"
        assert Path(payload(engine, "%edit text")["filename"]).read_text() == "some = 'text'"

    def test_a_macro(self, engine: InProcessKernel) -> None:
        count = engine.execute("first = 1").reply.execution_count
        engine.execute(f"%macro -q mine {count}")
        assert Path(payload(engine, "%edit mine")["filename"]).read_text() == "first = 1\n"

    def test_nothing_is_a_new_empty_file(self, engine: InProcessKernel) -> None:
        assert Path(payload(engine, "%edit")["filename"]).read_text() == ""

    def test_what_was_edited_before(self, engine: InProcessKernel, tmp_path: Path) -> None:
        file = tmp_path / "script.py"
        file.write_text("1")
        first = payload(engine, f"%edit {file}")
        assert payload(engine, "%edit -p") == first

    def test_what_there_is_not(self, engine: InProcessKernel) -> None:
        with pytest.warns(UserWarning, match="nosuchthing"):
            complaint(engine, "%edit nosuchthing")

    def test_a_function_that_was_typed_in(self, engine: InProcessKernel) -> None:
        engine.execute("def typed():\n    return 5")
        file = Path(payload(engine, "%edit typed")["filename"])
        assert "def typed():" in file.read_text()


class TestPager:
    @pytest.mark.parametrize("name", ["less", "more"])
    def test_a_file_is_a_page(self, engine: InProcessKernel, tmp_path: Path, name: str) -> None:
        (tmp_path / "notes").write_bytes(b"first\nsecond \xff")
        found = payload(engine, f"%{name} {tmp_path}/notes")
        assert found["source"] == "page"
        assert found["data"]["text/plain"] == "first\nsecond \ufffd"

    def test_python_has_colours(self, engine: InProcessKernel, tmp_path: Path) -> None:
        (tmp_path / "script.py").write_text("def f(): pass\n")
        assert "\x1b[" in payload(engine, f"%less {tmp_path}/script.py")["data"]["text/plain"]

    def test_the_home_directory(self, engine: InProcessKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        (tmp_path / "notes").write_text("here")
        assert payload(engine, "%less ~/notes")["data"]["text/plain"] == "here"

    @pytest.mark.parametrize(
        ("code", "words"),
        [
            ("%less", "which file? %less FILE"),
            ("%less /no/such/file", "cannot read /no/such/file: No such file or directory"),
            ("%less /", "cannot read /: Is a directory"),
        ],
    )
    def test_what_cannot_be_read_is_one_sentence(self, engine: InProcessKernel, code: str, words: str) -> None:
        assert words in complaint(engine, code)

    def test_a_manual_page(self, engine: InProcessKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        program = tmp_path / "man"
        program.write_text('#!/bin/sh\necho "the page of $*"\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        assert payload(engine, "%man 3 printf")["data"]["text/plain"] == "the page of 3 printf\n"
        program.write_text('#!/bin/sh\necho "No manual entry for $*" >&2\nexit 16\n')
        assert payload(engine, "%man nothing")["data"]["text/plain"] == "No manual entry for nothing\n"

    def test_no_manual(self, engine: InProcessKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert "man is not installed" in complaint(engine, "%man ls")


def test_clear_clears_the_output(engine: InProcessKernel) -> None:
    assert engine.execute("%clear").outputs == [ClearOutput(wait=False)]


def test_store_is_there_without_being_loaded(engine: InProcessKernel) -> None:
    engine.execute("kept = {'a': [1, 2]}\n%store kept")
    engine.execute("del kept")
    engine.execute("%store -r kept")
    assert engine.namespace["kept"] == {"a": [1, 2]}
