"""A connected shop on a real socket, goods of one's own, and the shop's own state as the witness."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx

from core import tables
from core.backend import Backend
from core.models.integration import Integration, SyncKind
from core.models.job import Job
from core.models.listing_state import Action, ListingState
from core.models.product import Product, ProductKind
from core.services.categories import CategoryService
from core.services.listing_rows import ListingRow
from core.services.listings import ListingService
from core.sync.leases import of_integration
from core.sync.runner import run_kind
from core.sync.worker import Worker
from tests.tui.integrations.support import Merchant

CREATE, UPLOAD = "/product/202309/products", "/product/202309/images/upload"
CHECK, EDIT = "/product/202309/products/listing_check", "/product/202509/products/"


@dataclass
class ListingWorld:
    """One shop with its services."""

    merchant: Merchant
    backend: Backend
    shop: Integration

    @property
    def listings(self) -> ListingService:
        return ListingService(self.backend)

    def image(self, number: int = 7) -> str:
        """The address of an image that the sandbox draws, 600 x 600."""
        return f"{self.merchant.sandbox.base_url}/images/tos-sandbox/{number}"

    def single(self, sku: str, **more: Any) -> Product:
        """A product that nothing is wrong with."""
        fields: dict[str, Any] = {
            "sku": sku,
            "title": f"Harbour candle {sku}",
            "description": "A candle of soy wax.\n\nBurns for forty hours.",
            "category": "Candles",
            "stock": 20,
            "cost_ex": Decimal("4.00"),
            "shipping_ex": Decimal("1.00"),
            "vat_percent": Decimal(20),
            "selling_price": Decimal("9.99"),
            "weight_kg": Decimal("0.4"),
            "images": (self.image(),),
            **more,
        }
        return Product(**fields)

    def family(self, sku: str, *colours: str, **more: Any) -> list[Product]:
        """A parent with a child for each colour."""
        parent = self.single(sku, kind=ProductKind.PARENT, stock=None, **more)
        return [parent, *(self.child(sku, colour) for colour in colours)]

    def child(self, sku: str, colour: str) -> Product:
        name = f"{sku}-{colour[:3].upper()}"
        return self.single(name, kind=ProductKind.CHILD, parent_sku=sku, attributes={"Colour": colour})

    async def stock(self, *products: Product) -> None:
        """Bring products into the inventory."""
        async with self.backend.store.transaction() as tx:
            for one in products:
                await tx.put(tables.PRODUCTS, one.sku, one.to_document())

    async def leaf(self, words: str = "Candles") -> str:
        """The id of a leaf by words of its path."""
        return (await CategoryService(self.backend).search(self.shop, words))[0].id

    async def categorise(self, *skus: str, words: str = "Candles") -> str:
        """Choose a leaf for rows."""
        leaf = await self.leaf(words)
        await CategoryService(self.backend).choose(self.shop, skus, leaf, by="test")
        return leaf

    async def do(self, action: Action, *skus: str) -> dict[str, tuple[str, str]]:
        """Ask for it, let a worker do it: SKU -> (result, text)."""
        asked = await self.listings.ask(self.shop, action, skus, by="test")
        assert asked.job is not None
        return await self.finish(asked.job)

    async def finish(self, job: Job) -> dict[str, tuple[str, str]]:
        """Let a worker do a job."""
        await Worker(self.backend.sources(), "worker").run_job(job)
        rows = await self.listings.results(job)
        return {row.avasam_sku: (row.result.value, row.text) for row in rows}

    async def job(self, job: Job) -> Job:
        """A job as it stands."""
        row = await self.backend.store.get(tables.JOBS, job.id)
        assert row is not None
        return Job.from_document(row)

    async def row(self, sku: str) -> ListingRow:
        return await self.listings.row(self.shop, sku)

    async def state(self, sku: str) -> ListingState:
        row = await self.backend.store.get(tables.LISTING_STATES, tables.key(self.shop.id, sku))
        assert row is not None, f"nothing was ever done with {sku}"
        return ListingState.from_document(row)

    async def look_at_reviews(self) -> dict[str, int]:
        """What a tick of the reviews' timer does; its counts."""
        return await self.run(SyncKind.REVIEWS)

    async def run(self, kind: SyncKind) -> dict[str, int]:
        """What a tick of a timer does; its counts."""
        lease = await self.backend.store.lease(
            of_integration(self.shop.id), owner="reviews", ttl=timedelta(seconds=15)
        )
        assert lease is not None
        ran = await run_kind(self.backend.sources(), self.shop, kind, lease)
        await self.backend.store.release(lease)
        assert ran.outcome is not None, ran.error
        return ran.outcome.counts

    def later(self, **much: float) -> None:
        """Time passes."""
        self.merchant.clock.advance(timedelta(**much))

    async def forget(self, sku: str) -> None:
        """As a row that is linked by mapping alone, and that nothing was ever done with."""
        async with self.backend.store.transaction() as tx:
            await tx.delete(tables.LISTING_STATES, tables.key(self.shop.id, sku))

    async def control(self, method: str, path: str, body: object = None) -> Any:
        """One call of the sandbox's control API."""
        address = f"{self.merchant.sandbox.base_url}/control{path}"
        reply = await asyncio.to_thread(httpx.request, method, address, json=body, timeout=30)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def calls(self, path: str, method: str | None = None) -> int:
        """How often a path that ends so was called."""
        rows = self.merchant.sandbox.log.after(0)["requests"]
        return sum(row["path"].endswith(path) and method in {None, row["method"]} for row in rows)

    async def fault(self, path: str, **how: Any) -> None:
        await self.control("POST", "/faults", {"path": path, **how})

    async def end_review(self, sku: str, *, passes: bool, why: Sequence[str] = ("Unclear",)) -> None:
        (product_id,) = await self.products(sku)
        await self.control("POST", f"/reviews/{product_id}", {"pass": passes, "reasons": list(why)})

    async def shop_state(self) -> dict[str, Any]:
        """Product id -> product, as GET /control/state tells."""
        whole = await self.control("GET", f"/state?shop={self.shop.shop.id}")
        found: dict[str, Any] = next(iter(whole["shops"].values()))["products"]
        return found

    async def products(self, sku: str) -> list[str]:
        """Ids of the products that sell this seller SKU."""
        return [
            product_id
            for product_id, product in (await self.shop_state()).items()
            if product["status"] != "DELETED"
            and any(one["seller_sku"] == sku for one in product["skus"].values())
        ]

    async def sold(self, sku: str) -> dict[str, Any]:
        """What the shop shows of a seller SKU: title, price, quantity."""
        (product_id,) = await self.products(sku)
        product = (await self.shop_state())[product_id]
        one: dict[str, Any] = next(row for row in product["skus"].values() if row["seller_sku"] == sku)
        return {"title": product["title"], "price": one["price"], "quantity": one["quantity"]}
