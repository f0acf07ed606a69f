"""Avasam's order calls against its stand-in: what is sent, what is read, and what is not taken for a yes."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
import respx
import stamina
from starlette.applications import Starlette

from core.inventory.avasam_connection import TOKEN_PATH, AvasamConnection
from core.inventory.avasam_orders import CREATE, LIST, AvasamOrderDesk, status_name
from core.inventory.errors import InventoryRefused, InventoryUnreachable, InventoryUnreadable
from core.inventory.orders import DeskOrder, OrderDeclined, OutcomeUnclear
from core.models.part import PartItem, Sighting
from core.rules.address import Delivery
from core.sandbox.avasam import avasam_routes
from core.sandbox.life import advance
from core.sandbox.merchant import build_world
from tests.core.inventory.account import SetClock
from tests.core.sandbox.avasam_stand import NOW, Stand

URL = "https://avasam.test"
TOKEN = {"access_token": "t", "expires_at": "2099-01-01T00:00:00Z"}
HOME = Delivery("Priya", "12 Row", "Leeds", "United Kingdom", "LS99 1ZZ", "+447700900123")
START, END = (datetime.fromtimestamp(NOW + offset, UTC) for offset in (-60, 3_600))


def desk_over(http: httpx.AsyncClient, secret: str = "secret") -> AvasamOrderDesk:
    return AvasamOrderDesk(
        AvasamConnection(http, base_url=URL, consumer_key="consumer", secret_key=secret, clock=SetClock())
    )


@pytest.fixture
def stand() -> Stand:
    return Stand(build_world(seed=7, products=30, orders=0, now=NOW))


@pytest.fixture
async def desk(stand: Stand) -> AsyncIterator[AvasamOrderDesk]:
    transport = httpx.ASGITransport(Starlette(routes=avasam_routes(stand)))
    async with httpx.AsyncClient(transport=transport) as http:
        yield desk_over(http)


def order(stand: Stand, reference: str = "1", sku: str | None = None) -> DeskOrder:
    sold = next(row for row in stand.world.avasam_products.values() if not row.has_variations)
    items = [PartItem(sku=sku or sold.sku, units=2)]
    return DeskOrder(reference, sold.supplier_key, "Tracked 48", items, HOME, "ring twice")


async def listed(desk: AvasamOrderDesk) -> list[Sighting]:
    return [row async for page in desk.orders(since=START, until=END) for row in page]


async def test_an_order_is_taken_in_avasams_own_spelling_and_found_again(
    desk: AvasamOrderDesk, stand: Stand
) -> None:
    wanted = order(stand)
    await desk.create(wanted)
    (taken,) = stand.world.avasam_orders
    assert taken.body["Itemlist"] == [{"SKU": wanted.items[0].sku, "Stock": 2}]
    assert taken.body["DeliveryInfo"]["Country"] == "United Kingdom"
    assert taken.body["Authkey"] == wanted.supplier_key
    (row,) = await listed(desk)
    assert (row.reference, row.status, row.service) == ("1", "CREATED", "Tracked 48")
    assert (row.tracking_number, row.is_child) == ("", False)


async def test_status_and_tracking_are_read_wherever_they_lie(desk: AvasamOrderDesk, stand: Stand) -> None:
    for number in range(4):
        await desk.create(order(stand, str(number)))
    stand.time += 700
    advance(stand.world, stand.now(), stand.rng)
    rows = await listed(desk)
    assert {row.status for row in rows} == {"DISPATCH"}, "every other one comes as a number"
    assert [row.tracking_number for row in rows] == [one.tracking_number for one in stand.world.avasam_orders]
    assert all(row.carrier for row in rows)


async def test_more_than_a_page_is_read_to_its_end(desk: AvasamOrderDesk, stand: Stand) -> None:
    for number in range(201):
        await desk.create(order(stand, str(number)))
    assert [row.reference for row in await listed(desk)] == [str(number) for number in range(201)]


async def test_avasams_no_is_told_in_its_words(desk: AvasamOrderDesk, stand: Stand) -> None:
    with pytest.raises(OrderDeclined) as caught:
        await desk.create(order(stand, sku="no-such"))
    assert caught.value.said == "SKU no-such does not exist."
    assert stand.world.avasam_orders == []


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(504, text="<html>"),
        httpx.Response(429, headers={"retry-after": "5"}),
        httpx.Response(408),
        httpx.Response(302),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, text='{"ErrorCode": 0'),
        httpx.Response(200, json={}),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"ErrorCode": ""}),
        httpx.Response(200, json={"ErrorCode": None, "Message": "Order created successfully"}),
        httpx.ReadTimeout("slow"),
        httpx.ConnectError("down"),
        httpx.RemoteProtocolError("cut"),
    ],
)
async def test_nothing_but_error_code_0_is_a_yes_and_nothing_is_repeated(
    stand: Stand, answer: httpx.Response | Exception
) -> None:
    with respx.mock(base_url=URL) as wire:
        wire.post(TOKEN_PATH).respond(json=TOKEN)
        create = wire.post(CREATE).mock(side_effect=[answer])
        async with httpx.AsyncClient() as http:
            with pytest.raises(OutcomeUnclear):
                await desk_over(http).create(order(stand))
        assert create.call_count == 1


async def test_only_a_401_is_repeated_because_it_had_no_effect(stand: Stand) -> None:
    with respx.mock(base_url=URL) as wire:
        wire.post(TOKEN_PATH).respond(json=TOKEN)
        yes = httpx.Response(200, json={"ErrorCode": "0", "Message": "", "id": 0})
        create = wire.post(CREATE).mock(side_effect=[httpx.Response(401), yes])
        async with httpx.AsyncClient() as http:
            await desk_over(http).create(order(stand))
        assert create.call_count == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.Response(400, json={"Message": "PostCode is not valid."}), "PostCode is not valid"),
        (httpx.Response(422, json={"message": "too long\x1b[31m"}), "too long"),
        (httpx.Response(400, text="<html>Bad request</html>"), "HTTP 400"),
        (httpx.Response(409, json=[]), "HTTP 409"),
    ],
)
async def test_a_no_to_one_order_by_http_status_is_that_orders_and_not_everybodys(
    stand: Stand, answer: httpx.Response, said: str
) -> None:
    with respx.mock(base_url=URL) as wire:
        wire.post(TOKEN_PATH).respond(json=TOKEN)
        wire.post(CREATE).mock(side_effect=[answer])
        async with httpx.AsyncClient() as http:
            with pytest.raises(OrderDeclined) as caught:
                await desk_over(http).create(order(stand))
    assert caught.value.said == said


async def test_being_shut_out_is_told_apart_from_a_refused_order(stand: Stand) -> None:
    with respx.mock(base_url=URL) as wire:
        wire.post(TOKEN_PATH).respond(json=TOKEN)
        wire.post(CREATE).respond(403)
        async with httpx.AsyncClient() as http:
            with pytest.raises(InventoryRefused):
                await desk_over(http).create(order(stand))


@pytest.mark.parametrize(
    ("pages", "error"),
    [
        ([{"data": [{"SellerRef": "1"}], "Total": 2}, {"data": [], "Total": 2}], InventoryUnreadable),
        ([{"Total": 2}], InventoryUnreadable),
        ([{"data": [{"SellerRef": "1"}, None], "Total": 2}], InventoryUnreadable),
        ([{"data": [{"SellerRef": "1"}], "Total": 2}] * 2, InventoryUnreadable),
        (
            [{"data": [{"_id": "a"}, {"_id": "b"}], "Total": 3}, {"data": [{"_id": "b"}], "Total": 3}],
            InventoryUnreadable,
        ),
        ([{"data": [{"_id": str(n)} for n in range(100)]}] * 2, InventoryUnreadable),
        ([httpx.Response(500)], InventoryUnreachable),
    ],
)
async def test_a_list_that_is_not_whole_is_no_list(
    pages: list[dict[str, object] | httpx.Response], error: type[Exception]
) -> None:
    answers = [one if isinstance(one, httpx.Response) else httpx.Response(200, json=one) for one in pages]
    with respx.mock(base_url=URL) as wire, stamina.set_testing(True, attempts=1):
        wire.post(TOKEN_PATH).respond(json=TOKEN)
        wire.post(LIST).mock(side_effect=answers)
        async with httpx.AsyncClient() as http:
            with pytest.raises(error):
                await listed(desk_over(http))


async def test_a_row_that_comes_twice_because_pages_moved_is_one_and_a_short_list_may_ignore_pages() -> None:
    first = {"data": [{"_id": "a", "SellerRef": "1", "Status": 3}, {"_id": "b", "SellerRef": "2"}]}
    second = {"data": [{"_id": "a", "SellerRef": "1", "Status": 8}, {"_id": "c", "SellerRef": "3"}]}
    for pages in ([{**first, "Total": 3}, {**second, "Total": 3}], [first, second, second]):
        with respx.mock(base_url=URL) as wire:
            wire.post(TOKEN_PATH).respond(json=TOKEN)
            wire.post(LIST).mock(side_effect=[httpx.Response(200, json=page) for page in pages])
            async with httpx.AsyncClient() as http:
                rows = await listed(desk_over(http))
        assert [row.reference for row in rows] == ["1", "2", "3"]


async def test_a_list_without_a_total_is_read_until_it_is_empty() -> None:
    pages = [{"body": {"data": [{"SellerRef": str(n), "IsChild": True}]}} for n in range(3)]
    with respx.mock(base_url=URL) as wire:
        wire.post(TOKEN_PATH).respond(json=TOKEN)
        answers = [
            *(httpx.Response(200, json=page) for page in pages),
            httpx.Response(200, json={"data": []}),
        ]
        wire.post(LIST).mock(side_effect=answers)
        async with httpx.AsyncClient() as http:
            rows = await listed(desk_over(http))
    assert [(row.reference, row.is_child) for row in rows] == [("0", True), ("1", True), ("2", True)]


@pytest.mark.parametrize(
    ("value", "name"),
    [(8, "DISPATCH"), ("8", "DISPATCH"), ("Dispatch", "DISPATCH"), ("dispatch error", "DISPATCH_ERROR"),
     ("InProcess", "INPROCESS"), (99, "99"), ("Brand new", "BRAND_NEW"), (None, ""), ([], "")],
)  # fmt: skip
def test_a_status_has_one_name_however_it_comes(value: object, name: str) -> None:
    assert status_name(value) == name
