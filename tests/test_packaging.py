"""What `pip install .` puts where."""

import configparser
import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DEADLINE = 180


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a wheel of a copy, so that nothing is left in the checkout."""
    directory = tmp_path_factory.mktemp("build")
    source = directory / "source"
    unwanted = shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__", "tests")
    shutil.copytree(ROOT, source, ignore=unwanted)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(directory), str(source)]
    subprocess.run(command, check=True, timeout=DEADLINE)
    return next(directory.glob("cshell-*.whl"))


def test_the_wheel_has_what_is_promised(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        data = wheel.name.rsplit("-py3", 1)[0] + ".data/data/"
        assert f"{data}share/man/man1/cshell.1" in names
        spec = json.loads(archive.read(f"{data}share/jupyter/kernels/cshell/kernel.json"))
        assert spec["argv"][-2:] == ["-f", "{connection_file}"]
        assert {"kernel/__main__.py", "curses_client/__main__.py", "kernel/py.typed"} <= names
        assert not [name for name in names if name.startswith("tests")]
        points = configparser.ConfigParser()
        points.read_string(archive.read(wheel.name.rsplit("-py3", 1)[0] + ".dist-info/entry_points.txt").decode())
        assert points["console_scripts"]["cshell"] == "curses_client.__main__:main"


def test_the_command_works_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "env"
    venv.create(environment, with_pip=False, symlinks=True)
    install = ["install", "--quiet", "--no-deps"]
    installed = subprocess.run(
        [sys.executable, "-m", "pip", f"--python={environment / 'bin' / 'python'}", *install, str(wheel)],
        check=False,
        timeout=DEADLINE,
    )
    assert installed.returncode == 0
    shown = subprocess.run(
        [environment / "bin" / "cshell", "--version"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=True,
        timeout=DEADLINE,
    )
    assert shown.stdout.startswith("cshell ")
    assert (environment / "share" / "man" / "man1" / "cshell.1").exists()
    assert (environment / "share" / "jupyter" / "kernels" / "cshell" / "kernel.json").exists()
