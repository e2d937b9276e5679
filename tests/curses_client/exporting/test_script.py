"""Scripts: Python that any interpreter takes, with everything else in comments."""

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from curses_client.exporting.magics import awaits, commented, without_future, without_magics
from kernel.protocol.session import SessionError
from tests.curses_client.exporting.given import exported
from tests.curses_client.support import Journal


def script(journal: Journal, **options: Any) -> str:
    """Return a script, which is Python."""
    text = exported("py", journal, **options)
    compile(text.encode(), "exported", "exec")
    return text


def code(*cells: str) -> str:
    """Return the script of cells that ran, from the first one on."""
    journal = Journal().session()
    for number, source in enumerate(cells, 1):
        journal.cell(f"c{number}", source, count=number)
    return script(journal).partition("# %% In 1\n")[2]


def test_a_session() -> None:
    journal = Journal().session("rides").cell("a", "x = 1\n", "not code\n").cell("b", "print(x)", count=2)
    assert script(journal) == (
        "# %% [markdown]\n# A session of cshell:\n# rides, Python 3, /\n\n# %% In 1\nx = 1\n\n# %% In 2\nprint(x)\n"
    )


def test_it_runs(tmp_path: Path) -> None:
    journal = Journal().session().cell("a", "import sys\n%matplotlib inline\nif sys:\n    !ls\nx = [1,\n  2]")
    journal.submit("b", "1/0").start("b", 2).add("error", "b", ename="E", evalue="v", traceback=[]).end("b", "error")
    journal.cell("c", "%%time\nprint(sum(x))", count=3).cell("d", "await x", count=4).submit("e", "waits(")
    path = tmp_path / "exported.py"
    path.write_text(script(journal), encoding="utf-8")
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True)
    assert done.stdout == "3\n"


def test_what_failed_or_did_not_run_is_a_comment_that_says_so() -> None:
    journal = Journal().session().submit("a", "if 1:\n    1/0").submit("b", "after()").start("a", 1)
    journal.add("error", "a", ename="E", evalue="two\nlines\x00", traceback=[]).end("a", "error").end("b", "aborted")
    journal.submit("c", "slow()").start("c", 2).submit("d", "waits()")
    found = script(journal).partition("# %% In 1\n")[2]
    assert found == (
        "# failed: E: two⏎lines␀\n# if 1:\n#     1/0\n\n# %%\n# not run\n# after()\n"
        "\n# %% In 2\n# runs\n# slow()\n\n# %%\n# waits\n# waits()\n"
    )
    assert "# %% In 2\n# had not ended\n# slow()\n" in script(journal, words=("gone", 1.0))


def test_an_error_that_is_only_shown_is_no_failure() -> None:
    journal = Journal().session().submit("a", "thread()").start("a", 1)
    assert "\nthread()\n" in script(journal.add("error", "a", ename="E", evalue="", traceback=[]).end("a"))


def test_a_result_of_a_kernel_that_is_gone_was_one() -> None:
    journal = (
        Journal().session().cell("a", "x = 1").add("kernel_died", reason="r", signal="SIGSEGV", stack="File f\n\nmore")
    )
    journal.add("kernel_started", pid=3, restarted=True).cell("b", "y = 2")
    found = script(journal)
    assert "\n# %% In 1\nx = 1\n" in found
    assert "\n# %% [markdown]\n# kernel died: SIGSEGV\n# File f\n#\n# more\n" in found
    assert "\n# %% [markdown]\n# kernel restarted 12:00\n" in found or "# kernel restarted " in found


def test_imports_from_the_future_begin_the_file() -> None:
    found = code(
        "1", "from __future__ import annotations\nx: y = 1", "from __future__ import (division,\n annotations)"
    )
    assert found.endswith(
        "# %% In 2\n# from __future__ import annotations\nx: y = 1\n\n# %% In 3\n# from __future__ import (division,\n#  annotations)\n"
    )
    journal = Journal().session().cell("a", "from __future__ import annotations\nx: y = 1")
    assert script(journal).split("\n\n")[1] == "# %%\nfrom __future__ import annotations"


