"""Kernelspecs are found where jupyter_client finds them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from curses_client import kernelspecs

SPEC = {"argv": ["/bin/sh", "-f", "{connection_file}"], "display_name": "A Kernel", "language": "shell"}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path / "home"), "JUPYTER_PATH": str(tmp_path / "path"), "PATH": os.defpath}


def write(directory: Path, name: str, **values: object) -> None:
    spec = directory / "kernels" / name / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps(SPEC | values))


def found(environ: dict[str, str]) -> dict[str, kernelspecs.KernelSpec]:
    return {spec.name: spec for spec in kernelspecs.kernelspecs(environ)}


def test_by_name(environ: dict[str, str], tmp_path: Path) -> None:
    users = tmp_path / "home" / ".local" / "share" / "jupyter"
    write(users, "Mine")
    write(tmp_path / "path", "other", display_name="From the path")
    write(users, "other", display_name="Of the user")
    specs = found(environ)
    assert (specs["mine"].language, specs["mine"].display_name) == ("shell", "A Kernel")
    assert specs["mine"].directory == users / "kernels" / "Mine"
    assert specs["other"].display_name == "From the path"
    assert specs["mine"].problem == ""


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"argv": ["/nowhere/kernel"]}, "there is no program /nowhere/kernel"),
        ({"argv": ["no-such-program"]}, "there is no program no-such-program"),
        ({"argv": []}, "is no kernelspec"),
        ({"argv": "sh"}, ""),
        ({"argv": [1]}, "is no kernelspec"),
        ({"argv": ["python", "-m", "x"]}, ""),
    ],
)
def test_what_cannot_be_used(environ: dict[str, str], tmp_path: Path, values: dict[str, object], says: str) -> None:
    write(tmp_path / "path", "k", **values)
    problem = found(environ)["k"].problem
    assert says in problem
    assert bool(says) == bool(problem) or values == {"argv": "sh"}


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", "[" * 100_000])
def test_what_is_no_kernelspec(environ: dict[str, str], tmp_path: Path, text: str) -> None:
    write(tmp_path / "path", "k")
    (tmp_path / "path" / "kernels" / "k" / "kernel.json").write_text(text)
    assert "is no kernelspec" in found(environ)["k"].problem


def test_what_is_left_out(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "path" / "kernels" / "empty").mkdir(parents=True)
    (tmp_path / "path" / "kernels" / "file").touch()
    write(tmp_path / "path", "a b")
    assert {"empty", "file", "a b"} & found(environ).keys() == set()


def test_it_finds_what_jupyter_finds(environ: dict[str, str], tmp_path: Path) -> None:
    pytest.importorskip("jupyter_client")
    write(tmp_path / "path", "mine")
    script = (
        "import json\nfrom jupyter_client.kernelspec import KernelSpecManager\n"
        "print(json.dumps(KernelSpecManager(ensure_native_kernel=False).find_kernel_specs()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environ, capture_output=True, text=True, timeout=60, check=True
    )
    assert {name: str(spec.directory) for name, spec in found(environ).items()} == json.loads(done.stdout)


def test_a_table(environ: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "path", "mine", display_name="A \x1b[2Jkernel")
    kernelspecs.show(environ, only_names=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["NAME", "LANGUAGE", "DISPLAY", "NAME", "PATH"]
    assert any(line.split()[:4] == ["mine", "shell", "A", "kernel"] for line in lines)
    kernelspecs.show(environ, only_names=True)
    assert "mine" in capsys.readouterr().out.splitlines()
