"""Downloading every order of a shop: our whole path against a bare loop that throws the orders away.

Both sign, page and parse JSON against the same sandbox process, in turns. Ours also reads every order into
its model, decides about it, and commits it durably to a store that holds no order yet.
"""

import asyncio
import math
import shutil
import statistics
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, time
from typing import Final

import httpx
import orjson

from core import tables
from core.channel.tiktok.adapter import PAGE
from core.channel.tiktok.operations import SEARCH_ORDERS
from core.models.integration import Integration, SyncKind
from core.services.sku_mapping import SkuMappingService
from core.settings import Settings
from core.sync import timers
from core.sync.context import SyncContext
from core.sync.leases import of_integration
from core.sync.orders import sync_orders
from tests.bench.support import (
    BareShop,
    Sandbox,
    bare_shop,
    connect,
    leased,
    program,
    sandbox,
    table,
    workplace,
)

GOAL: Final = ">= 0.7"
DELAYS: Final = (0, 50)
"""Milliseconds that the shop thinks before each page: none on this machine, 50 is little for a network."""
_PRODUCTS: Final = 200
_SEARCH: Final = f"{SEARCH_ORDERS.method} {SEARCH_ORDERS.path}"


@dataclass(slots=True)
class Measured:
    """Seconds of every round; the calls that ours made in each, and the orders it kept."""

    bare: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    kept: int = 0


def run(orders: int = 10_000, rounds: int = 5, parent: Path | None = None) -> str:
    """The table, as markdown."""
    with workplace(parent) as place, sandbox(products=_PRODUCTS, orders=orders) as shop:
        measured = asyncio.run(_measure(shop, place, orders, rounds))
    least = math.ceil(orders / PAGE)
    head = ("the shop answers", "", "pages a second", "orders a second", "to bare", "goal", "calls", "least")
    rows: list[tuple[str, ...]] = []
    for delay, of_delay in measured.items():
        bare = statistics.median(least / took for took in of_delay.bare)
        ours = statistics.median(least / took for took in of_delay.ours)
        calls = f"{statistics.median(of_delay.calls):.0f}"
        shop_is = f"after {delay} ms" if delay else "at once"
        rows += [
            (
                shop_is,
                "bare httpx loop",
                f"{bare:.1f}",
                f"{bare * PAGE:,.0f}",
                "1",
                "-",
                str(least),
                str(least),
            ),
            (
                "",
                "sync_orders",
                f"{ours:.1f}",
                f"{ours * PAGE:,.0f}",
                f"{ours / bare:.2f}",
                GOAL,
                calls,
                str(least),
            ),
        ]
    return (
        f"{orders:,} orders, {PAGE} a page, a fresh store each round; medians of {rounds} rounds in turns. "
        f"{measured[0].kept:,} orders are kept, the others are left out by the import rule.\n\n"
        f"{table(head, rows)}"
    )


async def _measure(shop: Sandbox, place: Path, orders: int, rounds: int) -> dict[int, Measured]:
    home = place / "home"
    settings = shop.settings(home)
    measured = {delay: Measured() for delay in DELAYS}
    async with httpx.AsyncClient(timeout=30) as http:
        async with program(settings) as backend:
            integration = await connect(backend)
            await SkuMappingService(backend).map_equal(integration, by="bench")
            bare = await bare_shop(backend, integration, http)
        missing = orders - await _walk(bare)
        if missing > 0:
            shop.tell("orders", {"shop": integration.shop.id, "n": missing})
        for delay, of_delay in measured.items():
            if delay:
                shop.tell("faults", {"path": SEARCH_ORDERS.path, "rate": 1, "delay_ms": delay})
            for number in range(rounds):
                start = perf_counter()
                await _walk(bare)
                of_delay.bare.append(perf_counter() - start)
                fresh = place / f"round-{delay}-{number}"
                await asyncio.to_thread(shutil.copytree, home, fresh)
                shop.forget_calls()
                took, of_delay.kept = await _sync(settings.model_copy(update={"home": fresh}), integration)
                of_delay.ours.append(took)
                of_delay.calls.append(shop.calls(_SEARCH))
    return measured


async def _walk(shop: BareShop) -> int:
    """How many orders the pages of one search hold together."""
    query = {"page_size": str(PAGE), "sort_field": "update_time", "sort_order": "ASC"}
    body = orjson.dumps({"update_time_lt": int(time()) + 1})
    found = 0
    while True:
        page = await shop.post(SEARCH_ORDERS.path, query, body)
        found += len(page["orders"])
        if not page.get("next_page_token"):
            return found
        query["page_token"] = page["next_page_token"]


async def _sync(settings: Settings, integration: Integration) -> tuple[float, int]:
    """Seconds that our download of everything takes, and how many orders it kept."""
    async with program(settings) as backend, leased(backend, of_integration(integration.id)) as held:
        ctx = SyncContext(
            store=backend.store,
            clock=backend.clock,
            channel=backend.channel_for(integration),
            integration=integration,
            lease=held,
            settings=settings,
        )
        state = await timers.load(backend.store, integration.id, SyncKind.ORDERS)
        start = perf_counter()
        outcome, _ = await sync_orders(ctx, state)
        took = perf_counter() - start
        kept = await backend.store.count(tables.ORDERS)
        assert kept == outcome.counts["new"]
        return took, kept
