"""A sandbox on a real socket, and a caller that signs from the documented rule, shared with nobody."""

import asyncio
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from core.sandbox.merchant import build_world
from core.sandbox.runtime import Sandbox
from core.sandbox.serve import serving

SEARCH_ORDERS = "/order/202309/orders/search"


@dataclass
class Caller:
    """Calls a sandbox as an app would. `cipher` and `token` go along unless a call says otherwise."""

    http: httpx.Client
    sandbox: Sandbox
    token: str = ""
    refresh_token: str = ""
    cipher: str | None = None
    last: httpx.Response = field(default_factory=lambda: httpx.Response(200))

    def consent(self, seller: int = 0, state: str = "s") -> str:
        """Consent as the seller at that place, and hand back the code."""
        open_id = self.sandbox.world.sellers[seller].open_id
        query = {"service_id": self.sandbox.service_id, "state": state, "auto": open_id}
        reply = self.http.get("/open/authorize", params=query)
        return parse_qs(urlsplit(reply.headers["location"]).query)["code"][0]

    def connect(self, seller: int = 0) -> "Caller":
        """Consent and exchange; the seller's first shop is the one that is called from now on."""
        data = self.exchange("get", auth_code=self.consent(seller), grant_type="authorized_code").json()[
            "data"
        ]
        self.token, self.refresh_token = data["access_token"], data["refresh_token"]
        self.cipher = self.sandbox.world.sellers[seller].shops[0].cipher
        return self

    def exchange(self, what: str, **query: str) -> httpx.Response:
        """A token call with the app's own credentials."""
        app = {"app_key": self.sandbox.app_key, "app_secret": self.sandbox.app_secret}
        return self.http.get(f"/api/v2/token/{what}", params={**app, **query})

    def send(
        self,
        method: str,
        path: str,
        *,
        query: list[tuple[str, str]] | None = None,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        cipher: bool = True,
        leave_out: tuple[str, ...] = (),
        **changes: str,
    ) -> httpx.Response:
        """One signed call; `changes` replace query parameters after signing, `leave_out` drops some."""
        pairs = [("app_key", self.sandbox.app_key), ("timestamp", str(self.sandbox.now())), *(query or ())]
        if cipher and self.cipher is not None:
            pairs.append(("shop_cipher", self.cipher))
        given = {"x-tts-access-token": self.token, "content-type": "application/json", **(headers or {})}
        multipart = given["content-type"].startswith("multipart/form-data")
        text = path + "".join(key + value for key, value in sorted(pairs))
        message = text.encode() + (b"" if multipart else body)
        secret = self.sandbox.app_secret.encode()
        sign = hmac.new(secret, secret + message + secret, hashlib.sha256).hexdigest()
        signed = [(key, changes.get(key, value)) for key, value in [*pairs, ("sign", sign)]]
        self.last = self.http.request(
            method,
            path,
            params=[(key, value) for key, value in signed if key not in leave_out],
            content=body or None,
            headers={key: value for key, value in given.items() if key not in leave_out},
        )
        return self.last

    def call(
        self, method: str, path: str, body: Any = None, *, cipher: bool = True, **query: Any
    ) -> dict[str, Any]:
        """One signed call with a JSON body, as its envelope."""
        pairs = [(key, str(value)) for key, value in query.items()]
        content = b"" if body is None else json.dumps(body).encode()
        envelope: dict[str, Any] = self.send(method, path, query=pairs, body=content, cipher=cipher).json()
        return envelope

    def data(self, method: str, path: str, body: Any = None, *, cipher: bool = True, **query: Any) -> Any:
        """The data of a call that must go well."""
        envelope = self.call(method, path, body, cipher=cipher, **query)
        assert envelope["code"] == 0, envelope
        return envelope["data"]

    def upload(self, path: str, files: dict[str, Any], fields: dict[str, str]) -> dict[str, Any]:
        """A signed multipart call, as its envelope."""
        request = self.http.build_request("POST", path, files=files, data=fields)
        headers = {"content-type": request.headers["content-type"]}
        envelope: dict[str, Any] = self.send(
            "POST", path, body=request.read(), headers=headers, cipher=False
        ).json()
        return envelope

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A control call that must go well."""
        reply = self.http.request(method, f"/control{path}", json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()


@dataclass
class Running:
    """A sandbox served from another thread."""

    sandbox: Sandbox
    url: str


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """A sandbox of 200 products on a free port of its own, one for all tests of a file."""
    sandbox = Sandbox(build_world(seed=7, products=200, orders=40, now=1_790_000_000))
    sandbox.offset = 1_790_000_000 - sandbox.now()
    started = threading.Event()
    stop: list[Any] = []

    async def serve() -> None:
        async with serving(sandbox, 0) as server:
            stop.append((asyncio.get_running_loop(), server))
            started.set()
            await server.finished()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert started.wait(10)
    yield Running(sandbox, sandbox.base_url)
    loop, server = stop[0]
    loop.call_soon_threadsafe(server.stop)
    thread.join(10)


@pytest.fixture(scope="module")
def http(running: Running) -> Iterator[httpx.Client]:
    """A client of the running sandbox."""
    with httpx.Client(base_url=running.url, timeout=60, verify=False) as client:
        yield client


@pytest.fixture
def anonymous(running: Running, http: httpx.Client) -> Iterator[Caller]:
    """A caller that nobody has authorised yet; the faults it set are taken back."""
    yield Caller(http, running.sandbox)
    http.delete("/control/faults")


@pytest.fixture
def caller(anonymous: Caller) -> Caller:
    """A caller with the first seller's consent."""
    return anonymous.connect()
