"""`avasam listings set`: type what shall be listed (A22 to A25)."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from core.wording import count_of
from tui.commands.leaf_answers import (
    AttributeOption,
    CertificateOption,
    ExpiryOption,
    LeafAnswers,
    ManufacturerOption,
    OnlyThese,
    PersonOption,
    SideOption,
    SizeChartOption,
    choose,
)
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
from tui.commands.listings import app
from tui.commands.options import IntegrationName, Json, Search
from tui.commands.output import Exit, emit, say
from tui.commands.running import with_backend
from tui.who import who

if TYPE_CHECKING:
    from core.backend import Backend

__all__ = ["app"]


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
    attribute: AttributeOption = None,
    brand: Annotated[
        str | None, typer.Option(help="Id of a brand (categories brands); empty for none.")
    ] = None,
    weight: Annotated[str | None, typer.Option(help="Of the package, in kilograms.")] = None,
    size: Annotated[str | None, typer.Option(help="Of the package: 30x20x12, in centimetres.")] = None,
    size_chart: SizeChartOption = None,
    certificate: CertificateOption = None,
    certificate_expires: ExpiryOption = None,
    manufacturer: ManufacturerOption = None,
    responsible_person: PersonOption = None,
    side: SideOption = None,
    only_these: OnlyThese = False,
    label: Annotated[str | None, typer.Option("--label", help="Collection: your own label.")] = None,
    revision: Annotated[
        int | None, typer.Option(help="Refuse when the row is not at this revision any more.")
    ] = None,
    search: Search = "",
    status: Status = None,
    category: Category = None,
    stock: Stock = None,
    problem: ProblemCode = None,
    collection: Collection = None,
    every: All = False,
    as_json: Json = False,
) -> None:
    """Type what shall be listed. Nothing is sent before publish or update."""
    typed = LeafAnswers(
        attribute, size_chart, certificate, certificate_expires, manufacturer, responsible_person, side
    )

    async def work(backend: "Backend") -> Exit:
        from core.services.listings import ListingService

        shop = await the_integration(backend, integration)
        filters = Filters(search, status, category, stock, problem, collection)
        rows = await chosen(backend, shop, skus, filters, every=every)
        changes = changes_of(
            title=title, description=description, price=price, shipping=shipping,
            brand=brand, weight=weight, size=size, label=label,
        )  # fmt: skip
        changed = await ListingService(backend).edit(shop, rows, changes, by=who(), revision=revision)
        if tiktok_category is not None or typed.given:
            chosen_for = await choose(
                backend, shop, rows, tiktok_category, typed, weight=weight, only_these=only_these
            )
            changed = max(changed, chosen_for)
        if as_json:
            emit({"rows": len(rows), "changed": changed})
        else:
            say(f"{changed:,} of {count_of(len(rows), 'row')} changed; nothing was sent")
        return Exit.OK

    with_backend(work, as_json=as_json)


def changes_of(**typed: str | None) -> dict[str, object]:
    """Typed texts as checked values; an empty text goes back to Avasam's."""
    from core.services import listing_values as values

    if typed.get("description") == "-":
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
        if typed.get(name) is not None
    }
    if (label := typed.get("label")) is not None:
        changes["collection"] = values.collection(label)
    return changes
