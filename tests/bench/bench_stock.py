"""One stock pass over very many mapped SKUs: read the inventory, plan, push what changed, and nothing else.

Each step stands beside the least that could do the same in the same run: bare calls of which the answers are
thrown away, and a loop over two dictionaries.
"""

import asyncio
import random
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import httpx
import orjson

from core import tables
from core.backend import Backend
from core.channel.tiktok.operations import UPDATE_INVENTORY
from core.inventory.avasam import PAGE_SIZE, STOCK
from core.inventory.avasam_connection import TOKEN_PATH
from core.models.integration import Integration
from core.models.listing import ChannelSku, ListingSync, PushRecord, PushState, SkuMapping
from core.store import Where
from core.sync.apply import AT_ONCE
from tests.bench.stock_pass import Pass
from tests.bench.support import BareShop, Sandbox, bare_shop, connect, program, sandbox, table, workplace

_ROWS_PER_SKU: Final = 1.55
"""Avasam rows that the sandbox needs for every SKU in its first shop: it does not list all, and parents
are rows as well."""
_COMMIT: Final = 1_000
_UPDATE: Final = f"{UPDATE_INVENTORY.method} {UPDATE_INVENTORY.path}"


@dataclass(frozen=True, slots=True)
class Sold:
    """One mapped channel SKU: its product, its warehouse, and the Avasam SKU that it sells."""

    sku_id: str
    product_id: str
    warehouse: str
    avasam_sku: str


@dataclass(slots=True)
class Measured:
    """What each round gave: the worker's pass, its calls, and the seconds of the three bare loops."""

    passes: list[Pass] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    products: list[int] = field(default_factory=list)
    read: list[float] = field(default_factory=list)
    planned: list[float] = field(default_factory=list)
    pushed: list[float] = field(default_factory=list)


def run(mapped: int = 100_000, changed: int = 100, rounds: int = 3, parent: Path | None = None) -> str:
    """The tables, as markdown."""
    rows = max(100, int(mapped * _ROWS_PER_SKU))
    with workplace(parent) as place, sandbox(products=rows, orders=0) as shop:
        measured = asyncio.run(_measure(shop, place, mapped, changed, rounds))
    assert all(one.changes == one.accepted == changed for one in measured.passes), measured.passes
    return _report(measured, rows, mapped, changed)


def _report(measured: Measured, rows: int, mapped: int, changed: int) -> str:
    passes = measured.passes

    def step(name: str, ours: list[float], what: str, bare: list[float]) -> Sequence[str]:
        mine, least = statistics.median(ours), statistics.median(bare)
        return name, f"{mine:.3f}", what, f"{least:.3f}", f"{mine / least:.2f}"

    steps = [
        step(
            "read the stock list", [one.read for one in passes], "the same pages, thrown away", measured.read
        ),
        step("plan", [one.planned for one in passes], "two dictionaries compared", measured.planned),
        step("push", [one.pushed for one in passes], f"the same calls, {AT_ONCE} at once", measured.pushed),
    ]
    calls = [
        ("calls to TikTok", _listed(measured.calls), f"{_listed(measured.products)} (the changed products)"),
        ("pushes of a second pass", _listed([one.repeated for one in passes]), "0"),
    ]
    peak, opened, file = (
        max(values) for values in zip(*((o.memory, o.memory_opened, o.mapped) for o in passes), strict=True)
    )
    again = statistics.median(one.again for one in passes)
    return (
        f"{mapped:,} mapped SKUs, an inventory of {rows:,} rows, {changed} changed stocks; "
        f"medians of {len(passes)} rounds, seconds.\n\n"
        f"{table(('', 'seconds', 'baseline', 'its seconds', 'ratio'), steps)}\n"
        f"{table(('', 'counted in each round', 'goal'), calls)}\n"
        f"Peak memory of the worker: {peak:.0f} MiB, of which {opened:.0f} MiB once its store was open and "
        f"{file:.0f} MiB are mapped files, above all the store, which all processes share. "
        f"A pass without a change takes {again:.3f} s.\n"
    )


def _listed(counts: Sequence[int]) -> str:
    return ", ".join(map(str, counts))


async def _measure(shop: Sandbox, place: Path, mapped: int, changed: int, rounds: int) -> Measured:
    home = place / "home"
    measured = Measured()
    chance = random.Random(7)
    async with httpx.AsyncClient(timeout=30) as http:
        async with program(shop.settings(home)) as backend:
            integration = await connect(backend)
            sold = await _map(backend, integration, mapped)
            stock = await _confirm(backend, integration, sold)
            bare = await bare_shop(backend, integration, http)
        for _ in range(rounds):
            chosen = chance.sample(sold, changed)
            stock.update({one.avasam_sku: stock[one.avasam_sku] + 1 for one in chosen})
            shop.tell("stock", {one.avasam_sku: stock[one.avasam_sku] for one in chosen})
            shop.forget_calls()
            measured.passes.append(await asyncio.to_thread(_pass, shop, home, integration.id))
            measured.calls.append(shop.calls(_UPDATE))
            measured.products.append(len({one.product_id for one in chosen}))
            measured.read.append(await _bare_read(shop, http))
            measured.planned.append(_bare_plan(sold, stock, chosen))
            measured.pushed.append(await _bare_push(bare, chosen, stock))
    return measured


