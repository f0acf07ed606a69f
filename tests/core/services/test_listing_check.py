"""Many rows are looked at before anything is sent; jobs are followed row by row; one row is told in full.

Acceptance lines: A26, A27, A29, A32.
"""

import json
from decimal import Decimal
from typing import Any

import pytest

from core import tables
from core.models.listing_state import Action, ListingProblem, RowResult
from core.services.errors import NotFound
from core.services.job_report import JobReports, JobsFollowed, results_csv
from core.services.listing_check import Checked, ListingCheck
from core.services.listing_detail import DetailService
from core.services.support_bundle import redacted
from core.services.triage import TriageService
from tests.core.services.listing_world import CREATE, ListingWorld


async def checked(world: ListingWorld, action: Action, *skus: str, **how: Any) -> dict[str, Checked]:
    check = ListingCheck(world.backend, world.shop, action, **how)
    fronts = await check.fronts(skus)
    return {one.sku: one async for one in check.run(fronts.skus)}


async def test_A26_every_problem_of_every_variant_is_found_before_any_call_and_linked_rows_are_skipped(
    world: ListingWorld,
) -> None:
    family = world.family("CHK-F", "Sage", "Navy")
    family[1] = family[1].model_copy(update={"selling_price": None})
    family[2] = family[2].model_copy(update={"stock": None, "currency": "EUR"})
    bare = world.single("CHK-B", title="Candle \U0001f56f", images=(), weight_kg=None)
    await world.stock(world.single("CHK-1"), world.single("CHK-L"), bare, *family, *world.family("CHK-0"))
    await world.categorise("CHK-1")
    await world.do(Action.PUBLISH, "CHK-L")
    calls = world.calls(CREATE, "POST")
    skus = ("CHK-1", "CHK-L", "CHK-B", "CHK-F-SAG", "CHK-F", "CHK-0", "NO-SUCH")
    check = ListingCheck(world.backend, world.shop, Action.PUBLISH)
    fronts = await check.fronts(skus)
    assert fronts.left_out == [
        ("CHK-F-SAG", "a variant: publish is done to its parent CHK-F"),
        ("NO-SUCH", "not in the inventory"),
    ]
    found = {one.sku: one async for one in check.run(fronts.skus)}
    assert list(found) == ["CHK-1", "CHK-L", "CHK-B", "CHK-F", "CHK-0"]
    assert (found["CHK-1"].is_fine, found["CHK-1"].problems) == (True, ())
    assert "already linked" in found["CHK-L"].skipped
    assert {one.code for one in found["CHK-B"].problems} == {
        "title-emoji",
        "image-missing",
        "weight-missing",
    }
    assert [(one.sku, one.code) for one in found["CHK-F"].problems] == [
        ("CHK-F-NAV", "price-currency"),
        ("CHK-F-NAV", "stock-unknown"),
        ("CHK-F-SAG", "price-missing"),
    ]
    assert all(one.fix and one.field for one in found["CHK-F"].problems)
    assert [one.code for one in found["CHK-0"].problems] == ["no-children"]
    assert world.calls(CREATE, "POST") == calls


async def test_A26_with_images_each_address_is_fetched_once_and_measured(world: ListingWorld) -> None:
    base = world.merchant.sandbox.base_url
    same, wrong = world.image(33), f"{base}/control/faults"
    rows = [world.single(f"PIC-{number}", images=(same,)) for number in range(8)]
    await world.stock(*rows, world.single("PIC-X", images=(wrong,)))
    await world.categorise("PIC-0")
    names = [row.sku for row in rows]
    assert (await checked(world, Action.PUBLISH, "PIC-X"))["PIC-X"].is_fine, "nobody looked at it"
    calls = world.calls("/33")
    found = await checked(world, Action.PUBLISH, "PIC-X", *names, images=True)
    assert world.calls("/33") == calls + 1
    assert sorted(sku for sku, one in found.items() if one.is_fine) == names
    assert [one.code for one in found["PIC-X"].problems] == ["image-unreadable"]


async def test_A28_an_update_is_stopped_only_by_what_it_would_send(world: ListingWorld) -> None:
    await world.stock(world.single("CHU-1"), world.single("CHU-2"))
    await world.categorise("CHU-1")
    await world.do(Action.PUBLISH, "CHU-1")
    await world.stock(world.single("CHU-1", selling_price=Decimal(9_000)))
    found = await checked(world, Action.UPDATE, "CHU-1", "CHU-2")
    assert "not listed" in found["CHU-2"].skipped
    assert found["CHU-1"].changes == ("price of CHU-1: 9.99 -> 9000",)
    assert found["CHU-1"].is_fine, "a price goes through its own call, which tells by itself"
    assert [(one.code, one.blocking) for one in found["CHU-1"].problems] == [("price-limits", False)]
    await world.listings.edit(world.shop, ["CHU-1"], {"title": "Joy \U0001f56f of all homes"}, by="ann")
    joy = (await checked(world, Action.UPDATE, "CHU-1"))["CHU-1"]
    assert joy.is_blocked
    assert joy.changes is not None
    assert joy.changes[0].endswith('" -> "Joy \U0001f56f of all homes"')
    wrong = f"{world.merchant.sandbox.base_url}/control/faults"
    await world.stock(world.single("CHU-1", images=(wrong,)))
    pictures = (await checked(world, Action.UPDATE, "CHU-1", images=True))["CHU-1"]
    assert "image-unreadable" in {one.code for one in pictures.problems if one.blocking}
    stops = await checked(world, Action.DELETE, "CHU-1", "CHU-2")
    assert (stops["CHU-1"].is_fine, stops["CHU-2"].skipped) == (True, "not listed")


