"""What List, Update or Delete would meet on many rows, found before anything is sent (A26).

The same rules as the jobs use, over 1,000 rows without blocking anybody: the event loop runs between any two.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from core import tables
from core.backend import Backend
from core.models.integration import Integration
from core.models.listing import PricingRule
from core.models.listing_state import Action, Deed, ListingProblem, ListingState
from core.rules.candidate import Candidate, ImageLook
from core.rules.listing_limits import ListingLimits, limits_for
from core.rules.preflight import preflight
from core.services.listing_changes import changes_of
from core.services.listing_fronts import Fronts, fronts_of
from core.sync.listing_candidate import (
    Family,
    candidate_of,
    children_of,
    read_family,
    rules_of,
)
from core.sync.listing_fields import fields_to_send
from core.sync.listing_files import FileLooks
from core.sync.listing_fingerprints import fingerprints
from core.sync.listing_images import look_at
from core.sync.listing_knowledge import ShopKnowledge
from core.sync.listing_links import Links, read_links
from core.sync.listing_record import held, load
from core.sync.listing_verdicts import FROZEN_CODE

AT_ONCE: Final = 6
"""Rows whose images are fetched together."""
_MENDED: Final = frozenset({Action.PUBLISH, Action.UPDATE})
_STOPS: Final = frozenset({Action.DELETE, Action.DEACTIVATE, Action.ACTIVATE})


@dataclass(frozen=True, slots=True)
class Checked:
    """One row: every problem of every variant, or why the action would pass it over."""

    sku: str
    title: str
    variants: int
    """How many SKUs it would be."""
    problems: tuple[ListingProblem, ...] = ()
    skipped: str = ""
    changes: tuple[str, ...] | None = None
    """What an Update would send, in words; None of any other action."""

    @property
    def is_blocked(self) -> bool:
        """Whether nothing of it would be sent."""
        return not self.skipped and any(one.blocking for one in self.problems)

    @property
    def is_fine(self) -> bool:
        """Whether it would go."""
        return not self.skipped and not self.is_blocked


@dataclass(frozen=True, slots=True)
class _Shared:
    children: Mapping[str, Sequence[str]]
    rules: Mapping[str, PricingRule]
    links: Links
    knowledge: ShopKnowledge | None
    limits: ListingLimits


class ListingCheck:
    """One look at many rows. Nothing is kept and nothing is sent."""

    def __init__(
        self, backend: Backend, integration: Integration, action: Action, *, images: bool = False
    ) -> None:
        self._backend = backend
        self._store = backend.store
        self._integration = integration
        self._action = action
        self._with_images = images and action in _MENDED
        self._looks: dict[str, asyncio.Task[ImageLook]] = {}
        self._files = FileLooks(
            backend.listing_tools_for(integration).files, limits_for(integration.shop.region)
        )

    async def fronts(self, skus: Iterable[str]) -> Fronts:
        """The rows that the action is about."""
        return await fronts_of(self._store, self._integration.id, self._action, skus)

    async def run(self, fronts: Sequence[str]) -> AsyncIterator[Checked]:
        """Each row as soon as it is known; with images in the order in which they come."""
        shared = await self._prepare()
        waiting = iter(fronts)
        under_way: set[asyncio.Task[Checked]] = set()
        most = AT_ONCE if self._with_images else 1
        try:
            while True:
                while len(under_way) < most and (sku := next(waiting, None)) is not None:
                    under_way.add(asyncio.create_task(self._check(shared, sku)))
                if not under_way:
                    return
                over, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                for task in over:
                    yield task.result()
        finally:
            left = [*under_way, *(task for task in self._looks.values() if not task.done())]
            for one in left:
                one.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _prepare(self) -> _Shared:
        shop, able = self._integration, True
        if not shop.enabled or shop.needs_reauthorisation is not None:
            able = False
        knowledge = None
        if able and self._action not in _STOPS:
            tools = self._backend.listing_tools_for(shop)
            channel = self._backend.channel_for(shop)
            knowledge = ShopKnowledge(self._store, self._backend.clock, shop, tools.categories, channel)
        return _Shared(
            children=await children_of(self._store),
            rules=await rules_of(self._store, shop.id),
            links=await read_links(self._store, shop.id),
            knowledge=knowledge,
            limits=limits_for(shop.shop.region),
        )

    async def _check(self, shared: _Shared, sku: str) -> Checked:
        family = await read_family(self._store, self._integration.id, sku, shared.children)
        state = await load(self._store, self._integration.id, sku)
        if self._action in _STOPS:
            return _stop(shared, sku, family, state)
        if family is None:
            return Checked(sku, "", 0, (_gone(sku),))
        candidate = await candidate_of(family, self._integration, shared.rules, shared.knowledge)
        checked = Checked(sku, candidate.title, len(candidate.variants))
        linked = shared.links.of(family.skus)
        action = self._action
        if action is Action.PUBLISH and linked:
            if not (state.channel_problems or (state.deed is Deed.FAILED and state.action in _MENDED)):
                return replace(checked, skipped="already linked; Update sends its changes")
            action = Action.UPDATE
        elif action is Action.UPDATE and (why := _no_update(shared.links, family)):
            return replace(checked, skipped=why)
        candidate = await self._files.look(candidate)
        inputs = fingerprints(candidate)
        if (waits := held(state, action, inputs)) is not None:
            return replace(checked, problems=(waits,), skipped=f"{waits.what}. {waits.fix}")
        if action is Action.UPDATE:
            fields = frozenset(fields_to_send(family, state, candidate, inputs))
            if self._with_images and "images" in fields:
                candidate = replace(candidate, images=await self._look(candidate.addresses, shared.limits))
            links = shared.links
            told = await changes_of(self._store, self._integration, links, candidate, fields)
            found = (*_frozen(state), *_of_update(links, candidate, fields))
            return replace(checked, problems=found, changes=told)
        attempts = tables.key(self._integration.id, sku)
        if await self._store.get(tables.LISTING_ATTEMPTS, attempts) is not None:
            return checked  # it is looked for first, and asked for again exactly as it was
        if self._with_images:
            candidate = replace(candidate, images=await self._look(candidate.addresses, shared.limits))
        return replace(checked, problems=tuple(preflight(candidate)))

    async def _look(self, addresses: Sequence[str], limits: ListingLimits) -> tuple[ImageLook, ...]:
        """What each address leads to; one that many rows share is fetched once."""
        for address in addresses[: limits.images_most]:
            if address not in self._looks:
                self._looks[address] = asyncio.create_task(self._fetch(address, limits))
        return tuple([await self._looks[address] for address in addresses[: limits.images_most]])

    async def _fetch(self, address: str, limits: ListingLimits) -> ImageLook:
        tools = self._backend.listing_tools_for(self._integration)
        (look,), _ = await look_at(tools.images, limits, [address])
        return look


def _no_update(links: Links, family: Family) -> str:
    """Why an Update would pass the row over; empty when it would not."""
    products = links.products(family.skus)
    if not products:
        return "not listed; List makes it"
    if len(products) > 1:
        return f"linked to {len(products)} TikTok products, of which only stock and price are kept in step"
    return ""


def _of_update(links: Links, candidate: Candidate, fields: frozenset[str]) -> tuple[ListingProblem, ...]:
    """What is wrong with what would be sent stops it; the rest is only worth knowing."""
    new = {one.sku for one in candidate.variants if candidate.is_parent and not links.sku_ids.get(one.sku)}
    return tuple(
        one
        if not one.blocking or (one.sku in new if one.sku else one.field in fields)
        else one.model_copy(update={"blocking": False})
        for one in preflight(candidate)
    )


def _frozen(state: ListingState) -> tuple[ListingProblem, ...]:
    """What TikTok froze takes no change; only asking tells whether it is free again, so it stops nothing."""
    if not any(one.code == FROZEN_CODE for one in state.channel_problems):
        return ()
    what = "TikTok had frozen the product when it was last asked: it refuses this unless it is free again"
    fix = "See why in Seller Center and appeal there."
    return (ListingProblem(code=FROZEN_CODE, field="listing", what=what, fix=fix, blocking=False),)


def _stop(shared: _Shared, sku: str, family: Family | None, state: ListingState) -> Checked:
    """Delete, Deactivate, Activate: no problem of a listing holds them."""
    skus = family.skus if family is not None else (sku, *shared.children.get(sku, ()))
    title = "" if family is None else family.front.title
    if not shared.links.products(skus):
        return Checked(sku, title, len(skus), skipped="not listed")
    return Checked(sku, title, len(skus), _frozen(state))


def _gone(sku: str) -> ListingProblem:
    what, fix = f"{sku} is not in the inventory", "Read the inventory, or delete the row."
    return ListingProblem(code="not-in-inventory", field="product", what=what, fix=fix)
