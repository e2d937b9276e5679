"""The table of keys: how keys are written, what they may run, and what is said of the others."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.binding import Binding
from curses_client.configuration.keys import SAME, key_of, own_keys
from curses_client.keymap import BINDINGS, KEY_SETS, key_name
from kernel.protocol.settings import sentence


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ctrl t", "ctrl t"),
        ("Ctrl-T", "ctrl t"),
        ("CTRL+T", "ctrl t"),
        ("C-t", "ctrl t"),
        ("^T", "ctrl t"),
        ("control-t", "ctrl t"),
        ("Alt-Enter", "meta enter"),
        ("M-f", "meta f"),
        ("Alt-F", "meta f"),
        ("Alt-Shift-F", "meta F"),
        ("Alt-Shift-f", "meta F"),
        ("meta ctrl c", "meta ctrl c"),
        ("Ctrl-Alt-C", "meta ctrl c"),
        ("F5", "f5"),
        ("f 5", None),
        ("Shift-F5", "shift f5"),
        ("PageUp", "page up"),
        ("page up", "page up"),
        ("Page Down", "page down"),
        ("Ctrl-PgDn", "ctrl page down"),
        ("Ctrl-Shift-Left", "shift ctrl left"),
        ("Shift-Tab", "shift tab"),
        ("Ctrl-Shift-Z", "ctrl Z"),
        ("Ctrl-Space", "<0>"),
        ("Return", "enter"),
        ("Escape", "esc"),
        ("Del", "delete"),
        ("Space", "space"),
        (" ", "space"),
        ("a", "a"),
        ("A", "A"),
        ("shift a", "A"),
        ("-", "-"),
        ("+", "+"),
        ("Ctrl--", "ctrl -"),
        ("Alt-+", "meta +"),
        ("ctrl -", "ctrl -"),
        ("Ctrl-_", "ctrl _"),
        ("?", "?"),
        ("F21", None),
        ("Hyper-x", None),
        ("Entre", None),
        ("Ctrl", None),
        ("ctrl-", None),
        ("--", None),
        ("ab", None),
    ],
)
def test_keys_as_people_write_them(text: str, key: str | None) -> None:
    assert key_of(text) == key


def test_every_key_of_the_tables_can_be_written_as_it_is_shown() -> None:
    rows = (*BINDINGS, *(row for rows in KEY_SETS.values() for row in rows))
    for key in {key for row in rows for key in row.keys}:
        assert key_of(key_name(key)) == key


@given(st.text(max_size=12))
def test_no_name_raises(text: str) -> None:
    key_of(text)


def said(table: dict[str, Any]) -> list[str]:
    return [sentence(problem, "f", "") for problem in own_keys(table)[1]]


def test_keys_for_the_editor_and_elsewhere() -> None:
    table = {"F5": "transpose", "ctrl t": "none", "reading": {"x": "read-next-error"}, "output": {"F7": "export"}}
    rows, problems = own_keys(table)
    assert problems == []
    assert rows == (
        Binding(("f5",), "transpose", "editor", "swap two characters"),
        Binding(("ctrl t",), "", "editor", ""),
        Binding(("x",), "read-next-error", "reading", "next error"),
        Binding(("f7",), "export", "output", "export the session: notebook, script, HTML or text"),
    )


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"Ctrl-Entre": "run"}, "f: there is no key Ctrl-Entre; did you mean enter? it is left out"),
        ({"%%%": "run"}, "f: there is no key %%%; a key is written such as Ctrl-T, Alt-Enter, F5; it is left out"),
        ({"f5": "transpos"}, "f: there is no command transpos; did you mean transpose? it is left out"),
        ({"f5": "%%%"}, "f: there is no command %%%; F1 shows all of them; it is left out"),
        ({"f5": 3}, 'f: a key is to have the name of a command, or "none"; it is left out'),
        (
            {"readin": {"x": "run"}},
            "f: keys are used nowhere that is called readin; did you mean reading? it is left out",
        ),
        ({"f5": "read-next-error"}, "f: read-next-error can be run by a key of [keys.reading] only; it is left out"),
        ({"output": {"f5": "transpose"}}, "f: transpose can be run by a key of [keys] only; it is left out"),
        (
            {"Ctrl-I": "run"},
            "f: a terminal sends the same for Ctrl-I as for Tab, so that only Tab can be used; it is left out",
        ),
        ({"Ctrl-M": "run"}, "as for Enter"),
        ({"Ctrl-H": "run"}, "as for Backspace"),
        ({"x": "run"}, "f: x is typed there, and can be no command; it is left out"),
        ({"Space": "run"}, "f: Space is typed there"),
    ],
)
def test_what_is_wrong(table: dict[str, Any], words: str) -> None:
    assert own_keys(table)[0] == ()
    (told,) = said(table)
    assert words in told


@pytest.mark.parametrize(
    ("table", "words", "command"),
    [
        ({"Ctrl-T": "run", "ctrl t": "undo"}, "f: Ctrl-T has two commands, run and undo; undo is used", "undo"),
        ({"Ctrl-T": "none", "ctrl t": "undo"}, "f: Ctrl-T has two commands, none and undo; undo is used", "undo"),
        ({"Ctrl-;": "run"}, "f: most terminals send nothing for Ctrl-;; it works where one does", "run"),
    ],
)
def test_what_is_said_and_holds(table: dict[str, Any], words: str, command: str) -> None:
    assert [row.command for row in own_keys(table)[0]] == [command]
    assert said(table) == [words]


@pytest.mark.parametrize("key", [key for row in BINDINGS for key in row.keys if key not in SAME])
def test_nothing_is_said_of_the_keys_of_the_tables(key: str) -> None:
    assert said({"reading": {key_name(key): "none"}}) == []
