"""Changing products on the wire: edits, on and off sale, stock and prices."""

from typing import Any

import pytest

from core.sandbox.model import Shop, ShopProduct
from tests.core.sandbox.conftest import Caller
from tests.core.sandbox.listings import CREATE, a_listing, create, live, pass_review, read


@pytest.fixture
def shop(caller: Caller) -> Shop:
    return caller.sandbox.world.sellers[0].shops[0]


def two_warehouses(shop: Shop) -> ShopProduct:
    return next(
        item
        for item in shop.products.values()
        if item.status == "ACTIVATE" and len(item.skus[0].quantity) == 2
    )


class TestEdit:
    """Editing products."""

    @pytest.mark.parametrize("version", ["202509", "202309"])
    def test_an_edit_of_a_live_product_waits_for_its_review(self, caller: Caller, version: str) -> None:
        product_id = live(caller)
        path = f"/product/{version}/products/{product_id}/partial_edit"
        made = caller.data("POST", path, {"title": "A better cup"})
        assert made["audit"]["status"] == "AUDITING"
        assert read(caller, product_id)["title"] == "Stoneware espresso cup, sage green"
        assert read(caller, product_id)["status"] == "ACTIVATE"
        edited = read(caller, product_id, return_under_review_version="true")
        assert edited["title"] == "A better cup"
        pass_review(caller, product_id)
        assert read(caller, product_id)["title"] == "A better cup"

    def test_an_edit_that_fails_leaves_the_old_version_live(self, caller: Caller) -> None:
        product_id = live(caller)
        caller.data("POST", f"/product/202509/products/{product_id}/partial_edit", {"title": "No good"})
        pass_review(caller, product_id, passes=False)
        product = read(caller, product_id)
        assert (product["status"], product["title"]) == ("ACTIVATE", "Stoneware espresso cup, sage green")
        assert product["audit_failed_reasons"]

    @pytest.mark.parametrize("version", ["202509", "202309"])
    def test_a_full_edit_blanks_what_it_leaves_out_but_not_stock_and_price(
        self, caller: Caller, version: str
    ) -> None:
        product_id = live(caller)
        sku_id = read(caller, product_id)["skus"][0]["id"]
        listing = a_listing(caller, title="Another cup")
        del listing["package_dimensions"]
        listing["skus"] = [{"id": sku_id, "seller_sku": "CUP-2"}]
        caller.data("PUT", f"/product/{version}/products/{product_id}", listing)
        pass_review(caller, product_id)
        product = read(caller, product_id)
        assert "package_dimensions" not in product
        (sku,) = product["skus"]
        assert (sku["id"], sku["seller_sku"]) == (sku_id, "CUP-2")
        assert sku["price"]["tax_exclusive_price"] == "9.99"
        assert sku["inventory"][0]["quantity"] == 12

    def test_skus_left_out_of_a_partial_edit_are_gone(self, caller: Caller) -> None:
        base = a_listing(caller)["skus"][0]
        skus = [
            {**base, "sales_attributes": [{"name": "Colour", "value_name": colour}]}
            for colour in ("Sage", "Navy")
        ]
        product_id = live(caller, skus=skus)
        keep, drop = read(caller, product_id)["skus"]
        sides = [{"id": side["id"], "value_id": side["value_id"]} for side in keep["sales_attributes"]]
        body = {"skus": [{"id": keep["id"], "sales_attributes": sides}]}
        caller.data("POST", f"/product/202509/products/{product_id}/partial_edit", body)
        pass_review(caller, product_id)
        assert [sku["id"] for sku in read(caller, product_id)["skus"]] == [keep["id"]]
        gone = caller.data("POST", "/product/202309/inventory/search", {"sku_ids": [drop["id"]]})
        assert gone["inventory"] == []

    def test_stock_set_while_an_edit_waits_survives_the_review(self, caller: Caller) -> None:
        product_id = live(caller)
        sku = read(caller, product_id)["skus"][0]
        listing = a_listing(caller, title="Another cup")
        listing["skus"] = [{"id": sku["id"]}]
        caller.data("PUT", f"/product/202509/products/{product_id}", listing)
        place = sku["inventory"][0]["warehouse_id"]
        body = {"skus": [{"id": sku["id"], "inventory": [{"warehouse_id": place, "quantity": 77}]}]}
        caller.data("POST", f"{CREATE}/{product_id}/inventory/update", body)
        pass_review(caller, product_id)
        assert read(caller, product_id)["skus"][0]["inventory"][0]["quantity"] == 77

    def test_a_failed_product_is_edited_at_once_and_reviewed_again(self, caller: Caller) -> None:
        product_id = create(caller)["product_id"]
        pass_review(caller, product_id, passes=False)
        caller.data("POST", f"/product/202509/products/{product_id}/partial_edit", {"title": "Better now"})
        product = read(caller, product_id)
        assert (product["status"], product["title"]) == ("PENDING", "Better now")

    def test_an_edit_is_not_refused_for_what_was_wrong_before(self, caller: Caller, shop: Shop) -> None:
        product_id = live(caller)
        restricted = next(
            node["id"]
            for node in caller.sandbox.world.categories
            if node["permission_statuses"] == ["INVITE_ONLY"]
        )
        path = f"/product/202509/products/{product_id}/partial_edit"
        assert caller.call("POST", path, {"category_id": restricted})["code"] == 12052223
        shop.products[product_id].category_id = restricted
        assert caller.call("POST", path, {"title": "A better cup"})["code"] == 0
        assert caller.call("POST", path, {"title": " "})["code"] == 12052261

    def test_edits_of_what_is_not_there_are_refused(self, caller: Caller, shop: Shop) -> None:
        other = next(iter(caller.sandbox.world.sellers[1].shops[0].products))
        for product_id, code in (("1", 12052260), ("x", 12019008), (other, 12052034)):
            path = f"/product/202509/products/{product_id}/partial_edit"
            assert caller.call("POST", path, {"title": "A"})["code"] == code
        product_id = live(caller)
        path = f"/product/202509/products/{product_id}/partial_edit"
        assert caller.call("POST", path, {"skus": [{"id": "1"}]})["code"] == 12052557
        shop.products[product_id].status = "FREEZE"
        assert caller.call("POST", path, {"title": "A"})["code"] == 12052901


