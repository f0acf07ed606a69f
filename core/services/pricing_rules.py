"""Pricing rules: made, tried out, attached, paused (domain.md, Selling price; A24).

A rule fires by itself: every price pass works the price out from it, so that a new cost or an edit is enough.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from core import tables
from core.backend import Backend
from core.models.decision import Decision
from core.models.integration import Integration
from core.models.listing import PricingRule
from core.models.product import ProductKind
from core.portions import portions
from core.rules.price import PriceResult, apply_rule, fault_of, selling_price
from core.services.draft_edits import edited
from core.services.errors import NotFound, ServiceError
from core.services.products import load_product, no_product
from core.store import Transaction
from core.sync.listing_candidate import children_of, rules_of
from core.sync.listing_drafts import draft_of, kept_draft
from core.text import clean_line

NAME_LIMIT: Final = 60
_AT_ONCE: Final = 500
_BREATH: Final = 20
"""Rows between two looks at what else there is to do: the screen stays quick."""
_EXAMPLE: Final = (Decimal(10), Decimal(3), Decimal(20))
"""Cost, shipping and VAT of the worked example."""


@dataclass(frozen=True, slots=True)
class Previewed:
    """What a rule would make of one row: its price now, and then with every step."""

    sku: str
    now: Decimal | None
    then: Decision[PriceResult]


class PricingRuleService:
    """The use cases around pricing rules of one integration."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._store = backend.store

    async def all(self, integration: Integration) -> list[PricingRule]:
        """Every rule, by name."""
        rules = await rules_of(self._store, integration.id)
        return sorted(rules.values(), key=lambda rule: rule.name.casefold())

    async def named(self, integration: Integration, name: str) -> PricingRule:
        """The rule with this name or id. Raises NotFound that names those there are."""
        known = await self.all(integration)
        for rule in known:
            if name == rule.id or rule.name.casefold() == name.strip().casefold():
                return rule
        there = ", ".join(repr(rule.name) for rule in known) or "none yet"
        raise NotFound(f"There is no pricing rule {name!r}", f"Rules: {there}.")

    async def save(
        self, integration: Integration, fields: Mapping[str, object], *, rule_id: str | None = None
    ) -> PricingRule:
        """Make a rule, or change one by its id. Raises ServiceError that says what is wrong with it."""
        async with self._store.transaction() as tx:
            rule = self._made(integration, fields, rule_id, await rules_of(tx, integration.id))
            await tx.put(tables.PRICING_RULES, tables.key(integration.id, rule.id), rule.to_document())
        return rule

    async def draft(
        self, integration: Integration, fields: Mapping[str, object], *, rule_id: str | None = None
    ) -> PricingRule:
        """The rule that `save` would keep. Raises ServiceError that says what is wrong with it."""
        return self._made(integration, fields, rule_id, await rules_of(self._store, integration.id))

    def _made(
        self,
        integration: Integration,
        fields: Mapping[str, object],
        rule_id: str | None,
        known: Mapping[str, PricingRule],
    ) -> PricingRule:
        before = None if rule_id is None else known.get(rule_id)
        if rule_id is not None and before is None:
            raise _gone()
        base = {} if before is None else before.model_dump()
        rule = PricingRule.model_validate(
            {
                "name": "",
                **base,
                **fields,
                "id": rule_id or secrets.token_hex(8),
                "integration_id": integration.id,
                "edited_at": self._backend.clock.now(),
            }
        )
        rule = rule.model_copy(update={"name": _checked_name(rule, known.values())})
        _check(rule)
        return rule

    async def pause(self, integration: Integration, rule_id: str, *, paused: bool) -> PricingRule:
        """Switch a rule off or on; while off, its rows show their typed or own price."""
        return await self.save(integration, {"paused": paused}, rule_id=rule_id)

    async def delete(self, integration: Integration, rule_id: str, *, by: str) -> int:
        """Take a rule away, and off every row; how many rows had it."""
        attached = await self.attached(integration, rule_id)
        await self.attach(integration, attached, None, by=by)
        async with self._store.transaction() as tx:
            await tx.delete(tables.PRICING_RULES, tables.key(integration.id, rule_id))
        meanwhile = await self.attached(integration, rule_id)
        await self.attach(integration, meanwhile, None, by=by)
        return len({*attached, *meanwhile})

    async def attach(
        self, integration: Integration, skus: Sequence[str], rule_id: str | None, *, by: str
    ) -> int:
        """Let these rows follow a rule (`auto`), or none; a parent stands for its variants. How many rows."""
        children = await children_of(self._store)
        every = list(dict.fromkeys(one for sku in skus for one in children.get(sku) or [sku]))
        for portion in portions(every, _AT_ONCE):
            async with self._store.transaction() as tx:
                if rule_id is not None:
                    await _check_there(tx, integration, rule_id)
                for sku in portion:
                    if rule_id is not None and await tx.get(tables.PRODUCTS, sku) is None:
                        raise no_product(sku)
                    draft = await draft_of(tx, integration.id, sku)
                    after = edited(draft, {"rule_id": rule_id}, by)
                    if after is not draft:
                        key = tables.key(integration.id, sku)
                        await tx.put(tables.LISTINGS, key, after.to_document())
        return len(every)

    async def attached(self, integration: Integration, rule_id: str) -> list[str]:
        """Avasam SKUs that follow a rule."""
        prefix = tables.prefix(integration.id)
        found: list[str] = []
        async for chunk in self._store.columns(tables.LISTINGS, ("avasam_sku", "rule_id"), prefix=prefix):
            found += [str(sku) for _, (sku, rule) in chunk if rule == rule_id]
        return sorted(found)

    async def followers(self, integration: Integration) -> dict[str, int]:
        """Rule id -> how many rows follow it."""
        found: Counter[str] = Counter()
        async for chunk in self._store.columns(
            tables.LISTINGS, ("rule_id",), prefix=tables.prefix(integration.id)
        ):
            found.update(str(rule) for _, (rule,) in chunk if rule is not None)
        return dict(found)

    async def followed_by(self, integration: Integration, skus: Sequence[str]) -> dict[str, str | None]:
        """Avasam SKU -> id of the rule that it follows; a parent gives its variants."""
        children = await children_of(self._store)
        found: dict[str, str | None] = {}
        for sku in dict.fromkeys(one for front in skus for one in children.get(front) or [front]):
            draft = await kept_draft(self._store, integration.id, sku)
            found[sku] = None if draft is None else draft.rule_id
        return found

    async def preview(
        self, integration: Integration, rule: PricingRule, skus: Sequence[str]
    ) -> list[Previewed]:
        """What these rows cost now and would under the rule; a parent gives its variants. Nothing is kept."""
        children = await children_of(self._store)
        rules = await rules_of(self._store, integration.id)
        found: list[Previewed] = []
        every = dict.fromkeys(one for front in skus for one in children.get(front) or [front])
        for number, sku in enumerate(every):
            if number % _BREATH == 0:
                await asyncio.sleep(0)
            product = await load_product(self._store, sku)
            if product.kind is ProductKind.PARENT:
                continue
            draft = await kept_draft(self._store, integration.id, sku)
            current = rules.get(draft.rule_id) if draft is not None and draft.rule_id else None
            now = selling_price(product, draft, current).value.amount
            found.append(Previewed(sku, now, selling_price(product, draft, rule)))
        return found

    def example(self, rule: PricingRule) -> str:
        """The rule worked through for cost 10, shipping 3, VAT 20 %. Raises ServiceError for a bad rule."""
        _check(rule)
        return str(apply_rule(rule, *_EXAMPLE))


