"""The kernelspec, written where Jupyter's clients look, and found by them."""

import json
import sys
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from kernel.install import USAGE, main


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a user's own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return {"HOME": str(tmp_path)}


def written(directory: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((directory / "kernel.json").read_text())
    return found


class TestPlaces:
    @pytest.mark.skipif(sys.platform == "darwin", reason="the user's data is elsewhere there")
    @pytest.mark.parametrize("arguments", [[], ["--user"]])
    def test_the_users_own(self, environ: dict[str, str], tmp_path: Path, arguments: list[str]) -> None:
        assert main(arguments, environ) == 0
        assert written(tmp_path / ".local/share/jupyter/kernels/cshell")["language"] == "python"

    def test_the_directories_of_data(self, environ: dict[str, str], tmp_path: Path) -> None:
        environ["XDG_DATA_HOME"] = str(tmp_path / "data")
        if sys.platform != "darwin":
            assert main([], environ) == 0
            assert written(tmp_path / "data/jupyter/kernels/cshell")
        environ["JUPYTER_DATA_DIR"] = str(tmp_path / "jupyter")
        assert main([], environ) == 0
        assert written(tmp_path / "jupyter/kernels/cshell")

    def test_a_prefix(self, environ: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--prefix", str(tmp_path / "env"), "--name", "mine"], environ) == 0
        directory = tmp_path / "env/share/jupyter/kernels/mine"
        assert written(directory)
        assert capsys.readouterr().out == f"installed the kernelspec mine in {directory}\n"

    def test_a_relative_prefix(
        self,
        environ: dict[str, str],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert main(["--prefix", "env"], environ) == 0
        assert written(tmp_path / "env/share/jupyter/kernels/cshell")
        assert f"in {tmp_path}/env/" in capsys.readouterr().out

    def test_one_that_is_there_is_replaced(self, environ: dict[str, str], tmp_path: Path) -> None:
        for title in ("One", "Two"):
            assert main(["--prefix", str(tmp_path), "--display-name", title], environ) == 0
        assert written(tmp_path / "share/jupyter/kernels/cshell")["display_name"] == "Two"


class TestSpec:
    def test_it_starts_this_interpreter(self, environ: dict[str, str], tmp_path: Path) -> None:
        main(["--prefix", str(tmp_path), "--display-name", "Mine ☃"], environ)
        found = written(tmp_path / "share/jupyter/kernels/cshell")
        assert found["argv"] == [sys.executable, "-P", "-m", "kernel", "-f", "{connection_file}"]
        assert found["display_name"] == "Mine ☃"
        assert found["interrupt_mode"] == "message"

    def test_jupyter_finds_it(self, environ: dict[str, str], tmp_path: Path) -> None:
        main(["--prefix", str(tmp_path), "--name", "mine"], environ)
        manager = KernelSpecManager(kernel_dirs=[str(tmp_path / "share/jupyter/kernels")])
        spec = manager.get_kernel_spec("mine")
        assert (spec.display_name, spec.language, spec.argv[0]) == ("Python 3 (cshell)", "python", sys.executable)

    def test_the_packaged_one_says_the_same(self) -> None:
        from kernel.install import kernelspec
        from kernel.supervisor.start import DISPLAY_NAME

        packaged = json.loads((Path(__file__).parents[2] / "kernel/kernelspec/kernel.json").read_text())
        ours = kernelspec(DISPLAY_NAME)
        assert packaged["argv"][1:] == ours["argv"][1:]
        assert {**packaged, "argv": []} == {**ours, "argv": []}


class TestMistakes:
    @pytest.mark.parametrize(
        "arguments",
        [
            ["--prefix"],
            ["--nonsense"],
            ["here"],
            ["--user", "--prefix", "/tmp"],
            ["--name", ""],
            ["--name", "two words"],
            ["--name", "../outside"],
            ["--name", "schnee-☃"],
        ],
    )
    def test_what_makes_no_sense(
        self, environ: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
    ) -> None:
        assert main(arguments, environ) == 2
        assert capsys.readouterr() == ("", USAGE)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("option", ["-h", "--help"])
    def test_help(self, environ: dict[str, str], capsys: pytest.CaptureFixture[str], option: str) -> None:
        assert main([option], environ) == 0
        assert capsys.readouterr() == (USAGE, "")

    def test_a_place_that_cannot_be_written(
        self, environ: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "file").write_text("")
        assert main(["--prefix", str(tmp_path / "file")], environ) == 1
        told = capsys.readouterr().err
        assert told.startswith("cannot write the kernelspec in ")
        assert told.endswith(": Not a directory\n")
        assert told.count("\n") == 1
