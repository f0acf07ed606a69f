"""Avasam's side of the sandbox: the Seller API's routes, with the casing and the quirks that it has.

Facts and field names are those of avasam-api §1.0-1.8.
"""

import itertools
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.sandbox.avasam_fields import Body, Refused, read_body, text
from core.sandbox.avasam_inventory import Inventory
from core.sandbox.avasam_orders import AvasamSandbox, create_order, list_orders
from core.sandbox.avasam_rows import feed_view, warehouse_view

__all__ = ["AvasamSandbox", "avasam_routes"]

CUSTOMER_ID: Final = "5f1c9a3e77d2a40001c0ffee"

Answer = Callable[[Request, Body], object]


def avasam_routes(sandbox: AvasamSandbox) -> list[Route]:
    """Every documented seller call and the two undocumented ones that clients use (§1.5)."""
    inventory = Inventory(sandbox)
    issued = itertools.count()

    def token(request: Request, body: Body) -> object:
        keys = (text(body, "consumer_key"), text(body, "secret_key"))
        if keys != (sandbox.consumer_key, sandbox.secret_key):
            raise Refused(401, "The consumer key or the secret key is not valid.")
        return _issue(sandbox, next(issued))

    def product_by_sku(request: Request, body: Body) -> object:
        product = sandbox.world.avasam_products.get(request.query_params.get("SKU", ""))
        if product is None:
            raise Refused(404, "No product with this SKU.")
        return {"body": {"SKU": product.sku, "Feed": feed_view(product, _images(request))}}

    def warehouse_detail(request: Request, body: Body) -> object:
        product = sandbox.world.avasam_products.get(text(body, "SKU"))
        if product is None or product.shipping_price is None:
            raise Refused(404, "No warehouse for this SKU.")
        return warehouse_view(product)

    def guarded(path: str, answer: Answer, method: str = "POST") -> Route:
        async def endpoint(request: Request) -> Response:
            return await _answer(request, answer, lambda: _check_token(sandbox, request))

        return Route(path, endpoint, methods=[method])

    async def request_token(request: Request) -> Response:
        return await _answer(request, token, lambda: None)

    products = "/apiseeker/Products"
    return [
        Route("/api/auth/request-token", request_token, methods=["POST"]),
        guarded(f"{products}/GetSellerProductList", lambda r, b: inventory.product_list(b, _images(r))),
        guarded(f"{products}/SellerStockList", lambda r, b: inventory.stock_list(b)),
        guarded(f"{products}/GetProductWarehouseDetail", warehouse_detail),
        guarded(
            "/apiseeker/ProductModule/GetInventoryListWithFilter",
            lambda r, b: inventory.filtered(b, _images(r)),
        ),
        guarded("/apiseeker/SeekerProductModule/GetProductBySKU", product_by_sku, "GET"),
        guarded("/apiseeker/Order/CreateSellerOrder", lambda r, b: create_order(sandbox, b)),
        guarded("/apiseeker/OrdersView/SeekerGetOrdersListWithFilter", lambda r, b: list_orders(sandbox, b)),
        guarded("/api-seller/Product/AcknowledgeStockUpdate", lambda r, b: {}),
    ]


async def _answer(request: Request, answer: Answer, check: Callable[[], None]) -> Response:
    try:
        check()
        body = {} if request.method == "GET" else read_body(await request.body())
        return Response(orjson.dumps(answer(request, body)), media_type="application/json")
    except Refused as refused:
        return JSONResponse({"Message": refused.message}, refused.status)


def _check_token(sandbox: AvasamSandbox, request: Request) -> None:
    """The token stands raw in the header: `Bearer` before it makes it another, unknown one (§1.0)."""
    expiry = sandbox.avasam_tokens.get(request.headers.get("authorization", ""))
    if expiry is None or expiry <= sandbox.now():
        raise Refused(401, "Authorization has been denied for this request.")


def _issue(sandbox: AvasamSandbox, number: int) -> dict[str, str]:
    """A new token; both spellings of the expiry that were seen take turns (§1.1)."""
    now = sandbox.now()
    expiry = now + sandbox.avasam_token_lifetime
    for old in [key for key, until in sandbox.avasam_tokens.items() if until <= now]:
        del sandbox.avasam_tokens[old]
    token = str(uuid.UUID(int=sandbox.rng.getrandbits(128), version=4))
    sandbox.avasam_tokens[token] = expiry
    moment = datetime.fromtimestamp(expiry, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    fraction = ".056Z" if number % 2 else ".0668912+00:00"
    return {"access_token": token, "expires_at": moment + fraction, "customerId": CUSTOMER_ID}


def _images(request: Request) -> str:
    """Where this very server serves pictures."""
    return f"{request.base_url}images/"
