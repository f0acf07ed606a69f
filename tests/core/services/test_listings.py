"""From a row to the shop and back, over a real socket, with the shop's own state as the witness.

Acceptance lines: A21, A25, A27, A32.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core import tables
from core.models.job import JobState
from core.models.listing_state import Action, Deed
from core.rules.listing_status import ListingStatus
from core.services.editing import EditedMeanwhile
from core.services.errors import ServiceError
from core.services.pricing_rules import PricingRuleService
from core.services.triage import TriageService
from core.sync.listing_record import with_holds
from tests.core.services.listing_world import CHECK, CREATE, EDIT, UPLOAD, ListingWorld


async def test_A25_A26_A27_a_single_and_a_family_are_listed_and_mapped_once(world: ListingWorld) -> None:
    await world.stock(world.single("A26-ONE"), *world.family("A26-FAM", "Sage", "Navy"))
    refused = await world.do(Action.PUBLISH, "A26-ONE")
    assert refused["A26-ONE"][0] == "failed"
    assert "No TikTok category is chosen" in refused["A26-ONE"][1]
    assert (await world.row("A26-ONE")).status.status is ListingStatus.ERROR

    await world.categorise("A26-ONE")
    done = await world.do(Action.PUBLISH, "A26-ONE", "A26-FAM")
    assert {result for result, _ in done.values()} == {"done"}, "the family needed no choice of its own"
    assert await world.sold("A26-ONE") == {"title": "Harbour candle A26-ONE", "price": "9.99", "quantity": 20}
    assert await world.products("A26-FAM-SAG") == await world.products("A26-FAM-NAV")
    row = await world.row("A26-ONE")
    assert (row.status.status, row.status.linked, row.status.in_review) == (ListingStatus.LISTED, True, True)
    assert row.product_type == "Candles", "A30"
    mapped = [one["avasam_sku"] async for _, one in world.backend.store.scan(tables.SKU_MAPPINGS)]
    assert sorted(map(str, mapped)) == ["A26-FAM-NAV", "A26-FAM-SAG", "A26-ONE"]

    before = await world.shop_state()
    again = await world.do(Action.PUBLISH, "A26-ONE", "A26-FAM")
    assert {result for result, _ in again.values()} == {"skipped"}
    assert "already linked" in again["A26-ONE"][1]
    assert await world.shop_state() == before


async def test_A28_update_sends_what_changed_and_keeps_every_variant(world: ListingWorld) -> None:
    await world.stock(world.single("A28-ONE"), *world.family("A28-FAM", "Sage", "Navy"))
    await world.categorise("A28-ONE")
    await world.do(Action.PUBLISH, "A28-ONE", "A28-FAM")
    for sku in ("A28-ONE", "A28-FAM-SAG"):
        await world.end_review(sku, passes=True)
    assert await world.look_at_reviews() == {"looked": 2, "approved": 2}

    calls = world.calls("partial_edit")
    quiet = await world.do(Action.UPDATE, "A28-ONE", "A28-FAM")
    assert {text for _, text in quiet.values()} == {"nothing has changed"}
    assert world.calls("partial_edit") == calls

    changes: dict[str, object] = {"title": "A better candle", "typed_price": Decimal("11.50")}
    await world.listings.edit(world.shop, ["A28-ONE"], changes, by="ann")
    await world.stock(world.child("A28-FAM", "Rust"))
    sent = await world.do(Action.UPDATE, "A28-ONE", "A28-FAM")
    assert sent == {"A28-ONE": ("done", "sent title, price"), "A28-FAM": ("done", "sent variation")}
    assert (await world.sold("A28-ONE"))["price"] == "11.50", "prices skip the review"
    assert (await world.sold("A28-ONE"))["title"] == "Harbour candle A28-ONE", "titles do not"
    for sku in ("A28-ONE", "A28-FAM-SAG"):
        await world.end_review(sku, passes=True)
    assert (await world.sold("A28-ONE"))["title"] == "A better candle"
    (family,) = await world.products("A28-FAM-RUS")
    assert await world.products("A28-FAM-SAG") == await world.products("A28-FAM-NAV") == [family]


async def test_A29_delete_unlinks_and_a_refused_delete_stays_linked(world: ListingWorld) -> None:
    await world.stock(*(world.single(f"A29-{number}") for number in range(25)))
    skus = [f"A29-{number}" for number in range(25)]
    await world.categorise("A29-0")
    await world.do(Action.PUBLISH, *skus)
    frozen = (await world.products("A29-3"))[0]
    world.merchant.sandbox.world.shops()[0].products[frozen].status = "FREEZE"
    calls = world.calls("/product/202309/products", "DELETE")

    done = await world.do(Action.DELETE, *skus)
    assert world.calls("/product/202309/products", "DELETE") - calls == 2, "twenty a call"
    assert [sku for sku, (result, _) in done.items() if result == "failed"] == ["A29-3"]
    kept, gone = await world.row("A29-3"), await world.row("A29-4")
    assert (kept.status.status, kept.status.linked) == (ListingStatus.ERROR, True)
    assert (gone.status.status, gone.status.linked) == (ListingStatus.NOT_LISTED, False)
    assert await world.products("A29-4") == []
    world.merchant.sandbox.world.shops()[0].products[frozen].status = "DELETED"
    assert (await world.do(Action.DELETE, "A29-3"))["A29-3"][0] == "done"


async def test_deactivate_keeps_the_link_and_activate_is_reviewed_again(world: ListingWorld) -> None:
    await world.stock(world.single("OFF-1"))
    await world.categorise("OFF-1")
    await world.do(Action.PUBLISH, "OFF-1")
    await world.end_review("OFF-1", passes=True)
    (product_id,) = await world.products("OFF-1")
    assert (await world.do(Action.DEACTIVATE, "OFF-1"))["OFF-1"][0] == "done"
    assert (await world.shop_state())[product_id]["status"] == "SELLER_DEACTIVATED"
    assert (await world.row("OFF-1")).status.linked
    assert (await world.do(Action.ACTIVATE, "OFF-1"))["OFF-1"][0] == "done"
    assert (await world.row("OFF-1")).status.in_review


async def test_a_rejected_listing_says_why_and_a_refused_edit_leaves_the_old_version_live(
    world: ListingWorld,
) -> None:
    await world.stock(world.single("REV-1"), world.single("REV-2"))
    await world.categorise("REV-1")
    await world.do(Action.PUBLISH, "REV-1", "REV-2")
    await world.end_review("REV-1", passes=False, why=["Title promises a result"])
    await world.end_review("REV-2", passes=True)
    assert await world.look_at_reviews() == {"looked": 2, "approved": 1, "turned_down": 1}
    row = await world.row("REV-1")
    assert (row.status.status, row.status.linked) == (ListingStatus.ERROR, True)
    assert "Title promises a result" in row.status.note

    await world.listings.edit(world.shop, ["REV-1"], {"title": "A candle, no more"}, by="ann")
    assert (await world.do(Action.PUBLISH, "REV-1"))["REV-1"][0] == "done", "List tries an error row again"
    await world.end_review("REV-1", passes=True)
    await world.listings.edit(world.shop, ["REV-2"], {"title": "The best candle of all"}, by="ann")
    await world.do(Action.UPDATE, "REV-2")
    assert (await world.row("REV-2")).status.in_review
    await world.end_review("REV-2", passes=False)
    await world.look_at_reviews()
    assert (await world.row("REV-1")).status.status is ListingStatus.LISTED
    refused = await world.row("REV-2")
    assert refused.status.status is ListingStatus.ERROR
    assert "old version" in refused.status.note
    assert (await world.sold("REV-2"))["title"] == "Harbour candle REV-2"
    calls = world.calls("partial_edit")
    await world.do(Action.UPDATE, "REV-2")
    assert world.calls("partial_edit") == calls + 1, "what was refused is sent again, not forgotten"


@pytest.mark.parametrize(
    ("path", "how"),
    [
        (CREATE, {"drop": "after"}),
        (CREATE, {"drop": "after", "n": 5}),
        (CREATE, {"drop": "before", "n": 5}),
        (CREATE, {"status": 500, "when": "after", "n": 5}),
        (CREATE, {"body": "truncated", "when": "after", "n": 5}),
        (CREATE, {"status": 429, "n": 5}),
        (UPLOAD, {"drop": "after"}),
        (UPLOAD, {"drop": "after", "n": 2}),
        (CHECK, {"status": 500, "n": 5}),
        ("/images/", {"status": 404}),
    ],
    ids=lambda value: str(value).replace("/", "_")[-40:],
)
async def test_A27_whatever_goes_wrong_between_two_calls_a_product_is_made_once(
    world: ListingWorld, path: str, how: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    sku = f"FLT-{next(iter(request.node.callspec.indices.values()))}"
    await world.stock(world.single(sku))
    await world.categorise(sku)
    await world.fault(path, exact=path == CREATE, **how)
    await world.do(Action.PUBLISH, sku)
    await world.control("DELETE", "/faults")
    for asked in await world.listings.retry(world.shop, None, by="test"):
        assert asked.job is not None
        await world.finish(asked.job)
    assert len(await world.products(sku)) == 1
    assert (await world.row(sku)).status.status is ListingStatus.LISTED
    assert await world.backend.store.count(tables.LISTING_ATTEMPTS) == 0


async def test_an_edit_whose_reply_is_lost_is_read_back_before_it_is_sent_again(world: ListingWorld) -> None:
    await world.stock(world.single("LOST-1"))
    await world.categorise("LOST-1")
    await world.do(Action.PUBLISH, "LOST-1")
    await world.end_review("LOST-1", passes=True)
    await world.look_at_reviews()
    await world.listings.edit(world.shop, ["LOST-1"], {"title": "Another candle"}, by="ann")
    await world.fault(EDIT, drop="after")
    first = await world.do(Action.UPDATE, "LOST-1")
    assert first["LOST-1"][0] == "failed"
    assert (await world.do(Action.UPDATE, "LOST-1"))["LOST-1"][0] == "done"
    await world.end_review("LOST-1", passes=True)
    assert (await world.sold("LOST-1"))["title"] == "Another candle"


async def test_the_daily_quota_leaves_the_rest_for_tomorrow_with_the_date(world: ListingWorld) -> None:
    await world.stock(*(world.single(f"QUO-{number}") for number in range(3)))
    await world.categorise("QUO-0")
    await world.fault(CREATE, exact=True, code=12052093, n=10)
    done = await world.do(Action.PUBLISH, "QUO-0", "QUO-1", "QUO-2")
    assert {result for result, _ in done.values()} == {"queued"}
    tomorrow = (world.backend.clock.now() + timedelta(days=1)).date()
    assert str(tomorrow) in done["QUO-1"][1]
    state = await world.state("QUO-1")
    assert (state.deed, state.queued_until is not None) == (Deed.QUEUED, True)
    await world.control("DELETE", "/faults")
    assert "asked" not in await world.look_at_reviews()

    clock = world.merchant.clock
    clock.advance(timedelta(days=1))
    try:
        assert (await world.look_at_reviews())["asked"] == 3
        await work_off(world)
    finally:
        clock.advance(timedelta(days=-1))
    assert [len(await world.products(f"QUO-{number}")) for number in range(3)] == [1, 1, 1]


async def work_off(world: ListingWorld) -> None:
    """Let a worker do every waiting job."""
    from core.sync import jobs

    for job in await jobs.waiting(world.backend.store, world.shop.id):
        await world.finish(job)


async def test_three_identical_refusals_hold_the_action_until_the_named_input_changes(
    world: ListingWorld,
) -> None:
    await world.stock(world.single("HLD-1"))
    await world.categorise("HLD-1")
    await world.fault(CREATE, exact=True, code=12052931, n=3)
    for _ in range(3):
        assert (await world.do(Action.PUBLISH, "HLD-1"))["HLD-1"][0] == "failed"
    assert "Held after 3" in (await world.do(Action.PUBLISH, "HLD-1"))["HLD-1"][1]
    explained = await world.listings.explain(world.shop, "HLD-1")
    (told,) = with_holds(explained.state, explained.held)
    assert (told.code, "Held after 3 identical refusals" in told.what) == ("tiktok-12052931", True)
    await world.listings.edit(world.shop, ["HLD-1"], {"typed_price": Decimal("8.00")}, by="ann")
    assert "Held" in (await world.do(Action.PUBLISH, "HLD-1"))["HLD-1"][1], "the price was not named"
    await world.listings.edit(world.shop, ["HLD-1"], {"title": "A calmer title"}, by="ann")
    assert (await world.do(Action.PUBLISH, "HLD-1"))["HLD-1"][0] == "done"
    stopped = await world.do(Action.DEACTIVATE, "HLD-1")
    told_so = "waits for TikTok's review" in stopped["HLD-1"][1]
    assert told_so or stopped["HLD-1"][0] == "done", "stop actions are never held"


async def test_A32_problems_are_grouped_fixed_once_and_tried_again(world: ListingWorld) -> None:
    skus = [f"TRI-{number}" for number in range(4)]
    await world.stock(*(world.single(sku, weight_kg=None) for sku in skus), world.single("TRI-X", images=()))
    await world.categorise(*skus)
    await world.do(Action.PUBLISH, *skus, "TRI-X")
    triage = TriageService(world.backend)
    found = {cause.code: cause for cause in await triage.causes(world.shop)}
    assert found["weight-missing"].skus == tuple(skus)
    assert (found["image-missing"].count, found["weight-missing"].opens) == (1, "set --weight")
    fixed = await triage.fix(world.shop, found["weight-missing"].id, {"weight_kg": Decimal("0.3")}, by="ann")
    assert fixed.changed == 4
    for asked in fixed.asked:
        assert asked.job is not None
        await world.finish(asked.job)
    assert [cause.code for cause in await triage.causes(world.shop)] == ["image-missing"]
    bundle = await triage.bundle(world.shop, "TRI-0")
    assert {"timeline", "state", "decisions", "pushes"} <= bundle.keys()
    assert "token" not in str(bundle).lower()


async def test_two_people_who_edit_one_row_do_not_overwrite_each_other(world: ListingWorld) -> None:
    await world.stock(world.single("TWO-1"))
    seen = (await world.listings.draft(world.shop, "TWO-1")).revision
    await world.listings.edit(world.shop, ["TWO-1"], {"title": "Ann's title"}, by="ann", revision=seen)
    told = r"ann changed TWO-1 while you edited it \(title: nothing → Ann's title\)"
    with pytest.raises(EditedMeanwhile, match=told):
        await world.listings.edit(world.shop, ["TWO-1"], {"title": "Bob's"}, by="bob", revision=seen)
    assert (await world.listings.draft(world.shop, "TWO-1")).title == "Ann's title"
    leaf = await world.categorise("TWO-1")
    with pytest.raises(EditedMeanwhile, match=f"test changed TWO-1 .*category_id: nothing → {leaf}"):
        await world.listings.edit(world.shop, ["TWO-1"], {"title": "Bob's"}, by="bob", revision=seen + 1)


async def test_A28_an_update_does_not_sell_the_units_of_open_orders_a_second_time(
    world: ListingWorld,
) -> None:
    """domain.md, Desired state: what is wanted is compared with what was confirmed last."""
    await world.stock(world.single("HELD-1"))
    await world.categorise("HELD-1")
    await world.do(Action.PUBLISH, "HELD-1")
    await world.end_review("HELD-1", passes=True)
    (product_id,) = await world.products("HELD-1")
    (sku_id,) = (await world.shop_state())[product_id]["skus"]
    placed = {"shop": world.shop.shop.id, "shape": "single", "sku_ids": [sku_id, sku_id]}
    await world.control("POST", "/orders", placed)
    assert (await world.sold("HELD-1"))["quantity"] == 18, "TikTok holds two for the order"
    await world.listings.edit(world.shop, ["HELD-1"], {"title": "Harbour candle of wax"}, by="ann")
    assert (await world.do(Action.UPDATE, "HELD-1"))["HELD-1"] == ("done", "sent title")
    assert (await world.sold("HELD-1"))["quantity"] == 18
    await world.stock(world.single("HELD-1", stock=17, title="Harbour candle of wax"))
    assert (await world.do(Action.UPDATE, "HELD-1"))["HELD-1"] == ("done", "sent stock")


async def test_an_update_at_a_price_below_the_floor_says_so_on_the_row(world: ListingWorld) -> None:
    """domain.md, Selling price: the price stands, and is a problem on the listing."""
    await world.stock(world.single("FLR-1"))
    await world.categorise("FLR-1")
    await world.do(Action.PUBLISH, "FLR-1")
    await world.end_review("FLR-1", passes=True)
    rules = PricingRuleService(world.backend)
    thin = {"name": "Thin", "percent": Decimal(10), "floor_percent": Decimal(25)}
    rule = await rules.save(world.shop, thin)
    await rules.attach(world.shop, ["FLR-1"], rule.id, by="ann")
    assert (await world.do(Action.UPDATE, "FLR-1"))["FLR-1"] == ("done", "sent price")
    assert (await world.sold("FLR-1"))["price"] == "5.28"
    assert [(one.code, one.blocking) for one in (await world.state("FLR-1")).problems] == [
        ("price-floor", False)
    ]


async def test_A21_a_variant_has_its_own_title_and_price_but_not_its_own_category(
    world: ListingWorld,
) -> None:
    await world.stock(*world.family("CHI-1", "Sage"))
    assert await world.listings.edit(world.shop, ["CHI-1-SAG"], {"typed_price": Decimal(5)}, by="ann") == 1
    with pytest.raises(ServiceError, match="variant"):
        await world.listings.edit(world.shop, ["CHI-1-SAG"], {"category_id": "1"}, by="ann")


async def test_a_cancelled_job_ends_after_what_is_under_way_and_retry_goes_on(world: ListingWorld) -> None:
    await world.stock(world.single("CAN-1"), world.single("CAN-2"))
    await world.categorise("CAN-1")
    asked = await world.listings.ask(world.shop, Action.PUBLISH, ["CAN-1", "CAN-2"], by="test")
    assert asked.job is not None
    assert (await world.listings.cancel(asked.job.id)).state is JobState.CANCELLED
    await world.finish(asked.job)
    assert await world.products("CAN-1") == []
    (again,) = await world.listings.retry(world.shop, None, by="test")
    assert again.job is not None
    assert {result for result, _ in (await world.finish(again.job)).values()} == {"done"}


async def test_a_product_deleted_by_hand_is_an_error_that_stays_linked_until_a_person_decides(
    world: ListingWorld,
) -> None:
    await world.stock(world.single("GON-1"))
    await world.categorise("GON-1")
    await world.do(Action.PUBLISH, "GON-1")
    (product_id,) = await world.products("GON-1")
    world.merchant.sandbox.world.shops()[0].products[product_id].status = "DELETED"
    assert (await world.look_at_reviews())["gone"] == 1
    row = await world.row("GON-1")
    assert (row.status.status, row.status.linked) == (ListingStatus.ERROR, True)
    assert "deleted there" in row.status.note
    assert (await world.do(Action.DELETE, "GON-1"))["GON-1"][0] == "done"
    assert (await world.do(Action.PUBLISH, "GON-1"))["GON-1"][0] == "done"
    assert len(await world.products("GON-1")) == 1


async def test_the_same_image_is_uploaded_to_a_shop_once(world: ListingWorld) -> None:
    await world.stock(*(world.single(f"IMG-{number}", images=(world.image(99),)) for number in range(4)))
    await world.categorise("IMG-0")
    calls = world.calls(UPLOAD)
    await world.do(Action.PUBLISH, *(f"IMG-{number}" for number in range(4)))
    assert world.calls(UPLOAD) == calls + 1
