"""Whatever happens in whatever order, Avasam holds each order once and TikTok each parcel once (A49, A50)."""

import asyncio
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.channel.errors import ServerFault
from core.inventory.errors import InventoryRefused, InventoryUnreachable
from core.models.order import OrderState
from tests.core.sync.desk import Killed, Way, open_way
from tests.core.sync.support import Stand, open_stand

DOWN = InventoryUnreachable("down", "HTTP 500", "wait")
SHUT_OUT = InventoryRefused("no", "no right", "switch it on")
at_avasam = st.sampled_from(
    ["ok", "ok", "lost before", "lost after", "killed before", "killed after", SHUT_OUT]
)
at_tiktok = st.sampled_from(
    ["ok", "ok", "lost before", "lost after", "killed before", "killed after", ServerFault("busy")]
)
rounds = st.lists(
    st.tuples(
        st.lists(at_avasam, max_size=6),
        st.lists(at_tiktok, max_size=6),
        st.sampled_from([5, 60, 119, 121, 600]),
        st.booleans(),
    ),
    max_size=8,
)


async def one_round(way: Way, avasam: list[object], tiktok: list[object], seconds: int, down: bool) -> None:
    way.desk.mishaps = list(avasam)  # type: ignore[arg-type]
    way.parcels.mishaps = list(tiktok)  # type: ignore[arg-type]
    way.desk.list_error = DOWN if down else None
    with suppress(Killed, InventoryUnreachable, InventoryRefused, ServerFault):
        await way.run(seconds=seconds)
    for reference in way.desk.references()[::2]:
        way.desk.dispatch(reference)


async def everything(stand: Stand, plan: list[tuple[list[object], list[object], int, bool]]) -> None:
    one = await stand.connect("one")
    await stand.ship_by(one, "d1", "Tracked 48", name="Standard")
    way = await open_way(stand, one)
    await way.sell("mug", "cup")
    await way.sell("pan", supplier="supplier-2")
    for number in range(3):
        way.bought(f"{number}", "mug", "cup")
        way.bought(f"{number}9", "mug", "pan")
    for step in plan:
        await one_round(way, *step)
    way.desk.mishaps, way.parcels.mishaps, way.desk.list_error = [], [], None
    for _ in range(4):
        await way.run(minutes=5)
        for reference in way.desk.references():
            way.desk.dispatch(reference)
    expected = [reference for n in range(3) for reference in (f"{n}", f"{n}9", f"{n}9-2")]
    assert Counter(way.desk.references()) == Counter(expected)
    told = Counter(parcel.tracking_number for _, parcel in way.parcels.packages)
    assert told == Counter(f"TRK-{reference}" for reference in expected)
    assert set((await way.states()).values()) == {OrderState.TRACKING_RETURNED.value}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rounds)
def test_A49_A50_exactly_once_through_any_calamities(
    plan: list[tuple[list[object], list[object], int, bool]],
) -> None:
    async def run() -> None:
        with tempfile.TemporaryDirectory() as home:
            stand = await open_stand(Path(home))
            try:
                await everything(stand, plan)
            finally:
                await stand.store.close()

    asyncio.run(run())
