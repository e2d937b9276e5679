"""When a session that nobody uses ends."""

from pathlib import Path

from kernel.protocol.session import SessionStatus
from kernel.supervisor.patience import Patience
from tests.kernel.support import SessionProcess, private_home

IDLE = SessionStatus("idle")


def test_never_unless_told_to() -> None:
    patience = Patience(None)
    assert not any(patience.is_over(IDLE, 0, now) for now in (0.0, 1e9))
    assert patience.deadline is None


def test_after_so_long() -> None:
    patience = Patience(7200.0)
    assert not patience.is_over(IDLE, 0, 10.0)
    assert patience.deadline == 7210.0
    assert not patience.is_over(IDLE, 0, 7209.0)
    assert patience.is_over(IDLE, 0, 7210.0)
    assert patience.reason == "nobody has used it for 2 hours"
    # it is told once, and then ends as it can
    assert not patience.is_over(IDLE, 0, 7211.0)


def test_use_begins_it_anew() -> None:
    for used in ((SessionStatus("busy"), 0), (IDLE, 1), (SessionStatus("dead", waiting=1), 0)):
        patience = Patience(100.0)
        patience.is_over(IDLE, 0, 0.0)
        assert not patience.is_over(*used, 100.0)
        assert patience.deadline is None
        assert not patience.is_over(IDLE, 0, 150.0)
        assert patience.deadline == 250.0


def test_a_session_ends_as_the_configuration_says() -> None:
    with private_home() as environ:
        directory = Path(environ["HOME"]) / "config" / "cshell"
        environ["XDG_CONFIG_HOME"] = str(directory.parent)
        directory.mkdir(parents=True)
        # a fraction of a second
        (directory / "config.toml").write_text('[session]\nidle = "0.00005 hours"\n')
        session = SessionProcess.start(environ)
        try:
            assert session.process.wait(30) == 0
            assert "nobody has used it" in session.session.journal.read_text().splitlines()[-1]
        finally:
            session.stop()
