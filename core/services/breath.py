"""Long work on the event loop in portions, so that no key waits for it (style.md, rule 2)."""

import asyncio
from typing import Final

PORTION_SECONDS: Final = 0.003
"""How long work goes on before whatever else is due may run."""


class Breath:
    """Asked after every small step; lets the event loop run when a portion is over."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._until = self._loop.time() + PORTION_SECONDS

    def is_due(self) -> bool:
        """Whether a portion is over: cheaper to ask than to await."""
        return self._loop.time() >= self._until

    async def take(self) -> None:
        """Let the event loop run; a key needs several turns of it until it is on the screen."""
        await asyncio.sleep(PORTION_SECONDS / 10)
        self._until = self._loop.time() + PORTION_SECONDS
