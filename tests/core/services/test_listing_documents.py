"""Size charts, certificates and who made it, from a file on disk to the shop's own state.

Acceptance lines: A25, A26, A28.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core import tables
from core.inventory.chosen_files import LocalFiles
from core.models.category import AskedDocument, CategoryChoice
from core.models.listing_state import Action
from core.rules.listing_files import FileKind
from core.rules.listing_limits import limits_for
from core.sandbox.model import ShopProduct
from core.services import category_answers
from core.services.categories import CategoryService
from core.services.errors import ServiceError
from core.services.listing_check import ListingCheck
from tests.core.sandbox.listings import png
from tests.core.services.listing_world import CREATE, UPLOAD, ListingWorld

FILES = "/product/202309/files/upload"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
GB = limits_for("GB")


def a_file(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


async def choose_gowns(world: ListingWorld, *skus: str, **answers: Any) -> str:
    """Dressing gowns: a size chart and a country of origin are asked for."""
    service = CategoryService(world.backend)
    leaf = await world.leaf("Dressing Gowns")
    picked = await service.attributes(world.shop, leaf, ["Country of Origin=Portugal", "Material=Cotton"])
    given = {"attributes": tuple(picked), **answers}
    await service.choose(world.shop, skus, leaf, answers=given, by="ann")
    return leaf


async def product(world: ListingWorld, sku: str) -> dict[str, Any]:
    (product_id,) = await world.products(sku)
    found: dict[str, Any] = (await world.shop_state())[product_id]
    return found


async def there(world: ListingWorld, sku: str) -> ShopProduct:
    """The shop's own record of a product, to change as Seller Center would."""
    (product_id,) = await world.products(sku)
    shops = world.merchant.sandbox.world.shops()
    return next(one for shop in shops for one in shop.products.values() if one.id == product_id)


async def test_A25_A26_a_size_chart_is_asked_for_sent_once_and_remembered(
    world: ListingWorld, tmp_path: Path
) -> None:
    await world.stock(*(world.single(f"GOWN-{n}", category="Gowns") for n in (1, 2)))
    await choose_gowns(world, "GOWN-1")
    refused = await world.do(Action.PUBLISH, "GOWN-1")
    assert refused["GOWN-1"] == ("failed", "This category asks for a size chart")
    assert world.calls(CREATE) == 0

    path = a_file(tmp_path, "sizes.png", png(1024, 1400))
    chart = await category_answers.size_chart(LocalFiles(), path, GB)
    await choose_gowns(world, "GOWN-1", size_chart=chart)
    uploads = world.calls(UPLOAD)
    assert (await world.do(Action.PUBLISH, "GOWN-1"))["GOWN-1"][0] == "done"
    assert world.calls(UPLOAD) - uploads == 2, "the main image and the chart"
    uri = (await product(world, "GOWN-1"))["size_chart"]["image"]["uri"]
    assert world.merchant.sandbox.world.images[uri]["use_case"] == "SIZE_CHART_IMAGE"

    done = await world.do(Action.PUBLISH, "GOWN-2")
    assert done["GOWN-2"][0] == "done", "the next product of that Avasam category needs no choice"
    assert (await product(world, "GOWN-2"))["size_chart"]["image"]["uri"] == uri, "the same bytes go once"


async def test_A26_a_file_that_is_not_what_was_chosen_is_a_readable_problem_and_nothing_is_sent(
    world: ListingWorld, tmp_path: Path
) -> None:
    await world.stock(world.single("GOWN-3", category="Other gowns"))
    path = Path(a_file(tmp_path, "sizes.png", png(1100, 1200)))
    chart = await category_answers.size_chart(LocalFiles(), str(path), GB)
    await choose_gowns(world, "GOWN-3", size_chart=chart)
    before = world.calls(CREATE) + world.calls(UPLOAD)
    path.write_bytes(png(1100, 1201))
    assert "was changed since" in (await world.do(Action.PUBLISH, "GOWN-3"))["GOWN-3"][1]
    path.unlink()
    assert "is not there" in (await world.do(Action.PUBLISH, "GOWN-3"))["GOWN-3"][1]
    problem = next(one for one in (await world.state("GOWN-3")).problems if one.blocking)
    assert (problem.code, problem.field) == ("size-chart-file", "size_chart")
    assert problem.fix == "Put the file back as it was, or choose it anew."
    explained = await world.listings.explain(world.shop, "GOWN-3")
    assert "size-chart-file" in [one.code for one in explained.problems], "explain says it beforehand"
    path.write_bytes(png(1100, 1200))
    assert (await world.do(Action.PUBLISH, "GOWN-3"))["GOWN-3"][0] == "done"
    assert world.calls(CREATE) + world.calls(UPLOAD) > before


