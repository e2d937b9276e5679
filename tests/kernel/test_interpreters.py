"""Code runs under the user's interpreter, which has IPython and nothing of what is installed beside cshell."""

import ast
import builtins
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import kernel
from kernel.protocol.messages import InterruptRequest
from tests.kernel.support import DEADLINE, Client, SessionProcess, private_home

ROOT = Path(kernel.__file__).parent
OLDEST = (3, 9)
# interpreters that have IPython, separated by os.pathsep
GIVEN = "CSHELL_TEST_PYTHONS"
NAMES = ("python3.9", "python3.10", "python3.12", "python3.13")
# less than what the whole test may take
INSTALLING = 50.0


# ---- which interpreters there are ------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Python:
    """An interpreter."""

    version: tuple[int, ...]
    path: str
    has_ipython: bool


def look_at(path: str) -> Python | None:
    """What an interpreter is; None for what is none, such as a shim of a version that is not installed."""
    code = (
        "import sys; from importlib.util import find_spec\n"
        "print(*sys.version_info[:2], sys.executable, find_spec('IPython') is not None, sep='\\n')"
    )
    try:
        done = subprocess.run([path, "-c", code], capture_output=True, text=True, timeout=DEADLINE, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    major, minor, executable, has_ipython = done.stdout.splitlines()
    return Python((int(major), int(minor)), executable, has_ipython == "True")


def pyenvs() -> list[str]:
    """Interpreters that pyenv has, whose names on PATH may be those of other versions."""
    try:
        done = subprocess.run(["pyenv", "prefix", *_versions()], capture_output=True, text=True, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    return [f"{prefix}/bin/python" for prefix in done.stdout.strip().split(":")]


def _versions() -> list[str]:
    done = subprocess.run(["pyenv", "versions", "--bare"], capture_output=True, text=True, check=True)
    return [line for line in done.stdout.split() if line.startswith("3.")]


def made(directory: Path) -> Python:
    """Make an environment of the oldest interpreter there is, with IPython; skip where that cannot be."""
    found = sorted(each for name in (*NAMES, *pyenvs()) if (each := look_at(name)) and each.version >= OLDEST)
    others = [each for each in found if each.version != sys.version_info[:2]]
    if not others:
        pytest.skip(f"no other interpreter than this one: set {GIVEN} to some that have IPython")
    python = str(directory / "bin" / "python")
    for command in (
        [others[0].path, "-m", "venv", str(directory)],
        [python, "-m", "pip", "install", "--quiet", "ipython"],
    ):
        try:
            subprocess.run(command, capture_output=True, text=True, timeout=INSTALLING, check=True)
        except subprocess.TimeoutExpired:
            pytest.skip(f"{' '.join(command)} took too long")
        except subprocess.CalledProcessError as error:
            pytest.skip(f"{' '.join(command)} failed: {error.stderr.strip()[-200:]}")
    found_one = look_at(python)
    assert found_one is not None
    return found_one


@pytest.fixture(scope="session")
def pythons() -> Iterator[list[Python]]:
    """Interpreters that have IPython, the oldest first."""
    given = [each for path in os.environ.get(GIVEN, "").split(os.pathsep) if path and (each := look_at(path))]
    if given:
        yield sorted(each for each in given if each.has_ipython)
        return
    with tempfile.TemporaryDirectory(prefix="cs-env-") as directory:
        yield [made(Path(directory))]


@pytest.fixture(scope="session")
def python(pythons: list[Python]) -> Python:
    """The oldest interpreter there is."""
    return pythons[0]


@pytest.fixture(scope="session")
def bare() -> Iterator[str]:
    """An environment of this interpreter without IPython."""
    with tempfile.TemporaryDirectory(prefix="cs-bare-") as directory:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", directory], timeout=INSTALLING, check=True)
        yield f"{directory}/bin/python"


# ---- sessions --------------------------------------------------------------------------------------------


@pytest.fixture
def environ() -> Iterator[dict[str, str]]:
    """The environment of a private home in which no other environment is active."""
    with private_home() as found:
        for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
            found.pop(name, None)
        yield found


def configure(environ: dict[str, str], python: str) -> None:
    file = Path(environ["HOME"]) / ".config" / "cshell" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(f'[kernel]\npython = "{python}"\n')
    environ.pop("XDG_CONFIG_HOME", None)


def text(client: Client, code: str) -> str:
    cell = client.run(code)
    assert cell.reply["status"] == "ok", cell.reply
    return cell.text()


def executable(environ: dict[str, str]) -> str:
    """The interpreter that a session runs code with."""
    session = SessionProcess.start(environ)
    try:
        with session.client() as client:
            return text(client, "import sys; print(sys.executable)").strip()
    finally:
        session.stop()


@pytest.fixture(scope="module")
def session(python: Python) -> Iterator[SessionProcess]:
    """A session of the oldest interpreter."""
    with private_home() as environ:
        environ["VIRTUAL_ENV"] = str(Path(python.path).parent.parent)
        process = SessionProcess.start(environ)
        yield process
        process.stop()


@pytest.fixture
def client(session: SessionProcess) -> Iterator[Client]:
    assert session.process.poll() is None, session.log()
    with session.client() as connected:
        connected.read_on()
        yield connected


class TestOldest:
    """Everything that a cell can do, under the oldest interpreter there is."""

    def test_clients_are_told_what_it_is(self, client: Client, python: Python) -> None:
        client.run("1")
        info = client.ask("shell", "kernel_info_request", {})
        assert tuple(map(int, info["language_info"]["version"].split(".")[:2])) == python.version
        assert info["implementation"] == "cshell"

    def test_what_is_installed_beside_cshell_is_not_there(self, client: Client) -> None:
        for name in ("zmq", "urwid", "pytest"):
            assert client.run(f"import {name}").reply["ename"] == "ModuleNotFoundError", name
        beside = str(ROOT.parent)
        assert text(client, f"import sys; print({beside!r} in sys.path)") == "False\n"
        assert client.run("import curses_client").reply["ename"] == "ModuleNotFoundError"

    def test_values_output_and_errors(self, client: Client) -> None:
        cell = client.run("import os, sys\nprint('é☃')\nos.system('echo shell')\nprint('e', file=sys.stderr)\n6 * 7")
        assert cell.text("stdout") == "é☃\nshell\n"
        assert cell.text("stderr") == "e\n"
        assert cell.outputs[-1][1]["data"]["text/plain"] == "42"
        cell = client.run("def f(): 1 / 0\nf()")
        assert cell.reply["ename"] == "ZeroDivisionError"
        assert "f()" in re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(cell.reply["traceback"]))

    def test_threads_tasks_and_loops(self, client: Client) -> None:
        assert text(client, "import asyncio\nprint(await asyncio.sleep(0, 1))") == "1\n"
        assert text(client, "print(asyncio.run(asyncio.sleep(0, 2)))") == "2\n"
        made = client.submit(
            "async def later():\n    await asyncio.sleep(0)\n    print('later')\nt = asyncio.create_task(later())"
        )
        client.record("stream", lambda content: "later" in content["text"], parent=made)
        started = client.submit(
            "import threading\ngo = threading.Event()\ndef work():\n    go.wait(); print('from the thread')\n"
            "threading.Thread(target=work).start()"
        )
        client.cell(started)
        client.run("go.set()")
        client.record("stream", lambda content: "from the thread" in content["text"], parent=started)

    def test_completion_inspection_and_history(self, client: Client) -> None:
        client.run("import math")
        found = client.ask("shell", "complete_request", {"code": "math.sq", "cursor_pos": 7})
        assert ["math.sq"[: found["cursor_start"]] + match for match in found["matches"]] == ["math.sqrt"]
        assert client.ask("shell", "inspect_request", {"code": "math.sqrt", "cursor_pos": 9})["found"]
        assert client.ask("shell", "is_complete_request", {"code": "if 1:"})["status"] == "incomplete"
        tail = client.ask("shell", "history_request", {"hist_access_type": "tail", "n": 1})["history"]
        assert tail[0][2] == "import math"

    def test_questions_and_the_debugger(self, client: Client) -> None:
        msg_id = client.submit("def f(x):\n    breakpoint()\n    return x\nf(input('? '))")
        for answer in ("5", "p x + 'y'", "c"):
            number = client.journal[-1]["seq"] if client.journal else 0
            wanted = client.record("input_wanted", parent=msg_id, after=number if answer != "5" else 0)
            client.answer(answer, wanted["content"]["request"])
        cell = client.cell(msg_id)
        assert "5y" in cell.text()
        assert cell.outputs[-1][1]["data"]["text/plain"] == "'5'"

    @pytest.mark.parametrize(
        "code", ["while True: pass", "import time; time.sleep(60)", "await __import__('asyncio').sleep(60)"]
    )
    def test_interrupts(self, client: Client, code: str) -> None:
        msg_id = client.submit(code)
        client.begun(msg_id)
        client.ask("control", "interrupt_request", InterruptRequest())
        assert client.cell(msg_id).reply["ename"] == "KeyboardInterrupt"

    def test_subshells(self, client: Client) -> None:
        from kernel.protocol.messages import ExecuteRequest, encode
        from kernel.protocol.wire import EMPTY

        busy = client.submit("input()")
        wanted = client.record("input_wanted", parent=busy)["content"]
        subshell = client.ask("control", "create_subshell_request", {})["subshell_id"]
        header = client.author.header("execute_request").as_dict() | {"subshell_id": subshell}
        parts = [encode(header), EMPTY, EMPTY, encode(ExecuteRequest("print('beside')").as_dict())]
        client.sockets["shell"].send_multipart(client.wire.frames([], parts))
        assert client.cell(header["msg_id"]).text() == "beside\n"
        client.answer("", wanted["request"])
        client.cell(busy)

    def test_the_stack_and_the_usage(self, client: Client) -> None:
        msg_id = client.submit("def innermost():\n    print('here')\n    while True: pass\ninnermost()")
        client.record("stream", parent=msg_id)
        frames = client.ask("control", "stack_request", {})["frames"]
        assert [frame["name"] for frame in frames] == ["innermost", "<module>"]
        assert client.ask("control", "usage_request", {})["kernel_memory"] > 1_000_000
        client.interrupt()
        client.cell(msg_id)

    def test_death_and_restart(self, client: Client) -> None:
        head = client.read_on()
        client.run("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
        died = client.record("kernel_died", after=head)["content"]
        assert died["signal"] == "SIGSEGV"
        assert "Segmentation fault" in died["stack"]
        client.restart()
        assert text(client, "print('again')") == "again\n"


class TestOthers:
    def test_each_interpreter_runs_code(self, pythons: list[Python], environ: dict[str, str]) -> None:
        for each in pythons[1:]:
            session = SessionProcess.start(environ | {"VIRTUAL_ENV": str(Path(each.path).parent.parent)}, "each")
            try:
                with session.client() as client:
                    assert (
                        text(client, "import sys; print(*sys.version_info[:2])")
                        == f"{each.version[0]} {each.version[1]}\n"
                    )
                    assert client.run("1 / 0").reply["ename"] == "ZeroDivisionError"
            finally:
                session.stop()
            assert session.log() == ""


class TestChoice:
    @pytest.mark.parametrize("name", ["VIRTUAL_ENV", "CONDA_PREFIX"])
    def test_the_active_environment_is_followed(self, python: Python, environ: dict[str, str], name: str) -> None:
        environ[name] = str(Path(python.path).parent.parent)
        configure(environ, "/not/this/one")
        assert os.path.realpath(executable(environ)) == os.path.realpath(python.path)

    def test_the_configured_one(self, python: Python, environ: dict[str, str]) -> None:
        configure(environ, python.path)
        assert os.path.realpath(executable(environ)) == os.path.realpath(python.path)

    def test_none_is_active(self, environ: dict[str, str]) -> None:
        assert executable(environ) == sys.executable


class TestMistakes:
    def refusal(self, environ: dict[str, str], python: str) -> str:
        """Why no kernel of an interpreter can be started; one sentence."""
        file = Path(environ["HOME"]) / "connection.json"
        from kernel.protocol.connection import Connection

        Connection.local(Path(environ["XDG_RUNTIME_DIR"]), "key", "").write(file)
        done = subprocess.run(
            [sys.executable, "-P", "-m", "kernel", "-f", str(file), "--python", python],
            env=environ,
            cwd=environ["HOME"],
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
        assert done.returncode == 1
        assert done.stdout == ""
        return done.stderr

    def test_ipython_is_missing(self, bare: str, environ: dict[str, str]) -> None:
        assert self.refusal(environ, bare) == (
            f"IPython is not installed for {bare}; install it with: {bare} -m pip install IPython, "
            f"or run the code with cshell's own Python: cshell --python {sys.executable}\n"
        )

    def test_ipython_is_missing_in_a_session(self, bare: str, environ: dict[str, str]) -> None:
        environ["VIRTUAL_ENV"] = str(Path(bare).parent.parent)
        session = SessionProcess.start(environ)
        assert session.process.wait(DEADLINE) == 1
        assert session.log().startswith(f"IPython is not installed for {bare}; install it with: {bare} -m pip install ")
        failed = [record["content"] for record in session.journal() if record["header"]["msg_type"] == "kernel_failed"]
        assert failed == [{"reason": session.log().strip()}]

    def test_ipython_is_too_old(self, python: Python, environ: dict[str, str]) -> None:
        old = Path(environ["HOME"]) / "old" / "IPython"
        old.mkdir(parents=True)
        # enough of it to be imported, and its version
        (old / "__init__.py").write_text(
            "import importlib.util, os, sys\n"
            "here = os.path.dirname(os.path.dirname(__file__))\n"
            "sys.path.remove(here)\n"
            "del sys.modules['IPython']\n"
            "import IPython\n"
            "IPython.version_info, IPython.__version__ = (7, 34, 0, ''), '7.34.0'\n"
        )
        environ["PYTHONPATH"] = str(old.parent)
        refusal = self.refusal(environ, python.path)
        assert "IPython 7.34.0 of " in refusal
        assert "is too old; it should be 8 or newer" in refusal
        assert refusal.count("\n") == 1

    @pytest.mark.parametrize(
        ("path", "reason"),
        [
            ("/no/such/python", "cannot run /no/such/python: No such file or directory"),
            ("no-such-python", "cannot run no-such-python: No such file or directory"),
            ("/etc/passwd", "cannot run /etc/passwd: Permission denied"),
            ("/tmp", "cannot run /tmp: Permission denied"),
        ],
    )
    def test_what_cannot_be_run(self, environ: dict[str, str], path: str, reason: str) -> None:
        assert self.refusal(environ, path) == reason + "\n"

    def test_a_program_that_is_no_interpreter(self, environ: dict[str, str]) -> None:
        assert self.refusal(environ, "/bin/true") == "/bin/true, which may be no Python, ended without a word\n"

    def test_a_session_is_not_made_of_what_cannot_be_run(self, environ: dict[str, str]) -> None:
        configure(environ, "/no/such/python")
        told, report = os.pipe()
        done = subprocess.run(
            [sys.executable, "-P", "-m", "kernel", "--report", str(report), "--log", f"{environ['HOME']}/log"],
            env=environ,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            pass_fds=[report],
            check=False,
        )
        os.close(report)
        with os.fdopen(told) as answer:
            assert json.loads(answer.read()) == {"error": done.stderr.strip()}
        assert done.stderr == "cannot run /no/such/python: No such file or directory\n"
        assert not list(Path(environ["XDG_RUNTIME_DIR"]).rglob("lock"))

    def test_an_interpreter_that_is_too_old(self, environ: dict[str, str]) -> None:
        found = (each for path in ("python3.8", "python3.7", *pyenvs()) if (each := look_at(path)))
        old = next((each for each in found if each.version < OLDEST), None)
        if old is None:
            pytest.skip("there is no interpreter older than 3.9")
        version = ".".join(map(str, old.version))
        refusal = self.refusal(environ, old.path)
        assert refusal.endswith(f" is Python {version}; code is run with Python 3.9 or newer\n")
        assert refusal.count("\n") == 1


# ---- what the worker imports, read from the source -----------------------------------------------------------


def imported(path: Path) -> Iterator[Path]:
    """The modules of ours that one imports anywhere, with the packages around them."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            if name.partition(".")[0] == "kernel":
                base = ROOT.joinpath(*name.split(".")[1:])
                yield from (each for each in (base.with_suffix(".py"), base / "__init__.py") if each.is_file())


def of_the_worker() -> list[Path]:
    """The modules that may run under the user's interpreter."""
    found = {ROOT / "forkserver.py", ROOT / "__init__.py", *(ROOT / "worker").glob("*.py")}
    left = list(found - {ROOT / "__init__.py"})
    while left:
        new = set(imported(left.pop())) - found
        found |= new
        left += new
    return sorted(found)


# since which version of Python these have them: what is likely to be used by mistake
NEWER = {
    "typing": {"Self", "TypeAlias", "ParamSpec", "Concatenate", "TypeGuard", "Never", "NotRequired", "Required", "Unpack",
               "assert_never", "assert_type", "reveal_type", "dataclass_transform", "override", "LiteralString"},
    "itertools": {"pairwise", "batched"},
    "enum": {"StrEnum", "ReprEnum", "verify"},
    "contextlib": {"chdir", "aclosing"},
    "datetime": {"UTC"},
    "inspect": {"get_annotations"},
    "asyncio": {"TaskGroup", "Runner", "timeout"},
    "types": {"NoneType", "UnionType", "EllipsisType"},
    "": {"tomllib"},
}  # fmt: skip
NEW_BUILTINS = {"aiter", "anext", "ExceptionGroup", "BaseExceptionGroup", "EncodingWarning"}
# keywords that calls have since then
NEW_KEYWORDS = {("zip", "strict"), ("dataclass", "slots"), ("dataclass", "kw_only"), ("field", "kw_only")}


class NewNames(ast.NodeVisitor):
    """Collects what Python 3.9 lacks, unless it is used where only a type checker or a newer Python comes."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def visit_If(self, node: ast.If) -> None:
        if "TYPE_CHECKING" in ast.unparse(node.test) or "version_info" in ast.unparse(node.test):
            for each in node.orelse:
                self.visit(each)
        else:
            self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        new = NEWER.get(node.module or "", set()) | (NEWER[""] if node.module in NEWER[""] else set())
        self.found += [f"{node.module}.{alias.name}" for alias in node.names if alias.name in new]

    def visit_Import(self, node: ast.Import) -> None:
        self.found += [alias.name for alias in node.names if alias.name in NEWER[""]]

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in NEW_BUILTINS:
            self.found.append(node.id)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        self.found += [f"{name}({word.arg}=)" for word in node.keywords if (name, word.arg) in NEW_KEYWORDS]
        self.generic_visit(node)

    def visit_Match(self, node: ast.AST) -> None:
        self.found.append("match")

    def visit_TryStar(self, node: ast.AST) -> None:
        self.found.append("except*")

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        # never evaluated, which `test_annotations_are_not_evaluated` sees to
        if node.value is not None:
            self.visit(node.value)

    def visit_arg(self, node: ast.arg) -> None:
        """The same for parameters."""


def new_unions(tree: ast.AST) -> list[str]:
    """Unions written as ``X | None`` in expressions that are evaluated, such as the names of types."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.BitOr):
            sides = (node.value.left, node.value.right)
            if any(isinstance(side, ast.Constant) and side.value is None for side in sides) or all(
                isinstance(side, ast.Name) and isinstance(getattr(builtins, side.id, None), type) for side in sides
            ):
                found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize("path", of_the_worker(), ids=lambda path: str(path.relative_to(ROOT)))
class TestSource:
    def test_it_is_python_3_9(self, path: Path) -> None:
        ast.parse(path.read_text(), feature_version=OLDEST)

    def test_no_newer_name_is_used(self, path: Path) -> None:
        tree = ast.parse(path.read_text())
        names = NewNames()
        names.visit(tree)
        assert names.found + new_unions(tree) == []

    def test_annotations_are_not_evaluated(self, path: Path) -> None:
        tree = ast.parse(path.read_text())
        new = [n for n in ast.walk(tree) if isinstance(n, (ast.AnnAssign, ast.arg)) and n.annotation is not None]
        new += [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.returns is not None]  # type: ignore[misc]
        imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module == "__future__"]
        assert not new or imports, "it needs: from __future__ import annotations"


def test_the_modules_of_the_worker_are_found() -> None:
    names = {str(path.relative_to(ROOT)) for path in of_the_worker()}
    assert {"forkserver.py", "worker/main.py", "protocol/messages.py", "protocol/wire.py", "protocol/value.py"} <= names
    assert not {name for name in names if name.startswith("supervisor/")}


@pytest.mark.parametrize(
    "source",
    [
        "from typing import Self",
        "import tomllib",
        "x = zip(a, b, strict=True)",
        "try: pass\nexcept ExceptionGroup: pass",
        "X = int | None",
        "match x:\n    case 1: pass",
    ],
)
def test_newer_names_are_seen(source: str) -> None:
    tree = ast.parse(source)
    names = NewNames()
    names.visit(tree)
    assert names.found + new_unions(tree)
