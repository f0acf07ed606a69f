"""Products on the wire: finding, creating, editing, stock, prices, and what TikTok refuses."""

import copy
from typing import Any

import pytest

from core.sandbox.model import Shop
from tests.core.sandbox.conftest import Caller
from tests.core.sandbox.listings import CREATE, a_listing, create, png, read

SEARCH = "/product/202502/products/search"
UPLOAD = "/product/202309/images/upload"


@pytest.fixture
def shop(caller: Caller) -> Shop:
    return caller.sandbox.world.sellers[0].shops[0]


class TestSearch:
    """Finding products."""

    @pytest.mark.parametrize("path", [SEARCH, "/product/202312/products/search"])
    def test_pages_hold_every_product_once(self, caller: Caller, shop: Shop, path: str) -> None:
        ids: list[str] = []
        token = ""
        while True:
            query: dict[str, Any] = {"page_size": 30, **({"page_token": token} if token else {})}
            data = caller.data("POST", path, {}, **query)
            assert data["total_count"] == len(shop.products)
            ids += [product["id"] for product in data["products"]]
            token = data["next_page_token"]
            if not token:
                break
        assert sorted(ids) == sorted(shop.products)

    def test_both_ends_of_a_window_count(self, caller: Caller, shop: Shop) -> None:
        product = next(iter(shop.products.values()))
        for ge, le, expected in ((0, 0, True), (1, 1, False), (-1, -1, False)):
            window = {"update_time_ge": product.update_time + ge, "update_time_le": product.update_time + le}
            data = caller.data("POST", SEARCH, window, page_size=100)
            assert (product.id in [item["id"] for item in data["products"]]) is expected

    def test_filters_by_status_seller_sku_sku_id_and_audit(self, caller: Caller, shop: Shop) -> None:
        product = next(item for item in shop.products.values() if item.skus[0].seller_sku)
        sku = product.skus[0]
        for body in ({"seller_skus": [sku.seller_sku]}, {"sku_ids": [sku.id]}):
            data = caller.data("POST", SEARCH, body, page_size=10)
            assert [item["id"] for item in data["products"]] == [product.id]
            assert data["total_count"] == 1
        live = {"status": "ACTIVATE", "audit_status": ["APPROVED"]}
        data = caller.data("POST", SEARCH, live, page_size=100)
        assert {item["status"] for item in data["products"]} == {"ACTIVATE"}
        assert {item["audit"]["status"] for item in data["products"]} == {"APPROVED"}

    def test_a_search_stops_at_ten_thousand_results(self, caller: Caller, shop: Shop) -> None:
        model = next(iter(shop.products.values()))
        extra = {f"{n:019d}": copy.copy(model) for n in range(10_050 - len(shop.products))}
        for number, product in extra.items():
            product.id = number
        shop.products.update(extra)
        caller.sandbox.world_changed()
        try:
            query: dict[str, Any] = {"page_size": 100}
            for _ in range(100):
                data = caller.data("POST", SEARCH, {}, **query)
                assert data["total_count"] == 10_000
                query["page_token"] = data["next_page_token"]
            assert caller.call("POST", SEARCH, {}, **query)["code"] == 12052180
        finally:
            for number in extra:
                del shop.products[number]
            caller.sandbox.world_changed()
        assert caller.data("POST", SEARCH, {}, page_size=1)["total_count"] == len(shop.products)


