"""The programs that are measured: how each is started, and how its prompt, results and states look.

The patterns are looked for in the text that a program writes, without escape sequences.
"""

import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Restart:
    """How a kernel is restarted: keys in turn, each with what the screen shows before the next are pressed.

    After `confirm` there is no other question, and `done` is what is written when the new kernel takes cells.
    """

    ask: tuple[tuple[str, str], ...]
    confirm: str
    done: str


@dataclass(frozen=True, slots=True)
class Program:
    """An interactive program.

    `prompt` is the first sign of a prompt, `idle` what is written when nothing runs any more, `rests` how the screen
    looks then.  `result` is how the value of an expression is written, with a place for it.  `dead` is what tells
    that the kernel is gone; None where there is no kernel apart.  `run` are keys that run a cell in every case.
    `end` is a command that ends what a killed client leaves behind.
    """

    name: str
    package: str
    command: tuple[str, ...]
    prompt: str
    idle: str
    rests: str
    result: str
    dead: str | None = None
    restart: Restart | None = None
    end: tuple[str, ...] | None = None
    run: str = "\x1b\r"

    @property
    def is_installed(self) -> bool:
        """Whether it is there, in this environment."""
        return Path(sys.executable).with_name(self.command[0]).exists()


_IN: Final = r"In \[\d+\]: "
# the last thing on the screen
_IN_RESTS: Final = r"^In \[\d+\]:\s*\Z"
_OUT: Final = r"Out\[\d+\]: *{}\b"

CSHELL: Final = Program(
    "cshell",
    "cshell",
    ("cshell",),
    prompt=r"In \[1\]",
    idle="○ idle",
    rests="^ ○ idle",
    result=r"╰ {}\b",
    dead="✗ dead",
    restart=Restart((("\x1b[20~", "Restart the kernel"),), "y", done="kernel restarted"),
    # its session has the name of the working directory
    end=("cshell", "kill", "work"),
)
IPYTHON: Final = Program("ipython", "ipython", ("ipython",), prompt=_IN, idle=_IN, rests=_IN_RESTS, result=_OUT)
JUPYTER_CONSOLE: Final = Program(
    "jupyter console",
    "jupyter_console",
    ("jupyter-console",),
    prompt=_IN,
    idle=_IN,
    rests=_IN_RESTS,
    result=_OUT,
    dead=r"(?i)kernel.{0,20}(died|dead|restart)",
)
EUPORIE: Final = Program(
    "euporie",
    "euporie",
    # with more than one kernel installed it would ask which
    ("euporie-console", "--kernel-name", "python3"),
    prompt=_IN,
    idle="○",
    rests="▌○▐$",
    result=_OUT,
    dead="Kernel connection lost",
    restart=Restart((("\x1b:", r"^ ⚈ :"), ("restart-kernel\r", "want to restart the kernel")), "\r", done="○"),
)
PROGRAMS: Final = (CSHELL, IPYTHON, JUPYTER_CONSOLE, EUPORIE)
# the kernels that are measured without a client
KERNEL: Final = "cshell"
IPYKERNEL: Final = "ipykernel"
# the modules that the kernels are started by
KERNEL_MODULES: Final = {IPYKERNEL: "ipykernel_launcher"}
# the columns of the table
COLUMNS: Final = (*(program.name for program in PROGRAMS), *KERNEL_MODULES)


def installed() -> set[str]:
    """Return the columns whose program is there."""
    found = {program.name for program in PROGRAMS if program.is_installed}
    return found | {name for name, module in KERNEL_MODULES.items() if find_spec(module) is not None}


def versions() -> str:
    """Return what is compared, with versions."""
    packages = {program.name: program.package for program in PROGRAMS} | {name: name for name in KERNEL_MODULES}
    parts = []
    for name, package in packages.items():
        try:
            parts.append(f"{name} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(parts)
