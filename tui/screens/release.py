"""Releasing held orders from the list: they are looked at again with the mappings of now (domain.md A47)."""

from collections.abc import Sequence
from typing import Final

from textual.screen import Screen

from core.models.order import Order, OrderState
from core.services.errors import ServiceError
from core.services.integrations import IntegrationService
from core.services.order_flow import OrderFlow
from core.wording import count_of
from tui.screens.by_shop import by_shop
from tui.screens.confirm import Confirm
from tui.session import Session

ASK_FROM: Final = 2
"""From this many orders on it asks first."""


async def release(screen: Screen[None], session: Session, orders: Sequence[Order]) -> None:
    """Release those of the orders that are held, shop by shop, and say what became of them."""
    if session.read_only:
        screen.notify("This is a read-only session: nothing was released.", severity="warning")
        return
    held = [one for one in orders if one.state is OrderState.HELD and one.given_at is None]
    if not held:
        screen.notify("Only held orders are released: none of these is.", severity="warning")
        return
    if len(held) >= ASK_FROM and not await screen.app.push_screen_wait(
        Confirm(
            f"Release {count_of(len(held), 'order')}?",
            "What is ready then goes to Avasam with the next sync; what still lacks something stays held.",
            "Release",
        )
    ):
        return
    shops = {one.id: one for one in await IntegrationService(session.backend).all()}
    ready = still = 0
    why = ""
    for shop, ids in by_shop(held, shops):
        try:
            done = await OrderFlow(session.backend).release(shop, ids, by="screens")
        except ServiceError as error:
            screen.notify(str(error), severity="error", markup=False)
            continue
        ready, still = ready + len(done.ready), still + len(done.held)
        why = why or (f" {done.held[0][1]}." if done.held else "")
    words = [f"{ready:,} released: to Avasam with the next sync."] if ready else []
    if still:
        words.append(f"{still:,} still held:{why}")
    screen.notify(" ".join(words), severity="warning" if still else "information", markup=False)
