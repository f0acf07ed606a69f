"""An Avasam account at the other end of the wire, after avasam-api.md and not after our client."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from core.inventory.avasam import PRODUCTS, STOCK, AvasamClient
from core.inventory.avasam_connection import TOKEN_PATH

URL = "https://avasam.test"
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)

Json = dict[str, Any]


class SetClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.instant = NOW

    def now(self) -> datetime:
        return self.instant


class Account:
    """An Avasam account at the other end of the wire: rows by list, and every request that came."""

    def __init__(self) -> None:
        self.singles: list[Json] = []
        self.children: list[Json] = []
        self.catalogue: list[Json] = []
        self.stock: list[Json] = []
        self.requests: list[tuple[str, str | None, Json]] = []
        self.tokens = 0
        self.valid: set[str] = set()
        self.life = timedelta(hours=1)
        self.wrap: Callable[[list[Json]], object] = lambda rows: rows
        self.cap = 10**6
        self.clock = SetClock()
        self._faults: dict[str, list[httpx.Response | Exception]] = {}

    def fail(self, path: str, *faults: httpx.Response | Exception) -> None:
        """The next calls to `path` fail one after another; then it answers again."""
        self._faults[path] = list(faults)

    def answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        path = request.url.path
        self.requests.append((path, request.headers.get("authorization"), body))
        if self._faults.get(path):
            fault = self._faults[path].pop(0)
            if isinstance(fault, Exception):
                raise fault
            return fault
        if path == TOKEN_PATH:
            self.tokens += 1
            self.valid = {f"token-{self.tokens}"}
            expires = (self.clock.now() + self.life).strftime("%Y-%m-%dT%H:%M:%S.1234567+00:00")
            return httpx.Response(
                200, json={"access_token": f"token-{self.tokens}", "expires_at": expires, "customerId": "c"}
            )
        if request.headers.get("authorization") not in self.valid:
            return httpx.Response(401, text="<html>Unauthorized</html>")
        if path == PRODUCTS:
            return httpx.Response(
                200, content=_page(self.catalogue, body["Page"], self._limit(body["Limit"]))
            )
        if path == STOCK:
            return httpx.Response(200, content=_page(self.stock, body["page"], self._limit(body["limit"])))
        rows = self.children if body.get("Showchild") == "true" else self.singles
        page = json.loads(_page(rows, body["page"], self._limit(body["limit"])))
        return httpx.Response(200, json=self.wrap(page))

    def calls(self, path: str) -> list[Json]:
        return [body for asked, _, body in self.requests if asked == path]

    def _limit(self, asked: int) -> int:
        return min(asked, self.cap)


def _page(rows: list[Json], page: int, limit: int) -> bytes:
    return json.dumps(rows[page * limit : (page + 1) * limit]).encode()


def client_over(http: httpx.AsyncClient, account: Account, page_size: int = 20) -> AvasamClient:
    return AvasamClient(
        http,
        base_url=URL + "/",
        consumer_key="consumer",
        secret_key="very-secret",
        clock=account.clock,
        page_size=page_size,
    )
