"""The table of keys: nothing twice, nothing unknown, nothing out of reach."""

from collections import Counter

import pytest
from urwid.display import escape

from curses_client import commands, keymap, update
from curses_client.binding import Binding, Context, KeySet
from curses_client.events import Saved
from curses_client.keymap import BINDINGS, KEY_SETS, SECTIONS, bindings, bound, help_lines, key_name, keys_of, vi_lines
from curses_client.options import Options
from curses_client.themes.choice import CHOICES
from tests.curses_client.support import Client, Journal

CONTEXTS = list(SECTIONS)
SETS = list(KEY_SETS)


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("keys", SETS)
def test_no_key_is_there_twice(context: Context, keys: KeySet) -> None:
    for rows in (bindings(keys), KEY_SETS[keys]):
        found = Counter(key for row in rows if row.context == context for key in row.keys)
        assert [key for key, count in found.items() if count > 1] == []


def test_every_context_has_a_heading() -> None:
    assert {binding.context for binding in BINDINGS} == set(SECTIONS)


@pytest.mark.parametrize("keys", SETS)
def test_a_binding_runs_a_command_that_exists(keys: KeySet) -> None:
    for row in bindings(keys):
        assert row.command in commands.COMMANDS
        for key in row.keys:
            assert keymap.command(row.context, " " if key == "space" else key, keys) == row.command


@pytest.mark.parametrize("keys", SETS)
def test_a_set_leaves_no_command_without_a_key(keys: KeySet) -> None:
    assert {(row.context, row.command) for row in BINDINGS} <= {(row.context, row.command) for row in bindings(keys)}


def test_a_set_takes_keys_from_the_common_table_and_keeps_the_rest() -> None:
    found = {row.command: row.keys for row in bindings("modern") if row.context == "editor"}
    assert found["select-all"] == ("ctrl a",)
    assert found["home"] == ("home",)
    assert found["word-left"] == ("meta b", "ctrl left", "meta left")
    assert keymap.command("editor", "ctrl a") == "home"


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_every_command_is_in_the_table_with_its_help(name: str) -> None:
    row = keymap.commands()[name]
    assert row.help
    assert not row.help.endswith(".")
    assert row.help[0] == row.help[0].lower() or row.help.split()[0].isupper()


def test_every_command_of_the_table_exists() -> None:
    assert keymap.commands().keys() == commands.COMMANDS.keys()


def test_every_command_can_be_reached() -> None:
    by_key = {row.command for keys in SETS for row in bindings(keys) if row.keys}
    asked = []
    stack = {"signal": "SIGSEGV", "stack": "Fatal Python error"}
    died = Client(journal=Journal().session().cell("a", "1").add("kernel_died", reason="it did", **stack))
    for question in (commands.ask_restart, commands.ask_leave):
        state, _ = question(died.state)
        assert state.question is not None
        asked += [choice.command for choice in state.question.choices]
    replacing = Client("x").press("meta %", "x", "enter", "y", "enter").state.question
    assert replacing is not None
    asked += [choice.command for choice in replacing.choices]
    exists = Client().send(Saved("x", exists=True)).state.question
    assert exists is not None
    asked += [choice.command for choice in exists.choices]
    deleting = Client("x").press("meta enter", "ctrl r", "meta d").state.question
    assert deleting is not None
    asked += [choice.command for choice in deleting.choices]
    ends = Client("exit()").press("enter").state.question
    assert ends is not None
    asked += [choice.command for choice in ends.choices]
    elsewhere = {"wheel-up", "wheel-down", "reload-configuration", "help", "next-theme", "first-steps"}
    elsewhere |= {f"theme-{name}" for name in CHOICES} | {f"keys-{name}" for name in KEY_SETS}
    # of files, in tests/curses_client/files
    elsewhere |= {"file-save-over", "file-reload", "file-save-and-close", "file-drop", "file-recover", "file-forget"}
    elsewhere |= {"file-save-all", "file-run-anyway"}
    # where the kernel has stopped, in tests/curses_client/breakpoints
    elsewhere |= {"breakpoint-condition", "breakpoints-clear", "debugger"}
    assert set(commands.COMMANDS) - by_key - set(asked) == elsewhere
    assert {*asked, *elsewhere} <= set(commands.COMMANDS)


