"""Which Avasam service an order goes by, and which delivery option it means."""

from core import tables
from core.models.order import ChannelOrder
from core.store import Reader


async def mapped_service(reader: Reader, integration_id: str, order: ChannelOrder) -> str | None:
    """The Avasam service of the order's delivery option: by its id, else by its name."""
    if order.delivery_option_id:
        key = tables.key(integration_id, order.delivery_option_id)
        row = await reader.get(tables.SHIPPING_MAPPINGS, key)
        if row is not None:
            return str(row["service"])
    if order.delivery_option_name:
        async for _, row in reader.scan(tables.SHIPPING_MAPPINGS, prefix=tables.prefix(integration_id)):
            if row.get("delivery_option_name") == order.delivery_option_name:
                return str(row["service"])
    return None


async def delivery_option(reader: Reader, integration_id: str, order: ChannelOrder) -> str | None:
    """The id of the order's delivery option; where TikTok gave its name alone, the mapping knows the id."""
    if order.delivery_option_id:
        return order.delivery_option_id
    if order.delivery_option_name:
        async for _, row in reader.scan(tables.SHIPPING_MAPPINGS, prefix=tables.prefix(integration_id)):
            if row.get("delivery_option_name") == order.delivery_option_name:
                return str(row["delivery_option_id"])
    return None
