"""Names of cells' files: the same as ipykernel's and JupyterLab's, written only for the user."""

import inspect
import os
import stat
import sys
from pathlib import Path

import pytest

from kernel.worker import cellfiles
from kernel.worker.cellfiles import HASH_SEED, CellCompiler, file_name, find_at_once, murmur2, remove_cells, write_cell

TEXTS = ["", "a", "ab", "abc", "abcd", "x = 1\nprint(x)", "ä€😀", "\n\n  \t", "pass\n" * 300]


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("text", TEXTS)
def test_a_cell_has_the_name_that_ipykernel_gives_it(text: str) -> None:
    compiler = pytest.importorskip("ipykernel.compiler")
    assert murmur2(text, HASH_SEED) == compiler.murmur2_x86(text, HASH_SEED)
    assert compiler.get_tmp_hash_seed() == HASH_SEED
    assert cellfiles.temporary_prefix() == compiler.get_tmp_directory() + os.sep
    assert file_name(text) == compiler.get_file_name(text)


def test_the_hash_stays_what_it_is() -> None:
    # computed by ipykernel 7.4
    assert murmur2("", 0) == 0
    assert murmur2("x = 1\n", HASH_SEED) == 1602534638


def test_a_written_cell_is_the_users_alone(temporary: Path) -> None:
    name = write_cell("a = 'ä'\r\n\n")
    assert name == file_name("a = 'ä'\r\n\n")
    assert Path(name).read_bytes() == "a = 'ä'\r\n\n".encode()
    assert stat.S_IMODE(os.stat(name).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(os.path.dirname(name)).st_mode) == 0o700
    remove_cells()
    assert list(temporary.iterdir()) == []
    remove_cells()


def test_a_directory_of_an_earlier_process_becomes_private() -> None:
    directory = os.path.dirname(file_name(""))
    os.mkdir(directory)
    os.chmod(directory, 0o777)
    write_cell("a")
    assert stat.S_IMODE(os.stat(directory).st_mode) == 0o700


def test_nothing_is_written_through_a_link(temporary: Path) -> None:
    elsewhere = temporary / "elsewhere"
    elsewhere.mkdir()
    os.symlink(elsewhere, os.path.dirname(file_name("")))
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        write_cell("a")
    remove_cells()
    assert list(elsewhere.iterdir()) == []


def test_nothing_is_written_into_the_directory_of_another_user(monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkdir(os.path.dirname(file_name("")))
    monkeypatch.setattr("os.getuid", lambda: os.geteuid() + 1)
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        write_cell("a")


def test_cells_have_ipythons_names_until_there_is_a_debugger() -> None:
    compiler = CellCompiler()
    before = compiler.cache("b = 2\n", 7, raw_code="%b = 2")
    assert before.startswith("<ipython-input-7-")
    assert compiler.file_of(before) == before

    compiler.name_by_file()
    assert compiler.file_of(before) == file_name("%b = 2")
    assert compiler.names_of(file_name("%b = 2")) == [before]
    assert compiler.cache("c = 3\n", 8, raw_code="%c = 3") == file_name("%c = 3")
    assert compiler.names_of(file_name("%c = 3")) == []
    assert compiler.file_of("/a/module.py") == "/a/module.py"

    compiler.name_by_file()
    assert compiler.names_of(file_name("%b = 2")) == [before]


def test_a_cell_that_ran_twice_has_both_its_names() -> None:
    compiler = CellCompiler()
    names = [compiler.cache("a\n", number, raw_code="a") for number in (1, 2)]
    compiler.name_by_file()
    assert compiler.names_of(file_name("a")) == names


@pytest.mark.parametrize("name", ["<ipython-input-1-0123456789ab>", "written"])
def test_the_module_of_a_frame_of_a_cell_is_found_at_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name = file_name("1 / 0") if name == "written" else name
    monkeypatch.setattr(inspect, "modulesbyfile", dict(inspect.modulesbyfile))
    with pytest.raises(ZeroDivisionError) as raised:
        exec(compile("def fail():\n    1 / 0\nfail()", name, "exec"), {})
    frame = raised.tb
    while frame.tb_next is not None:
        frame = frame.tb_next
    assert inspect.getmodule(frame) is None
    find_at_once(raised.tb)
    assert inspect.getmodule(frame) is sys.modules["__main__"]
    assert inspect.getmodule(frame, name) is sys.modules["__main__"]
    # what is no cell is left to be looked for
    assert inspect.modulesbyfile.get(__file__) != "__main__"
    find_at_once(None)