async def test_A26_many_rows_are_checked_with_their_files_and_a_shared_one_is_read_once(
    world: ListingWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    skus = [f"SHARED-{n}" for n in range(5)]
    await world.stock(*(world.single(sku, category="Shared gowns") for sku in skus))
    path = Path(a_file(tmp_path, "sizes.png", png(1030, 1200)))
    chart = await category_answers.size_chart(LocalFiles(), str(path), GB)
    await choose_gowns(world, skus[0], size_chart=chart)
    opened: list[str] = []
    read = LocalFiles.open

    async def counted(self: LocalFiles, path: str, *, most: int) -> bytes:
        opened.append(path)
        return await read(self, path, most=most)

    monkeypatch.setattr(LocalFiles, "open", counted)
    check = ListingCheck(world.backend, world.shop, Action.PUBLISH)
    assert all([row.is_fine async for row in check.run(skus)])
    assert opened == [str(path)]

    path.unlink()
    check = ListingCheck(world.backend, world.shop, Action.PUBLISH)
    found = [row async for row in check.run(skus)]
    assert {one.code for row in found for one in row.problems if one.blocking} == {"size-chart-file"}


@pytest.mark.parametrize("fault", [{"status": 500}, {"drop": "after"}, {"drop": "before"}])
async def test_a_fault_of_an_upload_never_lists_without_the_size_chart(
    world: ListingWorld, tmp_path: Path, fault: dict[str, Any]
) -> None:
    sku = f"FAULT-{'-'.join(map(str, fault.values()))}"
    await world.stock(world.single(sku, category=sku))
    path = a_file(tmp_path, "sizes.png", png(1025, 1100 + len(sku)))
    chart = await category_answers.size_chart(LocalFiles(), path, GB)
    await choose_gowns(world, sku, size_chart=chart)
    await world.fault(UPLOAD, n=2, **fault)
    await world.do(Action.PUBLISH, sku)
    if not await world.products(sku):
        await world.control("DELETE", "/faults")
        assert (await world.do(Action.PUBLISH, sku))[sku][0] == "done"
    (product_id,) = await world.products(sku)
    assert (await world.shop_state())[product_id]["size_chart"] is not None


async def test_an_update_of_the_title_does_not_need_the_file_of_the_size_chart(
    world: ListingWorld, tmp_path: Path
) -> None:
    await world.stock(world.single("LEFT-1", category="Left gowns"))
    path = Path(a_file(tmp_path, "sizes.png", png(1026, 1200)))
    chart = await category_answers.size_chart(LocalFiles(), str(path), GB)
    await choose_gowns(world, "LEFT-1", size_chart=chart)
    await world.do(Action.PUBLISH, "LEFT-1")
    await world.end_review("LEFT-1", passes=True)
    path.unlink()
    await world.listings.edit(world.shop, ["LEFT-1"], {"title": "Another gown entirely"}, by="ann")
    assert (await world.do(Action.UPDATE, "LEFT-1"))["LEFT-1"] == ("done", "sent title")


async def choose_toys(world: ListingWorld, *skus: str, **answers: Any) -> str:
    leaf = await world.leaf("Plush Toys")
    await CategoryService(world.backend).choose(world.shop, skus, leaf, answers=answers, by="ann")
    return leaf


async def test_A25_A28_certificates_as_picture_and_pdf_and_who_made_it(
    world: ListingWorld, tmp_path: Path
) -> None:
    await world.stock(*(world.single(f"TOY-{n}", category="Toys") for n in (1, 2)))
    leaf = await choose_toys(world, "TOY-1")
    await world.do(Action.PUBLISH, "TOY-1")
    codes = {one.code for one in (await world.state("TOY-1")).problems}
    assert codes == {"certificate-missing", "manufacturer-missing", "responsible-person-missing"}

    _, rules = await CategoryService(world.backend).leaf(world.shop, leaf)
    (asked,) = rules.documents
    assert "accredited laboratory" in asked.details
    paths = [a_file(tmp_path, "EN 71 é.pdf", PDF), a_file(tmp_path, "front.png", png(800, 800))]
    paper = await category_answers.certificate(LocalFiles(), asked, paths, GB, expires_on=date(2027, 3, 31))
    assert paper is not None
    who = {"manufacturer_ids": ("7001",), "responsible_person_ids": ("7002",)}
    await choose_toys(world, "TOY-1", certificates=(paper,), **who)
    done = await world.do(Action.PUBLISH, "TOY-1")
    assert done["TOY-1"][0] == "done", done
    shown = await product(world, "TOY-1")
    (sent,) = shown["certifications"]
    assert (sent["id"], sent["expiration_date"]) == (asked.id, 1806451200)
    assert world.merchant.sandbox.world.files[sent["files"][0]] == {"name": "EN 71 -.pdf", "format": "PDF"}
    uri = sent["images"][0]["uri"]
    assert world.merchant.sandbox.world.images[uri]["use_case"] == "CERTIFICATION_IMAGE"
    assert (shown["manufacturer_ids"], shown["responsible_person_ids"]) == (["7001"], ["7002"])

    second = await world.do(Action.PUBLISH, "TOY-2")
    assert second["TOY-2"][0] == "done"
    noted = (await world.state("TOY-2")).problems
    assert [one.code for one in noted] == ["certificate-remembered"], "a person is told to look"
    assert world.calls(FILES) == 1

    quiet = await world.do(Action.UPDATE, "TOY-1")
    assert quiet["TOY-1"] == ("done", "nothing has changed")
    await world.end_review("TOY-1", passes=True)
    newer = await category_answers.certificate(
        LocalFiles(), asked, [a_file(tmp_path, "EN 71 new.pdf", PDF + b"%2\n")], GB
    )
    await world.listings.edit(world.shop, ["TOY-1"], {"certificates": (newer,)}, by="ann")
    changed = await world.do(Action.UPDATE, "TOY-1")
    assert changed["TOY-1"] == ("done", "sent certificates")
    await world.end_review("TOY-1", passes=True)
    (now,) = (await product(world, "TOY-1"))["certifications"]
    assert [file["name"] for file in now["files"]] == ["EN 71 new.pdf"], "an edit names files by object"


async def test_an_update_keeps_certificates_that_somebody_added_in_seller_center(
    world: ListingWorld, tmp_path: Path
) -> None:
    await world.stock(world.single("TOY-9", category="Toys of nine"))
    leaf = await choose_toys(world, "TOY-9")
    _, rules = await CategoryService(world.backend).leaf(world.shop, leaf)
    paper = await category_answers.certificate(
        LocalFiles(), rules.documents[0], [a_file(tmp_path, "a.png", png(400, 400))], GB
    )
    who = {"manufacturer_ids": ("7001",), "responsible_person_ids": ("7002",)}
    await choose_toys(world, "TOY-9", certificates=(paper,), **who)
    await world.do(Action.PUBLISH, "TOY-9")
    theirs = await there(world, "TOY-9")
    node = next(one for one in world.merchant.sandbox.world.categories if one["id"] == leaf)
    extra = {"id": "7109999", "name": "Washing label", "is_required": False, "document_details": ""}
    node["rules"]["product_certifications"].append(extra)
    theirs.certifications = [
        *theirs.certifications,
        {"id": "7109999", "images": theirs.certifications[0]["images"]},
    ]
    other = await category_answers.certificate(
        LocalFiles(), rules.documents[0], [a_file(tmp_path, "b.png", png(401, 400))], GB
    )
    await world.listings.edit(world.shop, ["TOY-9"], {"certificates": (other,)}, by="ann")
    try:
        assert (await world.do(Action.UPDATE, "TOY-9"))["TOY-9"][1] == "sent certificates"
    finally:
        node["rules"]["product_certifications"].remove(extra)
    after = (await product(world, "TOY-9"))["certifications"]
    assert sorted(one["id"] for one in after) == sorted([rules.documents[0].id, "7109999"])


async def test_A28_an_update_keeps_attributes_that_somebody_gave_in_seller_center(
    world: ListingWorld,
) -> None:
    service = CategoryService(world.backend)
    leaf = await world.leaf("Candles")
    await world.stock(world.single("CAN-9", category="Candles of nine"))
    (cotton,) = await service.attributes(world.shop, leaf, ["Material=Cotton"])
    await service.choose(world.shop, ["CAN-9"], leaf, attributes=[cotton], weight_kg=Decimal("0.4"), by="ann")
    await world.do(Action.PUBLISH, "CAN-9")
    theirs = await there(world, "CAN-9")
    (room,) = await service.attributes(world.shop, leaf, ["Country of Origin=Portugal"])
    theirs.attributes = [*theirs.attributes, {"id": room.id, "values": [{"id": room.value_ids[0]}]}]
    (wool,) = await service.attributes(world.shop, leaf, ["Material=Wool"])
    await world.listings.edit(world.shop, ["CAN-9"], {"attributes": (wool,)}, by="ann")
    assert (await world.do(Action.UPDATE, "CAN-9"))["CAN-9"][1] == "sent attributes"
    await world.end_review("CAN-9", passes=True)
    given = (await product(world, "CAN-9"))["attributes"]
    after = {one["id"]: one["values"][0]["id"] for one in given}
    assert after == {wool.id: wool.value_ids[0], room.id: room.value_ids[0]}


async def test_A28_what_is_taken_away_here_goes_from_tiktok_and_what_seller_center_gave_stays(
    world: ListingWorld,
) -> None:
    service = CategoryService(world.backend)
    leaf = await world.leaf("Candles")
    await world.stock(world.single("CAN-8", category="Candles of eight"))
    chosen = await service.attributes(world.shop, leaf, ["Material=Cotton", "Country of Origin=Portugal"])
    brand = next(one for one in await service.brands(world.shop, "o") if one.is_authorised)
    answers = {"attributes": tuple(chosen), "manufacturer_ids": ("7001",), "brand_id": brand.id}
    await service.choose(world.shop, ["CAN-8"], leaf, answers=answers, remember=False, by="ann")
    assert (await world.do(Action.PUBLISH, "CAN-8"))["CAN-8"][0] == "done"
    first = (await there(world, "CAN-8")).attributes
    gone, kept = (next(one for one in first if one["id"] == row.id) for row in chosen)
    await world.end_review("CAN-8", passes=True)

    await world.listings.edit(
        world.shop, ["CAN-8"], {"attributes": (chosen[1],), "manufacturer_ids": (), "brand_id": ""}, by="ann"
    )
    assert (await world.do(Action.UPDATE, "CAN-8"))["CAN-8"] == ("done", "sent attributes, manufacturer")
    notes = (await world.state("CAN-8")).problems
    assert [(one.code, one.blocking) for one in notes] == [("brand-stays", False)], "no edit takes it away"
    await world.end_review("CAN-8", passes=True)
    await world.look_at_reviews()
    shown = await product(world, "CAN-8")
    assert [one["id"] for one in shown["attributes"]] == [kept["id"]]
    assert shown["manufacturer_ids"] == []
    assert (await world.do(Action.UPDATE, "CAN-8"))["CAN-8"] == ("done", "nothing has changed")

    theirs = await there(world, "CAN-8")
    theirs.attributes = [*theirs.attributes, gone]
    await world.listings.edit(world.shop, ["CAN-8"], {"attributes": ()}, by="ann")
    assert (await world.do(Action.UPDATE, "CAN-8"))["CAN-8"] == ("done", "sent attributes")
    await world.end_review("CAN-8", passes=True)
    shown = await product(world, "CAN-8")
    assert [one["id"] for one in shown["attributes"]] == [gone["id"]], "somebody gave it in Seller Center"


async def test_A28_a_certificate_that_is_taken_away_here_goes_although_the_review_refused_it_once(
    world: ListingWorld, tmp_path: Path
) -> None:
    await world.stock(world.single("TOY-7", category="Toys of seven"))
    leaf = await world.leaf("Candles")
    node = next(one for one in world.merchant.sandbox.world.categories if one["id"] == leaf)
    extra = {"id": "7108888", "name": "Burning label", "is_required": False, "document_details": ""}
    node["rules"]["product_certifications"] = [extra]
    service = CategoryService(world.backend)
    try:
        await service.tree(world.shop, fresh=True)
        paper = await category_answers.certificate(
            LocalFiles(), AskedDocument(id="7108888", name="x"), [a_file(tmp_path, "x.pdf", PDF)], GB
        )
        given = {"certificates": (paper,)}
        await service.choose(world.shop, ["TOY-7"], leaf, answers=given, remember=False, by="ann")
        assert (await world.do(Action.PUBLISH, "TOY-7"))["TOY-7"][0] == "done"
        await world.end_review("TOY-7", passes=True)
        await world.look_at_reviews()
        assert [one["id"] for one in (await product(world, "TOY-7"))["certifications"]] == ["7108888"]

        await world.listings.edit(world.shop, ["TOY-7"], {"certificates": ()}, by="ann")
        assert (await world.do(Action.UPDATE, "TOY-7"))["TOY-7"] == ("done", "sent certificates")
        await world.end_review("TOY-7", passes=False)
        await world.look_at_reviews()
        assert (await world.do(Action.UPDATE, "TOY-7"))["TOY-7"][1].startswith("sent ")
        await world.end_review("TOY-7", passes=True)
        assert (await product(world, "TOY-7"))["certifications"] == []
    finally:
        node["rules"]["product_certifications"] = []


async def test_of_a_row_that_is_only_linked_what_was_typed_is_sent_and_nothing_else(
    world: ListingWorld, tmp_path: Path
) -> None:
    await world.stock(world.single("LINK-1", category="Linked"))
    await world.categorise("LINK-1")
    await world.do(Action.PUBLISH, "LINK-1")
    await world.end_review("LINK-1", passes=True)
    state = await world.state("LINK-1")
    linked = state.model_copy(update={"product_id": "", "sent": {}, "in_review": False})
    async with world.backend.store.transaction() as tx:
        key = tables.key(world.shop.id, "LINK-1")
        await tx.put(tables.LISTING_STATES, key, linked.to_document())
    assert (await world.do(Action.UPDATE, "LINK-1"))["LINK-1"] == ("done", "nothing has changed")
    await world.listings.edit(world.shop, ["LINK-1"], {"manufacturer_ids": ("7001",)}, by="ann")
    assert (await world.do(Action.UPDATE, "LINK-1"))["LINK-1"] == ("done", "sent manufacturer")
    assert (await world.do(Action.UPDATE, "LINK-1"))["LINK-1"] == ("done", "nothing has changed")


async def test_another_leaf_forgets_what_was_answered_to_the_one_before(world: ListingWorld) -> None:
    await world.stock(world.single("SWAP-1", category="Swaps"))
    await choose_gowns(world, "SWAP-1")
    leaf = await world.categorise("SWAP-1")
    draft = await world.listings.draft(world.shop, "SWAP-1")
    assert (draft.category_id, draft.attributes) == (leaf, ())
    row = await world.backend.store.get(tables.CATEGORY_CHOICES, tables.key(world.shop.id, "Swaps"))
    assert row is not None
    assert CategoryChoice.from_document(row).attributes == ()


async def test_not_remembering_leaves_the_next_product_to_choose(world: ListingWorld) -> None:
    await world.stock(*(world.single(f"ONCE-{n}", category="Once") for n in (1, 2)))
    leaf = await world.leaf()
    service = CategoryService(world.backend)
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))

    kept = await service.choose(world.shop, ["ONCE-1"], leaf, remember=False, by="ann", progress=progress)
    assert (kept, told) == (1, [(1, 1)])
    assert (await world.listings.explain(world.shop, "ONCE-1")).candidate.category_id == leaf
    assert (await world.listings.explain(world.shop, "ONCE-2")).candidate.category_id is None


