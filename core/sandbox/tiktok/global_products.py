"""Products sold in several countries: for cross-border sellers, and every seller here is a local one."""

from typing import Any, Final

from core.sandbox.calls import TABLE, Call
from core.sandbox.tiktok.logistics import SCOPE as LOGISTICS
from core.sandbox.tiktok.products import READ
from core.sandbox.tiktok.sku_updates import WRITE
from core.sandbox.wire import Refusal

_CROSS_BORDER: Final = {
    "getGlobalCategories": READ,
    "getGlobalAttributes": READ,
    "getGlobalCategoryRules": READ,
    "searchGlobalProducts": READ,
    "getGlobalProduct": READ,
    "updateGlobalInventory": WRITE,
    "getGlobalSellerWarehouses": LOGISTICS,
}
"""Operation -> scope, of those that Get Global Product Permission has to name first."""


def _refuse(call: Call) -> dict[str, Any]:
    raise Refusal(
        12009014, f"{call.operation.id}: the seller is local and has no permission for global products"
    )


for _id, _scope in _CROSS_BORDER.items():
    TABLE.operation(_id, scope=_scope)(_refuse)


@TABLE.operation("getGlobalListingRules", scope=READ)
def listing_rules(_call: Call) -> dict[str, Any]:
    """How a local shop lists globally: not at all."""
    return {"listing_methods": [], "inventory_rules": []}
