"""The way out: TikTok's shops and Avasam over one pool of connections (architecture.md, Libraries).

The backend imports it when it is first asked for something out there: a command that only reads the store
does not pay for an HTTP client.
"""

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
from core.inventory.images import ImageSource, WebImages
from core.inventory.orders import OrderDesk
from core.models.integration import Integration
from core.settings import Settings
from core.store import Store
from core.sync.listing_context import ListingTools
from core.vault import Vault

CONNECT_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 30.0
CATEGORY_VERSIONS: Final = dict.fromkeys(("US", "ID", "MY", "PH", "SG", "TH", "VN"), "v2")
"""Markets that need the new category tree (tiktok-shop-api §7)."""


class Network:
    """All calls of one process: one pool of connections, one pace and one token keeper for each shop."""

    def __init__(self, *, settings: Settings, store: Store, vault: Vault, clock: Clock, owner: str) -> None:
        self._settings = settings
        self._store = store
        self._vault = vault
        self._clock = clock
        self._owner = owner
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
            auth_url=self._settings.tiktok_auth_url,
            consent_url=self._settings.tiktok_consent_url,
            app=self._app,
            service_id=self._settings.tiktok_service_id,
        )

    def authoriser(self, pair: TokenPair) -> Authoriser:
        """The shops behind tokens that are not stored yet."""
        pace = Pace(self._settings.calls_per_second)
        return TikTokAuthoriser(self._client(_FreshTokens(pair), pace, None))

    def channel_for(self, integration: Integration) -> Channel:
        """The shop of an integration."""
        return TikTokShop(self._shop(integration), integration_id=integration.id, clock=self._clock)

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
                client, integration_id=integration.id, clock=self._clock, category_version=version
            ),
            categories=TikTokCategories(client, version=version),
            images=self.images(),
        )

    def images(self) -> ImageSource:
        """The merchant's pictures, wherever they are on the web."""
        return WebImages(self._http)

    def _shop(self, integration: Integration) -> TikTokClient:
        pace = self.pace_for(integration)
        keeper = self._keepers.get(integration.authorisation_id)
        if keeper is None:
            keeper = self._keepers[integration.authorisation_id] = TokenKeeper(
                integration.authorisation_id,
                store=self._store,
                vault=self._vault,
                auth=self.auth(),
                clock=self._clock,
                owner=self._owner,
            )
        return self._client(keeper, pace, integration.shop.cipher)

    def pace_for(self, integration: Integration) -> Pace:
        """How fast this process calls the shop of an integration, and how often it has."""
        return self._paces.setdefault(integration.shop.id, Pace(self._settings.calls_per_second))

    def desk(self) -> OrderDesk | None:
        """Where orders go: the Seller API, wherever the inventory comes from; None without its keys."""
        client = self.seller_api()
        return None if client is None else AvasamOrderDesk(client.connection)

    def seller_api(self) -> AvasamClient | None:
        """Avasam's Seller API; None without its keys."""
        if not self._settings.consumer_key or not self._settings.secret_key.get_secret_value():
            return None
        if self._avasam is None:
            self._avasam = AvasamClient(
                self._http,
                base_url=self._settings.api_url,
                consumer_key=self._settings.consumer_key,
                secret_key=self._settings.secret_key.get_secret_value(),
                clock=self._clock,
            )
        return self._avasam

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _client(self, tokens: Tokens, pace: Pace, cipher: str | None) -> TikTokClient:
        return TikTokClient(
            self._http,
            base_url=self._settings.tiktok_api_url,
            app=self._app,
            tokens=tokens,
            clock=self._clock,
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
