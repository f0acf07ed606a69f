"""Which Avasam service an order goes by, and which delivery option it means."""

from core import tables
from core.models.order import ChannelOrder
from core.store import Document, Reader, Where


async def mapped_service(reader: Reader, integration_id: str, order: ChannelOrder) -> str | None:
    """The Avasam service of the order's delivery option: by its id, else by its name.

    None also where options of that name are mapped to several services: none of them is guessed.
    """
    if order.delivery_option_id:
        key = tables.key(integration_id, order.delivery_option_id)
        row = await reader.get(tables.SHIPPING_MAPPINGS, key)
        if row is not None:
            return str(row["service"])
    services = {str(row["service"]) for row in await _of_that_name(reader, integration_id, order)}
    return services.pop() if len(services) == 1 else None


async def delivery_option(reader: Reader, integration_id: str, order: ChannelOrder) -> str | None:
    """The id of the order's delivery option; where TikTok gave its name alone, the mapping knows the id."""
    if order.delivery_option_id:
        return order.delivery_option_id
    named = await _of_that_name(reader, integration_id, order)
    return str(named[0]["delivery_option_id"]) if named else None


async def _of_that_name(reader: Reader, integration_id: str, order: ChannelOrder) -> list[Document]:
    """The mappings of the options that are called as the order's is."""
    if not order.delivery_option_name:
        return []
    where = (Where("delivery_option_name", "eq", order.delivery_option_name),)
    prefix = tables.prefix(integration_id)
    return [row async for _, row in reader.scan(tables.SHIPPING_MAPPINGS, where, prefix=prefix)]
