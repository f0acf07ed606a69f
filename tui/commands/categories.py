"""`avasam categories`: TikTok's tree of the shop, and what a leaf asks for (A25)."""

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
    Filters,
    ProblemCode,
    Skus,
    Status,
    chosen,
    the_integration,
)
from tui.commands.options import IntegrationName, Json, Limit, Search
from tui.commands.output import Exit, emit, say, table
from tui.commands.running import with_backend

if TYPE_CHECKING:
    from core.backend import Backend

app = typer.Typer(help="TikTok categories of a shop.", no_args_is_help=True)


@app.command("search")
def search(
    words: Annotated[list[str] | None, typer.Argument(help="Words that the path must hold.")] = None,
    integration: IntegrationName = None,
    title: Annotated[str | None, typer.Option(help="Put TikTok's choice for this title first.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Read the tree anew.")] = False,
    limit: Limit = None,
    as_json: Json = False,
) -> None:
    """Leaf categories by words of their path."""

    async def work(backend: "Backend") -> Exit:
        from core.services.categories import CategoryService

        shop = await the_integration(backend, integration)
        found = await CategoryService(backend).search(shop, " ".join(words or ()), title=title, fresh=fresh)
        if as_json:
            emit(
                [
                    {"id": one.id, "path": one.path, "open": one.is_open, "recommended": one.recommended}
                    for one in found[:limit]
                ]
            )
            return Exit.OK
        table(
            ("ID", "CATEGORY", ""),
            [
                (one.id, one.path, "recommended" if one.recommended else "" if one.is_open else "closed")
                for one in found[:limit]
            ],
            empty="No leaf category matches.",
        )
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("show")
def show(
    category: Annotated[str, typer.Argument(metavar="ID", help="The id of a leaf.")],
    integration: IntegrationName = None,
    as_json: Json = False,
) -> None:
    """What a leaf asks of a listing."""

    async def work(backend: "Backend") -> Exit:
        from core.services.categories import CategoryService

        shop = await the_integration(backend, integration)
        found, leaf = await CategoryService(backend).leaf(shop, category)
        if as_json:
            emit({"path": found.path, **leaf.to_document()})
            return Exit.OK
        say(found.path)
        table(
            ("ATTRIBUTE", "FOR", "NEEDED", "TAKES", "VALUES"),
            [
                (
                    one.name,
                    "variants" if one.is_side else "product",
                    "yes" if one.is_required else "",
                    ", ".join(
                        word
                        for word, wanted in (("several", one.takes_several), ("own values", one.takes_own))
                        if wanted
                    ),
                    ", ".join(name for _, name in one.values),
                )
                for one in leaf.attributes
            ],
            empty="This category asks for no attribute.",
        )
        for name in leaf.required:
            say(f"needed: {name.replace('_', ' ')}")
        for one in leaf.documents:
            needed = "needed" if one.is_required else "taken"
            say(f"{needed}: document {one.id}, {one.name}" + (f": {one.details}" if one.details else ""))
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("browse")
def browse(
    parent: Annotated[
        str, typer.Argument(metavar="[ID]", help="A branch; without it the departments.")
    ] = "0",
    integration: IntegrationName = None,
    as_json: Json = False,
) -> None:
    """What is right below a branch of the tree."""

    async def work(backend: "Backend") -> Exit:
        from core.services.categories import CategoryService

        shop = await the_integration(backend, integration)
        found = await CategoryService(backend).branches(shop, parent)
        if as_json:
            emit(
                [{"id": one.id, "path": one.path, "leaf": one.is_leaf, "open": one.is_open} for one in found]
            )
            return Exit.OK
        table(
            ("ID", "CATEGORY", ""),
            [(one.id, one.path, one.why_not.partition(":")[0]) for one in found],
            empty="There is nothing below it: a leaf, or no branch of this shop.",
        )
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("brands")
def brands(
    words: Annotated[list[str] | None, typer.Argument(help="Part of the name.")] = None,
    integration: IntegrationName = None,
    category: Annotated[str | None, typer.Option("--tiktok-category", help="Only brands of a leaf.")] = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Brands by part of their name, those that the shop may sell first (for `listings set --brand ID`)."""

    async def work(backend: "Backend") -> Exit:
        from core.services.categories import CategoryService

        shop = await the_integration(backend, integration)
        found = await CategoryService(backend).brands(
            shop, " ".join(words or ()), category_id=category, most=limit or 50
        )
        if as_json:
            emit([{"id": one.id, "name": one.name, "authorised": one.is_authorised} for one in found])
            return Exit.OK
        table(
            ("ID", "BRAND", ""),
            [(one.id, one.name, "authorised" if one.is_authorised else "not authorised") for one in found],
            empty="No brand of that name.",
        )
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("choose")
def choose_(
    category: Annotated[str, typer.Argument(metavar="ID", help="The id of a leaf.")],
    skus: Skus = None,
    integration: IntegrationName = None,
    attribute: AttributeOption = None,
    size_chart: SizeChartOption = None,
    certificate: CertificateOption = None,
    certificate_expires: ExpiryOption = None,
    manufacturer: ManufacturerOption = None,
    responsible_person: PersonOption = None,
    side: SideOption = None,
    only_these: OnlyThese = False,
    search: Search = "",
    status: Status = None,
    avasam_category: Category = None,
    problem: ProblemCode = None,
    every: All = False,
    as_json: Json = False,
) -> None:
    """Choose a leaf for rows and answer what it asks; remembered for their Avasam categories."""
    typed = LeafAnswers(
        attribute, size_chart, certificate, certificate_expires, manufacturer, responsible_person, side
    )

    async def work(backend: "Backend") -> Exit:
        from core.services.category_desk import CategoryDesk

        shop = await the_integration(backend, integration)
        filters = Filters(search, status, avasam_category, None, problem)
        rows = await chosen(backend, shop, skus, filters, every=every)
        count = await choose(backend, shop, rows, category, typed, only_these=only_these)
        desk = CategoryDesk(backend, shop, rows)
        await desk.open()
        await desk.take(category)
        missing = desk.missing()
        if as_json:
            emit({"rows": count, "category": category, "missing": missing})
        else:
            say(f"chosen for {count_of(count, 'row')}; nothing was sent")
            for one in missing:
                say(f"  missing: {one}")
        return Exit.OK

    with_backend(work, as_json=as_json)
