"""The places: the directories of sockets and journals, what is stale in them, and what ended sessions take."""

import os
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from curses_client.doctor.finding import Finding, broken, doubtful, ok
from curses_client.quantities import size
from kernel.protocol.connection import SOCKET_PATH_LIMIT
from kernel.protocol.ended import ended
from kernel.protocol.records import JournalFiles
from kernel.protocol.session import SessionError, running, runtime_root, state_root

_LONGEST_NAME: Final = 40
# the last part of a socket's path
_SOCKET: Final = "/s-6"
# bytes that are little, and too little
_LITTLE: Final = 1 << 30
_TOO_LITTLE: Final = 1 << 24
_FEW_FILES: Final = 100
# what ended sessions may take before it is worth a word
_MUCH: Final = 5 << 30
# file systems whose locks and latencies SQLite does not like (sqlite.org: How To Corrupt, 2.1)
_NETWORK: Final = re.compile(r"nfs\d?|cifs|smb\d?|smbfs|afs|fuse\.sshfs|9p|lustre|gpfs|ceph|beegfs")
_MOUNTS: Final = Path("/proc/self/mountinfo")
_OCTAL: Final = re.compile(r"\\([0-7]{3})")
# seconds after which nobody comes back to a session of another machine
_LONG_GONE: Final = 180 * 86400.0
_STARTING: Final = re.compile(r"starting-(\d+)\.log")


def findings(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is found; what is stale is removed."""
    try:
        runtime, state = runtime_root(environ), state_root(environ)
    except SessionError as error:
        yield broken(str(error))
        return
    yield _directory(runtime, "sockets")
    yield _socket_paths(runtime)
    yield _directory(state, "journals")
    yield _file_system(state)
    yield _stale(environ, runtime, state)
    yield _kept(environ)


def _directory(directory: Path, what: str) -> Finding:
    """Look for room in a directory, which is known to be private."""
    try:
        there = os.statvfs(directory)
    except OSError as error:
        return broken(f"{what}: {directory} cannot be used: {error.strerror}")
    room = there.f_bavail * there.f_frsize
    if not os.access(directory, os.W_OK | os.X_OK):
        return broken(f"{what}: {directory} cannot be written", f"chmod 700 {directory}")
    if there.f_files and there.f_favail < _FEW_FILES:
        return broken(f"{what}: {directory} has room for {there.f_favail} more files", "remove some on its file system")
    if room < _TOO_LITTLE:
        return broken(f"{what}: {directory} has {size(room)} left", "remove something on its file system")
    if room < _LITTLE and what == "journals":
        return doubtful(f"{what}: {directory} has {size(room)} left", "remove ended sessions with: cshell rm NAME")
    return ok(f"{what}: {directory}, private, {size(room)} free")


def _socket_paths(runtime: Path) -> Finding:
    longest = SOCKET_PATH_LIMIT - len(os.fsencode(runtime)) - len(os.sep) - len(_SOCKET)
    if longest < 1:
        return broken(f"the path {runtime} is too long for sockets", "set XDG_RUNTIME_DIR to a shorter one")
    if longest < _LONGEST_NAME:
        return doubtful(
            f"names of sessions may have {longest} characters, for the paths of sockets are bounded",
            "set XDG_RUNTIME_DIR to a shorter directory",
        )
    return ok("paths of sockets are short enough")


def _file_system(directory: Path) -> Finding:
    kind = file_system(directory)
    if _NETWORK.fullmatch(kind):
        return doubtful(
            f"journals and history are on a network's file system ({kind}), where locks may fail and writing is slow",
            "set XDG_STATE_HOME to a directory on a local disk",
        )
    return ok(f"journals and history are on a local file system ({kind or 'of unknown kind'})")


def file_system(directory: Path) -> str:
    """Return the type of the file system that a directory is on; nothing where that is not to be known."""
    real = os.path.realpath(directory)
    best, kind = -1, ""
    try:
        # as paths are read from the system, whatever the locale
        lines = os.fsdecode(_MOUNTS.read_bytes()).splitlines()
    except OSError:
        return ""
    for line in lines:
        # proc(5): optional fields end with a dash; blanks in paths are octal
        head, _, tail = line.partition(" - ")
        point = _OCTAL.sub(lambda match: chr(int(match[1], 8)), head.split(" ")[4])
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= best:
            best, kind = len(point), tail.split(" ")[0]
    return kind


def _stale(environ: Mapping[str, str], runtime: Path, state: Path) -> Finding:
    """Remove what sessions left that ended without cleaning up; their journals stay."""
    before = {entry.name for entry in runtime.iterdir() if entry.is_dir()}
    running(environ)
    gone = sorted(before - {entry.name for entry in runtime.iterdir()})
    left = [path for path in _left_behind(state) if _removed(path)]
    forgotten = sorted(path.name for path in _forgotten(state.parent / "remote") if _removed(path))
    if not gone and not left and not forgotten:
        return ok("nothing stale")
    parts = [f"sockets of {', '.join(gone)}"] if gone else []
    parts += [f"what was kept here of {', '.join(forgotten)}"] if forgotten else []
    parts += [f"{len(left)} files of sessions that never began or were being removed"] if left else []
    return ok(f"stale, and removed now: {'; '.join(parts)}")


def _left_behind(state: Path) -> Iterator[Path]:
    """Yield what is of processes that are gone: logs of starts, and directories under removal."""
    for path in state.parent.iterdir():
        match = _STARTING.fullmatch(path.name)
        if match and not Path(f"/proc/{match[1]}").exists():
            yield path
    for path in state.iterdir():
        pid = path.name.rpartition(".")[2]
        if path.name.startswith(".") and pid.isdigit() and not Path(f"/proc/{pid}").exists():
            yield path


def _forgotten(remote: Path) -> Iterator[Path]:
    """Yield what was kept here for sessions on other machines that nobody has come back to for months."""
    if not remote.is_dir():
        return
    for path in remote.iterdir():
        try:
            newest = max(each.stat().st_mtime for each in (path, *path.rglob("*")))
        except OSError:
            # somebody else removes it
            continue
        if path.is_dir() and time.time() - newest > _LONG_GONE:
            yield path


def _removed(path: Path) -> bool:
    from shutil import rmtree

    if path.is_dir() and not path.is_symlink():
        rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    return not path.exists()


def _kept(environ: Mapping[str, str]) -> Finding:
    alive, sessions = running(environ), ended(environ)
    sizes = [sum(JournalFiles(session.state).size for session in some) for some in (alive, sessions)]
    what = f"sessions: {len(alive)} running, {len(sessions)} ended; journals: {size(sizes[0])}, {size(sizes[1])}"
    if sizes[1] > _MUCH:
        return doubtful(what, "see them with: cshell ls --all, and remove some with: cshell rm NAME")
    return ok(what)
