"""Acceptance lines: A16, A44, A47, A48."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import Static

from core import tables
from core.backend import Backend
from core.models.listing import ShippingMapping, SkuMapping
from core.models.order import OrderKind, OrderState
from tests.clocks import NOON, FrozenClock
from tests.core.services.made_orders import foreign, keep, key_of, line, order, put
from tests.tui.orders.support import NARROW, WIDE, arrives, is_unbroken, on, row, screens
from tests.tui.session import integration, open_backend
from tests.tui.terminal import drawn, told, until
from tests.tui.widgets.test_cells import HOSTILE
from tui.screens.choose import Choose
from tui.screens.confirm import Confirm
from tui.screens.integrations import IntegrationsScreen
from tui.screens.order_detail import OrderScreen
from tui.screens.orders import OrdersScreen
from tui.screens.sheet import Sheet
from tui.screens.shipping_mapping import ShippingMappingScreen
from tui.screens.sku_mapping import SkuMappingScreen
from tui.widgets.filter_bar import FilterBar
from tui.widgets.key_line import KeyLine
from tui.words.orders import STATES


def test_every_state_has_a_sign_and_a_word_of_its_own() -> None:
    words = {cell.text for cell in STATES.values()}
    assert set(STATES) == set(OrderState)
    assert len({text[0] for text in words}) == len(words) == len(STATES)


async def test_A48_an_empty_list_says_how_orders_come(backend: Backend) -> None:
    async with screens(backend, "5") as pilot:
        assert "No order yet." in drawn(pilot)
        assert "r asks for one now" in drawn(pilot)
        assert "0 of 0" in drawn(pilot)


async def test_A48_a_row_tells_state_skus_deadline_and_why_it_waits(backend: Backend) -> None:
    await keep(
        backend,
        order("5761"),
        order("5762", kind=OrderKind.MIXED, source__ship_by=NOON - timedelta(hours=3)),
        order("5763", state=OrderState.DISPATCHED, held_reason=None, allocated_service="Courier"),
    )
    async with screens(backend, "5", size=(200, 40)) as pilot:
        for word in ("◇ held", "2 x MUG-BLU", "in 1d 6h", "no shipping mapping", "awaiting shipment"):
            await row(pilot, "5761", word)
        await row(pilot, "5762", "3 h over", "mixed")
        assert "in 1d" not in await row(pilot, "5763", "▲ dispatched")


async def test_A44_a_non_avasam_order_counts_down_to_its_deletion(backend: Backend) -> None:
    await keep(backend, foreign("5771", hours=71.5), foreign("5772", hours=1))
    async with screens(backend, "5", size=(160, 40)) as pilot:
        await row(pilot, "5771", "deleted in 30 min")
        await row(pilot, "5772", "deleted in 2d 23h")
        assert isinstance(backend.clock, FrozenClock)
        backend.clock.advance(timedelta(minutes=10))
        await until(pilot, lambda: "deleted in 20 min" in drawn(pilot))


async def test_A48_the_line_below_says_what_to_do_about_the_row_under_the_cursor(backend: Backend) -> None:
    await keep(backend, order("1"), order("2", source__status="ON_HOLD", held_reason="TikTok holds it"))
    async with screens(backend, "5") as pilot:
        below = on(pilot, OrdersScreen).query_one("#order-line", Static)
        await until(pilot, lambda: "Nothing to do: TikTok releases it" in str(below.content))
        await pilot.press("down")
        await until(pilot, lambda: "Map its delivery option" in str(below.content))


async def test_A48_words_shrink_the_list_while_they_are_typed(backend: Backend) -> None:
    await keep(backend, *(order(f"10{n}", source__lines=(line(1, f"MUG-{n}"),)) for n in range(12)))
    async with screens(backend, "5") as pilot:
        screen = on(pilot, OrdersScreen)
        await pilot.press("slash", *"mug")
        await until(pilot, lambda: "12 of 12" in drawn(pilot))
        await pilot.press(*"-3")
        await until(pilot, lambda: "1 of 12" in drawn(pilot))
        await pilot.press("enter")
        assert screen.focused is screen.table
        assert screen.table.cursor_key == "id-My shop/103"
        await pilot.press("slash", "escape")
        await until(pilot, lambda: "12 of 12" in drawn(pilot))
        assert screen.focused is not screen.table
        await pilot.press("escape")
        await until(pilot, lambda: screen.focused is screen.table)
        await pilot.press("slash", *"nothing like it", "enter")
        await until(pilot, lambda: "No orders match" in drawn(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "12 of 12" in drawn(pilot))
        assert screen.query_one(FilterBar).text == ""
        sent = order("200", kind=OrderKind.MIXED, state=OrderState.SENT, held_reason=None)
        await keep(backend, sent.model_copy(update={"allocated_service": "Courier 24"}))
        for words in ("at avasam", "sent courier 24", "awaiting shipment mixed courier", "my shop at"):
            await pilot.press("slash", *words, "enter")
            await until(pilot, lambda: screen.table.view == ["id-My shop/200"])
            await pilot.press("escape")
            await until(pilot, lambda: "13 of 13" in drawn(pilot))
        await pilot.press("slash", *"shipping mapping", "enter")
        await until(pilot, lambda: "12 of 13" in drawn(pilot))


async def test_A48_state_and_search_combine_and_are_shown(backend: Backend) -> None:
    await keep(
        backend,
        order("1"),
        order("2", state=OrderState.SENT, held_reason=None),
        order("3", source__lines=(line(1, "LMP"),)),
    )
    async with screens(backend, "5") as pilot:
        await pilot.press("f")
        menu = await arrives(pilot, Choose)
        labels = [words.split() for _, words in menu._choices]
        assert ["◇", "held", "2"] in labels
        menu.dismiss("state:held")
        await until(pilot, lambda: "State: ◇ held" in drawn(pilot))
        assert "2 of 3" in drawn(pilot)
        await pilot.press("slash", *"lmp")
        await until(pilot, lambda: "1 of 3" in drawn(pilot))


async def test_the_cursor_and_marks_stay_while_the_worker_brings_orders(
    backend: Backend, tmp_path: Path
) -> None:
    await keep(backend, *(order(f"10{n}") for n in range(5)))
    async with screens(backend, "5") as pilot:
        table = on(pilot, OrdersScreen).table
        await pilot.press("space", "down")
        under, marked = table.cursor_key, table.marks.keys
        other = await open_backend(tmp_path, FrozenClock())
        await keep(other, order("900", source__created_at=NOON), order("901", source__created_at=NOON))
        await other.close()
        await until(pilot, lambda: "7 of 7" in drawn(pilot))
        assert (table.cursor_key, table.marks.keys) == (under, marked)
        assert "1 marked" in drawn(pilot)
        assert [key.partition("/")[2] for key in table.view[:2]] == ["901", "900"]


async def test_sorting_by_click_and_by_key_turns_round(backend: Backend) -> None:
    await keep(backend, *(order(f"10{n}", source__ship_by=NOON + timedelta(days=n)) for n in (2, 1, 3)))
    async with screens(backend, "5", size=WIDE) as pilot:
        table = on(pilot, OrdersScreen).table
        place = table.layout_now.placed[2]
        await pilot.click(table, offset=(place.x + 1, 0))
        await until(pilot, lambda: [key[-3:] for key in table.view] == ["101", "102", "103"])
        await pilot.press("s")
        (await arrives(pilot, Choose)).dismiss("ship_by")
        await until(pilot, lambda: [key[-3:] for key in table.view] == ["103", "102", "101"])
        assert "Ship by▼" in drawn(pilot)


async def test_A48_one_order_in_full_follows_what_becomes_of_it(backend: Backend) -> None:
    first = order("5761", source__lines=(line(1), line(2), line(3, "HAT", None)), kind=OrderKind.MIXED)
    await keep(backend, first)
    async with screens(backend, "5") as pilot:
        await pilot.press("enter")
        screen = await arrives(pilot, OrderScreen)
        await until(pilot, lambda: screen.text)
        for part in (
            "Lines (2 lines, 3 units)",
            "2 x MUG-BLU  -> AV-MUG  19.98 GBP",
            "1 x HAT  not mapped",
            "Why it waits",
            "Command: avasam shipping check",
            "Ship by: in 1d 6h",
            "TikTok's delivery option: Standard",
            "1 Sample Road",
            "2 of 2 lines mapped",
            "downloaded: imported whole",
        ):
            assert part in screen.text
        sent = first.model_copy(
            update={"state": OrderState.SENT, "held_reason": None, "allocated_service": "Courier"}
        )
        await keep(backend, sent)
        await until(pilot, lambda: "Avasam's service: Courier" in screen.text)
        assert "Why it waits" not in screen.text
        async with backend.store.transaction() as tx:
            await tx.delete(tables.ORDERS, key_of(first))
        await until(pilot, lambda: "deleted here meanwhile" in drawn(pilot))
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, OrdersScreen)


async def test_a_masked_address_is_shown_as_such(backend: Backend) -> None:
    masked = order("1").source.address.model_copy(update={"name": "A***", "line": "", "masked": True})
    await keep(backend, order("1", source__address=masked))
    async with screens(backend, "5") as pilot:
        await pilot.press("enter")
        screen = await arrives(pilot, OrderScreen)
        await until(pilot, lambda: "A***" in screen.text)
        assert "hidden by TikTok" in screen.text


async def test_A48_u_leads_from_a_held_order_to_its_cure(backend: Backend) -> None:
    await keep(
        backend,
        order("3", source__status="ON_HOLD", held_reason="TikTok holds it"),
        order("2"),
        foreign("1"),
    )
    async with screens(backend, "5") as pilot:
        await pilot.press("u")
        sheet = await arrives(pilot, Sheet)
        assert "Expected: 1 h over" in sheet.text
        await pilot.press("escape", "down", "u")
        await arrives(pilot, ShippingMappingScreen)
        assert "Map its delivery option" in told(pilot)
        await pilot.press("5")
        await arrives(pilot, OrdersScreen)
        await pilot.press("down", "u")
        await arrives(pilot, SkuMappingScreen)
        await pilot.press("5")
        await arrives(pilot, OrdersScreen)
        await put(backend, tables.INTEGRATIONS, "id-My shop", integration(needs_reauthorisation="revoked"))
        await pilot.press("u")
        await arrives(pilot, IntegrationsScreen)
        assert "choose Reauthorize" in told(pilot)


async def test_A16_the_detail_says_so_and_leads_there_too(backend: Backend) -> None:
    await keep(backend, order("1"))
    await put(backend, tables.INTEGRATIONS, "id-My shop", integration(needs_reauthorisation="revoked"))
    async with screens(backend, "5") as pilot:
        await pilot.press("enter")
        await arrives(pilot, OrderScreen)
        await until(pilot, lambda: on(pilot, OrderScreen).text)
        assert "! My shop needs reauthorisation" in drawn(pilot)
        await put(backend, tables.INTEGRATIONS, "id-My shop", integration())
        await until(pilot, lambda: "needs reauthorisation" not in drawn(pilot))
        await put(backend, tables.INTEGRATIONS, "id-My shop", integration(needs_reauthorisation="revoked"))
        await until(pilot, lambda: "! My shop needs reauthorisation" in drawn(pilot))
        await pilot.press("u")
        await arrives(pilot, IntegrationsScreen)


async def test_A47_x_releases_the_marked_orders_after_a_question(backend: Backend) -> None:
    await keep(backend, order("1"), order("2"))
    mapping = ShippingMapping(
        integration_id="id-My shop",
        delivery_option_id="d1",
        delivery_option_name="Standard",
        service="Courier",
        mapped_at=NOON,
    )
    sku = SkuMapping(integration_id="id-My shop", sku_id="id-MUG-BLU", avasam_sku="AV-MUG", mapped_at=NOON)
    await put(backend, tables.SKU_MAPPINGS, "id-My shop/id-MUG-BLU", sku)
    async with screens(backend, "5") as pilot:
        await pilot.press("x")
        await until(pilot, lambda: "1 still held: no shipping mapping" in told(pilot))
        await put(backend, tables.SHIPPING_MAPPINGS, "id-My shop/d1", mapping)
        await pilot.press("a", "x")
        question = await arrives(pilot, Confirm)
        assert question.focused is not None
        assert question.focused.id == "cancel"
        question.dismiss(True)
        await until(pilot, lambda: "2 released" in told(pilot))
        await until(pilot, lambda: drawn(pilot).count("▸ ready") == 2)


async def test_a_read_only_session_releases_nothing(backend: Backend) -> None:
    await keep(backend, order("1"))
    before = (await backend.store.changes(-1)).seq
    async with screens(backend, "5", read_only=True) as pilot:
        await pilot.press("x")
        await until(pilot, lambda: "read-only session" in told(pilot))
    assert (await backend.store.changes(-1)).seq == before


async def test_an_export_takes_the_marked_rows_and_lands_in_a_private_file(backend: Backend) -> None:
    await keep(backend, order("1"), order("2"))
    async with screens(backend, "5") as pilot:
        await pilot.press("space", "w")
        (await arrives(pilot, Choose)).dismiss("json")
        await until(pilot, lambda: "Written to" in told(pilot))
    (path,) = (backend.settings.home / "exports").iterdir()
    assert [one["id"] for one in json.loads(path.read_text())] == ["2"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert "Sample Road" not in path.read_text()


async def test_copying_says_how_many_rows_and_promises_nothing(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    await keep(backend, order("1"), order("2"))
    async with screens(backend, "5") as pilot:
        await pilot.press("a", "y")
        await until(pilot, lambda: "2 rows. Sent" in told(pilot))
        assert pilot.app.clipboard.splitlines()[1].startswith("2,My shop,AWAITING_SHIPMENT,held")


async def test_hidden_columns_are_remembered(backend: Backend, tmp_path: Path) -> None:
    from tests.tui.session import ReadySession
    from tui.app import AvasamApp
    from tui.screens.choose_columns import ChooseColumns

    file = tmp_path / "preferences.json"
    await keep(backend, order("1"))
    for round_ in range(2):
        app = AvasamApp(ReadySession(backend), preferences_file=file)
        async with app.run_test(size=WIDE) as pilot:
            await arrives(pilot, IntegrationsScreen)
            await pilot.press("5")
            screen = await arrives(pilot, OrdersScreen)
            if round_ == 0:
                await pilot.press("c")
                await arrives(pilot, ChooseColumns)
                await pilot.press("space", "down", "J", "enter")
                await arrives(pilot, OrdersScreen)
            shown = [column.key for column in screen.table.shown]
            assert shown[:3] == ["ship_by", "id", "why"]
            assert "state" not in shown


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_hostile_titles_break_no_line_anywhere(backend: Backend, size: tuple[int, int]) -> None:
    await keep(
        backend,
        *(
            order(
                f"10{n}", source__lines=(line(1, text, title=text),), held_reason=text, kind=OrderKind.MIXED
            )
            for n, text in enumerate(HOSTILE)
            if text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)
        ),
    )
    async with screens(backend, "5", size=size) as pilot:
        assert is_unbroken(pilot)
        for _ in HOSTILE:
            await pilot.press("down")
        await pilot.pause()
        assert is_unbroken(pilot)
        await pilot.press("enter")
        await arrives(pilot, OrderScreen)
        assert is_unbroken(pilot)
        assert "\x1b" not in drawn(pilot)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_everything_has_its_place_at_either_size(backend: Backend, size: tuple[int, int]) -> None:
    await keep(backend, *(order(f"57612345678901234{n:02}") for n in range(60)))
    async with screens(backend, "5", size=size) as pilot:
        screen = on(pilot, OrdersScreen)
        assert screen.query_one(KeyLine).region.bottom == size[1]
        await until(pilot, lambda: screen.table.page >= size[1] - 12)
        await until(pilot, lambda: "5761234567890123459" in drawn(pilot))
        assert "60 of 60" in drawn(pilot)


async def test_a_second_that_changes_no_word_draws_no_row_again(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Countdowns run, yet over SSH nothing is sent for them before a row reads differently."""
    made = [order(f"30{n:02d}", source__ship_by=NOON + timedelta(hours=12, minutes=30)) for n in range(20)]
    young = order("4001", source__created_at=NOON, source__ship_by=NOON + timedelta(minutes=30, seconds=30))
    await keep(backend, *made, young)
    assert isinstance(backend.clock, FrozenClock)
    async with screens(backend, "5") as pilot:
        screen = on(pilot, OrdersScreen)
        await until(pilot, lambda: "in 30 min" in drawn(pilot) and "< 1 min" in drawn(pilot))
        drawn_again: list[int] = []
        monkeypatch.setattr(screen.table, "refresh_row", drawn_again.append)
        for _ in range(20):
            backend.clock.advance(timedelta(seconds=1))
            screen.show(await screen.session.pulse())
            await pilot.pause()
        assert screen.now == NOON + timedelta(seconds=20)
        assert drawn_again == []
        backend.clock.advance(timedelta(seconds=20))
        screen.show(await screen.session.pulse())
        await until(pilot, lambda: drawn_again == [0])
