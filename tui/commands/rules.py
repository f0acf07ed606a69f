"""`avasam rules`: prices that follow from cost (A24)."""

from typing import TYPE_CHECKING, Annotated

import typer

from core.wording import count_of
from tui.commands.listing_options import All, Category, Filters, Skus, Status, chosen, the_integration
from tui.commands.options import IntegrationName, Json, Search
from tui.commands.output import Exit, emit, fail, say, table
from tui.commands.running import with_backend
from tui.who import who

if TYPE_CHECKING:
    from core.backend import Backend
    from core.models.listing import PricingRule

app = typer.Typer(help="Pricing rules: selling prices that follow from cost.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The rule's name.")]
Percent = Annotated[str | None, typer.Option(help="On top of the base: 40 means +40 %. Or --fixed.")]
Fixed = Annotated[str | None, typer.Option(help="An amount on top of the base. Or --percent.")]
Ending = Annotated[str | None, typer.Option(help="Round up to this ending: .00 to .99; empty for none.")]
Floor = Annotated[str | None, typer.Option(help="Least margin over cost, in per cent; empty for none.")]
WithShipping = Annotated[
    bool | None, typer.Option("--shipping/--no-shipping", help="Whether the base includes shipping.")
]
Suppliers = Annotated[
    list[str] | None, typer.Option("--supplier", help="Only this supplier; may be repeated.")
]
Categories = Annotated[
    list[str] | None, typer.Option("--for-category", help="Only this Avasam category; may be repeated.")
]


@app.command("list")
def list_(integration: IntegrationName = None, as_json: Json = False) -> None:
    """The rules of a shop."""

    async def work(backend: "Backend") -> Exit:
        from core.services.pricing_rules import PricingRuleService

        service = PricingRuleService(backend)
        shop = await the_integration(backend, integration)
        rules = await service.all(shop)
        counts = {rule.id: len(await service.attached(shop, rule.id)) for rule in rules}
        if as_json:
            emit([{**rule.to_document(), "rows": counts[rule.id]} for rule in rules])
            return Exit.OK
        table(
            ("RULE", "ROWS", "EXAMPLE: COST 10, SHIPPING 3, VAT 20 %", ""),
            [
                (rule.name, str(counts[rule.id]), service.example(rule), "paused" if rule.paused else "")
                for rule in rules
            ],
            empty="No rule. Make one with: avasam rules add NAME --percent 40 --ending .99",
        )
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("add")
def add(
    name: Name,
    integration: IntegrationName = None,
    percent: Percent = None,
    fixed: Fixed = None,
    ending: Ending = None,
    floor: Floor = None,
    shipping: WithShipping = None,
    supplier: Suppliers = None,
    for_category: Categories = None,
    as_json: Json = False,
) -> None:
    """Make a rule; nothing follows it until it is attached."""
    _save(
        None,
        {"name": name, **fields_of(percent, fixed, ending, floor, shipping, supplier, for_category)},
        integration,
        as_json=as_json,
    )


@app.command("edit")
def edit(
    name: Name,
    integration: IntegrationName = None,
    rename: Annotated[str | None, typer.Option(help="Another name.")] = None,
    percent: Percent = None,
    fixed: Fixed = None,
    ending: Ending = None,
    floor: Floor = None,
    shipping: WithShipping = None,
    supplier: Suppliers = None,
    for_category: Categories = None,
    as_json: Json = False,
) -> None:
    """Change a rule; the prices of its rows follow with the next price sync."""
    fields = fields_of(percent, fixed, ending, floor, shipping, supplier, for_category)
    if rename is not None:
        fields["name"] = rename
    if percent:
        fields.setdefault("fixed", None)
    elif fixed:
        fields.setdefault("percent", None)
    _save(name, fields, integration, as_json=as_json)


@app.command("pause")
def pause(
    name: Name,
    integration: IntegrationName = None,
    resume: Annotated[bool, typer.Option("--resume", help="Switch it on again.")] = False,
    as_json: Json = False,
) -> None:
    """Switch a rule off: its rows show their typed or own price meanwhile."""
    _save(name, {"paused": not resume}, integration, as_json=as_json)


