"""The configuration and the palette in the real program."""

import pytest

from tests.home import Home
from tests.terminal import CTRL_U, ENTER, ESC, F1, F9, Terminal

F7 = "\x1b[18~"


def configure(home: Home, text: str) -> None:
    path = home.path / "config" / "cshell" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_configuration_with_mistakes_is_used_as_far_as_it_goes(home: Home) -> None:
    configure(home, '[notify]\nafter = "soon"\n[keys]\nF7 = "transpose"\nF9 = "none"\n')
    with Terminal(home) as terminal:
        terminal.ready()
        terminal.see("config.toml, line 2: [notify] after is to be", "30 is used", "everything else")
        terminal.type("ab" + F7)
        terminal.see("ba")
        terminal.type(F9)
        terminal.see("F9 does nothing here")
        configure(home, '[keys]\nF7 = "undo"\n')
        terminal.type(F1 + "reload")
        terminal.see("read config.toml again")
        terminal.type(ENTER)
        terminal.see("config.toml is read again: keys of your own changed")
        terminal.type(CTRL_U + "1+1")
        terminal.see(" 1+1")
        terminal.type(F7)
        terminal.see_no(" 1+1")


@pytest.mark.parametrize("text", ["[keys", 'x = "\x00"', "[zz]\na = 1", "[keys]\na = 1"])
def test_no_mistake_of_the_clients_keeps_a_session_from_starting(home: Home, text: str) -> None:
    configure(home, text)
    with Terminal(home) as terminal:
        terminal.ready()
        terminal.see("config.toml, line ")
        terminal.run("6*7")
        terminal.see_line("╰ 42")


def test_leaving_by_exit_asks(home: Home) -> None:
    with Terminal(home) as terminal:
        terminal.ready()
        terminal.run("exit()")
        terminal.see("exit() ends the session. Leave?")
        terminal.type(ESC)
        terminal.see_no("Leave?")
        terminal.type(ENTER)
        terminal.see("Leave?")
        terminal.type("q")
        assert terminal.exit() == 0
    assert home.run("ls").stdout.count("work") == 0


def test_the_configuration_is_printed_and_checked(home: Home) -> None:
    configure(home, "[notify]\nafter = 5\n")
    assert "after = 5  # line 2; the default is 30" in home.run("config").stdout
    assert home.run("config", "--check").returncode == 0
    configure(home, "[notify]\nafter = -5\n")
    done = home.run("config", "--check")
    assert done.returncode == 1
    assert "line 2: [notify] after is to be a number of seconds of at least 0; 30 is used" in done.stdout


@pytest.mark.parametrize("remembers", [True, False])
def test_whether_the_next_client_divides_the_screen_in_the_same_way(home: Home, remembers: bool) -> None:
    configure(home, f'[panes]\neditor = "below"\nremember = {str(remembers).lower()}\n')
    beside = "──── In [1] ─"
    with Terminal(home) as terminal:
        terminal.ready()
        assert not terminal.lines[0].startswith(beside)
        terminal.type("\x1bB")
        terminal.wait(lambda: terminal.lines[0].startswith(beside), "the editor beside the output")
    with Terminal(home, "attach") as terminal:
        terminal.ready()
        terminal.wait(lambda: terminal.lines[0].startswith(beside) is remembers, "the screen as it was left")
