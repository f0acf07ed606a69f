"""Ties settings, store, vault, clock and network together; everything above asks this for what it needs."""

import os
import socket
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from core.channel.port import Authoriser, Channel, Fulfilment, Logistics
from core.clock import Clock
from core.inventory.orders import OrderDesk
from core.inventory.port import Inventory
from core.models.integration import Integration
from core.settings import Settings
from core.store import Store
from core.vault import Vault

if TYPE_CHECKING:
    from core.channel.pace import Pace
    from core.channel.tiktok.auth import TikTokAuth, TokenPair
    from core.inventory.images import ImageSource
    from core.network import Network
    from core.sync.listing_context import ListingTools
    from core.sync.runner import Sources


class Backend:
    """One program's way to its store and to the network. Close it when done."""

    def __init__(self, *, settings: Settings, store: Store, vault: Vault, clock: Clock) -> None:
        self.settings = settings
        self.store = store
        self.vault = vault
        self.clock = clock
        self.owner = f"{socket.gethostname()}:{os.getpid()}"

    @cached_property
    def network(self) -> "Network":
        """All that goes out, made when it is first wanted: HTTP clients take long to import."""
        from core.network import Network

        return Network(
            settings=self.settings, store=self.store, vault=self.vault, clock=self.clock, owner=self.owner
        )

    def auth(self) -> "TikTokAuth":
        """Consent address and token calls of our app."""
        return self.network.auth()

    def authoriser(self, pair: "TokenPair") -> Authoriser:
        """The shops behind tokens that are not stored yet."""
        return self.network.authoriser(pair)

    def channel_for(self, integration: Integration) -> Channel:
        """The shop of an integration; all calls of this process share its pace and its token keeper."""
        return self.network.channel_for(integration)

    def fulfilment_for(self, integration: Integration) -> Fulfilment:
        """Single orders, parcels and cancellations of the same shop."""
        return self.network.fulfilment_for(integration)

    def logistics_for(self, integration: Integration) -> Logistics:
        """Delivery options and carriers of the same shop."""
        return self.network.logistics_for(integration)

    def listing_tools_for(self, integration: Integration) -> "ListingTools":
        """Listings and categories of the same shop, and the merchant's images."""
        return self.network.listing_tools_for(integration)

    def images(self) -> "ImageSource":
        """The merchant's pictures, wherever they are on the web."""
        return self.network.images()

    def pace_for(self, integration: Integration) -> "Pace":
        """How fast this process calls the shop of an integration, and how often it has."""
        return self.network.pace_for(integration)

    def inventory(self) -> Inventory | None:
        """Where products come from: a file if one is named, else the Seller API, else nowhere."""
        if self.settings.inventory_file is not None:
            return self.inventory_file(self.settings.inventory_file)
        return self.network.seller_api()

    def desk(self) -> OrderDesk | None:
        """Where orders go: the Seller API, wherever the inventory comes from; None without its keys."""
        return self.network.desk()

    def inventory_file(self, path: Path) -> Inventory:
        """An inventory file that somebody names, whatever the settings say."""
        from core.inventory.file import FileInventory

        return FileInventory(path)

    def sources(self) -> "Sources":
        """What the worker reads from and writes to."""
        from core.sync.metrics import Metrics
        from core.sync.runner import Sources

        return Sources(
            store=self.store,
            clock=self.clock,
            settings=self.settings,
            channel_for=self.channel_for,
            inventory=self.inventory(),
            fulfilment_for=self.fulfilment_for,
            logistics_for=self.logistics_for,
            listing_tools_for=self.listing_tools_for,
            desk=self.desk(),
            metrics=Metrics(self.pace_for),
        )

    async def close(self) -> None:
        """Close the network, if it was ever opened, and the store."""
        if "network" in self.__dict__:
            await self.network.close()
        await self.store.close()