async def _map(backend: Backend, integration: Integration, mapped: int) -> list[Sold]:
    """Map that many SKUs of the shop, each to an Avasam SKU of its own whose stock is known."""
    sellable: list[str] = []
    async for chunk in backend.store.columns(tables.PRODUCTS, ("kind", "stock")):
        sellable += [sku for sku, (kind, stock) in chunk if kind != "parent" and stock is not None]
    live = (Where("status", "eq", "ACTIVATE"),)
    rows = backend.store.scan(tables.CHANNEL_SKUS, live, prefix=tables.prefix(integration.id))
    there = [ChannelSku.from_document(row) async for _, row in rows]
    sold = [
        Sold(row.sku_id, row.product_id, next(iter(row.quantities)), avasam_sku)
        for row, avasam_sku in zip(there[:mapped], sorted(sellable), strict=False)
    ]
    assert len(sold) == mapped, f"the sandbox sells only {len(sold)} SKUs"
    now = backend.clock.now()
    mappings = (
        SkuMapping(integration_id=integration.id, sku_id=one.sku_id, avasam_sku=one.avasam_sku, mapped_at=now)
        for one in sold
    )
    await _put(backend, tables.SKU_MAPPINGS, integration, mappings)
    return sold


async def _confirm(backend: Backend, integration: Integration, sold: Sequence[Sold]) -> dict[str, int]:
    """Write down that the shop shows the present stock of all of them, as after a first sync; the stock."""
    stock: dict[str, int] = {}
    async for chunk in backend.store.columns(tables.PRODUCTS, ("stock",)):
        stock.update((sku, units) for sku, (units,) in chunk if isinstance(units, int))
    records = (
        ListingSync(
            integration_id=integration.id,
            sku_id=one.sku_id,
            stock=PushRecord(
                value=str(stock[one.avasam_sku]), sent=str(stock[one.avasam_sku]), state=PushState.SENT
            ),
        )
        for one in sold
    )
    await _put(backend, tables.LISTING_SYNCS, integration, records)
    return stock


async def _put(
    backend: Backend, name: str, integration: Integration, rows: Iterator[SkuMapping | ListingSync]
) -> None:
    while chunk := list(islice(rows, _COMMIT)):
        async with backend.store.transaction() as tx:
            for row in chunk:
                await tx.put(name, tables.key(integration.id, row.sku_id), row.to_document())


def _pass(shop: Sandbox, home: Path, integration_id: str) -> Pass:
    asked = {"home": str(home), "found": shop.found, "integration_id": integration_id}
    command = [sys.executable, "-m", "tests.bench.stock_pass"]
    done = subprocess.run(command, input=orjson.dumps(asked), stdout=subprocess.PIPE, check=True)
    return Pass(**orjson.loads(done.stdout))


async def _bare_read(shop: Sandbox, http: httpx.AsyncClient) -> float:
    """Seconds for the pages that our read asks for, thrown away."""
    url = shop.found["avasam_url"]
    keys = {name: shop.found[name] for name in ("consumer_key", "secret_key")}
    token = (await http.post(f"{url}{TOKEN_PATH}", json=keys)).raise_for_status().json()["access_token"]
    start = perf_counter()
    page = 0
    while True:
        body = {"page": page, "limit": PAGE_SIZE}
        reply = await http.post(f"{url}{STOCK}", json=body, headers={"Authorization": token})
        if len(orjson.loads(reply.raise_for_status().content)) < PAGE_SIZE:
            return perf_counter() - start
        page += 1


def _bare_plan(sold: Sequence[Sold], stock: Mapping[str, int], changed: Sequence[Sold]) -> float:
    """Seconds for finding what differs when everything lies ready in two dictionaries."""
    desired = {one.sku_id: stock[one.avasam_sku] for one in sold}
    confirmed = dict(desired)
    confirmed.update((one.sku_id, -1) for one in changed)
    start = perf_counter()
    found = [sku_id for sku_id, quantity in desired.items() if confirmed[sku_id] != quantity]
    took = perf_counter() - start
    assert len(found) == len(changed)
    return took


async def _bare_push(shop: BareShop, changed: Sequence[Sold], stock: Mapping[str, int]) -> float:
    """Seconds for the calls that our push makes, with nothing written down."""
    skus: dict[str, list[dict[str, Any]]] = {}
    for one in changed:
        quantity = {"warehouse_id": one.warehouse, "quantity": stock[one.avasam_sku]}
        skus.setdefault(one.product_id, []).append({"id": one.sku_id, "inventory": [quantity]})
    waiting = list(skus.items())

    async def work() -> None:
        while waiting:
            product_id, rows = waiting.pop()
            path = UPDATE_INVENTORY.path.format(product_id=product_id)
            await shop.post(path, {}, orjson.dumps({"skus": rows}))

    start = perf_counter()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return perf_counter() - start
