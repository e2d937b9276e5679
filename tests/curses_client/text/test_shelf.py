"""What is kept uncompressed, what is not, and that nothing is kept for longer than it is needed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from curses_client.text.archive import LOST, Archive
from curses_client.text.attic import Attic
from curses_client.text.shelf import Shelf

LINES = [f"line {number} é" for number in range(1000)]
TEXT = "\n".join(LINES)


def shelf_of(tmp_path: Path, fresh: int = 50_000) -> tuple[Shelf, Attic]:
    attic = Attic(tmp_path)
    return Shelf(attic, fresh), attic


def test_the_newest_are_not_compressed(tmp_path: Path) -> None:
    shelf, attic = shelf_of(tmp_path)
    tickets = [shelf.put(f"{number}\n{TEXT}") for number in range(20)]
    assert shelf._size <= 50_000
    assert len(shelf) == 20
    assert len(attic) == 20 - len(shelf._fresh) > 10
    for number, ticket in enumerate(tickets):
        assert shelf.text(ticket) == f"{number}\n{TEXT}"
        assert shelf.lines(ticket) == [str(number), *LINES]


def test_what_is_discarded_is_gone(tmp_path: Path) -> None:
    shelf, attic = shelf_of(tmp_path)
    tickets = [shelf.put(TEXT) for _ in range(20)]
    for ticket in (tickets[0], tickets[-1]):
        shelf.lines(ticket)
    shelf.discard(tickets)
    assert (len(shelf), len(attic), shelf._size, shelf._texts, shelf._lines) == (0, 0, 0, {}, {})


@pytest.mark.parametrize(("characters", "count"), [(1 << 24, 8), (7 * len(TEXT), 2)])
def test_some_texts_are_kept_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, characters: int, count: int
) -> None:
    monkeypatch.setattr("curses_client.text.shelf._READY_CHARACTERS", characters)
    shelf, _ = shelf_of(tmp_path)
    tickets = [shelf.put(TEXT) for _ in range(20)]
    for _ in range(2):
        assert shelf.lines(tickets[3]) is shelf.lines(tickets[3])
        assert shelf.lines(tickets[3]) is not shelf.lines(tickets[4])
    for ticket in tickets[:-1]:
        shelf.lines(ticket)
    shelf.lines(shelf.put("\n".join([TEXT] * 6)))
    assert (len(shelf._texts), len(shelf._lines)) == (count, count)


def test_a_finalizer_may_discard_at_any_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf, attic = shelf_of(tmp_path, fresh=0)
    first, second = shelf.put(TEXT), shelf.put(TEXT)
    put, get = attic.put, attic.get
    monkeypatch.setattr(attic, "put", lambda data: shelf.discard([first]) or put(data))
    shelf.put(TEXT)
    assert (len(shelf), len(attic)) == (2, 2)
    monkeypatch.setattr(attic, "get", lambda ticket: shelf.discard([second]) or get(ticket))
    assert shelf.text(second) == TEXT
    assert (len(shelf), len(attic)) == (1, 1)


def test_an_archive_leaves_nothing_behind(tmp_path: Path) -> None:
    shelf, attic = shelf_of(tmp_path)
    archive = Archive(shelf)
    for _ in range(20):
        archive.add(TEXT, len(LINES))
    assert archive.take() == LINES
    assert (len(archive), len(shelf)) == (19_000, 19)
    del archive
    assert (len(shelf), len(attic)) == (0, 0)


def test_reading_an_archive(tmp_path: Path) -> None:
    archive = Archive(shelf_of(tmp_path)[0])
    for first in range(0, 1000, 100):
        archive.add("\n".join(LINES[first : first + 100]), 100)
    for start, stop in ((0, 1000), (0, 100), (100, 200), (99, 101), (150, 160), (5, 5), (999, 1000)):
        assert archive.slice(start, stop) == LINES[start:stop]
        if start < stop:
            assert archive.text(start, stop) == "\n".join(LINES[start:stop])


@pytest.mark.parametrize("damage", ["forgotten", "changed"])
def test_what_the_disk_lost_is_shown_as_lost(tmp_path: Path, damage: str) -> None:
    shelf, attic = shelf_of(tmp_path, fresh=0)
    archive = Archive(shelf)
    # enough to be written, though compressed
    noise = os.urandom(200_000).hex()
    archive.add(f"{noise}\n{noise}\nc", 3)
    archive.add("d\ne", 2)
    archive.add(noise, 1)
    assert attic.on_disk
    if damage == "forgotten":
        os.ftruncate(attic._file, 1000)
    else:
        os.pwrite(attic._file, b"?" * 1000, 1000)
    assert archive.slice(1, 3) == [LOST] * 2
    assert archive.text(0, 3) == "\n".join([LOST] * 3)
    assert archive.take()


SESSION = """
import os, sys
from curses_client.text.lines import LineStore
stores = [LineStore() for _ in range(3)]
text = "".join(f"line {number} {number * 7919 % 10007} of some fifty characters, about\\n" for number in range(5000))
for _ in range(60):
    for store in stores:
        store.feed(text)
assert all(store.line(0) == store.line(295_000) == text.partition("\\n")[0] for store in stores)
paths = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
files = [os.readlink(path) for path in paths if os.path.islink(path)]
print([path for path in files if path.startswith(sys.argv[1])])
print(int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1_000_000)
"""


def test_the_processs_own(tmp_path: Path) -> None:
    environ = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", SESSION, tmp_path], capture_output=True, text=True, check=True, env=environ
    )
    files, megabytes = done.stdout.split("\n")[:2]
    assert files.count(str(tmp_path / "cshell")) == 1
    assert "(deleted)" in files
    # 50 MB of output, measured: 26 MB
    assert int(megabytes) < 60
    assert list((tmp_path / "cshell").iterdir()) == []
