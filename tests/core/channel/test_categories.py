"""The category tree: what is open to this shop, what it asks for, which brands there are."""

import pytest

from core.channel.listings import Brand, Category, CategoryDocument, Prerequisite
from core.channel.tiktok.categories import TikTokCategories
from tests.contract.spec import faults_of
from tests.core.channel.support import Answer, Rig, ok, rig


def _categories(*script: Answer, version: str | None = "v2") -> tuple[TikTokCategories, Rig]:
    made = rig(*script)
    return TikTokCategories(made.client, version=version), made


async def test_the_tree_tells_which_leaves_are_open_to_this_shop() -> None:
    rows = [
        {"id": 601450, "parent_id": "0", "local_name": "Kitchen", "permission_statuses": ["AVAILABLE"]},
        {
            "id": "2",
            "parent_id": "601450",
            "local_name": "Knives",
            "is_leaf": True,
            "permission_statuses": ["X"],
        },
        {"id": "3", "parent_id": "601450", "local_name": "Kettles", "is_leaf": True},
    ]
    shop, made = _categories(ok({"categories": rows}))
    assert await shop.categories(keyword="ke") == [
        Category("601450", "0", "Kitchen", is_leaf=False, is_open=True),
        Category("2", "601450", "Knives", is_leaf=True, is_open=False),
        Category("3", "601450", "Kettles", is_leaf=True, is_open=True),
    ]
    params = made.shop.requests[0].url.params
    assert (params["keyword"], params["category_version"]) == ("ke", "v2")
    assert faults_of(made) == []


async def test_without_a_version_none_is_sent() -> None:
    shop, made = _categories(ok({}), version=None)
    await shop.categories()
    assert "category_version" not in made.shop.requests[0].url.params


@pytest.mark.parametrize(("answer", "leaf"), [({"leaf_category_id": 5}, "5"), ({}, None), (None, None)])
async def test_tiktok_may_recommend_a_leaf(answer: object, leaf: str | None) -> None:
    shop, made = _categories(ok(answer))
    assert await shop.recommend("Steel kettle") == leaf
    assert made.shop.bodies == [{"product_title": "Steel kettle", "category_version": "v2"}]
    assert faults_of(made) == []


async def test_attributes_tell_sides_and_what_is_required() -> None:
    rows = [
        {"id": 1, "name": "Colour", "type": "SALES_PROPERTY", "is_customizable": True},
        {
            "id": 2,
            "name": "Origin",
            "type": "PRODUCT_PROPERTY",
            "is_requried": True,
            "is_multiple_selection": True,
            "values": [{"id": 9, "name": "UK"}],
        },
    ]
    shop, made = _categories(ok({"attributes": rows}))
    colour, origin = await shop.attributes("601450")
    assert (colour.is_side, colour.is_required, colour.takes_own) == (True, False, True)
    assert (origin.is_side, origin.is_required, origin.takes_several) == (False, True, True)
    assert origin.values == [("9", "UK")]
    assert faults_of(made) == []


async def test_rules_name_what_must_be_there() -> None:
    shop, made = _categories(
        ok(
            {
                "size_chart": {"is_required": True},
                "manufacturer": {"is_required": True},
                "epr": {"is_required": False},
                "seller_sku": None,
                "product_certifications": [
                    {
                        "id": 1,
                        "name": "CE",
                        "is_required": True,
                        "document_details": "A test report.",
                        "expiration_date": {"is_required": True},
                    },
                    {
                        "id": 2,
                        "name": "Other",
                        "requirement_conditions": [{"attribute_id": 5, "attribute_value_id": 6}],
                    },
                ],
            }
        )
    )
    rules = await shop.rules("601450")
    assert (rules.required, rules.takes_size_chart) == (frozenset({"size_chart", "manufacturer"}), True)
    assert rules.documents == [
        CategoryDocument("1", "CE", is_required=True, details="A test report.", needs_expiry=True),
        CategoryDocument("2", "Other", needed_when=(("5", "6"),)),
    ]
    assert faults_of(made) == []


async def test_brands_come_page_by_page() -> None:
    rows = [{"id": 1, "name": "Acme", "authorized_status": "AUTHORIZED"}]
    unknown = [{"id": 2, "name": "Other", "authorized_status": "UNAUTHORIEZD"}]
    shop, made = _categories(ok({"brands": rows, "next_page_token": "x"}), ok({"brands": unknown}))
    found = [brand async for page in shop.brands(category_id="5", name="a") for brand in page]
    assert found == [Brand("1", "Acme", is_authorised=True), Brand("2", "Other", is_authorised=False)]
    assert faults_of(made) == []


async def test_what_a_shop_lacks_before_it_may_list_is_told() -> None:
    rows = [
        {"check_item": "SHOP_TAX", "is_failed": True, "fail_reasons": ["No tax number"]},
        {"check_item": "BANk_ACCOUNT", "is_failed": False},
    ]
    shop, made = _categories(ok({"check_results": rows}))
    assert await shop.prerequisites() == [
        Prerequisite("SHOP_TAX", is_met=False, reasons=["No tax number"]),
        Prerequisite("BANk_ACCOUNT", is_met=True, reasons=[]),
    ]
    assert faults_of(made) == []
