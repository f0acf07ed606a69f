"""What the client makes of failures, refusals and answers that cannot be read."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from stamina.instrumentation import set_on_retry_hooks

from core.inventory.avasam import STOCK, TRIES, AvasamClient, back_off
from core.inventory.errors import (
    InventoryDeclined,
    InventoryError,
    InventoryRefused,
    InventoryThrottled,
    InventoryUnreachable,
    InventoryUnreadable,
)
from tests.core.inventory.account import Account


@pytest.mark.parametrize(
    "fault",
    [
        httpx.Response(500),
        httpx.Response(503, text="<html>down</html>"),
        httpx.Response(429),
        httpx.Response(200, text='[{"SKU": "A", "St'),
        httpx.Response(200, text="<html>maintenance</html>"),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
    ],
)
async def test_what_passes_is_read_again(
    account: Account, client: AvasamClient, fault: httpx.Response | Exception
) -> None:
    account.stock = [{"SKU": "A", "Stock": 5}]
    account.fail(STOCK, fault, fault)
    assert (await client.read_stock()).stock == {"A": 5}


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (httpx.Response(500), InventoryUnreachable, "HTTP 500"),
        (httpx.ConnectError("no route"), InventoryUnreachable, "no route"),
        (httpx.ReadTimeout(""), InventoryUnreachable, "ReadTimeout"),
        (httpx.Response(429), InventoryThrottled, "fewer calls"),
        (httpx.Response(200, text="<!doctype html>"), InventoryUnreadable, "web page"),
        (httpx.Response(200, text='{"a": NaN}'), InventoryUnreadable, "not JSON"),
        (httpx.Response(200, text="[" * 100_000), InventoryUnreadable, "not JSON"),
        (httpx.Response(200, content=b"\xff\xfe"), InventoryUnreadable, "not JSON"),
        (httpx.Response(200, text="[1]"), InventoryUnreadable, "no list of rows"),
        (httpx.Response(200, text='"x"'), InventoryUnreadable, "no list of rows"),
        (httpx.Response(200, json={"data": {}}), InventoryUnreadable, "no list of rows"),
        (httpx.Response(302, headers={"location": "/login"}), InventoryUnreadable, "points elsewhere"),
    ],
)
async def test_what_stays_fails_the_whole_read_in_words(
    account: Account,
    client: AvasamClient,
    fault: httpx.Response | Exception,
    error: type[InventoryError],
    words: str,
) -> None:
    account.fail(STOCK, *[fault] * TRIES)
    with pytest.raises(error, match=words) as caught:
        await client.read_products()
    assert caught.value.what
    assert caught.value.why
    assert caught.value.cure
    assert "very-secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (httpx.Response(403), "lacks the right"),
        (httpx.Response(404), "HTTP 404"),
        (httpx.Response(200, json={"ErrorCode": 1, "Message": "No \x1b[31maccess"}), "No access"),
        (httpx.Response(200, json={"body": {"ErrorCode": "1", "data": []}}), "nothing more"),
    ],
)
async def test_a_refusal_is_not_asked_twice(
    account: Account, client: AvasamClient, fault: httpx.Response, words: str
) -> None:
    account.stock = [{"SKU": "A", "Stock": 5}]
    account.fail(STOCK, fault)
    with pytest.raises(InventoryRefused, match=words):
        await client.read_stock()
    assert (await client.read_stock()).stock == {"A": 5}


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("Wed, 01 Jul 2026 12:00:09 GMT", 9.0), ("Wed, 01 Jul 2026 11:00:00 GMT", 0.0)],
)
async def test_retry_after_is_what_is_waited(
    account: Account, client: AvasamClient, header: str, seconds: float
) -> None:
    failures: list[Exception] = []
    set_on_retry_hooks([lambda details: failures.append(details.caused_by)])
    try:
        account.fail(STOCK, httpx.Response(429, headers={"retry-after": header}))
        await client.read_stock()
    finally:
        set_on_retry_hooks(None)
    assert [back_off(failure) for failure in failures] == [seconds]


@pytest.mark.parametrize("header", ["9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
async def test_nobody_is_made_to_wait_for_more_than_a_day(
    account: Account, client: AvasamClient, header: str
) -> None:
    account.fail(STOCK, *[httpx.Response(429, headers={"retry-after": header})] * TRIES)
    with pytest.raises(InventoryThrottled) as caught:
        await client.read_stock()
    assert caught.value.retry_after == 86_400


async def test_a_byte_that_is_no_text_hides_no_other_product(account: Account, client: AvasamClient) -> None:
    rows = b'[{"SKU": "A", "Stock": 5}, {"SKU": "B\xff", "Stock": 6}, {"SKU": "C", "Stock": 7, "x": "\xfe"}]'
    account.fail(STOCK, httpx.Response(200, content=rows))
    read = await client.read_stock()
    assert read.stock == {"A": 5, "C": 7}
    assert [row.field for row in read.rejected] == ["SKU"]


@pytest.mark.parametrize("status", [200, 400, 422])
@pytest.mark.parametrize("wrapped", [True, False])
async def test_a_refusal_that_repeats_what_it_was_sent_is_told_without_it(
    account: Account, client: AvasamClient, status: int, wrapped: bool
) -> None:
    said = {"ErrorCode": 1, "Message": f"token-{'x' * 9} and very-secret are wrong"}
    account.fail(STOCK, httpx.Response(status, json={**said, "body": said if wrapped else None}))
    with pytest.raises(InventoryDeclined) as caught:
        await client.read_stock()
    assert "very-secret" not in f"{caught.value} {caught.value!r} {caught.value.said}"
    assert "are wrong" in caught.value.said


async def test_an_answer_that_trickles_without_end_is_given_up(
    account: Account, client: AvasamClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def trickle() -> AsyncIterator[bytes]:
        yield b" "
        await asyncio.Event().wait()

    monkeypatch.setattr("core.bodies.LONGEST", 0.02)
    account.fail(STOCK, *(httpx.Response(200, content=trickle()) for _ in range(TRIES)))
    with pytest.raises(InventoryUnreachable, match="had not come to its end"):
        await client.read_stock()
