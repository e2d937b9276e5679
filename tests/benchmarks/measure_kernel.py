"""The kernel alone, without a client: starts, round trips, a flood of output, restarts, memory."""

import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from typing import Final

from kernel.protocol.messages import (
    CompleteRequest,
    ExecuteRequest,
    InterruptRequest,
    KernelInfoRequest,
    RestartRequest,
)
from tests.benchmarks.kernels import PLAIN, SUPERVISOR, Client, Kernel, KernelProgram, Transport, started
from tests.benchmarks.readings import Batch, Lack, Measurement, Plan, Reading, Row

_ROUND_TRIPS: Final = 100
_QUICK_ROUND_TRIPS: Final = 20
# a busy kernel may take seconds for each
_BUSY_ROUND_TRIPS: Final = 20
_BUSY_SECONDS: Final = 2.0
_REPEATS: Final = 20
_CELLS: Final = 1_000
# letters for which the expression takes a second or two
_BACKTRACKING: Final = 25
_LINES: Final = 1_000_000
_FLOOD_SECONDS: Final = 60.0

_TIMES: Final = (
    ("info", "exec to the first kernel_info reply"),
    ("execute", "exec to the first execute reply"),
    ("idle", "kernel_info round trip, idle, p50"),
    ("busy", "kernel_info round trip, busy (control), p50"),
    ("pass", "pass round trip, p50"),
    ("many", "1,000 empty cells sent at once, until the last reply"),
    ("output", "cell sent to its first output, p50"),
    ("complete", "completion of an attribute, p50"),
    ("held", "kernel_info while C code holds the interpreter's lock (control), p50"),
    ("flood", "1,000,000 lines printed, until idle"),
    ("restart", "restart to the first execute reply"),
)
_ROLES: Final = ("supervisor", "fork server", "kernel")
_ROWS: Final = (
    *(Row(f"tcp.{key}", f"kernel: {label}") for key, label in _TIMES),
    *(Row(f"ipc.{key}", f"kernel (ipc): {label}") for key, label in _TIMES),
    Row("death", "kernel: SIGKILL to the error reply of the cell that ran"),
    Row("preloaded", "kernel: restart with numpy, pandas and matplotlib preloaded, to their first use"),
    *(Row(f"memory.{role}", f"kernel: memory once it has started, {role}", "bytes") for role in _ROLES),
    Row("memory", "kernel: memory once it has started, all, shared pages once", "bytes"),
)


def _readings(program: KernelProgram, transports: tuple[Transport, ...], plan: Plan) -> Iterator[Batch]:
    for _ in range(plan.runs):
        for transport in transports:
            with started(program, transport) as kernel:
                batch = [
                    *_starts(transport, kernel),
                    *_memory(kernel),
                    *_round_trips(transport, kernel.client, plan),
                    *_throughput(transport, kernel.client),
                    *_held(transport, kernel.client),
                    *_flood(transport, kernel.client),
                    Reading(f"{transport}.restart", kernel.restart()),
                ]
            yield batch
        if program.restarts:
            yield _ends_and_begins(program)


def _starts(transport: Transport, kernel: Kernel) -> Batch:
    """Send both requests before there is anybody to answer."""
    client = kernel.client
    info = client.send("shell", "kernel_info_request", KernelInfoRequest())
    execute = client.send("shell", "execute_request", ExecuteRequest("pass", allow_stdin=False))
    batch = []
    for key, msg_id in (("info", info), ("execute", execute)):
        client.reply("shell", msg_id)
        batch.append(Reading(f"{transport}.{key}", time.perf_counter() - kernel.started))
    client.wait_until_subscribed()
    return batch


def _memory(kernel: Kernel) -> Batch:
    roles = kernel.by_role()
    batch = [Reading(f"memory.{role}", process.memory("VmRSS")) for role, process in roles.items()]
    return [*batch, Reading("memory", sum(process.share() for process in roles.values()))]


