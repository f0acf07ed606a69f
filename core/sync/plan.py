"""The plan: what the rules want minus what TikTok confirmed. It can be shown without being applied."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final, cast

from core import tables
from core.models.integration import Integration, IntegrationSettings
from core.models.listing import Listing, PricingRule, PushState
from core.models.product import Product
from core.rules.guard import GO_ON, GuardLimits, GuardVerdict, check_prices, check_stock, moves_far
from core.rules.price import sellable, selling_price
from core.rules.stock import quantity_of
from core.store import Json, Reader

HOLD_AFTER: Final = 3
"""Identical failures in a row after which a push waits for another input (domain.md, Listing status)."""


class Aspect(StrEnum):
    """What a plan changes."""

    STOCK = "stock"
    PRICE = "price"


class Skipped(StrEnum):
    """Why a mapped SKU is not in the plan although nothing was compared."""

    UNKNOWN = "unknown"
    """Its stock or price is unknown: never pushed (domain.md)."""
    NO_PRODUCT = "no_product"
    NOT_IN_SHOP = "not_in_shop"
    HELD = "held"
    """Three identical failures; waits for another value."""
    CURRENCY = "currency"
    """The shop sells in another currency than the product is priced in."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value to push: `desired` replaces `confirmed` (None = never confirmed), both as text."""

    sku_id: str
    product_id: str
    avasam_sku: str
    desired: str
    confirmed: str | None
    currency: str = ""
    warehouses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that one pass would push, by product, and what it leaves alone."""

    aspect: Aspect
    changes: Sequence[Change]
    mapped: int
    skipped: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Reason -> channel SKU ids."""
    settled: Sequence[str] = ()
    """Channel SKU ids whose last push failed, and which show what is wanted all the same."""
    verdict: GuardVerdict = GO_ON
    below_floor: Sequence[str] = ()
    """Channel SKU ids whose price is under the floor of its rule: it stands, and is a problem."""

    def by_product(self) -> dict[str, list[Change]]:
        """One call a product."""
        grouped: dict[str, list[Change]] = {}
        for change in self.changes:
            grouped.setdefault(change.product_id, []).append(change)
        return grouped

    def counts(self) -> Counter[str]:
        """How many change and how many are skipped, by reason."""
        counts = Counter({f"skipped_{reason}": len(ids) for reason, ids in self.skipped.items() if ids})
        counts["planned"] = len(self.changes)
        return counts


@dataclass(frozen=True, slots=True)
class Pushed:
    """What is known of the last push of one value."""

    confirmed: str | None
    failures: int
    failed_input: str | None
    troubled: bool
    """Its last push failed."""
    uncertain: bool
    """Something was sent and nobody knows whether it arrived: `confirmed` may not be what the shop shows."""


async def plan_stock(store: Reader, integration: Integration, limits: GuardLimits) -> Plan:
    """The quantities to push. Only mapped SKUs; unknown stock is left alone (A40)."""
    settings = integration.settings
    stock = {sku: row[0] async for sku, row in _rows(store, tables.PRODUCTS, ("stock",))}
    pushed = await _pushed(store, integration, Aspect.STOCK)
    shop = {
        key: row
        async for key, row in _rows(
            store, tables.CHANNEL_SKUS, ("product_id", "quantities", "deleted"), integration
        )
    }
    changes: list[Change] = []
    skipped: dict[str, list[str]] = {}
    settled: list[str] = []
    mapped = zeroing = 0
    async for key, (sku_id, avasam_sku) in _rows(
        store, tables.SKU_MAPPINGS, ("sku_id", "avasam_sku"), integration
    ):
        mapped += 1
        live = shop.get(key)
        units = stock.get(cast("str", avasam_sku), _ABSENT)
        reason = _stock_obstacle(live, units)
        if reason is not None or live is None:
            skipped.setdefault(reason or Skipped.NOT_IN_SHOP, []).append(cast("str", sku_id))
            continue
        desired = str(_quantity(cast("int", units), settings))
        quantities = cast("dict[str, int]", live[1] or {})
        state = pushed.get(key, _NEVER)
        confirmed = state.confirmed if state.confirmed is not None else str(sum(quantities.values()))
        if desired == confirmed and not state.uncertain:
            if state.troubled:
                settled.append(cast("str", sku_id))
            continue
        if _is_held(state, desired):
            skipped.setdefault(Skipped.HELD, []).append(cast("str", sku_id))
            continue
        zeroing += desired == "0" and confirmed != "0"
        changes.append(
            Change(
                sku_id=cast("str", sku_id),
                product_id=cast("str", live[0]),
                avasam_sku=cast("str", avasam_sku),
                desired=desired,
                confirmed=confirmed,
                warehouses=tuple(quantities),
            )
        )
    return Plan(Aspect.STOCK, changes, mapped, skipped, settled, check_stock(zeroing, mapped, limits))


