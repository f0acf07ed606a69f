"""Ties settings, store, vault, clock and network together; everything above asks this for what it needs."""

import os
import socket
from pathlib import Path
from typing import Final

import httpx

from core.channel.pace import Pace
from core.channel.port import Authoriser, Channel, Fulfilment, Logistics
from core.channel.tiktok.adapter import TikTokAuthoriser, TikTokShop
from core.channel.tiktok.auth import TikTokAuth, TokenPair
from core.channel.tiktok.categories import TikTokCategories
from core.channel.tiktok.client import AppCredentials, TikTokClient, Tokens
from core.channel.tiktok.fulfilment import TikTokFulfilment
from core.channel.tiktok.listings import TikTokListings
from core.channel.tiktok.logistics import TikTokLogistics
from core.channel.tiktok.tokens import TokenKeeper
from core.clock import Clock
from core.inventory.avasam import AvasamClient
from core.inventory.avasam_orders import AvasamOrderDesk
from core.inventory.file import FileInventory
from core.inventory.images import WebImages
from core.inventory.orders import OrderDesk
from core.inventory.port import Inventory
from core.models.integration import Integration
from core.settings import Settings
from core.store import Store
from core.sync.listing_context import ListingTools
from core.sync.metrics import Metrics
from core.sync.runner import Sources
from core.vault import Vault

CONNECT_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 30.0
CATEGORY_VERSIONS: Final = dict.fromkeys(("US", "ID", "MY", "PH", "SG", "TH", "VN"), "v2")
"""Markets that need the new category tree (tiktok-shop-api §7)."""


class Backend:
    """One program's way to its store and to the network. Close it when done."""

    def __init__(self, *, settings: Settings, store: Store, vault: Vault, clock: Clock) -> None:
        self.settings = settings
        self.store = store
        self.vault = vault
        self.clock = clock
        self.owner = f"{socket.gethostname()}:{os.getpid()}"
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=20, max_keepalive_connections=20),
            follow_redirects=False,
        )
        self._paces: dict[str, Pace] = {}
        self._keepers: dict[str, TokenKeeper] = {}
        self._app = AppCredentials(settings.tiktok_app_key, settings.tiktok_app_secret.get_secret_value())
        self._avasam: AvasamClient | None = None

    def auth(self) -> TikTokAuth:
        """Consent address and token calls of our app."""
        return TikTokAuth(
            self._http,
            auth_url=self.settings.tiktok_auth_url,
            consent_url=self.settings.tiktok_consent_url,
            app=self._app,
            service_id=self.settings.tiktok_service_id,
        )

    def authoriser(self, pair: TokenPair) -> Authoriser:
        """The shops behind tokens that are not stored yet."""
        pace = Pace(self.settings.calls_per_second)
        return TikTokAuthoriser(self._client(_FreshTokens(pair), pace, None))

    def channel_for(self, integration: Integration) -> Channel:
        """The shop of an integration; all calls of this process share its pace and its token keeper."""
        return TikTokShop(self._shop(integration), integration_id=integration.id, clock=self.clock)

    def fulfilment_for(self, integration: Integration) -> Fulfilment:
        """Single orders, parcels and cancellations of the same shop."""
        return TikTokFulfilment(self._shop(integration))

    def logistics_for(self, integration: Integration) -> Logistics:
        """Delivery options and carriers of the same shop."""
        return TikTokLogistics(self._shop(integration))

    def listing_tools_for(self, integration: Integration) -> ListingTools:
        """Listings and categories of the same shop, and the merchant's images."""
        client = self._shop(integration)
        version = CATEGORY_VERSIONS.get(integration.shop.region)
        return ListingTools(
            listings=TikTokListings(
                client, integration_id=integration.id, clock=self.clock, category_version=version
            ),
            categories=TikTokCategories(client, version=version),
            images=WebImages(self._http),
        )

    def _shop(self, integration: Integration) -> TikTokClient:
        pace = self.pace_for(integration)
        keeper = self._keepers.get(integration.authorisation_id)
        if keeper is None:
            keeper = self._keepers[integration.authorisation_id] = TokenKeeper(
                integration.authorisation_id,
                store=self.store,
                vault=self.vault,
                auth=self.auth(),
                clock=self.clock,
                owner=self.owner,
            )
        return self._client(keeper, pace, integration.shop.cipher)

    def pace_for(self, integration: Integration) -> Pace:
        """How fast this process calls the shop of an integration, and how often it has."""
        return self._paces.setdefault(integration.shop.id, Pace(self.settings.calls_per_second))

    def inventory(self) -> Inventory | None:
        """Where products come from: a file if one is named, else the Seller API, else nowhere."""
        if self.settings.inventory_file is not None:
            return FileInventory(self.settings.inventory_file)
        return self._seller_api()

    def desk(self) -> OrderDesk | None:
        """Where orders go: the Seller API, wherever the inventory comes from; None without its keys."""
        client = self._seller_api()
        return None if client is None else AvasamOrderDesk(client.connection)

    def _seller_api(self) -> AvasamClient | None:
        if not self.settings.consumer_key or not self.settings.secret_key.get_secret_value():
            return None
        if self._avasam is None:
            self._avasam = AvasamClient(
                self._http,
                base_url=self.settings.api_url,
                consumer_key=self.settings.consumer_key,
                secret_key=self.settings.secret_key.get_secret_value(),
                clock=self.clock,
            )
        return self._avasam

    def inventory_file(self, path: Path) -> Inventory:
        """An inventory file that somebody names, whatever the settings say."""
        return FileInventory(path)

    def sources(self) -> Sources:
        """What the worker reads from and writes to."""
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
        """Close the network and the store."""
        await self._http.aclose()
        await self.store.close()

    def _client(self, tokens: Tokens, pace: Pace, cipher: str | None) -> TikTokClient:
        return TikTokClient(
            self._http,
            base_url=self.settings.tiktok_api_url,
            app=self._app,
            tokens=tokens,
            clock=self.clock,
            pace=pace,
            cipher=cipher,
        )


class _FreshTokens:
    """The `Tokens` of an authorisation that was given this minute and is not stored yet."""

    def __init__(self, pair: TokenPair) -> None:
        self._token = pair.access_token

    async def access_token(self) -> str:
        """The access token that came with the code."""
        return self._token

    async def renew(self, stale: str) -> str:
        """The same: a token that is refused at birth stays refused."""
        return stale
