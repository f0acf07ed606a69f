"""Listing jobs when the shop as a whole fails, when input is bad, and when somebody else was quicker.

Acceptance lines: A16, A19, A25.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core import tables
from core.models.integration import Integration
from core.models.job import Job, JobState
from core.models.listing import SkuMapping
from core.models.listing_state import Action
from core.models.product import ProductKind
from core.rules.listing_status import ListingStatus
from core.services.categories import CategoryService
from core.services.errors import NotAllowedNow, NotFound, ServiceError
from core.services.integrations import IntegrationService
from core.services.listing_rows import RowFilter, StockFilter
from core.sync import listing_ask
from core.sync.worker import Worker
from tests.clocks import FrozenClock
from tests.core.services.listing_world import CREATE, UPLOAD, ListingWorld


async def asked(world: ListingWorld, *skus: str) -> Job:
    found = (await world.listings.ask(world.shop, Action.PUBLISH, skus, by="test")).job
    assert found is not None
    return found


async def test_a_shop_that_cannot_be_reached_ends_the_job_and_says_how_many_rows_were_not_tried(
    world: ListingWorld,
) -> None:
    skus = [f"NET-{number}" for number in range(12)]
    await world.stock(*map(world.single, skus))
    await world.categorise(skus[0])
    await world.fault("/product/", drop="before", n=1_000)
    job = await asked(world, *skus)
    await world.finish(job)
    after = await world.job(job)
    assert after.state is JobState.FAILED
    assert "12 rows were not tried" in (after.error or "")
    assert after.cure is not None

    await world.control("DELETE", "/faults")
    (again,) = await world.listings.retry(world.shop, None, by="test")
    assert again.job is not None
    assert {result for result, _ in (await world.finish(again.job)).values()} == {"done"}


async def test_A16_a_shop_without_consent_pauses_the_job_and_it_goes_on_afterwards(
    world: ListingWorld,
) -> None:
    await world.stock(world.single("PAU-1"))
    await world.categorise("PAU-1")
    await world.fault("/product/", code=36009004, message="Invalid access_token in header", n=1_000)
    job = await asked(world, "PAU-1")
    await world.finish(job)
    paused = await world.job(job)
    assert (paused.state, bool(paused.error)) == (JobState.QUEUED, True)
    current = await IntegrationService(world.backend).named("Main")
    assert current.needs_reauthorisation
    with pytest.raises(NotAllowedNow, match="needs reauthorisation"):
        await world.listings.ask(current, Action.PUBLISH, ["PAU-1"], by="test")

    await world.control("DELETE", "/faults")
    await set_integration(world, current.model_copy(update={"needs_reauthorisation": None}))
    assert (await world.finish(await world.job(job)))["PAU-1"][0] == "done"


async def set_integration(world: ListingWorld, integration: Integration) -> None:
    async with world.backend.store.transaction() as tx:
        await tx.put(tables.INTEGRATIONS, integration.id, integration.to_document())


async def test_a_job_of_a_shop_that_was_disabled_meanwhile_sends_nothing(world: ListingWorld) -> None:
    await world.stock(world.single("DIS-1"))
    await world.categorise("DIS-1")
    job = await asked(world, "DIS-1")
    await IntegrationService(world.backend).set_enabled(world.shop.id, enabled=False)
    await world.finish(job)
    assert (await world.job(job)).state is JobState.CANCELLED
    assert await world.products("DIS-1") == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"images": ()}, "no image"),
        ({"images": ("/images/nothing",)}, "HTTP 404"),
        ({"images": ("/control/faults",)}, "not an image"),
        ({"images": ("ftp://somewhere/1.png",)}, "not http"),
        ({"title": "Candle \U0001f56f of joy"}, "emoji"),
        ({"kind": ProductKind.PARENT}, "no children"),
        ({"stock": None}, "stock of"),
        ({"selling_price": None}, "no price"),
        ({"selling_price": Decimal(9_000)}, "outside"),
        ({"currency": "EUR"}, "EUR"),
        ({"weight_kg": Decimal(40)}, "40 kg"),
    ],
    ids=lambda value: str(value)[:30] if isinstance(value, str) else "",
)
async def test_bad_input_ends_in_a_clear_message_and_the_rest_goes_on(
    world: ListingWorld, change: dict[str, Any], said: str, request: pytest.FixtureRequest
) -> None:
    base = world.merchant.sandbox.base_url
    if "images" in change:
        change = {"images": tuple(one if "://" in one else f"{base}{one}" for one in change["images"])}
    place = next(iter(request.node.callspec.indices.values()))
    bad, good = f"BAD-{place}", f"GOOD-{place}"
    await world.stock(world.single(bad, **change), world.single(good))
    await world.categorise(bad, good)
    calls = world.calls(CREATE, "POST")
    done = await world.do(Action.PUBLISH, bad, good)
    assert done[good][0] == "done"
    assert done[bad][0] == "failed"
    assert said in done[bad][1]
    assert world.calls(CREATE, "POST") == calls + 1, "nothing is sent for a row with a problem"
    assert (await world.row(bad)).status.status is ListingStatus.ERROR


async def test_301_variants_are_too_many_and_are_not_uploaded(world: ListingWorld) -> None:
    children = [
        world.single(f"MANY-{n}", kind=ProductKind.CHILD, parent_sku="MANY", attributes={"Colour": f"c{n}"})
        for n in range(301)
    ]
    await world.stock(*world.family("MANY"), *children)
    await world.categorise("MANY")
    calls = world.calls(UPLOAD)
    assert "301 variants" in (await world.do(Action.PUBLISH, "MANY"))["MANY"][1]
    assert world.calls(UPLOAD) == calls


async def test_a_category_that_vanished_is_told_and_another_one_cures_it(world: ListingWorld) -> None:
    await world.stock(world.single("VAN-1"))
    await world.listings.edit(world.shop, ["VAN-1"], {"category_id": "999999"}, by="ann")
    assert "not in this shop's tree" in (await world.do(Action.PUBLISH, "VAN-1"))["VAN-1"][1]
    with pytest.raises(NotFound, match="999999"):
        await CategoryService(world.backend).choose(world.shop, ["VAN-1"], "999999", by="ann")
    await world.categorise("VAN-1")
    assert (await world.do(Action.PUBLISH, "VAN-1"))["VAN-1"][0] == "done"


async def test_A25_categories_are_searched_recommended_first_and_asked_for_what_they_need(
    world: ListingWorld,
) -> None:
    service = CategoryService(world.backend)
    found = await service.search(world.shop, "", title="Oak wall clock")
    assert found[0].recommended
    assert found[0].path.endswith("Clocks")
    assert all(one.is_leaf for one in found)
    tops = await service.branches(world.shop)
    assert "Home Supplies" in {one.path for one in tops}
    with pytest.raises(ServiceError, match="below it"):
        await service.leaf(world.shop, tops[0].id)
    clocks = found[0].id
    with pytest.raises(ServiceError, match="no attribute"):
        await service.attributes(world.shop, clocks, ["Colour of mood=Blue"])
    (material,) = await service.attributes(world.shop, clocks, ["material=Oak"])
    assert material.value_ids

    await world.stock(world.single("CLK-1", category="Clocks"), world.single("CLK-2", category="Clocks"))
    await service.choose(world.shop, ["CLK-1"], clocks, attributes=[material], by="ann")
    explained = await world.listings.explain(world.shop, "CLK-2")
    assert explained.candidate.category_id == clocks, "remembered for the Avasam category"
    assert explained.candidate.attributes == (material,)


async def test_a_kept_tree_is_read_anew_after_a_day(world: ListingWorld) -> None:
    service = CategoryService(world.backend)
    await service.search(world.shop, "Candles")
    calls = world.calls("/categories")
    await service.search(world.shop, "Candles")
    assert world.calls("/categories") == calls
    world.merchant.clock.advance(timedelta(days=1))
    try:
        await service.search(world.shop, "Candles")
    finally:
        world.merchant.clock.advance(timedelta(days=-1))
    assert world.calls("/categories") == calls + 1


async def test_A19_filters_combine_and_every_column_sorts(world: ListingWorld) -> None:
    await world.stock(
        world.single("SRT-1", stock=0), world.single("SRT-2", stock=None), *world.family("SRT-3", "Sage")
    )
    await world.listings.edit(world.shop, ["SRT-1"], {"collection": "Autumn"}, by="ann")

    async def shown(**wanted: Any) -> list[str]:
        return [row.sku for row in await world.listings.rows(world.shop, RowFilter(**wanted))]

    assert await shown(text="SRT") == ["SRT-1", "SRT-2", "SRT-3"]
    assert await shown(text="srt candle", variants=True) == ["SRT-1", "SRT-2", "SRT-3", "SRT-3-SAG"]
    assert await shown(text="SRT", stock=StockFilter.OUT, collection="autumn") == ["SRT-1"]
    assert await shown(stock=StockFilter.OUT, collection="none") == []
    rows = await world.listings.rows(world.shop, RowFilter(text="SRT"), sort="stock", descending=False)
    assert rows[0].sku == "SRT-1"
    with pytest.raises(NotFound, match="no column"):
        await world.listings.rows(world.shop, sort="colour")


async def test_a_product_that_sells_other_rows_too_is_not_deleted_with_one_of_them(
    world: ListingWorld,
) -> None:
    await world.stock(*world.family("SHR-1", "Sage", "Navy"), world.single("SHR-2"))
    await world.categorise("SHR-1")
    await world.do(Action.PUBLISH, "SHR-1")
    sku_ids = [row async for row in world.backend.store.scan(tables.SKU_MAPPINGS)]
    other = SkuMapping.from_document(sku_ids[0][1]).model_copy(update={"avasam_sku": "SHR-2"})
    async with world.backend.store.transaction() as tx:
        await tx.put(tables.SKU_MAPPINGS, sku_ids[0][0], other.to_document())
    refused = await world.do(Action.DELETE, "SHR-1")
    assert "also sells SHR-2" in refused["SHR-1"][1]
    assert (await world.do(Action.DELETE, "SHR-1", "SHR-2"))["SHR-1"][0] == "done"


async def test_a_listing_whose_mapping_was_removed_is_not_made_a_second_time(world: ListingWorld) -> None:
    await world.stock(world.single("UNL-1"))
    await world.categorise("UNL-1")
    await world.do(Action.PUBLISH, "UNL-1")
    async with world.backend.store.transaction() as tx:
        for key in [key async for key, _ in tx.scan(tables.SKU_MAPPINGS)]:
            await tx.delete(tables.SKU_MAPPINGS, key)
    assert "still has product" in (await world.do(Action.PUBLISH, "UNL-1"))["UNL-1"][1]
    assert len(await world.products("UNL-1")) == 1


class TickingClock:
    """A clock that goes on by a second with every look at it."""

    def __init__(self, clock: FrozenClock) -> None:
        self._clock = clock
        self._looks = 0

    def now(self) -> datetime:
        self._looks += 1
        return self._clock.now() + timedelta(seconds=self._looks)


async def test_a_long_job_lets_the_timers_have_their_turn_and_goes_on_where_it_was(
    world: ListingWorld,
) -> None:
    skus = [f"LNG-{number}" for number in range(16)]
    await world.stock(*map(world.single, skus))
    await world.categorise(skus[0])
    job = await asked(world, *skus)
    slices = 0
    while (await world.job(job)).state in {JobState.QUEUED, JobState.RUNNING}:
        sources = replace(world.backend.sources(), clock=TickingClock(world.merchant.clock))
        await Worker(sources, "worker").run_job(job)
        slices += 1
    assert slices > 1
    after = await world.job(job)
    assert (after.state, after.counts) == (JobState.DONE, {"done": 16})
    assert {len(await world.products(sku)) for sku in skus} == {1}


async def test_rows_of_forgotten_jobs_go_but_not_those_of_a_job_being_put_down(
    world: ListingWorld,
) -> None:
    await world.stock(world.single("OLD-1"))
    job = await asked(world, "OLD-1")
    async with world.backend.store.transaction() as tx:
        await tx.delete(tables.JOBS, job.id)
    now = world.merchant.clock.now()
    assert await listing_ask.forget_rows(world.backend.store, world.shop.id, now) == 0
    assert await listing_ask.forget_rows(world.backend.store, world.shop.id, now + timedelta(days=2)) == 1
    assert await world.backend.store.count(tables.JOB_ROWS) == 0