def test_keys_of_the_editor_do_not_hide_keys_that_work_everywhere() -> None:
    everywhere = {key for binding in BINDINGS if binding.context == "output" for key in binding.keys}
    for context in ("editor", "answer"):
        here = {key for binding in BINDINGS if binding.context == context for key in binding.keys}
        assert here & everywhere == set()


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"\r", "enter"),
        (b"\x1b\r", "meta enter"),
        (b"\x1b[27;5;13~", "ctrl enter"),
        (b"\x1b[13;5u", "ctrl enter"),
        (b"\x1b[13;2u", "shift enter"),
        (b"\t", "tab"),
        (b"\x1b[Z", "shift tab"),
        (b"\x0f", "ctrl o"),
        (b"\x7f", "backspace"),
        (b"\x1b\x7f", "meta backspace"),
        (b"\x17", "ctrl w"),
        (b"\x1f", "ctrl _"),
        (b"\x1b[5~", "page up"),
        (b"\x1b[6;5~", "ctrl page down"),
        (b"\x1b[1;3A", "meta up"),
        (b"\x1b[1;5B", "ctrl down"),
        (b"\x1b[1;5D", "ctrl left"),
        (b"\x1b[1;2C", "shift right"),
        (b"\x1b[1;2H", "shift home"),
        (b"\x1b[1;5H", "ctrl home"),
        (b"\x1b[1;3F", "meta end"),
        (b"\x1bOP", "f1"),
        (b"\x1bOQ", "f2"),
        (b"\x1b[20~", "f9"),
        (b"\x1b[21~", "f10"),
        (b"\x1b", "esc"),
        (b"\x03", "ctrl c"),
        (b"\x04", "ctrl d"),
        (b"\x1a", "ctrl z"),
        (b"\x0c", "ctrl l"),
        (b"\x1bb", "meta b"),
        (b"\x1b<", "meta <"),
        (b"\x1b_", "meta _"),
        (b"\x00", "<0>"),
        (b"\x1d", "ctrl ]"),
        (b"\x1b[1;4A", "shift meta up"),
        (b"\x1b[1;6B", "shift ctrl down"),
        (b"\x1b[1;6D", "shift ctrl left"),
        (b"\x1b[3;2~", "shift delete"),
        (b"\x1b;", "meta ;"),
        (b"\x1b{", "meta {"),
        (b"\x1b%", "meta %"),
        (b"\x1bP", "meta P"),
    ],
)
def test_what_terminals_send_is_in_the_table(data: bytes, key: str) -> None:
    decoded, rest = escape.process_keyqueue(list(data), False)
    assert (decoded, rest) == ([key], [])
    assert any(keymap.command(context, key) for context in CONTEXTS)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("a", "a"),
        ("q", "q"),
        ("enter", "Enter"),
        ("ctrl left", "Ctrl-Left"),
        ("ctrl c", "Ctrl-C"),
        ("ctrl _", "Ctrl-_"),
        ("meta f", "Alt-F"),
        ("meta <", "Alt-<"),
        ("meta enter", "Alt-Enter"),
        ("meta backspace", "Alt-Backspace"),
        ("page up", "PageUp"),
        ("ctrl page down", "Ctrl-PageDown"),
        ("meta page up", "Alt-PageUp"),
        ("shift tab", "Shift-Tab"),
        ("f10", "F10"),
        ("esc", "Esc"),
        ("space", "Space"),
        ("<0>", "Ctrl-Space"),
        ("ctrl Z", "Ctrl-Shift-Z"),
        ("meta ctrl z", "Alt-Ctrl-Z"),
        ("meta D", "Alt-Shift-D"),
    ],
)
def test_keys_are_written_as_people_write_them(key: str, name: str) -> None:
    assert key_name(key) == name


@pytest.mark.parametrize("keys", [keys for keys in SETS if keys != "vi"])
def test_the_help_has_every_binding_once(keys: KeySet) -> None:
    lines = help_lines(options=Options(keys=keys))
    assert [text for _, text in lines if text] == [
        row.help for context in SECTIONS for row in bindings(keys) if row.context == context and row.keys
    ]
    headings = [keys for keys, text in lines if keys and not text]
    assert headings == list(SECTIONS.values())


def test_the_help_of_vi_has_the_modes_and_no_key_that_they_hide() -> None:
    lines = help_lines(options=Options(keys="vi"))
    assert [line for line in vi_lines() if line not in lines] == []
    assert ("Ctrl-K", "cut to the end of the line") in lines
    assert {"ge", "Space", "+, Enter", "Ctrl-D", ":w", "i(, i), ib"} <= {names for names, _ in vi_lines()}
    before_modes = lines[: lines.index(("Vi: typing text", ""))]
    hidden = {"Alt-f", "Ctrl-W", "Ctrl-O", "Esc"}
    assert hidden & {name for names, _ in before_modes for name in names.split(", ")} == set()


def test_a_space_is_a_key_of_the_help_only() -> None:
    assert keymap.command("help", " ") == "help-page-down"
    assert keymap.command("editor", " ") is None


def test_what_narrows_the_matches_is_a_command() -> None:
    assert set(commands.COMMANDS) >= update._EDITING


OWN = (
    Binding(("f5",), "transpose", "editor", "swap two characters"),
    Binding(("ctrl t",), "", "editor", ""),
    Binding(("f9",), "", "editor", ""),
    Binding(("ctrl k",), "read", "output", "read the output"),
)


@pytest.mark.parametrize(
    ("key", "contexts", "name"),
    [
        ("f5", ("editor", "output"), "transpose"),
        ("f5", ("reading", "output"), "read-leave"),
        ("ctrl t", ("editor", "output"), None),
        ("f9", ("editor", "output"), None),
        ("f9", ("reading", "output"), "ask-restart"),
        ("ctrl k", ("editor", "output"), "read"),
        ("ctrl k", ("line",), "kill-line"),
        ("ctrl a", ("editor", "output"), "home"),
        ("meta c", ("editor", "output"), None),
    ],
)
def test_the_users_own_keys_come_first(key: str, contexts: tuple[Context, ...], name: str | None) -> None:
    assert bound(Options(bound=OWN), key, *contexts) == name


def test_the_help_has_the_users_own_keys() -> None:
    lines = help_lines(options=Options(bound=OWN))
    assert ("F5", "swap two characters") in lines
    assert not any(keys == "Ctrl-T" for keys, _ in lines)
    assert ("F5", "read the output: move in it, search, copy, open") in lines


@pytest.mark.parametrize(
    ("name", "options", "keys"),
    [
        ("transpose", Options(), ("Ctrl-T",)),
        ("transpose", Options(bound=OWN), ("F5",)),
        ("select-all", Options(keys="modern"), ("Ctrl-A",)),
        ("detach", Options(), ()),
    ],
)
def test_the_keys_of_a_command(name: str, options: Options, keys: tuple[str, ...]) -> None:
    assert keys_of(name, options, "editor", "output") == keys
