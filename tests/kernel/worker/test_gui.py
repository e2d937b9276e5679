"""Event loops of windows: which ones can be, and when they run."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.error import UsageError
from IPython.terminal import pt_inputhooks

from kernel.worker.gui import InputContext, Windows


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if there were a screen to open windows on."""
    monkeypatch.setenv("DISPLAY", ":77")


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def contexts(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the event loop `mine` was run with."""
    found: list[Any] = []
    monkeypatch.setitem(pt_inputhooks.registered, "mine", found.append)
    return found


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


@pytest.mark.parametrize("gui", [None, "inline", "agg", "none", "asyncio"])
def test_what_has_no_windows_needs_neither_loop_nor_display(no_display: None, gui: str | None) -> None:
    windows = Windows()
    windows.choose(gui)
    assert not windows.are_open


@pytest.mark.parametrize("gui", ["qt", "tk", "mine"])
def test_without_a_display_there_are_no_windows(no_display: None, contexts: list[Any], gui: str) -> None:
    windows = Windows()
    with pytest.raises(UsageError, match=f"the {gui} event loop needs a display"):
        windows.choose(gui)
    assert not windows.are_open


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_either_display_will_do(
    no_display: None, contexts: list[Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "77")
    windows = Windows()
    windows.choose("mine")
    assert windows.are_open


def test_the_chosen_loop_runs_until_there_is_something_to_read(
    display: None, contexts: list[Any], pair: tuple[socket.socket, socket.socket]
) -> None:
    windows = Windows()
    windows.choose("mine")
    windows.wait(pair[0])
    (context,) = contexts
    assert context.fileno() == pair[0].fileno()


def test_an_unknown_loop_is_named_with_those_that_there_are(display: None) -> None:
    windows = Windows()
    with pytest.raises(UsageError, match=r"nonsense.*tk"):
        windows.choose("nonsense")


def test_a_loop_whose_library_is_missing(display: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "wx", None)
    windows = Windows()
    with pytest.raises(UsageError, match="the wx event loop is not installed: "):
        windows.choose("wx")


def test_a_choice_that_fails_keeps_the_one_before(display: None, contexts: list[Any]) -> None:
    windows = Windows()
    windows.choose("mine")
    with pytest.raises(UsageError):
        windows.choose("nonsense")
    assert windows.are_open
    windows.choose("inline")
    assert not windows.are_open


def test_input_is_ready_when_a_request_came_or_the_supervisor_is_gone(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = pair
    context = InputContext(ours)
    assert not context.input_is_ready()
    theirs.send(b"x")
    assert context.input_is_ready()
    ours.recv(1)
    assert not context.input_is_ready()
    theirs.close()
    assert context.input_is_ready()