async def plan_prices(store: Reader, integration: Integration, limits: GuardLimits) -> Plan:
    """The prices to push, in the shop's currency (A41). Only where a draft says so is the rule worked out."""
    own = {sku: row async for sku, row in _rows(store, tables.PRODUCTS, ("selling_price", "currency"))}
    drafts = {
        key: Listing.from_document(row)
        async for key, row in store.scan(tables.LISTINGS, prefix=tables.prefix(integration.id))
    }
    rules = {
        rule.id: rule
        async for _, row in store.scan(tables.PRICING_RULES, prefix=tables.prefix(integration.id))
        for rule in (PricingRule.from_document(row),)
    }
    pushed = await _pushed(store, integration, Aspect.PRICE)
    shop = {
        key: row
        async for key, row in _rows(
            store, tables.CHANNEL_SKUS, ("product_id", "live_price", "currency", "deleted"), integration
        )
    }
    changes: list[Change] = []
    skipped: dict[str, list[str]] = {}
    settled: list[str] = []
    below: list[str] = []
    mapped = priced = moved = 0
    async for key, (sku_id, avasam_sku) in _rows(
        store, tables.SKU_MAPPINGS, ("sku_id", "avasam_sku"), integration
    ):
        mapped += 1
        live, product = shop.get(key), own.get(cast("str", avasam_sku))
        reason = _price_obstacle(live, product)
        if reason is not None or live is None or product is None:
            skipped.setdefault(reason or Skipped.NOT_IN_SHOP, []).append(cast("str", sku_id))
            continue
        draft = drafts.get(tables.key(integration.id, cast("str", avasam_sku)))
        price, is_below = await _price(store, cast("str", avasam_sku), product[0], product[1], draft, rules)
        if price is None:
            skipped.setdefault(Skipped.UNKNOWN, []).append(cast("str", sku_id))
            continue
        priced += 1
        if is_below:
            below.append(cast("str", sku_id))
        state = pushed.get(key, _NEVER)
        confirmed = state.confirmed if state.confirmed is not None else cast("str | None", live[1])
        if confirmed is not None and Decimal(confirmed) == price and not state.uncertain:
            if state.troubled:
                settled.append(cast("str", sku_id))
            continue
        if _is_held(state, str(price)):
            skipped.setdefault(Skipped.HELD, []).append(cast("str", sku_id))
            continue
        moved += confirmed is not None and moves_far(Decimal(confirmed), price, limits)
        changes.append(
            Change(
                sku_id=cast("str", sku_id),
                product_id=cast("str", live[0]),
                avasam_sku=cast("str", avasam_sku),
                desired=str(price),
                confirmed=confirmed,
                currency=cast("str", live[2]),
            )
        )
    verdict = check_prices(moved, priced, limits)
    return Plan(Aspect.PRICE, changes, mapped, skipped, settled, verdict, below)


_ABSENT: Final = object()
_NEVER: Final = Pushed(None, 0, None, troubled=False, uncertain=False)
_READ: Final = ("value", "sent", "state", "failures", "failed_input", "error")
_Row = tuple[Json, ...]


def _quantity(units: int, settings: IntegrationSettings) -> int:
    return quantity_of(units, settings.max_quantity, settings.stock_threshold)


def _stock_obstacle(live: _Row | None, units: object) -> Skipped | None:
    if live is None or live[2]:
        return Skipped.NOT_IN_SHOP
    if units is _ABSENT:
        return Skipped.NO_PRODUCT
    return Skipped.UNKNOWN if units is None else None


def _price_obstacle(live: _Row | None, product: _Row | None) -> Skipped | None:
    if live is None or live[3] or not live[2]:
        return Skipped.NOT_IN_SHOP  # without a currency it was never downloaded, only its stock was read
    if product is None:
        return Skipped.NO_PRODUCT
    return Skipped.CURRENCY if live[2] != product[1] else None


def _is_held(state: Pushed, desired: str) -> bool:
    return state.failures >= HOLD_AFTER and state.failed_input == desired


async def _price(
    store: Reader,
    avasam_sku: str,
    own: Json,
    currency: Json,
    draft: Listing | None,
    rules: Mapping[str, PricingRule],
) -> tuple[Decimal | None, bool]:
    """The price, and whether it is under the floor of its rule."""
    if draft is None or (draft.rule_id is None and draft.typed_price is None):
        return None if own is None else sellable(Decimal(str(own)), str(currency)), False
    document = await store.get(tables.PRODUCTS, avasam_sku)
    if document is None:
        return None, False
    rule = rules.get(draft.rule_id) if draft.rule_id else None
    found = selling_price(Product.from_document(document), draft, rule).value
    return found.amount, found.below_floor


async def _pushed(store: Reader, integration: Integration, which: Aspect) -> dict[str, Pushed]:
    names = tuple(f"{which}.{name}" for name in _READ)
    return {
        key: as_pushed(dict(zip(_READ, row, strict=True)))
        async for key, row in _rows(store, tables.LISTING_SYNCS, names, integration)
    }


def as_pushed(record: Mapping[str, Json]) -> Pushed:
    """What a push record tells, as the store has it."""
    failures = cast("int", record["failures"] or 0)
    known = record["state"] == PushState.HELD or (record["state"] == PushState.FAILED and failures > 0)
    return Pushed(
        cast("str | None", record["value"]),
        failures,
        cast("str | None", record["failed_input"]),
        troubled=record["error"] is not None,
        uncertain=record["sent"] is not None and record["sent"] != record["value"] and not known,
    )


async def _rows(
    store: Reader, table: str, fields: Sequence[str], integration: Integration | None = None
) -> AsyncIterator[tuple[str, _Row]]:
    prefix = "" if integration is None else tables.prefix(integration.id)
    async for chunk in store.columns(table, fields, prefix=prefix):
        for row in chunk:
            yield row
