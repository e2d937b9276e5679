"""Sessions that have ended: found, told apart from lost ones, renamed and removed."""

import os
import threading
import time
from pathlib import Path

import pytest

from kernel.protocol import ended
from kernel.protocol.session import SessionError, create, runtime_root, state_root
from kernel.supervisor.journal import Bounds
from tests.curses_client.written import Written


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "run").mkdir(mode=0o700)
    return {"XDG_RUNTIME_DIR": str(tmp_path / "run"), "HOME": str(tmp_path)}


def write(environ: dict[str, str], name: str, *, in_order: bool = True) -> Path:
    """Leave what is kept of a session."""
    journal = Written(state_root(environ) / name).session(name)
    if in_order:
        journal.end()
    return journal.path.parent


def names(environ: dict[str, str]) -> list[str]:
    return [session.name for session in ended.ended(environ)]


class TestList:
    def test_the_one_that_ended_last_is_at_the_end(self, environ: dict[str, str]) -> None:
        for place, name in enumerate(("c", "a", "b")):
            directory = write(environ, name)
            os.utime(directory / "journal.jsonl", (1e9 + place, 1e9 + place))
        assert names(environ) == ["c", "a", "b"]
        assert ended.find_ended(None, environ).name == "b"

    def test_one_that_runs_is_none(self, environ: dict[str, str]) -> None:
        write(environ, "old")
        session, lock = create("work", environ, "/")
        Written(session.state).session("work")
        assert names(environ) == ["old"]
        os.close(lock)
        assert set(names(environ)) == {"old", "work"}

    def test_what_is_no_session_is_left_out(self, environ: dict[str, str], tmp_path: Path) -> None:
        root = state_root(environ)
        (root / ".going.1").mkdir()
        (root / "file").touch()
        (root / "link").symlink_to(tmp_path)
        assert names(environ) == []

    def test_how_many_cells_ran(self, environ: dict[str, str]) -> None:
        root = state_root(environ)
        Written(root / "lost").session("lost").run("c", "1", 7)
        Written(root / "none").session("none").end()
        Written(root / "told").session("told").add("session_ended", reason="it was shut down", execution_count=5)
        flood = Written(root / "flood").session("flood").submit("c", "1").start("c", 3).print("c", "x" * 300_000)
        flood.print("c", '"msg_type":"execute_input" "execution_count":9,')
        counts = {session.name: session.report().count for session in ended.ended(environ)}
        assert counts == {"lost": 7, "none": 0, "told": 5, "flood": None}

    def test_one_without_a_journal(self, environ: dict[str, str]) -> None:
        (state_root(environ) / "bare").mkdir()
        report = ended.find_ended("bare", environ).report()
        assert (report.state, report.size, report.kernel, report.started) == ("lost", 0, "", None)
        assert report.reason == "its supervisor ended without a word; nothing is recorded"

    @pytest.mark.parametrize("name", ["nobody", "", "..", "../sessions", "a/b", "."])
    def test_none_of_this_name(self, environ: dict[str, str], name: str) -> None:
        write(environ, "a")
        with pytest.raises(SessionError, match="there is no ended session"):
            ended.find_ended(name, environ)

    def test_none_at_all(self, environ: dict[str, str]) -> None:
        with pytest.raises(SessionError, match="nothing is kept"):
            ended.find_ended(None, environ)

    def test_a_former_sessions_name_may_be_long(self, environ: dict[str, str]) -> None:
        name = "x" * 40 + ".20261122-135959"
        write(environ, name)
        assert ended.find_ended(name, environ).report().state == "ended"


class TestReport:
    def test_in_order(self, environ: dict[str, str]) -> None:
        journal = Written(state_root(environ) / "a")
        journal.now = 1000.25
        journal.session("a", "R 4")
        journal.now = 2000.5
        journal.end("it was shut down")
        report = ended.find_ended("a", environ).report()
        assert (report.state, report.reason, report.ended) == ("ended", "it was shut down", 2000.5)
        assert (report.started, report.kernel, report.cwd) == (1000.25, "R 4", "/data")
        assert report.size == journal.path.stat().st_size

    def test_lost(self, environ: dict[str, str]) -> None:
        journal = Written(state_root(environ) / "a").session()
        journal.now = time.mktime((2026, 1, 2, 14, 3, 22, 0, 0, -1))
        journal.print("x", "last words")
        report = ended.find_ended("a", environ).report()
        assert report.state == "lost"
        assert report.reason == "its supervisor ended without a word; recorded until 2026-01-02 14:03:22"
        assert report.ended == journal.now

    def test_a_line_that_was_not_written_to_its_end(self, environ: dict[str, str]) -> None:
        journal = Written(state_root(environ) / "a").session().end()
        with journal.path.open("ab") as file:
            file.write(b'{"seq":9,"time":1.0,"chan')
        assert ended.find_ended("a", environ).report().state == "ended"

    def test_what_is_printed_cannot_end_a_session(self, environ: dict[str, str]) -> None:
        shown = {"application/json": {"msg_type": "session_ended", "reason": "x"}}
        for name, content in (("a", {"data": shown}), ("c", {"data": {}, "metadata": shown})):
            Written(state_root(environ) / name).session().add("display_data", "c", **content)
            assert ended.find_ended(name, environ).report().state == "lost"
        Written(state_root(environ) / "b").session().print("x", '"msg_type":"session_ended"')
        assert ended.find_ended("b", environ).report().state == "lost"

    def test_nonsense_is_lost(self, environ: dict[str, str]) -> None:
        directory = state_root(environ) / "a"
        directory.mkdir()
        (directory / "journal.jsonl").write_text('{"seq":1,"msg_type":"session_ended"\nnonsense\n')
        assert ended.find_ended("a", environ).report().state == "lost"

    def test_a_beginning_that_was_dropped(self, environ: dict[str, str]) -> None:
        journal = Written(state_root(environ) / "a", Bounds(size=4096)).session()
        for _ in range(200):
            journal.print("x", "." * 100)
        report = ended.find_ended("a", environ).report()
        assert (report.kernel, report.cwd, report.started) == (
            "Python 3",
            "/data",
            pytest.approx(journal.now, abs=0.01),
        )
        assert report.size < 8192

    def test_today_is_not_said(self) -> None:
        assert len(ended.clock(time.time())) == len("14:03:22")
        assert ended.clock(0.0).startswith(("1970-01-01", "1969-12-31"))


