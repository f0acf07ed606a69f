"""`avasam mappings`: which Avasam SKU each SKU of a shop sells."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.wording import count_of
from tui.commands.mapping_words import (
    import_json,
    list_rows,
    row_json,
    suggestion_json,
    tell_import,
    tell_saved,
)
from tui.commands.options import IntegrationName, Json, Limit, Search
from tui.commands.output import Exit, emit, fail, say, table
from tui.commands.running import with_backend
from tui.who import who

if TYPE_CHECKING:
    from core.backend import Backend
    from core.models.integration import Integration
    from core.services.mapping_edits import Edits
    from core.services.mapping_lists import MappingLists

app = typer.Typer(help="Which Avasam SKU each SKU of a shop sells.", no_args_is_help=True)

ChannelSkuName = Annotated[
    str, typer.Argument(metavar="CHANNEL_SKU", help="A SKU of the shop, by seller SKU or TikTok's SKU id.")
]
Product = Annotated[
    str, typer.Option("--product", metavar="ID", help="TikTok's product id, where SKUs share a name.")
]


@app.command("list")
def list_(
    integration: IntegrationName = None,
    show: Annotated[str, typer.Option("--show", help="all, unmapped, mapped or gone.")] = "all",
    search: Search = "",
    limit: Limit = None,
    as_json: Json = False,
) -> None:
    """List the shop's SKUs with what they are mapped to. `gone`: deleted on TikTok, or renamed since."""

    async def work(backend: "Backend") -> Exit:
        from core.services.errors import NotFound
        from core.services.mapping_edits import Edits
        from core.services.mapping_lists import Show

        _, lists = await _opened(backend, integration)
        known = {one.value: one for one in Show if one is not Show.PENDING}
        if show not in known:
            raise NotFound(f"There is no list {show!r}", f"Lists: {', '.join(known)}.")
        keys = lists.channel_keys(search, known[show], Edits())
        rows = [lists.channel[key] for key in keys[:limit]]
        if as_json:
            emit([row_json(lists, row) for row in rows])
            return Exit.OK
        table(
            ("CHANNEL SKU", "TITLE", "SKU ID", "PRICE", "LIVE", "STATE", "AVASAM SKU"),
            list_rows(lists, rows),
            empty="No SKU here. Download the shop's listings with: avasam mappings download",
        )
        if len(rows) < len(keys):
            say(f"{len(rows)} of {len(keys)}")
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("suggest")
def suggest(
    integration: IntegrationName = None,
    at_least: Annotated[
        float, typer.Option("--at-least", min=0.0, max=1.0, help="The least confidence to list.")
    ] = 0.0,
    accept: Annotated[
        bool, typer.Option("--accept", help="Map the sure ones at or above --at-least (0.95 when not given).")
    ] = False,
    limit: Limit = None,
    as_json: Json = False,
) -> None:
    """Suggest a partner for every unmapped SKU, with reason and confidence. Maps nothing unless --accept."""

    async def work(backend: "Backend") -> Exit:
        from core.rules.matching import BAR
        from core.services.mapping_edits import Edit, Edits
        from core.services.sku_mapping import SkuMappingService

        shop, lists = await _opened(backend, integration)
        found = await SkuMappingService(backend).suggestions(shop)
        bar = at_least or (BAR if accept else 0.0)
        rows = [one for one in found if one.confidence >= bar]
        if accept:
            edits = Edits().having(*(Edit(one.sku_id, one.avasam_sku) for one in rows if one.sure))
            return await _save(backend, shop, edits, as_json=as_json)
        if as_json:
            emit([suggestion_json(lists, one) for one in rows[:limit]])
            return Exit.OK
        table(
            ("CHANNEL SKU", "SKU ID", "AVASAM SKU", "SURE", "WHY"),
            [
                (
                    lists.channel[one.sku_id].seller_sku,
                    one.sku_id,
                    one.avasam_sku,
                    f"{one.confidence:.2f}",
                    one.reason.value if one.sure else f"{one.reason}; {one.steps[-1]}",
                )
                for one in rows[:limit]
            ],
            empty="Nothing to suggest: no unmapped SKU is like one of Avasam's.",
        )
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("set")
def set_(
    channel_sku: ChannelSkuName,
    avasam_sku: Annotated[str, typer.Argument(metavar="AVASAM_SKU", help="The Avasam SKU that it sells.")],
    integration: IntegrationName = None,
    product: Product = "",
    as_json: Json = False,
) -> None:
    """Map a SKU of the shop; stock and price begin for it at once."""
    _change(channel_sku, avasam_sku, integration, product, as_json=as_json)


