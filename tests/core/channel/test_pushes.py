"""Stock and prices that are pushed, and which of them the shop refused."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from core.channel.errors import DataRefused, ServerFault
from core.channel.tiktok.adapter import TikTokShop
from core.models.base import Money
from tests.contract.spec import faults_of
from tests.core.channel.support import Answer, Rig, ok, rig


def _shop(*script: Answer) -> tuple[TikTokShop, Rig]:
    made = rig(*script)
    return TikTokShop(made.client, integration_id="i1", clock=made.clock), made


async def test_stock_is_pushed_as_absolute_quantities_of_all_warehouses() -> None:
    shop, made = _shop(ok({}))
    assert await shop.push_stock("1", {"10": {"7": 0, "8": 5}, "11": {"7": 2}}) == {}
    (sent,) = made.shop.requests
    assert sent.url.path == "/product/202309/products/1/inventory/update"
    assert made.shop.bodies == [
        {
            "skus": [
                {
                    "id": "10",
                    "inventory": [{"warehouse_id": "7", "quantity": 0}, {"warehouse_id": "8", "quantity": 5}],
                },
                {"id": "11", "inventory": [{"warehouse_id": "7", "quantity": 2}]},
            ]
        }
    ]
    assert faults_of(made) == []


async def test_prices_are_pushed_as_plain_decimal_strings() -> None:
    shop, made = _shop(ok({}))
    prices = {"10": Money(amount=Decimal("1E+2"), currency="GBP"), "11": Money(amount="9.90", currency="GBP")}
    assert await shop.push_prices("1", prices) == {}
    amounts = [row["price"] for row in made.shop.bodies[0]["skus"]]
    assert amounts == [{"amount": "100", "currency": "GBP"}, {"amount": "9.90", "currency": "GBP"}]
    assert faults_of(made) == []


def _errors(*items: dict[str, Any]) -> httpx.Response:
    return ok({"errors": list(items)})


async def test_one_sku_that_is_refused_leaves_the_others_accepted() -> None:
    shop, _ = _shop(_errors({"code": 12052055, "message": "Out of range", "detail": {"sku_id": "10"}}))
    refusals = await shop.push_stock("1", {"10": {"7": 1}, "11": {"7": 1}})
    assert refusals.keys() == {"10"}
    assert isinstance(refusals["10"], DataRefused)
    assert refusals["10"].area == "inventory"


@pytest.mark.parametrize("detail", [{}, None, {"sku_id": ""}, {"sku_id": "99"}, {"product_id": "1"}])
async def test_an_error_that_names_none_of_our_skus_confirms_none(detail: dict[str, str] | None) -> None:
    shop, _ = _shop(_errors({"code": 12052055, "message": "Out of range", "detail": detail}))
    refusals = await shop.push_stock("1", {"10": {"7": 1}, "11": {"7": 1}})
    assert refusals.keys() == {"10", "11"}


async def test_behind_a_wrapper_the_inner_reason_and_its_warehouse_are_told() -> None:
    inner = [{"code": 12052097, "message": "The warehouse is missing", "warehouse_id": 7}]
    item = {"code": "12052990", "message": "Check failed", "detail": {"sku_id": 10, "extra_errors": inner}}
    shop, _ = _shop(_errors(item))
    refusals = await shop.push_stock("1", {"10": {"7": 1}})
    assert refusals["10"].code == 12052097
    assert str(refusals["10"]).endswith("(warehouse 7) (12052097)")


async def test_an_item_may_fail_for_the_moment_only() -> None:
    shop, _ = _shop(_errors({"code": 12001000, "message": "Service error", "detail": {"sku_id": "10"}}))
    refusals = await shop.push_stock("1", {"10": {"7": 1}})
    assert isinstance(refusals["10"], ServerFault)


async def test_an_error_without_a_code_is_still_a_refusal() -> None:
    shop, _ = _shop(_errors({"message": "No", "detail": {"sku_id": "10"}}))
    refusals = await shop.push_prices("1", {"10": Money(amount="1", currency="GBP")})
    assert isinstance(refusals["10"], DataRefused)
    assert refusals["10"].area == "price"
