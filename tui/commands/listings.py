"""`avasam listings`: look at rows, explain one, and type what shall be listed (A18 to A25)."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.listing_options import (
    All,
    Category,
    Collection,
    Filters,
    ProblemCode,
    Skus,
    Status,
    Stock,
    chosen,
    the_integration,
)
from tui.commands.options import IntegrationName, Json, Limit, Search
from tui.commands.output import Exit, emit, local, say, table
from tui.commands.running import with_backend
from tui.who import who

if TYPE_CHECKING:
    from core.backend import Backend
    from core.models.integration import Integration
    from core.services.listing_rows import ListingRow
    from core.services.listings import Explained

app = typer.Typer(help="Listings of the inventory on a shop.", no_args_is_help=True)


@app.command("show")
def show(
    integration: IntegrationName = None,
    search: Search = "",
    status: Status = None,
    category: Category = None,
    stock: Stock = None,
    problem: ProblemCode = None,
    collection: Collection = None,
    variants: Annotated[bool, typer.Option("--variants", help="Also the variants of each parent.")] = False,
    sort: Annotated[
        str, typer.Option("--sort", help="A column, such as sku, title, price or status.")
    ] = "sku",
    descending: Annotated[bool, typer.Option("--descending", help="The other way round.")] = False,
    limit: Limit = None,
    as_json: Json = False,
) -> None:
    """Every Avasam product with its state on the shop."""
    filters = Filters(search, status, category, stock, problem, collection)

    async def work(backend: "Backend") -> Exit:
        from core.services.listings import ListingService

        shop = await the_integration(backend, integration)
        rows = await ListingService(backend).rows(
            shop, filters.rows(variants=variants), sort=sort, descending=descending
        )
        if as_json:
            emit([_row_json(row) for row in rows[:limit]])
            return Exit.OK
        table(
            (
                "SKU",
                "VARIANTS",
                "TITLE",
                "CATEGORY",
                "STOCK",
                "COST",
                "SHIP",
                "PRICE",
                "TYPE",
                "STATUS",
                "NOTE",
            ),
            [
                (
                    row.sku,
                    f"+{row.variants}" if row.variants else "",
                    row.title,
                    row.category,
                    "?" if row.stock is None else str(row.stock),
                    _money(row.cost),
                    _money(row.shipping),
                    "auto" if row.rule_id else _money(row.price),
                    row.product_type,
                    row.status.status.word,
                    row.status.note,
                )
                for row in rows[:limit]
            ],
            empty="No row matches. Bring products in with: avasam products import FILE",
        )
        if limit is not None and limit < len(rows):
            say(f"{limit} of {len(rows)}")
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("explain")
def explain(
    sku: Annotated[str, typer.Argument(help="An Avasam SKU.")],
    integration: IntegrationName = None,
    images: Annotated[bool, typer.Option("--images", help="Also fetch and measure the images.")] = False,
    bundle: Annotated[bool, typer.Option("--bundle", help="Print a redacted bundle for support.")] = False,
    as_json: Json = False,
) -> None:
    """What would be sent for a row, why each number is what it is, and everything that is wrong with it."""

    async def work(backend: "Backend") -> Exit:
        from core.services.listings import ListingService
        from core.services.triage import TriageService

        shop = await the_integration(backend, integration)
        if bundle:
            emit(await TriageService(backend).bundle(shop, sku))
            return Exit.OK
        found = await ListingService(backend).explain(shop, sku, images=images)
        if as_json:
            emit(_explained_json(found))
        else:
            _tell(found)
        return Exit.FAILED if any(one.blocking for one in found.problems) else Exit.OK

    with_backend(work, as_json=as_json)


@app.command("set")
def set_(
    skus: Skus = None,
    integration: IntegrationName = None,
    title: Annotated[str | None, typer.Option(help="Title on TikTok; empty goes back to Avasam's.")] = None,
    description: Annotated[str | None, typer.Option(help="Text or HTML; - reads standard input.")] = None,
    price: Annotated[str | None, typer.Option(help="Selling price with VAT; empty goes back.")] = None,
    shipping: Annotated[str | None, typer.Option(help="Shipping price without VAT.")] = None,
    tiktok_category: Annotated[
        str | None,
        typer.Option("--tiktok-category", help="Id of a leaf; remembered for the Avasam category."),
    ] = None,
    attribute: Annotated[
        list[str] | None, typer.Option("--attribute", help="Name=Value of the TikTok category.")
    ] = None,
    brand: Annotated[str | None, typer.Option(help="TikTok's id of a brand; empty for none.")] = None,
    weight: Annotated[str | None, typer.Option(help="Of the package, in kilograms.")] = None,
    size: Annotated[str | None, typer.Option(help="Of the package: 30x20x12, in centimetres.")] = None,
    label: Annotated[str | None, typer.Option("--label", help="Collection: your own label.")] = None,
    revision: Annotated[
        int | None, typer.Option(help="Refuse when the row is not at this revision any more.")
    ] = None,
    search: Search = "",
    status: Status = None,
    category: Category = None,
    problem: ProblemCode = None,
    every: All = False,
    as_json: Json = False,
) -> None:
    """Type what shall be listed. Nothing is sent before publish or update."""

    async def work(backend: "Backend") -> Exit:
        from core.services.listings import ListingService

        shop = await the_integration(backend, integration)
        filters = Filters(search, status, category, None, problem)
        rows = await chosen(backend, shop, skus, filters, every=every)
        changes = _changes(
            title=title, description=description, price=price, shipping=shipping,
            brand=brand, weight=weight, size=size, label=label,
        )  # fmt: skip
        changed = await ListingService(backend).edit(shop, rows, changes, by=who(), revision=revision)
        if tiktok_category is not None or attribute:
            changed = max(
                changed, await _choose(backend, shop, rows, tiktok_category, attribute or [], weight)
            )
        if as_json:
            emit({"rows": len(rows), "changed": changed})
        else:
            say(f"{changed} of {len(rows)} rows changed; nothing was sent")
        return Exit.OK

    with_backend(work, as_json=as_json)


async def _choose(
    backend: "Backend",
    shop: "Integration",
    rows: list[str],
    category_id: str | None,
    attributes: list[str],
    weight: str | None,
) -> int:
    from core.services import listing_values
    from core.services.categories import CategoryService
    from core.services.errors import ServiceError
    from core.services.listings import ListingService

    service = CategoryService(backend)
    if category_id is None:
        category_id = (await ListingService(backend).explain(shop, rows[0])).candidate.category_id
    if category_id is None:
        raise ServiceError("No TikTok category is chosen yet", "Add --tiktok-category ID.")
    picked = await service.attributes(shop, category_id, attributes)
    kilograms = listing_values.weight(weight) if weight else None
    return await service.choose(shop, rows, category_id, attributes=picked, weight_kg=kilograms, by=who())


def _changes(**typed: str | None) -> dict[str, object]:
    """Typed texts as checked values; an empty text goes back to Avasam's."""
    from core.services import listing_values as values

    if typed["description"] == "-":
        typed["description"] = sys.stdin.read()
    checks = {
        "title": ("title", values.title),
        "description": ("description", values.description),
        "price": ("typed_price", values.price),
        "shipping": ("shipping_ex", values.shipping),
        "brand": ("brand_id", values.collection),
        "weight": ("weight_kg", values.weight),
        "size": ("size_cm", values.size),
    }
    changes: dict[str, object] = {
        field: check(text) if (text := typed[name]) else None
        for name, (field, check) in checks.items()
        if typed[name] is not None
    }
    if typed["label"] is not None:
        changes["collection"] = values.collection(typed["label"])
    return changes