async def test_A21_what_varies_goes_to_the_sales_attribute_that_a_person_named(world: ListingWorld) -> None:
    parent, *_ = world.family("SHADE", category="Shades")
    children = [
        world.single(f"SHADE-{n}", parent_sku="SHADE", kind="child", attributes={"Shade": value})
        for n, value in enumerate(("Sage", "Navy"))
    ]
    await world.stock(parent, *children)
    leaf = await world.leaf("Lampshades")
    service = CategoryService(world.backend)
    _, rules = await service.leaf(world.shop, leaf)
    colour = category_answers.side_named(rules, "colour")
    await service.choose(world.shop, ["SHADE"], leaf, answers={"sides": (("Shade", colour),)}, by="ann")
    seen = (await world.listings.explain(world.shop, "SHADE")).candidate.variants
    assert [(one.sides[0].name, one.sides[0].attribute_id, bool(one.sides[0].value_id)) for one in seen] == [
        ("Colour", colour, True)
    ] * 2


async def test_brands_are_those_of_the_shop_and_the_ones_it_may_sell_come_first(world: ListingWorld) -> None:
    found = await CategoryService(world.backend).brands(world.shop, "o")
    assert len(found) > 3
    assert [one.is_authorised for one in found] == sorted((one.is_authorised for one in found), reverse=True)
    assert any(one.is_authorised for one in found)


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        (FileKind.SIZE_CHART, b"GIF89a" + bytes(20), "is a GIF; a size chart must be"),
        (FileKind.SIZE_CHART, PDF, "is a PDF; a size chart must be"),
        (FileKind.SIZE_CHART, png(1023, 3000), "is 1023 x 3000 pixels; its shorter side must have 1024"),
        (FileKind.CERTIFICATE, b"hello", "is of no known format"),
        (FileKind.CERTIFICATE, b"", "is empty"),
        (FileKind.CERTIFICATE, PDF + bytes(11 * 1024 * 1024), "has more than 10 MB"),
        (FileKind.CERTIFICATE, png(99, 400), "its shorter side must have 100"),
    ],
)
async def test_a_file_that_will_not_do_is_refused_when_it_is_chosen(
    tmp_path: Path, kind: FileKind, content: bytes, words: str
) -> None:
    path = a_file(tmp_path, "file", content)
    with pytest.raises(ServiceError) as caught:
        await category_answers.chosen_file(LocalFiles(), kind, path, GB)
    assert words in caught.value.what
    assert caught.value.cure


async def test_a_path_that_leads_to_no_file_is_refused_in_words(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "no", "is not there"), (tmp_path, "is a folder")):
        with pytest.raises(ServiceError, match=words):
            await category_answers.chosen_file(LocalFiles(), FileKind.SIZE_CHART, str(path), GB)
    with pytest.raises(ServiceError, match="not an ordinary file"):
        await category_answers.chosen_file(LocalFiles(), FileKind.SIZE_CHART, "/dev/zero", GB)
    with pytest.raises(ServiceError, match="cannot be read"):
        await category_answers.chosen_file(LocalFiles(), FileKind.SIZE_CHART, f"/{'x' * 300}", GB)


def test_days_ids_and_templates_are_checked_as_they_are_typed() -> None:
    today = date(2026, 3, 1)
    assert category_answers.expiry(" 2027-03-31 ", today) == date(2027, 3, 31)
    assert category_answers.expiry("", today) is None
    for text in ("31/03/2027", "2026-03-01"):
        with pytest.raises(ServiceError):
            category_answers.expiry(text, today)
    assert category_answers.ids("12, 13 12", "manufacturer") == ("12", "13")
    with pytest.raises(ServiceError, match="no id of a manufacturer"):
        category_answers.ids("Acme", "manufacturer")
