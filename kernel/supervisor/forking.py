"""The supervisor's end of the fork server; it imports little, so that the server can be started first."""

import json
import os
import signal
import socket
import sys
from collections.abc import Sequence

import kernel
from kernel.supervisor.last_words import without_a_word

_WORDS_LIMIT = 1 << 16
# what begins the words of a fork server that must not fork any more
_UNSAFE = "!"
# what begins words of one that goes on
_REMARK = b"?"
# how it says that the interpreter has no IPython
_LACKS = "IPython is not installed"
# libraries whose threads start at import, or break when a process of theirs forks
_NEVER_FORKED = frozenset({"torch", "tensorflow", "jax", "polars", "grpc", "ray"})
# loads our package, and nothing else of what is installed beside it, into another interpreter
_BOOT = """\
import sys
if sys.path and not sys.path[0]:
    del sys.path[0]
directory, descriptor = sys.argv[1], int(sys.argv[2])
if sys.version_info < (3, 9):
    import os
    text = "%s is Python %d.%d; code is run with Python 3.9 or newer" % ((sys.executable,) + sys.version_info[:2])
    os.write(descriptor, text.encode())
    sys.exit(1)
from importlib.util import module_from_spec, spec_from_file_location
spec = spec_from_file_location("kernel", directory + "/__init__.py", submodule_search_locations=[directory])
sys.modules["kernel"] = module = module_from_spec(spec)
spec.loader.exec_module(module)
del sys.argv[1]
from kernel.forkserver import main
main()
"""


class ForkServer:
    """The warm process that workers come from (`kernel.forkserver`).

    `preload` names modules that it imports while nobody waits for it, `profile` is IPython's profile.  `notice` is a
    sentence for the user when what is to be preloaded cannot be, or not be forked; each is told once.
    """

    def __init__(self, python: str = sys.executable, preload: Sequence[str] = (), profile: str = "default") -> None:
        self._python = python
        self._options = json.dumps({"preload": list(preload), "profile": profile})
        self._mode = "fork" if sys.platform == "linux" else "spare"
        self.socket: socket.socket | None = None
        self.notice: str | None = None
        self._remarked: set[bytes] = set()
        unsafe = sorted(_NEVER_FORKED.intersection(name.partition(".")[0] for name in preload))
        if unsafe and self._mode == "fork":
            self._spare(f"{', '.join(unsafe)} cannot be used in a process that was forked")

    def _spare(self, reason: str) -> None:
        self._mode = "spare"
        self.notice = f"preload: {reason}; kernels come from a process that was started for each instead"

    @property
    def runs(self) -> bool:
        """Whether there is a process to be asked for a worker."""
        return self.socket is not None

    @property
    def is_own(self) -> bool:
        """Whether workers have this process's interpreter."""
        return self._python == sys.executable

    def start(self) -> None:
        """Start it if it does not run; it warms up by itself.  Raises OSError when the interpreter cannot be run."""
        if self.socket is not None:
            return
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        theirs.set_inheritable(True)
        try:
            # what this process ignores is not to be ignored by what user code starts
            os.posix_spawn(
                self._python,
                self._command(theirs.fileno()),
                os.environ,
                file_actions=[(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)],
                setsigdef=[signal.SIGHUP, signal.SIGINT, signal.SIGTERM],
            )
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        ours.setblocking(False)
        self.socket = ours

    def _command(self, descriptor: int) -> list[str]:
        arguments = [str(descriptor), self._mode, self._options]
        if self.is_own:
            # -P: a module of the user's in the working directory must not take the place of ours
            return [self._python, "-P", "-m", "kernel.forkserver", *arguments]
        return [self._python, "-c", _BOOT, os.path.dirname(kernel.__file__), *arguments]

    def launch(self, assignment: dict[str, str], descriptors: Sequence[int]) -> None:
        """Ask for a worker with these descriptors; it says when it is ready.

        Raises:
            OSError: the fork server is gone.
        """
        self.start()
        assert self.socket is not None
        socket.send_fds(self.socket, [json.dumps(assignment).encode()], list(descriptors))
        if self._mode == "spare":
            # that process is the worker now; the next one warms up while this one runs
            self.socket.close()
            self.socket = None
            self.start()

    def complaint(self) -> str | None:
        """Return what it said before it ended, and forget it; None if it has not ended."""
        if self.socket is None:
            return None
        try:
            words = _words(self.socket)
            while words.startswith(_REMARK):
                self._remark(words)
                words = _words(self.socket)
            said = words.decode("utf-8", "replace")
        except BlockingIOError:
            return None
        self.socket.close()
        self.socket = None
        if said.startswith(_UNSAFE):
            self._spare(said.removeprefix(_UNSAFE))
            self.start()
        if said.startswith(_LACKS) and not self.is_own:
            said += f", or run the code with cshell's own Python: cshell --python {sys.executable}"
        return said.removeprefix(_UNSAFE) or self._without_a_word()

    def _without_a_word(self) -> str:
        if self.is_own:
            return without_a_word("the fork server")
        return without_a_word(f"{self._python}, which may be no Python,")

    def _remark(self, words: bytes) -> None:
        if words not in self._remarked:
            self._remarked.add(words)
            self.notice = words.removeprefix(_REMARK).decode("utf-8", "replace")


class Host(ForkServer):
    """A program that a session is embedded in (`kernel.embedding`): it is the one worker, and lives on after it."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self.socket = socket.socket(fileno=descriptor)

    @property
    def is_own(self) -> bool:
        """Return False: the program tells what it is."""
        return False

    def start(self) -> None:
        """Do nothing: it runs."""

    def launch(self, assignment: dict[str, str], descriptors: Sequence[int]) -> None:
        """Have the program be the worker.  Raises OSError the second time."""
        if self.socket is None:
            raise OSError("the program that the session was embedded in has ended it")
        socket.send_fds(self.socket, [json.dumps(assignment).encode()], list(descriptors))
        self.socket.close()
        self.socket = None


def _words(sock: socket.socket) -> bytes:
    """Return its last words.  Raises BlockingIOError while there are none."""
    for _ in range(2):
        try:
            return sock.recv(_WORDS_LIMIT)
        except ConnectionResetError:
            # it ended with a request unread, which is told before what it said
            continue
    return b""
