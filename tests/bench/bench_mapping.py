"""Suggestions for many unmapped SKUs against a large inventory, and the Save of many pairs.

The goods are made, so the right answers are known; the baseline is what equal SKUs alone would find. A
clock ticks on the same event loop meanwhile: how late it gets is what a screen would feel.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final, Generic, TypeVar

from core import tables
from core.backend import Backend
from core.models.integration import Integration, Shop
from core.models.listing import ChannelSku
from core.rules.matching import BAR, Reason, Suggestion
from core.services.mapping_edits import Edit, Edits
from core.services.mapping_lists import MappingLists, Show
from core.services.sku_mapping import SkuMappingService
from core.settings import Settings
from tests.bench import mapping_goods
from tests.bench.mapping_goods import Goods
from tests.bench.support import program, table, workplace
from tui.memory import settle

TITLE: Final = "SKU mapping"
PRODUCTS: Final = 100_000
UNMAPPED: Final = 10_000
TICK: Final = 0.005
_AT_ONCE: Final = 2_000
_SEARCHES: Final = ("g", "gr", "gr mug", "oak lamp", "500 ml")

Result = TypeVar("Result")


def run(*, products: int = PRODUCTS, unmapped: int = UNMAPPED, parent: Path | None = None) -> str:
    """The tables, as markdown."""
    with workplace(parent) as home:
        return asyncio.run(_run(home, products, unmapped))


async def _run(home: Path, products: int, unmapped: int) -> str:
    goods = mapping_goods.make(products, unmapped)
    async with program(Settings(home=home)) as backend:
        shop = await _fill(backend, goods)
    goods.products.clear()  # a program holds documents, not models of them: nothing for the collector
    async with program(Settings(home=home)) as backend:  # as a program finds it when it starts
        service = SkuMappingService(backend)
        settle()
        suggested = await _ticking(lambda: service.suggestions(shop))
        found = suggested.result
        searches = await _searches(backend, shop)
        pairs = Edits().having(*(Edit(key, sku) for key, sku in goods.answers.items() if sku is not None))
        saving = await _ticking(lambda: service.save(shop.id, pairs, by="bench"))
    exact = [one for one in found if one.reason is Reason.SKU]
    sure = [one for one in found if one.sure]
    high = [one for one in sure if one.confidence >= BAR]
    quality = [
        ("equal SKUs alone (baseline)", exact),
        (f"sure and at least {BAR}: what accept all takes", high),
        ("all sure ones", sure),
        ("all, unsure ones too", found),
    ]
    sizes = f"{unmapped:,} unmapped SKUs, {products:,} products, {_answerable(goods):,} have an answer.\n\n"
    return (
        sizes
        + table(
            ("suggested", "how many", "precision", "recall"),
            [(name, f"{len(some):,}", *_quality(some, goods)) for name, some in quality],
        )
        + "\n"
        + table(
            ("what", "seconds", "longest the event loop was kept, ms"),
            [
                ("suggestions", f"{suggested.seconds:.1f}", f"{suggested.latest_ms:.0f}"),
                (
                    f"Save of {len(pairs):,} pairs in one commit",
                    f"{saving.seconds:.2f}",
                    f"{saving.latest_ms:.0f}",
                ),
            ],
        )
        + "\n"
        + table(("both lists filtered for", "ms"), searches)
    )


@dataclass(frozen=True, slots=True)
class _Timed(Generic[Result]):
    """What came of some work, how long it took, and how late the clock got meanwhile."""

    result: Result
    seconds: float
    latest_ms: float


async def _ticking(work: Callable[[], Awaitable[Result]]) -> _Timed[Result]:
    late = 0.0

    async def tick() -> None:
        nonlocal late
        while True:
            before = perf_counter()
            await asyncio.sleep(TICK)
            late = max(late, perf_counter() - before - TICK)

    ticking = asyncio.create_task(tick())
    start = perf_counter()
    try:
        result = await work()
    finally:
        ticking.cancel()
    return _Timed(result, perf_counter() - start, late * 1000)


async def _fill(backend: Backend, goods: Goods) -> Integration:
    now = backend.clock.now()
    shop = Integration(
        id="i1",
        name="Bench",
        shop=Shop(id="s1", name="Bench", region="GB", cipher="c"),
        authorisation_id="a1",
        enabled=False,
        created_at=now,
    )
    async with backend.store.transaction() as tx:
        await tx.put(tables.INTEGRATIONS, shop.id, shop.to_document())
    for start in range(0, len(goods.products), _AT_ONCE):
        async with backend.store.transaction() as tx:
            for product in goods.products[start : start + _AT_ONCE]:
                await tx.put(tables.PRODUCTS, product.sku, product.to_document())
    for start in range(0, len(goods.unmapped), _AT_ONCE):
        async with backend.store.transaction() as tx:
            for one in goods.unmapped[start : start + _AT_ONCE]:
                row = ChannelSku(
                    integration_id=shop.id,
                    product_id=one.product_id,
                    sku_id=one.sku_id,
                    seller_sku=one.seller_sku,
                    title=one.title,
                    read_at=now,
                )
                await tx.put(tables.CHANNEL_SKUS, tables.key(shop.id, one.sku_id), row.to_document())
    return shop


async def _searches(backend: Backend, shop: Integration) -> list[tuple[str, str]]:
    """What a key press costs before anything is drawn, once the lists are in memory and sorted."""
    lists = MappingLists(shop.id)
    await lists.refresh(backend.store)
    edits = Edits()
    lists.channel_keys("", Show.ALL, edits)
    lists.product_keys("")
    rows: list[tuple[str, str]] = []
    for text in _SEARCHES:
        start = perf_counter()
        lists.channel_keys(text, Show.UNMAPPED, edits)
        lists.product_keys(text)
        rows.append((text, f"{(perf_counter() - start) * 1000:.1f}"))
    return rows


def _answerable(goods: Goods) -> int:
    return sum(answer is not None for answer in goods.answers.values())


def _quality(found: Sequence[Suggestion], goods: Goods) -> tuple[str, str]:
    right = sum(goods.answers[one.sku_id] == one.avasam_sku for one in found)
    return f"{right / max(len(found), 1):.4f}", f"{right / _answerable(goods):.4f}"
