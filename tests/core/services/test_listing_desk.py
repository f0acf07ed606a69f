"""Edits of listings wait on a desk until Save; a refused row never stops the others.

Acceptance lines: A19, A22, A23, A24.
"""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core import tables
from core.backend import Backend
from core.models.listing import Listing, PricingRule
from core.models.product import Product, ProductKind
from core.services.errors import ServiceError
from core.services.listing_desk import ListingDesk
from core.services.listing_desks import ListingDesks
from core.services.listing_edits import Field
from core.services.listing_rows import RowFilter
from core.services.listings import ListingService
from tests.clocks import NOON, FrozenClock
from tests.tui.session import integration, open_backend

SHOP = integration("One")


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    made = await open_backend(tmp_path, FrozenClock())
    async with made.store.transaction() as tx:
        await tx.put(tables.INTEGRATIONS, SHOP.id, SHOP.to_document())
    yield made
    await made.close()


async def desk_of(backend: Backend, *products: Product) -> ListingDesk:
    async with backend.store.transaction() as tx:
        for one in products:
            await tx.put(tables.PRODUCTS, one.sku, one.to_document())
    desks = ListingDesks(backend)
    await desks.read_ahead()
    return desks.of(SHOP)


def product(sku: str, **more: Any) -> Product:
    fields: dict[str, Any] = {"sku": sku, "title": f"Mug {sku}", "selling_price": Decimal("9.99"), **more}
    return Product(**fields)


async def draft(backend: Backend, sku: str) -> Listing:
    return await ListingService(backend).draft(SHOP, sku)


async def test_1200_rows_are_saved_in_portions_that_others_can_come_between(backend: Backend) -> None:
    skus = [f"S{number:04}" for number in range(1200)]
    desk = await desk_of(backend, *map(product, skus))
    typed = await desk.type(skus, {Field.COLLECTION: "Autumn"})
    assert (typed.changed, len(desk.edits)) == (1200, 1200)
    before = (await backend.store.changes(-1)).seq
    saved = await desk.save(by="ann")
    assert (saved.rows, list(saved.refused), len(desk.edits)) == (1200, [], 0)
    assert (await backend.store.changes(-1)).seq - before == 3, "at most 500 rows a commit"
    assert {(await draft(backend, sku)).edited_by for sku in skus[::300]} == {"ann"}


async def test_a_row_that_is_gone_or_follows_a_rule_by_now_stops_no_other(backend: Backend) -> None:
    desk = await desk_of(backend, product("A"), product("B"), product("C"))
    await desk.type(["A", "B", "C"], {Field.PRICE: "5.00"})
    rule = PricingRule(id="r", integration_id=SHOP.id, name="R", percent=Decimal(10), edited_at=NOON)
    attached = Listing(integration_id=SHOP.id, avasam_sku="B", rule_id="r")
    async with backend.store.transaction() as tx:
        await tx.delete(tables.PRODUCTS, "A")
        await tx.put(tables.PRICING_RULES, tables.key(SHOP.id, "r"), rule.to_document())
        await tx.put(tables.LISTINGS, tables.key(SHOP.id, "B"), attached.to_document())
    saved = await desk.save(by="ann")
    assert saved.rows == 1
    assert [sku for sku, _ in saved.refused] == ["A", "B"]
    assert "no product A any more" in saved.refused[0][1]
    assert "follows a pricing rule" in saved.refused[1][1]
    assert set(desk.edits.by_sku) == {"A", "B"}
    assert (await draft(backend, "C")).typed_price == Decimal("5.00")
    assert desk.undo() == ["A", "B"], "what was refused can be taken back, as its reason says"
    assert (desk.undo(), len(desk.edits)) == ([], 0)
    await desk.refresh()
    assert desk.row("A") is None
    assert desk.why_not("B", Field.PRICE) is not None


async def test_only_the_rows_asked_for_are_saved_and_another_field_of_somebody_else_stays(
    backend: Backend,
) -> None:
    desk = await desk_of(backend, product("A"), product("B"))
    await desk.type(["A", "B"], {Field.TITLE: "Mine"})
    changes: dict[str, object] = {"collection": "Theirs"}
    await ListingService(backend).edit(SHOP, ["A"], changes, by="ben")
    saved = await desk.save(by="ann", skus=["A", "never typed"])
    assert (saved.rows, set(desk.edits.by_sku)) == (1, {"B"})
    kept = await draft(backend, "A")
    assert (kept.title, kept.collection, kept.edited_by) == ("Mine", "Theirs", "ann")


async def test_A22_A24_undo_goes_back_step_by_step_and_bad_values_never_wait(backend: Backend) -> None:
    desk = await desk_of(backend, product("A"))
    await desk.type(["A"], {Field.TITLE: "One", Field.PRICE: "4.00"})
    await desk.type(["A"], {Field.TITLE: "Two"})
    for text in ("abc", "0", "-1", "1,50", "1.999"):
        with pytest.raises(ServiceError):
            await desk.type(["A"], {Field.PRICE: text})
    line = desk.row("A")
    assert line is not None
    assert (line.row.title, line.row.price) == ("Two", Decimal("4.00"))
    assert line.edited == {Field.TITLE, Field.PRICE}
    assert desk.undo() == ["A"]
    line = desk.row("A")
    assert line is not None
    assert line.row.title == "One"
    assert desk.undo() == ["A"]
    assert (desk.undo(), len(desk.edits)) == ([], 0)
    await desk.type(["A"], {Field.TITLE: "One"})
    await desk.type(["A"], {Field.TITLE: ""})
    assert len(desk.edits) == 0, "back to what it was is no edit"


async def test_A19_a_command_finds_what_the_screen_finds(backend: Backend) -> None:
    await desk_of(
        backend,
        product("P", kind=ProductKind.PARENT, title="Blue mug"),
        product("P-S", kind=ProductKind.CHILD, parent_sku="P", title="small", stock=0),
        product("X", title="Lamp", stock=5),
        product("LOST", kind=ProductKind.CHILD, parent_sku="never read", title="Orphan"),
    )
    service = ListingService(backend)

    async def found(wanted: RowFilter, *, descending: bool = False) -> list[str]:
        return [row.sku for row in await service.rows(SHOP, wanted, sort="stock", descending=descending)]

    assert await found(RowFilter(text="blue small")) == ["P"]
    assert await found(RowFilter(text="small", variants=True)) == ["P-S"]
    assert await found(RowFilter()) == ["P", "X", "LOST"]
    assert await found(RowFilter(), descending=True) == ["X", "P", "LOST"], "unknown comes last"
