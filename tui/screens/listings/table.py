"""The grid's table: as every long list, but `l` lists the row on the shop."""

from dataclasses import replace
from typing import Final

from core.services.listing_desk import Line
from tui.keys import bindings
from tui.keys.table import TABLE
from tui.widgets.virtual_table import VirtualTable

_KEYS: Final = {"table.right": "right"}
"""Commands whose usual second key means something else here."""


class ListingTable(VirtualTable[Line], inherit_bindings=False):
    """`right` alone goes sideways: `l` is List (ux.md, Keys)."""

    BINDINGS = bindings(replace(one, keys=_KEYS.get(one.id, one.keys)) for one in TABLE)
