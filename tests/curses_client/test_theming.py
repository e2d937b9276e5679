"""Another theme while the client runs."""

from dataclasses import replace

from curses_client.events import GroundFound, Paint, StyleUnknown
from curses_client.options import Options
from curses_client.themes.choice import CHOICES, chosen
from tests.curses_client.drawing import lines
from tests.curses_client.support import Client


def test_the_theme_follows_the_background() -> None:
    user = Client().send(GroundFound(True))
    assert user.state.is_light
    assert user.took(Paint) == [Paint()]
    user.send(GroundFound(True))
    assert user.took(Paint) == []
    user.send(GroundFound(False))
    assert user.took(Paint) == [Paint()]


def test_a_theme_of_the_users_stays_and_brings_its_background_where_it_does_not_suit() -> None:
    user = Client().set(options=Options(theme="dark")).send(GroundFound(True))
    assert user.state.is_light
    assert user.took(Paint) == [Paint()]
    assert chosen("dark", is_light=True).paints
    assert not chosen("dark", is_light=False).paints
    user.set(options=Options(theme="solarized-dark"), is_light=False).send(GroundFound(True))
    assert user.took(Paint) == []


def following(user: Client) -> Client:
    """Choose the command that shows the next theme."""
    return user.press("f1").write("next-theme").press("enter")


def test_the_next_theme() -> None:
    user = Client()
    seen = []
    for _ in CHOICES:
        following(user)
        seen.append(user.state.options.theme)
        assert user.message.startswith(f"theme {seen[-1]}")
    assert sorted(seen) == sorted(CHOICES)
    assert len(user.took(Paint)) == len(CHOICES)


def test_it_says_what_a_family_is_here() -> None:
    user = Client().set(options=Options(theme="high-contrast-light"), is_light=True)
    following(user)
    assert user.message == "theme solarized-dark" or "on this terminal" in user.message
    user.set(options=replace(user.state.options, theme="solarized-light"))
    following(user)
    assert user.message == "theme auto, light on this terminal"


def test_an_unknown_style_is_said_once() -> None:
    user = Client().set(options=Options(code_style="monokia"))
    user.send(StyleUnknown("there is no style of code 'monokia\x1b[2J'"))
    assert user.state.options.code_style == ""
    assert any("no style of code 'monokia" in line for line in lines(user))