class TestStates:
    """On and off sale."""

    def put(self, caller: Caller, what: str, *product_ids: str) -> list[tuple[str, int]]:
        method, path = ("DELETE", CREATE) if what == "delete" else ("POST", f"{CREATE}/{what}")
        errors = caller.data(method, path, {"product_ids": list(product_ids)})["errors"]
        return [(error["detail"]["product_id"], error["code"]) for error in errors]

    def test_a_product_goes_off_sale_and_back_through_a_review(self, caller: Caller) -> None:
        product_id = live(caller)
        assert self.put(caller, "deactivate", product_id) == []
        assert read(caller, product_id)["status"] == "SELLER_DEACTIVATED"
        assert self.put(caller, "activate", product_id) == []
        assert read(caller, product_id)["status"] == "PENDING"
        pass_review(caller, product_id)
        assert read(caller, product_id)["status"] == "ACTIVATE"

    @pytest.mark.parametrize(("passes", "status"), [(True, "ACTIVATE"), (False, "FAILED")])
    def test_one_that_is_relisted_while_its_edit_waits_does_not_stay_pending(
        self, caller: Caller, passes: bool, status: str
    ) -> None:
        product_id = live(caller)
        edit = {"title": "Another espresso cup, sage green"}
        caller.data("POST", f"/product/202509/products/{product_id}/partial_edit", edit)
        for what in ("deactivate", "activate"):
            caller.data("POST", f"{CREATE}/{what}", {"product_ids": [product_id]})
        pass_review(caller, product_id, passes=passes)
        found = read(caller, product_id)
        assert found["status"] == status
        assert (found["title"] == edit["title"]) is passes

    def test_a_deleted_product_can_be_recovered_off_sale(self, caller: Caller) -> None:
        product_id = live(caller)
        assert self.put(caller, "delete", product_id) == []
        assert self.put(caller, "activate", product_id) == [(product_id, 12052901)]
        assert self.put(caller, "recover", product_id) == []
        assert read(caller, product_id)["status"] == "SELLER_DEACTIVATED"

    def test_each_of_a_batch_fails_for_itself(self, caller: Caller) -> None:
        good, draft = live(caller), create(caller, save_mode="AS_DRAFT")["product_id"]
        assert self.put(caller, "deactivate", "1", good, draft) == [("1", 12052260), (draft, 12052901)]
        assert read(caller, good)["status"] == "SELLER_DEACTIVATED"

    def test_twenty_at_once_are_the_most(self, caller: Caller) -> None:
        body = {"product_ids": [str(n) for n in range(21)]}
        assert caller.call("POST", f"{CREATE}/activate", body)["code"] == 12019120