async def _check_there(tx: Transaction, integration: Integration, rule_id: str) -> None:
    if await tx.get(tables.PRICING_RULES, tables.key(integration.id, rule_id)) is None:
        raise _gone()


def _gone() -> NotFound:
    return NotFound("This pricing rule is gone", "Somebody deleted it meanwhile.")


def _checked_name(rule: PricingRule, known: Iterable[PricingRule]) -> str:
    name = clean_line(rule.name, NAME_LIMIT + 1)
    if not name:
        raise ServiceError("The name is empty", "Give the rule a name.")
    if len(name) > NAME_LIMIT:
        raise ServiceError(f"The name is longer than {NAME_LIMIT} characters", "Choose a shorter one.")
    if any(one.name.casefold() == name.casefold() and one.id != rule.id for one in known):
        raise ServiceError(f"There is already a rule named {name!r}", "Choose another name.")
    return name


def _check(rule: PricingRule) -> None:
    if rule.percent is None and rule.fixed is None:
        raise ServiceError(f"Rule {rule.name} changes nothing", "Fill in a percentage or a fixed amount.")
    fault = fault_of(rule)
    if fault is not None:
        raise ServiceError(f"Rule {rule.name} {fault}", "Correct it, then save again.")
    if rule.percent is not None and rule.percent <= -100:
        raise ServiceError(f"Rule {rule.name} takes off {-rule.percent} %", "Take off less than 100 %.")
    if rule.floor_percent is not None and rule.floor_percent < 0:
        raise ServiceError(f"Rule {rule.name} has a floor below cost", "A floor is 0 % or more over cost.")
