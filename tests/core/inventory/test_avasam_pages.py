"""Pages: from zero, to a short one, in every wrapper, and never for ever."""

from collections.abc import Callable

import httpx
import pytest

from core.inventory.avasam import INVENTORY, STOCK, AvasamClient
from core.inventory.errors import InventoryUnreadable
from tests.core.inventory.account import Account, Json


@pytest.mark.parametrize(
    ("rows", "calls"), [(0, 1), (7, 1), (10, 2), (19, 1), (20, 2), (21, 2), (40, 3), (45, 3)]
)
async def test_pages_start_at_zero_and_stop_at_a_short_one(
    account: Account, client: AvasamClient, rows: int, calls: int
) -> None:
    account.stock = [{"SKU": f"S{n}", "Stock": n} for n in range(rows)]
    read = await client.read_stock()
    assert read.stock == {f"S{n}": n for n in range(rows)}
    assert account.calls(STOCK) == [{"page": page, "limit": 20} for page in range(calls)]


@pytest.mark.parametrize("cap", [5, 10, 15])
async def test_a_server_that_gives_fewer_rows_than_asked_is_read_to_its_end(
    account: Account, client: AvasamClient, cap: int
) -> None:
    account.cap = cap
    account.stock = [{"SKU": f"S{n}", "Stock": n} for n in range(33)]
    assert len((await client.read_stock()).stock) == 33


async def test_a_server_that_passes_over_the_page_number_does_not_loop(
    account: Account, client: AvasamClient
) -> None:
    rows = [{"SKU": f"S{n}", "Stock": n} for n in range(20)]
    account.fail(STOCK, *[httpx.Response(200, json=rows) for _ in range(99)])
    with pytest.raises(InventoryUnreadable, match="same as one before"):
        await client.read_stock()


async def test_an_account_without_products_is_an_empty_read_and_no_error(client: AvasamClient) -> None:
    assert (await client.read_products()).products == ()


@pytest.mark.parametrize(
    "wrap",
    [
        lambda rows: rows,
        lambda rows: {"data": rows, "total": len(rows)},
        lambda rows: {"body": {"data": rows, "total": len(rows)}, "status": 200},
        lambda rows: {"ErrorCode": 0, "body": {"data": rows or None}},
    ],
    ids=["bare", "data", "body.data", "null"],
)
async def test_every_wrapper_is_understood(
    account: Account, client: AvasamClient, wrap: Callable[[list[Json]], object]
) -> None:
    account.wrap = wrap
    account.singles = [{"SKU": "A", "Title": "One", "Stock": 1}]
    assert [product.sku for product in (await client.read_products()).products] == ["A"]


async def test_the_children_are_asked_for_with_both_switches_as_text(
    account: Account, client: AvasamClient
) -> None:
    await client.read_products()
    first, second = account.calls(INVENTORY)
    assert "Variation" not in first
    assert (second["Variation"], second["Showchild"]) == ("true", "true")
    assert first["page"] == second["page"] == 0