class TestRename:
    def test_it_is_called_so(self, environ: dict[str, str]) -> None:
        write(environ, "a")
        ended.rename(ended.find_ended("a", environ), "b", environ)
        assert names(environ) == ["b"]
        assert list(runtime_root(environ).iterdir()) == []

    def test_its_own_name(self, environ: dict[str, str]) -> None:
        for name in ("a", "x" * 40 + ".20261122-135959"):
            write(environ, name)
            found = ended.find_ended(name, environ)
            assert ended.rename(found, name, environ) == found
            assert name in names(environ)

    def test_an_ended_one_has_the_name(self, environ: dict[str, str]) -> None:
        write(environ, "a")
        write(environ, "b")
        with pytest.raises(SessionError, match="cshell rm b"):
            ended.rename(ended.find_ended("a", environ), "b", environ)
        assert set(names(environ)) == {"a", "b"}

    def test_a_running_one_has_the_name(self, environ: dict[str, str]) -> None:
        write(environ, "a")
        session, lock = create("b", environ, "/")
        with pytest.raises(SessionError, match="b is running; nothing was changed"):
            ended.rename(ended.find_ended("a", environ), "b", environ)
        assert session.is_running
        assert session.runtime.exists()
        os.close(lock)

    def test_an_unfit_name(self, environ: dict[str, str]) -> None:
        write(environ, "a")
        with pytest.raises(SessionError, match="cannot name a session"):
            ended.rename(ended.find_ended("a", environ), "../b", environ)
        assert names(environ) == ["a"]


class TestRemove:
    def test_one_that_cannot_go_keeps_no_other(self, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
        for place, name in enumerate("abc"):
            os.utime(write(environ, name) / "journal.jsonl", (1e9 + place, 1e9 + place))
        rename = Path.rename

        def refuse(path: Path, to: Path) -> Path:
            if path.name == "a":
                raise PermissionError(13, "Permission denied")
            return rename(path, to)

        monkeypatch.setattr(Path, "rename", refuse)
        with pytest.raises(SessionError, match=r"cannot move the directory .*/a: Permission denied"):
            ended.remove_older(1.0, environ)
        assert names(environ) == ["a"]

    def test_nothing_is_left(self, environ: dict[str, str]) -> None:
        directory = write(environ, "a")
        (directory / "clients").mkdir()
        (directory / "clients" / "x").touch()
        ended.remove(ended.find_ended("a", environ), environ)
        assert list(state_root(environ).iterdir()) == []
        assert list(runtime_root(environ).iterdir()) == []

    def test_one_that_runs_again_meanwhile(self, environ: dict[str, str]) -> None:
        write(environ, "a")
        found = ended.find_ended("a", environ)
        session, lock = create("a", environ, "/")
        Written(session.state).session()
        with pytest.raises(SessionError, match="a is running"):
            ended.remove(found, environ)
        assert session.journal.exists()
        os.close(lock)

    def test_a_session_that_begins_at_the_same_time_loses_nothing(self, environ: dict[str, str]) -> None:
        """Whoever comes first: what the new one has written is there."""
        for round_ in range(20):
            write(environ, "a")
            found = ended.find_ended("a", environ)
            failures: list[SessionError] = []

            def remove(found: ended.Ended = found, failures: list[SessionError] = failures) -> None:
                try:
                    ended.remove(found, environ)
                except SessionError as error:
                    failures.append(error)

            thread = threading.Thread(target=remove)
            thread.start()
            session, lock = None, None
            try:
                session, lock = create("a", environ, "/")
                (session.state / "mark").touch()
            except SessionError:
                # the name was held while the other one went
                pass
            thread.join()
            if session is not None and lock is not None:
                assert (session.state / "mark").exists(), round_
                os.close(lock)
