"""The inventory in memory, once for all shops: each product as a light tuple, each parent's children."""

import asyncio
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from typing import Final

from core import tables
from core.portions import portions
from core.services.breath import Breath
from core.services.listing_parts import GOODS_FIELDS, PARENT, Part, goods_of, picked
from core.store import Store

Progress = Callable[[int, int], None]
"""Told how many of how many rows are read."""


def unseen(done: int, total: int) -> None:
    """Nobody looks at the progress."""


class Inventory:
    """Read once in portions, afterwards only what was committed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seq: int | None = None
        self._shared: dict[str, str] = {}
        self._reading = asyncio.Lock()
        self.progress: Progress = unseen
        """Told how far the first reading is."""
        self.products: dict[str, Part] = {}
        self.children: dict[str, list[str]] = {}
        """Parent -> SKUs that name it, in order; the parent need not be there."""

    async def refresh(self) -> None:
        """Take in what was committed since the last call; everything the first time."""
        async with self._reading:
            changes = None if self._seq is None else await self._store.changes(self._seq)
            if changes is None or changes.reset:
                await self._load()
            else:
                await self._take(changes.keys.get(tables.PRODUCTS, ()))
                self._seq = changes.seq

    async def _load(self) -> None:
        seq = (await self._store.changes(-1)).seq
        total, done = await self._store.count(tables.PRODUCTS), 0
        products: dict[str, Part] = {}
        children: dict[str, list[str]] = {}
        breath = Breath()
        async for chunk in self._store.columns(tables.PRODUCTS, GOODS_FIELDS):
            for portion in portions(chunk, _AT_ONCE):
                for sku, values in portion:
                    goods = products[sku] = goods_of(values, self._shared)
                    parent = goods[PARENT]
                    if isinstance(parent, str):
                        children.setdefault(parent, []).append(sku)
                if breath.is_due():
                    await breath.take()
            done += len(chunk)
            self.progress(done, total)
        for skus in children.values():
            skus.sort()
            if breath.is_due():
                await breath.take()
        self.products, self.children, self._seq = products, children, seq

    async def _take(self, skus: Iterable[str]) -> None:
        breath = Breath()
        for sku in skus:
            document = await self._store.get(tables.PRODUCTS, sku)
            self._unfile(sku)
            if document is None:
                self.products.pop(sku, None)
            else:
                goods = self.products[sku] = goods_of(picked(document, GOODS_FIELDS), self._shared)
                parent = goods[PARENT]
                if isinstance(parent, str):
                    insort(self.children.setdefault(parent, []), sku)
            if breath.is_due():
                await breath.take()

    def _unfile(self, sku: str) -> None:
        before = self.products.get(sku)
        parent = None if before is None else before[PARENT]
        if isinstance(parent, str):
            siblings = self.children[parent]
            del siblings[bisect_left(siblings, sku)]
            if not siblings:
                del self.children[parent]


_AT_ONCE: Final = 50
