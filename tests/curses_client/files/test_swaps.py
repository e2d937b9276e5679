"""What is not saved survives the client."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from curses_client.files.swaps import Swaps
from tests.kernel.support import wait_for

OTHER = """
import sys, time
from curses_client.files.swaps import Swaps
Swaps({"XDG_STATE_HOME": sys.argv[1]}).keep("/w/a.py", ("theirs", "too"), 1)
print("kept", flush=True)
time.sleep(600)
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(tmp_path)}


def files(environ: dict[str, str]) -> list[Path]:
    return list((Path(environ["XDG_STATE_HOME"]) / "cshell" / "swap").iterdir())


def test_nobody_else_can_read_it(environ: dict[str, str]) -> None:
    Swaps(environ).keep("/w/a.py", ("a",), 0)
    (path,) = files(environ)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_one_does_not_recover_from_oneself(environ: dict[str, str]) -> None:
    swaps = Swaps(environ)
    swaps.keep("/w/a.py", ("a",), 0)
    swaps.keep("/w/a.py", ("b",), 0)
    assert swaps.find("/w/a.py") is None
    assert len(files(environ)) == 1


def test_what_is_saved_is_kept_no_longer(environ: dict[str, str]) -> None:
    swaps = Swaps(environ)
    swaps.keep("/w/a.py", ("a",), 0)
    swaps.forget("/w/a.py")
    assert files(environ) == []
    swaps.forget("/w/a.py")


def test_what_nobody_has_decided_about_is_offered_again(environ: dict[str, str]) -> None:
    left = Swaps(environ)
    left.keep("/w/a.py", ("old",), 0)
    left.close()
    second = Swaps(environ)
    assert second.find("/w/a.py") is not None
    # it was left as it is, and the file was changed and saved
    second.keep("/w/a.py", ("new",), 0)
    second.forget("/w/a.py")
    third = Swaps(environ)
    found = third.find("/w/a.py")
    assert found is not None
    assert found.lines == ("old",)
    # also if the client that has changed it dies
    third.keep("/w/a.py", ("newer",), 0)
    third.close()
    fourth = Swaps(environ)
    found = fourth.find("/w/a.py")
    assert found is not None
    assert found.lines == ("newer",)
    fourth.forget("/w/a.py")
    found = fourth.find("/w/a.py")
    assert found is not None
    assert found.lines == ("old",)
    fourth.forget("/w/a.py")
    assert files(environ) == []


def test_what_was_taken_over_is_this_client_s(environ: dict[str, str]) -> None:
    left = Swaps(environ)
    left.keep("/w/a.py", ("old",), 0)
    left.close()
    second = Swaps(environ)
    second.find("/w/a.py")
    second.keep("/w/a.py", ("new",), 0)
    second.forget("/w/a.py")
    third = Swaps(environ)
    assert third.find("/w/a.py") is not None
    third.take_over("/w/a.py")
    third.keep("/w/a.py", ("old", "and more"), 0)
    third.forget("/w/a.py")
    assert files(environ) == []


def test_another_client_has_it_until_it_is_killed(environ: dict[str, str]) -> None:
    command = [sys.executable, "-c", OTHER, environ["XDG_STATE_HOME"]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "kept\n"
        swaps = Swaps(environ)
        found = swaps.find("/w/a.py")
        assert found is not None
        assert found.is_held
        swaps.keep("/w/a.py", ("mine",), 0)
        swaps.forget("/w/a.py")
        assert swaps.find("/w/a.py") == found
        other.send_signal(signal.SIGKILL)
        other.wait()
    wait_for(lambda: (kept := swaps.find("/w/a.py")) and not kept.is_held, "a lock that is gone")
    left = swaps.find("/w/a.py")
    assert left is not None
    assert (left.lines, left.row) == (("theirs", "too"), 1)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"lines": 1}', b"[" * 100_000])
def test_what_cannot_be_read_is_nothing(environ: dict[str, str], data: bytes) -> None:
    Swaps(environ).keep("/w/a.py", ("a",), 0)
    files(environ)[0].write_bytes(data)
    assert Swaps(environ).find("/w/a.py") is None
