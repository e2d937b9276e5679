"""The names of cells' source files, which front ends with a debugger compute from a cell's text, as the kernel does."""

from __future__ import annotations

import inspect
import os
import stat
import struct
import tempfile
from types import TracebackType
from typing import Final

from IPython.core.compilerop import CachingCompiler

HASH_METHOD: Final = "Murmur2"
HASH_SEED: Final = 0xC70F6907
SUFFIX: Final = ".py"

_MULTIPLIER: Final = 0x5BD1E995
_WORD: Final = 0xFFFFFFFF
_PRIVATE: Final = 0o700


def temporary_prefix() -> str:
    """Return what the name of each cell's file in this process begins with.

    It is no constant because a process that was forked has one of its own.  Libraries and tracebacks know a cell by
    ``/ipykernel_N/``.
    """
    return os.path.join(tempfile.gettempdir(), f"ipykernel_{os.getpid()}", "")


def file_name(code: str) -> str:
    """Return the name of the file for a cell with the text `code`, whether or not it was written."""
    return f"{temporary_prefix()}{murmur2(code, HASH_SEED)}{SUFFIX}"


def is_cell(name: object) -> bool:
    """Whether a file's name is one that a cell was compiled under in this process."""
    return isinstance(name, str) and name.startswith(("<ipython-input-", temporary_prefix()))


def find_at_once(traceback: TracebackType | None) -> None:
    """Have `inspect` know which module the cells in a traceback belong to.

    It would look through all modules for each frame, and find none: of a recursion without end there are a thousand
    frames, of modules as many.
    """
    names = set()
    while traceback is not None:
        names.add(traceback.tb_frame.f_code.co_filename)
        traceback = traceback.tb_next
    for name in filter(is_cell, names):
        for known in (name, os.path.abspath(name)):
            inspect.modulesbyfile[known] = "__main__"


def murmur2(text: str, seed: int) -> int:
    """Return the 32-bit MurmurHash2 of a text in UTF-8."""
    data = text.encode("utf-8", "surrogatepass")
    length = len(data)
    value = seed ^ length
    for word in struct.unpack_from(f"<{length // 4}I", data):
        mixed = word * _MULTIPLIER & _WORD
        value = value * _MULTIPLIER & _WORD ^ ((mixed ^ mixed >> 24) * _MULTIPLIER & _WORD)
    if rest := data[length & ~3 :]:
        value = (value ^ int.from_bytes(rest, "little")) * _MULTIPLIER & _WORD
    value = (value ^ value >> 13) * _MULTIPLIER & _WORD
    return value ^ value >> 15


def write_cell(code: str) -> str:
    """Write a cell's text to its file, which only the user can read; return the file's name.

    Raises:
        OSError: it cannot be written, or somebody else's directory has the name.
    """
    name = file_name(code)
    directory = os.path.dirname(name)
    try:
        os.mkdir(directory, _PRIVATE)
    except FileExistsError:
        _claim(directory)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
    with open(os.open(name, flags, 0o600), "wb") as file:
        # the front end counts the lines of exactly this text
        file.write(code.encode("utf-8", "surrogatepass"))
    return name


def _claim(directory: str) -> None:
    """Use a directory that is there already.  Raises OSError when it is no directory of the user's."""
    found = os.lstat(directory)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise PermissionError(f"{directory} belongs to somebody else")
    if stat.S_IMODE(found.st_mode) != _PRIVATE:
        os.chmod(directory, _PRIVATE)


def remove_cells() -> None:
    """Remove the files that were written, and their directory."""
    prefix = temporary_prefix()
    try:
        _claim(prefix.rstrip(os.sep))
        for name in os.listdir(prefix):
            if name.endswith(SUFFIX):
                os.unlink(prefix + name)
        os.rmdir(prefix)
    except OSError:
        # there is none, or somebody else keeps something in it
        pass


class CellCompiler(CachingCompiler):  # type: ignore[misc]
    """Names cells as IPython does, and by their files once there is a debugger.

    The hash of a cell of 1 KB takes 50 to 90 µs, IPython's name takes 1.5.
    """

    def __init__(self) -> None:
        super().__init__()
        self._by_file = False
        self._texts: dict[str, str] = {}
        self._files: dict[str, str] = {}

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        """Return the name that the code objects of a cell get; `raw_code` is its text as the front end has it."""
        if self._by_file:
            return file_name(raw_code)
        name = str(super().get_code_name(raw_code, transformed_code, number))
        self._texts[name] = raw_code
        return name

    def name_by_file(self) -> None:
        """Name cells by their files from here on."""
        self._by_file = True
        # a cell may be compiled in another thread meanwhile
        texts, self._texts = self._texts, {}
        self._files.update((name, file_name(text)) for name, text in texts.items())

    def file_of(self, name: str) -> str:
        """Return the file's name of a cell that was compiled under `name`; what is no such cell keeps its name."""
        return self._files.get(name, name)

    def names_of(self, file: str) -> list[str]:
        """Return the names under which cells with this file were compiled before they were named by it."""
        return [name for name, found in self._files.items() if found == file]
