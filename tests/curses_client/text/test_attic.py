"""Bytes that are kept on the disk, and what becomes of them when the disk refuses."""

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.text import attic as module
from curses_client.text.attic import Attic, default_attic

LARGE = 1 << 18
checked = settings(max_examples=60, deadline=None)


def chunk(number: int, length: int = 10_000) -> bytes:
    return Random(number).randbytes(length)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """Yield a directory on a disk of 1 MB."""
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", tmp_path], check=False).returncode:
        pytest.skip("only root may mount")
    yield tmp_path
    subprocess.run(["umount", "-l", tmp_path], check=True)


def test_what_is_put_comes_back(tmp_path: Path) -> None:
    attic = Attic(tmp_path)
    tickets = [attic.put(chunk(number)) for number in range(100)]
    assert attic.on_disk > 700_000
    assert attic.in_memory < LARGE
    assert [attic.get(ticket) for ticket in tickets] == [chunk(number) for number in range(100)]
    assert len(attic) == 100


def test_nothing_is_written_until_there_is_much(tmp_path: Path) -> None:
    attic = Attic(tmp_path)
    for number in range(1000):
        attic.free(attic.put(chunk(number)))
    assert (len(attic), attic.in_memory, attic.on_disk) == (0, 0, 0)


def test_the_file_has_no_name_and_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for directory in (tmp_path / "new" / "cshell", tmp_path):
        attic = Attic(directory)
        ticket = attic.put(bytes(LARGE))
        assert os.fstat(attic._file).st_mode & 0o777 == 0o600
        assert not os.get_inheritable(attic._file)
        assert os.fstat(attic._file).st_nlink == 0
        assert [path for path in directory.iterdir() if path.is_file()] == []
        assert attic.get(ticket) == bytes(LARGE)
        # where the file system cannot make files without a name
        monkeypatch.setattr(os, "O_TMPFILE", 0)
    assert (tmp_path / "new" / "cshell").stat().st_mode & 0o777 == 0o700


def test_the_file_goes_with_the_attic(tmp_path: Path) -> None:
    attic = Attic(tmp_path)
    attic.put(bytes(LARGE))
    file = attic._file
    del attic
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(file)


@pytest.mark.parametrize("keeps", [True, False])
def test_freed_space_is_used_again(tmp_path: Path, keeps: bool) -> None:
    attic = Attic(tmp_path)
    kept = attic.put(bytes(LARGE)) if keeps else 0
    sizes = Random(0)
    for _ in range(300):
        tickets = [attic.put(bytes(sizes.randrange(7_000, 12_000))) for _ in range(40)]
        for ticket in tickets:
            attic.free(ticket)
    # about three times what was there at once: each size of extent has its own peak
    assert attic.on_disk <= keeps * LARGE + 1_500_000
    if keeps:
        assert attic.get(kept) == bytes(LARGE)
    else:
        assert attic._end == 0


def test_an_empty_attic_takes_no_room(tmp_path: Path) -> None:
    attic = Attic(tmp_path)
    tickets = [attic.put(bytes(LARGE)) for _ in range(4)]
    assert attic.on_disk == 4 * LARGE
    for ticket in tickets:
        attic.free(ticket)
    assert (attic.on_disk, len(attic)) == (0, 0)
    ticket = attic.put(chunk(1, LARGE))
    assert attic.get(ticket) == chunk(1, LARGE)


@pytest.mark.parametrize("length", [0, 1, 1023, 1024, 1025, 5000, 1 << 20, (1 << 20) + 1])
def test_extents_are_large_enough_and_not_much_larger(length: int) -> None:
    size = module._extent_size(length)
    assert max(length, 1024) <= size <= max(length, 1024) * 1.25 + 1
    assert module._extent_size(size) == size


def test_unknown_tickets(tmp_path: Path) -> None:
    attic = Attic(tmp_path)
    ticket = attic.put(b"x")
    attic.free(ticket)
    for act in (attic.get, attic.free):
        with pytest.raises(KeyError):
            act(ticket)


@checked
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3000)), max_size=60), st.sampled_from([1, 500, 5000]))
def test_like_a_dictionary(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int]], buffer: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BUFFER", buffer)
        attic = Attic(tmp_path_factory.getbasetemp())
        kept: dict[int, bytes] = {}
        for number, (kind, length) in enumerate(steps):
            if kind or not kept:
                kept[attic.put(chunk(number, length))] = chunk(number, length)
            else:
                ticket = sorted(kept)[length % len(kept)]
                attic.free(ticket)
                del kept[ticket]
            assert {ticket: attic.get(ticket) for ticket in kept} == kept
            assert len(attic) == len(kept)
            assert attic.in_memory <= buffer
        extents = sorted((start, start + module._extent_size(length)) for start, length in attic._places.values())
        assert all(one[1] <= other[0] for one, other in pairwise(extents))