def test_nothing_in_its_first_lines_is_taken_for_an_encoding() -> None:
    journal = Journal().add("session_started", name="m", kernel="coding: rot13", language="python", cwd="/", pid=1)
    assert "coding: rot13" in script(journal.cell("a", "# -*- coding: utf-16 -*-\nx = 'ä'"))


def test_no_text_leaves_its_comment() -> None:
    text = "a\nb\rc\r\nd\x0be\u2028f\0g"
    assert commented(text) == "# a\n# b\n# c\n# d\n# e\n# f␀g"
    journal = Journal().session().submit("a", f"({text}").start("a", 1)
    journal.add("error", "a", ename=text, evalue=text, traceback=[]).end("a", "error")
    assert ast.parse(script(journal).encode()).body == []


def test_another_language_has_no_script() -> None:
    journal = Journal().add("session_started", name="m", kernel="ir", language="R", cwd="/", pid=1)
    with pytest.raises(SessionError, match="main is a session of R, not of Python; export it as ipynb, html or txt"):
        exported("py", journal.cell("a", "x <- 1"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%time f()", "# %time f()"),
        ("!ls -l", "# !ls -l"),
        ("!!ls", "# !!ls"),
        ("f?", "# f?"),
        ("?f", "# ?f"),
        ("a.b[0]??", "# a.b[0]??"),
        ("%time?", "# %time?"),
        ("x = !ls", "# x = !ls"),
        ("a, b = %sx ls", "# a, b = %sx ls"),
        (",f a b", "# ,f a b"),
        ("/f 1", "# /f 1"),
        ("cd ..", "# cd .."),
        ("pip install pandas", "# pip install pandas"),
        ("!ls \\\n  -l\nx = 1", "# !ls \\\n# -l\nx = 1"),
        ("if a:\n    %cd ..\n    !ls\nb", "if a:\n    pass  # %cd ..\n    pass  # !ls\nb"),
        ("if a:\n  !ls \\\n -l\nb", "if a:\n  pass  # !ls \\\n  # -l\nb"),
        ("%%time\nx = 1\n!ls", "# %%time\nx = 1\n# !ls"),
        ("\n%%capture out\nx", "\n# %%capture out\nx"),
        ("%%timeit", "# %%timeit"),
        ("%%bash\necho $x\n", "# %%bash\n# echo $x"),
        ("%%!\nls", "# %%!\n# ls"),
        ("%%time\n%%bash\nls", "# %%time\n# %%bash\n# ls"),
        # what only looks like it
        ("x = (1\n% y)\n!ls", "x = (1\n% y)\n# !ls"),
        ('s = """\n%time x\n!ls\n"""\n!ls', 's = """\n%time x\n!ls\n"""\n# !ls'),
        ("x = 1 \\\n% y\n!ls", "x = 1 \\\n% y\n# !ls"),
        ("x != y\n!ls", "x != y\n# !ls"),
        ("a = b\n# why?\n!ls", "a = b\n# why?\n# !ls"),
        ("ls = 1\nls", "ls = 1\nls"),
        ("x = 1", "x = 1"),
        ("", ""),
    ],
)
def test_magics_are_comments(source: str, expected: str) -> None:
    found = without_magics(source)
    assert found == expected
    compile(found, "cell", "exec", flags=ast.PyCF_ONLY_AST)


def test_syntax_of_a_newer_python_stays() -> None:
    """The kernel, which may be newer, ran it."""
    source = "match x:\n    case 1: print(t'{x}' <<>> y)"
    assert without_magics(source) == source


def test_what_awaits() -> None:
    assert awaits("await f()")
    assert awaits("async with a: pass")
    assert not awaits("async def f(): await g()")
    assert not awaits("x = 1")
    assert not awaits("x = (")


def test_source_that_no_parser_takes() -> None:
    for source in ("(" * 10_000, "\0", "x" + ".x" * 100_000, "\ud800", "-" * 100_000 + "1"):
        assert isinstance(without_magics(source), str)
        assert awaits(source) is False
        assert without_future(source + "__future__")[1] == []
