"""Single orders, parcels, cancellations; delivery options and carriers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from core.channel.errors import (
    ChannelError,
    ClientBug,
    LostReply,
    NeedsReauthorisation,
    PermissionNeeded,
    Unreachable,
)
from core.channel.port import Carrier, DeliveryOption, Parcel, Shipped
from core.channel.tiktok.fulfilment import TikTokFulfilment
from core.channel.tiktok.logistics import TikTokLogistics
from tests.contract.spec import faults_of
from tests.core.channel.support import NOON, Answer, Rig, ok, refusal, rig

PARCEL = Parcel(tracking_number="RM123456785GB", carrier_id="6617", line_ids=("11", "12"))


def _fulfilment(*script: Answer) -> tuple[TikTokFulfilment, Rig]:
    made = rig(*script)
    return TikTokFulfilment(made.client), made


async def test_orders_are_asked_for_50_at_a_time_as_one_comma_joined_value() -> None:
    shop, made = _fulfilment(
        lambda request: ok({"orders": [{"id": i} for i in request.url.params["ids"].split(",")]})
    )
    pages = [page async for page in shop.order_details([str(n) for n in range(101)])]
    assert [len(page.orders) for page in pages] == [50, 50, 1]
    assert all(request.url.path == "/order/202507/orders" for request in made.shop.requests)
    assert faults_of(made) == []


async def test_an_order_that_is_gone_is_missing_and_one_that_is_odd_is_named() -> None:
    shop, _ = _fulfilment(ok({"orders": [{"id": 1}, {"id": 2, "line_items": [{}]}]}))
    (page,) = [page async for page in shop.order_details(["1", "2", "3"])]
    assert [order.id for order in page.orders] == ["1"]
    assert [row.id for row in page.unreadable] == ["2"]


async def test_a_parcel_is_handed_over_with_its_lines_and_its_carrier() -> None:
    shop, made = _fulfilment(ok({"order_id": "1", "package_id": 1153, "warning": {"message": "\x1b[1mLate"}}))
    assert await shop.mark_shipped("1", PARCEL) == Shipped(package_id="1153", warning="Late")
    (sent,) = made.shop.requests
    assert sent.url.path == "/fulfillment/202610/orders/1/packages"
    assert made.shop.bodies == [
        {
            "order_line_list": [{"order_line_id": "11"}, {"order_line_id": "12"}],
            "shipping_info_list": [{"tracking_number": "RM123456785GB", "shipping_provider_id": "6617"}],
        }
    ]
    assert faults_of(made) == []


async def test_a_parcel_is_never_handed_over_twice() -> None:
    shop, made = _fulfilment(httpx.ReadTimeout(""), ok({"package_id": "2"}))
    with pytest.raises(LostReply):
        await shop.mark_shipped("1", PARCEL)
    assert len(made.shop.requests) == 1


async def test_tracking_is_corrected_and_may_be_sent_again() -> None:
    shop, made = _fulfilment(httpx.ReadTimeout(""), ok({}))
    await shop.update_tracking("1153", tracking_number="RM2", carrier_id="6617")
    assert [request.url.path for request in made.shop.requests] == [
        "/fulfillment/202610/packages/1153/shipping_info/update"
    ] * 2
    assert faults_of(made) == []


async def test_cancellations_come_page_by_page_oldest_update_first() -> None:
    row = {
        "cancel_id": 40,
        "order_id": 50,
        "cancel_type": "BUYER_CANCEL",
        "cancel_status": "CANCELLATION_REQUEST_PENDING",
        "role": "BUYER",
        "cancel_reason_text": "Changed\nmind",
        "create_time": 1767225600,
        "update_time": 10**17,
        "cancel_line_items": [{"order_line_item_id": 11}],
    }
    shop, made = _fulfilment(ok({"cancellations": [row], "next_page_token": "+"}), ok({"cancellations": []}))
    read = shop.cancellations(since=NOON - timedelta(days=1), until=NOON)
    (first, second) = [page async for page in read]
    (found,) = first
    assert (found.id, found.order_id, found.kind, found.by) == ("40", "50", "BUYER_CANCEL", "BUYER")
    assert found.status == "CANCELLATION_REQUEST_PENDING"
    assert found.reason == "Changed mind"
    assert found.created_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert found.updated_at is None
    assert found.line_ids == ("11",)
    assert second == []
    assert made.shop.bodies[0] == {"update_time_ge": 1767139200, "update_time_lt": 1767225600}
    assert faults_of(made) == []


WAREHOUSES = [
    {"id": "7", "type": "SALES_WAREHOUSE", "effect_status": "ENABLED"},
    {"id": "8", "type": "SALES_WAREHOUSE", "effect_status": "ENABLED"},
    {"id": "9", "type": "RETURN_WAREHOUSE", "effect_status": "ENABLED"},
    {"id": "6", "type": "SALES_WAREHOUSE", "effect_status": "DISABLED"},
]
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "7": [{"id": 1, "name": "Standard", "type": "STANDARD"}],
    "8": [{"id": 1, "name": "Standard", "type": "STANDARD"}, {"id": 2, "name": "Own", "type": "NEW_KIND"}],
}
NOT_OURS = refusal(12052531, "The warehouse is disabled.")


def _offers(request: httpx.Request) -> httpx.Response:
    if request.url.path.endswith("/warehouses"):
        return ok({"warehouses": WAREHOUSES})
    warehouse = request.url.path.split("/")[-2]
    return ok({"delivery_options": OPTIONS[warehouse]}) if warehouse in OPTIONS else NOT_OURS


async def test_every_option_of_every_sales_warehouse_is_told_once() -> None:
    made = rig(_offers)
    assert await TikTokLogistics(made.client).delivery_options() == [
        DeliveryOption(id="1", name="Standard", kind="STANDARD", warehouse_ids=("7", "8")),
        DeliveryOption(id="2", name="Own", kind="NEW_KIND", warehouse_ids=("8",)),
    ]
    assert faults_of(made) == []


async def test_a_working_warehouse_that_refuses_is_an_error() -> None:
    made = rig(ok({"warehouses": WAREHOUSES[:1]}), NOT_OURS)
    with pytest.raises(ChannelError):
        await TikTokLogistics(made.client).delivery_options()


async def test_the_carriers_of_an_option_are_named() -> None:
    made = rig(ok({"shipping_providers": [{"id": 6617, "name": "Royal\tMail"}]}))
    assert await TikTokLogistics(made.client).carriers("2") == [Carrier(id="6617", name="Royal Mail")]
    assert faults_of(made) == []


@pytest.mark.parametrize(
    "answer",
    [
        refusal(98001004, "Invalid delivery_option_id"),
        refusal(21011037, "No shipping service"),
        refusal(99999999, "Platform logistics"),
    ],
    ids=["parameter", "no service", "unknown"],
)
async def test_an_option_that_tiktok_runs_has_no_carriers(answer: Answer) -> None:
    made = rig(answer)
    assert await TikTokLogistics(made.client).carriers("1") == ()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(105005, "Scope missing"), PermissionNeeded),
        (refusal(106001, "sign wrong"), ClientBug),
        (refusal(36009004, "Invalid 'x-tts-access-token'"), NeedsReauthorisation),
        (httpx.ReadTimeout(""), Unreachable),
    ],
)
async def test_trouble_of_another_kind_is_not_taken_for_an_answer(
    answer: Answer, kind: type[ChannelError]
) -> None:
    with pytest.raises(kind):
        await TikTokLogistics(rig(answer).client).carriers("1")
