"""Listing products: a whole job against the same calls made one after another with bare httpx.

For each product its picture is fetched and handed over, TikTok's own check asked and the product created:
three calls to TikTok a product. The bare loop knows all bodies beforehand, keeps nothing and looks at no
answer but its code; the job runs preflight, keeps each step, and maps what it made, six rows at a time. Both
go to the same sandbox process, in turns, at the same pace.
"""

import asyncio
import statistics
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from time import perf_counter, time
from typing import Final

import httpx
import orjson

from core import tables
from core.backend import Backend
from core.channel.listings import DraftSku, ProductDraft
from core.channel.tiktok.drafts import check_body, create_body
from core.channel.tiktok.operations import CREATE_PRODUCT, LISTING_CHECK, UPLOAD_IMAGE
from core.channel.tiktok.signing import sign
from core.models.base import Money
from core.models.integration import Integration
from core.models.job import Job, JobState
from core.models.listing_state import Action
from core.models.product import Product
from core.services.categories import CategoryService
from core.services.listings import ListingService
from core.sync.worker import Worker
from tests.bench.support import (
    FASTEST,
    BareShop,
    Sandbox,
    bare_shop,
    connect,
    program,
    sandbox,
    table,
    workplace,
)

CALLS: Final = 3
"""Calls to TikTok that one product takes."""
_SHOP_PRODUCTS: Final = 20
_CATEGORY: Final = "Bench candles"
_OF_A_PRODUCT: Final = (UPLOAD_IMAGE, LISTING_CHECK, CREATE_PRODUCT)


@dataclass(frozen=True, slots=True)
class Way:
    """How fast the shop may be called, and how long it thinks before each answer."""

    name: str
    pace: float
    delay_ms: int
    goal: str


WAYS: Final = (
    Way("at most 20 calls a second", 20.0, 0, ">= 0.95 of the limit"),
    Way("no limit, answers at once", FASTEST, 0, "-"),
    Way("no limit, answers after 50 ms", FASTEST, 50, "-"),
)


@dataclass(slots=True)
class Measured:
    """Seconds of every round, and calls to TikTok that ours made for its products."""

    bare: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)


def run(products: int = 200, rounds: int = 3, parent: Path | None = None) -> str:
    """The table, as markdown."""
    with workplace(parent) as place, sandbox(products=_SHOP_PRODUCTS, orders=0) as shop:
        measured = {way.name: Measured() for way in WAYS}
        for number, way in enumerate(WAYS):
            turns = rounds if way.pace == FASTEST else 1  # what keeps to a limit takes as long every time
            work = _measure(shop, place / f"home-{number}", way, products, turns, measured[way.name])
            asyncio.run(work)
            httpx.delete(f"{shop.found['control_url']}/faults").raise_for_status()
    head = ("the shop", "", "calls/s", "products/s", "to bare", "of the limit", "goal", "calls", "least")
    rows: list[tuple[str, ...]] = []
    for way in WAYS:
        rows += _rows(way, measured[way.name], products)
    said = f"{products:,} products, a picture of its own each; medians of {rounds} rounds in turns"
    return f"{said}, at the limit one.\n\n{table(head, rows)}"


def _rows(way: Way, measured: Measured, products: int) -> list[tuple[str, ...]]:
    least = products * CALLS
    bare = statistics.median(products / took for took in measured.bare)
    ours = statistics.median(products / took for took in measured.ours)
    limited = way.pace < FASTEST

    def row(shop: str, name: str, rate: float, goal: str, calls: int) -> tuple[str, ...]:
        of_limit = f"{rate * CALLS / way.pace:.2f}" if limited else "-"
        return (
            shop,
            name,
            f"{rate * CALLS:.1f}",
            f"{rate:.1f}",
            f"{rate / bare:.2f}",
            of_limit,
            goal,
            str(calls),
            str(least),
        )

    return [
        row(way.name, "bare httpx, one after another", bare, "-", least),
        row("", "a listing job", ours, way.goal, round(statistics.median(measured.calls))),
    ]


