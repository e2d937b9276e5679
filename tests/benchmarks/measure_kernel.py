"""The kernel alone, without a client: starts, round trips, a flood of output, restarts, memory."""

import time
from collections.abc import Iterator
from functools import partial
from typing import Final

from kernel.protocol.messages import ExecuteRequest, InterruptRequest, KernelInfoRequest
from tests.benchmarks.kernels import PLAIN, SUPERVISOR, Client, Kernel, KernelProgram, Transport, started
from tests.benchmarks.readings import Batch, Lack, Measurement, Plan, Reading, Row

_ROUND_TRIPS: Final = 100
_QUICK_ROUND_TRIPS: Final = 20
# a busy kernel may take seconds for each
_BUSY_ROUND_TRIPS: Final = 20
_BUSY_SECONDS: Final = 2.0
_LINES: Final = 1_000_000
_FLOOD_SECONDS: Final = 60.0

_TIMES: Final = (
    ("info", "exec to the first kernel_info reply"),
    ("execute", "exec to the first execute reply"),
    ("idle", "kernel_info round trip, idle, p50"),
    ("busy", "kernel_info round trip, busy (control), p50"),
    ("pass", "pass round trip, p50"),
    ("flood", "1,000,000 lines printed, until idle"),
    ("restart", "restart to the first execute reply"),
)
_ROLES: Final = ("supervisor", "fork server", "kernel")
_ROWS: Final = (
    *(Row(f"tcp.{key}", f"kernel: {label}") for key, label in _TIMES),
    *(Row(f"ipc.{key}", f"kernel (ipc): {label}") for key, label in _TIMES),
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
                    *_flood(transport, kernel.client),
                    Reading(f"{transport}.restart", kernel.restart()),
                ]
            yield batch


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