async def test_A27_a_job_is_followed_row_by_row_and_a_failed_row_says_what_cures_it(
    world: ListingWorld,
) -> None:
    await world.stock(world.single("JOB-1"), world.single("JOB-2", title="=Candle \U0001f56f"))
    await world.categorise("JOB-1")
    asked = await world.listings.ask(world.shop, Action.PUBLISH, ["JOB-1", "JOB-2"], by="test")
    assert asked.job is not None
    followed = JobsFollowed(world.backend, world.shop, [asked.job.id, "forgotten"])
    assert await followed.refresh()
    assert (followed.done, followed.total, followed.is_over) == (0, 2, False)
    assert not await followed.refresh(), "nothing was committed since"
    await world.finish(asked.job)
    assert await followed.refresh()
    assert (followed.done, followed.is_over, followed.counts()) == (2, True, {"done": 1, "failed": 1})
    failed = followed.rows[f"{asked.job.id}/JOB-2"]
    assert (failed.result, failed.field, failed.fix) == (RowResult.FAILED, "title", "Take it out.")

    reports = JobReports(world.backend, world.shop)
    assert (await reports.latest())[0].id == asked.job.id
    assert await reports.rows(await reports.job(asked.job.id)) == list(followed.rows.values())
    assert "JOB-2,failed" in results_csv(list(followed.rows.values()))
    with pytest.raises(NotFound, match="no listing job"):
        await reports.job("nothing")


async def test_A32_a_price_is_fixed_in_the_variants_that_lack_it_and_holds_are_counted_and_lifted(
    world: ListingWorld,
) -> None:
    rows = [one.model_copy(update={"selling_price": None}) for one in world.family("TRI-F", "Sage", "Navy")]
    await world.stock(*rows)
    await world.categorise("TRI-F")
    assert (await world.do(Action.PUBLISH, "TRI-F"))["TRI-F"][0] == "failed"
    triage = TriageService(world.backend)
    (cause,) = [one for one in await triage.causes(world.shop) if one.code == "price-missing"]
    assert (cause.skus, cause.targets, cause.held) == (("TRI-F",), ("TRI-F-NAV", "TRI-F-SAG"), 0)
    fixed = await triage.fix(world.shop, cause.id, {"typed_price": Decimal("9.50")}, by="ann")
    assert fixed.changed == 2
    (asked,) = fixed.asked
    assert asked.job is not None
    assert (await world.finish(asked.job))["TRI-F"][0] == "done"

    await world.stock(world.single("TRI-H"))
    await world.fault(CREATE, exact=True, code=12052104, message="attribute missing", n=3)
    for _ in range(3):
        await world.do(Action.PUBLISH, "TRI-H")
    (held,) = [one for one in await triage.causes(world.shop) if "TRI-H" in one.skus]
    assert held.held == 1
    assert (await checked(world, Action.PUBLISH, "TRI-H"))["TRI-H"].skipped.startswith("Held after 3")
    assert await triage.reset(world.shop, held.id) == 1
    assert (await checked(world, Action.PUBLISH, "TRI-H"))["TRI-H"].is_fine


async def test_A27_one_row_is_told_with_what_the_shop_has_of_it_and_a_redacted_bundle(
    world: ListingWorld,
) -> None:
    secret = "http://ann:pw@pictures.example/1.png?X-Signature=abc"
    await world.stock(*world.family("DET-F", "Sage", images=(world.image(), secret)))
    await world.categorise("DET-F")
    await world.do(Action.PUBLISH, "DET-F")
    details = DetailService(world.backend, world.shop)
    glance = await details.glance("DET-F-SAG")
    assert (glance.front, glance.title) == ("DET-F", "Harbour candle DET-F-SAG")
    known = await details.known(glance)
    assert known is not None
    (sold,) = known.sold
    assert sold.shown is not None
    assert known.names == {sold.shown.sku_id: "DET-F-SAG"}
    assert sold.pushed is not None
    assert sold.pushed.price.value == "9.99"
    assert known.candidate.variants[0].quantity_steps
    with pytest.raises(NotFound):
        await details.glance("NO-SUCH")

    bundle = json.dumps(await TriageService(world.backend).bundle(world.shop, "DET-F"))
    assert "listed as product" in bundle
    assert sold.shown.sku_id in bundle
    for word in ("X-Signature", "ann:pw", '"edited_by"', '"mapped_by"'):
        assert word not in bundle


def test_A32_secrets_mail_and_queries_are_taken_out_of_a_bundle() -> None:
    problem = ListingProblem(
        code="x",
        field="any",
        what="access_token=TTP_abc refused for jo@shop.example, see https://a.example/p?token=1#top",
        fix='{"app_secret": "s3cret"}',
        request_id="2026",
    )
    told = redacted({"problems": [problem.to_document()], "edited_by": "jo"})
    words = json.dumps(told)
    assert "https://a.example/p" in words
    assert "2026" in words
    for word in ("TTP_abc", "jo@", "token=1", "s3cret", "edited_by"):
        assert word not in words


async def test_a_thousand_rows_are_checked_while_others_have_their_turn(world: ListingWorld) -> None:
    skus = [f"BIG-{number:04d}" for number in range(1_000)]
    async with world.backend.store.transaction() as tx:
        for sku in skus:
            await tx.put(tables.PRODUCTS, sku, world.single(sku).to_document())
    check = ListingCheck(world.backend, world.shop, Action.PUBLISH)
    seen = 0
    async for one in check.run(skus):
        seen += 1
        assert one.is_blocked, "no category is chosen"
        if seen == 500:
            break  # somebody cancelled it
    assert seen == 500
