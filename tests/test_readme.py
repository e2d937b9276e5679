"""The README says what the code does: its tables, and the keys that it names."""

import re
from collections.abc import Iterator

import pytest
from urwid.display import escape

from curses_client.binding import Context, KeySet
from curses_client.keymap import SECTIONS, command, commands
from tests.keyboard import sent, urwid_key
from tests.tables import README

# the sections with tables of keys for beginners, and where these keys are
TABLES: dict[str, tuple[Context, ...]] = {
    "Use": ("editor", "output"),
    "Writing": ("editor",),
    "Files and cells": ("editor", "output", "reading"),
    "Reading the output": ("reading",),
}
# what stands among keys and is none
PROSE = re.compile(r"mouse wheel|the mouse|Shift with the (?:arrows|mouse)|in the output")
BETWEEN = re.compile(r"[,;]? +")
NAMED = re.compile(r"(?<![\w-])(?:(?:(?:Ctrl|Alt|Shift)-)+(?:[A-Z][A-Za-z]+|[^\s`])|F\d+)")
# what is written by hand
TEXT = re.sub(r"<!-- begin .*?<!-- end \w+ -->", "", README.text, flags=re.DOTALL)
NAMES = sorted(set(NAMED.findall(TEXT)))
SETS: tuple[KeySet, ...] = ("emacs", "modern")
# words that say nothing of what a key does
SMALL = {"and", "the", "what", "that", "from", "with", "also", "its", "all", "this", "again", "for", "not", "then"}


def section(title: str) -> str:
    return README.text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(title: str) -> Iterator[tuple[str, str]]:
    """Yield the rows of a section's table of keys: the keys, and what they do."""
    table = section(title).partition("| key | what it does |\n|---|---|\n")[2].partition("\n\n")[0]
    for line in table.splitlines():
        keys, text = line.removeprefix("| ").removesuffix(" |").split(" | ")
        yield keys, text


def stems(text: str) -> set[str]:
    """Return the words of a text, told by their first letters."""
    return {word[:4] for word in re.findall("[a-z]{3,}", text.lower()) if word not in SMALL}


ROWS = [(contexts, keys, text) for title, contexts in TABLES.items() for keys, text in rows(title)]


def test_tables_are_those_of_the_code() -> None:
    assert README.anew == README.text, "write them anew: python -m tests.tables"


def test_every_place_has_its_table() -> None:
    assert [title for title in SECTIONS.values() if f"<summary>{title}: " not in section("Keys and settings")] == []


def test_the_sections_have_their_tables() -> None:
    assert {title: bool(list(rows(title))) for title in TABLES} == dict.fromkeys(TABLES, True)


@pytest.mark.parametrize(("contexts", "keys", "text"), ROWS, ids=[keys for _, keys, _ in ROWS])
def test_a_key_does_what_its_row_says(contexts: tuple[Context, ...], keys: str, text: str) -> None:
    for name in filter(None, BETWEEN.split(PROSE.sub("", keys).strip(" ,;"))):
        key = urwid_key(name.strip("`"))
        assert key is not None, name
        names = [found for context in contexts if (found := command(context, key))]
        assert names, f"{name} does nothing there"
        helps = [commands()[found].help for found in names]
        assert any(stems(each) & stems(text) for each in helps), f"{name}: {helps}"


@pytest.mark.parametrize("name", NAMES)
def test_a_key_that_is_named_does_something(name: str) -> None:
    key = urwid_key(name)
    assert key is not None
    assert any(command(context, key, keys) for context in SECTIONS for keys in SETS)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_terminal_sends_for_a_key_is_that_key(name: str) -> None:
    decoded, rest = escape.process_keyqueue(list(sent(name).encode()), False)
    assert (decoded, rest) == ([urwid_key(name)], [])
