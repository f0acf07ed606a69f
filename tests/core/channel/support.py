"""What the channel's tests share: a clock that stands, a shop that answers by script, an app, a token."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import stamina

from core.channel.pace import Pace
from core.channel.tiktok.client import AppCredentials, TikTokClient

CONTRACT = Path(__file__).parents[2] / "contract"
APP = AppCredentials(key="6abc123", secret="9f8e7d6c5b4a39281706f5e4d3c2b1a0")
CIPHER = "GCP_XF90igAAAABh00qsWgtvOiGFNqyubMt3"
TOKEN = "TTP_access-token-1"
URL = "https://shop.test"
NOON = datetime(2026, 1, 1, tzinfo=UTC)


def contract(name: str) -> Any:
    """A file of tests/contract, parsed."""
    return json.loads((CONTRACT / name).read_text("utf-8"))


@dataclass
class FrozenClock:
    """A clock that somebody else moves."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class FakeTokens:
    """Tokens one after another: `renew` goes to the next; `stored` is what another program left."""

    tokens: list[str] = field(default_factory=lambda: [TOKEN, "TTP_access-token-2"])
    renewed: list[str] = field(default_factory=list)

    async def access_token(self) -> str:
        return self.tokens[0]

    async def renew(self, stale: str) -> str:
        self.renewed.append(stale)
        self.tokens.pop(0)
        return self.tokens[0]


Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


@dataclass
class ScriptedShop:
    """A transport that answers with a script, and with its last line for ever after."""

    script: list[Answer]
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            return answer(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.content) if request.content else None for request in self.requests]


def ok(data: object = None, **headers: str) -> httpx.Response:
    """Code 0 with some data."""
    return httpx.Response(
        200, json={"code": 0, "message": "Success", "request_id": "R1", "data": data}, headers=headers
    )


def refusal(
    code: object,
    message: str = "no",
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    data: object = None,
) -> httpx.Response:
    """An envelope with another code than 0."""
    body = {"code": code, "message": message, "request_id": "R2", "data": data}
    return httpx.Response(status, json=body, headers=headers)


@dataclass
class Rig:
    """A client before a scripted shop, with everything that a test may want to look at."""

    client: TikTokClient
    shop: ScriptedShop
    clock: FrozenClock
    tokens: FakeTokens
    pace: Pace
    slept: list[float]


def rig(*script: Answer, cipher: str | None = CIPHER, tokens: FakeTokens | None = None) -> Rig:
    """A client whose every wait moves the frozen clock instead of taking time."""
    clock, slept, shop = FrozenClock(), list[float](), ScriptedShop(list(script))

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.move(seconds=seconds)

    pace = Pace(1000, monotonic=lambda: (clock.at - NOON).total_seconds() + 1, sleep=sleep)
    held = tokens or FakeTokens()
    client = TikTokClient(
        httpx.AsyncClient(transport=httpx.MockTransport(shop)),
        base_url=URL,
        app=APP,
        tokens=held,
        clock=clock,
        pace=pace,
        cipher=cipher,
    )
    return Rig(client, shop, clock, held, pace, slept)


@contextmanager
def without_waiting() -> Iterator[None]:
    """stamina repeats as often as it is told, and does not wait in between."""
    with stamina.set_testing(True, attempts=100, cap=True):
        yield