class TestCreate:
    """Creating products."""

    def test_a_new_product_is_reviewed_and_then_live(self, caller: Caller) -> None:
        made = create(caller)
        before = read(caller, made["product_id"])
        assert (before["status"], before["audit"]["status"]) == ("PENDING", "AUDITING")
        caller.control("POST", "/clock", {"advance": 21})
        after = read(caller, made["product_id"])
        assert (after["status"], after["audit"]["status"]) in {("ACTIVATE", "APPROVED"), ("FAILED", "FAILED")}
        assert after["skus"][0]["id"] == made["skus"][0]["id"]

    def test_a_title_that_asks_for_it_fails_the_review_and_says_why(self, caller: Caller) -> None:
        made = create(caller, title="Espresso cup reject-me")
        caller.control("POST", "/clock", {"advance": 21})
        product = read(caller, made["product_id"])
        assert product["status"] == "FAILED"
        reason = product["audit_failed_reasons"][0]
        assert reason.keys() == {"listing_platform", "position", "reasons", "suggestions"}

    def test_the_same_idempotency_key_makes_one_product(self, caller: Caller, shop: Shop) -> None:
        count = len(shop.products)
        first = create(caller, idempotency_key="once")
        assert create(caller, idempotency_key="once") == first
        assert len(shop.products) == count + 1
        assert create(caller)["product_id"] != create(caller)["product_id"]

    def test_a_draft_is_kept_unchecked(self, caller: Caller) -> None:
        made = create(caller, save_mode="AS_DRAFT", package_weight={"unit": "STONE", "value": "1"})
        assert read(caller, made["product_id"])["status"] == "DRAFT"

    def test_an_unknown_brand_is_cleared_with_a_warning(self, caller: Caller) -> None:
        made = create(caller, brand_id="1")
        assert "brand_id" in made["warnings"][0]["message"]
        assert "brand" not in read(caller, made["product_id"])
        known = caller.sandbox.world.brands[0]
        made = create(caller, brand_id=known["id"])
        assert read(caller, made["product_id"])["brand"]["name"] == known["name"]

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"title": " "}, 12052261),
            ({"title": "cup " * 64}, 12052051),
            ({"title": "Cup &amp; saucer"}, 12052931),
            ({"title": "Cuuuuuuuuuuup"}, 12052931),
            ({"description": " "}, 12052015),
            ({"description": "x" * 10_001}, 12052013),
            ({"category_id": "mugs"}, 12052002),
            ({"category_id": "1"}, 12052025),
            ({"category_id": "600001"}, 12052024),
            ({"main_images": []}, 12052028),
            ({"main_images": [{"uri": "tos-sandbox/1"}] * 10}, 12052306),
            ({"main_images": [{"uri": "https://elsewhere/1.png"}]}, 12052722),
            ({"package_weight": {"unit": "KILOGRAM", "value": "0"}}, 12052181),
            ({"package_weight": {"unit": "KILOGRAM", "value": "heavy"}}, 12052006),
            ({"package_weight": {"unit": "KILOGRAM", "value": "NaN"}}, 12052006),
            ({"package_weight": {"unit": "KILOGRAM", "value": "1e999999"}}, 12052006),
            ({"package_weight": {"unit": "KILOGRAM", "value": "31"}}, 12019011),
            ({"package_weight": {"unit": "POUND", "value": "1"}}, 12019061),
            ({"skus": []}, 12052902),
        ],
    )
    def test_what_is_wrong_with_a_product_has_its_code(
        self, caller: Caller, changes: dict[str, Any], code: int
    ) -> None:
        assert caller.call("POST", CREATE, a_listing(caller, **changes))["code"] == code

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"seller_sku": "a b"}, 12019059),
            ({"seller_sku": "x" * 51}, 12052054),
            ({"price": {"currency": "USD", "amount": "1"}}, 12052084),
            ({"price": {"currency": "XXX", "amount": "1"}}, 12052084),
            ({"price": {"currency": "GBP"}}, 12052571),
            ({"price": {"currency": "GBP", "amount": "1.999"}}, 12052012),
            ({"price": {"currency": "GBP", "amount": "a lot"}}, 12052012),
            ({"price": {"currency": "GBP", "amount": "NaN"}}, 12052012),
            ({"price": {"currency": "GBP", "amount": "1e999999"}}, 12052012),
            ({"price": {"currency": "GBP", "amount": "0"}}, 12052073),
            ({"price": {"currency": "GBP", "amount": "5600.01"}}, 12052570),
            ({"inventory": []}, 12052097),
            ({"inventory": [{"warehouse_id": "1", "quantity": 1}]}, 12052530),
        ],
    )
    def test_what_is_wrong_with_a_sku_has_its_code(
        self, caller: Caller, changes: dict[str, Any], code: int
    ) -> None:
        listing = a_listing(caller)
        listing["skus"][0] |= changes
        assert caller.call("POST", CREATE, listing)["code"] == code

    def test_warehouses_that_cannot_sell_are_refused(self, caller: Caller, shop: Shop) -> None:
        by_role = {(place.type, place.effect_status): place.id for place in shop.warehouses}
        for role, code in (
            (("RETURN_WAREHOUSE", "ENABLED"), 12052532),
            (("SALES_WAREHOUSE", "DISABLED"), 12052531),
        ):
            listing = a_listing(caller)
            listing["skus"][0]["inventory"] = [{"warehouse_id": by_role[role], "quantity": 1}]
            assert caller.call("POST", CREATE, listing)["code"] == code

    def test_variations_must_differ_in_the_same_attributes(self, caller: Caller) -> None:
        def variant(**attributes: str) -> dict[str, Any]:
            sides = [{"name": name, "value_name": value} for name, value in attributes.items()]
            return {**a_listing(caller)["skus"][0], "sales_attributes": sides}

        for skus, code in (
            ([variant(Colour="Sage"), variant(Size="Small")], 12052550),
            ([variant(Colour="Sage"), variant(Colour="Sage")], 12052560),
            ([variant(Colour="a", Size="b", Pack="c", Finish="d")], 12052525),
        ):
            assert caller.call("POST", CREATE, a_listing(caller, skus=skus))["code"] == code
        made = create(caller, skus=[variant(Colour="Sage"), variant(Colour="Odd")])
        sides = [sku["sales_attributes"][0] for sku in read(caller, made["product_id"])["skus"]]
        assert [side["value_name"] for side in sides] == ["Sage", "Odd"]
        assert len({side["value_id"] for side in sides}) == 2
        assert len({side["id"] for side in sides}) == 1

    def test_required_attributes_of_the_leaf_are_asked_for(self, caller: Caller) -> None:
        leaf, rule = next(
            (node, attribute)
            for node in caller.sandbox.world.categories
            for attribute in node.get("attributes", ())
            if attribute["is_requried"]
            and attribute["values"]
            and node["permission_statuses"] == ["AVAILABLE"]
            and not node["rules"]["product_certifications"]
            and not node["rules"]["size_chart"]["is_required"]
        )
        listing = a_listing(caller, category_id=leaf["id"])
        assert caller.call("POST", CREATE, listing)["code"] == 12052104
        listing["product_attributes"] = [{"id": rule["id"], "values": [{"id": "1"}]}]
        assert caller.call("POST", CREATE, listing)["code"] == 12052529
        listing["product_attributes"] = [{"id": rule["id"], "values": [{"id": rule["values"][0]["id"]}]}]
        made = caller.data("POST", CREATE, listing)["product_id"]
        (shown,) = read(caller, made)["product_attributes"]
        assert (shown["name"], shown["values"][0]["name"]) == (rule["name"], rule["values"][0]["name"])

    def test_a_dry_run_lists_everything_at_once(self, caller: Caller, shop: Shop) -> None:
        count = len(shop.products)
        check = "/product/202309/products/listing_check"
        bad = a_listing(caller, title=" ", main_images=[], description=" ")
        found = caller.data("POST", check, bad)
        assert found["check_result"] == "FAILED"
        assert [item["code"] for item in found["fail_reasons"]] == [12052261, 12052015, 12052028]
        assert caller.data("POST", check, a_listing(caller))["check_result"] == "PASS"
        assert len(shop.products) == count

    def test_us_shops_need_the_second_category_tree(self, anonymous: Caller) -> None:
        anonymous.connect(2)
        listing = a_listing(anonymous)
        del listing["category_version"]
        assert anonymous.call("POST", CREATE, listing)["code"] == 12052217


