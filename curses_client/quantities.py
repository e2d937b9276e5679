"""Numbers as people write them: lengths of time, bytes, and how many there are of something."""


def many(count: int, what: str) -> str:
    """Return how many there are of something: 1 line, 2,000 lines."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def age(seconds: float) -> str:
    """Return a length of time in its largest unit: 40 s, 12 min, 3 h, 2 d."""
    for length, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{int(max(seconds, 0))} s"


def size(number: int) -> str:
    """Return a number of bytes with its largest unit: 512 B, 64 KB, 1.4 GB."""
    value = float(number)
    for unit in ("B", "KB", "MB", "GB"):
        if value < 999.5:
            return f"{value:.0f} {unit}" if value >= 9.95 or unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def duration(seconds: float, *, whole: bool = False) -> str:
    """Return a length of time as people write it: 0.8s, 12s, 1m12s, 3h05m."""
    if seconds < 9.95 and not whole:
        return f"{seconds:.1f}s"
    total = int(seconds + (0 if whole else 0.05))
    if total < 60:
        return f"{total}s"
    if total < 3600:
        return f"{total // 60}m{total % 60:02d}s"
    return f"{total // 3600}h{total // 60 % 60:02d}m"
