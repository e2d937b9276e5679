"""What the worker and its children use of the machine, read from /proc (Linux), by psutil elsewhere."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kernel.protocol.messages import UsageReply
from kernel.supervisor.autopsy import group

_PROC: Final = Path("/proc")
# of a line in /proc/PID/stat, behind the name: parent, user and system time (proc(5))
_PARENT: Final = 1
_TIMES: Final = (11, 12)


@dataclass
class Usage:
    """Measures; percentages are of the time since the last question."""

    _asked: float | None = None
    _worker_ticks: dict[int, int] = field(default_factory=dict)
    _host_ticks: tuple[int, int] | None = None

    def reply(self, pid: int | None) -> UsageReply:
        """Return the answer to a `usage_request` about the worker `pid`."""
        known: dict[str, Any] = {"hostname": socket.gethostname(), "pid": pid or 0, "cpu_count": os.cpu_count()}
        if pid is not None and (_PROC / "self" / "stat").exists():
            known |= self._from_proc(pid)
        elif pid is not None:
            known |= _from_psutil(pid)
        return UsageReply(**known)

    def _from_proc(self, pid: int) -> dict[str, Any]:
        now = time.monotonic()
        family = dict(_family(pid))
        known: dict[str, Any] = {"kernel_memory": sum(map(_memory, family)), "host_virtual_memory": _host_memory()}
        known["memory_limit"] = _limit(group())
        known["kernel_cpu"] = known["host_cpu_percent"] = 0.0
        idle, total = _host_ticks()
        if self._asked is not None and self._host_ticks is not None:
            seconds = max(now - self._asked, 1e-3)
            spent = sum(ticks - self._worker_ticks.get(process, 0) for process, ticks in family.items())
            known["kernel_cpu"] = round(100 * spent / os.sysconf("SC_CLK_TCK") / seconds, 1)
            passed = max(total - self._host_ticks[1], 1)
            known["host_cpu_percent"] = round(100 * (1 - (idle - self._host_ticks[0]) / passed), 1)
        self._asked, self._worker_ticks, self._host_ticks = now, family, (idle, total)
        return known


def _family(pid: int) -> Iterator[tuple[int, int]]:
    """Yield a process and all its descendants, each with the ticks that it ran."""
    children: dict[int, list[int]] = {}
    ticks: dict[int, int] = {}
    for entry in _PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        process = int(entry.name)
        children.setdefault(int(fields[_PARENT]), []).append(process)
        ticks[process] = sum(int(fields[index]) for index in _TIMES)
    left = [pid]
    while left:
        process = left.pop()
        if process in ticks:
            yield process, ticks[process]
        left += children.get(process, [])


def _memory(pid: int) -> int:
    """Return a process's share of memory in bytes: what it has in common with others counts in part (Pss)."""
    try:
        for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return int((_PROC / str(pid) / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _host_ticks() -> tuple[int, int]:
    """Return the ticks that the machine's processors were idle, and all."""
    values = [int(value) for value in (_PROC / "stat").read_text().split("\n", 1)[0].split()[1:9]]
    return values[3] + values[4], sum(values)


def _host_memory() -> dict[str, float]:
    lines = (line.split() for line in (_PROC / "meminfo").read_text().splitlines())
    found = {words[0].rstrip(":"): int(words[1]) * 1024 for words in lines if len(words) > 1}
    total, available = found.get("MemTotal", 0), found.get("MemAvailable", 0)
    free = found.get("MemFree", 0)
    percent = round(100 * (total - available) / total, 1) if total else 0.0
    return {"total": total, "available": available, "percent": percent, "used": total - available, "free": free}


def _limit(directory: Path) -> int | None:
    """Return the least that a control group or one around it may have, in bytes (cgroups(7), `memory.max`)."""
    limits = []
    for place in (directory, *directory.parents):
        try:
            limits.append(int((place / "memory.max").read_text()))
        except (OSError, ValueError):
            # the outermost group has no limit, and "max" is none
            continue
    return min(limits, default=None)


def _from_psutil(pid: int) -> dict[str, Any]:
    try:
        import psutil  # an extra, needed only where there is no /proc
    except ImportError:
        return {}
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        return {
            "kernel_cpu": sum(member.cpu_percent() for member in family),
            "kernel_memory": sum(member.memory_info().rss for member in family),
            "host_cpu_percent": psutil.cpu_percent(),
            "host_virtual_memory": dict(psutil.virtual_memory()._asdict()),
        }
    except psutil.Error:
        return {}