@app.command("delete")
def delete(
    name: Name,
    integration: IntegrationName = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it although rows follow it.")] = False,
    as_json: Json = False,
) -> None:
    """Take a rule away; its rows go back to their typed or own price."""

    async def work(backend: "Backend") -> Exit:
        from core.services.pricing_rules import PricingRuleService

        service = PricingRuleService(backend)
        shop = await the_integration(backend, integration)
        rule = await service.named(shop, name)
        count = len(await service.attached(shop, rule.id))
        if count and not yes:
            fail(
                f"{count_of(count, 'row follows', 'rows follow')} {rule.name}",
                "Add --yes if that is right.",
                as_json=as_json,
            )
            return Exit.NEEDS_CONFIRMATION
        rows = await service.delete(shop, rule.id, by=who())
        if as_json:
            emit({"deleted": rule.name, "rows": rows})
        else:
            back = count_of(rows, "row goes back to its", "rows go back to their")
            say(f"{rule.name} deleted; {back} own price")
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("attach")
def attach(
    name: Annotated[str, typer.Argument(help="The rule's name; - detaches.")],
    skus: Skus = None,
    integration: IntegrationName = None,
    search: Search = "",
    status: Status = None,
    category: Category = None,
    every: All = False,
    as_json: Json = False,
) -> None:
    """Let rows follow a rule: their price cell shows auto."""

    async def work(backend: "Backend") -> Exit:
        from core.services.pricing_rules import PricingRuleService

        service = PricingRuleService(backend)
        shop = await the_integration(backend, integration)
        rule = None if name == "-" else await service.named(shop, name)
        rows = await chosen(backend, shop, skus, Filters(search, status, category), every=every)
        count = await service.attach(shop, rows, None if rule is None else rule.id, by=who())
        if as_json:
            emit({"rows": count, "rule": None if rule is None else rule.name})
        else:
            say(f"{count_of(count, 'row follows', 'rows follow')} {'no rule' if rule is None else rule.name}")
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("preview")
def preview(
    name: Name,
    skus: Skus = None,
    integration: IntegrationName = None,
    search: Search = "",
    status: Status = None,
    category: Category = None,
    every: All = False,
    as_json: Json = False,
) -> None:
    """What rows would cost under a rule, step by step; nothing is kept."""

    async def work(backend: "Backend") -> Exit:
        from core.services.pricing_rules import PricingRuleService

        service = PricingRuleService(backend)
        shop = await the_integration(backend, integration)
        rule = await service.named(shop, name)
        rows = await chosen(backend, shop, skus, Filters(search, status, category), every=every)
        found = await service.preview(shop, rule, rows)
        if as_json:
            emit(
                [
                    {
                        "sku": one.sku,
                        "now": None if one.now is None else str(one.now),
                        "then": None if one.then.value.amount is None else str(one.then.value.amount),
                        "below_floor": one.then.value.below_floor,
                        "steps": list(one.then.steps),
                    }
                    for one in found
                ]
            )
            return Exit.OK
        table(
            ("SKU", "NOW", "THEN", "HOW"),
            [(one.sku, str(one.now or ""), str(one.then.value.amount or ""), str(one.then)) for one in found],
            empty="No row.",
        )
        return Exit.OK

    with_backend(work, as_json=as_json)


def _save(name: str | None, fields: dict[str, object], integration: str | None, *, as_json: bool) -> None:
    async def work(backend: "Backend") -> Exit:
        from core.services.pricing_rules import PricingRuleService

        service = PricingRuleService(backend)
        shop = await the_integration(backend, integration)
        known = None if name is None else await service.named(shop, name)
        rule = await service.save(shop, amounts(fields), rule_id=None if known is None else known.id)
        _tell(rule, service.example(rule), as_json=as_json)
        return Exit.OK

    with_backend(work, as_json=as_json)


def _tell(rule: "PricingRule", example: str, *, as_json: bool) -> None:
    if as_json:
        emit(rule.to_document())
    else:
        say(f"{rule.name}{' (paused)' if rule.paused else ''}: {example}")


def fields_of(
    percent: str | None,
    fixed: str | None,
    ending: str | None,
    floor: str | None,
    shipping: bool | None,
    supplier: list[str] | None = None,
    categories: list[str] | None = None,
) -> dict[str, object]:
    """What was typed; what was not is left as it is."""
    typed: dict[str, object] = {
        "percent": percent,
        "fixed": fixed,
        "ending": ending,
        "floor_percent": floor,
        "include_shipping": shipping,
        "suppliers": None if supplier is None else tuple(supplier),
        "categories": None if categories is None else tuple(categories),
    }
    return {field: value for field, value in typed.items() if value is not None}


def amounts(fields: dict[str, object]) -> dict[str, object]:
    """Texts of numbers as decimals. Raises ServiceError that names the one that is none."""
    from core.services.rule_values import NUMBERS, number

    return {
        field: number(field, value) if field in NUMBERS and isinstance(value, str) else value
        for field, value in fields.items()
    }
