"""The running sandbox: its world, its clock, its app's credentials and what it remembers between calls."""

import random
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from core.sandbox import life
from core.sandbox.faults import Faults
from core.sandbox.index import TimeIndex
from core.sandbox.log import RequestLog
from core.sandbox.model import Seller, Shop, ShopOrder, ShopProduct, World
from core.sandbox.settings import Settings
from core.sandbox.tokens import Consents


class Sandbox:
    """One app (key, secret, service) in front of one world.

    `base_url` is where the server listens; `revision` grows with every change, so that the state is saved
    when there is something new in it. Times are Unix seconds of the sandbox's own clock, moved by `offset`.
    """

    def __init__(
        self,
        world: World,
        *,
        redirect_url: str | None = None,
        time_source: Callable[[], float] = time.time,
    ) -> None:
        self.world = world
        self.rng = random.Random(world.seed)
        self.app_key = "6sandbox"
        self.app_secret = "sandbox-app-secret"  # noqa: S105 -- made up, guards nothing but this simulation
        self.service_id = "7000000000000000001"
        self.consumer_key = "sandbox-consumer-key"
        self.secret_key = "sandbox-secret-key"  # noqa: S105 -- the same
        self.base_url = "http://127.0.0.1"
        self.redirect_url = redirect_url
        self.settings = Settings()
        self.consents = Consents()
        self.avasam_tokens: dict[str, int] = {}
        self.created: dict[str, dict[str, Any]] = {}
        self.webhooks: dict[str, dict[str, dict[str, Any]]] = {}
        self.log = RequestLog()
        self.faults = Faults()
        self.offset = 0
        self.revision = 0
        self._time = time_source
        self._calls: dict[str, deque[float]] = {}
        self._orders: dict[str, TimeIndex[ShopOrder]] = {}
        self._products: dict[str, TimeIndex[ShopProduct]] = {}

    @property
    def avasam_token_lifetime(self) -> int:
        """How long a token of Avasam's side lives, in seconds."""
        return self.settings.avasam_token_lifetime

    def now(self) -> int:
        """The sandbox's time in Unix seconds."""
        return int(self._time()) + self.offset

    def request_id(self) -> str:
        """An id for one reply, in the form TikTok's have."""
        stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime(self.now()))
        return f"{stamp}{self.rng.getrandbits(72):018X}"

    def is_too_fast(self, shop: Shop) -> bool:
        """Whether one more call to this shop passes the rate limit of this second; if not it is counted."""
        limit = self.settings.rate_limit
        if limit is None:
            return False
        moment, calls = self._time(), self._calls.setdefault(shop.id, deque())
        while calls and calls[0] <= moment - 1:
            calls.popleft()
        if len(calls) >= limit:
            return True
        calls.append(moment)
        return False

    def settle(self) -> int:
        """Let whatever is due happen: how many things moved."""
        moved = life.advance(self.world, self.now(), self.rng)
        if moved:
            self.world_changed()
        return moved

    def world_changed(self) -> None:
        """Note that something in the world changed and it is not known what."""
        self.revision += 1
        for orders in self._orders.values():
            orders.refresh()
        for products in self._products.values():
            products.refresh()

    def touch_order(self, shop: Shop, order: ShopOrder) -> None:
        """Note that one order was made or changed."""
        self.revision += 1
        self.orders(shop).touch(order.id)

    def touch_product(self, shop: Shop, product: ShopProduct) -> None:
        """Note that one product was made or changed."""
        self.revision += 1
        self.products(shop).touch(product.id)

    def orders(self, shop: Shop) -> TimeIndex[ShopOrder]:
        """The shop's orders in time order."""
        if shop.id not in self._orders:
            self._orders[shop.id] = TimeIndex(shop.orders)
        return self._orders[shop.id]

    def products(self, shop: Shop) -> TimeIndex[ShopProduct]:
        """The shop's products in time order."""
        if shop.id not in self._products:
            self._products[shop.id] = TimeIndex(shop.products)
        return self._products[shop.id]

    def seller(self, open_id: str) -> Seller | None:
        """The seller with this open_id."""
        return next((seller for seller in self.world.sellers if seller.open_id == open_id), None)

    def shop(self, name_or_id: str | None) -> Shop | None:
        """A shop by its id or name; without one the first shop."""
        shops = self.world.shops()
        if name_or_id is None:
            return shops[0]
        return next((shop for shop in shops if name_or_id in {shop.id, shop.name}), None)

    def image_url(self, uri: str) -> str:
        """Where the sandbox serves an image."""
        return f"{self.base_url}/images/{uri}"
