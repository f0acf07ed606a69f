"""The Listing Manager at many products: read, open, refilter, sort and move, beside Textual's DataTable.

Refiltering stands beside a bare list comprehension over the same casefolded texts. A clock ticks on the
event loop while rows are read and sorted: how late it gets is what a key would feel. Keys are pressed in both
tables alike, from the press until nothing is left to draw.
"""

import asyncio
import gc
import os
import statistics
import tracemalloc
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import DataTable

from core import tables
from core.backend import Backend
from core.models.integration import Integration, Shop
from core.models.listing import Listing, SkuMapping
from core.models.product import Product, ProductKind
from core.services.listing_desk import ListingDesk
from core.services.listing_goods import Inventory
from core.services.listing_rows import RowFilter
from core.services.listing_view import BY_SKU, ListingView, Sort
from core.settings import Settings
from tests.bench import mapping_goods
from tests.bench.support import program, table, workplace
from tests.tui.session import ReadySession
from tui.app import AvasamApp
from tui.screens.listings.screen import ListingManagerScreen
from tui.words.listings import columns

ROWS: Final = 100_000
PRESSES: Final = 40
SIZE: Final = (120, 40)
_TYPED: Final = ("m", "mu", "mug", "mug ", "mug b", "mug bl", "mug blu", "mug blue")
_TICK: Final = 0.005
_AT_ONCE: Final = 2_000
_FAMILY: Final = 20
"""Of so many products one is a parent and the next two are its variants."""
_PART: Final = 10
"""Of so many rows of DataTable one is weighed: to trace the memory of all takes minutes."""
Keys = dict[str, tuple[list[float], float]]
"""What was pressed -> seconds of each press, and CPU seconds of all together."""


def run(*, rows: int = ROWS, presses: int = PRESSES, parent: Path | None = None) -> str:
    """The tables, as markdown."""
    with workplace(parent) as home:
        return asyncio.run(_run(home, rows, presses))


async def _run(home: Path, rows: int, presses: int) -> str:
    async with program(Settings(home=home)) as backend:
        shop = await _fill(backend, rows)
    async with program(Settings(home=home)) as backend:  # as a program finds it when it starts
        reading, desk = await _reading(backend, shop)
        filtering = await _filtering(desk.view)
        desk.view.expanded = set(desk.view.parents)
        cells = _cells(desk)
        del desk
        opened, own_fill, memory, ours = await _ours(backend, presses)
    filled, weight, theirs = await _theirs(cells, presses)
    return "\n".join(
        (
            f"{rows:,} rows x {len(columns())} columns, {SIZE[0]}x{SIZE[1]}.\n",
            reading,
            table(
                ("", "Listing Manager", "DataTable", "goal"),
                (
                    ("fill the table, s", f"{own_fill:.3f}", f"{filled:.1f}", "<= 0.1"),
                    ("from the key to the grid, s, the first time", f"{opened:.3f}", "", "<= 0.1"),
                    ("memory of the widget, MB", f"{memory:.1f}", f"{weight:.0f}", "<= 5"),
                    *(
                        (what, _shown(times), _shown(theirs[what]), "p95 <= 50")
                        for what, times in ours.items()
                    ),
                ),
            ),
            filtering,
        )
    )


async def _fill(backend: Backend, rows: int) -> Integration:
    now = backend.clock.now()
    shop = Integration(
        id="i1",
        name="Bench",
        shop=Shop(id="s1", name="Bench", region="GB", cipher="c"),
        authorisation_id="a1",
        created_at=now,
    )
    async with backend.store.transaction() as tx:
        await tx.put(tables.INTEGRATIONS, shop.id, shop.to_document())
    goods = [_product(number, one) for number, one in enumerate(mapping_goods.make(rows, 1).products)]
    for number, one in enumerate(goods):
        if number % _FAMILY in {1, 2}:
            parent = goods[number - number % _FAMILY]
            goods[number] = one.model_copy(update={"kind": ProductKind.CHILD, "parent_sku": parent.sku})
    for start in range(0, rows, _AT_ONCE):
        async with backend.store.transaction() as tx:
            for number, one in enumerate(goods[start : start + _AT_ONCE], start):
                await tx.put(tables.PRODUCTS, one.sku, one.to_document())
                if number % 3 == 0:
                    draft = Listing(integration_id=shop.id, avasam_sku=one.sku, typed_price=Decimal("5.49"))
                    await tx.put(tables.LISTINGS, tables.key(shop.id, one.sku), draft.to_document())
                    link = SkuMapping(
                        integration_id=shop.id, sku_id=f"c{number}", avasam_sku=one.sku, mapped_at=now
                    )
                    await tx.put(tables.SKU_MAPPINGS, tables.key(shop.id, link.sku_id), link.to_document())
    return shop


def _product(number: int, one: Product) -> Product:
    return one.model_copy(
        update={
            "kind": ProductKind.PARENT if number % _FAMILY == 0 else ProductKind.SINGLE,
            "category": f"Category {number % 40}",
            "description": "It is made of the best that there is, and lasts. " * 8,
            "cost_ex": Decimal("3.10"),
            "shipping_ex": Decimal("2.95"),
            "selling_price": Decimal(number % 900 + 100) / 100,
            "images": ("https://images.example/1.jpg",),
        }
    )


async def _reading(backend: Backend, shop: Integration) -> tuple[str, ListingDesk]:
    desk = ListingDesk(backend, shop, Inventory(backend.store))
    lines = [("read all rows into memory", *await _ticking(desk.refresh))]
    for column in ("title", "price", "status"):
        sort = partial(desk.sort_by, (column, False))
        lines += [(f"sort by {column}", *await _ticking(sort))]
    async with backend.store.transaction() as tx:
        for sku in list(desk.view._facts)[:100]:
            row = await tx.get(tables.PRODUCTS, sku)
            await tx.put(tables.PRODUCTS, sku, {**(row or {}), "stock": 4711})
    lines.append(("take in 100 changed products", *await _ticking(desk.refresh)))
    head = ("in portions", "seconds", "of them CPU", "longest the event loop was kept, ms")
    return table(head, lines), desk


