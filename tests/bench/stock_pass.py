"""One worker's stock pass in a process of its own, so that its peak memory is its own.

Reads `{"home", "found", "integration_id"}` on standard input; prints a `Pass` as JSON.
"""

import asyncio
import resource
import sys
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson

from core import tables
from core.models.integration import Integration, SyncKind
from core.sync.apply import apply_plan
from core.sync.context import SyncContext, guard_limits
from core.sync.leases import INVENTORY, of_integration
from core.sync.plan import plan_stock
from core.sync.push import sync_stock
from core.sync.runner import read_inventory
from tests.bench.support import Sandbox, finished, leased, program
from tui.logs import log_to_stderr


@dataclass(frozen=True, slots=True)
class Pass:
    """Seconds of each step, MiB at the peak, SKUs planned and pushed, and pushed once more.

    `mapped` is what of the memory was the store's file and libraries once everything was planned: the kernel
    keeps one copy for all processes.
    """

    opened: float
    read: float
    planned: float
    pushed: float
    again: float
    memory_opened: float
    memory: float
    mapped: float
    changes: int
    accepted: int
    repeated: int


async def stock_pass(home: Path, found: dict[str, str], integration_id: str) -> Pass:
    """Open the store, read the stock, plan, push; then the same sync with nothing changed."""
    settings = Sandbox(found).settings(home)
    begun = perf_counter()
    async with (
        program(settings) as backend,
        leased(backend, of_integration(integration_id)) as held,
        leased(backend, INVENTORY) as reading,
    ):
        steps, peak_opened = [begun, perf_counter()], _peak()
        document = await backend.store.get(tables.INTEGRATIONS, integration_id)
        assert document is not None
        integration = Integration.from_document(document)
        ctx = SyncContext(
            store=backend.store,
            clock=backend.clock,
            channel=backend.channel_for(integration),
            integration=integration,
            lease=held,
            settings=settings,
        )
        finished(await read_inventory(backend.sources(), SyncKind.STOCK_READ, reading))
        steps.append(perf_counter())
        plan = await plan_stock(backend.store, integration, guard_limits(settings))
        steps.append(perf_counter())
        mapped = _status("RssFile:")
        counts = await apply_plan(ctx, plan)
        steps.append(perf_counter())
        outcome = await sync_stock(ctx)
        steps.append(perf_counter())
    opened, read, planned, pushed, again = (end - start for start, end in pairwise(steps))
    return Pass(
        opened=opened,
        read=read,
        planned=planned,
        pushed=pushed,
        again=again,
        memory_opened=peak_opened,
        memory=_peak(),
        mapped=mapped,
        changes=len(plan.changes),
        accepted=counts["pushed"],
        repeated=outcome.counts.get("planned", 0),
    )


def _peak() -> float:
    """The most memory that this process has had so far, in MiB.

    Of this program alone: getrusage still counts the process that started it, which may be the larger one.
    """
    if peak := _status("VmHWM:"):
        return peak
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def _status(name: str) -> float:
    """A figure of Linux about this process, in MiB; 0 elsewhere."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return 0.0
    return int(status.partition(name)[2].split()[0]) / 2**10


def _main() -> None:
    log_to_stderr()
    asked: dict[str, Any] = orjson.loads(sys.stdin.buffer.read())
    found = asyncio.run(stock_pass(Path(asked["home"]), asked["found"], asked["integration_id"]))
    sys.stdout.buffer.write(orjson.dumps(asdict(found)))


if __name__ == "__main__":
    _main()