def _round_trips(transport: Transport, client: Client, plan: Plan) -> Batch:
    batch = []
    for _ in range(_QUICK_ROUND_TRIPS if plan.quick else _ROUND_TRIPS):
        batch.append(Reading(f"{transport}.idle", client.ask("shell", "kernel_info_request", KernelInfoRequest())))
        code = ExecuteRequest("pass", allow_stdin=False)
        batch.append(Reading(f"{transport}.pass", client.ask("shell", "execute_request", code)))
    client.forget_output()
    loop = client.send("shell", "execute_request", ExecuteRequest("print('begun')\nwhile True: pass"))
    client.wait_for_output(loop)
    end = time.perf_counter() + _BUSY_SECONDS
    for _ in range(_BUSY_ROUND_TRIPS):
        if time.perf_counter() < end:
            batch.append(
                Reading(f"{transport}.busy", client.ask("control", "kernel_info_request", KernelInfoRequest()))
            )
    client.ask("control", "interrupt_request", InterruptRequest())
    client.reply("shell", loop)
    client.forget_output()
    return batch


def _throughput(transport: Transport, client: Client) -> Batch:
    batch = []
    client.execute("import os")
    for _ in range(_REPEATS):
        batch.append(Reading(f"{transport}.output", client.first_output("print('here')")))
        attribute = CompleteRequest("os.path.jo", 10)
        batch.append(Reading(f"{transport}.complete", client.ask("shell", "complete_request", attribute)))
    before = time.perf_counter()
    cells = [client.send("shell", "execute_request", ExecuteRequest("pass", allow_stdin=False)) for _ in range(_CELLS)]
    for cell in cells:
        client.reply("shell", cell)
    client.forget_output()
    return [*batch, Reading(f"{transport}.many", time.perf_counter() - before)]


def _held(transport: Transport, client: Client) -> Batch:
    """Ask while a regular expression that backtracks keeps every other thread of the kernel from running."""
    code = f"import re\nprint('begun', flush=True)\nre.match('(a+)+$', 'a' * {_BACKTRACKING} + 'b')"
    cell = client.send("shell", "execute_request", ExecuteRequest(code, allow_stdin=False))
    client.wait_for_output(cell)
    # only the first one: who cannot answer it answers the next ones when the lock is free
    took = client.ask("control", "kernel_info_request", KernelInfoRequest())
    client.reply("shell", cell, _FLOOD_SECONDS)
    client.forget_output()
    return [Reading(f"{transport}.held", took)]


def _ends_and_begins(program: KernelProgram) -> Batch:
    """Kill a worker; restart one with libraries preloaded.  Of the peers none does either by itself."""
    libraries = ("numpy", "pandas", "matplotlib.pyplot")
    if any(find_spec(library.partition(".")[0]) is None for library in libraries):
        note = "numpy, pandas and matplotlib are not installed"
        return [Lack("preloaded", "not installed", note)]
    config = f"[kernel]\npreload = {list(libraries)}\n"
    with started(program, "ipc", config) as kernel:
        client = kernel.client
        roles = kernel.by_role()
        client.wait_until_subscribed()
        cell = client.send("shell", "execute_request", ExecuteRequest("print('begun')\nwhile True: pass"))
        client.wait_for_output(cell)
        before = time.perf_counter()
        os.kill(roles["kernel"].pid, signal.SIGKILL)
        client.reply("shell", cell)
        batch = [Reading("death", time.perf_counter() - before)]
        # the last of the libraries, whose compiled parts are mapped
        roles["fork server"].wait_until_mapped("/matplotlib/")
        # it forks when it has imported the rest
        kernel.restart()
        before = time.perf_counter()
        client.ask("control", "restart_request", RestartRequest())
        client.execute("".join(f"import {library}\n" for library in libraries))
        return [*batch, Reading("preloaded", time.perf_counter() - before)]


def _flood(transport: Transport, client: Client) -> Batch:
    before = time.perf_counter()
    cell = client.send("shell", "execute_request", ExecuteRequest(f"for i in range({_LINES}): print(i)"))
    lines = client.output_until_idle(cell, _FLOOD_SECONDS)
    took = time.perf_counter() - before
    client.reply("shell", cell)
    if lines < _LINES:
        return [Lack(f"{transport}.flood", f"{_LINES - lines:,} lost", "kernel: lines of the flood never arrived")]
    return [Reading(f"{transport}.flood", took)]


MEASUREMENT: Final = Measurement(
    "kernel",
    _ROWS,
    {
        SUPERVISOR.name: partial(_readings, SUPERVISOR, ("tcp", "ipc")),
        PLAIN.name: partial(_readings, PLAIN, ("tcp",)),
    },
)