async def _measure(
    shop: Sandbox, home: Path, way: Way, products: int, rounds: int, measured: Measured
) -> None:
    settings = shop.settings(home).model_copy(update={"calls_per_second": way.pace})
    pictures = f"{shop.found['control_url'].removesuffix('/control')}/images/tos-sandbox"
    async with program(settings) as backend, httpx.AsyncClient(timeout=60) as http:
        integration = await connect(backend)
        bare = await bare_shop(backend, integration, http)
        leaf = (await CategoryService(backend).search(integration, "Candles"))[0].id
        places = await backend.channel_for(integration).warehouses()
        place = next(one.id for one in places if one.is_sales and one.is_enabled and one.is_default)
        if way.delay_ms:
            shop.tell("faults", {"path": "/product/", "rate": 1, "delay_ms": way.delay_ms})
        for turn in range(rounds):
            names = [f"{way.delay_ms}-{way.pace:.0f}-{turn}-{number}" for number in range(products)]
            start = perf_counter()
            for number, name in enumerate(names):
                began = perf_counter()
                await _list_bare(
                    bare, f"BARE-{name}", leaf, place, f"{pictures}/{_picture(way, turn, number)}"
                )
                await asyncio.sleep(max(0.0, CALLS / way.pace - (perf_counter() - began)))
            measured.bare.append(perf_counter() - start)
            await _stock(backend, integration, leaf, pictures, [f"JOB-{name}" for name in names], way, turn)
            asked = await ListingService(backend).ask(
                integration, Action.PUBLISH, [f"JOB-{name}" for name in names], by="bench"
            )
            assert asked.job is not None
            await asyncio.to_thread(shop.forget_calls)
            start = perf_counter()
            await _work_off(backend, asked.job)
            measured.ours.append(perf_counter() - start)
            measured.calls.append(sum(shop.calls(f"{one.method} {one.path}") for one in _OF_A_PRODUCT))
            rows = await ListingService(backend).results(asked.job)
            assert {row.result.value for row in rows} == {"done"}, rows[0].text


def _picture(way: Way, turn: int, number: int) -> int:
    """Another picture for each product of each round: none was handed over before."""
    return 1_000_000 * (WAYS.index(way) + 1) + 10_000 * turn + number


async def _list_bare(shop: BareShop, sku: str, leaf: str, place: str, picture: str) -> None:
    """Fetch, hand over, check, create; each as soon as the one before has answered."""
    content = (await shop.http.get(picture)).raise_for_status().content
    uri = await _upload(shop, content)
    draft = ProductDraft(
        title=f"Harbour candle {sku}",
        description="<p>A candle of soy wax.</p><p>Burns for forty hours.</p>",
        category_id=leaf,
        image_uris=[uri],
        skus=[DraftSku(sku, Money(amount=Decimal("9.99"), currency="GBP"), {place: 20})],
        weight_kg=Decimal("0.4"),
    )
    await shop.post(LISTING_CHECK.path, {}, orjson.dumps(check_body(draft).dump()))
    body = create_body(draft, key=f"bench-{sku}", category_version=None)
    await shop.post(CREATE_PRODUCT.path, {}, orjson.dumps(body.dump()))


async def _upload(shop: BareShop, content: bytes) -> str:
    """A multipart call is signed without its body, and names no shop."""
    secret = shop.settings.tiktok_app_secret.get_secret_value()
    stamped = {"app_key": shop.settings.tiktok_app_key, "timestamp": str(int(time()))}
    stamped["sign"] = sign(UPLOAD_IMAGE.path, stamped, secret, content_type="multipart/form-data")
    reply = await shop.http.post(
        f"{shop.settings.tiktok_api_url}{UPLOAD_IMAGE.path}",
        params=stamped,
        data={"use_case": "MAIN_IMAGE"},
        files={"data": ("picture.png", content)},
        headers={"x-tts-access-token": shop.token},
    )
    uri: str = orjson.loads(reply.raise_for_status().content)["data"]["uri"]
    return uri


async def _stock(
    backend: Backend,
    integration: Integration,
    leaf: str,
    pictures: str,
    skus: list[str],
    way: Way,
    turn: int,
) -> None:
    """Bring the products of a round into the inventory, their category chosen."""
    async with backend.store.transaction() as tx:
        for number, sku in enumerate(skus):
            product = Product(
                sku=sku,
                title=f"Harbour candle {sku}",
                description="A candle of soy wax.\n\nBurns for forty hours.",
                category=_CATEGORY,
                stock=20,
                selling_price=Decimal("9.99"),
                weight_kg=Decimal("0.4"),
                images=(f"{pictures}/{_picture(way, turn, number)}",),
            )
            await tx.put(tables.PRODUCTS, sku, product.to_document())
    await CategoryService(backend).choose(integration, skus[:1], leaf, by="bench")


async def _work_off(backend: Backend, job: Job) -> None:
    """Do it to its end: a long job lets others have their turn now and then."""
    current = job
    while current.state in {JobState.QUEUED, JobState.RUNNING}:
        ended = await Worker(backend.sources(), backend.owner).run_job(current)
        assert ended is not None, "another worker is at it"
        current = ended
