"""The Seller API's token: raw, shared, replaced early, and replaced once when it is refused."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from core.inventory.avasam import STOCK, AvasamClient
from core.inventory.avasam_connection import TOKEN_PATH
from core.inventory.errors import (
    InventoryRefused,
    InventoryUnreadable,
)
from tests.core.inventory.account import Account


async def test_the_token_is_sent_raw_and_asked_for_once(account: Account, client: AvasamClient) -> None:
    account.stock = [{"SKU": "A", "Stock": 5}]
    await client.read_stock()
    await client.read_stock()
    assert account.calls(TOKEN_PATH) == [{"consumer_key": "consumer", "secret_key": "very-secret"}]
    assert {token for path, token, _ in account.requests if path == STOCK} == {"token-1"}


async def test_calls_that_start_together_share_one_token(account: Account, client: AvasamClient) -> None:
    await asyncio.gather(*(client.read_stock() for _ in range(8)))
    assert account.tokens == 1


async def test_a_token_is_replaced_before_it_ends(account: Account, client: AvasamClient) -> None:
    await client.read_stock()
    account.clock.instant += timedelta(minutes=57)
    await client.read_stock()
    assert account.tokens == 1
    account.clock.instant += timedelta(minutes=2)
    await client.read_stock()
    assert account.tokens == 2


@pytest.mark.parametrize(
    ("expires_at", "tokens"),
    [
        ("2026-07-01T12:30:00.8066912+00:00", 2),
        ("2026-07-01T12:30:00.056Z", 2),
        ("2026-07-01T12:30:00", 2),
        ("2026-07-02T13:30:00+01:00", 1),
        ("2020-01-01T00:00:00Z", 1),
        ("9999-12-31T23:59:59-14:00", 1),
        ("0001-01-01T00:00:00+14:00", 1),
        ("next Tuesday", 1),
        (None, 1),
    ],
)
async def test_both_shapes_of_the_expiry_are_read_and_a_senseless_one_waits_for_a_refusal(
    account: Account, client: AvasamClient, expires_at: str | None, tokens: int
) -> None:
    reply = {"access_token": "token-1", "expires_at": expires_at}
    account.valid = {"token-1"}
    account.fail(TOKEN_PATH, httpx.Response(200, json=reply))
    await client.read_stock()
    account.clock.instant += timedelta(hours=1)
    await client.read_stock()
    assert account.tokens == tokens - 1


async def test_a_refused_token_is_replaced_once_and_the_call_made_again(
    account: Account, client: AvasamClient
) -> None:
    account.stock = [{"SKU": "A", "Stock": 5}]
    await client.read_stock()
    account.valid.clear()
    reads = await asyncio.gather(*(client.read_stock() for _ in range(5)))
    assert all(read.stock == {"A": 5} for read in reads)
    assert account.tokens == 2


async def test_a_new_token_that_is_refused_too_is_for_a_person(
    account: Account, client: AvasamClient
) -> None:
    account.fail(STOCK, *(httpx.Response(401) for _ in range(9)))
    with pytest.raises(InventoryRefused, match="access rights"):
        await client.read_stock()
    assert len([1 for path, _, _ in account.requests if path == TOKEN_PATH]) == 2


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(401),
        httpx.Response(403),
        httpx.Response(400, json={"Message": "bad key"}),
        httpx.Response(200, json={"ErrorCode": 1, "Message": "Invalid consumer key"}),
    ],
)
async def test_wrong_keys_are_named_and_never_shown(
    account: Account, client: AvasamClient, reply: httpx.Response
) -> None:
    account.fail(TOKEN_PATH, *[reply] * 9)
    with pytest.raises(InventoryRefused, match="API keys") as caught:
        await client.read_stock()
    assert "very-secret" not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize("reply", [{}, [], {"access_token": None}, {"access_token": "a\r\nX: y"}])
async def test_a_token_reply_without_a_usable_token_is_unreadable(
    account: Account, client: AvasamClient, reply: object
) -> None:
    account.fail(TOKEN_PATH, *[httpx.Response(200, json=reply)] * 9)
    with pytest.raises(InventoryUnreadable, match="no access token"):
        await client.read_stock()
