"""Streams to feed stores with, and how long to do so: CSHELL_FUZZ=seconds for each test."""

import os
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st

SECONDS: Final = float(os.environ.get("CSHELL_FUZZ") or 0)

# What programs have printed, shortened: tqdm, nested tqdm, pip, rich's live display, pytest, ls, ninja, apt, a table.
RECORDED: Final = (
    "\r  0%|          | 0/3 [00:00<?, ?it/s]\r 33%|###3      | 1/3 [00:00<00:00,  9.98it/s]\r100%|####| 3/3 [00:00]\n",
    "\router: 0%|  | 0/2\n\rinner: 0%|  | 0/2\x1b[A\n\rinner: 50%|#| 1/2\x1b[A\router: 50%|#| 1/2\n\r     \r\x1b[A\n",
    "Collecting a\n  Downloading a.whl (1 kB)\n\x1b[?25l     \x1b[90m----\x1b[0m \x1b[32m0.0/1.0 kB\x1b[0m \x1b[31m?\x1b[0m"
    "\r\x1b[2K     \x1b[90m----\x1b[0m \x1b[32m1.0/1.0 kB\x1b[0m\n\x1b[?25hInstalling\n",
    "\x1b[2Kone\n\x1b[2Ktwo\n\x1b[2A\x1b[2Kthree\n\x1b[2Kfour\x1b[1A\r\x1b[2K\x1b[1A\x1b[2Kdone\n",
    "\x1b[1m==== test session starts ====\x1b[0m\ncollected 2\n\na.py \x1b[32m.\x1b[0m\x1b[31mF\x1b[0m\x1b[31m [100%]\x1b[0m\n",
    "\x1b[0m\x1b[01;34mdir\x1b[0m  \x1b[01;32mrun\x1b[0m\tfile\n",
    "[1/9] cc a.c\x1b[K\r[2/9] cc b.c\x1b[K\r[9/9] ld\x1b[K\n",
    "\r0% [Working]\r            \rGet:1 x [5 kB]\n\r50% [1 x 2 kB/5 kB]\x1b[K\b\b\b\n",
    "name\tsize\n漢字\t12\ne\u0301\t3\n👩\u200d👩\u200d👧\t4\n🇩🇪\t5\nשלום\t6\n",
    "\x1b]8;;http://x.org\x1b\\link\x1b]8;;\x1b\\ \x1b]0;title\x07\x1bP1$r\x1b\\text\n",
)

TOKENS: Final = (
    *("a", "bc", "def ghi", "x" * 30, " ", "\n", "\r", "\b", "\t", "\r\n", "\n\n\n\n"),
    *("\x1b[31m", "\x1b[1m", "\x1b[0m", "\x1b[m", "\x1b[39m", "\x1b[48;5;9m", "\x1b[38:2::1:2:3m", "\x1b[7;4m"),
    *("\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[J", "\x1b[1J", "\x1b[2J", "\x1b[3J", "\x1b[H", "\x1b[2;3H"),
    *("\x1b[A", "\x1b[2A", "\x1b[99A", "\x1b[B", "\x1b[3B", "\x1b[C", "\x1b[9C", "\x1b[2000C", "\x1b[D", "\x1b[4D"),
    *("\x1b[E", "\x1b[2E", "\x1b[F", "\x1b[2F", "\x1b[G", "\x1b[7G", "\x1b[2000G", "\x1b[0A", "\x1b[00K"),
    *(
        "漢",
        "字漢",
        "\u0301",
        "e\u0301\u0302",
        "\u200d",
        "\ufe0f",
        "👩\u200d👩",
        "🇩",
        "🇪",
        "👍🏽",
        "\u0600",
        "क\u094dष",
    ),
    *("שלום", "\u202e", "\u2066", "\u200b", "\xad", "\ud800", "\udfff", "\ud83d\ude00", "\ufffd", "\x85", "\x9b31m"),
    *("\x1b]8;;http://x\x07", "\x1b]8;;\x1b\\", "\x1b]8;;bad:x\x07", "\x1b]0;t\x1b\\", "\x1b]52;c;?\x07"),
    *("\x1b", "\x1b[", "\x1b]", "\x1bP", "\x1b\\", "\x1b_", "\x1b[?", "\x1b[3", ";", "m", "8;;", "\x07", "\x9c"),
    *("\x1b7", "\x1b8", "\x1bc", "\x1bM", "\x1b(0", "\x1b#8", "\x1b[?25l", "\x1b[?1049h", "\x1b[4h", "\x1b[5;7r"),
    *("\x00", "\x0b", "\x0c", "\x0e", "\x18", "\x1a", "\x7f"),
)

streams: Final = st.lists(
    st.one_of(
        st.sampled_from(TOKENS),
        st.sampled_from(RECORDED),
        st.text(st.one_of(st.sampled_from("\x1b[]8;mAKJ\\\n\r\b\t\x07\ud800"), st.characters()), max_size=6),
    ),
    max_size=30,
).map("".join)
"""What a program may print: sense, nonsense, and sense cut up by nonsense."""


@st.composite
def mutated(draw: st.DrawFn, texts: tuple[str, ...] = RECORDED, pieces: tuple[str, ...] = TOKENS) -> str:
    """Draw what programs have printed, with parts of it left out, doubled, exchanged or put in."""
    text = "".join(draw(st.lists(st.sampled_from(texts), min_size=1, max_size=3)))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text)))
        stop = min(start + draw(st.integers(0, 12)), len(text))
        kind = draw(st.sampled_from(["drop", "double", "move", "put"]))
        middle = {"drop": "", "double": text[start:stop] * 2, "put": draw(st.sampled_from(pieces))}.get(kind)
        rest = text[stop:]
        text = text[:start] + rest + text[start:stop] if middle is None else text[:start] + middle + rest
    return text


def cut(text: str, places: list[int]) -> list[str]:
    """Return the text in pieces, cut at these places of it (modulo its length)."""
    bounds = sorted({place % (len(text) + 1) for place in places} | {0, len(text)})
    return [text[start:stop] for start, stop in pairwise(bounds)]


places: Final = st.lists(st.integers(0, 5000), max_size=12)


def examples(count: int) -> settings:
    """Return settings for a test of so many examples: ten times as many at a time if it is to run for long."""
    return settings(max_examples=count * 10 if SECONDS else count, deadline=None, database=None)


def repeated(test: Callable[[], None]) -> None:
    """Run a test of Hypothesis once, or as often as there is time for."""
    end = time.monotonic() + SECONDS
    test()
    while time.monotonic() < end:
        test()
