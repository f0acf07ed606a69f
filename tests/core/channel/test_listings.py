"""Making, editing, checking and ending listings."""

import dataclasses
from decimal import Decimal
from typing import Any

import httpx
import pytest

from core.channel.errors import LostReply, StaleState, UnreadableReply
from core.channel.listings import (
    Attribute,
    Certificate,
    DraftSku,
    FileRef,
    ProductChanges,
    ProductDraft,
    ReviewFailure,
    Side,
    SizeChartRef,
)
from core.channel.tiktok.listings import LARGEST_IMAGE, TikTokListings
from core.models.base import Money
from tests.contract.spec import faults_of
from tests.core.channel.support import Answer, Rig, contract, ok, refusal, rig

SHAPES = contract("observed-shapes.json")["shapes"]
DRAFT = ProductDraft(
    title="Steel kettle, 1.7 litres",
    description="<p>Boils.</p>",
    category_id="601450",
    image_uris=("tos-x/1", "tos-x/2"),
    skus=(
        DraftSku(
            seller_sku="KET-RED",
            price=Money(amount="19.90", currency="GBP"),
            quantities={"7": 5, "8": 0},
            sides=(Side("Colour", "Red", attribute_id="100000", image_uri="tos-x/r"), Side("Size", "L")),
            ean="5012345678900",
        ),
    ),
    brand_id="7273",
    attributes=(Attribute("100149", value_ids=("1000854",), value_names=("Steel",)),),
    weight_kg=Decimal("1.25"),
    size_cm=(Decimal(30), Decimal("20.5"), Decimal(10)),
    external_id="AV-1",
)
BODY: dict[str, Any] = {
    "title": "Steel kettle, 1.7 litres",
    "description": "<p>Boils.</p>",
    "category_id": "601450",
    "main_images": [{"uri": "tos-x/1"}, {"uri": "tos-x/2"}],
    "skus": [
        {
            "inventory": [{"warehouse_id": "7", "quantity": 5}, {"warehouse_id": "8", "quantity": 0}],
            "price": {"amount": "19.90", "currency": "GBP"},
            "sales_attributes": [
                {"id": "100000", "value_name": "Red", "sku_img": {"uri": "tos-x/r"}},
                {"name": "Size", "value_name": "L"},
            ],
            "seller_sku": "KET-RED",
            "identifier_code": {"code": "5012345678900", "type": "EAN"},
        }
    ],
    "brand_id": "7273",
    "product_attributes": [{"id": "100149", "values": [{"id": "1000854"}, {"name": "Steel"}]}],
    "package_weight": {"value": "1.250", "unit": "KILOGRAM"},
    "package_dimensions": {"length": "30", "width": "20.5", "height": "10", "unit": "CENTIMETER"},
    "external_product_id": "AV-1",
}


def _listings(*script: Answer, version: str | None = None) -> tuple[TikTokListings, Rig]:
    made = rig(*script)
    shop = TikTokListings(made.client, integration_id="i1", clock=made.clock, category_version=version)
    return shop, made


async def test_a_product_is_created_under_its_key() -> None:
    shop, made = _listings(ok(SHAPES["createProduct"]["data"]), version="v2")
    created = await shop.create(DRAFT, key="k1")
    assert created.product_id == "1736400000000000001"
    assert created.skus == [("1736400000000000011", "SKU-1")]
    assert made.shop.bodies == [
        {**BODY, "save_mode": "LISTING", "idempotency_key": "k1", "category_version": "v2"}
    ]
    assert faults_of(made) == []


async def test_a_create_whose_reply_was_lost_is_repeated_with_the_same_key() -> None:
    shop, made = _listings(httpx.ReadTimeout(""), ok({"product_id": 1}))
    assert (await shop.create(DRAFT, key="k1")).product_id == "1"
    assert made.shop.bodies[0] == made.shop.bodies[1]


async def test_fields_that_tiktok_dropped_are_told() -> None:
    shop, _ = _listings(ok({"product_id": "1", "warnings": [{"message": "brand_id\ncleared"}, {}]}))
    assert (await shop.create(DRAFT, key="k1")).warnings == ["brand_id cleared"]


@pytest.mark.parametrize("key", ["", "k" * 129])
async def test_a_key_that_tiktok_would_not_take_is_refused_here(key: str) -> None:
    shop, made = _listings(ok({}))
    with pytest.raises(ValueError, match="1 to 128"):
        await shop.create(DRAFT, key=key)
    assert made.shop.requests == []


