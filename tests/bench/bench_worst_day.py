"""The worst day: 1,000 mixed orders over sockets, lost replies, kills, two workers, a second admin.

It fails when the sandbox's Avasam holds an order twice, not at all, or one that it should not have, or when
TikTok was not told of each parcel exactly once. The baseline is the fewest calls that the day needs.
"""

from pathlib import Path
from time import perf_counter
from typing import Final

from tests.bench.support import table, workplace
from tests.journeys.world import Home, SandboxProcess
from tests.journeys.worst_day import NOT_SENT, QUICK, SENT, worst_day

ORDERS: Final = 1_000
KILLS: Final = 12
_PATIENCE: Final = 600.0


def run(*, orders: int = ORDERS, kills: int = KILLS, parent: Path | None = None) -> str:
    """The table, as markdown."""
    unsent = max(1, orders // 100)
    share = (orders - unsent * len(NOT_SENT)) / sum(SENT.values())
    sent = {shape: max(1, round(count * share)) for shape, count in SENT.items()}
    with workplace(parent) as place:
        shop = SandboxProcess()
        start = perf_counter()
        try:
            home = Home(place / "home", shop, QUICK)
            day = worst_day(home, shop, sent=sent, unsent=unsent, kills=kills, patience=_PATIENCE)
        finally:
            shop.stop()
    total = sum(sent.values()) + unsent * len(NOT_SENT)
    seconds = f"{total:,} orders, {kills + kills // 2} kills, {perf_counter() - start:.0f} s.\n\n"
    return seconds + table(
        ("what", "expected", "there", "twice or not wanted", "calls", "ratio to the fewest"),
        [
            (
                "orders at Avasam",
                f"{day.orders:,}",
                f"{day.orders:,} ({day.parts:,} parts)",
                "0",
                f"{day.create_calls:,}",
                f"{day.create_calls / day.parts:.2f}",
            ),
            (
                "parcels at TikTok",
                f"{day.parcels:,}",
                f"{day.parcels:,}",
                "0",
                f"{day.shipped_calls:,}",
                f"{day.shipped_calls / max(day.parcels, 1):.2f}",
            ),
        ],
    )