class TestStockAndPrice:
    """Absolute values that skip the review."""

    def set_stock(
        self, caller: Caller, product_id: str, sku_id: str, *places: tuple[str, int]
    ) -> dict[str, Any]:
        entries = [{"warehouse_id": place, "quantity": quantity} for place, quantity in places]
        body = {"skus": [{"id": sku_id, "inventory": entries}]}
        return caller.call("POST", f"{CREATE}/{product_id}/inventory/update", body)

    def test_all_warehouses_of_a_sku_must_be_named(self, caller: Caller, shop: Shop) -> None:
        product = two_warehouses(shop)
        first, second = product.skus[0].quantity
        answer = self.set_stock(caller, product.id, product.skus[0].id, (first, 1))
        assert answer["code"] == 12019028
        answer = self.set_stock(caller, product.id, product.skus[0].id, (first, 4), (second, 0))
        assert answer["data"] == {"errors": []}
        (found,) = caller.data("POST", "/product/202309/inventory/search", {"sku_ids": [product.skus[0].id]})[
            "inventory"
        ]
        assert found["skus"][0]["total_available_quantity"] == 4
        assert [place["available_quantity"] for place in found["skus"][0]["warehouse_inventory"]] == [4, 0]

    def test_an_unknown_warehouse_is_a_failure_under_code_0(self, caller: Caller) -> None:
        product_id = live(caller)
        sku = read(caller, product_id)["skus"][0]
        place = sku["inventory"][0]["warehouse_id"]
        envelope = self.set_stock(caller, product_id, sku["id"], (place, 5), ("7", 5))
        assert envelope["code"] == 0
        (error,) = envelope["data"]["errors"]
        assert error == {
            "code": 12052990,
            "message": "Check failed",
            "detail": {
                "sku_id": sku["id"],
                "extra_errors": [
                    {"warehouse_id": "7", "code": 12052097, "message": "The warehouse does not exist"}
                ],
            },
        }
        assert read(caller, product_id)["skus"][0]["inventory"][0]["quantity"] == 12

    def test_quantities_and_repetitions_are_checked(self, caller: Caller) -> None:
        product_id = live(caller)
        sku = read(caller, product_id)["skus"][0]
        place = sku["inventory"][0]["warehouse_id"]
        for places, code in (
            ([(place, -1)], 12052055),
            ([(place, 1_000_000)], 12052055),
            ([(place, 1), (place, 2)], 12052555),
        ):
            envelope = self.set_stock(caller, product_id, sku["id"], *places)
            assert envelope["data"]["errors"][0]["detail"]["extra_errors"][-1]["code"] == code
        assert self.set_stock(caller, product_id, "1", (place, 1))["code"] == 12052557

    def test_stock_of_a_deleted_product_cannot_be_set(self, caller: Caller, shop: Shop) -> None:
        product_id = live(caller)
        sku = shop.products[product_id].skus[0]
        caller.data("DELETE", CREATE, {"product_ids": [product_id]})
        place = next(iter(sku.quantity))
        assert self.set_stock(caller, product_id, sku.id, (place, 1))["code"] == 12052901

    def test_prices_are_set_all_or_none_and_only_on_sale(self, caller: Caller) -> None:
        product_id = live(caller)
        sku_id = read(caller, product_id)["skus"][0]["id"]

        def price(amount: str, currency: str = "GBP") -> dict[str, Any]:
            body = {"skus": [{"id": sku_id, "price": {"currency": currency, "amount": amount}}]}
            return caller.call("POST", f"{CREATE}/{product_id}/prices/update", body)

        assert price("8.50")["data"] == {}
        assert read(caller, product_id)["skus"][0]["price"]["sale_price"] == "8.50"
        assert price("8.50", "USD")["code"] == 12052084
        assert price("-1")["code"] == 12052073
        caller.data("POST", f"{CREATE}/deactivate", {"product_ids": [product_id]})
        assert price("8.50")["code"] == 12052901

    def test_a_sale_moves_units_from_available_to_committed(self, caller: Caller, shop: Shop) -> None:
        product_id = live(caller)
        sku_id = shop.products[product_id].skus[0].id
        caller.control("POST", "/orders", {"shape": "single", "sku_ids": [sku_id, sku_id]})
        (found,) = caller.data("POST", "/product/202309/inventory/search", {"product_ids": [product_id]})[
            "inventory"
        ]
        sku = found["skus"][0]
        assert (sku["total_available_quantity"], sku["total_committed_quantity"]) == (10, 2)
