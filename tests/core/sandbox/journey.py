"""One call of every published operation that goes well, or is refused for what these sellers are."""

from collections.abc import Callable
from typing import Any

from tests.core.sandbox.conftest import Caller
from tests.core.sandbox.listings import a_listing, png

JSON = dict[str, Any]


class Journey:
    """One successful call of every operation, each on something that it fits."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.shop = caller.sandbox.world.sellers[0].shops[0]

    def order(self, shape: str = "single", **wishes: Any) -> str:
        made: list[str] = self.caller.control("POST", "/orders", {"shape": shape, **wishes})["ids"]
        return made[0]

    def live_product(self) -> str:
        return next(item.id for item in self.shop.products.values() if item.status == "ACTIVATE")

    def product(self, status: str) -> str:
        made: str = self.caller.data("POST", "/product/202309/products", a_listing(self.caller))["product_id"]
        self.shop.products[made].status = status
        self.caller.sandbox.world_changed()
        return made

    def leaf(self) -> str:
        return self.shop.products[self.live_product()].category_id

    def shipping(self) -> JSON:
        providers = next(option.providers for option in self.shop.warehouses[0].options if option.providers)
        return {"shipping_provider_id": providers[0]["id"], "tracking_number": "AB123456789GB"}

    def shipped(self) -> tuple[str, str]:
        order_id = self.order()
        path = f"/fulfillment/202610/orders/{order_id}/packages"
        made = self.caller.data("POST", path, {"shipping_info_list": [self.shipping()]})
        return order_id, made["package_id"]

    def planned(self) -> str:
        body = {"ship_type": "1", "order_id": self.order()}
        made: str = self.caller.data("POST", "/fulfillment/202512/packages", body)["package_id"]
        return made

    def weight(self) -> JSON:
        return {"value": "400", "unit": "GRAM"}

    def by_platform(self) -> str:
        order_id = self.order("masked")
        (shown,) = self.caller.data("GET", "/order/202507/orders", ids=order_id)["orders"]
        return str(shown["packages"][0]["id"])

    def labelled(self) -> str:
        package_id = self.by_platform()
        self.caller.data("POST", f"/fulfillment/202309/packages/{package_id}/ship", {})
        return package_id

    def combinable(self) -> JSON:
        option = self.shop.warehouses[0].options[0].id
        buyer = {"user_id": "71", "full_address": "1 Quill Street", "delivery_option_id": option}
        order_id, _ = self.order(**buyer), self.order(**buyer)
        path = "/fulfillment/202309/combinable_packages/search"
        found: list[JSON] = self.caller.data("GET", path, page_size=50)["combinable_packages"]
        return next(one for one in found if order_id in one["order_ids"])

    def combined(self) -> str:
        body = {"combinable_packages": [self.combinable()]}
        made = self.caller.data("POST", "/fulfillment/202309/packages/combine", body)
        return str(made["packages"][0]["id"])

    def split(self) -> JSON:
        order_id = self.order("multi_unit")
        first, *others = [line.id for line in self.shop.orders[order_id].lines]
        groups = [{"id": "a", "order_line_item_ids": [first]}, {"id": "b", "order_line_item_ids": others}]
        return {"path": {"order_id": order_id}, "body": {"splittable_groups": groups}}

    def brand(self) -> str:
        return str(self.caller.sandbox.world.brands[0]["name"])

    def restock(self) -> JSON:
        sku = self.shop.products[self.live_product()].skus[0].id
        seller = self.caller.sandbox.world.sellers[0].open_id
        setting = {"enable_auto_restock": True}
        return {"seller_id": seller, "sku_ids": [sku, "1"], "stock_operation_setting": setting}

    def cancel_id(self) -> str:
        order_id = self.order("cancel_requested")
        found = self.caller.data(
            "POST", "/return_refund/202602/cancellations/search", {"order_ids": [order_id]}
        )
        return str(found["cancellations"][0]["cancel_id"])

    def reference(self, order_id: str) -> JSON:
        lines = [{"id": "1", "origin_id": "2"}]
        return {
            "id": order_id,
            "external_order": {"id": "AV1", "platform": "ERP_SYSTEM", "line_items": lines},
        }

    def referred(self) -> str:
        order_id = self.order()
        body = {"orders": [self.reference(order_id)]}
        assert self.caller.data("POST", "/order/202406/orders/external_orders", body) == {"errors": []}
        return order_id

    def hook(self) -> JSON:
        return {"event_type": "ORDER_STATUS_CHANGE", "address": "https://example.com/hook"}

    def edit(self) -> JSON:
        product = self.shop.products[self.live_product()]
        listing = a_listing(self.caller)
        listing["skus"] = [{"id": sku.id, "seller_sku": sku.seller_sku} for sku in product.skus[:1]]
        return listing

    def stock(self) -> JSON:
        sku = self.shop.products[self.live_product()].skus[0]
        places = [{"warehouse_id": place, "quantity": 5} for place in sku.quantity]
        return {"skus": [{"id": sku.id, "inventory": places}]}

    def price(self) -> JSON:
        sku = self.shop.products[self.live_product()].skus[0]
        return {"skus": [{"id": sku.id, "price": {"currency": sku.currency, "amount": "12.50"}}]}


Step = Callable[[Journey], dict[str, Any]]
STEPS: dict[str, Step] = {
    "getAuthorizedShops": lambda j: {},
    "getActiveShops": lambda j: {},
    "getGlobalProductPermission": lambda j: {},
    "updateShopWebhook": lambda j: {"body": j.hook()},
    "getShopWebhooks": lambda j: {},
    "deleteWebhookForAnEvent": lambda j: {"body": {"event_type": "ORDER_STATUS_CHANGE"}},
    "getOrderList": lambda j: {"query": {"page_size": "100"}},
    "getOrderDetail": lambda j: {"query": {"ids": ",".join(list(j.shop.orders)[:50])}},
    "getOrderPriceDetails": lambda j: {"path": {"order_id": j.order("multi_unit")}},
    "searchProducts": lambda j: {"query": {"page_size": "100"}},
    "getProduct": lambda j: {"path": {"product_id": j.live_product()}},
    "createProduct": lambda j: {"body": a_listing(j.caller)},
    "editProduct": lambda j: {"path": {"product_id": j.live_product()}, "body": j.edit()},
    "partialEditProduct": lambda j: {
        "path": {"product_id": j.live_product()},
        "body": {"title": "A better title"},
    },
    "checkProductListing": lambda j: {"body": a_listing(j.caller)},
    "checkListingPrerequisites": lambda j: {},
    "inventorySearch": lambda j: {"body": {"product_ids": [j.live_product()]}},
    "updateInventory": lambda j: {"path": {"product_id": j.live_product()}, "body": j.stock()},
    "updatePrice": lambda j: {"path": {"product_id": j.live_product()}, "body": j.price()},
    "activateProducts": lambda j: {"body": {"product_ids": [j.product("SELLER_DEACTIVATED"), "1"]}},
    "deactivateProducts": lambda j: {"body": {"product_ids": [j.product("ACTIVATE"), "1"]}},
    "deleteProducts": lambda j: {"body": {"product_ids": [j.product("DRAFT"), "1"]}},
    "recoverProducts": lambda j: {"body": {"product_ids": [j.product("DELETED"), "1"]}},
    "getCategories": lambda j: {},
    "recommendCategory": lambda j: {"body": {"product_title": "Stoneware mug, sage"}},
    "getCategoryAttributes": lambda j: {"path": {"category_id": j.leaf()}},
    "getCategoryRules": lambda j: {"path": {"category_id": j.leaf()}},
    "getBrands": lambda j: {"query": {"page_size": "5"}},
    "getWarehouseList": lambda j: {},
    "getWarehouseDeliveryOptions": lambda j: {"path": {"warehouse_id": j.shop.warehouses[0].id}},
    "getShippingProviders": lambda j: {"path": {"delivery_option_id": j.shop.warehouses[0].options[0].id}},
    "markPackageAsShipped": lambda j: {
        "path": {"order_id": j.order()},
        "body": {"shipping_info_list": [j.shipping()]},
    },
    "updatePackageShippingInfo": lambda j: {
        "path": {"package_id": j.shipped()[1]},
        "body": {"shipping_info_list": [j.shipping()]},
    },
    "searchPackage": lambda j: {"query": {"page_size": "50"}},
    "getPackageDetail": lambda j: {"path": {"package_id": j.shipped()[1]}},
    "searchCancellations": lambda j: {"body": {"cancel_ids": [j.cancel_id()]}},
    "approveCancellation": lambda j: {"path": {"cancel_id": j.cancel_id()}},
    "rejectCancellation": lambda j: {
        "path": {"cancel_id": j.cancel_id()},
        "body": {"reject_reason": "seller_reject_apply_product_has_been_packed"},
    },
    "getRejectReasons": lambda j: {"query": {"return_or_cancel_id": "1"}},
    "cancelOrder": lambda j: {
        "body": {"order_id": j.order(), "cancel_reason": "seller_cancel_reason_out_of_stock"}
    },
    "getAftersaleEligibility": lambda j: {"path": {"order_id": j.order()}},
    "updateOrderShippingInfo": lambda j: {"path": {"order_id": j.shipped()[0]}, "body": j.shipping()},
    "getOrderTracking": lambda j: {"path": {"order_id": j.shipped()[0]}},
    "getLogisticsTracking": lambda j: {"path": {"order_id": j.shipped()[0]}},
    "getOrderSplitAttributes": lambda j: {"query": {"order_ids": f"{j.order()},{j.order()}"}},
    "searchCombinablePackages": lambda j: {"query": {"page_size": str(len(j.combinable()))}},
    "searchReturns": lambda j: {"query": {"page_size": "10"}, "body": {}},
    "searchAftersalesRequests": lambda j: {"body": {}},
    "addExternalOrderReferences": lambda j: {"body": {"orders": [j.reference(j.order()), j.reference("1")]}},
    "getExternalOrderReferences": lambda j: {
        "path": {"order_id": j.referred()},
        "query": {"platform": "ERP_SYSTEM"},
    },
    "suggestBrands": lambda j: {"body": {"product_title": f"{j.brand()} stoneware mug"}},
    "createCustomBrands": lambda j: {"body": {"name": "Mine alone"}},
    "getProductDiagnoses": lambda j: {"query": {"product_ids": f"{j.live_product()},1"}},
    "diagnoseAndOptimizeProduct": lambda j: {"body": {"category_id": j.leaf(), "title": "Mug"}},
    "updateStockOperationSettings": lambda j: {"body": j.restock()},
    "getShopGroupAndRelatedShops": lambda j: {},
    "getShippingTemplateAvailability": lambda j: {},
    "getGlobalListingRules": lambda j: {},
    "confirmOrderSplit": lambda j: j.split(),
    "createPackages": lambda j: {
        "body": {"ship_type": "1", "order_id": j.order("masked"), "weight": j.weight()}
    },
    "getEligibleShippingServices": lambda j: {
        "path": {"order_id": j.order("masked")},
        "body": {"weight": j.weight()},
    },
    "shipPackage": lambda j: {
        "path": {"package_id": j.planned()},
        "body": {"self_shipment": j.shipping()},
    },
    "batchShipPackages": lambda j: {
        "body": {
            "packages": [
                {"id": j.planned(), "self_shipment": j.shipping()},
                {"id": "1", "self_shipment": j.shipping()},
            ]
        }
    },
    "updatePackageDeliveryStatus": lambda j: {
        "body": {
            "packages": [
                {"id": j.shipped()[1], "delivery_type": "DELIVERY_SUCCESS"},
                {"id": "1", "delivery_type": "DELIVERY_SUCCESS"},
            ]
        }
    },
    "getPackageHandoverTimeSlots": lambda j: {"path": {"package_id": j.by_platform()}},
    "getPackageShippingDocument": lambda j: {
        "path": {"package_id": j.labelled()},
        "query": {"document_type": "SHIPPING_LABEL"},
    },
    "combinePackage": lambda j: {"body": {"combinable_packages": [j.combinable(), {"id": "1"}]}},
    "uncombinePackages": lambda j: {"path": {"package_id": j.combined()}, "body": {}},
    "searchOrdersByExternalOrderReference": lambda j: {
        "query": {"platform": "ERP_SYSTEM", "external_order_id": "AV1"}
    },
}
OLDER: dict[str, Step] = {
    "/fulfillment/202309/orders/{order_id}/packages": lambda j: {
        "path": {"order_id": j.order()},
        "body": j.shipping(),
    }
}
REFUSED: dict[str, tuple[int, Step]] = {
    "approveReturn": (
        98001004,
        lambda j: {"path": {"return_id": "4"}, "body": {"decision": "APPROVE_REFUND"}},
    ),
    "rejectReturn": (
        98001004,
        lambda j: {"path": {"return_id": "4"}, "body": {"decision": "REJECT_REFUND", "reject_reason": "r"}},
    ),
    "getReturnRecords": (98001004, lambda j: {"path": {"return_id": "4"}}),
    "getGlobalCategories": (12009014, lambda j: {}),
    "getGlobalAttributes": (12009014, lambda j: {"path": {"category_id": j.leaf()}}),
    "getGlobalCategoryRules": (12009014, lambda j: {"path": {"category_id": j.leaf()}}),
    "searchGlobalProducts": (12009014, lambda j: {"query": {"page_size": "10"}, "body": {}}),
    "getGlobalProduct": (12009014, lambda j: {"path": {"global_product_id": "1"}}),
    "updateGlobalInventory": (
        12009014,
        lambda j: {
            "path": {"global_product_id": "1"},
            "body": {
                "global_skus": [{"id": "1", "inventory": [{"global_warehouse_id": "1", "quantity": 1}]}]
            },
        },
    ),
    "getGlobalSellerWarehouses": (12009014, lambda j: {}),
}
"""What these shops cannot do: their sellers are local, ship themselves, and get nothing back."""
UPLOADS = {
    "uploadProductImage": ({"data": ("a.png", png(600, 600), "image/png")}, {"use_case": "MAIN_IMAGE"}),
    "uploadProductFile": ({"data": ("a.pdf", b"%PDF-1.7", "application/pdf")}, {"name": "a.pdf"}),
}
