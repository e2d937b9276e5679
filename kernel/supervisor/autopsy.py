"""What is known of a worker's death: the signal, the stack, the memory, the last that it printed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kernel.protocol.messages import KernelDied
from kernel.supervisor.process import Death
from kernel.supervisor.queue import Cell

# characters of output that are kept for the report
_TAIL: Final = 2000
_LINES: Final = 10
# what of a cell's code a report repeats
_CODE: Final = 2000


class Autopsy:
    """Notes what a report will need while the worker lives."""

    def __init__(self) -> None:
        self._printed = ""
        self._kills = _oom_kills()

    def worker_started(self) -> None:
        """Begin with another worker."""
        self._printed = ""
        self._kills = _oom_kills()

    def printed(self, text: str) -> None:
        """Take in what the worker printed."""
        self._printed = text[-_TAIL:] if len(text) >= _TAIL else (self._printed + text)[-_TAIL:]

    def report(self, death: Death, stack: str, cell: Cell | None) -> KernelDied:
        """Return the report of a death that nobody asked for."""
        memory = None
        if death.signal == "SIGKILL" and _oom_kills() > self._kills:
            memory = "the system ran out of memory and killed it"
        reason = f"the kernel was ended by {death}"
        last = "\n".join(self._printed.splitlines()[-_LINES:])
        return KernelDied(
            reason=f"{reason}: {memory}" if memory else reason,
            signal=death.signal,
            exit_status=death.exit_status,
            cell=cell.msg_id if cell else None,
            stack=stack.strip() or None,
            memory=memory,
            peak=death.peak,
            last=last or None,
            code=cell.code[:_CODE] if cell is not None and cell.code is not None else None,
        )


def _oom_kills() -> int:
    """Return how often Linux has killed a process for want of memory, here and in this control group."""
    count = 0
    for path in (Path("/proc/vmstat"), group() / "memory.events"):
        try:
            lines = path.read_text().splitlines()
        except OSError:
            continue
        count += sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))
    return count


def group() -> Path:
    """Return this process's directory of control group version 2 (cgroups(7))."""
    root = Path("/sys/fs/cgroup")
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return root
    name = next((line[3:] for line in lines if line.startswith("0::")), "/")
    return root / name.lstrip("/")