def _row_json(row: "ListingRow") -> dict[str, object]:
    return {
        "sku": row.sku,
        "kind": row.kind.value,
        "parent_sku": row.parent_sku,
        "image": row.image,
        "variants": row.variants,
        "title": row.title,
        "category": row.category,
        "stock": row.stock,
        "cost_ex": _plain(row.cost),
        "shipping_ex": _plain(row.shipping),
        "price": "auto" if row.rule_id else _plain(row.price),
        "currency": row.currency,
        "product_type": row.product_type,
        "collection": row.collection,
        "status": row.status.status.value,
        "linked": row.status.linked,
        "in_review": row.status.in_review,
        "note": row.status.note,
        "problems": list(row.problems),
    }


def _explained_json(found: "Explained") -> dict[str, object]:
    candidate = found.candidate
    return {
        "row": _row_json(found.row),
        "would_send": {
            "title": candidate.title,
            "description": candidate.description,
            "category": {"id": candidate.category_id, "path": candidate.category_name},
            "attributes": [one.model_dump(mode="json") for one in candidate.attributes],
            "weight_kg": _plain(candidate.weight_kg),
            "variants": [
                {
                    "sku": one.sku,
                    "price": _plain(one.price),
                    "price_steps": list(one.price_steps),
                    "quantity": one.quantity,
                    "quantity_steps": list(one.quantity_steps),
                    "sides": {side.name: side.value for side in one.sides},
                }
                for one in candidate.variants
            ],
        },
        "problems": [one.to_document() for one in found.problems],
        "held": [one.to_document() for one in found.held],
        "state": found.state.to_document(),
    }


def _tell(found: "Explained") -> None:
    row, candidate, state = found.row, found.candidate, found.state
    say(f"{row.sku}: {row.status.status.word}" + (f" ({row.status.note})" if row.status.note else ""))
    say(f"  title     {candidate.title}")
    say(f"  category  {candidate.category_name or candidate.category_id or 'not chosen'}")
    for one in candidate.variants:
        sides = ", ".join(f"{side.name} {side.value}" for side in one.sides)
        say(f"  {one.sku}{f' ({sides})' if sides else ''}")
        say(f"    price     {' -> '.join(one.price_steps)}")
        say(f"    quantity  {' -> '.join(one.quantity_steps)}")
    for problem in (*state.every_problem(), *found.held, *found.problems):
        mark = "x" if problem.blocking else "-"
        say(f"  {mark} [{problem.code}, {problem.field}] {problem.what}\n      {problem.fix}")
    for event in state.events:
        asked = f" (request {event.request_id})" if event.request_id else ""
        say(f"  {local(event.at)}  {event.action}: {event.text}{asked}")


def _money(amount: object) -> str:
    return "" if amount is None else f"{amount:.2f}"


def _plain(amount: object) -> str | None:
    return None if amount is None else str(amount)
