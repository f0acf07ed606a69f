"""Shipping mappings in words: the columns of the three lists and the lines around them."""

from collections.abc import Callable
from typing import Final

from core.services.order_flow import Released
from core.services.shipping_desk import Pair, ShippingDesk
from core.services.shipping_mapping import Option
from tui.widgets.cells import Cell, Tone
from tui.widgets.columns import Column

HELP: Final = (
    "Left, the delivery options of all the shop's warehouses, read from TikTok; right, Avasam's shipping "
    "services, a list that is kept here because Avasam has none to ask for (n adds, delete takes off, I adds "
    "those in its latest orders). m pairs the two under the cursors; below are the pairs, x takes one away. "
    "Nothing takes effect before ctrl+s, and orders that were downloaded before do not change: R looks at "
    "held ones again. Where no carrier is listed TikTok ships by itself, and no service is needed."
)


def option_columns(service_of: Callable[[str], str | None]) -> list[Column[Option]]:
    """The left list; `service_of` is what an option goes by once all is saved."""

    def state(row: Option) -> Cell:
        if not row.ours:
            return Cell("· not needed", Tone.DIM)
        if not row.offered:
            return Cell("✖ gone", Tone.BAD)
        return Cell("○ none", Tone.WARN) if service_of(row.id) is None else Cell("✔ mapped", Tone.GOOD)

    return [
        Column("name", "Delivery option", 14, lambda row: Cell(row.name or row.id), grow=2),
        Column("state", "Service", 12, state),
        Column("waiting", "Wait", 4, _waiting, right=True),
        Column("kind", "Type", 8, lambda row: Cell(row.kind.lower().replace("_", " ")), grow=1),
        Column("carriers", "Carriers", 12, _carriers, grow=2),
        Column("id", "Id", 19, lambda row: Cell(row.id)),
    ]


def service_columns(uses: Callable[[str], int]) -> list[Column[str]]:
    """The right list; `uses` is how many options go by a service."""
    return [
        Column("name", "Avasam service", 20, Cell, grow=1),
        Column("uses", "Used", 4, lambda name: Cell(str(uses(name) or "")), right=True),
    ]


def pair_columns() -> list[Column[Pair]]:
    """The list below."""
    return [
        Column("option", "Delivery option", 18, lambda row: Cell(row.name or row.option_id), grow=1),
        Column("service", "Avasam service", 18, lambda row: Cell(row.service or "-"), grow=1),
        Column("state", "State", 14, _pair_state),
        Column("id", "Id", 19, lambda row: Cell(row.option_id)),
    ]


def check(desk: ShippingDesk) -> str:
    """What is not complete yet, and what a person may do about waiting orders."""
    lacking = desk.lacking()
    named = ", ".join(
        f"{one.name or one.id} ({_orders(one.waiting)} for it)" if one.waiting else one.name or one.id
        for one in lacking
    )
    count = len(lacking)
    if not desk.options:
        words = ""
    elif count:
        words = f"! {count} option{'s have' if count > 1 else ' has'} no service: {named}"
    else:
        words = "✔ every delivery option that needs a service has one"
    waiting = desk.waiting()
    return words + (
        f"\n{_orders(waiting)}, though the option has a service now: R releases" if waiting else ""
    )


def released_words(released: Released) -> str:
    """What became of held orders."""
    words = f"{len(released.ready):,} ready: they go to Avasam with the next sync."
    if released.held:
        words += (
            f" {len(released.held):,} still held, for instance {released.held[0][0]}: {released.held[0][1]}"
        )
    return words


def _orders(count: int) -> str:
    return f"{count:,} order{'s wait' if count != 1 else ' waits'}"


def _waiting(row: Option) -> Cell:
    return Cell(str(row.waiting), Tone.WARN) if row.waiting else Cell("")


def _carriers(row: Option) -> Cell:
    if row.carriers:
        return Cell(", ".join(name for _, name in row.carriers))
    return Cell("TikTok itself" if row.offered else "no longer offered", Tone.DIM)


def _pair_state(row: Pair) -> Cell:
    if not row.pending:
        return Cell("✔ saved", Tone.GOOD)
    return Cell("- to remove" if row.service is None else "+ to map", Tone.WARN)
