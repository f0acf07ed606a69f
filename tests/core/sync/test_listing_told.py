"""What TikTok says of listings is told on the row, in Activity and as a lasting problem.

Acceptance lines: A28, A29, A32.
"""

from core import tables
from core.models.integration import SyncKind
from core.models.job import Activity, Problem
from core.models.listing_state import Action
from core.rules.listing_status import ListingStatus
from core.services.listing_check import ListingCheck
from core.services.triage import TriageService
from core.sync.listing_links import called, with_names
from tests.core.services.listing_world import ListingWorld


async def problem(world: ListingWorld, code: str) -> Problem | None:
    row = await world.backend.store.get(tables.PROBLEMS, tables.key(world.shop.id, code))
    return None if row is None else Problem.from_document(row)


async def listed(world: ListingWorld, *skus: str) -> None:
    """Listed and approved."""
    await world.stock(*map(world.single, skus))
    await world.categorise(*skus)
    await world.do(Action.PUBLISH, *skus)
    for sku in skus:
        await world.end_review(sku, passes=True)
    await world.look_at_reviews()


async def set_status(world: ListingWorld, sku: str, status: str) -> None:
    (product_id,) = await world.products(sku)
    for shop in world.merchant.sandbox.world.shops():
        if product_id in shop.products:
            shop.products[product_id].status = status


async def test_A28_an_update_of_a_frozen_product_says_that_TikTok_froze_it(world: ListingWorld) -> None:
    await listed(world, "FRZ-1")
    await set_status(world, "FRZ-1", "FREEZE")
    calls = world.calls("partial_edit")
    result, text = (await world.do(Action.UPDATE, "FRZ-1"))["FRZ-1"]
    assert (result, "froze" in text) == ("failed", True)
    assert world.calls("partial_edit") == calls
    row = await world.row("FRZ-1")
    assert (row.status.status, row.problems) == (ListingStatus.ERROR, ("frozen",))

    await set_status(world, "FRZ-1", "ACTIVATE")
    assert (await world.do(Action.UPDATE, "FRZ-1"))["FRZ-1"] == ("done", "nothing has changed")
    assert (await world.row("FRZ-1")).problems == ()


async def test_A32_what_TikTok_does_to_a_product_that_was_never_sent_from_here_stands_on_its_row(
    world: ListingWorld,
) -> None:
    await listed(world, "STA-1", "STA-2", "STA-3")
    for sku in ("STA-1", "STA-2", "STA-3"):  # as one that was mapped and never sent from here
        await world.forget(sku)
    await set_status(world, "STA-1", "FREEZE")
    await set_status(world, "STA-2", "SELLER_DEACTIVATED")
    await world.run(SyncKind.CATALOGUE)
    row = await world.row("STA-1")
    assert (row.status.status, row.status.linked, row.problems) == (ListingStatus.ERROR, True, ("frozen",))
    assert "off sale" in (await world.row("STA-2")).status.note
    assert (await world.row("STA-3")).status.note == ""
    assert [one.skus for one in await TriageService(world.backend).causes(world.shop)] == [("STA-1",)]
    read = world.calls("/products/{}".format((await world.products("STA-1"))[0]), "GET")
    await world.run(SyncKind.CATALOGUE)
    assert world.calls("/products/{}".format((await world.products("STA-1"))[0]), "GET") == read

    # Frozen after the download: the refused push of its stock tells, once on the row and in one problem.
    await set_status(world, "STA-3", "FREEZE")
    await world.stock(world.single("STA-3", stock=3))
    for _ in range(4):
        world.later(minutes=1)
        await world.run(SyncKind.STOCK)
    assert (await world.row("STA-3")).problems == ("frozen",)
    frozen = await problem(world, "listing-frozen")
    assert frozen is not None
    assert frozen.what.startswith("TikTok froze 2 listings for breaking a policy")
    assert await problem(world, "stock-refused") is None
    assert await problem(world, "stock-held") is None

    await set_status(world, "STA-1", "ACTIVATE")
    await set_status(world, "STA-3", "ACTIVATE")
    world.later(minutes=1)
    await world.stock(world.single("STA-3", stock=4))
    await world.run(SyncKind.STOCK)
    assert (await world.row("STA-3")).problems == (), "it took its stock, so it is free again"
    await world.run(SyncKind.CATALOGUE)
    assert (await world.row("STA-1")).problems == ()
    assert await problem(world, "listing-frozen") is None


async def test_A29_a_refused_delete_of_a_frozen_product_says_that_it_is_frozen(world: ListingWorld) -> None:
    await listed(world, "FRZ-3")
    await set_status(world, "FRZ-3", "FREEZE")
    await world.run(SyncKind.CATALOGUE)
    for action in (Action.UPDATE, Action.DELETE):
        found = [one async for one in ListingCheck(world.backend, world.shop, action).run(["FRZ-3"])]
        assert found[0].problems[0].what.startswith("TikTok had frozen the product"), action
        assert found[0].is_fine, "it may be free again: only asking tells"
    result, text = (await world.do(Action.DELETE, "FRZ-3"))["FRZ-3"]
    assert (result, text.startswith("TikTok froze the product for breaking a policy")) == ("failed", True)
    (told,) = (await world.state("FRZ-3")).problems
    assert "appeal there" in told.fix


async def test_A28_an_update_of_what_is_off_sale_says_so(world: ListingWorld) -> None:
    await listed(world, "OFF-2")
    await set_status(world, "OFF-2", "PLATFORM_DEACTIVATED")
    assert (await world.do(Action.UPDATE, "OFF-2"))["OFF-2"][0] == "done"
    (note,) = (await world.state("OFF-2")).problems
    assert (note.code, note.blocking, "off sale" in note.what) == ("off-sale", False, True)


async def test_A32_a_refused_review_is_told_in_activity_and_stays_a_problem_until_it_is_cured(
    world: ListingWorld,
) -> None:
    await world.stock(world.single("REF-1"), world.single("REF-2"))
    await world.categorise("REF-1")
    await world.do(Action.PUBLISH, "REF-1", "REF-2")
    await world.end_review("REF-1", passes=False, why=["Title promises a result"])
    await set_status(world, "REF-2", "FREEZE")
    assert await world.look_at_reviews() == {"looked": 2, "turned_down": 1, "frozen": 1}
    entries = [Activity.from_document(row) async for _, row in world.backend.store.scan(tables.ACTIVITY)]
    (told,) = [one for one in entries if one.kind == "reviews"]
    assert "REF-1: " in told.text
    assert "Title promises a result" in told.text
    refused = await problem(world, "listing-review-failed")
    assert refused is not None
    assert refused.what == "TikTok refused 1 listing in review"
    assert "REF-1" in refused.why
    assert await problem(world, "listing-frozen") is not None
    assert (await world.row("REF-2")).problems == ("frozen",)

    await world.listings.edit(world.shop, ["REF-1"], {"title": "A candle, no more"}, by="ann")
    await world.do(Action.UPDATE, "REF-1")
    await world.end_review("REF-1", passes=True)
    await world.look_at_reviews()
    assert await problem(world, "listing-review-failed") is None
    assert await problem(world, "listing-frozen") is not None, "that one is still there"


def test_TikToks_ids_of_skus_stand_beside_the_names_people_know() -> None:
    names = {"1729": "MUG-1"}
    assert called("1729", names) == "MUG-1 (TikTok SKU 1729)"
    assert called("1730", names) == "1730"
    once = with_names("sku 1729 is locked", names)
    assert once == "sku MUG-1 (TikTok SKU 1729) is locked"
    assert with_names(once, names) == once
