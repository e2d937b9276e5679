"""Sessions: coming back to long ones, listing many, records on their way to a client, and a kernel behind the broker."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from typing import Final

from kernel.protocol.messages import ExecuteRequest
from tests.benchmarks.cells import END, flood
from tests.benchmarks.home import Home, Process, private_home
from tests.benchmarks.kernels import PLAIN, started
from tests.benchmarks.programs import CSHELL, IPYKERNEL
from tests.benchmarks.readings import Batch, Lack, Measurement, Plan, Reading, Row
from tests.benchmarks.session import opened
from tests.benchmarks.terminal import Terminal
from tests.kernel.support import Client, SessionProcess

# lines that make so many megabytes of journal
_LINES: Final = {50: 650_000, 1000: 13_000_000}
_LINE: Final = "i, 'x'*60"
_PRINT_SECONDS: Final = 300.0
_ATTACH_SECONDS: Final = 60.0
_SESSIONS: Final = 20
_DISPLAYS: Final = 20_000
_DISPLAY: Final = f"from IPython.display import display\nfor i in range({_DISPLAYS}): display(i)"
_ROUND_TRIPS: Final = 200
_QUICK_ROUND_TRIPS: Final = 20

_ROWS: Final = (
    *(
        row
        for size, name in ((50, "50 MB"), (1000, "1 GB"))
        for row in (
            Row(f"attach.{size}", f"attach to a session of {name}, start to its newest screen"),
            Row(f"attach.{size}.whole", "  until all of it is read"),
            Row(f"attach.{size}.memory", "  memory of the client then", "bytes"),
        )
    ),
    Row("ls", f"list {_SESSIONS} sessions"),
    Row("records", f"{_DISPLAYS:,} displays in a cell, until the client has the last one"),
    Row("broker.pass", "pass round trip to ipykernel, p50 (through the broker; jupyter's way)"),
    Row("broker.records", f"  {_DISPLAYS:,} displays, until the client has the last one"),
)


def _own(plan: Plan) -> Iterator[Batch]:
    for number in range(plan.runs):
        batch = [*_attached(50), *_listed(), *_records(), *_behind_the_broker(plan)]
        if not number and not plan.quick:
            # once is enough for what takes a minute
            batch += _attached(1000)
        yield batch


def _attached(size: int) -> Batch:
    """Print much, leave, and come back."""
    with opened(CSHELL) as session:
        session.run(flood(_LINES[size], _LINE))
        session.wait_end(_PRINT_SECONDS)
        terminal = Terminal(("cshell", "attach"), session.home.environ, str(session.home.work))
        try:
            shown = terminal.wait_stream(END, _ATTACH_SECONDS, "last line")
            whole = terminal.wait_idle(_ATTACH_SECONDS)
            memory = Process(terminal.pid, ()).memory("VmRSS")
            return [
                Reading(f"attach.{size}", shown - terminal.started),
                Reading(f"attach.{size}.whole", whole - terminal.started),
                Reading(f"attach.{size}.memory", memory),
            ]
        finally:
            terminal.close()


def _listed() -> Batch:
    with private_home() as home, ExitStack() as stack:
        for number in range(_SESSIONS):
            process = SessionProcess.start(_environ(home), f"s{number}")
            stack.callback(process.stop)
        before = time.perf_counter()
        done = subprocess.run(["cshell", "ls"], env=home.environ, capture_output=True, check=True)
        took = time.perf_counter() - before
        if done.stdout.count(b"\n") != _SESSIONS + 1:
            return [Lack("ls", "incomplete", "list: sessions were missing")]
    return [Reading("ls", took)]


def _environ(home: Home) -> dict[str, str]:
    return home.environ | {"XDG_RUNTIME_DIR": str(home.path / "run")}


def _records() -> Batch:
    with private_home() as home:
        process = SessionProcess.start(_environ(home))
        try:
            with process.client() as client:
                return [Reading("records", _displayed(client))]
        finally:
            process.stop()


def _displayed(client: Client) -> float:
    """Have a cell display much; return the seconds until its end was read."""
    client.run("pass")
    before = time.perf_counter()
    client.cell(client.submit(_DISPLAY))
    return time.perf_counter() - before


def _behind_the_broker(plan: Plan) -> Batch:
    if any(find_spec(name) is None for name in ("ipykernel", "jupyter_client")):
        note = "ipykernel and jupyter_client are not installed"
        return [Lack(key, "not installed", note) for key in ("broker.pass", "broker.records")]
    with private_home() as home:
        process = SessionProcess.start(_environ(home), "s", "--kernel", "python3")
        try:
            with process.client() as client:
                client.run("pass")
                batch = [Reading("broker.pass", _round_trip(client)) for _ in range(_count(plan))]
                return [*batch, Reading("broker.records", _displayed(client))]
        finally:
            process.stop()


def _count(plan: Plan) -> int:
    return _QUICK_ROUND_TRIPS if plan.quick else _ROUND_TRIPS


def _round_trip(client: Client) -> float:
    before = time.perf_counter()
    client.reply_to("shell", client.send("shell", "execute_request", ExecuteRequest("pass", allow_stdin=False)))
    return time.perf_counter() - before


def _direct(plan: Plan) -> Iterator[Batch]:
    for _ in range(plan.runs):
        with started(PLAIN, "tcp") as kernel:
            client = kernel.client
            client.execute("pass")
            client.wait_until_subscribed()
            code = ExecuteRequest("pass", allow_stdin=False)
            trips = [client.ask("shell", "execute_request", code) for _ in range(_count(plan))]
            client.forget_output()
            before = time.perf_counter()
            cell = client.send("shell", "execute_request", ExecuteRequest(_DISPLAY))
            client.output_until_idle(cell)
            took = time.perf_counter() - before
        keys = ("records", "broker.records")
        yield [*(Reading("broker.pass", trip) for trip in trips), *(Reading(key, took) for key in keys)]


MEASUREMENT: Final = Measurement("sessions", _ROWS, {CSHELL.name: _own, IPYKERNEL: _direct})
