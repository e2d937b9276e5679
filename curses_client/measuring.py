"""Memory and processor time of the kernel: asked while a cell runs and once when it has ended, with a limit."""

from dataclasses import replace
from typing import Final

from curses_client.commanding import Result
from curses_client.events import Control, Effect, Replied, Ring
from curses_client.quantities import size
from curses_client.state import State
from curses_client.usage import Usage, limit_of
from kernel.protocol.messages import InterruptRequest, UsageReply, UsageRequest

# seconds that a cell runs before it is measured, and between two questions; a tick comes once a second
_FIRST: Final = 0.5
_AGAIN: Final = 1.9
# bytes from which it is shown although nothing runs
_LARGE: Final = 1_000_000_000


def followed(before: State, state: State) -> Result:
    """Ask what is to be known now, unless the last answer is still awaited."""
    usage = state.usage
    if state.session.state not in ("idle", "busy"):
        # a kernel that is gone has nothing
        return (state, ()) if usage == Usage() else (replace(state, usage=Usage()), ())
    if usage.is_refused or usage.tag or state.session.behind or state.line:
        return state, ()
    runs, ran = state.session.running, before.session.running
    is_due = runs is not None and state.now - usage.asked >= _AGAIN and _took(state, runs) >= _FIRST
    has_ended = runs is None and (ran is not None or state.session.count != before.session.count)
    # a short cell changes little, unless it frees what is much
    is_much = usage.is_over or (usage.memory or 0) >= _LARGE
    has_ended = has_ended and (is_much or (ran is not None and _took(state, ran) >= _FIRST))
    return _asked(state) if is_due or has_ended else (state, ())


def _took(state: State, msg_id: str) -> float:
    """Return how many seconds a cell has run."""
    cell = state.transcript.cell(msg_id)
    if cell is None or cell.started is None:
        return 0.0
    return (cell.finished or state.now) - cell.started


def _asked(state: State) -> Result:
    tag = state.tags + 1
    state = replace(state, tags=tag, usage=replace(state.usage, tag=tag, asked=state.now))
    return state, (Control("usage_request", UsageRequest(), tag),)


def answered(state: State, event: Replied) -> Result | None:
    """Take in what the kernel uses; None if the answer is to something else."""
    usage, content = state.usage, event.content
    if not usage.tag or event.tag != usage.tag:
        return None
    usage = replace(usage, tag=0)
    memory = content.kernel_memory if isinstance(content, UsageReply) else None
    if not isinstance(content, UsageReply) or not isinstance(memory, (int, float)):
        return replace(state, usage=replace(usage, is_refused=True)), ()
    runs = state.session.running
    # a percentage is of the time since the last question
    cpu = content.kernel_cpu if runs is not None and runs == usage.cell else None
    after = replace(usage, memory=int(memory), cpu=cpu, total=_total(content), cell=runs)
    return _limited(replace(state, usage=after), grows=usage.memory is None or memory > usage.memory)


def _total(content: UsageReply) -> int:
    total = (content.host_virtual_memory or {}).get("total")
    known = [value for value in (total, content.memory_limit) if isinstance(value, (int, float)) and value > 0]
    return int(min(known, default=0))


def _limited(state: State, *, grows: bool) -> Result:
    """Say when the limit is passed, and interrupt the cell that goes on taking more, if the user wants that."""
    usage, runs = state.usage, state.session.running
    limit = limit_of(state.options.memory_limit, usage.total)
    if limit is None or usage.memory is None or usage.memory <= limit:
        return (replace(state, usage=replace(usage, is_over=False)) if usage.is_over else state), ()
    effects: tuple[Effect, ...] = ()
    wants = state.options.memory_action == "interrupt" and not state.read_only
    stops = wants and grows and runs is not None and runs != usage.interrupted
    if stops:
        effects = (Control("interrupt_request", InterruptRequest()),)
    if stops or not usage.is_over:
        text = f"the kernel has {size(usage.memory)} of memory, the limit is {size(limit)}"
        state.transcript.add_notice(text + " · its cell was interrupted" * stops, alarming=True)
        state.transcript.changed()
        effects = (*effects, Ring("memory", text))
    interrupted = runs if stops and runs is not None else usage.interrupted
    return replace(state, usage=replace(usage, is_over=True, interrupted=interrupted)), effects


def told(state: State) -> str:
    """Return what the status line says of it: while a cell runs, and when it is much."""
    usage = state.usage
    runs = state.session.running is not None
    if usage.memory is None or not (runs or usage.is_over or usage.memory >= _LARGE):
        return ""
    return size(usage.memory) + (f"  {usage.cpu:.0f}%" if runs and usage.cpu is not None else "")
