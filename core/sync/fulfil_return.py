"""Tells TikTok that parcels left: once for each, never before the order is released (A50)."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.channel.errors import (
    ChannelError,
    DataRefused,
    LostReply,
    Refused,
    StaleState,
    UnreadableReply,
)
from core.channel.port import Parcel, Shipped
from core.models.order import ChannelOrder, Order
from core.models.part import OrderPart, PartState
from core.portions import portions
from core.rules.carrier import tracking_for_channel
from core.rules.dispatch import EDITABLE_FOR, GONE, known_to_channel
from core.rules.order_import import Phase, phase_of
from core.sync.context import SyncContext
from core.sync.fulfil_carriers import Carriers
from core.sync.fulfil_order import (
    AT_ONCE,
    UNCLEAR_IN_A_ROW,
    Change,
    Outlets,
    change_all,
    load,
    part_of,
    replaced,
    save,
    with_parts,
)

_ALREADY_SHIPPED: Final = 21011006
_OPEN: Final = frozenset({Phase.OPEN, Phase.PARTLY_SHIPPED})

Answer = Shipped | ChannelError


@dataclass(frozen=True, slots=True)
class _Ask:
    """One parcel that TikTok is told of; the intent is stored."""

    order: Order
    part: OrderPart
    parcel: Parcel


class Returning:
    """One run over all orders whose parcels have left."""

    def __init__(self, ctx: SyncContext, outlets: Outlets) -> None:
        self._ctx = ctx
        self._fulfilment = outlets.fulfilment
        self._carriers = Carriers(ctx, outlets.logistics)
        self._counts: Counter[str] = Counter()

    async def run(self, orders: Iterable[Order]) -> None:
        """Return what can be returned; the rest says why it cannot."""
        waiting = [order for order in orders if any(_to_return(part) for part in order.parts)]
        now_there = await self._details([order for order in waiting if _asked_before(order)])
        unclear = 0
        for portion in portions(waiting, AT_ONCE):
            asks: list[_Ask] = []
            for order in portion:
                asks += await self._prepare(order, now_there.get(order.source.id))
            asks = await self._intend(asks)
            answers = await asyncio.gather(*(self._tell(ask) for ask in asks))
            for ask, answer in zip(asks, answers, strict=True):
                lost = isinstance(answer, LostReply | UnreadableReply)
                unclear = unclear + 1 if lost else 0
                self._counts["unclear"] += lost
                await self._conclude(ask, answer)
            shut_out = next((one for one in answers if _stops_all(one)), None)
            if isinstance(shut_out, ChannelError):
                raise shut_out
            if unclear >= UNCLEAR_IN_A_ROW:
                break

    async def correct(self, orders: Iterable[Order]) -> Counter[str]:
        """Tracking numbers that changed after TikTok had them, told again within 72 hours.

        The counts are those of the whole run.
        """
        for order in orders:
            for part in order.parts:
                if part.returned_at is not None and part.tracking_number != part.returned_tracking:
                    await self._correct(order, part, self._ctx.clock.now() - part.returned_at)
        return self._counts

    async def _correct(self, order: Order, part: OrderPart, age: timedelta) -> None:
        number = tracking_for_channel(part.tracking_number)
        if age >= EDITABLE_FOR:
            late = f"the tracking became {part.tracking_number} after TikTok's 72 hours: tell the buyer"
            await self._hold(order, part, late)
            return
        if number is None:
            await self._hold(order, part, _unfit(part))
            return
        provider, why = await self._carriers.provider(order, part)
        if provider is None:
            await self._hold(order, part, why)
            return
        if part.refused_input == _input(number, provider):
            return
        package = part.package_id or await self._package_of(order, part)
        if not package:
            unnamed = (
                f"the tracking became {number}, and TikTok names no package: correct it in Seller Center"
            )
            await self._hold(order, part, unnamed)
            return
        try:
            await self._fulfilment.update_tracking(package, tracking_number=number, carrier_id=provider)
        except (DataRefused, StaleState, Refused) as error:
            refused = {"obstacle": error.what, "refused_input": _input(number, provider)}
            await self._note(order, part, refused, f"TikTok refuses the new tracking: {error.what}")
            self._counts["refused"] += 1
            return
        told = {
            "returned_tracking": part.tracking_number,
            "package_id": package,
            "obstacle": None,
            "refused_input": "",
        }
        await self._note(order, part, told, f"tracking corrected on TikTok: {number}")
        self._counts["corrected"] += 1

    async def _package_of(self, order: Order, part: OrderPart) -> str:
        """The package that TikTok made of a part, whose id its answer may have left out."""
        source = (await self._details([order])).get(order.source.id)
        known = None if source is None else known_to_channel(source, part)
        return known[2] if known is not None and known[0] else ""

    async def _prepare(self, order: Order, fresh: ChannelOrder | None) -> list[_Ask]:
        """What may be told of this order now. What TikTok knows already is noted instead."""
        asks: list[_Ask] = []
        now = self._ctx.clock.now()
        source = fresh or order.source
        for part in order.parts:
            if not _to_return(part):
                continue
            known = known_to_channel(source, part)
            if known is not None:
                await self._settle(order, part, *known)
                continue
            phase = phase_of(source)
            if phase is Phase.SHIPPED:
                ours = bool(source.tracking_number) and source.tracking_number == tracking_for_channel(
                    part.tracking_number
                )
                await self._settle(order, part, ours, source.tracking_number, "")
                continue
            if phase is Phase.ON_HOLD:
                await self._hold(order, part, "TikTok has not released the order yet: tracking waits")
                continue
            if phase not in _OPEN or not part.tracking_number:
                continue
            settle = timedelta(seconds=self._ctx.settings.resend_after_seconds)
            if part.returning_since is not None and (fresh is None or now - part.returning_since < settle):
                continue
            number = tracking_for_channel(part.tracking_number)
            if number is None:
                await self._hold(order, part, _unfit(part))
                continue
            provider, why = await self._carriers.provider(order, part)
            if provider is None:
                await self._hold(order, part, why)
            elif part.refused_input != _input(number, provider):
                lines = [line.line_id for line in source.lines if line.status not in GONE]
                named = [line_id for line_id in part.line_ids if line_id in lines]
                asks.append(_Ask(order, part, Parcel(number, provider, named)))
        return asks

    async def _intend(self, asks: Sequence[_Ask]) -> list[_Ask]:
        """Store when TikTok is asked, in one commit, before it is."""
        if not asks:
            return []
        kept: list[_Ask] = []
        async with self._ctx.store.transaction(fence=self._ctx.lease) as tx:
            now = self._ctx.clock.now()
            for ask in asks:
                order = await load(tx, ask.order)
                there = None if order is None else part_of(order, ask.part.reference)
                if order is None or there is None or not _to_return(there) or _differ(there, ask.part):
                    continue
                part = there.model_copy(update={"returning_since": now})
                said = f"telling TikTok: {ask.parcel.tracking_number}"
                await save(tx, with_parts(order, replaced(order.parts, part), now, said))
                kept.append(_Ask(order, part, ask.parcel))
        return kept

    async def _tell(self, ask: _Ask) -> Answer:
        try:
            return await self._fulfilment.mark_shipped(ask.order.source.id, ask.parcel)
        except ChannelError as error:
            return error

    async def _conclude(self, ask: _Ask, answer: Answer) -> None:
        if isinstance(answer, Shipped):
            told = {
                "returned_at": self._ctx.clock.now(),
                "returned_tracking": ask.part.tracking_number,
                "package_id": answer.package_id,
                "obstacle": None,
            }
            said = f"TikTok knows: {ask.parcel.tracking_number}"
            await self._note(ask.order, ask.part, told, said, *([answer.warning] if answer.warning else []))
            self._counts["returned"] += 1
        elif isinstance(answer, LostReply | UnreadableReply):
            await self._note(ask.order, ask.part, {}, f"no clear answer from TikTok: {answer.what}")
        elif answer.code == _ALREADY_SHIPPED:
            there = await self._details([ask.order])
            source = there.get(ask.order.source.id)
            known = None if source is None else known_to_channel(source, ask.part)
            await self._settle(ask.order, ask.part, *(known or (False, "", "")))
        elif isinstance(answer, DataRefused | StaleState | Refused):
            refused = {
                "returning_since": None,
                "obstacle": answer.what,
                "refused_input": _input(ask.parcel.tracking_number, ask.parcel.carrier_id),
            }
            await self._note(ask.order, ask.part, refused, f"TikTok refuses the tracking: {answer.what}")
            self._counts["refused"] += 1
        else:
            await self._note(ask.order, ask.part, {"returning_since": None}, answer.what)

    async def _settle(
        self, order: Order, part: OrderPart, ours: bool, tracking: str, package_id: str
    ) -> None:
        """TikTok knows of the parcel: from us in an earlier call, or from somebody else."""
        if ours:
            told: dict[str, object] = {
                "returned_at": part.returning_since or self._ctx.clock.now(),
                "returned_tracking": part.tracking_number,
                "package_id": package_id,
                "obstacle": None,
            }
            await self._note(order, part, told, f"TikTok knows already: {tracking}")
            self._counts["returned"] += 1
            return
        other = f" with {tracking}" if tracking else ""
        said = f"somebody else marked it as shipped on TikTok{other}"
        await self._note(order, part, {"elsewhere": True, "obstacle": None}, said)

    async def _hold(self, order: Order, part: OrderPart, why: str) -> None:
        if part.obstacle != why:
            await self._note(order, part, {"obstacle": why})

    async def _note(self, order: Order, part: OrderPart, update: Mapping[str, object], *said: str) -> None:
        await change_all(self._ctx, [(order, _changed(part, update, said))])

    async def _details(self, orders: Sequence[Order]) -> dict[str, ChannelOrder]:
        """These orders as TikTok has them now."""
        ids = [order.source.id for order in orders]
        found: dict[str, ChannelOrder] = {}
        if ids:
            async for page in self._fulfilment.order_details(ids):
                found.update({order.id: order for order in page.orders})
        return found


def _to_return(part: OrderPart) -> bool:
    return part.state is PartState.TAKEN and not part.is_returned and bool(part.tracking_number)


def _differ(part: OrderPart, seen: OrderPart) -> bool:
    """Whether a person corrected the tracking meanwhile: the next run tells TikTok the right one."""
    return (part.tracking_number, part.carrier) != (seen.tracking_number, seen.carrier)


def _asked_before(order: Order) -> bool:
    return any(_to_return(part) and part.returning_since is not None for part in order.parts)


def _stops_all(answer: Answer) -> bool:
    """Whether the failure is not of this one parcel."""
    each = (LostReply, UnreadableReply, DataRefused, StaleState, Refused)
    return isinstance(answer, ChannelError) and not isinstance(answer, each)


def _unfit(part: OrderPart) -> str:
    return f"TikTok takes no tracking number like {part.tracking_number!r}"


def _input(number: str, provider: str) -> str:
    return f"{number}|{provider}"


def _changed(seen: OrderPart, update: Mapping[str, object], said: Sequence[str]) -> Change:
    """The same to the part as it is by then: a carrier that was put right meanwhile is still to be told."""

    def change(order: Order, now: datetime) -> Order:
        there = part_of(order, seen.reference)
        told = dict(update)
        if "returned_tracking" in told and there.carrier != seen.carrier:
            told["returned_tracking"] = ""
        return with_parts(order, replaced(order.parts, there.model_copy(update=told)), now, *said)

    return change
