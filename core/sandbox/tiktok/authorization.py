"""Which shops a consent covers, and what the app listens to."""

from typing import Any

from core.sandbox.calls import TABLE, Call

SELLER_INFO, SHOP_INFO = "seller.authorization.info", "seller.shop.info"


@TABLE.operation("getAuthorizedShops", scope=SELLER_INFO)
def authorized_shops(call: Call) -> dict[str, Any]:
    """Every shop of the seller who consented, with the cipher that picks it."""
    return {
        "shops": [
            {
                "cipher": shop.cipher,
                "code": shop.code,
                "id": shop.id,
                "name": shop.name,
                "region": shop.region,
                "seller_type": shop.seller_type,
            }
            for shop in call.seller.shops
        ]
    }


@TABLE.operation("getActiveShops", scope=SHOP_INFO)
def active_shops(call: Call) -> dict[str, Any]:
    """The seller's shops that are open."""
    return {"shops": [{"id": shop.id, "region": shop.region} for shop in call.seller.shops]}


@TABLE.operation("getShopGroupAndRelatedShops", scope=SHOP_INFO)
def shop_group(call: Call) -> dict[str, Any]:
    """The seller's shops are one group."""
    seller = call.seller
    return {
        "shop_group_data": {
            "shop_group": {"source": "TIKTOK_SHOP", "shop_group_name": seller.name},
            "shops": [
                {
                    "shop_id": shop.id,
                    "seller_id": seller.open_id,
                    "shop_name": shop.name,
                    "shop_region": shop.region,
                }
                for shop in seller.shops
            ],
        }
    }


@TABLE.operation("getGlobalProductPermission", scope=SHOP_INFO)
def permissions(call: Call) -> dict[str, Any]:
    """What a cross-border seller may do; the local sellers here may do none of it."""
    cross_border = any(shop.seller_type == "CROSS_BORDER" for shop in call.seller.shops)
    return {"permissions": ["MANAGE_GLOBAL_PRODUCT"] if cross_border else []}


@TABLE.operation("getShopWebhooks", scope=SELLER_INFO)
def list_webhooks(call: Call) -> dict[str, Any]:
    """The shop's event subscriptions."""
    hooks = list(call.sandbox.webhooks.get(call.shop.id, {}).values())
    return {"webhooks": hooks, "total_count": len(hooks)}


@TABLE.operation("updateShopWebhook", scope=SELLER_INFO)
def set_webhook(call: Call) -> dict[str, Any]:
    """Subscribe to an event type, or move its address."""
    hooks = call.sandbox.webhooks.setdefault(call.shop.id, {})
    event, now = call.body["event_type"], call.sandbox.now()
    known = hooks.get(event, {"create_time": now})
    hooks[event] = {
        "event_type": event,
        "address": call.body["address"],
        "create_time": known["create_time"],
        "update_time": now,
    }
    call.sandbox.revision += 1
    return {}


@TABLE.operation("deleteWebhookForAnEvent", scope=SELLER_INFO)
def delete_webhook(call: Call) -> dict[str, Any]:
    """Unsubscribe; nothing to delete is no error (tiktok-shop-api §10)."""
    call.sandbox.webhooks.get(call.shop.id, {}).pop(call.body["event_type"], None)
    call.sandbox.revision += 1
    return {}
