"""`avasam listings`: look at rows, and explain one (A18 to A20); listing_set types what shall be listed."""

from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.listing_options import (
    Category,
    Collection,
    Filters,
    ProblemCode,
    Status,
    Stock,
    the_integration,
)
from tui.commands.options import IntegrationName, Json, Limit, Search
from tui.commands.output import Exit, emit, local, say, table
from tui.commands.running import with_backend

if TYPE_CHECKING:
    from core.backend import Backend
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
                    f"auto {_money(row.price) or '?'}" if row.rule_id else _money(row.price),
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
        "auto_price": _plain(row.price) if row.rule_id else None,
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
            "brand_id": candidate.brand_id,
            "weight_kg": _plain(candidate.weight_kg),
            "size_cm": None if candidate.size_cm is None else [str(side) for side in candidate.size_cm],
            "size_chart": None
            if candidate.size_chart is None
            else candidate.size_chart.model_dump(mode="json"),
            "certificates": [one.model_dump(mode="json") for one in candidate.certificates],
            "manufacturer_ids": list(candidate.manufacturer_ids),
            "responsible_person_ids": list(candidate.responsible_person_ids),
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
    from core.services.category_fields import answered
    from core.sync.listing_record import with_holds

    row, candidate, state = found.row, found.candidate, found.state
    say(f"{row.sku}: {row.status.status.word}" + (f" ({row.status.note})" if row.status.note else ""))
    say(f"  title     {candidate.title}")
    say(f"  category  {candidate.category_name or candidate.category_id or 'not chosen'}")
    for question, answer in answered(candidate):
        say(f"    {question}: {answer}")
    for one in candidate.variants:
        sides = ", ".join(f"{side.name} {side.value}" for side in one.sides)
        say(f"  {one.sku}{f' ({sides})' if sides else ''}")
        say(f"    price     {' -> '.join(one.price_steps)}")
        say(f"    quantity  {' -> '.join(one.quantity_steps)}")
    for problem in (*with_holds(state, found.held), *found.problems):
        mark = "x" if problem.blocking else "-"
        say(f"  {mark} [{problem.code}, {problem.field}] {problem.what}\n      {problem.fix}")
    for event in state.events:
        asked = f" (request {event.request_id})" if event.request_id else ""
        say(f"  {local(event.at)}  {event.action}: {event.text}{asked}")


def _money(amount: object) -> str:
    return "" if amount is None else f"{amount:.2f}"


def _plain(amount: object) -> str | None:
    return None if amount is None else str(amount)
