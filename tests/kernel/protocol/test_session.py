"""Sessions on disk: made, found, locked, and cleaned up."""

import fcntl
import os
import stat
import time
from pathlib import Path

import pytest

from kernel.protocol import session as sessions
from kernel.protocol.connection import Connection
from kernel.protocol.session import Session, SessionError, SessionInfo, check_private, create, find, running


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "run").mkdir(mode=0o700)
    return {"XDG_RUNTIME_DIR": str(tmp_path / "run"), "HOME": str(tmp_path)}


class TestCreate:
    def test_its_directories_are_private(self, environ: dict[str, str]) -> None:
        session, lock = create("work", environ, "/")
        for directory in (session.runtime, session.state):
            assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert session.state == Path(environ["HOME"], ".local/state/cshell/sessions/work")
        assert session.is_running
        os.close(lock)
        assert not session.is_running

    def test_the_lock_goes_to_no_child_by_itself(self, environ: dict[str, str]) -> None:
        _, lock = create("work", environ, "/")
        assert not os.get_inheritable(lock)
        os.close(lock)

    def test_a_name_that_is_taken(self, environ: dict[str, str]) -> None:
        _, lock = create("work", environ, "/")
        with pytest.raises(SessionError, match="cshell attach work"):
            create("work", environ, "/")
        os.close(lock)

    @pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "-x", "x" * 41, "a b", "é", "a\n"])
    def test_names_that_cannot_be(self, environ: dict[str, str], name: str) -> None:
        with pytest.raises(SessionError, match="cannot name a session"):
            Session.named(name, environ)

    @pytest.mark.parametrize(
        ("cwd", "name"),
        [("/home/me/project", "project"), ("/", "main"), ("/tmp/a b/é!", "main"), ("/x/My data (2)", "My-data-2")],
    )
    def test_names_from_the_directory(self, environ: dict[str, str], cwd: str, name: str) -> None:
        first, one = create(None, environ, cwd)
        second, two = create(None, environ, cwd)
        assert (first.name, second.name) == (name, f"{name}-2")
        os.close(one)
        os.close(two)

    def test_what_a_former_session_left_is_kept_or_removed(self, environ: dict[str, str]) -> None:
        for number in range(3):
            session, lock = create("work", environ, "/")
            assert not session.journal.exists()
            assert not session.connection_file.exists()
            session.journal.write_text(str(number))
            session.connection_file.write_text("{}")
            os.close(lock)
        kept = sorted(path.read_text() for path in session.state.parent.glob("work*/journal.jsonl"))
        assert kept == ["0", "1", "2"]

    def test_no_trace_is_left_of_one_that_never_began(self, environ: dict[str, str]) -> None:
        session, lock = create("work", environ, "/")
        session.connection_file.touch()
        session.log.touch()
        session.remove()
        assert not session.runtime.exists()
        assert not session.state.exists()
        os.close(lock)


class TestFind:
    def test_the_one_started_last(self, environ: dict[str, str]) -> None:
        locks = []
        for started, name in ((2.0, "second"), (1.0, "first"), (3.0, "third")):
            session, lock = create(name, environ, "/")
            session.write_info(SessionInfo(name, "python", 1, started, "/"))
            locks.append(lock)
        assert [session.name for session in running(environ)] == ["first", "second", "third"]
        assert find(None, environ).name == "third"
        assert find("first", environ).name == "first"
        with pytest.raises(SessionError, match="running: first, second, third"):
            find("fourth", environ)
        for lock in locks:
            os.close(lock)

    def test_none(self, environ: dict[str, str]) -> None:
        with pytest.raises(SessionError, match="start one with: cshell"):
            find(None, environ)
        with pytest.raises(SessionError, match="none is running"):
            find("x", environ)

    def test_stale_directories_are_removed(self, environ: dict[str, str]) -> None:
        session, lock = create("work", environ, "/")
        Connection.local(session.runtime, "key", "").write(session.connection_file)
        os.close(lock)
        assert running(environ) == []
        assert not session.runtime.exists()
        assert session.state.exists()

    def test_what_is_no_session_is_left_alone(self, environ: dict[str, str], tmp_path: Path) -> None:
        root = sessions.runtime_root(environ)
        (root / "file").touch()
        (root / ".hidden").mkdir()
        (root / "open").mkdir(mode=0o755)
        os.chmod(root / "open", 0o755)
        (root / "link").symlink_to(tmp_path)
        assert running(environ) == []
        assert sorted(entry.name for entry in root.iterdir()) == [".hidden", "file", "link", "open"]