async def _ticking(work: Callable[[], Awaitable[object]]) -> tuple[str, str, str]:
    gc.collect()
    late = 0.0

    async def tick() -> None:
        nonlocal late
        while True:
            before = perf_counter()
            await asyncio.sleep(_TICK)
            late = max(late, perf_counter() - before - _TICK)

    ticking = asyncio.create_task(tick())
    busy, start = _cpu(), perf_counter()
    try:
        await work()
    finally:
        ticking.cancel()
    return f"{perf_counter() - start:.2f}", f"{_cpu() - busy:.2f}", f"{late * 1000:.0f}"


def _cpu() -> float:
    return sum(os.times()[:2])


async def _filtering(view: ListingView) -> str:
    """Median of five times typing the words, letter by letter; the comprehension narrows nothing."""
    lines: list[tuple[str, ...]] = []
    for sort in (BY_SKU, ("title", False)):
        await view.sort(sort)
        skus, texts = view._orders[sort[0]].seen(descending=False)
        bare, ours = list[float](), list[float]()
        for _ in range(5):
            view.listed(RowFilter(), sort)
            bare.append(_timed(partial(_bare, skus, texts)))
            ours.append(_timed(partial(_typed, view, sort)))
        base, own = statistics.median(bare) / len(_TYPED), statistics.median(ours) / len(_TYPED)
        lines.append(
            (f"by {sort[0]}", f"{base * 1000:.1f}", f"{own * 1000:.1f}", f"{own / base:.2f}", "<= 5")
        )
    return table(("refilter a keystroke", "comprehension, ms", "ours, ms", "ratio", "goal"), lines)


def _typed(view: ListingView, sort: Sort) -> None:
    for text in _TYPED:
        view.listed(RowFilter(text=text), sort)


def _bare(skus: Sequence[str], texts: Sequence[str], /) -> None:
    """The shortest that one could write: every row is looked at with every letter."""
    for text in _TYPED:
        words = text.split()
        if len(words) == 1:
            (word,) = words
            _ = [sku for sku, own in zip(skus, texts, strict=True) if word in own]
        else:
            one, other = words
            _ = [sku for sku, own in zip(skus, texts, strict=True) if one in own and other in own]


def _timed(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _cells(desk: ListingDesk) -> list[list[str]]:
    """The texts of all rows, for the other table."""
    lines = map(desk.row, desk.view.listed(RowFilter()).keys)
    return [[column.cell(line).text for column in columns()] for line in lines if line is not None]


async def _ours(backend: Backend, presses: int) -> tuple[float, float, float, Keys]:
    """Seconds from the key to the grid and to fill its table, MB of it with all rows, and its keys."""
    app = AvasamApp(ReadySession(backend, read_only=True))
    async with app.run_test(size=SIZE) as pilot:
        await app.session.desks.read_ahead()
        await pilot.pause()
        start = perf_counter()
        await pilot.press("2")
        while not isinstance(app.screen, ListingManagerScreen) or not app.screen.table._painted:  # noqa: ASYNC110 - drawing sets no event
            await asyncio.sleep(0)
        opened, screen = perf_counter() - start, app.screen
        await pilot.pause(0.5)
        gc.collect()
        tracemalloc.start()
        screen.action_expand_all()
        await pilot.press("pagedown", "pagedown", "home")
        memory = tracemalloc.get_traced_memory()[0] / 1e6
        tracemalloc.stop()
        filled = statistics.median(_timed(partial(_fill_table, screen)) for _ in range(5))
        return opened, filled, memory, await _pressed(pilot, presses)


def _fill_table(screen: ListingManagerScreen) -> None:
    """All rows listed anew, and those in sight drawn."""
    desk = screen.desk
    assert desk is not None
    screen.table.show((), desk)
    screen.list_again()
    for line in range(SIZE[1]):
        screen.table.render_line(line)


class _Other(App[None]):
    """Textual's own table."""

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row", fixed_columns=1)


async def _theirs(cells: list[list[str]], presses: int) -> tuple[float, float, Keys]:
    app = _Other()
    async with app.run_test(size=SIZE) as pilot:
        made: DataTable[Any] = app.query_one(DataTable)
        made.add_columns(*(column.title for column in columns()))
        gc.collect()
        tracemalloc.start()
        made.add_rows(cells[: max(1, len(cells) // _PART)])
        weight = tracemalloc.get_traced_memory()[0] / 1e6 * _PART
        tracemalloc.stop()
        made.clear()
        filled = _timed(partial(made.add_rows, cells))
        await pilot.pause()
        return filled, weight, await _pressed(pilot, presses)


async def _pressed(pilot: Pilot[None], presses: int) -> Keys:
    times: Keys = {}
    for what, key in (("row down", "down"), ("page down", "pagedown"), ("to the end and back", "end")):
        some: list[float] = []
        busy = _cpu()
        for number in range(presses):
            start = perf_counter()
            await pilot.press("home" if key == "end" and number % 2 else key)
            some.append(perf_counter() - start)
        times[f"{what}, ms"] = (some, _cpu() - busy)
    return times


def _shown(pressed: tuple[list[float], float]) -> str:
    times, busy = pressed
    p95 = statistics.quantiles(times, n=20)[-1]
    cpu = busy / len(times)
    return f"p50 {statistics.median(times) * 1000:.0f}, p95 {p95 * 1000:.0f} ({cpu * 1000:.0f} of CPU)"