class TestUploads:
    """Images and files."""

    @pytest.mark.parametrize(
        ("width", "height", "becomes"),
        [(600, 600, (600, 600)), (600, 700, (600, 700)), (400, 900, (900, 900))],
    )
    def test_a_main_image_far_from_square_becomes_square(
        self, caller: Caller, width: int, height: int, becomes: tuple[int, int]
    ) -> None:
        files = {"data": ("a.png", png(width, height), "image/png")}
        data = caller.upload(UPLOAD, files, {"use_case": "MAIN_IMAGE"})["data"]
        assert (data["width"], data["height"]) == becomes
        assert caller.http.get(data["url"]).content.startswith(b"\x89PNG")
        made = create(caller, main_images=[{"uri": data["uri"]}])
        assert read(caller, made["product_id"])["main_images"][0]["width"] == becomes[0]

    @pytest.mark.parametrize(
        ("content", "fields", "code"),
        [
            (png(100, 100), {}, 12038014),
            (b"GIF89a......", {}, 12038015),
            (b"\x89PNG\r\n\x1a\n", {}, 12038004),
            (png(600, 600), {"use_case": "WALLPAPER"}, 11050001),
        ],
    )
    def test_a_picture_that_will_not_do_is_refused(
        self, caller: Caller, content: bytes, fields: dict[str, str], code: int
    ) -> None:
        files = {"data": ("a.png", content, "image/png")}
        assert caller.upload(UPLOAD, files, fields)["code"] == code


def test_a_delivery_option_that_the_platform_runs_answers_an_error_for_providers(
    caller: Caller, shop: Shop
) -> None:
    for option in shop.warehouses[0].options:
        path = f"/logistics/202309/delivery_options/{option.id}/shipping_providers"
        envelope = caller.call("GET", path)
        assert (envelope["code"] == 0) is not option.platform_run
        if not option.platform_run:
            assert envelope["data"]["shipping_providers"]
    assert caller.call("GET", "/logistics/202309/delivery_options/1/shipping_providers")["code"] == 98001004


def test_categories_are_found_recommended_and_described(caller: Caller) -> None:
    tree = caller.data("GET", "/product/202309/categories")["categories"]
    assert {node["parent_id"] for node in tree} >= {"0"}
    found = caller.data("GET", "/product/202309/categories", keyword="mug")["categories"]
    assert all("mug" in node["local_name"].lower() for node in found)
    body = {"product_title": "A pair of stoneware mugs"}
    best = caller.data("POST", "/product/202309/categories/recommend", body)
    assert best["categories"][-1]["name"] == "Mugs"
    assert best["leaf_category_id"] == best["categories"][-1]["id"]
    leaf = f"/product/202309/categories/{best['leaf_category_id']}"
    assert {"SALES_PROPERTY", "PRODUCT_PROPERTY"} <= {
        attribute["type"] for attribute in caller.data("GET", f"{leaf}/attributes")["attributes"]
    }
    assert "size_chart" in caller.data("GET", f"{leaf}/rules")
    root = next(node["id"] for node in tree if not node["is_leaf"])
    assert caller.call("GET", f"/product/202309/categories/{root}/rules")["code"] == 12052024