class TestFormer:
    def test_what_a_rotation_left_half_done_is_kept_apart(self, environ: dict[str, str]) -> None:
        session, lock = create("work", environ, "/")
        os.close(lock)
        (session.state / "journal.000000000001.jsonl").write_text("former")
        again, lock = create("work", environ, "/")
        os.close(lock)
        assert list(again.state.iterdir()) == []
        (former,) = again.state.parent.glob("work.*")
        assert (former / "journal.000000000001.jsonl").read_text() == "former"

    def test_nothing_is_kept_of_nothing(self, environ: dict[str, str]) -> None:
        for _ in range(2):
            session, lock = create("work", environ, "/")
            os.close(lock)
        assert [path.name for path in session.state.parent.iterdir()] == ["work"]


class TestInfo:
    def test_there_and_back(self, environ: dict[str, str]) -> None:
        session, lock = create("work", environ, "/")
        assert session.info() is None
        info = SessionInfo("work", "python", 5, time.time(), "/")
        session.write_info(info)
        assert session.info() == info
        os.close(lock)

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"name": "x"}', "\udcff"])
    def test_broken(self, environ: dict[str, str], text: str) -> None:
        session, lock = create("work", environ, "/")
        (session.runtime / "session.json").write_bytes(text.encode("utf-8", "surrogateescape"))
        assert session.info() is None
        os.close(lock)

    def test_no_connection_file(self, environ: dict[str, str]) -> None:
        session, lock = create("work", environ, "/")
        with pytest.raises(SessionError, match="cannot read the connection file"):
            session.connection()
        os.close(lock)


class TestPrivacy:
    def test_open_to_others(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o750)
        with pytest.raises(SessionError, match="chmod 700"):
            check_private(tmp_path)

    def test_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(tmp_path)
        with pytest.raises(SessionError, match="not a directory"):
            check_private(tmp_path / "link")

    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(SessionError, match="No such file"):
            check_private(tmp_path / "missing")

    def test_somebody_elses(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        tmp_path.chmod(0o700)
        check_private(tmp_path)
        monkeypatch.setattr(os, "getuid", lambda: tmp_path.stat().st_uid + 1)
        with pytest.raises(SessionError, match="another user"):
            check_private(tmp_path)

    def test_a_directory_that_cannot_be_made(self, environ: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(SessionError, match="cannot make the directory"):
            sessions.state_root(environ | {"XDG_STATE_HOME": str(tmp_path / "file")})


def test_a_directory_that_is_held_is_not_tidied_away(environ: dict[str, str]) -> None:
    session, lock = create("s", environ, "/")
    tidying = os.open(session.runtime, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(tidying, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(tidying, fcntl.LOCK_UN)
    session.hold()
    with pytest.raises(BlockingIOError):
        fcntl.flock(tidying, fcntl.LOCK_EX | fcntl.LOCK_NB)
    for descriptor in (tidying, lock):
        os.close(descriptor)


class TestRoots:
    def test_without_a_runtime_directory(self, environ: dict[str, str], tmp_path: Path) -> None:
        for value in ("", "relative", str(tmp_path / "missing")):
            found = sessions.runtime_root({"XDG_RUNTIME_DIR": value, "TMPDIR": str(tmp_path)})
            assert found == tmp_path / f"cshell-{os.getuid()}"

    def test_a_directory_that_goes_with_the_last_login(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "logins" / "1000").mkdir(parents=True, mode=0o700)
        given = {"XDG_RUNTIME_DIR": str(tmp_path / "logins" / "1000"), "TMPDIR": str(tmp_path)}
        assert sessions.runtime_root(given) == tmp_path / "logins" / "1000" / "cshell"
        monkeypatch.setattr(sessions, "_OF_LOGINS", str(tmp_path / "logins"))
        for end in ("", "/"):
            with_end = given | {"XDG_RUNTIME_DIR": given["XDG_RUNTIME_DIR"] + end}
            assert sessions.runtime_root(with_end) == tmp_path / f"cshell-{os.getuid()}"

    def test_xdg(self) -> None:
        given = {"X": "/x", "HOME": "/home/me"}
        assert sessions.xdg_directory("X", "d", given) == Path("/x")
        assert sessions.xdg_directory("X", "d", given | {"X": "relative"}) == Path("/home/me/d")
        assert sessions.xdg_directory("Y", "d", given) == Path("/home/me/d")


def test_a_lock_belongs_to_the_open_file(environ: dict[str, str]) -> None:
    session, lock = create("work", environ, "/")
    inherited = os.dup(lock)
    os.close(lock)
    assert session.is_running
    fcntl.flock(inherited, fcntl.LOCK_UN)
    assert not session.is_running
    os.close(inherited)
