"""Completions of a live namespace: what is in them, where they begin, and what is told of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kernel.protocol.messages import CompleteRequest
from kernel.worker.completion import complete
from kernel.worker.shell import ZMQInteractiveShell, make_shell

pytestmark = pytest.mark.filterwarnings("ignore::IPython.core.completer.ProvisionalCompleterWarning")

NAMES = """
import os
def f(alpha, *, beta=1): pass
class A:
    x = 1
    @property
    def p(self): raise SystemExit
    def method(self, gamma): pass
    @staticmethod
    def static(delta): pass
    @classmethod
    def made(cls, epsilon): pass
class Table:
    def _ipython_key_completions_(self): return ["price", "two words"]
a, table, alpha_value = A(), Table(), 1
keys = {"one": {"inner": 1, "in two": {"deep": 1}}}
"""


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZMQInteractiveShell]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        made = make_shell()[0]
        made.static = NoAnalysis()  # type: ignore[assignment]
        made.user_ns.pop("open", None)
        exec(NAMES, made.user_ns)
        yield made
    ZMQInteractiveShell.clear_instance()


class NoAnalysis:
    """Knows nothing, and remembers that it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def complete(self, code: str, position: int) -> list[Any]:
        self.asked.append(code[:position])
        return []


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("my file.txt", ".hidden", "it's.csv", "sub/x.py", "dir one/y.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(shell: ZMQInteractiveShell, code: str) -> list[str]:
    """Return what the code's end could be completed to."""
    reply = complete(shell, CompleteRequest(code, len(code)))
    return [code[: reply.cursor_start] + text + code[reply.cursor_end :] for text in reply.matches]


@pytest.mark.parametrize(
    ("code", "completed"),
    [
        ('open("my', ['open("my file.txt']),
        ('open("my fi', ['open("my file.txt']),
        ('open("su', ['open("sub/']),
        ('open("sub/', ['open("sub/x.py']),
        ('open("dir one/', ['open("dir one/y.py']),
        ("open('it", ["open('it\\'s.csv"]),
        ("open('it\\'", ["open('it\\'s.csv"]),
        ('open("it', ["open(\"it's.csv"]),
        ('open(".h', ['open(".hidden']),
        ('open("nosuch/', []),
        ('f("a", "su', ['f("a", "sub/']),
        ("%cd d", ["%cd dir one/"]),
        ("%cd ", ["%cd dir one/", "%cd sub/"]),
        ("cd dir o", ["cd dir one/"]),
        ("%load s", ["%load sub/"]),
        ("%load sub/", ["%load sub/x.py"]),
        ('"alpha_va', []),
        ('f"{alpha_va', ['f"{alpha_value']),
        ('keys["o', ['keys["one']),
        ('keys["one"]["in', ['keys["one"]["in two', 'keys["one"]["inner']),
        ('keys["one"]["in two"]["', ['keys["one"]["in two"]["deep']),
        ('table["', ['table["price', 'table["two words']),
        ('table["two w', ['table["two words']),
        ("f(al", ["f(alpha=", "f(all", "f(alpha_value"]),
        ("f(1, be", ["f(1, beta="]),
        ("a.method(ga", ["a.method(gamma="]),
        ("x = %timei", ["x = %timeit", "x = %%timeit"]),
        ("print(timei", []),
    ],
)
def test_what_could_stand_there(shell: ZMQInteractiveShell, code: str, completed: list[str]) -> None:
    assert sorted(found(shell, code)) == sorted(completed)


def test_a_magic_without_its_sign_begins_a_line(shell: ZMQInteractiveShell) -> None:
    assert "%timeit" in found(shell, "timei")
    assert not any("%" in text for text in found(shell, "f(ti"))


@pytest.mark.parametrize(
    ("code", "kind", "signature"),
    [
        ("f", "function", "(alpha, *, beta=1)"),
        ("A", "class", ""),
        ("os", "module", ""),
        ("a.x", "instance", ""),
        ("a.p", "property", ""),
        ("a.method", "function", "(gamma)"),
        ("a.static", "function", "(delta)"),
        ("a.made", "function", "(epsilon)"),
        ("os.getcwd", "function", ""),
        ("lambda", "keyword", ""),
        ("import os", "module", ""),
        ("from os import getcwd", "function", ""),
        ('keys["one', "dict key", ""),
    ],
)
def test_what_is_told_of_a_completion(shell: ZMQInteractiveShell, code: str, kind: str, signature: str) -> None:
    reply = complete(shell, CompleteRequest(code, len(code)))
    entries = reply.metadata["_jupyter_types_experimental"]
    last = max(code.rfind(sign) for sign in ' ."') + 1
    entry = next(entry for entry in entries if entry["text"].lstrip(".") == code[last:])
    assert (entry["type"], entry["signature"]) == (kind, signature)


def test_what_is_told_runs_no_code_of_the_users(shell: ZMQInteractiveShell) -> None:
    class Proxy:
        @property
        def __class__(self) -> type:  # type: ignore[override]
            raise SystemExit

    shell.user_ns["proxy_object"] = Proxy()
    reply = complete(shell, CompleteRequest("proxy_ob", 8))
    assert [entry["type"] for entry in reply.metadata["_jupyter_types_experimental"]] == ["instance"]


@pytest.mark.parametrize(("code", "is_asked"), [("os.zz", False), ("a.zz", False), ("nothing.x", True), ("!zz", False)])
def test_what_is_there_needs_no_analysis(shell: ZMQInteractiveShell, code: str, is_asked: bool) -> None:
    shell.static = NoAnalysis()  # type: ignore[assignment]
    assert found(shell, code) == []
    assert bool(shell.static.asked) == is_asked  # type: ignore[attr-defined]
