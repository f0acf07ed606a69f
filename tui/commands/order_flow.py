"""`avasam orders release` and `avasam orders resend`: what a person does about orders that wait."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.options import IntegrationName, Json
from tui.commands.output import Exit, emit, fail, say, table
from tui.commands.running import with_backend
from tui.who import who

if TYPE_CHECKING:
    from core.backend import Backend
    from core.models.integration import Integration

OrderIds = Annotated[list[str] | None, typer.Argument(metavar="[ORDER]...", help="TikTok order ids.")]


def release(
    orders: OrderIds = None,
    every: Annotated[bool, typer.Option("--all", help="Every held order.")] = False,
    integration: IntegrationName = None,
    as_json: Json = False,
) -> None:
    """Look at held orders again with the mappings of now; what is ready goes to Avasam with the next sync."""

    async def work(backend: "Backend") -> Exit:
        from core.services.order_flow import OrderFlow

        if every == bool(orders):
            fail("Name orders, or say --all", "See: avasam orders list --state held", as_json=as_json)
            return Exit.USAGE
        ready: list[str] = []
        held: list[tuple[str, str]] = []
        for target, ids in await targets(backend, orders or (), integration):
            done = await OrderFlow(backend).release(target, None if every else ids, by=who())
            ready += done.ready
            held += done.held
        if as_json:
            emit({"ready": ready, "held": [{"id": key, "why": why} for key, why in held]})
        else:
            say(f"{len(ready)} released: they go to Avasam with the next sync (now: avasam sync orders)")
            if held:
                table(("STILL HELD", "WHY"), held, empty="")
        return Exit.OK if ready or not orders else Exit.FAILED

    with_backend(work, as_json=as_json)


def resend(
    order: Annotated[str, typer.Argument(metavar="ORDER", help="A TikTok order id.")],
    integration: IntegrationName = None,
    as_json: Json = False,
) -> None:
    """Try again what Avasam refused, or the tracking that TikTok refused. Never what Avasam may have."""

    async def work(backend: "Backend") -> Exit:
        from core.services.order_flow import OrderFlow

        ((target, _),) = await targets(backend, (order,), integration)
        after = await OrderFlow(backend).resend(target, order, by=who())
        if as_json:
            emit({"id": order, "state": after.state.value, "why": after.held_reason})
        else:
            because = f": {after.held_reason}" if after.held_reason else ""
            say(f"Order {order} is {after.state.value.replace('_', ' ')}{because}")
        return Exit.OK

    with_backend(work, as_json=as_json)


async def targets(
    backend: "Backend", orders: Sequence[str], name: str | None
) -> "list[tuple[Integration, list[str]]]":
    """The integrations that have these orders, with theirs; all of them, or the one named, for no order.

    Raises NotFound.
    """
    from core.services.errors import NotFound
    from core.services.integrations import IntegrationService
    from core.services.order_flow import OrderFlow

    service = IntegrationService(backend)
    shops = await service.all() if name is None else [await service.named(name)]
    if not orders:
        return [(shop, []) for shop in shops]
    found: dict[str, list[str]] = {}
    for order in orders:
        owners = [shop for shop in shops if await OrderFlow(backend).has(shop, order)]
        if not owners:
            raise NotFound(f"There is no order {order!r}", "See: avasam orders list")
        found.setdefault(owners[0].id, []).append(order)
    return [(shop, found[shop.id]) for shop in shops if shop.id in found]
