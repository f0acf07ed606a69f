"""Orders that wait for a person are settled: ship anyway, dealt with, drop, or taken back."""

from collections.abc import Sequence
from typing import Any, Final

from textual.screen import Screen

from core.models.order import Order, OrderState, Verdict
from core.services.integrations import IntegrationService
from core.services.order_settling import OrderSettling
from core.wording import count_of
from tui.screens.ask import Ask
from tui.screens.by_shop import by_shop
from tui.screens.choose import Choice, Choose
from tui.screens.confirm_many import ConfirmMany
from tui.session import Session
from tui.who import who
from tui.words.orders import named

_BACK: Final = "back"
_WAITING: Final = (OrderState.FLAGGED, OrderState.HELD)
_SHORT: Final = {Verdict.SHIP: "ship", Verdict.LEAVE: "dealt with", Verdict.DROP: "drop"}
_MENU: Final[Sequence[Choice]] = (
    (Verdict.SHIP, "Ship it anyway: Avasam gets it with the next sync"),
    (Verdict.LEAVE, "Dealt with: nothing more is done with it here"),
    (Verdict.DROP, "Drop it: it never goes to Avasam"),
)


async def settle(screen: Screen[Any], session: Session, orders: Sequence[Order]) -> None:
    """Ask what is to become of these orders, and why; then do it and say what became of them."""
    if session.read_only:
        screen.notify("This is a read-only session: nothing was settled.", severity="warning")
        return
    waiting = [one for one in orders if one.state in _WAITING]
    decided = [one for one in orders if one.verdict is not None]
    if not waiting and not decided:
        screen.notify("Only flagged and held orders are settled: none of these is.", severity="warning")
        return
    menu: list[Choice] = list(_MENU) if waiting else []
    if decided:
        menu.append((_BACK, f"Take back: {decided[0].verdict_words}" if len(decided) == 1 else "Take back"))
    chosen = await screen.app.push_screen_wait(Choose(_title(waiting or decided), menu))
    if chosen is None:
        return
    meant = decided if chosen == _BACK else waiting
    note = await screen.app.push_screen_wait(Ask("Why? It is kept in the timeline", "a note", optional=True))
    if note is None or not await _is_sure(screen, chosen, meant):
        return
    settling = OrderSettling(session.backend)
    shops = {one.id: one for one in await IntegrationService(session.backend).all()}
    became: list[Order] = []
    refused: list[tuple[str, str]] = []
    for shop, ids in by_shop(meant, shops):
        if chosen == _BACK:
            done = await settling.take_back(shop, ids, note=note, by=who())
        else:
            done = await settling.settle(shop, ids, Verdict(chosen), note=note, by=who())
        became += done.orders
        refused += done.refused
    _tell(screen, became, refused)


def _title(orders: Sequence[Order]) -> str:
    return f"Order {orders[0].source.id}" if len(orders) == 1 else f"{len(orders):,} orders"


async def _is_sure(screen: Screen[Any], chosen: str, orders: Sequence[Order]) -> bool:
    if len(orders) == 1:
        return True
    what = "Take back the decision about" if chosen == _BACK else f"Settle as '{_SHORT[Verdict(chosen)]}'"
    return await screen.app.push_screen_wait(
        ConfirmMany(
            f"{what} {count_of(len(orders), 'order')}?",
            [one.source.id for one in orders],
            "Each can be taken back until Avasam has it.",
            "Settle",
        )
    )


def _tell(screen: Screen[Any], became: Sequence[Order], refused: Sequence[tuple[str, str]]) -> None:
    words: list[str] = []
    if len(became) == 1:
        because = f": {became[0].held_reason}" if became[0].held_reason else ""
        words.append(f"Order {became[0].source.id} is {named(became[0].state)}{because}.")
    elif became:
        words.append(f"{count_of(len(became), 'order')} settled.")
    if refused:
        words.append(f"{len(refused):,} not settled: {refused[0][1]}")
    screen.notify(" ".join(words), severity="warning" if refused else "information", markup=False, timeout=10)
