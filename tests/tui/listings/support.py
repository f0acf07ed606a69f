"""A store with products of every kind on a shop, and the Listing Manager over it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from core import tables
from core.backend import Backend
from core.models.base import Model
from core.models.integration import SyncKind, SyncState
from core.models.listing import Listing, PricingRule, SkuMapping
from core.models.listing_state import Deed, ListingProblem, ListingState
from core.models.product import Product, ProductKind
from tests.clocks import NOON, FrozenClock
from tests.tui.session import ReadySession, integration, open_backend
from tests.tui.terminal import until
from tui.app import AvasamApp
from tui.screens.base import MainScreen
from tui.screens.listings.screen import ListingManagerScreen

WIDE, NARROW = (120, 40), (80, 24)
SHOP = integration("Sandbox Shop GB")
OTHER = integration("Second Shop")
IMAGE = ListingProblem(
    code="image-small",
    field="image",
    what="Main image is smaller than 300 x 300 px",
    fix="Choose a larger picture in Avasam",
    blocking=True,
)
AS_BEFORE = PricingRule(
    id="r1",
    integration_id=SHOP.id,
    name="As before",
    percent=Decimal(168),
    ending=Decimal("0.99"),
    edited_at=NOON,
)


@dataclass
class Grid:
    """What the tests put into the store."""

    backend: Backend

    async def put(self, table: str, key: str, model: Model) -> None:
        async with self.backend.store.transaction() as tx:
            await tx.put(table, key, model.to_document())

    async def stock(self, *products: Product) -> None:
        async with self.backend.store.transaction() as tx:
            for one in products:
                await tx.put(tables.PRODUCTS, one.sku, one.to_document())

    async def stock_again(self, sku: str, **fields: Any) -> None:
        """The inventory is read again, and has something else for a product."""
        row = await self.backend.store.get(tables.PRODUCTS, sku)
        assert row is not None
        await self.stock(Product.from_document(row).model_copy(update=fields))

    async def link(self, sku: str, *, here: bool, shop: str = SHOP.id) -> None:
        mapping = SkuMapping(integration_id=shop, sku_id=f"t-{sku}", avasam_sku=sku, mapped_at=NOON)
        await self.put(tables.SKU_MAPPINGS, tables.key(shop, f"t-{sku}"), mapping)
        if here:
            await self.draft(sku, shop=shop, listed_here=True)

    async def draft(self, sku: str, *, shop: str = SHOP.id, **fields: Any) -> None:
        key = tables.key(shop, sku)
        async with self.backend.store.transaction() as tx:
            row = await tx.get(tables.LISTINGS, key)
            before = (
                Listing(integration_id=shop, avasam_sku=sku) if row is None else Listing.from_document(row)
            )
            after = before.model_copy(update={**fields, "revision": before.revision + 1})
            await tx.put(tables.LISTINGS, key, after.to_document())

    async def state(self, sku: str, **fields: Any) -> None:
        made = ListingState(integration_id=SHOP.id, avasam_sku=sku, **fields)
        await self.put(tables.LISTING_STATES, tables.key(SHOP.id, sku), made)

    async def saved(self, sku: str, *, shop: str = SHOP.id) -> Listing | None:
        row = await self.backend.store.get(tables.LISTINGS, tables.key(shop, sku))
        return None if row is None else Listing.from_document(row)


def single(sku: str, title: str, **more: Any) -> Product:
    fields: dict[str, Any] = {
        "sku": sku,
        "title": title,
        "category": "Kitchen",
        "stock": 20,
        "cost_ex": Decimal("3.10"),
        "shipping_ex": Decimal("2.95"),
        "selling_price": Decimal("9.99"),
        "vat_percent": Decimal(20),
        "images": ("https://images.example/1.jpg",),
        **more,
    }
    return Product(**fields)


def child(sku: str, parent: str, title: str, **more: Any) -> Product:
    return single(sku, title, kind=ProductKind.CHILD, parent_sku=parent, **more)


async def opened_store(home: Path) -> Grid:
    """The goods of the sketch in ux.md."""
    grid = Grid(await open_backend(home, FrozenClock()))
    await grid.put(tables.INTEGRATIONS, SHOP.id, SHOP)
    for kind, minutes in ((SyncKind.ORDERS, 1), (SyncKind.STOCK, 3)):
        done = SyncState(
            integration_id=SHOP.id, kind=kind, last_finished_at=NOON - timedelta(minutes=minutes)
        )
        await grid.put(tables.SYNC_STATES, tables.key(SHOP.id, kind.value), done)
    await grid.stock(
        single("MUG-BLU-01", "Blue mug, 330 ml", kind=ProductKind.PARENT, stock=None, selling_price=None),
        child("MUG-BLU-01-L", "MUG-BLU-01", "Blue mug, large", stock=30, selling_price=Decimal("11.99")),
        child("MUG-BLU-01-M", "MUG-BLU-01", "Blue mug, medium", stock=7),
        child("MUG-BLU-01-S", "MUG-BLU-01", "Blue mug, small"),
        single("MUG-BLU-02", 'Blue mug "Größe"', stock=0, selling_price=Decimal("8.49")),
        single("LMP-0001", "Desk lamp", category="Lighting", stock=4, selling_price=Decimal("19.99")),
        single("LMP-0002", "Desk lamp, unknown", category="Lighting", stock=None),
        single("TOW-0001", "Bath towel", category="Bathroom", stock=12),
    )
    for sku in ("MUG-BLU-01-L", "MUG-BLU-01-M", "MUG-BLU-01-S"):
        await grid.link(sku, here=True)
    await grid.draft("MUG-BLU-01", listed_here=True)
    await grid.draft("MUG-BLU-01-S", rule_id="r1")
    await grid.put(tables.PRICING_RULES, tables.key(SHOP.id, "r1"), AS_BEFORE)
    await grid.state("MUG-BLU-01", deed=Deed.SENT, in_review=True)
    await grid.state("MUG-BLU-02", deed=Deed.FAILED, problems=(IMAGE,))
    await grid.link("TOW-0001", here=False)
    await grid.draft("LMP-0001", collection="Autumn")
    return grid


@asynccontextmanager
async def listings(
    grid: Grid, *, size: tuple[int, int] = WIDE, read_only: bool = False
) -> AsyncIterator[tuple[Pilot[None], ListingManagerScreen]]:
    """The program on the Listing Manager, its rows listed."""
    app = AvasamApp(ReadySession(grid.backend, read_only=read_only))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, ListingManagerScreen) and app.screen._listed)
        screen = app.screen
        assert isinstance(screen, ListingManagerScreen)
        await until(pilot, lambda: str(screen.query_one("#status-line", Static).content))
        await until(pilot, lambda: screen.table.page > 1)
        await pilot.pause()
        yield pilot, screen


def text(screen: ListingManagerScreen, selector: str) -> str:
    return str(screen.query_one(selector, Static).content)
