"""Frames read from a reply, folded and counted."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.standing import SAMPLES, Frame, Spot, Standing, folded, frames_of, sampled_by
from curses_client.text.ansi import sanitise

PANDAS = "/venv/lib/python3.12/site-packages/pandas/core/frame.py"


def no_source(count: int, line: int) -> str:
    return ""


def own(line: int) -> Frame:
    return Frame("f", Spot(line, 1))


@pytest.mark.parametrize(
    ("file", "place", "package"),
    [
        ("<ipython-input-12-0a1b>", "In [12]:3", ""),
        ("/home/user/rides.py", "rides.py:3", ""),
        ("C:\\rides\\a.py", "a.py:3", ""),
        ("<string>", "<string>:3", ""),
        (PANDAS, "frame.py:3", "pandas"),
        ("/usr/lib/python3.12/json/decoder.py", "decoder.py:3", "json"),
        ("/x/kernel/worker/beside.py", "beside.py:3", "cshell"),
        ("/a/\x1b[31m\u202eb.py", "<U+202E>b.py:3", ""),
    ],
)
def test_what_users_call_a_place_and_whose_it_is(file: str, place: str, package: str) -> None:
    (frame,) = frames_of([{"file": file, "line": 3, "name": "f"}], no_source)
    assert (frame.spot.place, frame.package) == (place, package)


def test_the_line_of_a_cell_comes_from_the_cell_and_that_of_a_file_with_the_reply() -> None:
    found = [
        {"file": "/a.py", "line": 7, "name": "f", "source": "  g()\x07"},
        {"file": "<ipython-input-2-ab>", "line": 4, "name": "<module>", "source": "not this"},
    ]
    frames = frames_of(found, lambda count, line: f" line {line} of {count}")
    assert [frame.source for frame in frames] == ["line 4 of 2", "g()␇"]


def test_frames_of_libraries_stand_together() -> None:
    files = [PANDAS, PANDAS, "/a.py", "/usr/lib/python3.12/json/decoder.py", "<ipython-input-1-ab>"]
    found = [{"file": file, "line": 1, "name": f"f{number}"} for number, file in enumerate(files)]
    rows = folded(frames_of(found, no_source))
    assert [row if isinstance(row, str) else row.spot.place for row in rows] == [
        "In [1]:1",
        "1 frame in json: f3",
        "a.py:1",
        "2 frames in pandas: f0",
    ]


def test_shares_count_a_line_once_a_sample() -> None:
    standing = Standing()
    for lines in ([1, 2], [1, 2, 2], [1, 3], [1]):
        standing = sampled_by(standing, "c", tuple(map(own, lines)))
    assert {spot.line: share for spot, share in standing.shares.items()} == {1: 1.0, 2: 0.5, 3: 0.25}
    assert [(frame.spot.line, share) for frame, share in standing.hottest] == [(2, 0.5), (3, 0.25), (1, 0.25)]
    assert (standing.line_of(1), standing.line_of(2), standing.line_of(None)) == (1, None, None)


def test_libraries_are_nobodys_hot_spot() -> None:
    standing = sampled_by(Standing(), "c", (own(1), Frame("g", Spot(9, file=PANDAS), package="pandas")))
    assert [frame.spot.line for frame, _ in standing.hottest] == [1]


def test_half_a_minute_is_kept_of_one_cell() -> None:
    standing = Standing()
    for line in range(SAMPLES + 5):
        standing = sampled_by(standing, "c", (own(line),))
    assert (len(standing.samples), standing.samples[0][0].spot.line) == (SAMPLES, 5)
    assert len(sampled_by(standing, "d", (own(1),)).samples) == 1


JSON = st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3), max_leaves=5)
FRAMES = st.dictionaries(st.sampled_from(["file", "line", "name", "source"]), JSON) | JSON


@given(st.lists(FRAMES, max_size=5))
def test_whatever_a_kernel_says_is_read(found: list[Any]) -> None:
    frames = frames_of(found, no_source)
    shown = [text for frame in frames for text in (frame.name, frame.source, frame.spot.place)]
    assert [sanitise(text) for text in shown] == shown
    folded(frames)
