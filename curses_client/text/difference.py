"""In which lines two texts differ."""

from curses_client.text.buffer import Change

_CHUNK = 256

Lines = tuple[str, ...]


def difference(old: Lines, new: Lines, change: Change | None = None) -> tuple[int, int]:
    """Return how many lines two texts have in common at their beginnings, and then how many at their ends.

    A `change`, as in a `Buffer`, tells lines that need not be compared if it was made to the old text.
    """
    head = tail = 0
    if change is not None and change[0] is old:
        _, head, tail = change
    size = min(len(old), len(new))
    head = _common_head(old, new, head, size)
    return head, _common_tail(old, new, min(tail, size - head), size - head)


def _common_head(old: Lines, new: Lines, head: int, most: int) -> int:
    """Count the equal lines from `head` on: by slices 100 us for 10,000 lines, where a loop takes 500."""
    while head < most and old[head : head + _CHUNK] == new[head : head + _CHUNK]:
        head += _CHUNK
    while head < most and old[head] == new[head]:
        head += 1
    return min(head, most)


def _common_tail(old: Lines, new: Lines, tail: int, most: int) -> int:
    """Count the equal lines before the last `tail` ones, at most `most`."""
    last, end = len(old), len(new)
    while tail + _CHUNK <= most and old[last - tail - _CHUNK : last - tail] == new[end - tail - _CHUNK : end - tail]:
        tail += _CHUNK
    while tail < most and old[last - tail - 1] == new[end - tail - 1]:
        tail += 1
    return tail