@app.command("unset")
def unset(
    channel_sku: ChannelSkuName,
    integration: IntegrationName = None,
    product: Product = "",
    as_json: Json = False,
) -> None:
    """Unlink a SKU of the shop: nothing is sent for it any more, its orders count as non-Avasam."""
    _change(channel_sku, None, integration, product, as_json=as_json)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A CSV file as `export` writes it.")],
    integration: IntegrationName = None,
    apply: Annotated[bool, typer.Option("--apply", help="Save it; else only the report is printed.")] = False,
    as_json: Json = False,
) -> None:
    """Read pairs from a CSV file: first what it would do and which rows are refused, with --apply do it.

    Columns: own_sku, channel_sku, product_id, sku_id, action (link or unlink). Exit 1: a row was refused.
    """

    async def work(backend: "Backend") -> Exit:
        import asyncio

        from core.services.errors import ServiceError
        from core.services.mapping_csv import read_csv
        from core.services.sku_mapping import SkuMappingService

        try:
            content = await asyncio.to_thread(file.read_bytes)
        except OSError as error:
            raise ServiceError(f"{file} cannot be read: {error.strerror}", "Name another file.") from None
        shop, lists = await _opened(backend, integration)
        proposed = read_csv(content, lists)
        saved = None
        if apply:
            saved = await SkuMappingService(backend).save(shop.id, proposed.edits, by=who())
        if as_json:
            emit(import_json(proposed, saved))
        else:
            tell_import(proposed, saved)
        return Exit.FAILED if proposed.refused else Exit.OK

    with_backend(work, as_json=as_json)


@app.command("export")
def export(
    file: Annotated[
        Path | None, typer.Argument(help="Where to write it; standard output when left out.")
    ] = None,
    integration: IntegrationName = None,
    as_json: Json = False,
) -> None:
    """Write every pair as CSV; a spreadsheet may edit it, `import` reads it back."""

    async def work(backend: "Backend") -> Exit:
        import asyncio

        from core.services.errors import ServiceError
        from core.services.mapping_csv import write_csv

        _, lists = await _opened(backend, integration)
        content = write_csv(lists)
        if file is None:
            sys.stdout.write(content)
            return Exit.OK
        try:
            await asyncio.to_thread(file.write_text, content, "utf-8", newline="")
        except OSError as error:
            raise ServiceError(f"{file} cannot be written: {error.strerror}", "Name another file.") from None
        pairs = content.count("\r\n") - 1
        if as_json:
            emit({"file": str(file), "pairs": pairs})
        else:
            say(f"{count_of(pairs, 'pair')} written to {file}")
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("download")
def download(integration: IntegrationName = None, as_json: Json = False) -> None:
    """Download what exists in the shop; existing mappings stay."""
    from core.models.job import JobKind
    from tui.commands.sync import run_jobs

    async def work(backend: "Backend") -> Exit:
        shop = await _shop(backend, integration)
        return await run_jobs(
            backend,
            JobKind.DOWNLOAD_CATALOGUE,
            [shop],
            requested_by=who(),
            confirmed=False,
            as_json=as_json,
        )

    with_backend(work, as_json=as_json)


def _change(
    channel_sku: str, avasam_sku: str | None, integration: str | None, product: str, *, as_json: bool
) -> None:
    async def work(backend: "Backend") -> Exit:
        from core.services.errors import NotFound
        from core.services.mapping_edits import Edit, Edits
        from core.services.mapping_names import ChannelNames, NotOne

        shop, lists = await _opened(backend, integration)
        try:
            row = ChannelNames(lists).find(channel_sku, product_id=product)
        except NotOne as error:
            raise NotFound(f"{channel_sku!r}: {error}", "See: avasam mappings list") from None
        edit = Edit(row.sku_id, avasam_sku, lists.partner_of(row.sku_id))
        return await _save(backend, shop, Edits().having(edit), as_json=as_json)

    with_backend(work, as_json=as_json)


async def _save(backend: "Backend", shop: "Integration", edits: "Edits", *, as_json: bool) -> Exit:
    from core.services.mapping_edits import MappingsChanged, MappingsRefused
    from core.services.sku_mapping import SkuMappingService

    try:
        saved = await SkuMappingService(backend).save(shop.id, edits, by=who())
    except (MappingsChanged, MappingsRefused) as error:
        fail(error.what, error.cure, as_json=as_json, code="refused")
        return Exit.FAILED
    tell_saved(saved, as_json=as_json)
    return Exit.OK


async def _opened(backend: "Backend", name: str | None) -> "tuple[Integration, MappingLists]":
    from core.services.mapping_lists import MappingLists

    shop = await _shop(backend, name)
    lists = MappingLists(shop.id)
    await lists.refresh(backend.store)
    return shop, lists


async def _shop(backend: "Backend", name: str | None) -> "Integration":
    """The named integration, or the only one there is."""
    from core.services.integrations import IntegrationService

    return await IntegrationService(backend).named_or_only(name)
