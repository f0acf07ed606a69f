"""Whether TikTok may put SKUs back on sale by itself (tiktok-shop-api §7)."""

from typing import Any

from core.sandbox.calls import TABLE, Call
from core.sandbox.stock import find_sku
from core.sandbox.tiktok.sku_updates import WRITE
from core.sandbox.wire import Refusal


@TABLE.operation("updateStockOperationSettings", scope=WRITE)
def set_restock(call: Call) -> dict[str, Any]:
    """Keep the setting of each SKU; unknown ones fail for themselves. Refusal 98001004 for another seller."""
    if call.body["seller_id"] != call.seller.open_id:
        raise Refusal(98001004, "Invalid 'seller_id' parameter: Get Shop Group names the seller")
    wanted = bool(call.body.get("stock_operation_setting", {}).get("enable_auto_restock"))
    done, failed = [], []
    for sku_id in dict.fromkeys(call.body.get("sku_ids", ())):
        if find_sku(call.shop, sku_id) is None:
            failed.append(sku_id)
            continue
        product = call.shop.products[call.shop.by_sku[sku_id]]
        product.extra.setdefault("_auto_restock", {})[sku_id] = wanted
        done.append(sku_id)
    call.sandbox.world_changed()
    return {"stock_operation": {"success_sku_ids": done, "failed_sku_ids": failed}}
