"""`avasam rules try`: a pricing rule worked through for given numbers and rows; nothing is kept (A24)."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.listing_options import Skus, the_integration
from tui.commands.options import IntegrationName, Json
from tui.commands.output import Exit, emit, say, table
from tui.commands.rules import Ending, Fixed, Floor, Percent, WithShipping, amounts, app, fields_of
from tui.commands.running import with_backend

if TYPE_CHECKING:
    from core.backend import Backend
    from core.models.listing import PricingRule
    from core.services.pricing_rules import Previewed

__all__ = ["app"]


@app.command("try")
def try_(
    skus: Skus = None,
    rule: Annotated[str | None, typer.Option("--rule", help="Begin with this rule, by name.")] = None,
    integration: IntegrationName = None,
    percent: Percent = None,
    fixed: Fixed = None,
    ending: Ending = None,
    floor: Floor = None,
    shipping: WithShipping = None,
    cost: Annotated[str, typer.Option(help="Cost without VAT of the example.")] = "10",
    shipping_cost: Annotated[str, typer.Option(help="Shipping without VAT of the example.")] = "3",
    vat: Annotated[str, typer.Option(help="VAT in per cent of the example.")] = "20",
    as_json: Json = False,
) -> None:
    """Work a rule through, for numbers and for rows; exit code 1 for no price or one below the floor."""
    typed = fields_of(percent, fixed, ending, floor, shipping)

    async def work(backend: "Backend") -> Exit:
        from core.rules.price import apply_rule
        from core.services.pricing_rules import PricingRuleService

        service = PricingRuleService(backend)
        shop = await the_integration(backend, integration)
        known = None if rule is None else await service.named(shop, rule)
        changes = amounts(typed)
        if known is None:
            changes["name"] = "…"
        elif percent:
            changes.setdefault("fixed", None)
        elif fixed:
            changes.setdefault("percent", None)
        made = await service.draft(shop, changes, rule_id=None if known is None else known.id)
        worked = apply_rule(
            made, _number("cost", cost), _number("shipping-cost", shipping_cost), _number("vat", vat)
        )
        found = await service.preview(shop, made, skus or [])
        if as_json:
            emit(
                {
                    "example": {"price": str(worked.value), "steps": list(worked.steps)},
                    "rows": [
                        {
                            "sku": one.sku,
                            "now": None if one.now is None else str(one.now),
                            "then": None if one.then.value.amount is None else str(one.then.value.amount),
                            "below_floor": one.then.value.below_floor,
                            "steps": list(one.then.steps),
                        }
                        for one in found
                    ],
                }
            )
        else:
            say(f"{_formula(made)}: {worked}")
            if found:
                table(("SKU", "NOW", "THEN", "", "HOW"), [_line(one) for one in found], empty="No row.")
        flawed = any(one.then.value.amount is None or one.then.value.below_floor for one in found)
        return Exit.FAILED if flawed else Exit.OK

    with_backend(work, as_json=as_json)


def _line(one: "Previewed") -> tuple[str, str, str, str, str]:
    then = one.then.value
    flaw = "no price" if then.amount is None else "below the floor" if then.below_floor else ""
    return one.sku, str(one.now or ""), str(then.amount or ""), flaw, str(one.then)


def _formula(rule: "PricingRule") -> str:
    from core.services.rule_values import formula

    return formula(rule)


def _number(name: str, text: str) -> Decimal:
    """A number of the example. Raises ServiceError in words."""
    from core.services.errors import ServiceError
    from core.services.listing_values import shipping as positive

    try:
        return positive(text)
    except ServiceError as error:
        raise ServiceError(f"--{name}: {error.what}", error.cure) from None
