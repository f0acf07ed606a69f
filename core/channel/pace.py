"""How fast we may call one shop: additive increase, multiplicative decrease.

TikTok publishes no numbers; it allots calls per app and shop and answers 429 (tiktok-shop-api §6). A fixed
limiter such as aiolimiter cannot follow that, so this one changes its rate as it learns.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

SLOWEST: Final = 0.2
"""Calls a second that are always tried, however often the shop says no."""
_CREEP: Final = 0.05
"""What each answered call adds to the rate, as a share of the ceiling per second of calls."""


class Pace:
    """Spaces calls evenly at `rate` calls a second, at most `ceiling`."""

    def __init__(
        self,
        ceiling: float,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if ceiling <= 0:
            raise ValueError(f"the ceiling must be above 0 calls a second, not {ceiling}")
        self.ceiling = ceiling
        self.rate = ceiling
        self._monotonic = monotonic
        self._sleep = sleep
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for this call's turn. Calls that wait together are let through one after another."""
        now = self._monotonic()
        slot = max(self._next, now)
        self._next = slot + 1 / self.rate
        if slot > now:
            await self._sleep(slot - now)

    def refused(self, retry_after: float | None = None) -> None:
        """The shop said 429: halve the rate, and let nobody go before `retry_after` seconds have passed."""
        self.rate = max(SLOWEST, self.rate / 2)
        self._next = max(self._next, self._monotonic() + (retry_after or 1 / self.rate))

    def answered(self) -> None:
        """A call went well: creep back towards the ceiling."""
        self.rate = min(self.ceiling, self.rate + self.ceiling * _CREEP / max(self.rate, 1))
