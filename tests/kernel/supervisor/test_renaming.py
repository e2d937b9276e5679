"""A running session's directories under another name, also when something stands in the way."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.protocol.connection import Connection
from kernel.protocol.session import Session, SessionError, create
from kernel.supervisor.renaming import renamed


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "run").mkdir(mode=0o700)
    return {"XDG_RUNTIME_DIR": str(tmp_path / "run"), "HOME": str(tmp_path)}


@pytest.fixture
def session(environ: dict[str, str]) -> Iterator[Session]:
    """A session that this process holds."""
    made, lock = create("one", environ, "/")
    Connection.local(made.runtime, "k", "n").write(made.connection_file)
    made.journal.write_text("journal")
    yield made
    os.close(lock)


def test_both_directories_and_the_connection_file(session: Session, environ: dict[str, str]) -> None:
    other = renamed(session, "two", environ)
    assert other == Session.named("two", environ)
    assert other.journal.read_text() == "journal"
    assert other.connection().ip == str(other.runtime / "s")
    assert not session.runtime.exists()
    assert not session.state.exists()


def test_what_is_left_of_another_session_is_moved_aside(session: Session, environ: dict[str, str]) -> None:
    taken = Session.named("two", environ)
    taken.state.mkdir(mode=0o700)
    taken.log.write_text("left")
    other = renamed(session, "two", environ)
    assert other.journal.read_text() == "journal"
    (former,) = other.state.parent.glob("two.*")
    assert (former / "supervisor.log").read_text() == "left"


@pytest.mark.parametrize("failing", ["state", "connection.json.part"])
def test_a_refusal_leaves_all_as_it_was(
    session: Session, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    other = Session.named("two", environ)
    rename, opened = os.rename, os.open

    def refuse_rename(path: Path, to: Path) -> None:
        if failing == "state" and path == session.state:
            # somebody has made it meanwhile, and it is not ours to move
            other.state.mkdir()
            (other.state / "file").touch()
        rename(path, to)

    def refuse_open(path: Path, *more: int) -> int:
        if str(path).endswith(failing):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return opened(path, *more)

    monkeypatch.setattr(os, "rename", refuse_rename)
    monkeypatch.setattr(os, "open", refuse_open)
    with pytest.raises(SessionError, match="it keeps its name"):
        renamed(session, "two", environ)
    assert session.journal.read_text() == "journal"
    assert session.connection().ip == str(session.runtime / "s")
    assert not other.runtime.exists()


def test_what_is_in_the_way_and_cannot_be_moved(
    session: Session, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(session: Session) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("kernel.supervisor.renaming.keep_former", refuse)
    with pytest.raises(SessionError, match="Permission denied; it keeps its name"):
        renamed(session, "two", environ)
    assert session.journal.read_text() == "journal"
