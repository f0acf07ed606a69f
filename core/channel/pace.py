"""How fast we may call one shop: additive increase, multiplicative decrease.

TikTok publishes no numbers; it allots calls per app and shop and answers 429 (tiktok-shop-api §6). A fixed
limiter such as aiolimiter cannot follow that, so this one changes its rate as it learns.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

SLOWEST: Final = 0.2
"""Calls a second that are always tried, however often the shop says no."""
_CREEP: Final = 0.05
"""What each answered call adds to the rate, as a share of the ceiling per second of calls."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many calls were begun, failed for any reason, and were refused for being too many (429)."""

    calls: int = 0
    failed: int = 0
    limited: int = 0

    def since(self, before: "Tally") -> "Tally":
        """What was added after `before`."""
        return Tally(self.calls - before.calls, self.failed - before.failed, self.limited - before.limited)


class Pace:
    """Spaces calls evenly at `rate` calls a second, at most `ceiling`."""

    def __init__(
        self,
        ceiling: float,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if not 0 < ceiling < math.inf:
            raise ValueError(f"the ceiling must be above 0 calls a second, not {ceiling}")
        self.ceiling = ceiling
        self.rate = ceiling
        self.tally = Tally()
        self._monotonic = monotonic
        self._sleep = sleep
        self._next = 0.0
        self._blocked_until = 0.0
        self._queue = asyncio.Lock()

    @property
    def blocked_for(self) -> float:
        """Seconds for which the shop asked not to be called at all; 0 when it may be called."""
        return max(0.0, self._blocked_until - self._monotonic())

    async def turn(self, *, patience: float = math.inf) -> bool:
        """Wait for this call's turn: first come, first served, and nobody before a refusal has passed.

        False, at once, when the shop asked not to be called for more than `patience` seconds, be it while
        this call waited.
        """
        async with self._queue:
            while (wait := self._next - self._monotonic()) > 0:
                if self.blocked_for > patience:
                    return False
                await self._sleep(wait)
            self._next = self._monotonic() + 1 / self.rate
            self.tally = replace(self.tally, calls=self.tally.calls + 1)
            return True

    def refused(self, retry_after: float | None = None) -> None:
        """The shop said 429: halve the rate, and let nobody go before `retry_after` seconds have passed."""
        self.tally = replace(self.tally, limited=self.tally.limited + 1)
        self.rate = min(self.ceiling, max(SLOWEST, self.rate / 2))
        until = self._monotonic() + (1 / self.rate if retry_after is None else max(0.0, retry_after))
        self._next = max(self._next, until)
        if retry_after is not None:
            self._blocked_until = max(self._blocked_until, until)

    def failed(self) -> None:
        """A call brought nothing, for whatever reason: counted, the pace stays."""
        self.tally = replace(self.tally, failed=self.tally.failed + 1)

    def answered(self) -> None:
        """A call went well: creep back towards the ceiling."""
        self.rate = min(self.ceiling, self.rate + self.ceiling * _CREEP / max(self.rate, 1))
