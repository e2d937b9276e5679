"""Cells of a file in another language than the kernel's."""

import pytest

from curses_client.events import FileRead, Submit
from tests.curses_client.drawing import check, lines
from tests.curses_client.files.support import CELLS, document, opened
from tests.curses_client.support import Client

TEXT = "script.R is R, the kernel runs Python. Run it anyway?"


def sources(client: Client) -> list[str]:
    return [cell.source for cell in client.took(Submit)]


@pytest.mark.parametrize(
    ("keys", "cells"),
    [
        (["meta enter"], ["a = 1"]),
        (["ctrl enter"], ["a = 1"]),
        (["down", "meta l"], ["a = 1"]),
        (["meta R"], ["a = 1", "b = 2\nprint(b)"]),
        (["meta t"], ["a = 1"]),
    ],
)
def test_the_user_is_asked_once(keys: list[str], cells: list[str]) -> None:
    client = opened(CELLS, "/w/script.R").press(*keys)
    assert sources(client) == []
    assert lines(client)[-1].strip() == f"{TEXT}  y yes  Esc no"
    check(client)
    assert sources(client.press("y")) == cells
    assert client.press("meta R").state.question is None
    assert sources(client) == ["a = 1", "b = 2\nprint(b)"]


def test_who_says_no_is_asked_again_and_runs_nothing() -> None:
    client = opened(CELLS, "/w/script.R").press("meta enter", "esc")
    assert sources(client) == []
    client.press("meta R", "y")
    assert sources(client) == ["a = 1", "b = 2\nprint(b)"]


def test_each_file_is_asked_about() -> None:
    client = opened(CELLS, "/w/script.R").press("meta R", "y").send(FileRead("/w/b.jl", document("1", "/w/b.jl")))
    question = client.press("meta enter").state.question
    assert question is not None
    assert question.text == "b.jl is Julia, the kernel runs Python. Run it anyway?"


@pytest.mark.parametrize("path", ["/w/a.py", "/w/a.ipy", "/w/a", "/w/a.txt"])
def test_nobody_is_asked_about_the_kernels_language_or_one_that_is_not_known(path: str) -> None:
    client = opened(CELLS, path).press("meta R")
    assert client.state.question is None
    assert sources(client) == ["a = 1", "b = 2\nprint(b)"]


def test_what_is_typed_into_the_scratch_buffer_is_the_kernels_language() -> None:
    assert sources(opened(CELLS, "/w/script.R").press("meta 1").write("1").press("enter")) == ["1"]


def test_who_only_looks_is_not_asked() -> None:
    client = opened(CELLS, "/w/script.R").set(read_only=True).press("ctrl enter")
    assert client.state.question is None
    assert sources(client) == []
