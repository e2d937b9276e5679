"""A journal's files read while another process could write them."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.protocol.records import CURRENT, JournalFiles, number_of, older_name


def line(number: int, size: int = 0) -> bytes:
    return json.dumps({"seq": number, "text": "x" * size}, separators=(",", ":")).encode() + b"\n"


def write(directory: Path, *files: list[int], size: int = 0) -> JournalFiles:
    """Write files of records with these numbers; the last one is the current one."""
    for numbers in files[:-1]:
        (directory / older_name(numbers[0])).write_bytes(b"".join(line(number, size) for number in numbers))
    (directory / CURRENT).write_bytes(b"".join(line(number, size) for number in files[-1]))
    return JournalFiles(directory)


def numbers(data: bytes) -> list[int]:
    return [number_of(one) for one in data.splitlines()]


def everything(files: JournalFiles, limit: int, after: int = 0) -> list[int]:
    found: list[int] = []
    while data := files.read(found[-1] if found else after, limit):
        found += numbers(data)
    return found


@pytest.mark.parametrize("text", [b"", b"{", b'{"seq":', b'{"seq":x,', b'{"sequel":5,', b"5"])
def test_no_record(text: bytes) -> None:
    assert number_of(text) == 0


def test_nothing_there(tmp_path: Path) -> None:
    for files in (JournalFiles(tmp_path), JournalFiles(tmp_path / "missing")):
        assert (files.first, files.last, files.size, files.read(0, 100), files.tail(100)) == (0, 0, 0, b"", 0)


def test_several_files(tmp_path: Path) -> None:
    files = write(tmp_path, [3, 4, 5], [6, 9], [10, 11])
    assert (files.first, files.last) == (3, 11)
    assert everything(files, 1 << 20) == [3, 4, 5, 6, 9, 10, 11]
    assert numbers(files.read(6, 1)) == [9]
    # 7 and 8 were lost
    assert numbers(files.read(7, 1)) == [9]
    assert files.read(11, 100) == b""


def test_an_empty_current_file(tmp_path: Path) -> None:
    files = write(tmp_path, [1, 2], [])
    assert (files.first, files.last) == (1, 2)
    assert everything(files, 10) == [1, 2]


def test_a_line_that_is_being_written(tmp_path: Path) -> None:
    files = write(tmp_path, [1, 2])
    with (tmp_path / CURRENT).open("ab") as file:
        file.write(line(3)[:-3])
        file.flush()
        assert (files.last, everything(files, 1 << 20)) == (2, [1, 2])
        file.write(line(3)[-3:])
        file.flush()
        assert numbers(files.read(2, 100)) == [3]


def test_a_reader_goes_on_through_a_rotation(tmp_path: Path) -> None:
    files = write(tmp_path, [1, 2])
    assert numbers(files.read(0, 1)) == [1]
    os.rename(tmp_path / CURRENT, tmp_path / older_name(1))
    (tmp_path / CURRENT).write_bytes(line(3))
    assert numbers(files.read(1, 100)) == [2]
    assert numbers(files.read(2, 100)) == [3]


def test_a_reader_whose_file_is_gone_goes_on_in_the_next(tmp_path: Path) -> None:
    files = write(tmp_path, [1, 2], [3, 4])
    assert numbers(files.read(0, 1)) == [1]
    (tmp_path / older_name(1)).unlink()
    assert numbers(files.read(1, 100)) == [3, 4]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 90_000)), min_size=1, max_size=12),
    st.sets(st.integers(0, 11)),
    st.integers(1, 200_000),
    st.integers(0, 40),
)
def test_every_record_behind_a_number_is_found(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[int, int]],
    cuts: set[int],
    limit: int,
    after: int,
) -> None:
    directory = tmp_path_factory.mktemp("journal")
    number, written, file = 0, [], b""
    for index, (step, size) in enumerate(steps):
        number += step
        written.append(number)
        file += line(number, size)
        if index in cuts:
            (directory / older_name(number_of(file))).write_bytes(file)
            file = b""
    (directory / CURRENT).write_bytes(file)
    files = JournalFiles(directory)
    assert everything(files, limit, after) == [number for number in written if number > after]
    assert files.last == written[-1]
    tail = files.tail(limit)
    assert tail < written[-1]
