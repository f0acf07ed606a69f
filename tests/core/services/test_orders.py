"""Acceptance lines: A16, A48."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core import tables
from core.backend import Backend
from core.models.order import Address, OrderKind, OrderState
from core.services.errors import NotFound
from core.services.export import ORDER_HEADINGS, Format, order_record, rendered
from core.services.order_book import SORTS, Due, OrderBook, OrderFilter
from core.services.order_cures import Cause
from core.services.orders import OrderService, grouped
from tests.clocks import NOON, FrozenClock
from tests.core.services.made_orders import foreign, keep, key_of, line, order, put
from tests.tui.session import integration, open_backend


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    made = await open_backend(tmp_path, FrozenClock())
    await put(made, tables.INTEGRATIONS, "id-My shop", integration())
    yield made
    await made.close()


async def book_of(backend: Backend) -> OrderBook:
    book = OrderService(backend).book()
    await book.refresh()
    return book


def ids(book: OrderBook, wanted: OrderFilter, **sort: tuple[str, bool]) -> list[str]:
    return [key.partition("/")[2] for key in book.view(wanted, NOON, **sort)]


async def test_A48_words_are_anded_over_ids_skus_and_titles(backend: Backend) -> None:
    await keep(
        backend,
        order("11", source__lines=(line(1, "MUG-GRÜN", "AV-1", title="Grüne Tasse"),)),
        order("12", source__lines=(line(1, "LMP-1", "AV-2", title="Desk lamp"), line(2, "MUG-2"))),
        foreign("13"),
    )
    book = await book_of(backend)
    assert ids(book, OrderFilter(text="grün tasse")) == ["11"]
    assert ids(book, OrderFilter(text="mug")) == ["12", "11"]
    assert ids(book, OrderFilter(text="mug lamp")) == ["12"]
    assert ids(book, OrderFilter(text="av-2")) == ["12"]
    assert ids(book, OrderFilter(text="13")) == ["13"]
    assert ids(book, OrderFilter(text="mug hat")) == []
    assert ids(book, OrderFilter(text="no shipping")) == ["12", "11"], "and over why they wait"
    assert "Ann" not in next(iter(book.rows())).haystack


async def test_A48_filters_combine(backend: Backend) -> None:
    await keep(
        backend,
        order("1"),
        order("2", source__status="ON_HOLD", held_reason="TikTok holds it"),
        order("3", state=OrderState.READY, held_reason=None, allocated_service="Courier"),
        order("4", kind=OrderKind.MIXED, source__ship_by=NOON - timedelta(minutes=1)),
        order("5", source__ship_by=NOON + timedelta(hours=24)),
        foreign("6"),
    )
    book = await book_of(backend)
    assert ids(book, OrderFilter(state=OrderState.HELD)) == ["5", "4", "2", "1"]
    assert ids(book, OrderFilter(cause=Cause.TIKTOK_HOLD)) == ["2"]
    assert ids(book, OrderFilter(kind=OrderKind.NON_AVASAM)) == ["6"]
    assert ids(book, OrderFilter(due=Due.OVERDUE)) == ["4"]
    assert ids(book, OrderFilter(due=Due.SOON)) == ["5"]
    held_soon = OrderFilter(state=OrderState.HELD, due=Due.SOON, text="mug")
    assert ids(book, held_soon) == ["5"]
    assert book.choices(held_soon, "due", NOON) == {Due.OVERDUE: 1, Due.SOON: 1, Due.LATER: 2}
    assert held_soon.toggled("due", Due.SOON.value).due is None
    assert held_soon.toggled("due", Due.OVERDUE.value).due is Due.OVERDUE


async def test_an_order_that_left_has_no_deadline_any_more(backend: Backend) -> None:
    await keep(backend, order("1", state=OrderState.DISPATCHED, source__ship_by=NOON - timedelta(days=1)))
    book = await book_of(backend)
    assert [row.due(NOON) for row in book.rows()] == [Due.NONE]


async def test_every_column_sorts_both_ways(backend: Backend) -> None:
    await keep(
        backend,
        order("1", source__lines=(line(1, "B"),)),
        order("2", source__lines=(line(1, "A"), line(2, "A"))),
        foreign("3"),
    )
    book = await book_of(backend)
    for column in SORTS:
        up, down = (
            ids(book, OrderFilter(), sort=(column, False)),
            ids(book, OrderFilter(), sort=(column, True)),
        )
        assert sorted(up) == sorted(down) == ["1", "2", "3"]
    assert ids(book, OrderFilter(), sort=("skus", False)) == ["2", "1", "3"]
    assert ids(book, OrderFilter(), sort=("units", True))[0] == "2"


async def test_the_book_follows_what_other_programs_commit(backend: Backend, tmp_path: Path) -> None:
    await keep(backend, order("1"), order("2"))
    book = await book_of(backend)
    assert not await book.refresh()
    other = await open_backend(tmp_path, FrozenClock())
    changed = order("1", state=OrderState.SENT, held_reason=None, allocated_service="Courier")
    await keep(other, changed, order("3"))
    async with other.store.transaction() as tx:
        await tx.delete(tables.ORDERS, key_of(order("2")))
    await other.close()
    assert await book.refresh()
    assert ids(book, OrderFilter()) == ["3", "1"]
    row = book.row(key_of(changed))
    assert row is not None
    assert (row.state, row.cause, row.service) == (OrderState.SENT, None, "Courier")
    assert len(book) == 2


def test_lines_of_one_sku_are_counted_but_not_across_mappings() -> None:
    groups = grouped((line(1), line(2), line(3, "LMP"), line(4, mapped=None), line(5, price=None)))
    assert [(group.line.seller_sku, group.units, group.total) for group in groups] == [
        ("MUG-BLU", 3, None),
        ("LMP", 1, line().price),
        ("MUG-BLU", 1, line().price),
    ]


@pytest.mark.parametrize(
    ("fields", "says", "way"),
    [
        ({}, "Map its delivery option", "avasam shipping check"),
        (
            {"source__delivery_option_id": "", "source__delivery_option_name": ""},
            "dealt with",
            "avasam orders settle 1001 --as dealt-with|drop",
        ),
        ({"source__status": "ON_HOLD"}, "TikTok releases it about an hour", None),
        ({"source__cancel_requested": True}, "Seller Center", None),
        ({"source__address": Address(masked=True)}, "carrier", None),
        (
            {"allocated_service": "Courier", "obstacle": "no postcode"},
            "release",
            "avasam orders release 1001",
        ),
        ({"state": OrderState.FLAGGED}, "settle", "avasam orders settle 1001 --as ship|dealt-with|drop"),
    ],
)
async def test_A48_every_held_order_says_what_unblocks_it(
    backend: Backend, fields: dict[str, object], says: str, way: str | None
) -> None:
    await keep(backend, order(**fields))  # type: ignore[arg-type]
    cure = (await OrderService(backend).find("1001")).cure
    assert cure is not None
    assert says in cure.now
    assert cure.command == way


async def test_A16_a_shop_to_reauthorise_comes_before_all_other_reasons(backend: Backend) -> None:
    await put(backend, tables.INTEGRATIONS, "id-My shop", integration(needs_reauthorisation="revoked"))
    await keep(backend, order("1"), order("2", state=OrderState.SENT, held_reason=None))
    cure = (await OrderService(backend).find("1")).cure
    assert cure is not None
    assert "needs reauthorisation: revoked" in cure.what
    assert cure.mode == "integrations"
    assert (await OrderService(backend).find("2")).cure is None


async def test_tiktoks_hold_says_when_it_is_expected_to_end(backend: Backend) -> None:
    await keep(
        backend,
        order("1", source__status="ON_HOLD"),
        order("2", source__status="ON_HOLD", source__order_type="PRE_ORDER"),
    )
    service = OrderService(backend)
    ordinary, pre_order = (await service.find("1")).cure, (await service.find("2")).cure
    assert ordinary is not None
    assert pre_order is not None
    assert ordinary.expected == NOON - timedelta(hours=1)
    assert pre_order.expected is None


async def test_an_order_of_a_removed_shop_stays_to_be_read(backend: Backend) -> None:
    await keep(backend, order("1", shop="gone"))
    detail = await OrderService(backend).find("1")
    assert detail.integration is None
    assert detail.cure is not None
    assert "removed" in detail.cure.what


async def test_an_unknown_order_is_named(backend: Backend) -> None:
    with pytest.raises(NotFound, match="'77'"):
        await OrderService(backend).find("77")


async def test_an_export_runs_no_formula_and_holds_no_buyer(backend: Backend) -> None:
    hostile = order("1", source__lines=(line(1, "=HYPERLINK(1)"),), held_reason="+1")
    text = rendered([order_record(hostile, "@shop")], ORDER_HEADINGS, Format.CSV)
    assert "'=HYPERLINK(1) x 1 -> AV-MUG" in text
    assert "'+1" in text
    assert "'@shop" in text
    assert not any(word in text for word in ("Ann", "Sample Road", "AB1"))
    as_json = rendered([order_record(hostile, "@shop")], ORDER_HEADINGS, Format.JSON)
    assert '"=HYPERLINK(1) x 1 -> AV-MUG"' in as_json
    assert "Ann" not in as_json