# ---- disks that refuse -------------------------------------------------------------------------------------------


def assert_in_memory(attic: Attic) -> None:
    tickets = [attic.put(chunk(number)) for number in range(200)]
    assert attic.in_memory == 200 * 10_000
    assert [attic.get(ticket) for ticket in tickets] == [chunk(number) for number in range(200)]
    for ticket in tickets:
        attic.free(ticket)
    assert (len(attic), attic.in_memory) == (0, 0)


def test_without_a_directory_all_is_in_memory(tmp_path: Path) -> None:
    assert_in_memory(Attic(None))
    (tmp_path / "file").touch()
    assert_in_memory(Attic(tmp_path / "file"))
    assert_in_memory(Attic(tmp_path / "file" / "below"))


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
def test_what_the_disk_refuses_stays_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    tries = []

    def refuse(*_: object) -> int:
        tries.append(code)
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "pwrite", refuse)
    attic = Attic(tmp_path)
    assert_in_memory(attic)
    assert len(tries) <= 2, "a disk that refuses is left alone for a while"


def test_a_full_disk_takes_what_it_can(small: Path) -> None:
    attic = Attic(small)
    filler = small / "filler"
    filler.write_bytes(bytes(500_000))
    tickets = [attic.put(chunk(number)) for number in range(200)]
    assert 1_400_000 < attic.in_memory < 1_600_000
    assert [attic.get(ticket) for ticket in tickets] == [chunk(number) for number in range(200)]
    # once there is room again it takes more, when so much has come that it is asked again
    filler.unlink()
    for ticket in tickets[80:]:
        attic.free(ticket)
    large = attic.put(bytes(9 << 20))
    assert attic.in_memory == 9 << 20
    attic.free(large)
    assert [attic.get(ticket) for ticket in tickets[:80]] == [chunk(number) for number in range(80)]


LIMITED = """
import resource, sys
from pathlib import Path
from random import Random
from curses_client.text.attic import Attic
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
attic = Attic(Path(sys.argv[1]))
chunks = [Random(number).randbytes(10_000) for number in range(100)]
tickets = [attic.put(data) for data in chunks]
assert [attic.get(ticket) for ticket in tickets] == chunks
print(attic.on_disk, attic.in_memory)
"""


def test_a_limit_on_the_size_of_files(tmp_path: Path) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    done = subprocess.run([sys.executable, "-c", LIMITED, tmp_path], capture_output=True, text=True, check=True)
    on_disk, in_memory = map(int, done.stdout.split())
    assert 250_000 <= on_disk <= 300_000
    assert in_memory >= 700_000


def test_a_disk_that_forgets_is_told_of(tmp_path: Path) -> None:
    attic = Attic(tmp_path)
    ticket = attic.put(chunk(0, LARGE))
    os.ftruncate(attic._file, LARGE // 2)
    with pytest.raises(OSError, match="Input/output error"):
        attic.get(ticket)


def test_a_forked_child_reads_but_does_not_write(tmp_path: Path) -> None:
    attic = Attic(tmp_path)
    tickets = [attic.put(chunk(number)) for number in range(100)]
    child = os.fork()
    if not child:
        kept = attic.get(tickets[0]) == chunk(0)
        for ticket in tickets:
            attic.free(ticket)
        own = [attic.put(bytes(10_000)) for _ in range(100)]
        os._exit(0 if kept and attic.in_memory == 1_000_000 and attic.get(own[0]) == bytes(10_000) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert [attic.get(ticket) for ticket in tickets] == [chunk(number) for number in range(100)]


# ---- the process's own ---------------------------------------------------------------------------------------------


def test_the_default_is_in_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = default_attic.__wrapped__
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert make()._directory == tmp_path / "cache" / "cshell"
    assert (tmp_path / "cache" / "cshell").stat().st_mode & 0o777 == 0o700
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert make()._directory == tmp_path / ".cache" / "cshell"


def test_the_default_without_a_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert default_attic.__wrapped__()._directory == tmp_path
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("tempfile._candidate_tempdir_list", list)
    assert_in_memory(default_attic.__wrapped__())
