"""Saving pairs, all or none, and what begins then (A35 to A37, A44).

Acceptance lines: A36.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core import tables
from core.models.integration import IntegrationSettings
from core.models.job import Activity, JobKind
from core.models.listing import ChannelSku, ListingSync, PushRecord, PushState
from core.models.order import Order, OrderKind, OrderState, Tombstone
from core.rules.guard import GuardLimits
from core.rules.matching import Reason
from core.services.errors import NotFound
from core.services.mapping_edits import Edit, Edits, MappingsChanged, MappingsRefused
from core.services.sku_mapping import SkuMappingService
from core.sync import jobs
from core.sync.plan import plan_prices, plan_stock
from tests.clocks import NOON
from tests.core.services.mapping_world import SHOP, World, edits
from tests.core.sync.support import channel_order
from tests.tui.session import open_backend

ANY = GuardLimits(
    zeroed_percent=100, zeroed_count=100, moved_percent=100, far_percent=1000, shrunk_percent=100
)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = await World.open(tmp_path)
    for sku_id in ("t1", "t2", "t3"):
        await opened.list_sku(sku_id, f"gr-{sku_id}")
    await opened.stock("MUG-1", "MUG-2")
    yield opened
    await opened.backend.close()


@pytest.fixture
def service(world: World) -> SkuMappingService:
    return SkuMappingService(world.backend)


async def waiting(world: World) -> list[JobKind]:
    return [job.kind for job in await jobs.waiting(world.store, SHOP.id)]


async def test_A35_after_save_a_pair_is_in_the_store_with_who_and_when(
    world: World, service: SkuMappingService, tmp_path: Path
) -> None:
    saved = await service.save(SHOP.id, edits(("t1", "MUG-1"), ("t2", "MUG-1")), by="anna")
    assert (saved.linked, saved.unlinked) == (2, 0)
    other = await open_backend(tmp_path, world.clock)
    row = await other.store.get(tables.SKU_MAPPINGS, tables.key(SHOP.id, "t1"))
    await other.close()
    assert row is not None
    assert (row["avasam_sku"], row["seller_sku"], row["mapped_by"]) == ("MUG-1", "gr-t1", "anna")


async def test_A35_stock_and_price_begin_at_once_for_new_pairs(
    world: World, service: SkuMappingService
) -> None:
    saved = await service.save(SHOP.id, edits(("t1", "MUG-1")), by="anna")
    assert saved.started == (JobKind.VERIFY, JobKind.SYNC_PRICE)
    assert jobs.KINDS[JobKind.VERIFY][-1] == "stock", "what the shop shows is read before stock is sent"
    assert sorted(await waiting(world)) == sorted(saved.started)
    assert [change.sku_id for change in (await plan_stock(world.store, SHOP, ANY)).changes] == ["t1"]


@pytest.mark.parametrize("fields", [{"enabled": False}, {"needs_reauthorisation": "revoked"}])
async def test_nothing_is_started_for_a_shop_that_may_not_act(
    world: World, service: SkuMappingService, fields: dict[str, object]
) -> None:
    await world.put(tables.INTEGRATIONS, SHOP.id, SHOP.model_copy(update=fields))
    assert (await service.save(SHOP.id, edits(("t1", "MUG-1")), by="anna")).started == ()
    assert await world.pairs() == {"t1": "MUG-1"}


async def test_what_is_switched_off_is_not_started(world: World, service: SkuMappingService) -> None:
    off = SHOP.model_copy(update={"settings": IntegrationSettings(stock_update=False)})
    await world.put(tables.INTEGRATIONS, SHOP.id, off)
    assert (await service.save(SHOP.id, edits(("t1", "MUG-1")), by="anna")).started == ()


async def test_A36_after_unlink_nothing_is_planned_and_nothing_is_remembered_of_pushes(
    world: World, service: SkuMappingService
) -> None:
    await service.save(SHOP.id, edits(("t1", "MUG-1")), by="anna")
    key = tables.key(SHOP.id, "t1")
    await world.put(tables.LISTING_SYNCS, key, ListingSync(integration_id=SHOP.id, sku_id="t1"))
    saved = await service.save(SHOP.id, edits(("t1", None, "MUG-1")), by="ben")
    assert (saved.linked, saved.unlinked, saved.started) == (0, 1, ())
    assert await world.mapping("t1") is None
    assert await world.store.get(tables.LISTING_SYNCS, key) is None
    for plan in (plan_stock, plan_prices):
        assert (await plan(world.store, SHOP, ANY)).mapped == 0


@pytest.mark.parametrize(("confirmed", "known"), [("12.00", Decimal("12.00")), (None, None)])
async def test_the_last_price_sent_is_not_forgotten_with_the_pair(
    world: World, service: SkuMappingService, confirmed: str | None, known: Decimal | None
) -> None:
    """Mapped again, its price is compared with what the shop shows, not with an old download."""
    await world.map("t1", "MUG-1")
    sent = PushRecord(value=confirmed, sent="12.00", sent_at=NOON + timedelta(1), state=PushState.SENT)
    key = tables.key(SHOP.id, "t1")
    await world.put(tables.LISTING_SYNCS, key, ListingSync(integration_id=SHOP.id, sku_id="t1", price=sent))
    await service.save(SHOP.id, edits(("t1", None, "MUG-1")), by="ben")
    row = await world.store.get(tables.CHANNEL_SKUS, key)
    assert row is not None
    assert ChannelSku.from_document(row).live_price == known


async def test_A37_who_saves_second_is_told_who_changed_what_and_nothing_is_written(
    world: World, service: SkuMappingService
) -> None:
    await service.save(SHOP.id, edits(("t1", "MUG-1")), by="anna")
    with pytest.raises(MappingsChanged) as told:
        await service.save(SHOP.id, edits(("t1", "MUG-2"), ("t2", "MUG-2")), by="ben")
    assert "anna mapped t1 to MUG-1 at 12:00:00 UTC" in told.value.what
    assert [clash.edit.sku_id for clash in told.value.clashes] == ["t1"]
    assert await world.pairs() == {"t1": "MUG-1"}


async def test_A37_a_pair_that_was_unlinked_meanwhile_is_told_as_well(
    world: World, service: SkuMappingService
) -> None:
    await world.map("t1", "MUG-1")
    await service.save(SHOP.id, edits(("t1", None, "MUG-1")), by="anna")
    with pytest.raises(MappingsChanged, match="anna unlinked t1 at 12:00:00 UTC"):
        await service.save(SHOP.id, edits(("t1", "MUG-2", "MUG-1")), by="ben")


async def test_A37_two_who_save_at_once_never_leave_half_of_either(
    world: World, service: SkuMappingService, tmp_path: Path
) -> None:
    other = await open_backend(tmp_path, world.clock)
    both = await asyncio.gather(
        service.save(SHOP.id, edits(*((f"t{n}", "MUG-1") for n in (1, 2, 3))), by="anna"),
        SkuMappingService(other).save(SHOP.id, edits(*((f"t{n}", "MUG-2") for n in (3, 2, 1))), by="ben"),
        return_exceptions=True,
    )
    await other.close()
    assert sorted(type(one).__name__ for one in both) == ["MappingsChanged", "Saved"]
    assert len(set((await world.pairs()).values())) == 1


async def test_what_another_has_saved_just_so_is_no_clash(world: World, service: SkuMappingService) -> None:
    await service.save(SHOP.id, edits(("t1", "MUG-1")), by="anna")
    saved = await service.save(SHOP.id, edits(("t1", "MUG-1")), by="ben")
    assert (saved.linked, saved.unchanged) == (0, 1)
    mapping = await world.mapping("t1")
    assert mapping is not None
    assert mapping.mapped_by == "anna"


async def test_A37_one_channel_sku_cannot_be_given_two_partners() -> None:
    pending = edits(("t1", "MUG-1")).having(*edits(("t1", "MUG-2")))
    assert [(edit.sku_id, edit.avasam_sku) for edit in pending] == [("t1", "MUG-2")]


async def test_an_edit_back_to_what_is_there_is_none() -> None:
    assert len(edits(("t1", "MUG-2", "MUG-1")).having(Edit("t1", "MUG-1", "MUG-1"))) == 0
    assert not list(Edits().having(Edit("t1", None)))


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (("gone", "MUG-1"), "TikTok no longer lists it"),
        (("t9", "MUG-1"), "no such SKU; Download"),
        (("t1", "MUG-9"), "Avasam has no SKU MUG-9"),
        (("t1", "MISSING"), "Avasam has no SKU MISSING"),
        (("t1", "PARENT"), "choose one of its children"),
    ],
)
async def test_what_makes_no_sense_is_refused_whole(
    world: World, service: SkuMappingService, edit: tuple[str, str], why: str
) -> None:
    await world.list_sku("gone", deleted=True)
    await world.stock("MISSING", missing=True)
    await world.stock("PARENT", kind="parent")
    with pytest.raises(MappingsRefused, match=why):
        await service.save(SHOP.id, edits(edit, ("t2", "MUG-2")), by="anna")
    assert await world.pairs() == {}


async def test_a_removed_integration_takes_no_mappings(service: SkuMappingService) -> None:
    with pytest.raises(NotFound):
        await service.save("nobody", edits(("t1", "MUG-1")), by="anna")


async def test_a_save_leaves_a_line_in_activity(world: World, service: SkuMappingService) -> None:
    await world.map("t2", "MUG-1")
    await service.save(SHOP.id, edits(("t1", "MUG-1"), ("t2", None, "MUG-1")), by="anna")
    lines = [Activity.from_document(row) async for _, row in world.store.scan(tables.ACTIVITY)]
    assert [(line.kind, line.counts, line.text) for line in lines] == [
        ("mappings", {"mapped": 1, "unlinked": 1}, "saved by anna")
    ]


async def test_A44_orders_of_a_newly_mapped_sku_are_counted_and_synced(
    world: World, service: SkuMappingService
) -> None:
    kept = Order(
        integration_id=SHOP.id,
        source=channel_order("o1", ["t1"]),
        kind=OrderKind.NON_AVASAM,
        state=OrderState.NON_AVASAM,
        downloaded_at=NOON,
    )
    await world.put(tables.ORDERS, tables.key(SHOP.id, "o1"), kept)
    mark = Tombstone(integration_id=SHOP.id, order_id="o2", sku_ids=("t1",), since=NOON)
    await world.put(tables.TOMBSTONES, tables.key(SHOP.id, "o2"), mark)
    saved = await service.save(SHOP.id, edits(("t1", "MUG-1")), by="anna")
    assert saved.orders == 2
    assert JobKind.SYNC_ORDERS in saved.started
    assert (await service.save(SHOP.id, edits(("t2", "MUG-1")), by="anna")).orders == 0


async def test_A37_suggestions_map_nothing_and_leave_out_what_has_a_partner_or_an_edit(
    world: World, service: SkuMappingService
) -> None:
    await world.list_sku("t4", "mug_1")
    await world.list_sku("t5", "MUG-2")
    await world.list_sku("t6", "MUG-1", deleted=True)
    await world.map("t1", "MUG-1")
    found = await service.suggestions(SHOP, besides=("t5",))
    assert [(one.sku_id, one.avasam_sku, one.reason) for one in found] == [("t4", "MUG-1", Reason.SKU_ALIKE)]
    assert await world.pairs() == {"t1": "MUG-1"}


async def test_equal_skus_are_mapped_when_asked(world: World, service: SkuMappingService) -> None:
    await world.list_sku("t4", "MUG-1")
    assert await service.map_equal(SHOP, by="anna") == 1
    assert await world.pairs() == {"t4": "MUG-1"}
    assert await service.map_equal(SHOP, by="anna") == 0
