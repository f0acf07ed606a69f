"""A tracking number put right, and a carrier of TikTok's chosen for a name that it does not know (A50)."""

from typing import Any

from textual.screen import Screen

from core.channel.errors import ChannelError
from core.rules.carrier import tracking_for_channel
from core.services.errors import ServiceError
from core.services.order_cures import unknown_carrier
from core.services.order_tracking import OrderTracking, Parcel
from core.services.orders import OrderDetail
from core.services.shipping_mapping import ShippingMappingService
from core.store import StoreError
from tui.screens.ask import Ask
from tui.screens.choose import Choice, Choose
from tui.session import Session
from tui.who import who
from tui.words.states import span

_KEEP = "keep"


async def correct_tracking(screen: Screen[Any], session: Session, detail: OrderDetail) -> None:
    """Ask which parcel, which number and which carrier; TikTok is told with the next sync."""
    if detail.integration is None or session.read_only:
        screen.notify("Its tracking cannot be changed from here.", severity="warning")
        return
    service = OrderTracking(session.backend)
    parcels = service.parcels(detail.order)
    if not parcels:
        why = "TikTok takes corrections for 72 hours, and only of parcels that Avasam has."
        screen.notify(f"No tracking of this order can be corrected. {why}", severity="warning")
        return
    parcel = await _parcel(screen, parcels)
    if parcel is None:
        return
    number = await screen.app.push_screen_wait(
        Ask(
            f"Tracking number of {parcel.part.reference}{_left(parcel)}",
            "4 to 50 letters, digits and - _ . /",
            value=parcel.part.tracking_number,
            check=lambda text: None if tracking_for_channel(text) else "TikTok takes no number like it.",
        )
    )
    if number is None:
        return
    try:
        carriers = await service.carriers(detail.integration, detail.order)
        menu: list[Choice] = [(_KEEP, f"as it is: {parcel.part.carrier or 'none named'}")]
        chosen = await screen.app.push_screen_wait(
            Choose("Carrier", [*menu, *((name, name) for _, name in carriers)])
        )
        if chosen is None:
            return
        await service.correct(
            detail.integration,
            detail.order.source.id,
            number,
            carrier="" if chosen == _KEEP else chosen,
            parcel=parcel.part.reference,
            by=who(),
        )
    except (ServiceError, StoreError, ChannelError) as error:
        screen.notify(str(error), severity="error", timeout=20, markup=False)
        return
    screen.notify(f"{number}: TikTok is told with the next sync.", markup=False)


async def choose_carrier(screen: Screen[Any], session: Session, detail: OrderDetail) -> None:
    """Ask which of TikTok's carriers a name of Avasam's means; it is remembered for all parcels of it."""
    if detail.integration is None or session.read_only:
        screen.notify("No carrier can be chosen from here.", severity="warning")
        return
    name = unknown_carrier(detail.order)
    try:
        carriers = await OrderTracking(session.backend).carriers(detail.integration, detail.order)
        chosen = await screen.app.push_screen_wait(Choose(f"{name} is on TikTok", list(carriers)))
        if chosen is None:
            return
        service = ShippingMappingService(session.backend)
        row = await service.choose_carrier(detail.integration, name, chosen)
    except (ServiceError, StoreError, ChannelError) as error:
        screen.notify(str(error), severity="error", timeout=20, markup=False)
        return
    screen.notify(
        f"{row.carrier} is {row.provider_name} from now on: the next sync tells TikTok.", markup=False
    )


async def _parcel(screen: Screen[Any], parcels: list[Parcel]) -> Parcel | None:
    if len(parcels) == 1:
        return parcels[0]
    by_name = {one.part.reference: one for one in parcels}
    menu: list[Choice] = [
        (name, f"{name}  {one.part.tracking_number or 'no number yet'} {one.part.carrier}".rstrip())
        for name, one in by_name.items()
    ]
    chosen = await screen.app.push_screen_wait(Choose("Which parcel", menu))
    return None if chosen is None else by_name[chosen]


def _left(parcel: Parcel) -> str:
    if parcel.left is None:
        return ""
    return f" (TikTok takes it for {span(parcel.left)} more)"