@pytest.mark.parametrize(
    ("answer", "passed", "reasons", "warnings"),
    [
        ({"check_result": "PASS", "warnings": {"message": "Add a video"}}, True, [], ["Add a video"]),
        ({"check_result": "FAIL", "fail_reasons": [{"code": 1, "message": "Title"}]}, False, ["Title"], []),
        ({"check_result": "FAIL"}, False, [], []),
        ({"check_result": "PASS", "fail_reasons": [{"message": "Title"}]}, False, ["Title"], []),
        (
            {"fail_reasons": [{"code": 12052261}, {}]},
            False,
            ["TikTok: title empty (12052261)", "TikTok gives no reason"],
            [],
        ),
        ({"check_result": "PASS_WITH_ADVICE"}, True, [], []),
        (None, True, [], []),
    ],
)
async def test_a_dry_run_tells_what_would_be_refused(
    answer: object, passed: bool, reasons: list[str], warnings: list[str]
) -> None:
    shop, made = _listings(ok(answer))
    checked = await shop.check(DRAFT)
    assert (checked.passed, checked.reasons, checked.warnings) == (passed, reasons, warnings)
    assert made.shop.bodies == [BODY]
    assert faults_of(made) == []


async def test_an_edit_sends_only_what_changes() -> None:
    shop, made = _listings(ok({"product_id": "1", "audit": {"status": "AUDITING"}}))
    assert await shop.edit("1", ProductChanges(title="New title")) == "AUDITING"
    assert made.shop.bodies == [{"title": "New title", "save_mode": "LISTING"}]
    assert faults_of(made) == []


async def test_an_edit_names_the_skus_that_stay() -> None:
    shop, made = _listings(ok({}))
    stays = dataclasses.replace(DRAFT.skus[0], id="10")
    await shop.edit("1", ProductChanges(skus=(stays,), image_uris=("tos-x/1",), attributes=DRAFT.attributes))
    (body,) = made.shop.bodies
    assert body["skus"] == [{**BODY["skus"][0], "id": "10"}]
    assert body["main_images"] == [{"uri": "tos-x/1"}]
    assert faults_of(made) == []


async def test_an_edit_is_never_repeated_blindly() -> None:
    shop, made = _listings(httpx.ReadTimeout(""), ok({}))
    with pytest.raises(LostReply):
        await shop.edit("1", ProductChanges(title="New"))
    assert len(made.shop.requests) == 1


@pytest.mark.parametrize(
    ("what", "method", "path"),
    [
        ("activate", "POST", "/product/202309/products/activate"),
        ("deactivate", "POST", "/product/202309/products/deactivate"),
        ("delete", "DELETE", "/product/202309/products"),
    ],
)
async def test_products_are_ended_and_begun_20_at_a_time_with_a_reason_for_each_refusal(
    what: str, method: str, path: str
) -> None:
    gone = {"code": 12052032, "message": "missing", "detail": {"product_id": 3}}
    shop, made = _listings(ok({"errors": [gone]}), ok({}), ok({}))
    refusals = await getattr(shop, what)([str(number) for number in range(41)])
    assert refusals.keys() == {"3"}
    assert isinstance(refusals["3"], StaleState)
    assert [len(body["product_ids"]) for body in made.shop.bodies] == [20, 20, 1]
    assert {(request.method, request.url.path) for request in made.shop.requests} == {(method, path)}
    assert faults_of(made) == []


async def test_a_batch_error_that_names_no_product_confirms_none_of_its_batch() -> None:
    shop, _ = _listings(ok({"errors": [{"code": 12052901, "message": "no"}]}), ok({}))
    refusals = await shop.deactivate([str(number) for number in range(21)])
    assert refusals.keys() == {str(number) for number in range(20)}


PAPER = Certificate("71", ("tos-x/c",), (FileRef("v9", "en71.pdf", "PDF"),), expires_at=1_806_451_200)


async def test_a_create_names_size_chart_documents_and_who_made_it_as_the_contract_does() -> None:
    shop, made = _listings(ok({"product_id": 1}), ok({"check_result": "PASS"}))
    draft = dataclasses.replace(
        DRAFT,
        size_chart=SizeChartRef(image_uri="tos-x/s"),
        certificates=(PAPER,),
        manufacturer_ids=("5",),
        responsible_person_ids=("6", "7"),
    )
    await shop.create(draft, key="k1")
    await shop.check(draft)
    for body in made.shop.bodies:
        assert body["size_chart"] == {"image": {"uri": "tos-x/s"}}
        assert body["certifications"] == [
            {"id": "71", "images": [{"uri": "tos-x/c"}], "files": ["v9"], "expiration_date": 1_806_451_200}
        ]
        assert (body["manufacturer_ids"], body["responsible_person_ids"]) == (["5"], ["6", "7"])
    assert faults_of(made) == []


