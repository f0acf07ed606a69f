"""`avasam orders settle` and `avasam orders tracking`: what only a person can decide about an order."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.options import IntegrationName, Json
from tui.commands.order_flow import targets
from tui.commands.output import Exit, emit, fail, say
from tui.commands.running import with_backend
from tui.who import who

if TYPE_CHECKING:
    from core.backend import Backend
    from core.models.order import Order


class Decision(StrEnum):
    """What may be said of an order that waits for a person."""

    SHIP = "ship"
    DEALT_WITH = "dealt-with"
    DROP = "drop"


def settle(
    orders: Annotated[list[str], typer.Argument(metavar="ORDER...", help="TikTok order ids.")],
    decision: Annotated[
        Decision | None,
        typer.Option("--as", help="ship: Avasam ships it; dealt-with: done elsewhere; drop: never sent."),
    ] = None,
    take_back: Annotated[bool, typer.Option("--take-back", help="Undo the decision.")] = False,
    note: Annotated[str, typer.Option("--note", help="Why; kept in the order's timeline.")] = "",
    integration: IntegrationName = None,
    as_json: Json = False,
) -> None:
    """Decide about flagged or held orders, or take a decision back; who and why stay in the timeline."""

    async def work(backend: "Backend") -> Exit:
        from core.models.order import Verdict
        from core.services.order_settling import OrderSettling

        if (decision is None) is not take_back:
            fail("Say either --as or --take-back", "See: avasam orders settle --help", as_json=as_json)
            return Exit.USAGE
        verdicts = {
            Decision.SHIP: Verdict.SHIP,
            Decision.DEALT_WITH: Verdict.LEAVE,
            Decision.DROP: Verdict.DROP,
        }
        settling = OrderSettling(backend)
        done: list[Order] = []
        refused: list[tuple[str, str]] = []
        for shop, ids in await targets(backend, orders, integration):
            if decision is None:
                settled = await settling.take_back(shop, ids, note=note, by=who())
            else:
                settled = await settling.settle(shop, ids, verdicts[decision], note=note, by=who())
            done += settled.orders
            refused += settled.refused
        if as_json:
            emit(
                {
                    "settled": [_as_json(one) for one in done],
                    "refused": [{"id": key, "why": why} for key, why in refused],
                }
            )
        else:
            for one in done:
                because = f": {one.held_reason}" if one.held_reason else ""
                say(f"{one.source.id} is {one.state.value.replace('_', ' ')}{because}")
            for key, why in refused:
                say(f"{key} was not settled: {why}")
        return Exit.FAILED if refused else Exit.OK

    with_backend(work, as_json=as_json)


def tracking(
    order: Annotated[str, typer.Argument(metavar="ORDER", help="A TikTok order id.")],
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The tracking number of the parcel.")],
    carrier: Annotated[
        str, typer.Option("--carrier", help="The carrier's name; without it the present one.")
    ] = "",
    parcel: Annotated[
        str, typer.Option("--parcel", help="Which one, where an order has several: its reference.")
    ] = "",
    integration: IntegrationName = None,
    as_json: Json = False,
) -> None:
    """Give or correct a tracking number; TikTok takes corrections for 72 hours, with the next order sync."""

    async def work(backend: "Backend") -> Exit:
        from core.services.order_tracking import OrderTracking

        ((shop, _),) = await targets(backend, (order,), integration)
        service = OrderTracking(backend)
        after = await service.correct(shop, order, number, carrier=carrier, parcel=parcel, by=who())
        if as_json:
            emit(_as_json(after))
        else:
            say(f"Order {order}: TikTok is told with the next sync (now: avasam sync orders)")
        return Exit.OK

    with_backend(work, as_json=as_json)


def _as_json(order: "Order") -> dict[str, object]:
    return {
        "id": order.source.id,
        "state": order.state.value,
        "why": order.held_reason,
        "decision": None if order.verdict is None else order.verdict.value,
        "parcels": [
            {"reference": part.reference, "tracking": part.tracking_number, "carrier": part.carrier}
            for part in order.parts
        ],
    }
