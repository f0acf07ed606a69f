"""Which channel SKU somebody means: by TikTok's SKU id, or by seller SKU, which need not be unique."""

import re
from typing import Final

from core.services.mapping_lists import MappingLists
from core.services.mapping_rows import ChannelRow
from core.wording import count_of

_ROUNDED: Final = re.compile(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]+")


class NotOne(Exception):
    """No channel SKU, or more than one, is called so; `str()` says which and what to do."""


class ChannelNames:
    """The channel SKUs of one integration by what people call them."""

    def __init__(self, lists: MappingLists) -> None:
        self._by_id = lists.channel
        self._by_name: dict[str, list[ChannelRow]] = {}
        for row in lists.channel.values():
            if row.seller_sku:
                self._by_name.setdefault(row.seller_sku, []).append(row)

    def find(self, name: str, *, sku_id: str = "", product_id: str = "") -> ChannelRow:
        """The channel SKU with that id, else the only one of that seller SKU in that product. Raises NotOne.

        Ids as spreadsheets round them (`1.73E+18`) count as left out. A `name` may be a SKU id as well.
        """
        sku_id, product_id = _whole(sku_id), _whole(product_id)
        if sku_id:
            if sku_id not in self._by_id:
                raise NotOne(f"this shop has no SKU id {sku_id}; Download first")
            return self._by_id[sku_id]
        if not name:
            raise NotOne("neither channel_sku nor a whole sku_id is given")
        named = self._by_name.get(name, [])
        if not named and name in self._by_id:
            return self._by_id[name]
        found = [row for row in named if not product_id or row.product_id == product_id]
        if not found:
            where = f" in product {product_id}" if product_id and named else ""
            raise NotOne(f"this shop has no seller SKU {name}{where}; Download first")
        if len(found) > 1:
            raise NotOne(
                f"{count_of(len(found), 'SKU')} of this shop are called {name}: give product_id or sku_id"
            )
        return found[0]


def _whole(cell: str) -> str:
    return "" if _ROUNDED.fullmatch(cell) else cell
