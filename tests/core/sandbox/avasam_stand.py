"""Avasam's side of the sandbox without the rest of it, and a client that holds a token."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette

from core.sandbox.avasam import avasam_routes
from core.sandbox.model import World

NOW = 1_800_000_000
TOKEN = "/api/auth/request-token"
PRODUCTS = "/apiseeker/Products/GetSellerProductList"
STOCK = "/apiseeker/Products/SellerStockList"
INVENTORY = "/apiseeker/ProductModule/GetInventoryListWithFilter"
CREATE = "/apiseeker/Order/CreateSellerOrder"
ORDERS = "/apiseeker/OrdersView/SeekerGetOrdersListWithFilter"


@dataclass
class Stand:
    """The least that Avasam's side needs: a world, a clock, keys and tokens."""

    world: World
    rng: random.Random = field(default_factory=lambda: random.Random(1))
    consumer_key: str = "consumer"
    secret_key: str = "secret"
    avasam_tokens: dict[str, int] = field(default_factory=dict)
    avasam_token_lifetime: int = 3_600
    time: int = NOW

    def now(self) -> int:
        return self.time


@dataclass
class Caller:
    """An HTTP client that holds a token."""

    http: httpx.AsyncClient
    stand: Stand

    async def post(self, path: str, body: Any) -> httpx.Response:
        return await self.http.post(path, json=body)

    async def read(self, path: str, body: Any) -> Any:
        reply = await self.post(path, body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def rows(self, **filters: Any) -> list[dict[str, Any]]:
        answer = await self.read(INVENTORY, {"page": 0, "limit": 1000, **filters})
        rows: list[dict[str, Any]] = answer["body"]["data"]
        assert len(rows) == answer["body"]["total"]
        return rows


@asynccontextmanager
async def calling(stand: Stand) -> AsyncIterator[Caller]:
    """A caller that holds a fresh token."""
    transport = httpx.ASGITransport(Starlette(routes=avasam_routes(stand)))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:9") as http:
        reply = await http.post(TOKEN, json={"consumer_key": "consumer", "secret_key": "secret"})
        http.headers["authorization"] = reply.json()["access_token"]
        yield Caller(http, stand)
