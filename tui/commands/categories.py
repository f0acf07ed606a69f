"""`avasam categories`: TikTok's tree of the shop, and what a leaf asks for (A25)."""

from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.listing_options import the_integration
from tui.commands.options import IntegrationName, Json, Limit
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
