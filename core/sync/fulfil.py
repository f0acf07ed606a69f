"""Orders all the way: to Avasam, followed there, and their tracking back to TikTok (domain.md, Orders)."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Final

from core import tables
from core.models.integration import SyncState
from core.models.job import Severity
from core.models.order import Order, OrderState
from core.models.part import PartState
from core.rules.order_import import Phase, phase_of
from core.rules.order_state import Standing
from core.sync.context import Outcome, SyncContext
from core.sync.fulfil_cancel import note_deadlines
from core.sync.fulfil_look import Seen, keep_services, look, take_over, windows
from core.sync.fulfil_order import Outlets, change_all, open_orders, stands
from core.sync.fulfil_return import Returning
from core.sync.fulfil_send import send
from core.sync.problems import note_problem, solve_problem
from core.wording import count_of

NO_DESK: Final = "orders-no-account"
UNCLEAR: Final = "orders-unclear"
LOOK_BACK_EVERY: Final = timedelta(hours=1)
"""How often orders are looked at again whose tracking TikTok has: a number may be corrected for 72 hours."""


async def fulfil(ctx: SyncContext, outlets: Outlets, state: SyncState) -> tuple[Outcome, datetime | None]:
    """What happened, and when returned orders were last looked at again.

    Everything rests on one reading of Avasam's orders: what is among them is not sent, what was tried long
    ago and is not among them is sent again, and its status and tracking are those shown there.
    """
    orders = [order async for order in open_orders(ctx)]
    await note_deadlines(ctx, outlets, orders)
    if outlets.desk is None:
        await _say_no_desk(ctx, orders)
        return Outcome(), state.watermark
    now = ctx.clock.now()
    look_back = state.watermark is None or now - state.watermark >= LOOK_BACK_EVERY
    followed = [order for order in orders if _concerns(order, look_back=look_back)]
    spans = windows(followed, now, returned_too=look_back)
    counts: Counter[str] = Counter()
    if followed:
        seen = await look(outlets.desk, spans, now)
        await keep_services(ctx, seen)
        counts += await take_over(ctx, followed, seen)
        counts += await _let_go(ctx, followed, seen)
        try:
            counts += await send(ctx, outlets.desk, followed, seen)
        finally:
            await _say_unclear(ctx)
    await _solve(ctx, NO_DESK)
    returning = Returning(ctx, outlets)
    current = [order async for order in open_orders(ctx)]
    await returning.run(current)
    counts += await returning.correct(current)
    return Outcome(dict(counts)), now if look_back else state.watermark


def _concerns(order: Order, *, look_back: bool) -> bool:
    """Whether this run has to look at Avasam because of this order."""
    if order.state is OrderState.TRACKING_RETURNED:
        return look_back
    return order.state is OrderState.READY or order.given_at is not None


async def _let_go(ctx: SyncContext, orders: list[Order], seen: Seen) -> Counter[str]:
    """Orders cancelled on TikTok while it was unknown whether Avasam had them: it has not, so they go."""
    settled = seen.began - timedelta(seconds=ctx.settings.resend_after_seconds)

    def unsent(order: Order) -> bool:
        return (
            order.state is OrderState.FLAGGED
            and phase_of(order.source) is Phase.CANCELLED
            and all(
                part.state is not PartState.TAKEN
                and not seen.of(part.reference)
                and (part.last_tried_at is None or part.last_tried_at <= settled)
                for part in order.parts
            )
        )

    changes = [(order, _dropped) for order in orders if order.parts and unsent(order)]
    return Counter(dropped=len(await change_all(ctx, changes)))


def _dropped(order: Order, now: datetime) -> Order:
    if any(part.state is PartState.TAKEN for part in order.parts):
        return order
    freed = order.model_copy(update={"given_at": None, "parts": ()})
    why = "cancelled before it went to Avasam, which does not have it"
    return stands(freed, Standing(OrderState.CANCELLED, why), now)


async def _say_unclear(ctx: SyncContext) -> None:
    """Orders without a clear answer are on show until they have one."""
    waiting = [
        order.source.id
        async for order in open_orders(ctx)
        if any(part.state is PartState.SENDING for part in order.parts)
    ]
    if not waiting:
        await _solve(ctx, UNCLEAR)
        return
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        await note_problem(
            tx,
            ctx.clock,
            ctx.integration.id,
            UNCLEAR,
            what=f"Avasam gave no clear answer to {count_of(len(waiting), 'order')}: "
            f"{', '.join(waiting[:5])}",
            why="It may have taken them or not; it has no way to tell a repetition from a second order.",
            cure="Nothing: its orders are looked through first, and only what it lacks is sent again.",
            severity=Severity.WARNING,
        )


async def _say_no_desk(ctx: SyncContext, orders: list[Order]) -> None:
    waiting = sum(order.state is OrderState.READY for order in orders)
    if not waiting:
        await _solve(ctx, NO_DESK)
        return
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        await note_problem(
            tx,
            ctx.clock,
            ctx.integration.id,
            NO_DESK,
            what=f"{count_of(waiting, 'order waits', 'orders wait')}, and no Avasam account is set up",
            why="Orders go to Avasam with its API keys; an inventory file alone cannot take them.",
            cure="Set AVASAM_CONSUMER_KEY and AVASAM_SECRET_KEY.",
        )


async def _solve(ctx: SyncContext, code: str) -> None:
    if await ctx.store.get(tables.PROBLEMS, tables.key(ctx.integration.id, code)) is not None:
        async with ctx.store.transaction(fence=ctx.lease) as tx:
            await solve_problem(tx, ctx.integration.id, code)
