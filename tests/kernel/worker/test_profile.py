"""IPython's configuration, startup files and extensions, and what is wrong with them in one sentence."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kernel.worker import profile
from kernel.worker.owners import Owners
from kernel.worker.profile import Profile
from kernel.worker.shell import ZMQInteractiveShell, make_shell


class FakeOutbox:
    """Keeps what is shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, dict[str, Any]]] = []
        self.owners = Owners()

    def publish(self, msg_type: str, content: dict[str, Any], *_more: object) -> None:
        self.shown.append((msg_type, content))


class Ipython:
    """A directory of IPython's, and the shell that finds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.outbox = FakeOutbox()

    def write(self, name: str, text: str, profile: str = "default") -> Path:
        file = self.path / f"profile_{profile}" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def start(self, name: str = "default") -> ZMQInteractiveShell:
        """Make a shell and run the profile, as a worker does."""
        shell, found = make_shell(name, own=True)
        shell.attach(self.outbox, None, lambda prompt, password: "")
        found.run(shell)
        return shell


@pytest.fixture
def ipython(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ipython]:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.delenv("PYTHONSTARTUP", raising=False)
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    monkeypatch.setattr(sys, "path", list(sys.path))
    # an extension or a startup file may look for the one shell
    yield Ipython(tmp_path / "ipython")
    ZMQInteractiveShell.clear_instance()


class TestConfiguration:
    def test_a_profile_without_files_loads_nothing(self, ipython: Ipython, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(profile, "_application", lambda *_: pytest.fail("IPython's application was made"))
        found = Profile(str(ipython.path))
        assert (found.config, found.directory) == ({}, None)

    @pytest.mark.parametrize("name", ["ipython_config.py", "ipython_kernel_config.py"])
    def test_python_is_honoured(self, ipython: Ipython, name: str) -> None:
        ipython.write(name, "c = get_config()\nc.InteractiveShell.ast_node_interactivity = 'all'\n")
        assert ipython.start().ast_node_interactivity == "all"

    def test_json_is_honoured(self, ipython: Ipython) -> None:
        ipython.write("ipython_config.json", '{"InteractiveShell": {"ast_node_interactivity": "none"}}')
        assert ipython.start().ast_node_interactivity == "none"

    def test_the_configuration_of_the_kernel_wins(self, ipython: Ipython) -> None:
        for name, value in (("ipython_config.py", "all"), ("ipython_kernel_config.py", "last_expr_or_assign")):
            ipython.write(name, f"c.InteractiveShell.ast_node_interactivity = {value!r}\n")
        assert ipython.start().ast_node_interactivity == "last_expr_or_assign"

    def test_another_profile(self, ipython: Ipython) -> None:
        ipython.write("ipython_config.py", "c.InteractiveShell.ast_node_interactivity = 'all'\n", "mine")
        shell = ipython.start("mine")
        assert shell.ast_node_interactivity == "all"
        assert Path(shell.profile_dir.location).name == "profile_mine"

    def test_formatters_are_configured(self, ipython: Ipython) -> None:
        ipython.write("ipython_config.py", "c.PlainTextFormatter.float_precision = '%.2f'\n")
        shell = ipython.start()
        shell.run_cell("1 / 3")
        assert ipython.outbox.shown[-1][1]["data"] == {"text/plain": "0.33"}

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("1 / 0", "ZeroDivisionError: division by zero"),
            ("c.no = = 1", "SyntaxError: "),
            ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ],
    )
    def test_a_broken_one_costs_one_sentence(
        self, ipython: Ipython, capsys: pytest.CaptureFixture[str], text: str, words: str
    ) -> None:
        ipython.write("ipython_config.py", text)
        shell = ipython.start()
        told = capsys.readouterr().err
        assert told.startswith(f"IPython's profile default in {ipython.path} is not used: {words}")
        assert told.count("\n") == 1
        assert shell.run_cell("6 * 7").result == 42

    def test_a_profile_that_is_missing_costs_one_sentence(
        self, ipython: Ipython, capsys: pytest.CaptureFixture[str]
    ) -> None:
        shell = ipython.start("nowhere")
        told = capsys.readouterr().err
        assert f"IPython's profile nowhere in {ipython.path} is not used: there is none\n" in told
        assert shell.run_cell("6 * 7").result == 42

    @pytest.mark.parametrize("text", ["c.InteractiveShell.autocall = 0", "1 / 0"])
    def test_uncaught_errors_are_reported_by_python_as_before(self, ipython: Ipython, text: str) -> None:
        ipython.write("ipython_config.py", text)
        ipython.start()
        assert sys.excepthook is sys.__excepthook__


class TestStartup:
    def test_files_run_in_their_order(self, ipython: Ipython) -> None:
        ipython.write("startup/10-second.py", "names.append('second')")
        ipython.write("startup/00-first.py", "names = ['first']")
        ipython.write("startup/20-magic.ipy", "shown = %pwd\nnames.append('third')")
        ipython.write("startup/README", "names = []")
        assert ipython.start().user_ns["names"] == ["first", "second", "third"]

    def test_what_they_define_is_not_the_users(self, ipython: Ipython) -> None:
        ipython.write("startup/00.py", "hidden = 1")
        shell = ipython.start()
        shell.run_cell("mine = 2")
        assert shell.run_line_magic("who_ls", "") == ["mine"]

    def test_one_that_fails_is_shown_and_costs_those_behind_it(self, ipython: Ipython) -> None:
        """As in IPython."""
        for number, text in enumerate(("before = 1", "1 / 0", "behind = 1")):
            ipython.write(f"startup/{number}.py", text)
        shell = ipython.start()
        assert [content["ename"] for kind, content in ipython.outbox.shown if kind == "error"] == ["ZeroDivisionError"]
        assert ("before" in shell.user_ns, "behind" in shell.user_ns) == (True, False)
        assert shell.run_cell("6 * 7").result == 42

    def test_pythonstartup(self, ipython: Ipython, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "start.py").write_text("from_startup = 5")
        monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "start.py"))
        assert ipython.start().user_ns["from_startup"] == 5

    def test_a_pythonstartup_that_is_missing(
        self, ipython: Ipython, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "nowhere.py"))
        assert ipython.start().run_cell("6 * 7").result == 42

    def test_lines_files_and_extensions_of_the_configuration(self, ipython: Ipython, tmp_path: Path) -> None:
        (tmp_path / "executed.py").write_text("from_file = 1")
        (tmp_path / "extending.py").write_text("def load_ipython_extension(shell): shell.user_ns['extended'] = True")
        sys.path.insert(0, str(tmp_path))
        ipython.write(
            "ipython_config.py",
            "c.InteractiveShellApp.exec_lines = ['from_line = 2', '%autoreload 2']\n"
            f"c.InteractiveShellApp.exec_files = [{str(tmp_path / 'executed.py')!r}]\n"
            "c.InteractiveShellApp.extensions = ['autoreload', 'extending']\n",
        )
        names = ipython.start().user_ns
        assert (names["from_file"], names["from_line"], names["extended"]) == (1, 2, True)

    def test_an_extension_that_is_missing_does_not_keep_the_others_out(self, ipython: Ipython) -> None:
        ipython.write(
            "ipython_config.py",
            "c.InteractiveShellApp.extensions = ['nosuchextension']\nc.InteractiveShellApp.exec_lines = ['x = 1']\n",
        )
        assert ipython.start().user_ns["x"] == 1
