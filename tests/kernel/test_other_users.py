"""What somebody else on the machine can see and reach of a session: nothing."""

import os
import shutil
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.kernel.support import SessionProcess

NOBODY = 65534

# run as another user: everything that leads to a session, tried
TRYING = """\
import os, socket, sys
from pathlib import Path

def attempt(what, act):
    try:
        act()
    except PermissionError:
        return
    except OSError as error:
        print(what, error)
        return
    print(what, "worked")

def connect(path):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(path)

runtime, state = map(Path, sys.argv[1:3])
for directory in (runtime.parent, runtime, state.parent, state):
    attempt(f"list {directory}", lambda: os.listdir(directory))
for number in range(1, 7):
    attempt(f"socket {number}", lambda: connect(str(runtime / f"s-{number}")))
for path in (runtime / "connection.json", runtime / "session.json", runtime / "status.json", runtime / "lock",
             state / "journal.jsonl", state / "supervisor.log"):
    attempt(f"read {path.name}", lambda: path.read_bytes())
    attempt(f"write {path.name}", lambda: path.open("ab").close())
attempt("make", lambda: (runtime / "new").touch())
pid = int(sys.argv[3])
attempt("signal", lambda: os.kill(pid, 0))
attempt("memory", lambda: open(f"/proc/{pid}/mem", "rb").close())
attempt("environment", lambda: open(f"/proc/{pid}/environ", "rb").read())
print("done")
"""


@pytest.fixture
def open_home(session: SessionProcess) -> SessionProcess:
    """A session in a home into which everybody can look."""
    with session.client() as client:
        client.run("print('secret')")
    home = Path(session.environ["HOME"])
    for directory in (home, home / "run", home / "state"):
        directory.chmod(0o755)
    return session


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_another_user_reaches_nothing(open_home: SessionProcess) -> None:
    session = open_home.session
    python = shutil.which("python3", path="/usr/local/bin:/usr/bin:/bin")
    if python is None:
        pytest.skip("there is no interpreter that everybody can run")
    done = subprocess.run(
        [python, "-c", TRYING, str(session.runtime), str(session.state), str(open_home.process.pid)],
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        cwd="/",
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("done\n", "")


def test_everything_is_the_users_own(open_home: SessionProcess) -> None:
    session = open_home.session
    for directory in (session.runtime.parent, session.runtime, session.state.parent, session.state):
        assert directory.stat().st_mode & 0o777 == 0o700
    for path in (*session.runtime.iterdir(), *session.state.iterdir()):
        assert path.stat().st_mode & 0o077 == 0, path


def test_nothing_listens_on_the_network(open_home: SessionProcess) -> None:
    process = psutil.Process(open_home.process.pid)
    family = [process, *process.children(recursive=True)]
    assert [connection for one in family for connection in one.net_connections("inet")] == []