async def test_an_edit_names_files_by_object_and_a_template_by_id() -> None:
    shop, made = _listings(ok({}))
    await shop.edit("1", ProductChanges(size_chart=SizeChartRef(template_id="8"), certificates=(PAPER,)))
    (body,) = made.shop.bodies
    assert body["size_chart"] == {"template": {"id": "8"}}
    assert body["certifications"][0]["files"] == [{"id": "v9", "name": "en71.pdf", "format": "PDF"}]
    assert faults_of(made) == []


async def test_a_document_is_uploaded_under_its_name() -> None:
    shop, made = _listings(ok({"id": 9, "url": "https://x/y", "name": "en71.pdf", "format": "PDF"}))
    assert await shop.upload_file("en71.pdf", b"%PDF-1.7") == FileRef("9", "en71.pdf", "PDF")
    (sent,) = made.shop.requests
    assert b'name="name"' in sent.content
    assert faults_of(made) == []


async def test_the_certificates_of_a_product_are_read_so_that_an_edit_can_name_them_again() -> None:
    there = {
        "id": 71,
        "images": [{"uri": "tos-x/c", "width": 3}],
        "files": [{"id": "v9", "name": "en71.pdf", "format": "PDF", "urls": []}],
        "expiration_date": 1_806_451_200,
    }
    shop, made = _listings(ok({**SHAPES["getProduct"]["data"], "certifications": [there]}))
    (found,) = (await shop.product("1734000000000000001")).certificates
    assert (found.id, list(found.image_uris), list(found.files)) == (PAPER.id, ["tos-x/c"], list(PAPER.files))
    assert faults_of(made) == []


async def test_an_image_is_uploaded_as_a_file_with_its_use() -> None:
    shop, made = _listings(ok(SHAPES["uploadProductImage"]["data"]))
    image = await shop.upload_image("kettle.png", b"\x89PNG", use="ATTRIBUTE_IMAGE")
    assert (image.uri, image.width, image.height) == ("tos-x/y", 600, 600)
    (sent,) = made.shop.requests
    assert b'name="use_case"' in sent.content
    assert b"ATTRIBUTE_IMAGE" in sent.content
    assert faults_of(made) == []


async def test_an_image_is_not_uploaded_twice_and_not_when_it_is_too_large() -> None:
    shop, made = _listings(httpx.ReadTimeout(""))
    with pytest.raises(LostReply):
        await shop.upload_image("a.png", b"x")
    with pytest.raises(ValueError, match="10 MB"):
        await shop.upload_image("a.png", b"x" * (LARGEST_IMAGE + 1))
    assert len(made.shop.requests) == 1


async def test_a_product_is_read_with_its_review_and_its_skus() -> None:
    failed = {"position": "Title", "reasons": ["Too\nshort"], "suggestions": ["Lengthen it"]}
    data = {**SHAPES["getProduct"]["data"], "audit_failed_reasons": [failed], "has_draft": True}
    shop, made = _listings(ok(data))
    product = await shop.product("1734000000000000001")
    assert (product.status, product.review, product.has_draft) == ("ACTIVATE", "APPROVED", True)
    assert product.failures == [ReviewFailure("Title", ["Too short"], ["Lengthen it"])]
    assert (product.category_id, product.brand_id) == ("601693", "7273000000000000001")
    assert product.image_uris == ["tos-x/y"]
    assert product.description == "<p>d</p>"
    assert [sku.sku_id for sku in product.skus] == ["1734000000000000011"]
    assert faults_of(made) == []


async def test_another_product_than_was_asked_for_is_no_answer() -> None:
    shop, _ = _listings(ok({"id": "2"}))
    with pytest.raises(UnreadableReply):
        await shop.product("1")


async def test_a_category_that_is_no_leaf_is_the_merchants_to_correct() -> None:
    shop, _ = _listings(refusal(12052024, "Not a leaf"))
    with pytest.raises(Exception, match="not a leaf") as caught:
        await shop.create(DRAFT, key="k")
    assert getattr(caught.value, "area", None) == "product"
