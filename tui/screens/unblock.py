"""From a held order to its cure with one key (domain.md A48)."""

from datetime import datetime
from typing import Any

from textual.screen import Screen

from core.services.orders import OrderDetail
from tui.screens.sheet import Sheet
from tui.session import Session
from tui.words.orders import countdown


def unblock(screen: Screen[Any], session: Session, detail: OrderDetail, now: datetime) -> str | None:
    """The main screen that cures it, for the caller to go to; None when what does was shown already."""
    cure = detail.cure
    if cure is None:
        screen.notify("Nothing holds this order.", markup=False)
        return None
    if cure.mode is not None:
        screen.notify(f"{cure.what}\n{cure.now}", markup=False, timeout=10)
        return cure.mode
    lines = [cure.what, "", cure.now]
    if cure.expected is not None:
        at = cure.expected.astimezone().strftime("%Y-%m-%d %H:%M")
        lines.append(f"Expected: {countdown(cure.expected, now)} ({at})")
    if cure.command is not None:
        lines.append(f"Command: {cure.command}")
    name = f"order-{detail.order.source.id}-cure.txt"
    screen.app.push_screen(
        Sheet(session, f"Order {detail.order.source.id} waits", "\n".join(lines), name=name)
    )
    return None
