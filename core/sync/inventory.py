"""Takes an inventory read into the store, or refuses it whole: empty and shrunken reads change nothing."""

from collections import Counter
from typing import Final

from core import tables
from core.clock import Clock
from core.inventory.port import ProductRead, StockRead
from core.models.product import Product, ProductKind
from core.portions import portions
from core.rules.guard import GuardLimits, GuardVerdict, check_inventory
from core.store import Document, Lease, Store, Where
from core.sync.context import Outcome
from core.wording import count_of

AT_ONCE: Final = 1_000
"""Products a commit."""

PRESENT: Final = (Where("missing", "ne", True),)


async def take_products(
    store: Store,
    clock: Clock,
    read: ProductRead,
    limits: GuardLimits,
    *,
    lease: Lease,
    confirmed: bool = False,
) -> Outcome:
    """Upsert every product by SKU; those that the read lacks are marked missing, their stock unknown."""
    before = await store.count(tables.PRODUCTS, PRESENT)
    verdict = _verdict(before, len(read.products), limits)
    if verdict is not None and (not confirmed or not read.products):
        return Outcome({"rejected": len(read.rejected)}, stopped=verdict)
    counts: Counter[str] = Counter(rejected=len(read.rejected))
    now = clock.now()
    for portion in portions(read.products, AT_ONCE):
        async with store.transaction(fence=lease) as tx:
            for product in portion:
                known = await tx.get(tables.PRODUCTS, product.sku)
                fresh = product.model_copy(update={"read_at": now}).to_document()
                if known is not None and {**fresh, "read_at": known.get("read_at")} == known:
                    counts["unchanged"] += 1
                    continue
                await tx.put(tables.PRODUCTS, product.sku, fresh)
                counts["new" if known is None else "changed"] += 1
    counts["missing"] += await _mark_missing(store, {product.sku for product in read.products}, lease)
    return Outcome(dict(counts))


async def take_stock(
    store: Store, read: StockRead, limits: GuardLimits, *, lease: Lease, confirmed: bool = False
) -> Outcome:
    """Bring stock up to date. A SKU that the read lacks has unknown stock from now on, which is not 0."""
    now: dict[str, int | None] = {}
    async for chunk in store.columns(tables.PRODUCTS, ("stock", "kind", "missing")):
        for sku, (units, kind, missing) in chunk:
            if kind != ProductKind.PARENT.value and not missing:
                now[sku] = units if isinstance(units, int) else None
    before = sum(units is not None for units in now.values())
    verdict = _verdict(before, sum(sku in read.stock for sku in now), limits)
    if verdict is not None and (not confirmed or not read.stock):
        return Outcome({"rejected": len(read.rejected)}, stopped=verdict)
    changed = [sku for sku, units in now.items() if read.stock.get(sku) != units]
    for portion in portions(changed, AT_ONCE):
        async with store.transaction(fence=lease) as tx:
            for sku in portion:
                document = await tx.get(tables.PRODUCTS, sku)
                if document is not None:
                    await tx.put(tables.PRODUCTS, sku, {**document, "stock": read.stock.get(sku)})
    return Outcome(
        {"changed": len(changed), "unchanged": len(now) - len(changed), "rejected": len(read.rejected)}
    )


def _verdict(before: int, after: int, limits: GuardLimits) -> GuardVerdict | None:
    if after == 0 and before > 0:
        return GuardVerdict(
            stopped=True,
            what="The inventory read brought nothing; "
            f"{count_of(before, 'product is', 'products are')} known. Nothing was changed.",
            why="An empty read is taken for a fault: it would make every stock unknown.",
            cure="Check that Avasam or the file shows your products, then read again.",
        )
    verdict = check_inventory(before, after, limits)
    return verdict if verdict.stopped else None


async def _mark_missing(store: Store, present: set[str], lease: Lease) -> int:
    gone: list[str] = []
    async for chunk in store.columns(tables.PRODUCTS, ("missing",)):
        gone.extend(sku for sku, (missing,) in chunk if sku not in present and not missing)
    for portion in portions(gone, AT_ONCE):
        async with store.transaction(fence=lease) as tx:
            for sku in portion:
                document = await tx.get(tables.PRODUCTS, sku)
                if document is not None:
                    await tx.put(tables.PRODUCTS, sku, _as_missing(document))
    return len(gone)


def _as_missing(document: Document) -> Document:
    product = Product.from_document(document)
    return product.model_copy(update={"missing": True, "stock": None}).to_document()
