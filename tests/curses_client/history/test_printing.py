"""``cshell history``: entries in, lines out."""

import json
import time
from pathlib import Path

import pytest

from curses_client.history.entries import Entry
from curses_client.history.files import Files, directory_of
from curses_client.history.printing import as_json, chosen, entries, lines
from kernel.protocol.session import SessionError

PAST = (
    Entry("old"),
    Entry("x = 1", 1767268800.0, "one", "/", "here", "ipython3"),
    Entry("for i in x:\n\tprint(i)", 1767268860.0, "zwei-漢字", "/", "here", "ipython3"),
    Entry("a\x1b[2J\u202eb", 1767268920.0, "o\x1b[31mne", "/", "here", "bash"),
)


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curses_client.history.printing.localtime", time.gmtime)


def test_lines_to_read() -> None:
    assert lines(PAST) == [
        "                             old",
        "2026-01-01 12:00  one        x = 1",
        "2026-01-01 12:01  zwei-漢字  for i in x:",
        "                              print(i)",
        "2026-01-01 12:02  one        a<U+202E>b",
    ]


def test_json_has_all_of_it() -> None:
    assert [Entry(**values) for values in json.loads(as_json(PAST))] == list(PAST)


@pytest.mark.parametrize(
    ("session", "pattern", "count", "expected"),
    [
        (None, None, None, [0, 1, 2, 3]),
        ("one", None, None, [1]),
        (None, "PRINT", None, []),
        (None, "print", None, [2]),
        (None, "OLD|old", None, [0]),
        (None, "^.print", None, [2]),
        (None, r"\S = \d", None, [1]),
        (None, None, "2", [2, 3]),
        (None, None, "99999999999", [0, 1, 2, 3]),
        ("one", "x", "1", [1]),
    ],
)
def test_what_is_wanted(session: str | None, pattern: str | None, count: str | None, expected: list[int]) -> None:
    assert chosen(PAST, session, pattern, count) == [PAST[place] for place in expected]


@pytest.mark.parametrize(
    ("pattern", "count", "sentence"),
    [
        ("(", None, "'(' is no regular expression: missing ), unterminated subpattern at position 0"),
        (None, "0", "'0' is no number of entries"),
        (None, "-3", "'-3' is no number of entries"),
        (None, "٣", "'٣' is no number of entries"),
        (None, "", "'' is no number of entries"),
    ],
)
def test_what_makes_no_sense(pattern: str | None, count: str | None, sentence: str) -> None:
    with pytest.raises(SessionError) as refused:
        chosen(PAST, None, pattern, count)
    assert str(refused.value) == sentence


def test_it_is_read_from_all_machines(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    assert entries(environ) == ()
    Files(directory_of(environ), "two").append([Entry("b", 2.0)], 10)
    Files(directory_of(environ), "one").append([Entry("a", 1.0), Entry("c", 3.0)], 10)
    assert [entry.text for entry in entries(environ)] == ["a", "b", "c"]
