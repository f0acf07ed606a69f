"""Both lists of SKU Mapping at full length in a real pty: from a key to what it draws.

`first` is the first repaint after the key, `all` is when nothing more comes of it: the other list's cursor
and the line below follow the list that moves. Of `esc` 100 ms are Textual's, which waits whether the byte
begins another key; it clears the words, then goes to the list. The baseline is the same key with a hundredth
of the rows.
"""

import asyncio
import os
import select
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core import tables
from core.backend import Backend
from core.models.integration import Integration, Shop
from core.models.listing import ChannelSku, SkuMapping
from core.models.product import Product
from core.settings import Settings, variable
from tests.bench.bench_screens import Terminal, terminal
from tests.bench.support import program, table, workplace

ROWS: Final = 100_000
PRESSES: Final = 40
QUIET: Final = 0.15
"""Seconds without output after which everything that a key does counts as drawn."""
GOAL_MS: Final = 70
_UNMAPPED_EVERY: Final = 10
_AT_ONCE: Final = 5_000
_COLOURS: Final = ("red", "green", "blue", "grey", "oak", "white", "brass")
_THINGS: Final = ("mug", "lamp", "rug", "candle", "tray", "clock", "bowl", "frame", "shelf", "stool", "hook")
_KEYS: Final[Sequence[list[tuple[str, bytes]]]] = (
    [("down", b"j")],
    [("up", b"k")],
    [("page down", b"\x1b[6~")],
    [("first and last", b"G"), ("first and last", b"g")],
    [
        ("/", b"/"),
        *(("a letter", bytes([letter])) for letter in b"green mug 7"),
        ("esc", b"\x1b"),
        ("esc", b"\x1b"),
    ],
)


@dataclass(frozen=True, slots=True)
class Pressed:
    """Milliseconds until the first repaint and until the last, and the bytes of all of them."""

    first: float
    last: float
    size: int


def run(*, rows: int = ROWS, presses: int = PRESSES, parent: Path | None = None) -> str:
    """Two tables: after opening, and the keys of either list."""
    measured = {count: _measured(count, presses, parent) for count in (max(rows // 100, 100), rows)}
    few, many = measured.values()
    lines = [
        (
            side,
            name,
            f"{_p50(few[side, name], 'first'):.0f} / {_p95(few[side, name], 'first'):.0f}",
            f"{_p50(pressed, 'first'):.0f} / {_p95(pressed, 'first'):.0f}",
            f"{_p50(pressed, 'last'):.0f} / {_p95(pressed, 'last'):.0f}",
            f"{_p95(pressed, 'first') / _p95(few[side, name], 'first'):.2f}",
            f"{statistics.median(one.size for one in pressed):,.0f}",
        )
        for (side, name), pressed in many.items()
    ]
    few_rows, many_rows = measured
    head = (
        "list",
        "key",
        f"{few_rows:,} rows: first, p50 / p95 ms",
        f"{many_rows:,} rows: first, p50 / p95 ms (goal p95 {GOAL_MS})",
        "all",
        "ratio of p95",
        "bytes",
    )
    return table(head, lines)


def _measured(rows: int, presses: int, parent: Path | None) -> dict[tuple[str, str], list[Pressed]]:
    with workplace(parent) as home:
        asyncio.run(_prepare(home, rows))
        environ = {**os.environ, "TERM": "xterm-256color", variable("home"): str(home)}
        found: dict[tuple[str, str], list[Pressed]] = {}
        with terminal([sys.executable, "-m", "tui.main", "--read-only"], environ) as screen:
            screen.wait_for("Bench")
            screen.settle()
            screen.press(b"3")
            screen.wait_for("as of", 120)
            _wait_until_still(screen)
            for side in ("shop", "Avasam"):
                for keys in _KEYS:
                    for name, key in keys * max(1, presses // len(keys)):
                        found.setdefault((side, name), []).append(_press(screen, key))
                screen.press(b"\t")
                _wait_until_still(screen)
        return found


def _press(screen: Terminal, key: bytes) -> Pressed:
    typed = screen.press(key)
    first = last = 0.0
    size = 0
    while select.select([screen.master], [], [], QUIET if first else 5)[0]:
        size += len(os.read(screen.master, 65_536))
        last = time.perf_counter()
        first = first or last
        if last - typed > 2:
            break  # a beat comes every second: what it draws is not of this key
    return Pressed((first - typed) * 1000, (last - typed) * 1000, size)


def _wait_until_still(screen: Terminal, seconds: float = 180) -> None:
    """Suggestions are looked for, and lists are read: until nothing but the beat draws."""
    deadline = time.perf_counter() + seconds
    still = 0
    while still < 8 and time.perf_counter() < deadline:
        still = 0 if select.select([screen.master], [], [], 0.4)[0] else still + 1
        screen.settle()


async def _prepare(home: Path, rows: int) -> None:
    async with program(Settings(home=home)) as backend:
        now = backend.clock.now()
        shop = Integration(
            id="i1",
            name="Bench",
            shop=Shop(id="s1", name="Bench", region="GB", cipher="c"),
            authorisation_id="a1",
            enabled=False,
            created_at=now,
        )
        async with backend.store.transaction() as tx:
            await tx.put(tables.INTEGRATIONS, shop.id, shop.to_document())
        for start in range(0, rows, _AT_ONCE):
            await _fill(backend, range(start, min(start + _AT_ONCE, rows)))


async def _fill(backend: Backend, numbers: range) -> None:
    now = backend.clock.now()
    async with backend.store.transaction() as tx:
        for number in numbers:
            title = f"{_COLOURS[number % 7]} {_THINGS[number % 11]} {number % 977} ml".capitalize()
            sku = f"AV-{number:06d}"
            product = Product(sku=sku, title=title, stock=number % 90, read_at=now)
            listed = ChannelSku(
                integration_id="i1",
                product_id=f"p{number}",
                sku_id=f"s{number:06d}",
                seller_sku=f"own-{number:06d}",
                title=title,
                read_at=now,
            )
            key = tables.key("i1", listed.sku_id)
            await tx.put(tables.PRODUCTS, sku, product.to_document())
            await tx.put(tables.CHANNEL_SKUS, key, listed.to_document())
            if number % _UNMAPPED_EVERY:
                pair = SkuMapping(
                    integration_id="i1",
                    sku_id=listed.sku_id,
                    avasam_sku=sku,
                    seller_sku=listed.seller_sku,
                    mapped_at=now,
                )
                await tx.put(tables.SKU_MAPPINGS, key, pair.to_document())


def _p50(pressed: Sequence[Pressed], which: str) -> float:
    return float(statistics.median(getattr(one, which) for one in pressed))


def _p95(pressed: Sequence[Pressed], which: str) -> float:
    return float(statistics.quantiles([getattr(one, which) for one in pressed], n=20)[-1])
