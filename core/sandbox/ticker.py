"""A world that moves while somebody watches: new orders in the shops, stock and prices changing at Avasam."""

from core.sandbox import control_world
from core.sandbox.runtime import Sandbox


class Ticker:
    """Called once a second: makes `live` orders a minute over the shops, and as many stock changes."""

    def __init__(self, sandbox: Sandbox, live: float) -> None:
        self._sandbox = sandbox
        self._live = live
        self._due = 0.0
        self._made = 0

    def tick(self) -> None:
        """One second of life."""
        self._sandbox.settle()
        self._due += self._live / 60
        while self._due >= 1:
            self._due -= 1
            self._made += 1
            shops = self._sandbox.world.shops()
            shop = shops[0] if self._made % 4 else shops[self._made // 4 % len(shops)]
            control_world.make_orders(self._sandbox, {"shop": shop.id})
            control_world.set_stock(self._sandbox, {"changes": 1})
            if self._made % 3 == 0:
                control_world.set_prices(self._sandbox, {"changes": 1})
