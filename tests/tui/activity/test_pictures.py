"""Activity as a terminal shows it, at both sizes that ux.md names (A52)."""

from datetime import timedelta
from pathlib import Path

import pytest

from core import tables
from core.backend import Backend
from core.models.job import Severity
from core.models.metric import Minute
from core.sync.metrics import key_of
from tests.clocks import NOON
from tests.core.services.made_orders import keep, order, put
from tests.tui.activity.test_activity import entry, problem
from tests.tui.orders.support import arrives, screens
from tests.tui.pictures import SIZES, Size, check_picture, greenwich  # noqa: F401 - a fixture
from tests.tui.terminal import drawn, until
from tui.screens.choose import Choose
from tui.screens.choose_columns import ChooseColumns
from tui.screens.sheet import Sheet

KEPT = Path(__file__).parent / "pictures"


async def busy_shop(backend: Backend) -> None:
    """Two problems, an hour of calls with failures, and entries of every kind of result."""
    await put(backend, tables.PROBLEMS, "p1", problem())
    await put(backend, tables.PROBLEMS, "p2", problem("p2", severity=Severity.WARNING, what="Stock unknown"))
    await put(backend, tables.ACTIVITY, "a1", entry("a1"))
    await put(backend, tables.ACTIVITY, "a2", entry("a2", kind="orders", ok=False, text="boom", counts={}))
    await keep(backend, *(order(str(n), source__created_at=NOON - timedelta(hours=n % 7)) for n in range(20)))
    for ago in range(40):
        at = NOON - timedelta(minutes=ago)
        minute = Minute(
            integration_id="id-My shop",
            at=at,
            calls=10 + ago % 9,
            failed=2 if ago % 5 == 0 else 0,
            pushes=ago % 4,
            rate=8.0,
            ceiling=10.0,
        )
        await put(backend, tables.METRICS, key_of(minute.integration_id, at), minute)


@pytest.mark.usefixtures("greenwich")
@pytest.mark.parametrize("size", SIZES)
async def test_problems_charts_and_entries(backend: Backend, size: Size) -> None:
    await busy_shop(backend)
    async with screens(backend, "6", size=size) as pilot:
        await until(pilot, lambda: "of 10/s" in drawn(pilot))
        await check_picture(pilot, KEPT, "activity")
        await pilot.press("p", "enter")
        await arrives(pilot, Sheet)
        await check_picture(pilot, KEPT, "problem")
        await pilot.press("escape", "f")
        await arrives(pilot, Choose)
        await check_picture(pilot, KEPT, "narrow")
        await pilot.press("escape")
        pilot.app.screen.query_one("#activity").focus()
        await pilot.press("c")
        await arrives(pilot, ChooseColumns)
        await check_picture(pilot, KEPT, "columns")
        await pilot.press("escape", "slash", *"boom")
        await until(pilot, lambda: "1 of 2" in drawn(pilot))
        await check_picture(pilot, KEPT, "filtered")
